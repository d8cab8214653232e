#include <zlib.h>

// Macros of zlib that Swift cannot call. Negative window bits are zlib's way to ask for DEFLATE without a header.

static inline int czlib_deflate_init_raw(z_streamp stream, int level, int windowBits, int memoryLevel, int strategy) {
    return deflateInit2(stream, level, Z_DEFLATED, -windowBits, memoryLevel, strategy);
}

static inline int czlib_inflate_init_raw(z_streamp stream, int windowBits) {
    return inflateInit2(stream, -windowBits);
}
