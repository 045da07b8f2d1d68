// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/measured/sha.h"

#include "lib/endian.h"
#include "lib/string.h"

#define BLOCK	  64U
#define LENGTH_AT 56U	/* in the last block: bits, 64 of them */
#define WORDS	  8	/* of a state, at most */

typedef void block_fn(uint32_t state[WORDS], const uint8_t *block);

static inline uint32_t rotate_left(uint32_t value, int by)
{
	return value << by | value >> (32 - by);
}

/* 6.1.2 */
static void add_block_1(uint32_t state[WORDS], const uint8_t *block)
{
	static const uint32_t constant[] = { 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6 };
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], w[80];

	for (int i = 0; i < 80; i++) {
		uint32_t f = i < 20 ? d ^ (b & (c ^ d)) :
			     i >= 40 && i < 60 ? (b & c) | (d & (b | c)) : b ^ c ^ d, next;

		w[i] = i < 16 ? be32_load(block + 4 * i) :
				rotate_left(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
		next = rotate_left(a, 5) + f + e + constant[i / 20] + w[i];
		e = d;
		d = c;
		c = rotate_left(b, 30);
		b = a;
		a = next;
	}
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
	state[4] += e;
}

/* 4.2.2: the first 32 bits of the fractional parts of the cube roots of the first 64 primes */
static const uint32_t constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
	0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
	0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
	0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
	0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
	0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2,
};

/* The sums of 4.1.2: two or three rotations, and perhaps a shift. */
static inline uint32_t sum(uint32_t x, int a, int b, int c)
{
	return rotate_left(x, 32 - a) ^ rotate_left(x, 32 - b) ^ rotate_left(x, 32 - c);
}

static inline uint32_t small_sum(uint32_t x, int a, int b, int c)
{
	return rotate_left(x, 32 - a) ^ rotate_left(x, 32 - b) ^ x >> c;
}

/* 6.2.2 */
static void add_block_256(uint32_t state[WORDS], const uint8_t *block)
{
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5],
		 g = state[6], h = state[7], w[64];

	for (int i = 0; i < 64; i++) {
		uint32_t t;

		w[i] = i < 16 ? be32_load(block + 4 * i) :
				small_sum(w[i - 2], 17, 19, 10) + w[i - 7] +
					small_sum(w[i - 15], 7, 18, 3) + w[i - 16];
		t = h + sum(e, 6, 11, 25) + (g ^ (e & (f ^ g))) + constants[i] + w[i];
		h = g;
		g = f;
		f = e;
		e = d + t;
		t += sum(a, 2, 13, 22) + ((a & b) | (c & (a | b)));
		d = c;
		c = b;
		b = a;
		a = t;
	}
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
	state[4] += e;
	state[5] += f;
	state[6] += g;
	state[7] += h;
}

/* From the first values of 5.3 on: whole blocks, then what 5.1.1 appends. */
static void hash(uint8_t *out, const uint32_t *first, int words, block_fn *add_block,
		 const uint8_t *data, size_t size)
{
	uint8_t last[2 * BLOCK] = { 0 };
	uint8_t *at = last, *end = last + (size % BLOCK < LENGTH_AT ? BLOCK : 2 * BLOCK);
	uint32_t state[WORDS];

	be64_store(end - 8, (uint64_t)size * 8);
	memcpy(state, first, sizeof(state));
	for (; size >= BLOCK; size -= BLOCK, data += BLOCK)
		add_block(state, data);
	memcpy(last, data, size);
	last[size] = 0x80;
	for (; at < end; at += BLOCK)
		add_block(state, at);
	for (int i = 0; i < words; i++)
		be32_store(out + 4 * i, state[i]);
}

void sha1(uint8_t out[SHA1_SIZE], const void *data, size_t size)
{
	static const uint32_t first[WORDS] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476,
					       0xc3d2e1f0 };

	hash(out, first, SHA1_SIZE / 4, add_block_1, data, size);
}

void sha256(uint8_t out[SHA256_SIZE], const void *data, size_t size)
{
	static const uint32_t first[WORDS] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
					       0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };

	hash(out, first, SHA256_SIZE / 4, add_block_256, data, size);
}
