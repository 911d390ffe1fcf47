/*
 * Seals a text so that only the holder of a key can read or change it:
 * AES-256-GCM (NIST SP 800-38D) by OpenSSL. The AES key is the HMAC-SHA-256 of
 * a name, keyed by `key`, which must be random itself (a session's id is).
 */
#ifndef AUTH_SEAL_H
#define AUTH_SEAL_H

/* In base64url; a random nonce makes each result different. The caller frees
 * it. */
char *seal_make(const char *key, const char *text);
/* The caller wipes and frees it. NULL if it was not sealed with this key, or
 * was changed. */
char *seal_open(const char *key, const char *sealed);

#endif
