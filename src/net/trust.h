/*
 * One store of certificate authorities for all handles of the process.
 * libcurl gives each TLS connection a copy of its own, and the system's
 * bundle takes some 900 kB: 500 workers that wait for one model would hold
 * nearly half a gigabyte of the same certificates. It is read when the first
 * TLS connection needs it: who speaks plain HTTP only never holds it.
 */
#ifndef NET_TRUST_H
#define NET_TRUST_H

#include <curl/curl.h>

/* Let this handle verify by the shared store. Where libcurl's TLS is not
 * OpenSSL, libcurl's own way stays; where the bundle cannot be read, no peer
 * is trusted. */
void trust_shared(CURL *c);

#endif
