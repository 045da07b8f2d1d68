/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ultracalls that take long or fail on demand: uv.delay=, uv.fail=. Both want the lock. */
#ifndef ULTRAVISOR_TRIAL_INJECT_H
#define ULTRAVISOR_TRIAL_INJECT_H

#include <stdbool.h>
#include <stdint.h>

/* Wait as long as this call is to take. */
void inject_delay(uint64_t number);

/* Count the call. True if it is to fail, with @code. */
bool inject_failure(uint64_t number, int64_t *code);

#endif /* ULTRAVISOR_TRIAL_INJECT_H */
