/*
 * XML events into the set; see reader.h.
 *
 * Long, since each element that is for us has a handler here, and all of them
 * fill one set through one reader's state.
 */
#include "als/reader.h"

#include <expat.h>
#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include "als/grammar.h"
#include "als/source.h"
#include "base/mem.h"
#include "base/text.h"

#define CHUNK (64 * 1024)
#define NUMBER_MAX 1e10 /* nothing in a set is larger, -63072000 included */

struct reader {
    struct als_set *set;
    const struct als_limits *limits;
    struct err *err;
    XML_Parser parser;
    struct als_grammar *grammar; /* NULL until the root told the version */
    bool failed;
    int skip;  /* elements open inside one that is not for us */
    int depth; /* elements open outside of such */
    int64_t elements;
    uint8_t nodes[ALS_DEPTH_MAX + 1]; /* enum als_node of those */
    int branch;        /* innermost open chain of a rack, or -1 */
    int device;        /* innermost open device, or -1 */
    int slot;          /* row of the clip-slot grid */
    size_t key_first;  /* notes since then wait for their pitch */
};

/* Stop the parser with an error; the first one stays. */
static void __attribute__((format(printf, 2, 3)))
refuse(struct reader *r, const char *fmt, ...)
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

static bool
room_for_more(struct reader *r, size_t n, size_t max, const char *what)
{
    if (n < max)
        return true;
    refuse(r, "the set has more than %zu %s", max, what);
    return false;
}

/* ---- attributes and their values ---- */

static const char *
attribute(const XML_Char **atts, const char *name)
{
    for (; atts[0] != NULL; atts += 2) {
        if (strcmp(atts[0], name) == 0)
            return atts[1];
    }
    return NULL;
}

/* No locale is ever set in our programs, so strtod reads points. */
static bool
number(struct reader *r, const char *where, const char *text, double *ret)
{
    char *end;
    double n = strtod(text, &end);

    if (end == text || *end != '\0' || !(fabs(n) <= NUMBER_MAX)) {
        refuse(r, "%.40s holds no usable number: \"%.40s\"", where, text);
        return false;
    }
    *ret = n;
    return true;
}

static bool
whole_number(struct reader *r, const char *where, const char *text, int *ret)
{
    double n;

    if (!number(r, where, text, &n))
        return false;
    if (fabs(n) > 2147483646.0) {
        refuse(r, "%.40s is out of range: \"%.40s\"", where, text);
        return false;
    }
    *ret = (int)n;
    return true;
}

/* A text as we keep it; NULL where there is nothing to see in it. */
static char *
keep_text(const char *text)
{
    char *line;

    if (text_blank(text))
        return NULL;
    line = text_one_line(text);
    line[text_cut(line, ALS_TEXT_MAX)] = '\0';
    return line;
}

static const char *
base_name(const char *path)
{
    const char *base = path;

    for (; *path != '\0'; path++) {
        if (*path == '/' || *path == '\\')
            base = path + 1;
    }
    return base;
}

/* The folder that a file is in, without what is before it. */
static char *
folder_name(const char *path)
{
    const char *base = base_name(path);
    const char *from;

    if (base == path)
        return NULL;
    for (from = base - 1; from > path; from--) {
        if (from[-1] == '/' || from[-1] == '\\')
            break;
    }
    auto_free char *folder = xstrndup(from, (size_t)(base - 1 - from));
    return keep_text(folder);
}

static void *
owner_of(struct reader *r, enum als_owner owner)
{
    struct als_set *set = r->set;

    switch (owner) {
    case O_SET:
        return set;
    case O_TRACK:
        return &set->tracks.at[set->tracks.n - 1];
    case O_CLIP:
        return &set->clips.at[set->clips.n - 1];
    case O_DEVICE:
        return &set->devices.at[r->device];
    case O_BRANCH:
        return &set->branches.at[r->branch];
    case O_SCENE:
        return &set->scenes.at[set->scenes.n - 1];
    case O_LOCATOR:
        return &set->locators.at[set->locators.n - 1];
    case O_ENVELOPE:
        return &set->envelopes.at[set->envelopes.n - 1];
    case O_NONE:
        break;
    }
    return NULL;
}

static void
put_file(char **field, const char *path)
{
    if (*field == NULL)
        *field = keep_text(base_name(path));
}

