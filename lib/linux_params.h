/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Linux's own parameters that concern whoever starts it: what prom_init would have read of the
 * command line (docs/prom-init.md).
 */
#ifndef LIB_LINUX_PARAMS_H
#define LIB_LINUX_PARAMS_H

#include <stdbool.h>
#include <stdint.h>

struct linux_params {
	bool disable_radix;	/* disable_radix[=yes]: ask for hash */
	bool hcall_invalidate;	/* radix_hcall_invalidate=on: do not ask for GTSE */
	bool xive_off;		/* xive=off: ask for XICS */
	bool iommu_off;		/* iommu=off */
	bool svm, svm_off;	/* svm=on, svm=off */
	uint64_t limit;		/* mem=: Linux uses nothing from here on; UINT64_MAX: all */
};

/*
 * linux_params() - read @bootargs (may be NULL) as early_cmdline_parse() of
 * arch/powerpc/kernel/prom_init.c does, which finds the first, wherever it stands; mem= as the rest
 * of the kernel does (kernel/params.c parse_args()): a word of its own, of which the last counts.
 */
void linux_params(struct linux_params *params, const char *bootargs);

/*
 * linux_has_root() - does @bootargs name a root? rdinit= means an initramfs built into the kernel.
 * Without either, and without an initrd, Linux would only panic.
 */
bool linux_has_root(const char *bootargs);

#endif /* LIB_LINUX_PARAMS_H */
