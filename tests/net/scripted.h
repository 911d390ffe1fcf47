/*
 * A scripted HTTP server in a forked child, one connection after the other: a
 * test decides what it does with each request.
 */
#ifndef TESTS_NET_SCRIPTED_H
#define TESTS_NET_SCRIPTED_H

#include <sys/types.h>

/* nth: the request's number on its connection, from 1. Static variables of the
 * child last over its connections. */
typedef void script(int fd, const char *request, int nth);

struct server {
    pid_t pid;
    char url[64]; /* http://127.0.0.1:PORT/path?q=1 */
};

struct server server_start(script *fn);
/* The script has each connection as it comes, with no request read. */
struct server server_start_raw(script *fn);
void server_stop(struct server *s);

/* For scripts. */
void say(int fd, const char *text);
void nap(int ms);

#endif
