// SPDX-License-Identifier: GPL-2.0-or-later
#include "fdt/windows.h"

#include <libfdt.h>

#include "abi/pci.h"
#include "lib/endian.h"

/* PCI address (3 cells), CPU address (2), size (2): LoPAR B.5.2; IEEE 1275 PCI 2.2.1.2 */
#define ENTRY_PCI   4
#define ENTRY_CPU   12
#define ENTRY_BYTES 20
#define ENTRY_SIZE  28

int dt_window_next(struct dt_window *window, const uint8_t **value, uint32_t *size)
{
	const uint8_t *entry = *value;

	if (*size == 0)
		return 0;
	if (*size < ENTRY_SIZE)
		return -FDT_ERR_TRUNCATED;
	*value += ENTRY_SIZE;
	*size -= ENTRY_SIZE;
	window->space = OF_PCI_SPACE(be32_load(entry));
	window->pci = be64_load(entry + ENTRY_PCI);
	if (!range_make(&window->cpu, be64_load(entry + ENTRY_CPU), be64_load(entry + ENTRY_BYTES)))
		return -FDT_ERR_BADVALUE;
	return 1;
}
