/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's memory: what lies behind its real addresses, and access to it on the guest's
 * behalf. Everything here wants the ultravisor's lock (ultravisor/cpu/smp.h).
 */
#ifndef ULTRAVISOR_MEMORY_MEMORY_H
#define ULTRAVISOR_MEMORY_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ultravisor/memory/pages.h"

extern struct pages pages;

bool memory_init(void);

/* Is [@gpa, @gpa + @size) all memory? An empty range is, if it does not start behind the end. */
bool memory_contains(uint64_t gpa, uint64_t size);

/* Does @gpa lie in a window of a PCI host bridge? */
bool memory_is_device(uint64_t gpa, uint64_t size);

/* The real address behind a guest real address that is memory. A ZERO frame gets its memory. */
uint64_t memory_behind(uint64_t gpa);

/*
 * Copy from and to the guest as it would see it: original instructions where ultravisor/text/exec.c
 * rewrote them; stores take execute permission away. False, and nothing done, outside memory.
 */
bool guest_read(void *to, uint64_t gpa, uint64_t size);
bool guest_write(uint64_t gpa, const void *from, uint64_t size);

/* Map all of the 2 MiB around @gpa that has memory behind it and no leaf yet: read and write. */
void memory_map_around(uint64_t gpa);

/*
 * Zero or copy @size bytes of real memory, 4 KiB pages: by dcbz and H_PAGE_INIT, each QEMU's fastest.
 * The former is in ultravisor/cpu/arch.S.
 */
void real_zero(uint64_t ra, uint64_t size);
void real_copy(uint64_t to, uint64_t from, uint64_t size);

/* Is every byte of @size (a multiple of 64) zero? */
bool real_is_zero(uint64_t ra, uint64_t size);

#endif /* ULTRAVISOR_MEMORY_MEMORY_H */
