/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A place in memory for what pefboot copies or makes. */
#ifndef BOOT_NORMAL_PLACE_H
#define BOOT_NORMAL_PLACE_H

#include "boot/normal/machine.h"

/*
 * place_find() - as high as it goes where real mode reaches and mem= allows: clear of ourselves, of
 * what the tree reserves, of the exception vectors, and of @taken, to which these are added.
 * @align: a power of two   @none: the error where there is none
 * Returns 0, E_TOO_MANY, @none, or E_MEM_LIMIT if there is mem=.
 */
int place_find(struct range *place, const struct machine *machine, struct ranges *taken,
	       uint64_t size, uint64_t align, int none);

#endif /* BOOT_NORMAL_PLACE_H */
