/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's memory: where its real addresses lie. Everything here wants the ultravisor's
 * lock (ultravisor/cpu/smp.h). How the guest sees it: ultravisor/text/guest.h.
 */
#ifndef ULTRAVISOR_MEMORY_MEMORY_H
#define ULTRAVISOR_MEMORY_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ultravisor/memory/pages.h"

extern struct pages pages;

bool memory_init(void);

/*
 * Is all of [@gpa, @gpa + @size) memory that the guest reaches? An empty range is, unless it starts
 * past the end. That of memory_leave_outside() counts.
 */
bool memory_contains(uint64_t gpa, uint64_t size);

/* The same without that. */
bool memory_is_guests(uint64_t gpa, uint64_t size);

/*
 * uv.evil=memory: the guest's memory ends @size bytes earlier. What it reaches behind that is
 * normal memory, as memory in no slot is on hardware. Before anything is made for the guest.
 */
void memory_leave_outside(uint64_t size);

/* Does all of [@gpa, @gpa + @size) lie in a window of a PCI host bridge? */
bool memory_is_device(uint64_t gpa, uint64_t size);

/* The real address of a guest real address, which is memory. A ZERO frame gets memory first. */
uint64_t memory_resolve(uint64_t gpa);

/* Map all of the 2 MiB around @gpa that has memory but no leaf yet: readable and writable. */
void memory_map_around(uint64_t gpa);

/* Copy @size bytes of real memory, whole 4 KiB pages, by H_PAGE_INIT: QEMU's fastest way. */
void real_copy(uint64_t to, uint64_t from, uint64_t size);

/* Is every byte of @size (a multiple of 64) zero? */
bool real_is_zero(uint64_t ra, uint64_t size);

#endif /* ULTRAVISOR_MEMORY_MEMORY_H */
