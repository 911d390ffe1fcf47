/* CRC-32; see crc.h. */
#include "base/crc.h"

#include <libdeflate.h>

uint32_t
crc_add(uint32_t crc, const void *data, size_t len)
{
    /* libdeflate treats NULL as "start over", whatever came before. */
    return len > 0 ? libdeflate_crc32(crc, data, len) : crc;
}
