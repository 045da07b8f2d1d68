// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/secure/tree.h"

#include <libfdt.h>

#include "boot/handover.h"
#include "fdt/windows.h"
#include "lib/fail.h"
#include "lib/rtas_blob.h"

int tree_take_rtas(struct guest *guest, uint32_t base, uint32_t entry, uint32_t size)
{
	if (entry != base || base % RTAS_SPACE || size < sizeof(rtas_blob))
		return error(E_VERIFY_TREE, "/rtas");
	range_make(&guest->rtas, base, (size + RTAS_SPACE - 1UL) & ~(RTAS_SPACE - 1));
	return 0;
}

int tree_take_kernel(struct guest *guest, uint64_t base, uint64_t size)
{
	if (!range_make(&guest->kernel, base, size))
		return error(E_VERIFY_TREE, "/chosen/%s", DT_KERNEL);
	guest->kernel_final = (struct range){ 0, size };
	return 0;
}

int tree_check_windows(const struct guest *guest, uint64_t buid, const uint8_t *ranges,
		       uint32_t size)
{
	struct dt_window window;
	int frc;

	while ((frc = dt_window_next(&window, &ranges, &size)) > 0)
		if (ranges_hit(&guest->memory, window.cpu))
			return error(E_VERIFY_RANGE,
				     "window 0x%lx of host bridge 0x%lx over memory",
				     window.cpu.start, buid);
	if (frc == -FDT_ERR_BADVALUE)
		return error(E_VERIFY_RANGE, "a window of host bridge 0x%lx wraps", buid);
	return frc ? error(E_VERIFY_TREE, "ranges of host bridge 0x%lx", buid) : 0;
}
