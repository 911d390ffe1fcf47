/* The folder: Live sets and bounces; see make.h. */
#include <errno.h>
#include <ftw.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "make/make.h"

enum { OPEN_MAX_DIRS = 16 };

static const struct {
    const char *ending, *type;
} types[] = {{".mp3", "audio/mpeg"},  {".wav", "audio/wav"},
             {".wave", "audio/wav"},  {".flac", "audio/flac"},
             {".aif", "audio/aiff"},  {".aiff", "audio/aiff"},
             {".aifc", "audio/aiff"}, {".ogg", "audio/ogg"},
             {".oga", "audio/ogg"},   {".opus", "audio/ogg"}};

static bool
ends_with(const char *name, const char *ending)
{
    size_t n = strlen(name);
    size_t m = strlen(ending);

    return n > m && strcasecmp(name + n - m, ending) == 0;
}

const char *
sound_type(const char *name)
{
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
        if (ends_with(name, types[i].ending))
            return types[i].type;
    return NULL;
}

/* Folders that Live keeps next to a set: recordings and copies, not bounces. */
static bool
is_lives_own(const char *name)
{
    static const char *const names[] = {
        "Samples", "Backup", "Ableton Project Info", "Presets", "__MACOSX"};

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (strcasecmp(name, names[i]) == 0)
            return true;
    return false;
}

/* nftw passes no context. */
static struct {
    struct folder *folder;
    size_t root; /* bytes of the folder's own path */
} walk;

static void
add_set(const char *path, const char *name, const struct stat *st)
{
    struct folder *f = walk.folder;

    f->sets = xreallocarray(f->sets, f->n_sets + 1, sizeof(*f->sets));
    f->sets[f->n_sets++] = (struct live){
        .path = xstrdup(path), .name = xstrdup(name), .changed = st->st_mtime};
}

static void
add_sound(const char *path, const char *name, const struct stat *st)
{
    struct folder *f = walk.folder;

    f->sounds = xreallocarray(f->sounds, f->n_sounds + 1, sizeof(*f->sounds));
    f->sounds[f->n_sounds++] = (struct bounce){
        .path = xstrdup(path), .name = xstrdup(name), .changed = st->st_mtime};
}

static int
visit(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    const char *base = path + at->base;
    const char *name = path + walk.root;

    name += strspn(name, "/");
    if (at->level > 0 && base[0] == '.')
        return kind == FTW_D ? FTW_SKIP_SUBTREE : FTW_CONTINUE;
    if (kind == FTW_D)
        return at->level > 0 && is_lives_own(base) ? FTW_SKIP_SUBTREE
                                                   : FTW_CONTINUE;
    if (kind != FTW_F)
        return FTW_CONTINUE;
    if (ends_with(base, ".als"))
        add_set(path, name, st);
    else if (sound_type(base) != NULL)
        add_sound(path, name, st);
    return FTW_CONTINUE;
}

static int
by_set_name(const void *a, const void *b)
{
    return strcmp(((const struct live *)a)->name,
                  ((const struct live *)b)->name);
}

static int
by_sound_name(const void *a, const void *b)
{
    return strcmp(((const struct bounce *)a)->name,
                  ((const struct bounce *)b)->name);
}

int
folder_scan(const char *path, struct folder *ret, struct err *err)
{
    struct stat st;

    if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode)) {
        errno = ENOTDIR;
        return err_errno(err, ERR_BAD_REQUEST, "%s", path);
    }
    walk.folder = ret;
    walk.root = strlen(path);
    if (nftw(path, visit, OPEN_MAX_DIRS, FTW_ACTIONRETVAL) == -1)
        return err_errno(err, ERR_BAD_REQUEST, "read %s", path);
    if (ret->n_sets > 0)
        qsort(ret->sets, ret->n_sets, sizeof(*ret->sets), by_set_name);
    if (ret->n_sounds > 0)
        qsort(ret->sounds, ret->n_sounds, sizeof(*ret->sounds), by_sound_name);
    if (ret->n_sounds == 0)
        return err_set(err, ERR_BAD_REQUEST,
                       "%s holds no audio; bounce the tracks into it first",
                       path);
    return 0;
}

void
folder_release(struct folder *f)
{
    for (size_t i = 0; i < f->n_sets; i++) {
        free(f->sets[i].path);
        free(f->sets[i].name);
        free(f->sets[i].parse_id);
        free(f->sets[i].project);
    }
    for (size_t i = 0; i < f->n_sounds; i++) {
        free(f->sounds[i].path);
        free(f->sounds[i].name);
        free(f->sounds[i].item);
    }
    free(f->sets);
    free(f->sounds);
    *f = (struct folder){0};
}
