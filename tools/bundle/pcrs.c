// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The PCRs of a TPM after pefboot, as -bios, has started a bundle: by the firmware's own hashes, in
 * the order of boot/normal/measured.c.
 */
#include <stdio.h>
#include <string.h>

#include "boot/measured/banks.h"
#include "lib/format.h"
#include "tools/bundle/tool.h"

struct pcr {
	uint32_t bank;		/* enum bank */
	uint8_t value[BANK_DIGEST_MAX];
};

static void extend(struct pcr *pcr, const void *data, size_t size)
{
	uint32_t width = bank_size(pcr->bank), mask = 1U << pcr->bank;
	uint8_t both[2 * BANK_DIGEST_MAX];
	struct digests digests;

	banks_hash(&digests, mask, data, size);
	memcpy(both, pcr->value, width);
	memcpy(both + width, digests.of[pcr->bank], width);
	banks_hash(&digests, mask, both, 2 * width);
	memcpy(pcr->value, digests.of[pcr->bank], width);
}

static void extend_part(struct pcr *pcr, const struct bundle *bundle, const uint8_t *image,
			int part)
{
	if (part == BUNDLE_CMDLINE || bundle->part[part].size)
		extend(pcr, image + bundle->part[part].offset, bundle->part[part].size);
}

/* One that systemd-cryptenroll takes: --tpm2-pcrs=4:sha256=HEX+8:sha256=HEX */
static void print_pcr(int number, const struct pcr *pcr)
{
	char text[HEX_SIZE(BANK_DIGEST_MAX)];

	format_hex(text, pcr->value, bank_size(pcr->bank));
	printf("%d:%s=%s\n", number, bank_name(pcr->bank), text);
}

static void print_bank(uint32_t bank, const struct bundle *bundle, const uint8_t *image)
{
	struct pcr loader = { .bank = bank }, cmdline = loader, payload = loader;

	extend(&loader, "\0\0\0", 4);		/* the separator */
	extend(&loader, image, bundle->image_size);
	extend_part(&cmdline, bundle, image, BUNDLE_CMDLINE);
	extend_part(&payload, bundle, image, BUNDLE_KERNEL);
	extend_part(&payload, bundle, image, BUNDLE_INITRD);
	print_pcr(4, &loader);
	print_pcr(8, &cmdline);
	print_pcr(9, &payload);
}

int pcrs(const struct arguments *arguments)
{
	struct bundle bundle;
	struct blob blob = read_bundle(arguments->bundle, &bundle);
	bool found = false;

	for (uint32_t bank = 0; bank < BANKS; bank++) {
		if (arguments->bank && strcmp(arguments->bank, bank_name(bank)) != 0)
			continue;
		print_bank(bank, &bundle, blob.data + bundle.file_offset);
		found = true;
	}
	if (!found)
		die("--bank: \"%s\" is none of sha1, sha256, sha384, sha512", arguments->bank);
	return 0;
}
