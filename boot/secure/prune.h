/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Taking out of a tree what a secure guest must not use. */
#ifndef BOOT_SECURE_PRUNE_H
#define BOOT_SECURE_PRUNE_H

/*
 * prune() - keep what is known to be harmless below /, /chosen and /vdevice, drop the rest:
 * devices that reach private memory by TCE (spapr-vlan, spapr-vscsi), persistent memory, reserved
 * memory and ranges for a crash kernel that the host made up ("linux,usable-memory", which Linux
 * believes before "reg": drivers/of/fdt.c early_init_dt_scan_memory); and virtio-balloon, which
 * gives memory away. Nodes and properties become FDT_NOP: offsets stay.
 * Returns 0 or a -FDT_ERR_* of libfdt.
 */
int prune(void *tree);

#endif /* BOOT_SECURE_PRUNE_H */
