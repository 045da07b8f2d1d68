/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The last line of a run, for scripts: docs/boot-log.md "The ultravisor's lines". */
#ifndef ULTRAVISOR_TRIAL_VERDICT_H
#define ULTRAVISOR_TRIAL_VERDICT_H

#include <stdint.h>

/* Count the doublewords that are not zero in normal memory outside what the guest shared. */
uint64_t count_leaked_words(void);

/* Print the verdict, once every other CPU is out of the guest. */
void verdict_print(void);

#endif /* ULTRAVISOR_TRIAL_VERDICT_H */
