// SPDX-License-Identifier: GPL-2.0-or-later
#include "tools/bundle/key.h"

#include <bearssl_hash.h>
#include <bearssl_pem.h>
#include <string.h>

#include "lib/der.h"
#include "tools/bundle/secret.h"

#define PEM_MAX	     16384
#define KEY_SIZE_MIN 256

struct pem {
	br_pem_decoder_context decoder;
	char name[sizeof(((br_pem_decoder_context *)NULL)->name)];
	uint8_t der[PEM_MAX];
	size_t size;
};

static void take_bytes(void *to, const void *data, size_t size)
{
	struct pem *pem = to;

	if (size > sizeof(pem->der) - pem->size)
		size = sizeof(pem->der) - pem->size;
	memcpy(pem->der + pem->size, data, size);
	pem->size += size;
}

/* The first object of a file, whole. */
static bool read_pem(struct pem *pem, const struct blob *file)
{
	size_t at = 0;
	int event;

	br_pem_decoder_init(&pem->decoder);
	while (at < file->size) {
		at += br_pem_decoder_push(&pem->decoder, file->data + at, file->size - at);
		event = br_pem_decoder_event(&pem->decoder);
		if (event == BR_PEM_ERROR)
			return false;
		if (event == BR_PEM_END_OBJ)
			return true;
		if (event == BR_PEM_BEGIN_OBJ) {
			strcpy(pem->name, br_pem_decoder_name(&pem->decoder));
			br_pem_decoder_setdest(&pem->decoder, take_bytes, pem);
		}
	}
	return false;
}

/* Of a file that does not end with a line break, too. */
static struct pem *read_pem_file(const char *source, struct blob *file)
{
	struct pem *pem = secret_alloc(sizeof(*pem));
	struct blob more;

	*file = secret_read(source, PEM_MAX - 1);
	more = (struct blob){ secret_alloc(file->size + 1), file->size + 1 };
	memcpy(more.data, file->data, file->size);
	more.data[file->size] = '\n';
	if (!read_pem(pem, &more))
		die("%s is no PEM file", source);
	return pem;
}

/* RFC 5280 4.1: up to subjectPublicKeyInfo of a TBSCertificate */
static bool enter_certificate(struct der *from)
{
	struct der certificate, body;

	if (!der_read(&certificate, from, DER_SEQUENCE) ||
	    !der_read(&body, &certificate, DER_SEQUENCE))
		return false;
	if (body.at != body.end && *body.at == 0xa0 && !der_skip(&body))	/* version */
		return false;
	for (int i = 0; i < 5; i++)	/* number, algorithm, issuer, validity, subject */
		if (!der_skip(&body))
			return false;
	*from = body;
	return true;
}

/* AlgorithmIdentifier: rsaEncryption, RFC 8017 A.1 */
static bool is_rsa(struct der *from)
{
	static const uint8_t rsa_encryption[] = { 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
						  0xf7, 0x0d, 0x01, 0x01, 0x01 };
	struct der algorithm;

	return der_read(&algorithm, from, DER_SEQUENCE) &&
	       der_size(&algorithm) >= sizeof(rsa_encryption) &&
	       memcmp(algorithm.at, rsa_encryption, sizeof(rsa_encryption)) == 0;
}

/* SubjectPublicKeyInfo, RFC 5280 4.1, to the RSAPublicKey in it */
static bool enter_public_key(struct der *from)
{
	struct der info, bits;

	if (!der_read(&info, from, DER_SEQUENCE) || !is_rsa(&info) ||
	    !der_read(&bits, &info, DER_BITS) || der_size(&bits) == 0 || *bits.at != 0)
		return false;
	*from = (struct der){ bits.at + 1, bits.end };
	return true;
}

