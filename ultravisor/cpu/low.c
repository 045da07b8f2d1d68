// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/cpu/low.h"

#include <stddef.h>

#include "lib/arch.h"
#include "lib/string.h"
#include "ultravisor/cpu/fail.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/memory/real.h"

#define STACK_TOP_GAP 512
#define NMI_STUB_SIZE 0x40
#define NMI_VECTOR    0x100

_Static_assert(offsetof(struct vcpu, nmi) == VCPU_NMI, "head.S stores there");
_Static_assert(LOW_BOUNCE + BOUNCE_SIZE <= LOW_TERM_TEXT, "bounce page");

static uint8_t stacks[CPUS_MAX][1 << CPU_STACK_SHIFT] __attribute__((aligned(16)));
static uint8_t panic_stack[8192] __attribute__((aligned(16)));

/* An exception in L1 that nobody expects. */
static _Noreturn void panic(uint64_t vector, uint64_t srr0, uint64_t srr1, uint64_t dar,
			    uint64_t dsisr, uint64_t lr, uint64_t r1)
{
	uv_fail(E_UV_EXCEPTION,
		"0x%lx srr0=0x%lx srr1=0x%lx dar=0x%lx dsisr=0x%lx lr=0x%lx r1=0x%lx toc=0x%lx",
		vector, srr0, srr1, dar, dsisr, lr, r1, toc_pointer());
}

uint64_t *low_stack(uint32_t index)
{
	extern uint64_t __stack_bottom[];

	return index ? (uint64_t *)stacks[index] : __stack_bottom;
}

void low_install(void (*start)(uint64_t index))
{
	uint64_t *word = real(LOW_WORDS);

	word[(LOW_TOC - LOW_WORDS) / 8] = toc_pointer();
	word[(LOW_STACKS - LOW_WORDS) / 8] = (uintptr_t)stacks;
	word[(LOW_START - LOW_WORDS) / 8] = (uintptr_t)start;
	word[(LOW_PANIC - LOW_WORDS) / 8] = (uintptr_t)panic;
	word[(LOW_PANIC_STACK - LOW_WORDS) / 8] =
		(uintptr_t)panic_stack + sizeof(panic_stack) - STACK_TOP_GAP;
	memcpy(real(NMI_VECTOR), real(LOW_NMI_STUB), NMI_STUB_SIZE);
	cache_sync(real(NMI_VECTOR), NMI_STUB_SIZE);
}