static void
put_stem(char **field, const char *path)
{
    char *dot;

    if (*field != NULL)
        return;
    put_file(field, path);
    dot = *field == NULL ? NULL : strrchr(*field, '.');
    if (dot != NULL && dot > *field)
        *dot = '\0';
}

/* The folder's name is a word about the sound where Live's own library has
 * it, and the maker's private affair anywhere else. */
static void
put_preset(struct als_device *device, const char *path)
{
    if (device->preset == NULL && device->preset_origin == 5) {
        free(device->preset_folder);
        device->preset_folder = folder_name(path);
    }
    put_stem(&device->preset, path);
}

/* A leaf's attribute into its field. */
static void
put_value(struct reader *r, const struct als_rule *rule, const XML_Char **atts)
{
    const char *value = attribute(atts, "Value");
    const char *time = attribute(atts, "Time");
    void *owner = owner_of(r, rule->owner);
    void *field = (char *)owner + rule->offset;

    if (value == NULL)
        return;
    switch ((enum als_kind)rule->kind) {
    case K_NUM:
        number(r, rule->name, value, field);
        break;
    case K_INT:
        whole_number(r, rule->name, value, field);
        break;
    case K_SWITCH:
        if (time == NULL || time[0] != '-')
            break;
        /* fall through */
    case K_BOOL:
        *(bool *)field = strcmp(value, "true") == 0;
        break;
    case K_TEXT:
        free(*(char **)field);
        *(char **)field = keep_text(value);
        break;
    case K_FILE:
        put_file(field, value);
        break;
    case K_STEM:
        put_stem(field, value);
        break;
    case K_PRESET:
        put_preset((struct als_device *)owner, value);
        break;
    case K_NONE:
        break;
    }
    if (rule->owner == O_SET && rule->parent == N_TEMPO)
        r->set->has_tempo = true;
    if (rule->owner == O_SET && rule->parent == N_METER)
        r->set->has_meter = true;
}

/* ---- what begins ---- */

static void
begin_root(struct reader *r, const XML_Char **atts)
{
    struct als_set *set = r->set;
    const char *creator = attribute(atts, "Creator");
    const char *minor = attribute(atts, "MinorVersion");
    const char *p = creator != NULL ? strstr(creator, "Live ") : NULL;
    int major = 0;

    if (creator != NULL)
        set->creator = keep_text(creator);
    if (minor != NULL)
        set->minor_version = keep_text(minor);
    if (p != NULL)
        major = atoi(p + 5);
    if (major <= 0 && minor != NULL)
        major = atoi(minor);
    set->major = major > 0 && major < 1000 ? major : 0;
    if (set->major != 0 && set->major < ALS_LIVE_OLDEST) {
        refuse(r, "the set is of Live %d; we read Live %d and newer",
               set->major, ALS_LIVE_OLDEST);
        return;
    }
    als_grammar_close(r->grammar);
    r->grammar = als_grammar_open(set->major);
}

static void
begin_track(struct reader *r, enum als_track_type type, const XML_Char **atts)
{
    const char *id = attribute(atts, "Id");
    struct als_track *track;

    if (!room_for_more(r, r->set->tracks.n, r->limits->tracks, "tracks"))
        return;
    track = als_push(&r->set->tracks);
    *track = (struct als_track){
        .type = type, .id = -1, .group = -1, .on = true, .volume = 1};
    if (id != NULL)
        whole_number(r, "Id", id, &track->id);
    r->slot = -1;
    r->device = -1;
    r->branch = -1;
}

static void
begin_clip(struct reader *r, bool audio, bool arrangement)
{
    struct als_clip *clip;

    if (!room_for_more(r, r->set->clips.n, r->limits->clips, "clips"))
        return;
    clip = als_push(&r->set->clips);
    *clip = (struct als_clip){.track = (int)r->set->tracks.n - 1,
                              .slot = arrangement ? -1 : r->slot,
                              .audio = audio,
                              .warped = true,
                              .note_first = r->set->notes.n};
    r->key_first = r->set->notes.n;
}

