/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the fuzz harnesses share: a fuzzer's bytes, taken from the front. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold whatever the bytes are. */
#define MUST(condition) do { if (!(condition)) abort(); } while (0)

struct input {
	const uint8_t *at;
	size_t left;
};

/* Up to 8 bytes as a number; zeros past the end. */
static inline uint64_t take(struct input *input, size_t size)
{
	uint64_t value = 0;

	for (; size && input->left; size--, input->left--)
		value = value << 8 | *input->at++;
	return value;
}

#endif /* TESTS_FUZZ_FUZZ_H */
