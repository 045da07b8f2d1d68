/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's partition-scoped radix table, 13/9/9/9 bits, with 4 KiB leaves throughout. The
 * directories for the guest's memory are made once, those for device windows when they are first
 * touched.
 */
#ifndef ULTRAVISOR_MEMORY_RADIX_H
#define ULTRAVISOR_MEMORY_RADIX_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/nested.h"

#define SMALL_PAGE 4096UL		/* of a leaf */

/* Partitions: the guest's, and one in which nothing is mapped. */
#define LPID_GUEST 1
#define LPID_EMPTY 2

static inline uint64_t page_of(uint64_t gpa)
{
	return gpa & ~(SMALL_PAGE - 1);
}

/* Make the partition table and the radix table for platform.guest; false without room. */
bool radix_init(void);

/* The partition table, for H_SET_PARTITION_TABLE. */
uint64_t radix_partition_table(void);

/* Where the guest has its process table (H_REGISTER_PROC_TBL). */
void radix_set_process_table(uint64_t entry);
uint64_t radix_process_table(void);

/* The leaf of a guest real address; NULL where there is none. @make: add directories for it. */
uint64_t *radix_leaf(uint64_t gpa, bool make);

/* A leaf for a page of memory at @ra that has not been executed: readable and writable. */
static inline uint64_t radix_leaf_open(uint64_t ra)
{
	return PTE_VALID | PTE_LEAF | ra | PTE_REF_CHANGE | PTE_R | PTE_W;
}

/* Clear all leaves of the guest's memory, not those of devices. */
void radix_clear(void);

#endif /* ULTRAVISOR_MEMORY_RADIX_H */
