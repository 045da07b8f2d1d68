/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several CPUs that share, take back and touch the same frames at random, against a model. */
#ifndef TESTS_CONFORMANCE_SOAK_H
#define TESTS_CONFORMANCE_SOAK_H

#include <stdbool.h>
#include <stdint.h>

/* The number that an NVRAM variable has ("soak=": -prom-env soak=60); 0: none. */
uint64_t number_in_nvram(const void *tree, const char *word);

/* Start a second CPU, which counts and does nothing else; false if there is none. */
bool runner_start(const void *tree);

/* Has it counted in a tenth of a second? */
bool runner_runs(void);

/*
 * Run on all CPUs of the tree, in the secure world. Returns the number of operations; @wrong: how
 * many frames were not as the model has them.
 */
uint64_t soak(const void *tree, uint64_t seconds, uint64_t *wrong);

#endif /* TESTS_CONFORMANCE_SOAK_H */
