/* An answer's head as it comes, line by line. Only net/ includes it. */
#ifndef NET_HEAD_H
#define NET_HEAD_H

#include "net/http.h"

/* Reset to the state before any answer; the body keeps its maximum. */
void head_reset(struct http_resp *resp);
/* One line of the head, of n bytes; a status line starts over. */
void head_keep(struct http_resp *resp, const char *data, size_t n);
/* The value of a header line if its name is `name`; NULL otherwise. */
const char *head_value(const char *line, const char *name);

#endif
