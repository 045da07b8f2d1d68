/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What harnesses of the model checker are written with: values that may be anything, what is
 * assumed of them, and what is claimed to follow (tests/host/prove/prove).
 */
#ifndef PROVE_H
#define PROVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool any_bool(void);
uint8_t any8(void);
uint16_t any16(void);
uint32_t any32(void);
uint64_t any64(void);

/*
 * The last @size bytes of an array of anything: nothing behind them may be touched, and what lies in
 * front is in the array, too, but in no input of its full size.
 */
#define any_bytes(array, size) \
	(__CPROVER_havoc_object(array), (void *)((array) + sizeof(array) - (size)))

#define given(condition) __CPROVER_assume(condition)
#define claim(condition) __CPROVER_assert((condition), #condition)

/* Every byte of @value becomes anything. */
#define any_value(value) __CPROVER_havoc_object(&(value))

#endif /* PROVE_H */
