// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/doors/of_log.h"

#include <libfdt.h>

#include "fdt/tpm.h"
#include "lib/string.h"

#define ALIGN	 0x10000U
#define LOWEST	 0x10000U	/* as in boot/doors/open_firmware.c */
#define LOG_MAX	 0x1000000U	/* SLOF's are 256 KiB at most */
#define LOG_MORE ALIGN		/* at least, for ours */
#define TPM_PATH "/vdevice/vtpm"

/* A method of the TPM's node, as Linux calls them (arch/powerpc/kernel/prom_init.c). */
static int call_method(struct of *of, uint32_t ret[2], uint32_t rets, const char *method,
		       uint32_t args, const uintptr_t *arg)
{
	uintptr_t all[4] = { (uintptr_t)method, arg[0], args > 1 ? arg[1] : 0,
			     args > 2 ? arg[2] : 0 };

	ret[0] = OF_NONE;
	return of_call(of, ret, rets, "call-method", args + 1, all);
}

int of_take_log(struct range *log, struct of *of)
{
	uint32_t node, instance = 0, ret[2] = { OF_NONE, 0 }, at = OF_NONE, size;
	int rc = OF_CALL(of, &node, "finddevice", (uintptr_t)TPM_PATH);

	*log = (struct range){ 0, 0 };
	if (rc || !of_valid(node))
		return rc;
	rc = OF_CALL(of, &instance, "open", (uintptr_t)TPM_PATH);
	if (rc || !of_valid(instance))
		return rc;
	rc = call_method(of, ret, 2, "sml-get-handover-size", 1, (const uintptr_t[]){ instance });
	if (rc || ret[0] || ret[1] == 0 || ret[1] > LOG_MAX)
		return rc;
	size = (ret[1] + LOG_MORE + ALIGN - 1) & ~(ALIGN - 1);
	rc = OF_CALL(of, &at, "claim", 0, size, ALIGN);
	if (rc || at == OF_NONE || at < LOWEST || (uint64_t)at + size > 1UL << 32)
		return rc;
	memset((void *)(uintptr_t)at, 0, size);
	rc = call_method(of, ret, 1, "sml-handover", 3,
			 (const uintptr_t[]){ instance, ret[1], at });
	if (rc == 0 && ret[0] == 0)
		*log = (struct range){ at, (uint64_t)at + size };
	return rc;
}

int of_set_log(void *tree, struct range log)
{
	int node = dt_find_tpm(tree), frc;

	if (range_size(log) == 0 || node < 0)
		return 0;
	frc = dt_set_tpm_log(tree, node, log, false);
	return frc ? frc : fdt_add_mem_rsv(tree, log.start, range_size(log));
}
