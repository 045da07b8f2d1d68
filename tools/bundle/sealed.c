// SPDX-License-Identifier: GPL-2.0-or-later
/* The blob of a sealed bundle, for info, seal and verify. Never a secret. */
#include "tools/bundle/sealed.h"

#include <string.h>

#include "tools/bundle/secret.h"

static void print_hex(FILE *out, const uint8_t *bytes, size_t size)
{
	while (size--)
		fprintf(out, "%02x", *bytes++);
}

void sealed_print(FILE *out, const uint8_t *blob, size_t size)
{
	struct esm esm;
	const char *wrong = esm_read(&esm, blob, size);

	if (wrong)
		fprintf(out, "         malformed: %s\n", wrong);
	for (int i = 0; !wrong && i < esm.lockboxes; i++) {
		fprintf(out, "         %s sha256 ", esm.lockbox[i].name);
		print_hex(out, esm.lockbox[i].fingerprint, ESM_FINGERPRINT_SIZE);
		fputc(' ', out);
		print_escaped(out, esm.lockbox[i].comment, strlen(esm.lockbox[i].comment));
		fputc('\n', out);
	}
	if (wrong)
		return;
	if (esm.lockboxes > 2)
		fputs("         note: the published ultravisor opens lockbox-1 only\n", out);
	for (int i = 0; i < esm.files; i++)
		fprintf(out, "         file %s, %zu bytes\n", esm.file[i].name, esm.file[i].size);
	fprintf(out, "         files and their tree: %zu bytes, room for %zu more\n",
		esm.files_size, ESM_FILES_MAX - esm.files_size);
}

void sealed_print_json(FILE *out, const uint8_t *blob, size_t size)
{
	struct esm esm;
	const char *wrong = esm_read(&esm, blob, size);

	if (wrong) {
		fprintf(out, ", \"malformed\": \"%s\"", wrong);
		return;
	}
	fputs(",\n    \"lockboxes\": [", out);
	for (int i = 0; i < esm.lockboxes; i++) {
		fprintf(out, "%s{ \"name\": \"%s\", \"sha256\": \"", i ? ",\n      " : "\n      ",
			esm.lockbox[i].name);
		print_hex(out, esm.lockbox[i].fingerprint, ESM_FINGERPRINT_SIZE);
		fputs("\", \"comment\": ", out);
		print_escaped(out, esm.lockbox[i].comment, strlen(esm.lockbox[i].comment));
		fputs(" }", out);
	}
	fputs("],\n    \"files\": [", out);
	for (int i = 0; i < esm.files; i++)
		fprintf(out, "%s{ \"name\": \"%s\", \"size\": %zu }", i ? ",\n      " : "\n      ",
			esm.file[i].name, esm.file[i].size);
	fprintf(out, "],\n    \"files_size\": %zu", esm.files_size);
}

/* Says what differs; true if nothing does. */
static bool compare(const struct digests *sealed, const struct digests *found)
{
	static const char *const name[] = { "rtas", "kernel", "initrd", "bootargs" };
	const uint8_t *a[] = { sealed->rtas, sealed->kernel, sealed->initrd, sealed->bootargs };
	const uint8_t *b[] = { found->rtas, found->kernel, found->initrd, found->bootargs };
	bool same = true;

	for (int i = 0; i < 4; i++)
		if (memcmp(a[i], b[i], ESM_DIGEST_SIZE) != 0) {
			printf("blob     its digest %s is not this bundle's\n", name[i]);
			same = false;
		}
	if (sealed->kernel_size != found->kernel_size) {
		printf("blob     its kernel-size is %u, this bundle's %u\n", sealed->kernel_size,
		       found->kernel_size);
		same = false;
	}
	return same;
}

static bool verify_open(const struct esm *esm, const uint8_t *key, const struct digests *found)
{
	struct blob tree = esm_open(key, &esm->digests);
	struct digests sealed;
	const char *wrong = tree.data ? esm_read_digests(&sealed, &tree) : "the MAC is wrong";
	bool good = !wrong;

	if (wrong)
		printf("blob     its digests: %s\n", wrong);
	else
		good = compare(&sealed, found);
	for (int i = 0; i < esm->files; i++)
		if (!esm_open(key, &esm->file[i]).data) {
			printf("blob     its file %s: the MAC is wrong\n", esm->file[i].name);
			good = false;
		}
	return good;
}

/*
 * The blob's key, out of a lockbox; each lockbox that is for the same key has to open, too: the
 * machine looks into its own only.
 */
static const uint8_t *unlock(const struct esm *esm, const br_rsa_private_key *private_key)
{
	const struct lockbox *open = NULL;
	const uint8_t *key = NULL, *same;

	for (int i = 0; i < esm->lockboxes && !key; i++) {
		open = &esm->lockbox[i];
		key = esm_unlock(open, private_key);
	}
	if (!key)
		printf("blob     no lockbox opens with this key\n");
	for (int i = 0; i < esm->lockboxes && key; i++) {
		const struct lockbox *box = &esm->lockbox[i];

		same = esm_unlock(box, private_key);
		if (same ? memcmp(same, key, ESM_KEY_SIZE) != 0 :
			   memcmp(box->fingerprint, open->fingerprint, ESM_FINGERPRINT_SIZE) == 0) {
			printf("blob     %s is for the same key, and holds something else\n",
			       box->name);
			return NULL;
		}
		if (same)
			printf("blob     %s opens\n", box->name);
	}
	return key;
}

bool sealed_verify(const uint8_t *blob, size_t size, const char *key_source,
		   const struct digests *found)
{
	struct esm esm;
	const char *wrong = esm_read(&esm, blob, size);
	br_rsa_private_key private_key;
	const uint8_t *key;

	if (wrong) {
		printf("blob     malformed: %s\n", wrong);
		return false;
	}
	if (!key_source) {
		printf("blob     well formed; what it demands and holds cannot be told without a "
		       "key\n");
		return true;
	}
	read_private_key(&private_key, key_source);
	key = unlock(&esm, &private_key);
	if (!key || !verify_open(&esm, key, found))
		return false;
	printf("blob     ok: digests are this bundle's, MACs are right\n");
	return true;
}
