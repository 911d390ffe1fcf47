/* Bytes as deflated base64 text; see packed.h. */
#include "base/packed.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/mem.h"
#include "base/text.h"

#define CHUNK 4096

/* zlib's allocation hooks: like all our allocations they never fail. */
static void *
z_get(void *user, unsigned n, unsigned size)
{
    (void)user;
    return xcalloc(n, size);
}

static void
z_put(void *user, void *p)
{
    (void)user;
    free(p);
}

char *
packed_text(const void *data, size_t len)
{
    z_stream z = {.zalloc = z_get, .zfree = z_put};
    auto_free unsigned char *small = NULL;

    if (len > INT_MAX || deflateInit(&z, Z_BEST_COMPRESSION) != Z_OK)
        abort(); /* no caller has this much; zlib is not the one we built for */
    small = xmalloc(deflateBound(&z, (uLong)len));
    z.next_in = (unsigned char *)data;
    z.avail_in = (uInt)len;
    z.next_out = small;
    z.avail_out = (uInt)deflateBound(&z, (uLong)len);
    (void)deflate(&z, Z_FINISH); /* what deflateBound says has room for all */
    (void)deflateEnd(&z);
    return text_base64(small, z.total_out);
}

/* A complete zlib stream with nothing after it. */
static bool
inflate_all(unsigned char *data, size_t len, struct buf *out)
{
    z_stream z = {.zalloc = z_get,
                  .zfree = z_put,
                  .next_in = data,
                  .avail_in = (uInt)len};
    unsigned char chunk[CHUNK];
    int rc = len > INT_MAX ? Z_DATA_ERROR : inflateInit(&z);

    if (rc != Z_OK)
        return false;
    while (rc == Z_OK) {
        z.next_out = chunk;
        z.avail_out = sizeof(chunk);
        rc = inflate(&z, Z_NO_FLUSH);
        if (buf_add(out, chunk, sizeof(chunk) - z.avail_out) == -1)
            break;
    }
    (void)inflateEnd(&z);
    return rc == Z_STREAM_END && z.avail_in == 0;
}

bool
packed_open(const char *text, struct buf *out)
{
    size_t len = 0;
    auto_free unsigned char *data = text_unbase64(text, &len);

    if (data != NULL && inflate_all(data, len, out) && !out->failed)
        return true;
    out->failed = true;
    return false;
}