static void
begin_note(struct reader *r, const XML_Char **atts)
{
    struct als_note note = {.velocity = 100};
    double velocity = 100;

    if (!room_for_more(r, r->set->notes.n, r->limits->notes, "notes"))
        return;
    for (; atts[0] != NULL; atts += 2) {
        if (strcmp(atts[0], "Time") == 0)
            number(r, "Time", atts[1], &note.time);
        else if (strcmp(atts[0], "Duration") == 0)
            number(r, "Duration", atts[1], &note.length);
        else if (strcmp(atts[0], "Velocity") == 0)
            number(r, "Velocity", atts[1], &velocity);
        else if (strcmp(atts[0], "IsEnabled") == 0)
            note.off = strcmp(atts[1], "false") == 0;
    }
    note.velocity = (float)fmin(fmax(velocity, 0), 127);
    *als_push(&r->set->notes) = note;
}

/* The pitch of the notes before it. */
static void
begin_key(struct reader *r, const XML_Char **atts)
{
    const char *value = attribute(atts, "Value");
    int pitch = 0;

    if (value == NULL || !whole_number(r, "MidiKey", value, &pitch))
        return;
    if (pitch < 0 || pitch > 127) {
        refuse(r, "MidiKey is out of range: \"%.40s\"", value);
        return;
    }
    for (size_t i = r->key_first; i < r->set->notes.n; i++)
        r->set->notes.at[i].pitch = (uint8_t)pitch;
    r->key_first = r->set->notes.n;
}

static void
begin_device(struct reader *r, const char *element)
{
    struct als_device *device;

    if (!room_for_more(r, r->set->devices.n, r->limits->devices, "devices"))
        return;
    device = als_push(&r->set->devices);
    *device = (struct als_device){.track = (int)r->set->tracks.n - 1,
                                  .branch = r->branch,
                                  .element = xstrndup(element, ALS_TEXT_MAX),
                                  .on = true,
                                  .device_type = -1};
    r->device = (int)r->set->devices.n - 1;
}

static void
begin_branch(struct reader *r)
{
    if (!room_for_more(r, r->set->branches.n, r->limits->devices, "chains"))
        return;
    *als_push(&r->set->branches) =
        (struct als_branch){.device = r->device, .receiving = -1, .on = true};
    r->branch = (int)r->set->branches.n - 1;
}

static void
begin_envelope(struct reader *r, int target)
{
    if (!room_for_more(r, r->set->envelopes.n, r->limits->events,
                       "automation envelopes"))
        return;
    *als_push(&r->set->envelopes) =
        (struct als_envelope){.target = target, .first = r->set->events.n};
}

static void
begin_event(struct reader *r, const XML_Char **atts)
{
    static const char *const points[] = {"CurveControl1X", "CurveControl1Y",
                                         "CurveControl2X", "CurveControl2Y"};
    struct als_event event = {0};
    const char *time = attribute(atts, "Time");
    const char *value = attribute(atts, "Value");
    int found = 0;

    if (time == NULL || value == NULL)
        return;
    if (!room_for_more(r, r->set->events.n, r->limits->events,
                       "automation events") ||
        !number(r, "Time", time, &event.time) ||
        !number(r, "Value", value, &event.value))
        return;
    for (int i = 0; i < 4; i++) {
        const char *point = attribute(atts, points[i]);

        if (point == NULL || !number(r, points[i], point, &event.curve[i]))
            break;
        event.curve[i] = fmin(fmax(event.curve[i], 0), 1);
        found++;
    }
    event.curved = found == 4;
    *als_push(&r->set->events) = event;
    r->set->envelopes.at[r->set->envelopes.n - 1].count++;
}

static void
begin_scene(struct reader *r, const XML_Char **atts)
{
    const char *value = attribute(atts, "Value"); /* the name, to Live 10 */
    struct als_scene *scene;

    if (!room_for_more(r, r->set->scenes.n, r->limits->marks, "scenes"))
        return;
    scene = als_push(&r->set->scenes);
    if (value != NULL)
        scene->name = keep_text(value);
}

static void
begin_target(struct reader *r, int which, const XML_Char **atts)
{
    const char *id = attribute(atts, "Id");

    if (id != NULL)
        whole_number(r, "AutomationTarget", id,
                     which == ALS_ENVELOPE_TEMPO ? &r->set->tempo_target
                                                 : &r->set->meter_target);
}

