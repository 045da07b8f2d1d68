/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The record of a transition, for the kernel and user space: /chosen/pefboot. */
#ifndef BOOT_SECURE_RECORD_H
#define BOOT_SECURE_RECORD_H

#include "boot/secure/guest.h"

/*
 * record_write() - add the node to the editable tree guest->tree
 * (docs/binding/pefboot/record.yaml).
 * Returns 0 or a -FDT_ERR_* of libfdt.
 */
int record_write(const struct guest *guest);

#endif /* BOOT_SECURE_RECORD_H */
