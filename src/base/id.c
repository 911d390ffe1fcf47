/* UUIDs; see id.h. */
#include "base/id.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/hash.h"

void
id_random(void *ret_bytes, size_t n)
{
    unsigned char *p = ret_bytes;

    while (n > 0) {
        ssize_t got = getrandom(p, n, 0);

        if (got < 0)
            abort();
        p += got;
        n -= (size_t)got;
    }
}

void
id_make(char ret_uuid[UUID_LEN + 1])
{
    unsigned char b[16];

    id_random(b, sizeof(b));
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x40); /* version 4 */
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80); /* variant 10 */
    (void)snprintf(ret_uuid, UUID_LEN + 1,
                   "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
                   "%02x%02x%02x%02x%02x%02x",
                   b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9],
                   b[10], b[11], b[12], b[13], b[14], b[15]);
}

bool
id_valid(const char *uuid)
{
    if (strlen(uuid) != UUID_LEN)
        return false;
    for (int i = 0; i < UUID_LEN; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;

        if (dash ? uuid[i] != '-' : !isxdigit((unsigned char)uuid[i]))
            return false;
    }
    return true;
}

bool
id_is_audio(const char *parse_id)
{
    static const char prefix[] = "audio:";
    size_t n = strlen(prefix);

    return strncmp(parse_id, prefix, n) == 0 &&
           strspn(parse_id + n, "0123456789abcdef") == HASH_HEX_LEN &&
           parse_id[n + HASH_HEX_LEN] == '\0';
}
