/* What an item becomes in a dataset; see outcome.h. */
#include "dataset/outcome.h"

#include <string.h>

#include "audio/convert.h"
#include "audio/segment.h"
#include "db/windows.h"

/* Formats that are cut without decoding. A WAV that contains anything but
 * samples is decoded, and stays a WAV. */
static bool
is_cut_as_it_is(const char *format)
{
    return strcmp(format, "mp3") == 0 || strcmp(format, "wav") == 0;
}

static void
cut_evenly(const struct layout *l, double seconds, int segment_sec,
           struct outcome *ret)
{
    ret->files = 1;
    ret->file_sec = ret->last_sec = seconds;
    ret->cut = segment_sec > 0 && seconds > segment_sec;
    if (ret->cut) {
        ret->files = audio_pieces_count(seconds, segment_sec, &ret->last_sec);
        ret->file_sec = segment_sec;
    }
    ret->pieces =
        (ret->files - 1) * l->pieces(ret->file_sec) + l->pieces(ret->last_sec);
}

static void
cut_at_windows(const struct layout *l, const struct windows *ws,
               struct outcome *ret)
{
    ret->cut = true;
    for (size_t i = 0; i < ws->n; i++) {
        double seconds = ws->v[i].end_sec - ws->v[i].start_sec;

        if (i == 0 || seconds > ret->file_sec)
            ret->file_sec = seconds;
        if (i == 0 || seconds < ret->last_sec)
            ret->last_sec = seconds;
        ret->files++;
        ret->pieces += l->pieces(seconds);
    }
}

void
outcome_of(const struct layout *l, const struct item *it, int segment_sec,
           struct outcome *ret)
{
    const struct audio_facts *a = &it->audio;
    bool taken, decoded;

    *ret = (struct outcome){0};
    if (a->format == NULL)
        return;
    if (it->windows != NULL)
        cut_at_windows(l, it->windows, ret);
    else
        cut_evenly(l, a->duration_sec, segment_sec, ret);
    taken = layout_takes(l, a->format);
    ret->new_head = taken && a->odd_head;
    decoded = (ret->cut && !is_cut_as_it_is(a->format)) ||
              (ret->new_head && strcmp(a->format, "aiff") == 0);
    ret->format = taken && !decoded ? a->format : l->convert_to;
    ret->made = ret->cut || !taken || ret->new_head;
    ret->rate = strcmp(ret->format, a->format) == 0
                    ? a->sample_rate
                    : audio_convert_rate(ret->format, a->sample_rate);
}
