/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words of the kernel's command line that are ours: "pefboot.NAME=VALUE". Linux ignores words
 * with a dot that no module owns, so they stay where they are.
 */
#ifndef LIB_OPTIONS_H
#define LIB_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/linux_params.h"
#include "lib/log.h"

#define OPTION_DEVICES_MAX 8

enum secure_policy { SECURE_AUTO, SECURE_REQUIRED, SECURE_OFF };
enum tpm_policy { TPM_AUTO, TPM_REQUIRED, TPM_OFF };
/* hash and XICS are old, radix and XIVE are new */
enum cas_wish { CAS_ANY, CAS_NEW, CAS_OLD };

struct options {
	enum log_level log;		/* pefboot.log=error|notice|info; debug is info */
	enum secure_policy secure;	/* pefboot.secure=auto|required|off */
	bool secure_said;		/* it was: whoever wrote the word cares */
	bool hold;			/* pefboot.fail=hold: stay instead of powering off */
	bool any_kernel;		/* pefboot.kernel=any: also one without the mark */
	bool dma_pool;			/* pefboot.dma=pool: pool and flag also in a normal VM */
	uint64_t pool_size;		/* pefboot.pool=SIZE[,force], bytes; 64 MiB */
	bool pool_force;		/* also under 16 MiB */
	uint32_t disk_timeout;		/* pefboot.disk-timeout=SECONDS; 0: nothing was said */
	bool cas;			/* pefboot.cas=off: leave the machine as it came up */
	/* what CAS may ask for: pefboot.cas=[radix|hash][,xive|,xics] */
	enum cas_wish mmu, irq;
	enum tpm_policy tpm;		/* pefboot.tpm=auto|required|off */
	/* pefboot.devices=VENDOR:DEVICE[,...], hexadecimal: more PCI devices for a secure guest */
	uint32_t devices;
	struct {
		uint16_t vendor, device;
	} device[OPTION_DEVICES_MAX];
	struct linux_params params;	/* those of Linux, on the same line */
};

/*
 * options_parse() - read all our words of @bootargs (may be NULL).
 * Returns 0 or E_OPTION with the word that is wrong; @options then holds what came before it.
 */
int options_parse(struct options *options, const char *bootargs);

#endif /* LIB_OPTIONS_H */
