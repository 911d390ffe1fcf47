/* Base64url; see b64url.h. */
#include "auth/b64url.h"

#include <string.h>

#include "base/mem.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                             "abcdefghijklmnopqrstuvwxyz0123456789-_";

/* Whether the last digit's bits that belong to no byte are zero. */
static bool
ends_clean(const char *text, size_t len)
{
    unsigned value;

    if (len % 4 == 0)
        return true;
    value = (unsigned)(strchr(digits, text[len - 1]) - digits);
    return (value & (len % 4 == 2 ? 15 : 3)) == 0;
}

bool
b64url_decode(const char *text, size_t len, unsigned char *out, size_t *ret_len)
{
    struct base64 b = {0};
    size_t most;
    size_t last;

    for (size_t i = 0; i < len; i++)
        if (text[i] == '\0' || strchr(digits, text[i]) == NULL)
            return false;
    (void)base64_digits(&b, (const unsigned char *)text, len, out, &most);
    if (!base64_end(&b, out + most, &last) || !ends_clean(text, len))
        return false;
    *ret_len = most + last;
    return true;
}

char *
b64url_encode(const unsigned char *bytes, size_t len)
{
    char *text = xmalloc((len + 2) / 3 * 4 + 1);
    char *to = text;

    for (size_t i = 0; i < len; i += 3) {
        unsigned v = (unsigned)bytes[i] << 16;

        if (i + 1 < len)
            v |= (unsigned)bytes[i + 1] << 8;
        if (i + 2 < len)
            v |= bytes[i + 2];
        for (size_t j = 0; j < 4 && i + j <= len; j++)
            *to++ = digits[v >> (18 - 6 * j) & 63];
    }
    *to = '\0';
    return text;
}
