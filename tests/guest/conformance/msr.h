/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mfmsr and what follows it, in every way that the ultravisor tells apart: ultravisor/text/msr.h */
#ifndef TESTS_CONFORMANCE_MSR_H
#define TESTS_CONFORMANCE_MSR_H

#include <stdint.h>

struct msr_result {
	const char *what;
	uint64_t got, want;	/* RT of the mfmsr in the end; bits 0..3: CR0, if the case compares */
};

/*
 * msr_case() - run case @number, in a secure guest; code is written to two pages at @code.
 * Returns 0 after the last one.
 */
int msr_case(unsigned int number, uint64_t code, struct msr_result *result);

#endif /* TESTS_CONFORMANCE_MSR_H */
