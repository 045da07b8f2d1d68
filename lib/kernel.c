// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/kernel.h"

#include "lib/endian.h"
#include "lib/error.h"
#include "lib/string.h"

/*
 * The head of a 64-bit Linux image, arch/powerpc/kernel/head_64.S: it starts with the endian
 * fix-up `tdi 0,0,0x48`, which a CPU of the other endian reads as `b .+8`, and has
 * __run_at_load = "run0" at 0x5c. Both in the kernel's own byte order.
 */
#define FIXUP_ENDIAN   0x08000048
#define RUN_AT_LOAD    0x5c
#define RUN_AT_ZERO    0x72756e30
#define HEAD_SIZE      0x100

/*
 * A zImage starts with a branch over a table of its own link addresses (arch/powerpc/boot/crt0.S:
 * p_start and others), which on pseries begins 64 MiB up (arch/powerpc/boot/wrapper). QEMU puts
 * it that far past the place for kernels (hw/ppc/spapr.c translate_kernel_address).
 */
#define ZIMAGE_LINK    0x4000000UL
#define ZIMAGE_TABLE   0x40

static bool is_zimage(const uint8_t *image, size_t size)
{
	const uint8_t *head = image + ZIMAGE_LINK;

	if (size < ZIMAGE_TABLE)
		return false;
	if (size < ZIMAGE_LINK + ZIMAGE_TABLE)
		head = image;
	for (size_t at = 4; at < ZIMAGE_TABLE; at += 4)
		if (be32_load(head + at) == ZIMAGE_LINK || le32_load(head + at) == ZIMAGE_LINK)
			return true;
	return false;
}

int kernel_recognise(const void *image, size_t size, bool *little_endian)
{
	const uint8_t *head = image;

	if (size >= HEAD_SIZE && le32_load(head) == FIXUP_ENDIAN &&
	    le32_load(head + RUN_AT_LOAD) == RUN_AT_ZERO) {
		*little_endian = true;
		return 0;
	}
	if (size >= HEAD_SIZE && be32_load(head) == FIXUP_ENDIAN &&
	    be32_load(head + RUN_AT_LOAD) == RUN_AT_ZERO) {
		*little_endian = false;
		return 0;
	}
	if (is_zimage(head, size))
		return error(E_ZIMAGE, "link address 0x%lx in its head", ZIMAGE_LINK);
	return error(E_NOT_LINUX, "starts with %08x", size >= 4 ? be32_load(head) : 0);
}

bool kernel_has_mark(const void *image)
{
	static const char mark[KERNEL_MARK_SIZE] = { 'v', 'i', 'r', 't', 'i', 'o', ',', 'a',
				       'c', 'c', '-', 'p', 'l', 'a', 't', '1' };

	return memcmp((const uint8_t *)image + KERNEL_MARK_AT, mark, sizeof(mark)) == 0;
}
