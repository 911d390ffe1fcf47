/*
 * Slugs; see id.h. A file of its own because a program that only checks ids,
 * such as those that read strangers' files, needs no OpenSSL, which the hash of
 * a slug would load.
 */
#include "base/id.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"

/* The ASCII letters that a Latin code point is known by; "" for others. */
static const char *
latin(uint32_t c)
{
    static const char *const letters[] = {
        "A\u00c0\u00c1\u00c2\u00c3\u00c5\u0100\u0102\u0104", /* marks dropped */
        "a\u00e0\u00e1\u00e2\u00e3\u00e5\u00e4\u00c4\u0101\u0103\u0105",
        "c\u00c7\u00e7\u0106\u0107\u010c\u010d",
        "d\u00d0\u00f0\u010e\u010f\u0110\u0111",
        "e\u00c8\u00c9\u00ca\u00cb\u00e8\u00e9\u00ea\u00eb\u0112\u0113\u0118"
        "\u0119\u011a\u011b",
        "g\u011e\u011f",
        "i\u00cc\u00cd\u00ce\u00cf\u00ec\u00ed\u00ee\u00ef\u012a\u012b\u0130"
        "\u0131",
        "l\u0141\u0142",
        "n\u00d1\u00f1\u0143\u0144\u0147\u0148",
        "o\u00d2\u00d3\u00d4\u00d5\u00d6\u00d8\u00f2\u00f3\u00f4\u00f5\u00f6"
        "\u00f8\u014c\u014d\u0150\u0151",
        "r\u0158\u0159",
        "s\u015a\u015b\u015e\u015f\u0160\u0161\u0218\u0219",
        "t\u0162\u0163\u0164\u0165\u021a\u021b",
        "u\u00d9\u00da\u00db\u00dc\u00f9\u00fa\u00fb\u00fc\u016a\u016b\u016e"
        "\u016f\u0170\u0171",
        "y\u00dd\u00fd\u00ff",
        "z\u0179\u017a\u017b\u017c\u017d\u017e",
    };
    static const struct {
        uint32_t c;
        const char *text;
    } pairs[] = {{0xdf, "ss"}, {0xc6, "ae"},  {0xe6, "ae"},  {0xde, "th"},
                 {0xfe, "th"}, {0x152, "oe"}, {0x153, "oe"}, {0x1e9e, "ss"}};
    static const char one[26][2] = {"a", "b", "c", "d", "e", "f", "g", "h", "i",
                                    "j", "k", "l", "m", "n", "o", "p", "q", "r",
                                    "s", "t", "u", "v", "w", "x", "y", "z"};

    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
        if (pairs[i].c == c)
            return pairs[i].text;
    for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++) {
        const char *p = letters[i] + 1;
        uint32_t member;

        while ((member = text_next(&p)) != 0)
            if (member == c)
                return one[tolower((unsigned char)letters[i][0]) - 'a'];
    }
    return "";
}

void
id_slug(const char *name, char ret_slug[SLUG_MAX + 1])
{
    const char *p = name;
    size_t n = 0;
    uint32_t c;

    while ((c = text_next(&p)) != 0 && n < SLUG_MAX) {
        if (c < 128 && isalnum((int)c)) {
            ret_slug[n++] = (char)tolower((int)c);
        } else if (*latin(c) != '\0') {
            for (const char *l = latin(c); *l != '\0' && n < SLUG_MAX; l++)
                ret_slug[n++] = *l;
        } else if (c != '\'' && c != 0x2019 && !(c >= 0x300 && c < 0x370) &&
                   n > 0 && ret_slug[n - 1] != '-') {
            ret_slug[n++] = '-'; /* marks and apostrophes vanish instead */
        }
    }
    while (n > 0 && ret_slug[n - 1] == '-')
        n--;
    ret_slug[n] = '\0';
    if (n == 0) {
        char hex[HASH_HEX_LEN + 1];

        hash_hex_of(name, strlen(name), hex);
        (void)snprintf(ret_slug, SLUG_MAX + 1, "artist-%.8s", hex);
    }
}

bool
id_slug_valid(const char *slug)
{
    size_t n = strlen(slug);

    if (n == 0 || n > SLUG_MAX || slug[0] == '-' || slug[n - 1] == '-')
        return false;
    for (const char *p = slug; *p != '\0'; p++)
        if (!islower((unsigned char)*p) && !isdigit((unsigned char)*p) &&
            *p != '-')
            return false;
    return true;
}
