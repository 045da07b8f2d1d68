/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Measured boot: docs/measured-boot.md. */
#ifndef BOOT_NORMAL_MEASURED_H
#define BOOT_NORMAL_MEASURED_H

#include "boot/normal/machine.h"

/*
 * measured_boot() - what a VM that stays normal is about to start goes into the PCRs of its TPM,
 * and into a log, which the tree then names. Nothing after kexec, whose first boot did it.
 * @secure: the guest becomes secure, and gets no TPM
 * Returns 0; with pefboot.tpm=required also E_NO_TPM, E_TPM_* or E_TREE_EDIT, which otherwise are a
 * notice.
 */
int measured_boot(struct machine *machine, const struct payload *payload, bool secure);

#endif /* BOOT_NORMAL_MEASURED_H */
