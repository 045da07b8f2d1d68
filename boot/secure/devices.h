/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which PCI devices Linux may drive in a secure guest. */
#ifndef BOOT_SECURE_DEVICES_H
#define BOOT_SECURE_DEVICES_H

#include "fdt/node.h"
#include "lib/options.h"

/*
 * Virtio devices that give and take data, bridges to them, and what the measured command line
 * names (pefboot.devices=): a device with a driver of its own for rings and buffers would meet the
 * pool in code that nobody has looked at, and a balloon gives memory away.
 */
bool device_is_allowed(const struct options *options, const struct node *node);

#endif /* BOOT_SECURE_DEVICES_H */
