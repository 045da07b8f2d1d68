// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/start/place.h"

#include "fdt/read.h"
#include "lib/string.h"
#include "ultravisor/cpu/fail.h"
#include "ultravisor/cpu/low.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/memory/real.h"
#include "ultravisor/start/divide.h"
#include "ultravisor/text/guest.h"
#include "ultravisor/trial/options.h"

#define TREE_ALIGN 0x200000UL	/* as QEMU: the last 2 MiB below 2 GiB */


extern uint8_t __firmware_start[], __firmware_end[];	/* firmware.S */

/* Where the image was entered, nothing of it stays but the vectors. */
void place_firmware(void)
{
	const void *from = __firmware_start;
	uint64_t size = (uintptr_t)__firmware_end - (uintptr_t)__firmware_start;

	if (uv_options.firmware.size) {
		from = real(uv_options.firmware.base);
		size = uv_options.firmware.size;
		if (uv_options.firmware.base < size ||
		    !memory_contains(uv_options.firmware.base, size))
			uv_fail(E_UV_FIRMWARE,
				"0x%lx+0x%lx is outside the guest's memory, or overlaps its place",
				uv_options.firmware.base, size);
	}
	if (!size)
		uv_fail(E_UV_FIRMWARE, "the image has none, and there is no uv.firmware=");
	real_zero(platform.slots, FRAME_SIZE);
	memset(real(LOW_END), 0, image_footprint() - LOW_END);
	if (!guest_write(0, from, size))
		uv_fail(E_UV_FIRMWARE, "0x%lx bytes", size);
}

uint64_t place_tree(void)
{
	uint64_t top = platform.guest < 1UL << 31 ? platform.guest : 1UL << 31;
	uint64_t at = top - TREE_ALIGN;

	memset(real(at), 0, TREE_ALIGN);	/* QEMU's own tree may lie here */
	guest_write(at, platform.tree, fdt_totalsize(platform.tree));
	return at;
}
