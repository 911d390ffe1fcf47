/* Finds the audio that a caption is for. */
#include <string.h>

#include "train/train.h"

int
audio_of(struct app *app, const char *artist, const char *item,
         const char **ret_parse_id, struct item *ret, struct err *err)
{
    if (item_get(app->db, item, ret, err) == -1)
        return -1;
    if (strcmp(ret->artist_id, artist) != 0)
        return err_set(err, ERR_ITEM_NOT_FOUND, "there is no item %s", item);
    *ret_parse_id = ret->parse_id;
    return 0;
}
