// SPDX-License-Identifier: GPL-2.0-or-later
/* Low memory: the vectors of the image, and the slots for CPUs that spin there. */
#include "boot/doors/vectors.h"

#include <stddef.h>

#include "boot/doors/door.h"
#include "boot/doors/exception.h"
#include "lib/arch.h"
#include "lib/string.h"

/* Places fixed by the CPU and by boot/doors/head.S */
#define RESET_STUB     0x180	/* in the image; runs at 0x100 */
#define RESET_VECTOR   0x100
#define STUB_SIZE      0x40
#define VECTOR_SLOTS   0x1c0	/* handler, TOC, stack */
#define VECTORS_START  0x200
#define VECTORS_END    0x1100	/* the vectors and vector_common */

#define STACK_SIZE     0x2000
#define FRAME_SIZE     512

static uint8_t stack[STACK_SIZE] __attribute__((aligned(16)));

/* Address 0 is ordinary memory here, which the compiler cannot know. */
static uint8_t *low_memory(void)
{
	uint8_t *low = NULL;

	__asm__("" : "+r"(low));
	return low;
}

void exceptions_install(uint64_t image)
{
	uint8_t *low = low_memory();
	const uint8_t *head = low + image;
	uint64_t slots[3] = { (uintptr_t)exception_report, toc_pointer(),
			      (uintptr_t)stack + STACK_SIZE - FRAME_SIZE };

	if (image) {
		memcpy(low + VECTORS_START, head + VECTORS_START, VECTORS_END - VECTORS_START);
		memcpy(low + RESET_VECTOR, head + RESET_STUB, STUB_SIZE);
	}
	memcpy(low + VECTOR_SLOTS, slots, sizeof(slots));
	cache_sync(low, VECTORS_END);
}

void kexec_loop_leave(const void *args)
{
	extern uint8_t stop_self[];	/* boot/doors/head.S */
	volatile uint64_t *low = (volatile uint64_t *)low_memory();

	low[LOOP_ARG / sizeof(*low)] = (uintptr_t)args;
	__sync_synchronize();
	low[LOOP_GO / sizeof(*low)] = (uintptr_t)stop_self;
}
