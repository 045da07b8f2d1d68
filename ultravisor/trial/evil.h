/* SPDX-License-Identifier: GPL-2.0-or-later */
/* uv.evil=: what a hostile host could do, done on its behalf. Wants the lock. */
#ifndef ULTRAVISOR_TRIAL_EVIL_H
#define ULTRAVISOR_TRIAL_EVIL_H

#include <stdint.h>

void evil_before(uint64_t kbase, uint64_t fdt);	/* the guest has just called UV_ESM */
void evil_after(void);				/* it is about to be entered, secure */

#endif /* ULTRAVISOR_TRIAL_EVIL_H */
