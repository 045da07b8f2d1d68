// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A big-endian kernel that looks for the log of a TPM as Linux does (drivers/char/tpm/eventlog/of.c: "linux,sml-base" and
 * "linux,sml-size" in the byte order of the kernel), prints it, and spins.
 *
 *	log: 0000000000000003...	64 bytes a line, without the zeros at the end
 *	log: end
 */
#include "tests/guest/kernel.h"

void read_log(const uint8_t *tree);

KERNEL_HEAD(read_log, "");

static int is_same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

/* A property of that name, of whatever node (Devicetree Specification 0.4, 5.4: tokens 1 to 4 and 9) */
static const void *find_property(const uint8_t *tree, const char *name)
{
	const uint32_t *header = (const uint32_t *)tree, *at = (const uint32_t *)(tree + header[2]);
	const char *strings = (const char *)tree + header[3];

	while (*at != 9) {
		if (*at == 3) {
			if (is_same(strings + at[2], name))
				return at + 3;
			at += 3 + (at[1] + 3) / 4;
		} else if (*at++ == 1) {
			while (*at++ & 0xff)	/* the name ends in a word whose last byte is 0 */
				;
		}
	}
	return 0;
}

static void say_bytes(const uint8_t *at, uint64_t size)
{
	for (uint64_t i = 0; i < size; i++) {
		char text[3] = { "0123456789abcdef"[at[i] >> 4], "0123456789abcdef"[at[i] & 15], 0 };

		if (i % 64 == 0)
			say("log: ");
		say(text);
		if (i % 64 == 63 || i == size - 1)
			say("\n");
	}
}

void read_log(const uint8_t *tree)
{
	const uint64_t *base = find_property(tree, "linux,sml-base");
	const uint32_t *size = find_property(tree, "linux,sml-size");
	uint64_t left = size ? *size : 0;

	while (base && left && ((const uint8_t *)*base)[left - 1] == 0)
		left--;
	if (base && left)
		say_bytes((const uint8_t *)*base, left);
	say("log: end\n");
}
