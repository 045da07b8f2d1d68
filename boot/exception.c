// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/exception.h"

#include <stddef.h>

#include "abi/power.h"
#include "lib/arch.h"
#include "lib/fail.h"
#include "lib/log.h"
#include "lib/stop.h"
#include "lib/string.h"

/* Places fixed by the CPU and by boot/head.S */
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

static const char *vector_name(uint64_t vector)
{
	switch (vector) {
	case 0x100: return "system reset";
	case 0x200: return "machine check";
	case 0x300: return "data storage";
	case 0x380: return "data segment";
	case 0x400: return "instruction storage";
	case 0x480: return "instruction segment";
	case 0x500: return "external interrupt";
	case 0x600: return "alignment";
	case 0x700: return "program";
	case 0x800: return "floating-point unavailable";
	case 0x900: return "decrementer";
	case 0xc00: return "system call";
	case 0xd00: return "trace";
	case 0xf20: return "vector unavailable";
	case 0xf40: return "VSX unavailable";
	case 0xf60: return "facility unavailable";
	default: return "unnamed";
	}
}

void exception_report(uint64_t vector, const struct exception_frame *frame)
{
	static int depth;

	if (depth++)
		stop();		/* the report itself failed: nothing more can be said */
	log_error("exception vector=0x%lx srr0=0x%lx srr1=0x%lx dar=0x%lx dsisr=0x%lx", vector,
		  frame->srr0, frame->srr1, frame->dar, frame->dsisr);
	log_error("registers lr=0x%lx ctr=0x%lx cr=0x%lx xer=0x%lx", frame->lr, frame->ctr,
		  frame->cr, frame->xer);
	for (int i = 0; i < 32; i += 4)
		log_error("registers r%d=0x%lx r%d=0x%lx r%d=0x%lx r%d=0x%lx", i, frame->gpr[i], i + 1,
			  frame->gpr[i + 1], i + 2, frame->gpr[i + 2], i + 3, frame->gpr[i + 3]);
	fail(error(E_EXCEPTION, "%s (0x%lx) at 0x%lx", vector_name(vector), vector, frame->srr0));
}
