/*
 * One store of certificate authorities for all handles of the process. libcurl
 * gives each TLS connection a copy of its own, and the system's bundle takes
 * some 900 kB: 500 workers that wait for one model would hold nearly half a
 * gigabyte of identical certificates. The bundle is read when the first TLS
 * connection needs it; a process that speaks only plain HTTP never loads it.
 */
#ifndef NET_TRUST_H
#define NET_TRUST_H

#include <curl/curl.h>

/* Make this handle verify with the shared store. If libcurl's TLS is not
 * OpenSSL, libcurl's own method stays; if the bundle cannot be read, no peer is
 * trusted. */
void trust_shared(CURL *c);

#endif
