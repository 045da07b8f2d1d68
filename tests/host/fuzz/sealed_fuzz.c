// SPDX-License-Identifier: GPL-2.0-or-later
/* An ESM blob as pefboot-bundle reads one of somebody else's; the bytes are also taken as digests. */
#include "tests/host/fuzz/fuzz.h"
#include "tools/bundle/esm.h"

static uint8_t seen;

/* All of it lies in memory that may be read. */
static void look(const void *at, size_t size)
{
	for (const uint8_t *byte = at; size; size--)
		seen ^= *byte++;
}

static void look_at_sealed(const struct sealed *sealed, size_t most)
{
	MUST(sealed->size > 0 && sealed->size <= most);
	look(sealed->iv, ESM_IV_SIZE);
	look(sealed->mac, ESM_MAC_SIZE);
	look(sealed->text, sealed->size);
	look(sealed->name, strlen(sealed->name));
}

static void look_at(const struct esm *esm)
{
	int first = 0;

	MUST(esm->lockboxes > 0 && esm->lockboxes <= RECIPIENTS_MAX + 1);
	for (int i = 0; i < esm->lockboxes; i++) {
		MUST(esm->lockbox[i].size >= ESM_CIPHER_SIZE && esm->lockbox[i].size <= KEY_SIZE_MAX);
		look(esm->lockbox[i].text, esm->lockbox[i].size);
		look(esm->lockbox[i].fingerprint, ESM_FINGERPRINT_SIZE);
		MUST(!strchr(esm->lockbox[i].comment, '\n'));
		first += strcmp(esm->lockbox[i].name, "lockbox-1") == 0;
	}
	MUST(first >= 1);
	look_at_sealed(&esm->digests, ESM_DIGESTS_MAX);
	MUST(esm->files <= OWNER_FILES_MAX && esm->files_size <= ESM_FILES_MAX);
	for (int i = 0; i < esm->files; i++) {
		look_at_sealed(&esm->file[i], ESM_FILE_MAX);
		MUST(is_file_name(esm->file[i].name, strlen(esm->file[i].name)));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct blob copy = { malloc(size + 1), size };
	struct digests digests;
	struct esm esm;

	memcpy(copy.data, data, size);
	if (!esm_read(&esm, copy.data, size))
		look_at(&esm);
	free(esm.files_tree);
	if (!esm_read_digests(&digests, &copy))
		look(&digests, sizeof(digests));
	free(copy.data);
	return 0;
}
