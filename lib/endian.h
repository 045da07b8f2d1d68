/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers in memory that somebody else reads. The types are structs, so that an unconverted
 * value does not compile; the loads and stores take any alignment.
 */
#ifndef LIB_ENDIAN_H
#define LIB_ENDIAN_H

#include <stdbool.h>
#include <stdint.h>

typedef struct { uint16_t raw; } be16;
typedef struct { uint32_t raw; } be32;
typedef struct { uint64_t raw; } be64;
typedef struct { uint16_t raw; } le16;
typedef struct { uint32_t raw; } le32;
typedef struct { uint64_t raw; } le64;

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define ENDIAN_BE(bits, x) (x)
#define ENDIAN_LE(bits, x) __builtin_bswap##bits(x)
#else
#define ENDIAN_BE(bits, x) __builtin_bswap##bits(x)
#define ENDIAN_LE(bits, x) (x)
#endif

/* be32_get(x), be32_make(v), be32_load(p), be32_store(p, v), and so for 16, 64 and le */
#define ENDIAN_TYPE(name, bits, swap)                                           \
	static inline uint##bits##_t name##_get(name x)                         \
	{                                                                       \
		return swap(bits, x.raw);                                       \
	}                                                                       \
	static inline name name##_make(uint##bits##_t v)                        \
	{                                                                       \
		return (name){ swap(bits, v) };                                 \
	}                                                                       \
	static inline uint##bits##_t name##_load(const void *p)                 \
	{                                                                       \
		uint##bits##_t raw;                                             \
                                                                                \
		__builtin_memcpy(&raw, p, sizeof(raw));                         \
		return swap(bits, raw);                                         \
	}                                                                       \
	static inline void name##_store(void *p, uint##bits##_t v)              \
	{                                                                       \
		uint##bits##_t raw = swap(bits, v);                             \
                                                                                \
		__builtin_memcpy(p, &raw, sizeof(raw));                         \
	}

ENDIAN_TYPE(be16, 16, ENDIAN_BE)
ENDIAN_TYPE(be32, 32, ENDIAN_BE)
ENDIAN_TYPE(be64, 64, ENDIAN_BE)
ENDIAN_TYPE(le16, 16, ENDIAN_LE)
ENDIAN_TYPE(le32, 32, ENDIAN_LE)
ENDIAN_TYPE(le64, 64, ENDIAN_LE)

/* In an order that only shows at run time, as that of instructions */
static inline uint32_t u32_load(const void *p, bool little)
{
	return little ? le32_load(p) : be32_load(p);
}

#endif /* LIB_ENDIAN_H */
