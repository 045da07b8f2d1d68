/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's memory as the guest sees it, with the original instructions where text/exec.c has
 * replaced them. Both functions want the ultravisor's lock, and return false, with nothing done,
 * unless all of the range is memory.
 */
#ifndef ULTRAVISOR_TEXT_GUEST_H
#define ULTRAVISOR_TEXT_GUEST_H

#include <stdbool.h>
#include <stdint.h>

bool guest_read(void *to, uint64_t gpa, uint64_t size);

/* Pages that are written are no longer executable. */
bool guest_write(uint64_t gpa, const void *from, uint64_t size);

#endif /* ULTRAVISOR_TEXT_GUEST_H */
