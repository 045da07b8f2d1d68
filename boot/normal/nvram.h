/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BOOT_NORMAL_NVRAM_H
#define BOOT_NORMAL_NVRAM_H

#include "boot/normal/machine.h"

/*
 * nvram_format() - divide an NVRAM that begins with zeros into the partitions that SLOF would make,
 * so that Linux finds room for its logs. Any other is left as it is; so is one under 16 KiB. A
 * machine without one is fine; what RTAS refuses is reported in a notice.
 * Source: LoPAR 8.4 (the header of a partition); SLOF lib/libnvram/nvram.c reset_nvram().
 */
void nvram_format(const struct machine *machine);

#endif /* BOOT_NORMAL_NVRAM_H */
