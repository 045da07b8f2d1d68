// SPDX-License-Identifier: GPL-2.0-or-later
/* Step 5: believe nothing but the tree, and that only after looking. */
#include "abi/power.h"
#include "boot/main.h"
#include "boot/tree.h"
#include "fdt/read.h"
#include "lib/arch.h"
#include "lib/fail.h"
#include "lib/log.h"
#include "lib/rtas.h"
#include "lib/string.h"

static int read_rtas(struct secure *secure, const void *tree, int node)
{
	uint32_t base, entry, size;

	if (dt_u32(tree, node, "linux,rtas-base", &base) ||
	    dt_u32(tree, node, "linux,rtas-entry", &entry) || dt_u32(tree, node, "rtas-size", &size) ||
	    entry != base)
		return error(E_VERIFY_TREE, "/rtas");
	range_make(&secure->rtas, base, size);
	return 0;
}

static int read_payload(struct secure *secure, const void *tree, int chosen)
{
	uint64_t base, size;
	int frc;

	if (dt_u64_pair(tree, chosen, DT_KERNEL, &base, &size) ||
	    !range_make(&secure->kernel, base, size))
		return error(E_VERIFY_TREE, "/chosen/%s", DT_KERNEL);
	secure->initrd = (struct range){ 0, 0 };
	frc = dt_u32_or_u64(tree, chosen, "linux,initrd-start", &secure->initrd.start);
	if (frc == -FDT_ERR_NOTFOUND)
		return 0;
	if (frc || dt_u32_or_u64(tree, chosen, "linux,initrd-end", &secure->initrd.end) ||
	    secure->initrd.end < secure->initrd.start)
		return error(E_VERIFY_TREE, "/chosen/linux,initrd-*");
	return 0;
}

/* Each inside memory, none over another; the kernel also where it will move itself. */
static int check_ranges(const struct secure *secure)
{
	const struct {
		const char *name;
		struct range range;
	} parts[] = {
		{ "kernel", secure->kernel }, { "initrd", secure->initrd },
		{ "rtas", secure->rtas },     { "tree", secure->tree },
	};
	const struct range final = { 0, range_size(secure->kernel) };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct range part = parts[i].range;

		if (range_size(part) && !ranges_contain(&secure->memory, part))
			return error(E_VERIFY_RANGE, "%s 0x%lx-0x%lx is not in memory",
				     parts[i].name, part.start, part.end);
		if (i > 0 && range_overlaps(part, final))
			return error(E_VERIFY_RANGE, "%s 0x%lx-0x%lx where the kernel moves to",
				     parts[i].name, part.start, part.end);
		for (size_t j = 0; j < i; j++)
			if (range_overlaps(part, parts[j].range))
				return error(E_VERIFY_RANGE, "%s 0x%lx-0x%lx over %s", parts[i].name,
					     part.start, part.end, parts[j].name);
	}
	return 0;
}

int verify(struct secure *secure, const void *tree)
{
	struct dt_outline outline;
	int frc, rc;

	*secure = (struct secure){ .world = msr_read() & MSR_S ? "secure" : "normal" };
	frc = dt_outline(&outline, tree, TREE_SPACE);
	if (frc)
		return error(E_VERIFY_TREE, "%s", fdt_strerror(frc));
	secure->memory = outline.memory;
	secure->tree = (struct range){ (uintptr_t)tree, (uintptr_t)tree + fdt_totalsize(tree) };
	if ((rc = read_rtas(secure, tree, outline.rtas)) ||
	    (rc = read_payload(secure, tree, outline.chosen)) || (rc = check_ranges(secure)))
		return rc;
	if (memcmp((const void *)secure->rtas.start, rtas_blob, sizeof(rtas_blob)) != 0)
		return error(E_VERIFY_RTAS, "at 0x%lx", secure->rtas.start);
	log_step(STEP_VERIFY, "world=%s tree=%u kernel=unverified initrd=unverified",
		 secure->world, fdt_totalsize(tree));
	return 0;
}
