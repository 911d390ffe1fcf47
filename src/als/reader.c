/* XML events into the set; see reader.h. */
#include "als/reader.h"

#include <expat.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include "als/reader_parts.h"
#include "als/source.h"
#include "base/mem.h"

#define CHUNK (64 * 1024)
/* Size of one tag or comment; 300 bytes in our real sets. Expat rescans an
 * unfinished one with each chunk, so a long one takes quadratic time. */
#define TOKEN_MAX ((int64_t)1 << 20)

void
reader_refuse(struct reader *r, const char *fmt, ...)
{
    char text[256];
    va_list ap;

    if (r->failed)
        return;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    err_set(r->err, ERR_NOT_ALS, "%s", text);
    r->failed = true;
    XML_StopParser(r->parser, XML_FALSE);
}

/* ---- expat's handlers ---- */

static void
refuse_root(struct reader *r, const char *element)
{
    bool root = r->depth == 0;

    reader_refuse(r, "the file is %s <%.40s>, %s",
                  root ? "XML, but its root is" : "Ableton's, but holds",
                  element,
                  root ? "not <Ableton>" : "a preset or clip, not a Live set");
}

static void XMLCALL
on_start(void *user, const XML_Char *element, const XML_Char **atts)
{
    struct reader *r = user;
    const struct als_rule *rule;

    if (r->failed)
        return;
    if (++r->elements > r->limits->elements) {
        reader_refuse(r, "the set has more than %lld XML elements",
                      (long long)r->limits->elements);
        return;
    }
    if (r->depth + r->skip >= r->limits->depth) {
        reader_refuse(r, "the XML is nested more than %d deep",
                      r->limits->depth);
        return;
    }
    if (r->skip > 0) {
        r->skip++;
        return;
    }
    rule = als_grammar_find(r->grammar, r->nodes[r->depth], element);
    if (rule == NULL) {
        if (r->depth < 2 && r->set->tracks.n == 0 &&
            r->nodes[r->depth] != N_LIVESET) {
            refuse_root(r, element);
            return;
        }
        r->skip = 1;
        return;
    }
    reader_begin(r, rule, element, atts);
    r->nodes[++r->depth] = rule->node;
}

static bool
is_selected(const struct als_set *set, const struct als_branch *b)
{
    double selector = set->devices.at[b->device].selector;

    return selector >= b->selected_from && selector <= b->selected_to;
}

/* In a rack within a rack, what a macro moves is kept as it stood before the
 * outer rack moved that. Which of its instruments plays is taken from there all
 * the same, but by how much notes are moved is not. */
static bool
is_stale(const struct als_device *rack)
{
    return rack->selector_channel == ALS_MACROS && rack->branch >= 0 &&
           strcmp(rack->element, "MidiEffectGroupDevice") == 0;
}

/* Switch off the chains of a rack that its selector leaves out. If it leaves
 * out all, something moves it. */
static void
select_chains(struct als_set *set, int rack)
{
    bool any = false;

    if (set->devices.at[rack].selector < 0 || is_stale(&set->devices.at[rack]))
        return;
    for (size_t i = set->branches.n; i-- > 0;) {
        const struct als_branch *b = &set->branches.at[i];

        if (b->device < rack)
            break;
        any |= b->device == rack && is_selected(set, b);
    }
    for (size_t i = set->branches.n; any && i-- > 0;) {
        struct als_branch *b = &set->branches.at[i];

        if (b->device < rack)
            break;
        if (b->device == rack && !is_selected(set, b))
            b->on = false;
    }
}

static void XMLCALL
on_end(void *user, const XML_Char *element)
{
    struct reader *r = user;
    struct als_set *set = r->set;

    (void)element;
    if (r->failed) /* an empty element still ends after its refusal */
        return;
    if (r->skip > 0) {
        r->skip--;
        return;
    }
    switch (r->nodes[r->depth--]) {
    case N_DEVICE: /* back in the chain that contains it */
        select_chains(set, r->device);
        r->branch = set->devices.at[r->device].branch;
        r->device = r->branch < 0 ? -1 : set->branches.at[r->branch].device;
        break;
    case N_BRANCH: /* back in the rack itself */
        r->device = set->branches.at[r->branch].device;
        r->branch = set->devices.at[r->device].branch;
        break;
    case N_CLIP: {
        struct als_clip *clip = &set->clips.at[set->clips.n - 1];

        clip->note_count = set->notes.n - clip->note_first;
        clip->warp_count = set->warps.n - clip->warp_first;
        break;
    }
    case N_TRACK:
    case N_MAIN:
        reader_end_track(r);
        break;
    default:
        break;
    }
}

static void XMLCALL
on_doctype(void *user, const XML_Char *name, const XML_Char *sysid,
           const XML_Char *pubid, int internal)
{
    (void)name;
    (void)sysid;
    (void)pubid;
    (void)internal;
    reader_refuse(user, "the XML has a DOCTYPE, which no Live set has");
}

/* ---- the parser's memory ---- */

/*
 * Expat keeps each new element and attribute name permanently and each tag
 * while it is open, so a file controls how much memory it uses; this limits it.
 * Its allocation hooks get no user pointer, hence one counter per thread.
 */
static _Thread_local size_t parser_used;
static _Thread_local size_t parser_max;

