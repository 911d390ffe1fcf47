/* What the four programs share: opened in order, closed in reverse. */
#include "app/app.h"

#include <link.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "app/objects.h"
#include "app/settings.h"
#include "app/who.h"
#include "base/log.h"

static void
app_release(struct app *app)
{
    if (app->store != NULL)
        store_close(app->store);
    if (app->signin != NULL)
        signin_close(app->signin);
    if (app->db != NULL)
        db_close(app->db);
    if (app->conf != NULL)
        conf_close(app->conf);
}

static int
app_open(struct app *app, const char *program, struct err *err)
{
    if ((app->conf = conf_open(app_settings, program, err)) == NULL)
        return -1;
    if ((app->db = db_open(app->conf->database_url, app->conf->db_connections,
                           err)) == NULL)
        return -1;
    app->signin = signin_open(app->conf, app->db);
    if ((app->store = store_open(app->conf, err)) == NULL)
        return -1;
    objects_watch(app);
    return 0;
}

static int
app_run(struct app *app, const char *program, const struct route *routes,
        int (*start)(struct app *, struct err *), void (*stop)(struct app *),
        struct err *err)
{
    struct serve_conf sc = {.routes = routes};
    int rc;

    if (app_open(app, program, err) == -1)
        return -1;
    sc.public_url = app->conf->public_url;
    sc.cors_origins = app->conf->cors_origins;
    sc.threads = app->conf->threads;
    if (strcmp(app->conf->auth, "none") != 0) {
        sc.enter = who_enter;
        sc.caller = who_caller;
        sc.leave = who_leave;
    }
    if (start != NULL && start(app, err) == -1)
        return -1;
    rc = web_serve(app, &sc, err);
    if (stop != NULL)
        stop(app);
    return rc;
}

/*
 * Give memory that only the dynamic linker reads back to the system: the names
 * and relocations of some 45 libraries, megabytes per program. It is never
 * written, so it is mapped again if needed.
 */
static int
forget_names(struct dl_phdr_info *lib, size_t size, void *ctx)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

    (void)size;
    (void)ctx;
    for (int i = 0; i < lib->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &lib->dlpi_phdr[i];
        uintptr_t from = (lib->dlpi_addr + p->p_vaddr) & ~(page - 1);
        uintptr_t to = (lib->dlpi_addr + p->p_vaddr + p->p_memsz) & ~(page - 1);

        if (p->p_type == PT_LOAD && (p->p_flags & (PF_W | PF_X)) == 0)
            (void)madvise((void *)from, to - from, MADV_DONTNEED);
    }
    return 0;
}

int
app_main(const char *program, const struct route *routes,
         int (*start)(struct app *, struct err *), void (*stop)(struct app *))
{
    auto_cleanup(app_release) struct app app = {0};
    struct err err = ERR_INIT;

    log_init(program);
    /* The settings contain keys, which must not end up in a core file. */
    (void)prctl(PR_SET_DUMPABLE, 0);
    (void)dl_iterate_phdr(forget_names, NULL);
    if (app_run(&app, program, routes, start, stop, &err) == -1) {
        log_warn("cannot start: %s", err.msg);
        return 1;
    }
    return 0;
}
