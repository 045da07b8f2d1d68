// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/normal/cas.h"

#include "abi/papr.h"
#include "fdt/edit.h"
#include "fdt/read.h"
#include "lib/endian.h"
#include "lib/fail.h"
#include "lib/hcall.h"
#include "lib/log.h"
#include "lib/names.h"

/* The value that platform-support offers for one byte of vector 5: pairs of number and value. */
static uint8_t offered_value(const uint8_t *support, int size, uint8_t number)
{
	for (int i = 0; i + 1 < size; i += 2)
		if (support[i] == number)
			return support[i + 1];
	return 0;
}

/*
 * Decide between the old and the new way. pefboot.cas= insists; Linux's own parameter (@off) gives
 * way where there is nothing else, as in prom_parse_mmu_model() of prom_init.c.
 */
static int choose_mode(uint8_t *choice, uint8_t offer, enum cas_wish wish, bool off,
		       const char *what)
{
	bool want_new = wish == CAS_ANY ? !off : wish == CAS_NEW;

	offer &= OV5_MODE_MASK;
	if (offer == OV5_MODE_NEW && wish == CAS_OLD)
		return error(E_CAS_REFUSED, "%s is not offered", what);
	want_new |= offer == OV5_MODE_NEW;
	*choice = offer != OV5_MODE_OLD && want_new ? OV5_MODE_NEW : OV5_MODE_OLD;
	return 0;
}

int cas_ask(struct cas_vectors *cas, const uint8_t *support, int size,
	    const struct options *options)
{
	uint8_t *v5 = cas->v5;
	int rc;

	*cas = (struct cas_vectors){
		.pvr = {
			/*
			 * architected: POWER8, 9, 10, 11 (QEMU target/ppc/cpu-models.h
			 * CPU_POWERPC_LOGICAL_*)
			 */
			{ be32_make(0xffffffff), be32_make(0x0f000004) },
			{ be32_make(0xffffffff), be32_make(0x0f000005) },
			{ be32_make(0xffffffff), be32_make(0x0f000006) },
			{ be32_make(0xffffffff), be32_make(0x0f000007) },
			/* end: value bits outside the mask */
			{ be32_make(0xfffffffe), be32_make(0x0f000001) },
		},
		.vectors_less_1 = 5 - 1,
		.v1 = { sizeof(cas->v1) - 2, 0, 0xff, 0xc0 },	/* ISA 2.00 to 2.07; 3.0, 3.1 */
		.v2 = { 0, 0x80 }, .v3 = { 0, 0x80 }, .v4 = { 0, 0x80 },	/* ignored */
		.v5 = {
			[0] = sizeof(cas->v5) - 2,
			[OV5_FEATURES] = OV5_LPAR | OV5_SPLPAR | OV5_DRCONF_MEMORY |
					 OV5_LARGE_PAGES | OV5_DONATE | OV5_MSI,
			[OV5_AFFINITY] = OV5_FORM1 | OV5_FORM2,
			[OV5_BIN_OPTS] = OV5_HP_EVT | OV5_RESIZE_HPT,
			[OV5_DRMEM] = OV5_DRMEM_V2,
		},
	};
	rc = choose_mode(&v5[OV5_MMU], offered_value(support, size, OV5_MMU), options->mmu,
			 options->params.disable_radix, "hash");
	if (rc)
		return rc;
	if (v5[OV5_MMU] == OV5_MODE_NEW && !options->params.hcall_invalidate)
		v5[OV5_RADIX_EXT] = offered_value(support, size, OV5_RADIX_EXT) & OV5_GTSE;
	return choose_mode(&v5[OV5_XIVE], offered_value(support, size, OV5_XIVE), options->irq,
			   options->params.xive_off, "XICS");
}

/*
 * Boot data is only in the old tree: command line, initrd, console. What QEMU tells firmware
 * ("qemu,...") is not for the kernel.
 */
static int keep_boot_data(void *fresh, int to, const void *old, int from)
{
	int frc = dt_open(fresh, TREE_SPACE - 8);

	if (frc == 0)
		frc = dt_copy_missing(fresh, to, old, from, "qemu,");
	return frc ? error(E_TREE_EDIT, "/chosen: %s", fdt_strerror(frc)) : 0;
}

int cas(struct home *home, const struct options *options)
{
	struct cas_vectors vectors;
	/* A version word comes before the tree, which has to be aligned to 8 bytes. */
	uint8_t *buffer = (uint8_t *)home->spare + 4;
	void *fresh = buffer + 4, *old = home->tree;
	int from = dt_find(old, "/chosen"), to, size = 0, rc;
	const uint8_t *support = dt_get(old, from, "ibm,arch-vec-5-platform-support", &size);
	int64_t hrc;

	rc = cas_ask(&vectors, support, support ? size : 0, options);
	if (rc)
		return rc;
	hrc = HCALL(KVMPPC_H_CAS, (uintptr_t)&vectors, (uintptr_t)buffer, TREE_SPACE - 4);
	__asm__ volatile("" : : "r"(&vectors) : "memory");
	if (hrc)
		return error(E_CAS_REFUSED, "%s (%ld)", h_name(hrc), (long)hrc);
	to = dt_check_header(fresh, TREE_SPACE - 8);	/* discover() looks at the rest */
	if (to == 0)
		to = dt_find(fresh, "/chosen");
	if (to < 0)
		return error(E_CAS_TREE, "%s", fdt_strerror(to));
	rc = keep_boot_data(fresh, to, old, from);
	home->tree = fresh;
	home->spare = old;
	home->handed = old;
	return rc;
}

/* Byte @number of the negotiated vector 5; 0 where nothing was negotiated. */
static uint8_t negotiated_byte(const struct machine *machine, int number)
{
	int size = 0;
	const void *tree = machine->home.tree;
	const uint8_t *v5 = dt_get(tree, dt_find(tree, "/chosen"), "ibm,architecture-vec-5", &size);

	return v5 && size > number ? v5[number] : 0;
}

bool cas_chose_xive(const struct machine *machine)
{
	return negotiated_byte(machine, OV5_XIVE) & OV5_MODE_NEW;
}

bool cas_chose_radix(const struct machine *machine)
{
	return negotiated_byte(machine, OV5_MMU) & OV5_MODE_NEW;
}

bool cas_chose_own_radix(const struct machine *machine)
{
	return (negotiated_byte(machine, OV5_MMU) & OV5_MODE_MASK) == OV5_MODE_NEW &&
	       (negotiated_byte(machine, OV5_RADIX_EXT) & OV5_GTSE);
}

static void say_ignored(const char *param, enum cas_wish wish)
{
	log_notice("notice: %s has no effect: %s", param,
		   wish == CAS_NEW ? "pefboot.cas= wins" : "it is too late or not offered");
}

void cas_check_params(const struct machine *machine, const struct options *options)
{
	const struct linux_params *params = &options->params;

	if (params->disable_radix && cas_chose_radix(machine))
		say_ignored("disable_radix", options->mmu);
	if (params->hcall_invalidate && negotiated_byte(machine, OV5_RADIX_EXT) & OV5_GTSE)
		say_ignored("radix_hcall_invalidate=on", CAS_ANY);
	if (params->xive_off && cas_chose_xive(machine))
		say_ignored("xive=off", options->irq);
}
