/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's memory as the guest sees it: original instructions where text/exec.c replaced them.
 * Both want the ultravisor's lock. False, and nothing done, outside memory.
 */
#ifndef ULTRAVISOR_TEXT_GUEST_H
#define ULTRAVISOR_TEXT_GUEST_H

#include <stdbool.h>
#include <stdint.h>

bool guest_read(void *to, uint64_t gpa, uint64_t size);

/* Pages that are written to are not executable afterwards. */
bool guest_write(uint64_t gpa, const void *from, uint64_t size);

#endif /* ULTRAVISOR_TEXT_GUEST_H */