union block {
    size_t size;
    max_align_t align;
};

static void *
bounded_realloc(void *p, size_t size)
{
    union block *old = p == NULL ? NULL : (union block *)p - 1;
    size_t had = old == NULL ? 0 : old->size;
    union block *b;

    if (size > parser_max || parser_used - had > parser_max - size)
        return NULL;
    b = xrealloc(old, sizeof *b + size);
    b->size = size;
    parser_used = parser_used - had + size;
    return b + 1;
}

static void *
bounded_malloc(size_t size)
{
    return bounded_realloc(NULL, size);
}

static void
bounded_free(void *p)
{
    if (p == NULL)
        return;
    parser_used -= ((union block *)p - 1)->size;
    free((union block *)p - 1);
}

/* ---- the whole ---- */

/* Counted from 1. expat 2.9 renamed the function, and warns of the old one. */
static unsigned long long
line_number(const struct reader *r)
{
#if HAVE_DECL_XML_GETCURRENTLINENUMBER64
    return XML_GetCurrentLineNumber64(r->parser);
#else
    return XML_GetCurrentLineNumber(r->parser);
#endif
}

static int
parse_failed(struct reader *r)
{
    enum XML_Error code = XML_GetErrorCode(r->parser);

    if (r->failed)
        return -1;
    if (code == XML_ERROR_NO_MEMORY)
        return err_set(r->err, ERR_NOT_ALS,
                       "the XML needs more than %zu bytes to read: too many "
                       "names or too long tags",
                       r->limits->parser_bytes);
    if (code == XML_ERROR_NO_ELEMENTS || code == XML_ERROR_UNCLOSED_TOKEN ||
        code == XML_ERROR_UNCLOSED_CDATA_SECTION)
        return err_set(r->err, ERR_NOT_ALS,
                       "the file is cut off: its XML has no end");
    return err_set(r->err, ERR_NOT_ALS, "the XML is damaged in line %llu: %s",
                   line_number(r), XML_ErrorString(code));
}

/* Check that the unfinished tag or comment has a sane length. *whole: the bytes
 * before it, as far as seen. */
static int
check_token(struct reader *r, int64_t fed, int64_t *whole)
{
    int64_t at = XML_GetCurrentByteIndex(r->parser);

    if (at > *whole) /* -1 if expat waits for more before it looks */
        *whole = at;
    if (fed - *whole <= TOKEN_MAX)
        return 0;
    return err_set(r->err, ERR_NOT_ALS,
                   "the XML has a tag or comment of more than %lld bytes",
                   (long long)TOKEN_MAX);
}

static int
parse(struct reader *r, struct als_source *source)
{
    int64_t fed = 0, whole = 0;
    size_t len;

    do {
        void *chunk = XML_GetBuffer(r->parser, CHUNK);

        if (chunk == NULL)
            return parse_failed(r);
        if (als_source_read(source, chunk, CHUNK, &len, r->err) == -1)
            return -1;
        if (XML_ParseBuffer(r->parser, (int)len, len == 0) != XML_STATUS_OK)
            return parse_failed(r);
        fed += (int64_t)len;
        if (len > 0 && check_token(r, fed, &whole) == -1)
            return -1;
    } while (len > 0);
    return 0;
}

/* What every set must have. */
static int
check_set(struct reader *r)
{
    struct als_set *set = r->set;
    bool main = false;

    for (size_t i = 0; i < set->tracks.n; i++)
        main = main || set->tracks.at[i].type == ALS_MAIN;
    if (!main)
        return err_set(r->err, ERR_NOT_ALS,
                       "this is not a Live set: it has no main track");
    return 0;
}

static int
read_all(struct reader *r, int fd)
{
    static const XML_Memory_Handling_Suite suite = {
        bounded_malloc, bounded_realloc, bounded_free};
    auto_als_source struct als_source *source =
        als_source_open(fd, r->limits, r->err);
    int rc;

    if (source == NULL)
        return -1;
    parser_used = 0;
    parser_max = r->limits->parser_bytes;
    r->parser = XML_ParserCreate_MM(NULL, &suite, NULL);
    if (r->parser == NULL)
        return err_set(r->err, ERR_INTERNAL, "expat does not start");
    XML_SetUserData(r->parser, r);
    XML_SetElementHandler(r->parser, on_start, on_end);
    XML_SetStartDoctypeDeclHandler(r->parser, on_doctype);
    rc = parse(r, source);
    XML_ParserFree(r->parser);
    if (rc == -1)
        return -1;
    r->set->gzip = als_source_gzip(source);
    r->set->file_bytes = als_source_bytes_in(source);
    r->set->xml_bytes = als_source_bytes_out(source);
    return check_set(r);
}

struct als_set *
als_read(int fd, const struct als_limits *limits, struct err *err)
{
    auto_als_set struct als_set *set = als_set_open();
    struct reader r = {.set = set,
                       .limits = limits != NULL ? limits : &als_limits_default,
                       .err = err,
                       .grammar = als_grammar_open(0),
                       .branch = -1,
                       .device = -1};
    int rc;

    r.nodes[0] = N_DOCUMENT;
    rc = read_all(&r, fd);
    als_grammar_close(r.grammar);
    return rc == -1 ? NULL : steal(&set);
}
