// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/doors/exception.h"

#include "lib/fail.h"
#include "lib/log.h"
#include "lib/stop.h"

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

/* The report itself failed: nothing more can be said. */
static void stop_if_again(void)
{
	static int depth;

	if (depth++)
		stop();
}

static int error_number(void)
{
	return log_step_time(STEP_HANDOFF) ? E_KERNEL_FAULT : E_EXCEPTION;
}

void exception_report_secure(uint64_t vector, uint64_t srr0)
{
	extern uint8_t __start[];
	const uint64_t offset = srr0 - (uintptr_t)__start;

	stop_if_again();
	log_error("exception vector=0x%lx offset=0x%lx", vector, offset);
	fail(error(error_number(), "%s (0x%lx) at offset 0x%lx of pefboot", vector_name(vector),
		   vector, offset));
}

void exception_report(uint64_t vector, const struct exception_frame *frame)
{
	stop_if_again();
	log_error("exception vector=0x%lx srr0=0x%lx srr1=0x%lx dar=0x%lx dsisr=0x%lx", vector,
		  frame->srr0, frame->srr1, frame->dar, frame->dsisr);
	log_error("registers lr=0x%lx ctr=0x%lx cr=0x%lx xer=0x%lx", frame->lr, frame->ctr,
		  frame->cr, frame->xer);
	for (int i = 0; i < 32; i += 4)
		log_error("registers r%d=0x%lx r%d=0x%lx r%d=0x%lx r%d=0x%lx", i, frame->gpr[i],
			  i + 1, frame->gpr[i + 1], i + 2, frame->gpr[i + 2], i + 3,
			  frame->gpr[i + 3]);
	fail(error(error_number(), "%s (0x%lx) at 0x%lx", vector_name(vector), vector,
		   frame->srr0));
}
