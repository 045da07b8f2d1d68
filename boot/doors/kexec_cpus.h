/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The other CPUs, when a kernel before has used them. */
#ifndef BOOT_DOORS_KEXEC_CPUS_H
#define BOOT_DOORS_KEXEC_CPUS_H

#include <stdint.h>

/*
 * kexec_cpus_stop() - kexec leaves them running in the loop at absolute 0x60: stop them (RTAS
 * stop-self), so that all is as after a reset. The next kernel starts them itself. Then take back
 * what they, and this CPU, had the hypervisor write to (virtual processor areas).
 * @tree: checked; its header names this CPU
 * Must come before memory of the kernel before is written to: they may still be on their way.
 * Returns 0, E_NO_RTAS or E_CPU_RUNS.
 */
int kexec_cpus_stop(const void *tree);

/* How many CPUs there are besides this one, and how many of them are stopped. */
void kexec_cpus_count(const void *tree, uint32_t *count, uint32_t *stopped);

#endif /* BOOT_DOORS_KEXEC_CPUS_H */
