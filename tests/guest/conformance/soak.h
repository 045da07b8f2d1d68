/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several CPUs that share, take back and touch the same frames at random, against a model. */
#ifndef TESTS_CONFORMANCE_SOAK_H
#define TESTS_CONFORMANCE_SOAK_H

#include <stdint.h>

/* Seconds asked for by the NVRAM variable "soak" (-prom-env soak=60); 0: none. */
uint64_t soak_seconds(const void *tree);

/*
 * Run on all CPUs of the tree, in the secure world. Returns the number of operations; @wrong: how
 * many frames were not as the model has them.
 */
uint64_t soak(const void *tree, uint64_t seconds, uint64_t *wrong);

#endif /* TESTS_CONFORMANCE_SOAK_H */
