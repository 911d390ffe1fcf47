/* The options of an export, checked against its layout. */
#include <math.h>
#include <string.h>

#include "base/id.h"
#include "base/json.h"
#include "base/text.h"
#include "export/export.h"

#define TRIGGER_MAX 200
#define CHOSEN_MAX 10000

static int
read_layout(json_object *in, const struct layout **ret, struct err *err)
{
    const char *name = LAYOUT_DEFAULT;

    if (json_opt_str(in, "layout", &name, err) == -1)
        return -1;
    *ret = layout_find(name);
    if (*ret == NULL)
        return err_field(err, "layout",
                         "there is no layout %.40s; GET /api/train/layouts "
                         "lists them",
                         name);
    return 0;
}

static int
read_trigger(json_object *in, const char **ret, struct err *err)
{
    if (json_opt_str(in, "trigger", ret, err) == -1)
        return -1;
    if (*ret != NULL && strlen(*ret) > TRIGGER_MAX)
        return err_field(err, "trigger", "a trigger has at most %d bytes",
                         TRIGGER_MAX);
    if (*ret != NULL && strpbrk(*ret, "\r\n") != NULL)
        return err_field(err, "trigger", "a trigger must be a single line");
    if (*ret != NULL && text_blank(*ret))
        *ret = NULL;
    return 0;
}

/* A number in [min, max], or 0 if it is absent. */
static int
read_number(json_object *in, const char *name, double min, double max,
            double *ret, struct err *err)
{
    json_object *m = json_at(in, name);

    *ret = 0;
    if (m == NULL)
        return 0;
    if (!json_object_is_type(m, json_type_int) &&
        !json_object_is_type(m, json_type_double))
        return err_field(err, name, "%s must be a number", name);
    *ret = json_object_get_double(m);
    if (!(*ret >= min && *ret <= max))
        return err_field(err, name, "%s is a number from %g to %g", name, min,
                         max);
    return 0;
}

static int
read_captions(json_object *in, bool *ret, struct err *err)
{
    const char *of = "track";

    if (json_opt_str(in, "captions", &of, err) == -1)
        return -1;
    *ret = strcmp(of, "windows") == 0;
    if (!*ret && strcmp(of, "track") != 0)
        return err_field(err, "captions", "captions is track or windows");
    return 0;
}

static int
known_to(const struct layout *l, enum layout_option option, const char *name,
         struct err *err)
{
    if ((l->options & option) == 0)
        return err_field(err, name, "the layout %s has no option %s", l->name,
                         name);
    return 0;
}

int
options_read(json_object *in, struct export_options *ret, struct err *err)
{
    struct export_options opt = {0};
    double segment;

    if (read_layout(in, &opt.layout, err) == -1 ||
        read_trigger(in, &opt.trigger, err) == -1 ||
        read_number(in, "segmentSec", SEGMENT_MIN, SEGMENT_MAX, &segment,
                    err) == -1 ||
        read_number(in, "split", 0.01, 0.5, &opt.split, err) == -1 ||
        read_captions(in, &opt.by_windows, err) == -1 ||
        json_opt_bool(in, "includeExported", &opt.include_exported, err) == -1)
        return -1;
    if (opt.layout->segment_max > 0 && segment > opt.layout->segment_max)
        return err_field(err, "segmentSec",
                         "the layout %s takes a segmentSec of %d to %d, since "
                         "its trainer drops longer pieces",
                         opt.layout->name, SEGMENT_MIN,
                         opt.layout->segment_max);
    if (segment > 0 && opt.by_windows)
        return err_field(err, "segmentSec",
                         "windows are the pieces; leave segmentSec out, or "
                         "caption by track");
    if (segment != floor(segment))
        return err_field(err, "segmentSec", "segmentSec is whole seconds");
    opt.segment_sec = (int)segment;

    if ((opt.trigger != NULL &&
         known_to(opt.layout, OPTION_TRIGGER, "trigger", err) == -1) ||
        (opt.segment_sec > 0 &&
         known_to(opt.layout, OPTION_SEGMENT, "segmentSec", err) == -1) ||
        (opt.split > 0 &&
         known_to(opt.layout, OPTION_SPLIT, "split", err) == -1))
        return -1;
    *ret = opt;
    return 0;
}

int
item_ids_read(json_object *in, json_object **ret, struct err *err)
{
    json_object *list;
    size_t n;

    if (json_at(in, "itemIds") == NULL)
        return 0;
    if (json_array(in, "itemIds", &list, err) == -1)
        return -1;
    n = json_object_array_length(list);
    if (n == 0 || n > CHOSEN_MAX)
        return err_field(err, "itemIds", "itemIds holds 1 to %d ids",
                         CHOSEN_MAX);
    for (size_t i = 0; i < n; i++) {
        json_object *id = json_object_array_get_idx(list, i);

        if (!json_object_is_type(id, json_type_string) ||
            !id_valid(json_object_get_string(id)))
            return err_field(err, "itemIds", "itemIds holds UUIDs");
    }
    *ret = list;
    return 0;
}
