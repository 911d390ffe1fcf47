/*
 * The settings of authentication. Without sign-in, everybody who reaches this
 * server may do everything, so that is refused unless only this machine can.
 */
#include <string.h>

#include "auth/signin.h"
#include "base/setting.h"

#define JWT_SECRET_MIN 32 /* as the hash is long (RFC 7518) */

static const struct setting rows[] = {
    {.name = "AUTH",
     .kind = SETTING_WORD,
     .at = CONF_AT(auth),
     .fallback = "none",
     .words = {"none", "token", "supabase"},
     .help = "who may use it: `none`: everybody, allowed only if nothing but"
             " this machine can reach it; `token`: holders of a token from "
             "`./trainmode token add NAME`; `supabase`: the users of a "
             "project, each their own artists; see "
             "[operating](docs/operating.md#who-may)"},
    {.name = "SUPABASE_URL",
     .kind = SETTING_URL,
     .at = CONF_AT(supabase_url),
     .help = "with `AUTH=supabase` or `STORAGE=supabase`: the project, "
             "`https://REF.supabase.co`"},
    {.name = "SUPABASE_PUBLISHABLE_KEY",
     .kind = SETTING_TEXT,
     .at = CONF_AT(supabase_public),
     .help = "with `AUTH=supabase`: the key that a page may have, "
             "`sb_publishable_…` or the older anon key"},
    {.name = "SUPABASE_JWT_SECRET",
     .kind = SETTING_SECRET,
     .at = CONF_AT(jwt_secret),
     .help = "with `AUTH=supabase`, for a project that still signs with its "
             "legacy shared secret (Settings, JWT Keys)"},
    {.name = "SUPABASE_ANONYMOUS",
     .kind = SETTING_SWITCH,
     .at = CONF_AT(anonymous),
     .fallback = "off",
     .help = "with `AUTH=supabase`: whether users without an account "
             "(anonymous sign-in) are let in"},
};

static void
check_supabase(const struct conf *c, struct buf *faults)
{
    conf_need(faults, c->supabase_url, "SUPABASE_URL",
              ", AUTH=supabase needs it");
    conf_need(faults, c->supabase_public, "SUPABASE_PUBLISHABLE_KEY",
              ", AUTH=supabase needs it for people to sign in on the page");
    if (c->jwt_secret != NULL && strlen(c->jwt_secret) < JWT_SECRET_MIN)
        conf_fault(faults,
                   "SUPABASE_JWT_SECRET has less than %d characters, "
                   "so it can be guessed",
                   JWT_SECRET_MIN);
}

/* Whether the address that users see is this machine's own. */
static bool
is_local(const char *public_url)
{
    return public_url == NULL || conf_is_here(strstr(public_url, "://") + 3);
}

static void
check(struct conf *c, struct buf *faults)
{
    const char *reached = !conf_is_here(c->listen)   ? "LISTEN"
                          : !is_local(c->public_url) ? "PUBLIC_URL"
                                                     : NULL;

    if (strcmp(c->auth, "supabase") == 0)
        check_supabase(c, faults);
    if (strcmp(c->auth, "none") == 0 && reached != NULL)
        conf_fault(faults,
                   "%s says that others reach this server, and with AUTH=none "
                   "everybody who does may read, change and delete all of it: "
                   "set AUTH=token (then ./trainmode token add NAME) or "
                   "AUTH=supabase",
                   reached);
}

const struct settings auth_settings = {SETTINGS_OF(rows), .check = check};
