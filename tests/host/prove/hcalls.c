// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * property: no argument of a hypercall becomes an address outside of the guest's memory, for the
 *     ultravisor or for the host: those that name memory are served or checked, lists bounce
 * bounds: any arguments; memory of any size; lists of up to two entries, moves of up to two words
 * sources: ultravisor/calls/hcall_memory.c
 * cbmc: --unwind 5 --unwindset main.0:10
 */
#include "ultravisor/calls/hcall_memory.h"

#include "abi/hcalls.h"
#include "lib/endian.h"
#include "lib/hcall.h"
#include "lib/string.h"
#include "ultravisor/cpu/low.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/memory/radix.h"
#include "ultravisor/text/guest.h"
#include "tests/host/prove/prove.h"

#define RIGHTS 3UL
#define ELEMENTS 2

struct platform platform;
struct pages pages;
static struct vcpu vcpu;
static uint8_t bounce[BOUNCE_SIZE];
static uint64_t device_start, device_end;
static enum page_state list_state;

static bool is_memory(uint64_t gpa, uint64_t size)
{
	return size <= platform.guest && gpa <= platform.guest - size;
}

static bool is_device(uint64_t gpa, uint64_t size)
{
	return gpa >= device_start && gpa < device_end && size <= device_end - gpa;
}

bool memory_contains(uint64_t gpa, uint64_t size)
{
	return is_memory(gpa, size);
}

bool memory_is_device(uint64_t gpa, uint64_t size)
{
	return is_device(gpa, size);
}

uint64_t memory_resolve(uint64_t gpa)
{
	claim(gpa < platform.guest);
	return gpa;
}

void real_zero(uint64_t ra, uint64_t size)
{
	claim(is_memory(ra, size));
}

void exec_release(uint64_t gpa)
{
	claim(gpa < platform.guest);
}

enum page_state pages_get(const struct pages *all, uint64_t gfn)
{
	(void)all;
	claim(gfn * FRAME_SIZE < platform.guest);
	return list_state;
}

bool pages_in_slot(enum page_state state)
{
	return pages_sharable(state) || state == PAGE_PSEUDO;
}

void *real(uint64_t ra)
{
	claim(ra == LOW_BOUNCE);
	return bounce;
}

/* As ultravisor/text/guest.c: nothing, or all of it */
bool guest_read(void *to, uint64_t gpa, uint64_t size)
{
	claim(__CPROVER_w_ok(to, size));
	if (!is_memory(gpa, size))
		return false;
	for (uint64_t i = 0; to == bounce && i < ELEMENTS; i++)
		be64_store(bounce + 8 * i, any64());
	return true;
}

bool guest_write(uint64_t gpa, const void *from, uint64_t size)
{
	claim(__CPROVER_r_ok(from, size));
	return is_memory(gpa, size);
}

static bool tce_ok(uint64_t tce)
{
	return !(tce & RIGHTS) || is_memory(tce & ~(SMALL_PAGE - 1), SMALL_PAGE);
}

/* What the host is asked for */
int64_t hcall(uint64_t number, const uint64_t in[HCALL_REGS], uint64_t out[HCALL_REGS])
{
	switch (number) {
	case H_LOGICAL_CI_LOAD:
	case H_LOGICAL_CI_STORE:
		claim(is_device(in[1], in[0]));
		break;
	case H_PUT_TCE:
	case H_STUFF_TCE:
		claim(tce_ok(in[2]));
		break;
	default:
		claim(number == H_PUT_TCE_INDIRECT);
		claim(in[2] == LOW_BOUNCE);
		for (uint64_t i = 0; i < in[3]; i++)
			claim(tce_ok(be64_load(bounce + 8 * i)));
		claim(!platform.secure || !pages_in_slot(list_state));
	}
	if (out)
		out[0] = any64();
	return any_bool() ? H_SUCCESS : H_PARAMETER;
}

int main(void)
{
	uint64_t r[HCALL_REGS];

	platform.guest = any64() & ~(FRAME_SIZE - 1);
	platform.secure = any_bool();
	given(platform.guest >= FRAME_SIZE && platform.guest < 1UL << 40);
	device_start = any64();
	device_end = any64();
	given(device_start >= platform.guest && device_start <= device_end);
	list_state = any8() % PAGE_STATES;
	for (int i = 0; i < HCALL_REGS; i++)
		r[i] = any64();
	switch (any8() % 10) {
	case 0:
		serve_page_init(&vcpu, r);
		break;
	case 1:
		r[0] = 1;
		serve_ci_load(&vcpu, r);
		break;
	case 2:
		r[0] = 8;
		serve_ci_load(&vcpu, r);
		break;
	case 3:
		r[0] = 4;
		serve_ci_store(&vcpu, r);
		break;
	case 4:
		r[0] = 16;
		serve_cache_load(&vcpu, r);
		break;
	case 5:
		r[0] = 8;
		serve_cache_store(&vcpu, r);
		break;
	case 6:
		r[2] = 3;
		given(r[3] <= ELEMENTS || r[3] > 1UL << 21);
		serve_memop(&vcpu, r);
		break;
	case 7:
		serve_put_tce(&vcpu, r);
		break;
	case 8:
		serve_stuff_tce(&vcpu, r);
		break;
	default:
		given(r[3] <= ELEMENTS || r[3] > 512);
		serve_put_tce_indirect(&vcpu, r);
	}
	return 0;
}
