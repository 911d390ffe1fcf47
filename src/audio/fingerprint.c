/*
 * Comparing fingerprints: the share of equal bits, at the best alignment.
 */
#include "audio/fingerprint.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "base/auto.h"
#include "base/mem.h"

#define ITEM_DIGITS 8
#define ITEMS_MIN 40 /* five seconds */
#define ITEMS_MAX 4096
#define SHIFT_MAX 80 /* ten seconds */

static uint32_t *
read_items(const char *text, size_t *ret_n)
{
    size_t digits = text == NULL ? 0 : strlen(text), n = digits / ITEM_DIGITS;
    auto_free uint32_t *items = NULL;

    if (digits % ITEM_DIGITS != 0 || n < ITEMS_MIN || n > ITEMS_MAX)
        return NULL;
    items = xcalloc(n, sizeof(*items));
    for (size_t i = 0; i < digits; i++) {
        int c = tolower((unsigned char)text[i]);

        if (!isxdigit(c))
            return NULL;
        items[i / ITEM_DIGITS] = items[i / ITEM_DIGITS] << 4 |
                                 (uint32_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    *ret_n = n;
    return steal(&items);
}

/* Compare a[0] with b[0] and so on: 1 if all bits are equal, 0 if half of them
 * are, which is chance. */
static double
overlap(const uint32_t *a, size_t na, const uint32_t *b, size_t nb)
{
    size_t n = na < nb ? na : nb, wrong = 0;

    if (n < ITEMS_MIN)
        return 0;
    for (size_t i = 0; i < n; i++)
        wrong += (size_t)__builtin_popcount(a[i] ^ b[i]);
    return 1 - 2.0 * (double)wrong / (32.0 * (double)n);
}

double
fingerprint_similarity(const char *a, const char *b)
{
    size_t na = 0, nb = 0;
    auto_free uint32_t *x = read_items(a, &na), *y = NULL;
    double best = 0;

    y = read_items(b, &nb);
    if (x == NULL || y == NULL)
        return 0;
    for (size_t shift = 0; shift <= SHIFT_MAX; shift++) {
        double one = shift < na ? overlap(x + shift, na - shift, y, nb) : 0;
        double two = shift < nb ? overlap(x, na, y + shift, nb - shift) : 0;

        best = one > best ? one : best;
        best = two > best ? two : best;
    }
    return best;
}
