// SPDX-License-Identifier: GPL-2.0-or-later
/* Low memory: the vectors of the image, and the slots for CPUs that spin there. */
#include "boot/doors/vectors.h"

#include <stddef.h>

#include "boot/doors/door.h"
#include "boot/doors/exception.h"
#include "lib/arch.h"
#include "lib/endian.h"
#include "lib/string.h"

/* Places fixed by the CPU and by boot/doors/head.S */
#define RESET_STUB     0x180	/* in the image; runs at 0x100 */
#define RESET_VECTOR   0x100
#define STUB_SIZE      0x40
#define VECTOR_SLOTS   0x1c0	/* handler, TOC, stack */
#define VECTORS_START  0x200
#define VECTORS_END    0x1100	/* the vectors and vector_common */

#define DECREMENTER_VECTOR 0x900
#define SECURE_VECTOR_SIZE 16	/* bytes of secure_vector; less than the 32 between vectors */
#define SECURE_DECREMENTER_SIZE 20

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
	uint8_t *head = low + image;
	uint64_t slots[3] = { (uintptr_t)exception_report, toc_pointer(),
			      (uintptr_t)stack + STACK_SIZE - FRAME_SIZE };

	if (image) {
		memcpy(low + VECTORS_START, head + VECTORS_START, VECTORS_END - VECTORS_START);
		memcpy(low + RESET_VECTOR, head + RESET_STUB, STUB_SIZE);
		/* of an image that came from 0: those of the file again, which are measured */
		memset(head + VECTOR_SLOTS, 0, sizeof(slots));
	}
	memcpy(low + VECTOR_SLOTS, slots, sizeof(slots));
	cache_sync(low, VECTORS_END);
}

void exceptions_install_secure(void)
{
	extern const uint8_t secure_vector[], secure_decrementer[];
	extern uint8_t secure_exception[];	/* all three: boot/doors/head.S */
	static const uint16_t vectors[] = { 0x100, 0x200, 0x300, 0x380, 0x400, 0x480, 0x500, 0x600,
					    0x700, 0x800, 0xa00, 0xc00, 0xd00, 0xf00, 0xf20, 0xf40,
					    0xf60, 0xf80 };
	const uint64_t handler = (uintptr_t)secure_exception;
	uint8_t *low = low_memory();

	memcpy(low + VECTOR_SLOTS, &handler, sizeof(handler));
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		memcpy(low + vectors[i], secure_vector, SECURE_VECTOR_SIZE);
		be16_store(low + vectors[i] + 2, vectors[i]);	/* what li loads */
	}
	memcpy(low + DECREMENTER_VECTOR, secure_decrementer, SECURE_DECREMENTER_SIZE);
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
