/*
 * Identifiers: version 4 UUIDs (RFC 9562), checked by form, and slugs.
 */
#ifndef BASE_ID_H
#define BASE_ID_H

#include <stdbool.h>
#include <stddef.h>

#define UUID_LEN 36
#define SLUG_MAX 60

void id_make(char ret_uuid[UUID_LEN + 1]); /* lower case, from getrandom */
bool id_valid(const char *uuid);           /* 8-4-4-4-12 hexadecimal digits */

/* The parse id of audio that stands alone, without a set: "audio:" and the
 * SHA-256 of its bytes in lower-case hexadecimal. */
bool id_is_audio(const char *parse_id);

/* n random bytes; dies where the system has none to give. */
void id_random(void *ret_bytes, size_t n);

/*
 * A slug from a name: ASCII lower-case letters, digits and single dashes, at
 * most SLUG_MAX, never empty. Latin letters lose their marks ("Für Élise"
 * gives "fur-elise"); a name of which nothing is left ("桜") gives "artist-"
 * and eight digits of its SHA-256, so the same name always gives the same
 * slug. Uniqueness is the database's business.
 */
void id_slug(const char *name, char ret_slug[SLUG_MAX + 1]);
bool id_slug_valid(const char *slug);

#endif
