/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the published ultravisor does what ours does not: it takes the whole machine down. */
#ifndef ULTRAVISOR_CALLS_HARDWARE_H
#define ULTRAVISOR_CALLS_HARDWARE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Say that it would have done so here, and why. Of a guest that goes on and on only the first ones
 * are said.
 */
void hardware_down(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * Does it know how many registers this hypercall has? If not, it ends in _abort()
 * (open-power/ultravisor core/hcall-regs.c get_n_hcall_regs()).
 */
bool hardware_knows_hcall(uint64_t number);

#endif /* ULTRAVISOR_CALLS_HARDWARE_H */
