// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/host/fake/ultravisor.h"

#include <assert.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "tests/host/fake/fake.h"
#include "ultravisor/cpu/arch.h"
#include "ultravisor/cpu/low.h"
#include "ultravisor/cpu/smp.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/memory/radix.h"
#include "ultravisor/memory/real.h"
#include "ultravisor/text/exec.h"
#include "ultravisor/text/guest.h"
#include "ultravisor/trial/options.h"

#define OWN_SIZE (32UL << 20)

struct fake_uv fake_uv;

void *real(uint64_t ra)
{
	assert(ra < platform.memory);
	return fake_uv.arena + ra;
}

void cede(void)
{
	fake_uv.cedes++;
	if (fake_uv.on_cede)
		longjmp(*fake_uv.on_cede, 1);
}

void vcpu_pointer_set(struct vcpu *vcpu)
{
	(void)vcpu;
}

struct vcpu *vcpu_pointer(void)
{
	return &vcpus[0];
}

void real_zero(uint64_t ra, uint64_t size)
{
	memset(real(ra), 0, size);
}

void dar_set(uint64_t value)
{
	fake_uv.dar = value;
}

void dsisr_set(uint64_t value)
{
	fake_uv.dsisr = value;
}

void fake_uv_reset(uint64_t guest)
{
	free(fake_uv.arena);
	memset(&fake_uv, 0, sizeof(fake_uv));
	memset(&platform, 0, sizeof(platform));
	memset(&uv_options, 0, sizeof(uv_options));
	exec_set_msr(EXEC_MSR_FAST);
	platform.guest = guest;
	platform.own = (struct range){ guest, guest + OWN_SIZE };
	platform.own_used = guest;
	platform.slots = guest + OWN_SIZE;
	platform.memory = platform.slots + guest;
	platform.cpus = 1;
	platform.timebase_hz = 512000000;
	fake_uv.arena = calloc(1, platform.memory);
	assert(fake_uv.arena);
	platform.tree = real(own_alloc(TREE_SPACE, 4096));
	platform.spare = real(own_alloc(TREE_SPACE, 4096));
	assert(radix_init() && memory_init());
	memset(&vcpus[0], 0, sizeof(vcpus[0]));
	vcpu_reset(&vcpus[0], 0x100, 0, 0);
	vcpus[0].started = true;
}

void fake_uv_second_cpu(int64_t (*leaves)(uint64_t number, const uint64_t in[9], uint64_t out[9]))
{
	fake.hcall = leaves;
	fake.timebase_step = platform.timebase_hz / 1000;
	platform.cpus = 2;
	vcpus[1].in_guest = true;
}

static sigjmp_buf gave_up;

static void give_up(int signal)
{
	(void)signal;
	siglongjmp(gave_up, 1);
}

bool fake_uv_waits(void (*body)(void))
{
	const struct itimerval soon = { .it_value.tv_usec = 20000 }, never = { 0 };
	volatile bool waits = true;

	smp_lock();
	signal(SIGVTALRM, give_up);
	if (!sigsetjmp(gave_up, 1)) {
		setitimer(ITIMER_VIRTUAL, &soon, NULL);
		body();
		waits = false;
	}
	setitimer(ITIMER_VIRTUAL, &never, NULL);
	smp_unlock();
	return waits;
}

unsigned int fake_uv_replaced(void)
{
	unsigned int count = 0;
	uint8_t seen[4096];

	for (uint64_t gpa = 0; gpa < platform.guest; gpa += sizeof(seen)) {
		guest_read(seen, gpa, sizeof(seen));
		for (uint64_t at = 0; pages_get(&pages, gpa / FRAME_SIZE) != PAGE_ZERO && at < sizeof(seen); at += 4)
			count += memcmp(real(memory_resolve(gpa + at)), seen + at, 4) != 0;
	}
	return count;
}
