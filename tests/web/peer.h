/*
 * The web server's side of FastCGI, written down from its specification: for
 * tests, one request per connection. Every failure of the transport is seen,
 * none ends the test by itself.
 */
#ifndef TESTS_WEB_PEER_H
#define TESTS_WEB_PEER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

int peer_listen(const char *path); /* a listening Unix socket */
int peer_connect(const char *path);

/* Send each part. Params are "NAME", "value", ..., NULL. */
int peer_begin(int fd);
int peer_params(int fd, const char *const *params);
int peer_stdin(int fd, const void *data, size_t len); /* len 0: its end */

/* Read everything that comes into out (head and body). True if the answer ended
 * properly. */
bool peer_answer(int fd, struct buf *out);
/* One piece of it; false at the end. */
bool peer_piece(int fd, struct buf *out);

/* All of the above. */
bool peer_ask(const char *path, const char *const *params, const char *body,
              struct buf *out);

#endif