/* RSAPublicKey, RFC 8017 A.1.1 */
static bool read_public_key(br_rsa_public_key *key, struct der *from)
{
	struct der numbers, n, e;

	if (!der_read(&numbers, from, DER_SEQUENCE) || !der_read_number(&n, &numbers) ||
	    !der_read_number(&e, &numbers))
		return false;
	*key = (br_rsa_public_key){ (uint8_t *)n.at, der_size(&n), (uint8_t *)e.at, der_size(&e) };
	return key->nlen >= KEY_SIZE_MIN && key->nlen <= KEY_SIZE_MAX && n.end[-1] & 1 &&
	       key->elen > 0 && e.end[-1] & 1 && (key->elen > 1 || *e.at > 1);
}

/* A comment is one line of what every terminal shows. */
static void set_comment(struct recipient *recipient, const char *path)
{
	const char *name = strrchr(path, '/');
	size_t i = 0;

	for (name = name ? name + 1 : path; *name && i < KEY_COMMENT_MAX; name++)
		recipient->comment[i++] = *name < ' ' || *name > '~' ? '?' : *name;
	recipient->comment[i] = '\0';
}

void read_recipient(struct recipient *recipient, const char *path)
{
	br_sha256_context context;
	struct blob file;
	struct pem *pem = read_pem_file(path, &file);
	struct der der = { pem->der, pem->der + pem->size };
	bool good = true;

	if (strstr(pem->name, "PRIVATE KEY"))
		die("%s is a private key: take its public one (openssl pkey -pubout)", path);
	if (strcmp(pem->name, "CERTIFICATE") == 0)
		good = enter_certificate(&der);
	if (good && strcmp(pem->name, "RSA PUBLIC KEY") != 0)
		good = enter_public_key(&der);
	if (!good || !read_public_key(&recipient->key, &der))
		die("%s: no RSA public key of 2048 to 4096 bits", path);
	br_sha256_init(&context);
	br_sha256_update(&context, file.data, file.size);
	br_sha256_out(&context, recipient->fingerprint);
	set_comment(recipient, path);
}

static uint32_t count_bits(const struct der *number)
{
	uint32_t bits = (uint32_t)der_size(number) * 8;

	for (uint8_t top = *number->at; !(top & 0x80); top = (uint8_t)(top << 1))
		bits--;
	return bits;
}

/* RSAPrivateKey, RFC 8017 A.1.2: version 0, n, e, d, p, q, d mod (p-1), d mod (q-1), 1/q mod p */
static bool read_factors(br_rsa_private_key *key, struct der *from)
{
	struct der numbers, version, n, x[7];

	if (!der_read(&numbers, from, DER_SEQUENCE) || !der_read_number(&version, &numbers) ||
	    der_size(&version) || !der_read_number(&n, &numbers) || der_size(&n) < KEY_SIZE_MIN ||
	    der_size(&n) > KEY_SIZE_MAX)
		return false;
	for (int i = 0; i < 7; i++)
		if (!der_read_number(&x[i], &numbers) || der_size(&x[i]) == 0)
			return false;
	*key = (br_rsa_private_key){ count_bits(&n),
		(uint8_t *)x[2].at, der_size(&x[2]), (uint8_t *)x[3].at, der_size(&x[3]),
		(uint8_t *)x[4].at, der_size(&x[4]), (uint8_t *)x[5].at, der_size(&x[5]),
		(uint8_t *)x[6].at, der_size(&x[6]) };
	return true;
}

/* PrivateKeyInfo, RFC 5208 5 (PKCS#8), to the RSAPrivateKey in it */
static bool enter_private_key(struct der *from)
{
	struct der info, version;

	return der_read(&info, from, DER_SEQUENCE) && der_read_number(&version, &info) &&
	       is_rsa(&info) && der_read(from, &info, DER_OCTETS);
}

void read_private_key(br_rsa_private_key *key, const char *source)
{
	struct blob file;
	struct pem *pem = read_pem_file(source, &file);
	struct der der = { pem->der, pem->der + pem->size };
	bool good = true;

	if (strcmp(pem->name, "PRIVATE KEY") == 0)
		good = enter_private_key(&der);
	else if (strcmp(pem->name, "RSA PRIVATE KEY") != 0)
		die("%s: no private key that is not encrypted, but %s", source, pem->name);
	if (!good || !read_factors(key, &der))
		die("%s: no RSA private key of 2048 to 4096 bits", source);
}
