/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that stays somebody's: a node below /reserved-memory. */
#ifndef FDT_RESERVED_MEMORY_H
#define FDT_RESERVED_MEMORY_H

#include <stdint.h>

#include "lib/range.h"

/*
 * dt_reserve_memory() - make the node NAME@START below /reserved-memory, with its "reg" and a
 * phandle, where they are not there yet. Returns its offset or a -FDT_ERR_* of libfdt.
 */
int dt_reserve_memory(void *fdt, const char *name, struct range range, uint32_t *phandle);

#endif /* FDT_RESERVED_MEMORY_H */