/* A place that is for us opens. */
static void
begin(struct reader *r, const struct als_rule *rule, const char *element,
      const XML_Char **atts)
{
    switch ((enum als_node)rule->node) {
    case N_VALUE:
        put_value(r, rule, atts);
        break;
    case N_ROOT:
        begin_root(r, atts);
        break;
    case N_TRACK:
    case N_MAIN:
        begin_track(r, rule->node == N_MAIN ? ALS_MAIN
                                            : (enum als_track_type)rule->arg,
                    atts);
        break;
    case N_SLOT:
        if (room_for_more(r, (size_t)(r->slot + 1), r->limits->marks, "slots"))
            r->slot++;
        break;
    case N_CLIP:
        begin_clip(r, rule->arg, rule->parent == N_TIMELINE_EVENTS);
        break;
    case N_NOTE:
        begin_note(r, atts);
        break;
    case N_KEY_TRACK:
        r->key_first = r->set->notes.n;
        break;
    case N_KEY:
        begin_key(r, atts);
        break;
    case N_DEVICE:
        begin_device(r, element);
        break;
    case N_BRANCH:
        begin_branch(r);
        break;
    case N_PLUG_INFO:
    case N_PATCH_REF:
        r->set->devices.at[r->device].format = (enum als_format)rule->arg;
        break;
    case N_TARGET:
        begin_target(r, rule->arg, atts);
        break;
    case N_OWN_AUTO:
    case N_ENVELOPE:
        begin_envelope(r, rule->node == N_ENVELOPE ? -1 : rule->arg);
        break;
    case N_EVENT:
        begin_event(r, atts);
        break;
    case N_SCENE:
        begin_scene(r, atts);
        break;
    case N_LOCATOR:
        if (room_for_more(r, r->set->locators.n, r->limits->marks, "locators"))
            als_push(&r->set->locators);
        break;
    default: /* only a place on the way to one that is for us */
        break;
    }
}

/* ---- expat's handlers ---- */

static void
refuse_root(struct reader *r, const char *element)
{
    if (r->depth == 0)
        refuse(r, "the file is XML, but its root is <%.40s>, not <Ableton>",
               element);
    else
        refuse(r,
               "the file is Ableton's, but holds <%.40s>, a preset or clip "
               "and not a Live set",
               element);
}

static void XMLCALL
on_start(void *user, const XML_Char *element, const XML_Char **atts)
{
    struct reader *r = user;
    const struct als_rule *rule;

    if (r->failed)
        return;
    if (++r->elements > r->limits->elements) {
        refuse(r, "the set has more than %lld XML elements",
               (long long)r->limits->elements);
        return;
    }
    if (r->depth + r->skip >= r->limits->depth) {
        refuse(r, "the XML is nested more than %d deep", r->limits->depth);
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
    begin(r, rule, element, atts);
    r->nodes[++r->depth] = rule->node;
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
    case N_DEVICE: /* back in the chain that it sits in */
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
        break;
    }
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
    refuse(user, "the XML has a DOCTYPE, which no Live set has");
}

/* ---- the parser's memory ---- */

/*
 * Expat keeps each new element and attribute name for good and each tag
 * while it is open, so its memory is a file's to spend; this bounds it. Its
 * allocation hooks get no user pointer, hence one counter per thread.
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
    return err_set(r->err, ERR_NOT_ALS, "the XML is damaged in line %lu: %s",
                   (unsigned long)XML_GetCurrentLineNumber(r->parser),
                   XML_ErrorString(code));
}

static int
parse(struct reader *r, struct als_source *source)
{
    size_t len;

    do {
        void *chunk = XML_GetBuffer(r->parser, CHUNK);

        if (chunk == NULL)
            return parse_failed(r);
        if (als_source_read(source, chunk, CHUNK, &len, r->err) == -1)
            return -1;
        if (XML_ParseBuffer(r->parser, (int)len, len == 0) != XML_STATUS_OK)
            return parse_failed(r);
    } while (len > 0);
    return 0;
}

/* What must be there for it to be a set at all. */
static int
check_set(struct reader *r)
{
    struct als_set *set = r->set;
    bool main = false;

    for (size_t i = 0; i < set->tracks.n; i++)
        main = main || set->tracks.at[i].type == ALS_MAIN;
    if (!main)
        return err_set(r->err, ERR_NOT_ALS,
                       "the file has no main track, so it is no Live set");
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
