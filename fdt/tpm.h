/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The virtual TPM of a pseries machine in its tree, and the log that goes with it. */
#ifndef FDT_TPM_H
#define FDT_TPM_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/range.h"

struct dt_tpm {
	uint32_t unit, liobn;	/* "reg"; window of "ibm,my-dma-window" */
};

/*
 * dt_find_tpm() - the node of a TPM 2.0 below /vdevice: its offset, -FDT_ERR_NOTFOUND without one.
 * dt_read_tpm() - what is needed to use it. Returns 0 or -FDT_ERR_BADVALUE.
 */
int dt_find_tpm(const void *fdt);
int dt_read_tpm(const void *fdt, int node, struct dt_tpm *tpm);

/*
 * The place of the log, "linux,sml-base" and "linux,sml-size". Linux takes them as they are, in the
 * byte order of the kernel (drivers/char/tpm/eventlog/of.c).
 *
 * dt_tpm_log() - big-endian, as boot/doors/of_log.c has set them. Empty: there is none.
 * dt_set_tpm_log() - returns 0 or a -FDT_ERR_*.
 */
struct range dt_tpm_log(const void *fdt, int node);
int dt_set_tpm_log(void *fdt, int node, struct range log, bool little_endian);

/*
 * dt_give_tpm_log() - tell the kernel of a log in both ways that it knows: so, and by a node of
 * /reserved-memory. Returns 0 or a -FDT_ERR_*.
 */
int dt_give_tpm_log(void *fdt, struct range log, bool little_endian);

/*
 * dt_keep_tpm_log() - add the memory of logs that dt_give_tpm_log() of an earlier boot has given:
 * a kernel that starts another one by kexec_load hands on the node, not the reservation.
 * Returns 0, -FDT_ERR_BADVALUE, or -FDT_ERR_NOSPACE where @set is full.
 */
int dt_keep_tpm_log(const void *fdt, struct ranges *set);

#endif /* FDT_TPM_H */
