/*
 * A text that only who holds the key's text can read or change: AES-256-GCM
 * (NIST SP 800-38D) by OpenSSL, under the HMAC-SHA-256 of a name by that text,
 * which must be random itself (a session's id is).
 */
#ifndef AUTH_SEAL_H
#define AUTH_SEAL_H

/* In base64url; a random nonce makes it another one each time. The caller
 * frees it. */
char *seal_make(const char *key, const char *text);
/* The caller wipes and frees it. NULL if it was not sealed by this key, or is
 * not as it was sealed. */
char *seal_open(const char *key, const char *sealed);

#endif
