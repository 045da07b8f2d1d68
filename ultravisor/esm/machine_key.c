// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/esm/machine_key.h"

#include <bearssl_hash.h>
#include <bearssl_rsa.h>

#include "lib/der.h"
#include "lib/string.h"

#define MODULUS ESM_CIPHER_SIZE
#define FACTOR	(MODULUS / 2)

enum { P, Q, DP, DQ, IQ, SECRETS };

static struct {
	bool known;
	uint8_t modulus[MODULUS];
	uint8_t secret[SECRETS][FACTOR];
} machine;

/* A positive INTEGER of at most @size bytes, with zeros in front. */
static bool take_number(struct der *der, uint8_t *to, size_t size)
{
	struct der digits;

	if (!der_read_number(&digits, der) || der_size(&digits) > size)
		return false;
	memset(to, 0, size - der_size(&digits));
	memcpy(to + size - der_size(&digits), digits.at, der_size(&digits));
	return true;
}

static bool take_key(struct der der)
{
	uint8_t version, exponent[3], d[MODULUS];
	struct der key;
	bool good = der_read(&key, &der, DER_SEQUENCE) && der.at == der.end &&
		    take_number(&key, &version, 1) && version == 0 &&
		    take_number(&key, machine.modulus, MODULUS) && (machine.modulus[0] & 0x80) &&
		    take_number(&key, exponent, 3) && !memcmp(exponent, "\1\0\1", 3) &&
		    take_number(&key, d, sizeof(d));

	for (int i = 0; good && i < SECRETS; i++)
		good = take_number(&key, machine.secret[i], FACTOR);
	secure_zero(d, sizeof(d));
	return good && key.at == key.end;
}

const char *machine_key_read(const uint8_t *der, size_t size)
{
	machine.known = take_key((struct der){ der, der + size });
	if (machine.known)
		return NULL;
	secure_zero(&machine, sizeof(machine));
	return "no RSA-2048 key with exponent 65537 in PKCS#1 DER";
}

bool machine_key_known(void)
{
	return machine.known;
}

/* What precedes and follows the modulus: SubjectPublicKeyInfo, RFC 5280 4.1 and RFC 8017 A.1.1. */
static const uint8_t spki_head[] = {
	0x30, 0x82, 0x01, 0x22, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01,
	0x01, 0x01, 0x05, 0x00, 0x03, 0x82, 0x01, 0x0f, 0x00, 0x30, 0x82, 0x01, 0x0a, 0x02, 0x82,
	0x01, 0x01, 0x00,
};
static const uint8_t spki_tail[] = { 0x02, 0x03, 0x01, 0x00, 0x01 };

#define SPKI_SIZE (sizeof(spki_head) + MODULUS + sizeof(spki_tail))
_Static_assert(SPKI_SIZE % 3 == 0, "base64 without padding");

#define PEM_LINE 48	/* bytes of a line of 64 characters */

static void hash_line(br_sha256_context *sha, const uint8_t *at, size_t size)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char line[PEM_LINE / 3 * 4 + 1], *to = line;

	for (; size; size -= 3, at += 3) {
		uint32_t bits = (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];

		for (int shift = 18; shift >= 0; shift -= 6)
			*to++ = digits[bits >> shift & 63];
	}
	*to++ = '\n';
	br_sha256_update(sha, line, (size_t)(to - line));
}

void machine_key_fingerprint(uint8_t hash[ESM_FINGERPRINT_SIZE])
{
	static const char begin[] = "-----BEGIN PUBLIC KEY-----\n";
	static const char end[] = "-----END PUBLIC KEY-----\n";
	uint8_t spki[SPKI_SIZE];
	br_sha256_context sha;

	memcpy(spki, spki_head, sizeof(spki_head));
	memcpy(spki + sizeof(spki_head), machine.modulus, MODULUS);
	memcpy(spki + sizeof(spki_head) + MODULUS, spki_tail, sizeof(spki_tail));
	br_sha256_init(&sha);
	br_sha256_update(&sha, begin, sizeof(begin) - 1);
	for (size_t at = 0, part; at < SPKI_SIZE; at += part) {
		part = SPKI_SIZE - at < PEM_LINE ? SPKI_SIZE - at : PEM_LINE;
		hash_line(&sha, spki + at, part);
	}
	br_sha256_update(&sha, end, sizeof(end) - 1);
	br_sha256_out(&sha, hash);
}

bool machine_key_published(void)
{
	static const uint8_t published[ESM_FINGERPRINT_SIZE] = {
		0xb2, 0xd7, 0x5c, 0x6b, 0xd3, 0xac, 0xe9, 0xbc, 0x41, 0xe6, 0x43, 0x6c, 0xda, 0x6c,
		0xe3, 0xe6, 0x56, 0x14, 0x92, 0x15, 0x48, 0x0d, 0xc1, 0xcb, 0x1b, 0x66, 0x37, 0x5d,
		0xed, 0x99, 0x82, 0x5b,
	};
	uint8_t hash[ESM_FINGERPRINT_SIZE];

	machine_key_fingerprint(hash);
	return machine.known && memcmp(hash, published, sizeof(hash)) == 0;
}

bool machine_key_unwrap(const uint8_t cipher[ESM_CIPHER_SIZE], uint8_t key[ESM_KEY_SIZE])
{
	br_rsa_private_key rsa = {
		.n_bitlen = MODULUS * 8,
		.p = machine.secret[P], .plen = FACTOR, .q = machine.secret[Q], .qlen = FACTOR,
		.dp = machine.secret[DP], .dplen = FACTOR,
		.dq = machine.secret[DQ], .dqlen = FACTOR,
		.iq = machine.secret[IQ], .iqlen = FACTOR,
	};
	uint8_t data[MODULUS];
	size_t size = sizeof(data);
	bool good;

	memcpy(data, cipher, sizeof(data));
	good = br_rsa_i31_oaep_decrypt(&br_sha256_vtable, NULL, 0, &rsa, data, &size) == 1 &&
	       size == ESM_KEY_SIZE;
	if (good)
		memcpy(key, data, ESM_KEY_SIZE);
	secure_zero(data, sizeof(data));
	return good;
}
