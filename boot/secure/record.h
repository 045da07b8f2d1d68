/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The record of a transition, for the kernel and user space: /chosen/pefboot. */
#ifndef BOOT_SECURE_RECORD_H
#define BOOT_SECURE_RECORD_H

#include "boot/secure/guest.h"
#include "fdt/flatten.h"

/*
 * The node of docs/binding/pefboot/record.yaml. @times: DT_TIMES, which nothing vouches for.
 * record_write() - write it where @flatten stands.
 * record_edit() - add it to /chosen of the editable tree guest->tree.
 * Both return 0 or a -FDT_ERR_* of libfdt.
 */
int record_write(const struct guest *guest, const struct node_value *times,
		 struct flatten *flatten);
int record_edit(const struct guest *guest);

#endif /* BOOT_SECURE_RECORD_H */
