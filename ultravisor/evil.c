// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/evil.h"

#include "fdt/read.h"
#include "lib/log.h"
#include "lib/string.h"
#include "ultravisor/machine.h"
#include "ultravisor/memory.h"
#include "ultravisor/words.h"

static void flip(const char *what, uint64_t gpa)
{
	uint8_t byte;

	if (!guest_read(&byte, gpa, 1))
		return;
	byte ^= 0x40;
	guest_write(gpa, &byte, 1);
	log_notice("evil=%s at=0x%lx", what, gpa);
}

/* The guest's tree in the workspace; NULL if there is none. */
static void *tree_at(uint64_t fdt)
{
	struct fdt_header header;

	if (!guest_read(&header, fdt, sizeof(header)) || fdt_check_header(&header) ||
	    fdt_totalsize(&header) > TREE_SPACE ||
	    !guest_read(machine.spare, fdt, fdt_totalsize(&header)) ||
	    dt_check(machine.spare, fdt_totalsize(&header)))
		return NULL;
	return machine.spare;
}

/* A reserved name that lies about what may be done: the initrd a page earlier. */
static void doctor(void *tree, uint64_t fdt)
{
	int chosen = fdt_path_offset(tree, "/chosen"), size = 0;
	uint8_t *start = fdt_getprop_w(tree, chosen, "linux,initrd-start", &size);

	if (!start || size < 4)
		return;
	start[size - 2] ^= 0x10;
	guest_write(fdt, tree, fdt_totalsize(tree));
	log_notice("evil=tree property=linux,initrd-start");
}

void evil_before(uint64_t kbase, uint64_t fdt)
{
	void *tree = words.evil ? tree_at(fdt) : NULL;
	int chosen = tree ? fdt_path_offset(tree, "/chosen") : -1, size = 0;
	uint64_t base, bytes;
	const char *bootargs;

	if (words.evil & EVIL_STAGE)
		flip("stage", kbase + 0x1000);
	if (!tree)
		return;
	if ((words.evil & EVIL_KERNEL) && !dt_u64_pair(tree, chosen, "pefboot,kernel", &base, &bytes))
		flip("kernel", base + bytes / 2);
	if ((words.evil & EVIL_INITRD) && !dt_u32_or_u64(tree, chosen, "linux,initrd-start", &base))
		flip("initrd", base);
	bootargs = fdt_getprop(tree, chosen, "bootargs", &size);
	if ((words.evil & EVIL_BOOTARGS) && bootargs && size > 1)
		flip("bootargs", fdt + (uint64_t)(bootargs - (const char *)tree));
	if (words.evil & EVIL_FDT)
		flip("fdt", fdt + fdt_off_dt_struct(tree) + 3);
	if (words.evil & EVIL_TREE)
		doctor(tree, fdt);
}

/* All normal memory that the guest does not share. It must never be seen again. */
void evil_after(void)
{
	if (!(words.evil & EVIL_SCRIBBLE))
		return;
	for (uint64_t gfn = 1; gfn < pages.count; gfn++)
		if (pages_in_slot(pages_get(&pages, gfn)))
			memset(real(gfn * FRAME_SIZE), 0xee, FRAME_SIZE);
	log_notice("evil=scribble");
}
