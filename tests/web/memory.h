/* Requests without a process: a wire that is memory. */
#ifndef TESTS_WEB_MEMORY_H
#define TESTS_WEB_MEMORY_H

#include "web/web.h"

/* The answer to one request; valid until the next. params: alternating CGI
 * names and values, NULL at the end. Log output during it is dropped. */
const char *memory_ask(struct app *app, const struct serve_conf *sc,
                       const char *const *params, const char *body);

/* Fail the test, showing the answer, unless it contains the text. */
void assert_in(const char *answer, const char *text);

#endif
