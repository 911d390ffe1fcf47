/* The settings of the incoming side; see base/setting.h. */
#include <string.h>

#include "base/setting.h"
#include "web/web.h"

#define THREADS(upper, lower, so_many, what)                                   \
    {                                                                          \
        .name = upper "_THREADS", .kind = SETTING_NUMBER,                      \
        .at = CONF_AT(threads), .fallback = (so_many), .least = 1,             \
        .most = 4096, .unit = 1, .program = (lower), .help = (what)            \
    }

/* clang-format off */
static const struct setting rows[] = {
    {.name = "PUBLIC_URL",
     .kind = SETTING_URL,
     .at = CONF_AT(public_url),
     .unset = "the address of the request",
     .help = "the start of dataset URLs, such as "
             "`https://trainmode.example.org`; set it if a trainer must "
             "reach you"},
    {.name = "LISTEN",
     .kind = SETTING_TEXT,
     .at = CONF_AT(listen),
     .fallback = "127.0.0.1",
     .help = "the address that nginx listens on besides 127.0.0.1: an "
             "interface's, or `0.0.0.0` or `[::]` for all"},
    {.name = "PROXIES",
     .kind = SETTING_TEXT,
     .at = CONF_AT(proxies),
     .unset = "none; with an https `PUBLIC_URL` this machine",
     .help = "addresses of proxies in front of nginx, separated by blanks or"
             " commas, whose `X-Forwarded-For` is trusted"},
    {.name = "CORS_ORIGINS",
     .kind = SETTING_TEXT,
     .at = CONF_AT(cors_origins),
     .help = "origins of other pages, separated by blanks or commas, whose "
             "scripts may call the API (with a token of their own, never "
             "with the page's cookie)"},
    THREADS("TRAIN", "train", "512",
            "captions in progress per artist; a quarter more for all artists "
           "together"),
    THREADS("SAVE", "save", "16",
            "uploads being processed; half of them may still be arriving"),
    THREADS("EXPORT", "export", "4",
            "exports and checks at a time per artist; two more for all "
           "artists together; downloads have their own threads"),
    THREADS("LIBRARY", "library", "16",
            "sets being read per artist; a quarter more for all artists "
           "together; other requests have their own threads"),
};
/* clang-format on */

static bool
is_address(const char *s)
{
    size_t len = s[0] == '[' ? strspn(s + 1, "0123456789abcdefABCDEF:.")
                             : strspn(s, "0123456789.");

    return len > 1 && strcmp(s[0] == '[' ? s + 1 + len : s + len,
                             s[0] == '[' ? "]" : "") == 0;
}

/* As browsers write one: scheme, host, and a port if it is not the scheme's
 * default. Never "*" and never "null", which any page can be. */
static bool
is_origin(const char *s, size_t len)
{
    size_t scheme = strncmp(s, "https://", 8) == 0  ? 8
                    : strncmp(s, "http://", 7) == 0 ? 7
                                                    : 0;

    return scheme > 0 && len > scheme &&
           strspn(s + scheme, "abcdefghijklmnopqrstuvwxyz0123456789.-:[]") ==
               len - scheme;
}

static void
check_origins(const struct conf *c, struct buf *faults)
{
    for (const char *p = c->cors_origins; p != NULL && *p != '\0';) {
        size_t len;

        p += strspn(p, " \t,");
        len = strcspn(p, " \t,");
        if (len > 0 && !is_origin(p, len))
            conf_fault(faults,
                       "CORS_ORIGINS must hold origins such as "
                       "https://studio.example.org, not \"%.*s\"",
                       (int)(len < 60 ? len : 60), p);
        p += len;
    }
}

static void
check(struct conf *c, struct buf *faults)
{
    check_origins(c, faults);
    if (!is_address(c->listen))
        conf_fault(faults,
                   "LISTEN must be an address such as 127.0.0.1, 0.0.0.0 or "
                   "[::], not \"%.60s\"",
                   c->listen);
}

const struct settings web_settings = {SETTINGS_OF(rows), .check = check};
