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

/* The parse id of audio without a set: "audio:" and the SHA-256 of its bytes in
 * lower-case hexadecimal. */
bool id_is_audio(const char *parse_id);

/* n random bytes; ends the process if the system cannot provide them. */
void id_random(void *ret_bytes, size_t n);

/*
 * A slug from a name: ASCII lower-case letters, digits and single dashes, at
 * most SLUG_MAX, never empty. Latin letters lose their diacritics ("Für Élise"
 * gives "fur-elise"). If nothing is left of a name ("桜"), its slug is
 * "artist-" and eight digits of its SHA-256, so the same name always gives the
 * same slug. The database makes sure that slugs are unique.
 */
void id_slug(const char *name, char ret_slug[SLUG_MAX + 1]);
bool id_slug_valid(const char *slug);

#endif
