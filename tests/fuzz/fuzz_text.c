/* Any text as a caption: what it claims lies within it, in order, and is held
 * against sets that state much and little. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "caption/claims.h"
#include "caption/grounding.h"

static const char *const summaries[] = {
    "{}",
    "{\"tempo\":124,\"key\":\"A minor\",\"meter\":\"4/4\",\"length\":{\"sec\":185},"
    "\"tracks\":[{\"name\":\"Bass\"},{\"name\":\"Piano\"}],"
    "\"chords\":[\"A minor\",\"F major\"]}",
    "{\"key\":\"Bb Dorian\",\"tracks\":[\"1-Audio\",\"Drums\"]}",
};

static void
hold(bool truth)
{
    if (!truth)
        abort();
}

static void
find_all(const char *text, size_t len)
{
    struct chords_said chords;
    struct claim claim;
    struct key key;
    size_t start, end, last = 0;

    for (size_t at = 0; chords_find(text, at, &chords); at = chords.end) {
        hold(chords.start >= at && chords.n > 0 && chords.end <= len);
        for (size_t i = 0; i < chords.n; i++) {
            hold(chords.v[i].start >= last && chords.v[i].end <= chords.end);
            hold(chords.v[i].start < chords.v[i].end);
            hold(chords.v[i].chord.root >= 0 && chords.v[i].chord.root < 12);
            last = chords.v[i].end;
        }
    }
    for (size_t at = 0; key_find(text, at, &key, &start, &end); at = end)
        hold(start >= at && start < end && end <= len);
    for (size_t at = 0; claim_tempo(text, at, &claim); at = claim.end)
        hold(claim.start >= at && claim.end > claim.start && claim.end <= len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    auto_free char *text = NULL;

    if (len > 8192)
        return 0;
    text = xmalloc(len + 1);
    memcpy(text, data, len);
    text[len] = '\0';
    if (!text_valid(text, len))
        return 0;
    find_all(text, strlen(text));
    for (size_t i = 0; i < sizeof(summaries) / sizeof(*summaries); i++) {
        auto_json json_object *o = json_tokener_parse(summaries[i]);
        auto_json json_object *warnings = NULL;
        auto_facts struct facts f = {0};

        facts_read(&f, o);
        warnings = grounding_check(&f, text);
        hold(json_object_is_type(warnings, json_type_array));
    }
    return 0;
}
