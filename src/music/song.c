/* A set in few words; see song.h. */
#include "music/song.h"

#include <stdio.h>

#include "base/json.h"
#include "base/mem.h"
#include "music/facts.h"

static void
read_sections(struct song *s, json_object *list)
{
    size_t n = json_object_is_type(list, json_type_array)
                   ? json_object_array_length(list)
                   : 0;

    s->sections = n > 0 ? xcalloc(n, sizeof(*s->sections)) : NULL;
    for (size_t i = 0; i < n; i++) {
        json_object *o = json_object_array_get_idx(list, i);
        const char *label = json_text(o, "label");
        double start = json_number(o, "startSec", -1);
        double sec = json_number(o, "sec", 0);

        if (label != NULL && *label != '\0' && start >= 0 && sec > 0)
            s->sections[s->n++] = (struct song_section){
                .label = xstrdup(label), .start_sec = start, .sec = sec};
    }
}

void
song_read(struct song *ret, json_object *summary)
{
    auto_facts struct facts f = {0};

    if (summary == NULL)
        return;
    facts_read(&f, summary);
    ret->bpm = facts_tempo_known(&f) ? f.bpm : 0;
    if (facts_key_known(&f))
        (void)snprintf(ret->key, sizeof(ret->key), "%s", f.key_text);
    if (!f.meter_changes) {
        ret->beats = f.beats;
        ret->unit = f.unit;
    }
    ret->instrumental = f.vocals == VOCALS_NO;
    ret->length_sec = f.length_sec;
    read_sections(ret, json_at(summary, "sections"));
}

void
song_release(struct song *s)
{
    for (size_t i = 0; i < s->n; i++)
        free(s->sections[i].label);
    free(s->sections);
    *s = (struct song){0};
}
