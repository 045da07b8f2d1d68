// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Hypercalls, ultracalls and RTAS calls with arguments nobody should pass: nothing but the guest's own memory
 * may change, and nothing that the guest names may reach QEMU as an address. UV_FUZZ_RUNS=N for more.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "abi/hcalls.h"
#include "abi/pef.h"
#include "abi/power.h"
#include "fdt/read.h"
#include "lib/endian.h"
#include "lib/rtas.h"
#include "tests/host/fake/fake.h"
#include "tests/host/fake/ultravisor.h"
#include "ultravisor/calls/hcalls.h"
#include "ultravisor/calls/rtas.h"
#include "ultravisor/calls/share.h"
#include "ultravisor/calls/uvcall.h"
#include "ultravisor/cpu/low.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/memory/real.h"
#include "ultravisor/text/exec.h"
#include "ultravisor/text/guest.h"
#include "ultravisor/trial/options.h"

#define GUEST	(4UL << 20)
#define DEVICE	0x200080000000UL
#define CANARY	0x5a

static uint64_t forwarded, rtas_forwarded, vpas;	/* areas of CPUs that QEMU got to know */

/* xorshift64*: the same numbers on every host */
static uint64_t seed = 88172645463325252UL;
static uint64_t any(void)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return seed * 2685821657736338717UL;
}

static bool ours(uint64_t ra, uint64_t size)
{
	return (ra >= LOW_BOUNCE && ra + size <= LOW_TERM_TEXT + BOUNCE_SIZE) ||
	       (ra >= (uintptr_t)fake_uv.arena && ra + size <= (uintptr_t)fake_uv.arena + platform.memory);
}

/* What QEMU would get. Addresses in it must be ours, never the guest's. */
static int64_t qemu(uint64_t number, const uint64_t in[9], uint64_t out[9])
{
	forwarded++;
	switch (number) {
	case H_PAGE_INIT:
		assert_true(in[1] % 4096 == 0 && in[1] + 4096 <= platform.memory);
		if (in[0] & H_COPY_PAGE)
			memcpy(real(in[1]), real(in[2]), 4096);
		else
			memset(real(in[1]), 0, 4096);
		return H_SUCCESS;
	case H_PUT_TCE:
	case H_STUFF_TCE:
		assert_true(!(in[2] & 3) || (in[2] & ~0xfffUL) < GUEST);
		return H_SUCCESS;
	case H_PUT_TCE_INDIRECT:
		assert_true(ours(in[2], 4096));
		return H_SUCCESS;
	case KVMPPC_H_UPDATE_DT:
		assert_true(ours(in[0], 4096));
		return H_SUCCESS;
	case KVMPPC_H_CAS:
		assert_true(ours(in[0], 4096) && ours(in[1], in[2]));
		return H_PARAMETER;
	case H_REGISTER_VPA:
		assert_true(in[1] == 0 && (in[2] == 0 || pages_get(&pages, in[2] >> UV_PAGE_SHIFT) == PAGE_SHARED));
		vpas += in[2] != 0;
		return any() % 4 ? H_SUCCESS : H_PARAMETER;
	case H_LOGICAL_CI_LOAD:
	case H_LOGICAL_CI_STORE:
		assert_true(in[1] >= DEVICE && in[1] < DEVICE + 0x10000);
		break;
	case KVMPPC_H_RTAS:
	case KVMPPC_H_LOGICAL_MEMOP:
	case H_SET_MODE:
	case H_REGISTER_PROC_TBL:
	case H_ENTER_NESTED:
	case H_SET_PARTITION_TABLE:
	case H_SET_SPRG0:
	case H_WATCHDOG:
		fail_msg("hypercall 0x%lx reached QEMU", number);
	}
	for (int i = 0; out && i < 9; i++)
		out[i] = any();
	return H_SUCCESS;
}

/* An empty tree of one node: header, reservations, structure (DTSpec chapter 5) */
static const uint32_t empty[] = {
	0xd00dfeed, 92, 56, 92, 40, 17, 16, 0, 0, 36,	/* magic, sizes and offsets */
	0, 0, 0, 0,					/* end of reservations */
	1, 0, 1, 0x72746173, 0, 2, 2, 9, 9,		/* "" { "rtas" { } } */
};
static const char *const with_buffer[] = { "nvram-fetch", "nvram-store", "event-scan", "check-exception",
					   "ibm,get-system-parameter", "ibm,set-system-parameter",
					   "ibm,configure-connector", "ibm,os-term" };
static const uint8_t buffer_arg[] = { 1, 1, 2, 4, 1, 1, 0, 0 };
static uint8_t tree[4096];
static uint32_t tokens;

static int qemu_rtas(uint32_t token, const uint32_t *args, uint32_t nargs, uint32_t *rets, uint32_t nrets)
{
	rtas_forwarded++;
	for (size_t i = 0; i < sizeof(buffer_arg); i++)
		if (token == rtas_token(with_buffer[i])) {
			assert_true(nargs > buffer_arg[i]);
			assert_true(args[buffer_arg[i]] == (i < 7 ? LOW_BOUNCE : LOW_TERM_TEXT));
		}
	if (token == rtas_token("set-indicator"))
		assert_true(args[0] < 9001 || args[0] > 9003);
	for (uint32_t i = 0; rets && i + 1 < nrets; i++)
		rets[i] = (uint32_t)any();
	return any() % 4 ? RTAS_SUCCESS : RTAS_PARAMETER;
}

/* A tree that gives each service of the ultravisor's table a token, and one that is unknown. */
static void make_tokens(void)
{
	static const char *const names[] = {
		"display-character", "get-time-of-day", "set-time-of-day", "set-indicator", "nvram-fetch",
		"nvram-store", "event-scan", "check-exception", "ibm,get-system-parameter",
		"ibm,set-system-parameter", "ibm,configure-connector", "ibm,slot-error-detail",
		"ibm,read-pci-config", "ibm,write-pci-config", "ibm,change-msi", "ibm,int-on", "ibm,int-off",
		"query-cpu-stopped-state", "start-cpu", "stop-self", "power-off", "system-reboot",
		"ibm,os-term", "ibm,nmi-register",
	};
	int rtas;

	for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++)
		be32_store(tree + 4 * i, empty[i]);
	assert_int_equal(fdt_open_into(tree, tree, sizeof(tree)), 0);
	rtas = fdt_path_offset(tree, "/rtas");
	for (tokens = 0; tokens < sizeof(names) / sizeof(names[0]); tokens++)
		assert_int_equal(fdt_setprop_u32(tree, rtas, names[tokens], 0x2000 + tokens), 0);
	rtas_read_tokens(tree);
}

static int setup(void **unused)
{
	(void)unused;
	fake_reset();
	fake.hcall = qemu;
	fake.rtas = qemu_rtas;
	fake_uv_reset(GUEST);
	ranges_add(&platform.mmio, (struct range){ DEVICE, DEVICE + 0x10000 });
	make_tokens();
	/* what nobody may touch: L1's vectors, the unused end of our own memory */
	memset(real(0), CANARY, LOW_BOUNCE);
	memset(real(platform.own_used), CANARY, platform.own.end - platform.own_used);
	return 0;
}

static void check_canaries(void)
{
	for (uint64_t ra = 0; ra < LOW_BOUNCE; ra++)
		assert_int_equal(*(uint8_t *)real(ra), CANARY);
	for (uint64_t ra = platform.own_used; ra < platform.own.end; ra += 509)
		assert_int_equal(*(uint8_t *)real(ra), CANARY);
}

/* Addresses that matter, and some that do not. */
static uint64_t address(void)
{
	static const uint64_t bases[] = { 0, 0x10000, GUEST, GUEST / 2, DEVICE, DEVICE + 0x10000, 1UL << 32,
					  1UL << 52, 1UL << 63, 0 - 4096UL };

	switch (any() % 8) {
	case 0: return any();
	case 1: return platform.own.start + any() % (platform.memory - platform.own.start);
	case 2: return bases[any() % 10] - any() % 64;
	case 3: return bases[any() % 10] + any() % 64;
	default: return any() % GUEST & ~(any() % 2 ? 4095UL : 7UL);
	}
}

static uint64_t argument(void)
{
	switch (any() % 4) {
	case 0: return any() % 16;
	case 1: return any() % 4097;
	case 2: return any();
	default: return address();
	}
}

static void rtas_block(uint64_t gpa)
{
	be32 cell[3 + 16];

	cell[0] = be32_make(0x2000 + (uint32_t)(any() % (tokens + 2)));
	cell[1] = be32_make(any() % 16 ? (uint32_t)(any() % 10) : (uint32_t)any());
	cell[2] = be32_make(any() % 16 ? (uint32_t)(any() % 7) : (uint32_t)any());
	for (int i = 0; i < 16; i++)
		cell[3 + i] = be32_make((uint32_t)argument());
	guest_write(gpa, cell, sizeof(cell));
}

static const uint32_t numbers[] = {
	H_XIRR, H_EOI, H_CPPR, H_CEDE, H_PROD, H_REGISTER_VPA, H_SET_MODE, H_REGISTER_PROC_TBL,
	H_PUT_TERM_CHAR, H_GET_TCE, H_PUT_TCE, H_STUFF_TCE, H_PUT_TCE_INDIRECT, H_PAGE_INIT, H_LOGICAL_CI_LOAD,
	H_LOGICAL_CI_STORE, H_LOGICAL_CACHE_LOAD, H_LOGICAL_CACHE_STORE, KVMPPC_H_LOGICAL_MEMOP,
	KVMPPC_H_UPDATE_DT, KVMPPC_H_RTAS, KVMPPC_H_RTAS, H_ENTER, H_SET_SPRG0, H_WATCHDOG,
	H_SET_PARTITION_TABLE, H_ENTER_NESTED, UV_SHARE_PAGE, UV_UNSHARE_PAGE, UV_UNSHARE_ALL_PAGES, UV_ESM,
	UV_ESMB_GET_FILE, UV_PAGE_IN,
};

static void one_call(struct vcpu *vcpu)
{
	jmp_buf ended;

	GPR(vcpu, 3) = any() % 8 ? numbers[any() % (sizeof(numbers) / sizeof(numbers[0]))] : any() % 0x10000;
	for (int i = 4; i <= 12; i++)
		GPR(vcpu, i) = argument();
	if (GPR(vcpu, 3) == H_REGISTER_VPA && any() % 16) {
		GPR(vcpu, 4) = any() % 9 << H_VPA_FUNC_SHIFT;
		GPR(vcpu, 5) = 0;
		GPR(vcpu, 6) %= GUEST / 4;
		if (any() % 16) {	/* one that may do */
			GPR(vcpu, 6) &= ~0xfffUL;
			guest_write(GPR(vcpu, 6) + 4, GPR(vcpu, 4) == 1UL << H_VPA_FUNC_SHIFT ? "\2\x80\0" : "\0\0\2\x80", 4);
		}
		share_change(1, any() % 16, PAGE_SHARED);
	}
	/* long copies say no more than short ones */
	if (GPR(vcpu, 3) == KVMPPC_H_LOGICAL_MEMOP && any() % 64)
		GPR(vcpu, 7) %= 64;
	if (GPR(vcpu, 3) == KVMPPC_H_CAS)
		return;		/* without radix in the vectors it ends the run: tested in QEMU */
	if (GPR(vcpu, 3) == KVMPPC_H_RTAS && any() % 8)
		rtas_block(GPR(vcpu, 4) = address());
	vcpu->regs.msr = any() % 16 ? MSR_SF : MSR_SF | MSR_PR;
	fake_uv.on_cede = GPR(vcpu, 3) == KVMPPC_H_RTAS ? &ended : NULL;
	if (!setjmp(ended))
		hcall_serve(vcpu);
	vcpu->secure = platform.secure = any() % 2;
	vcpu->started = true;
	fake.console_size = 0;
}

static void test_fuzz(void **unused)
{
	const char *more = getenv("UV_FUZZ_RUNS");
	uint64_t runs = more ? strtoull(more, NULL, 0) : 100000;

	(void)unused;
	for (uint64_t gfn = 1; gfn < pages.count; gfn++)
		pages_secure(&pages, gfn, true);
	vcpus[0].secure = platform.secure = true;
	for (uint64_t run = 0; run < runs; run++) {
		one_call(&vcpus[0]);
		if (run % 10000 == 0)
			check_canaries();
	}
	check_canaries();
	assert_true(forwarded > runs / 100 && rtas_forwarded > runs / 1000 && vpas > runs / 2000);
}

static int64_t call(uint64_t number, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e)
{
	struct vcpu *vcpu = &vcpus[0];

	GPR(vcpu, 3) = number;
	GPR(vcpu, 4) = a;
	GPR(vcpu, 5) = b;
	GPR(vcpu, 6) = c;
	GPR(vcpu, 7) = d;
	GPR(vcpu, 8) = e;
	hcall_serve(vcpu);
	return (int64_t)GPR(vcpu, 3);
}

/* Areas of CPUs, by the words at 4: a halfword is the size of a VPA, all of it that of a log or an SLB shadow. */
static void test_areas(void **unused)
{
	static const struct { uint64_t function, gpa; uint32_t size; int64_t rc; } cases[] = {
		{ H_VPA_REG_VPA, 0x1000, 640 << 16, H_SUCCESS },	 { H_VPA_REG_VPA, 0x1d80, 640 << 16, H_SUCCESS },
		{ H_VPA_REG_VPA, 0x1000, 639 << 16, H_PARAMETER }, { H_VPA_REG_VPA, 0x1000, 4096U << 16, H_SUCCESS },
		{ H_VPA_REG_VPA, 0x1080, 4096U << 16, H_PARAMETER }, { H_VPA_REG_VPA, 0x1e00, 640 << 16, H_PARAMETER },
		{ H_VPA_REG_VPA, 0x1008, 640 << 16, H_PARAMETER }, { H_VPA_REG_VPA, 0x1040, 640 << 16, H_PARAMETER },
		{ H_VPA_REG_VPA, 0, 640 << 16, H_HARDWARE },	 { H_VPA_REG_VPA, GUEST, 640 << 16, H_PARAMETER },
		{ H_VPA_REG_VPA, 1UL << 60, 640 << 16, H_PARAMETER },
		{ H_VPA_REG_SLB, 0x1000, 8, H_SUCCESS },	 { H_VPA_REG_SLB, 0x1000, 7, H_PARAMETER },
		{ H_VPA_REG_SLB, 0x1f80, 129, H_PARAMETER },	 { H_VPA_REG_SLB, 0x1f80, 128, H_SUCCESS },
		{ H_VPA_REG_DTL, 0x1f80, 0x2000, H_SUCCESS },	 { H_VPA_REG_DTL, 0x1000, 47, H_PARAMETER },
		{ H_VPA_REG_DTL, 0x1000, 48, H_SUCCESS },
		{ H_VPA_REG_DTL, 0x1000, 0xffffffff, H_PARAMETER }, { H_VPA_REG_DTL, GUEST - 128, 129, H_PARAMETER },
		{ H_VPA_DEREG_VPA, 0, 0, H_SUCCESS },		 { H_VPA_DEREG_DTL, GUEST + 8, 0, H_SUCCESS },
		{ 0, 0x1000, 640 << 16, H_PARAMETER },		 { 4, 0x1000, 640 << 16, H_PARAMETER },
	};

	setup(unused);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t size[4];
		int64_t got;

		be32_store(size, cases[i].size);
		if (cases[i].gpa && cases[i].gpa < GUEST)
			guest_write(cases[i].gpa + 4, size, 4);
		got = call(H_REGISTER_VPA, cases[i].function << H_VPA_FUNC_SHIFT, 0, cases[i].gpa, 0, 0);
		if (got != cases[i].rc)
			fail_msg("case %zu: expected %ld, got %ld", i, cases[i].rc, got);
	}
}

static void test_codes(void **unused)
{
	static const struct { uint64_t number, a, b, c, d; int64_t rc; } cases[] = {
		{ H_SET_MODE, 1, 4, 0, 0, H_SUCCESS },	  { H_SET_MODE, 2, 4, 0, 0, H_UNSUPPORTED_FLAG },
		{ H_SET_MODE, 1, 4, 1, 0, H_P3 },	  { H_SET_MODE, 1, 4, 0, 1, H_P4 },
		{ H_SET_MODE, 3, 3, 0, 0, H_SUCCESS },	  { H_SET_MODE, 1, 3, 0, 0, H_UNSUPPORTED_FLAG },
		{ H_SET_MODE, 0, 2, 0, 0, H_P2 },	  { H_SET_MODE, 0, 9, 0, 0, H_P2 },
		{ H_REGISTER_PROC_TBL, 0x1d, 0x10000, 0, 4, H_SUCCESS },
		{ H_REGISTER_PROC_TBL, 0x18, 0x10000, 0, 4, H_PARAMETER },
		{ H_REGISTER_PROC_TBL, 0x3d, 0x10000, 0, 4, H_PARAMETER },
		{ H_REGISTER_PROC_TBL, 0x1d, 0x10001, 0, 4, H_P2 },
		{ H_REGISTER_PROC_TBL, 0x1d, GUEST, 0, 4, H_P2 },
		{ H_REGISTER_PROC_TBL, 0x1d, 0x10000, 1, 4, H_P3 },
		{ H_REGISTER_PROC_TBL, 0x1d, 0x10000, 0, 25, H_P4 },
		{ H_PAGE_INIT, H_ZERO_PAGE, 0x1000, 0, 0, H_SUCCESS },
		{ H_PAGE_INIT, H_ZERO_PAGE, 0x1001, 0, 0, H_PARAMETER },
		{ H_PAGE_INIT, H_ZERO_PAGE, GUEST, 0, 0, H_PARAMETER },
		{ H_PAGE_INIT, H_COPY_PAGE, 0x1000, GUEST, 0, H_PARAMETER },
		{ H_LOGICAL_CI_LOAD, 3, 0x1000, 0, 0, H_PARAMETER },
		{ H_LOGICAL_CI_LOAD, 8, 0x1004, 0, 0, H_PARAMETER },
		{ H_LOGICAL_CI_LOAD, 8, GUEST, 0, 0, H_PARAMETER },
		{ H_LOGICAL_CI_LOAD, 4, DEVICE, 0, 0, H_SUCCESS },
		{ H_PUT_TCE, 1, 0, GUEST | 3, 0, H_PARAMETER },
		{ H_PUT_TCE, 1, 0, (GUEST - 4096) | 3, 0, H_SUCCESS },
		{ H_PUT_TCE, 1, 0, GUEST, 0, H_SUCCESS },	/* no rights: points nowhere */
		{ H_ENTER, 0, 0, 0, 0, H_FUNCTION },	  { H_SET_PARTITION_TABLE, 0, 0, 0, 0, H_FUNCTION },
		{ H_ENTER_NESTED, 0, 0, 0, 0, H_FUNCTION }, { 0x3b0, 0, 0, 0, 0, H_FUNCTION },
		{ 0x12345678, 0, 0, 0, 0, H_FUNCTION },
		{ UV_ESM, 0, 0, 0, 0, U_P2 },		  { UV_ESM, 0x10000, 0, 0, 0, U_P3 },
		{ UV_SHARE_PAGE, 1, 1, 0, 0, U_PERMISSION }, { UV_PAGE_IN, 0, 0, 0, 0, U_PERMISSION },
		{ UV_WRITE_PATE, 0, 0, 0, 0, U_PERMISSION },
		{ UV_RETURN, 0, 0, 0, 0, U_PERMISSION },  { UV_ESMB_GET_FILE, 0, 0, 0, 0, U_PARAMETER },
		{ 0xf106, 0, 0, 0, 0, U_FUNCTION },	  { KVMPPC_H_UPDATE_DT, 0x1000, 0, 0, 0, H_PARAMETER },
		{ KVMPPC_H_RTAS, GUEST - 4, 0, 0, 0, H_PARAMETER },
	};

	setup(unused);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t got = call(cases[i].number, cases[i].a, cases[i].b, cases[i].c, cases[i].d, 0);

		if (got != cases[i].rc)
			fail_msg("case %zu, call 0x%lx: expected %ld, got %ld", i, cases[i].number,
				 cases[i].rc, got);
	}
	assert_int_equal(call(H_SET_SPRG0, 0xcafebabedeadbeef, 0, 0, 0, 0), H_SUCCESS);
	assert_true(vcpus[0].hv.sprg[0] == 0xcafebabedeadbeef);
	vcpus[0].regs.msr = MSR_SF | MSR_PR;
	assert_int_equal(call(H_PUT_TERM_CHAR, 0, 0, 0, 0, 0), H_PRIVILEGE);
	assert_int_equal(call(UV_ESM, 0, 0, 0, 0, 0), U_PERMISSION);
	vcpus[0].regs.msr = MSR_SF;
}

/* A page with sc 2 and mfmsr in it: executed, read back unchanged, written, executed again. */
static void test_exec(void **unused)
{
	const uint32_t mfmsr_r7 = 0x7ce000a6;
	uint8_t text[4096] = { 0 }, back[4096];
	uint32_t rt;
	bool little;

	setup(unused);
	be32_store(text + 0x10, INSN_SC_2);
	le32_store(text + 0x20, INSN_SC_2);
	be32_store(text + 0x30, mfmsr_r7);
	le32_store(text + 0x40, mfmsr_r7);
	be32_store(text + 0x50, INSN_SC_1);
	guest_write(0x20000, text, sizeof(text));
	memory_map_around(0x20000);

	exec_fetch(0x20010, false);
	assert_int_equal(fake_uv_replaced(), 2);	/* mfmsr is left alone while the guest is normal */
	exec_release(0x20000);
	assert_int_equal(fake_uv_replaced(), 0);
	platform.secure = true;
	exec_fetch(0x20010, false);
	assert_int_equal(fake_uv_replaced(), 4);
	assert_int_equal(exec_lookup(0x20010, &rt, &little), EXEC_SC2);
	assert_false(little);
	assert_int_equal(exec_lookup(0x20020, &rt, &little), EXEC_SC2);
	assert_true(little);
	assert_int_equal(exec_lookup(0x20040, &rt, &little), EXEC_MFMSR);
	assert_true(little && rt == 7);
	assert_int_equal(exec_lookup(0x20050, &rt, &little), EXEC_NONE);
	assert_true(be32_load(real(memory_resolve(0x20010))) != INSN_SC_2);
	assert_true(guest_read(back, 0x20000, sizeof(back)));
	assert_memory_equal(back, text, sizeof(text));
	assert_true(guest_read(back, 0x20012, 3));	/* a part of a word, too */
	assert_memory_equal(back, text + 0x12, 3);

	/* a store takes the words back; what was stored stays, and is found by the next fetch */
	be32_store(back, INSN_SC_2);
	guest_write(0x20060, back, 4);
	assert_int_equal(fake_uv_replaced(), 0);
	assert_int_equal(be32_load(real(memory_resolve(0x20010))), INSN_SC_2);
	exec_fetch(0x20060, false);
	assert_int_equal(exec_lookup(0x20060, &rt, &little), EXEC_SC2);
	/* a device wrote over a replaced word: it is not put back */
	be32_store(real(memory_resolve(0x20010)), 0xdeadbeef);
	exec_release(0x20000);
	assert_int_equal(be32_load(real(memory_resolve(0x20010))), 0xdeadbeef);
}

/* uv.codes=lost: what a call finds out, the guest does not hear; that it may not make it, it does. */
static void test_codes_lost(void **unused)
{
	(void)unused;
	for (uint64_t gfn = 1; gfn < pages.count; gfn++)
		pages_secure(&pages, gfn, true);
	platform.secure = vcpus[0].secure = uv_options.codes_lost = true;
	assert_int_equal(call(UV_SHARE_PAGE, 2, 1, 0, 0, 0), UV_SHARE_PAGE);
	assert_int_equal(pages_get(&pages, 2), PAGE_SHARED);
	assert_int_equal(call(UV_UNSHARE_PAGE, pages.count, 1, 0, 0, 0), UV_UNSHARE_PAGE);
	assert_int_equal(call(UV_UNSHARE_ALL_PAGES, 0, 0, 0, 0, 0), UV_UNSHARE_ALL_PAGES);
	assert_int_equal(pages_get(&pages, 2), PAGE_ZERO);
	vcpus[0].secure = false;
	assert_int_equal(call(UV_SHARE_PAGE, 2, 1, 0, 0, 0), U_PERMISSION);
	uv_options.codes_lost = false;
	vcpus[0].secure = true;
	assert_int_equal(call(UV_UNSHARE_PAGE, pages.count, 1, 0, 0, 0), U_P2);
}

/* uv.fail=: the call fails before anybody looks who makes it. */
static void test_fails_as_asked(void **unused)
{
	(void)unused;
	uv_options.fail.call = UV_SHARE_PAGE;
	uv_options.fail.code = U_BUSY;
	assert_int_equal(call(UV_SHARE_PAGE, 2, 1, 0, 0, 0), U_BUSY);
	assert_int_equal(call(UV_UNSHARE_PAGE, 2, 1, 0, 0, 0), U_PERMISSION);
	uv_options.fail.call = 0;
	assert_int_equal(call(UV_SHARE_PAGE, 2, 1, 0, 0, 0), U_PERMISSION);
}

static uint64_t shown[9];

static int64_t see(uint64_t number, const uint64_t in[9], uint64_t out[9])
{
	(void)number;
	memcpy(shown, in, sizeof(shown));
	for (uint64_t i = 0; out && i < 9; i++)
		out[i] = 0x40 + i;
	return H_SUCCESS;
}

/*
 * The host is shown the arguments of a secure guest's call, and changes its results, nothing else: as many as
 * hcall_regs_table of open-power/ultravisor core/hcall-regs.c has, which counts r3.
 */
static void test_registers(void **unused)
{
	static const struct {
		uint64_t number;
		int in, out;
	} calls[] = {
		{ H_XIRR, 0, 1 }, { H_XIRR_X, 1, 2 }, { H_EOI, 1, 0 }, { H_CPPR, 1, 0 }, { H_IPI, 2, 0 }, { H_IPOLL, 1, 2 },
		{ H_PROD, 1, 0 }, { H_CONFER, 2, 0 }, { H_SIGNAL_SYS_RESET, 1, 0 }, { H_GET_CPU_CHARACTERISTICS, 1, 2 },
		{ H_HOME_NODE_ASSOCIATIVITY, 2, 6 }, { H_GET_TERM_CHAR, 1, 3 }, { H_VIO_SIGNAL, 2, 0 }, { H_GET_TCE, 2, 1 },
		/* an address each, of which QEMU makes nothing; the published table has no numbers for them */
		{ H_LOGICAL_ICBI, 1, 0 }, { H_LOGICAL_DCBF, 1, 0 },
	};

	(void)unused;
	fake.hcall = see;
	for (int secure = 0; secure < 2; secure++) {
		vcpus[0].secure = platform.secure = secure;
		for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
			GPR(&vcpus[0], 3) = calls[i].number;
			for (uint64_t r = 0; r < 9; r++)
				GPR(&vcpus[0], 4 + r) = 0x1000 + r;
			hcall_serve(&vcpus[0]);
			assert_int_equal(GPR(&vcpus[0], 3), H_SUCCESS);
			for (int r = 0; r < 9; r++) {
				assert_int_equal(shown[r] == 0x1000 + (uint64_t)r, r < calls[i].in || !secure);
				assert_int_equal(GPR(&vcpus[0], 4 + r),
						 (r < calls[i].out || !secure ? 0x40 : 0x1000) + r);
			}
		}
	}
}

static struct {
	uint64_t number, r4;
} heard[4];
static unsigned int hears;

static int64_t hear(uint64_t number, const uint64_t in[9], uint64_t out[9])
{
	if (hears < sizeof(heard) / sizeof(heard[0])) {
		heard[hears].number = number;
		heard[hears].r4 = in[0];
	}
	hears++;
	return see(number, in, out);
}

/* The guest's own priority is the controller's again before that hears of any call; other calls leave the line held off. */
static void test_priority(void **unused)
{
	static const struct {
		uint64_t number;
		bool xics;
	} calls[] = {
		{ H_XIRR, true }, { H_XIRR_X, true }, { H_EOI, true }, { H_CPPR, true }, { H_IPI, true },
		{ H_IPOLL, true }, { H_GET_TERM_CHAR, false }, { H_CONFER, false },
	};

	(void)unused;
	fake.hcall = hear;
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		hears = 0;
		vcpus[0].masked = vcpus[0].wanted = true;
		vcpus[0].cppr = 5;
		assert_int_equal(call(calls[i].number, 7, 0, 0, 0, 0), H_SUCCESS);
		assert_int_equal(hears, 1 + calls[i].xics);
		assert_int_equal(heard[hears - 1].number, calls[i].number);
		assert_int_equal(heard[hears - 1].r4, 7);
		if (calls[i].xics) {
			assert_int_equal(heard[0].number, H_CPPR);
			assert_int_equal(heard[0].r4, 5);
		}
		assert_int_equal(vcpus[0].masked, !calls[i].xics);
		assert_int_equal(vcpus[0].wanted, !calls[i].xics);
	}
}

static uint64_t made;

static void make_call(void)
{
	GPR(&vcpus[0], 3) = made;
	hcall_serve(&vcpus[0]);
}

/* What is served on shared state waits for the CPU that is at it; so does H_IPI, since that may have sent one of its own. */
static void test_lock(void **unused)
{
	static const struct {
		uint64_t number;
		bool waits;
	} calls[] = {
		{ H_IPI, true }, { H_SET_MODE, true }, { H_PAGE_INIT, true }, { KVMPPC_H_RTAS, true },
		{ H_EOI, false }, { H_CONFER, false }, { H_JOIN, false },
	};

	(void)unused;
	fake.hcall = see;
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		made = calls[i].number;
		assert_int_equal(fake_uv_waits(make_call), calls[i].waits);
		make_call();	/* and when it is free, gives it back */
		make_call();
	}
}

/* Where the published ultravisor would end the machine, ours says so, and goes on. */
static void test_machine_down(void **unused)
{
	static const struct { uint64_t number; bool down; } calls[] = {
		{ H_REG_CRQ, false }, { H_SET_DABR, false }, { H_GET_TERM_CHAR, false }, { H_LOGICAL_ICBI, true },
		{ H_RPT_INVALIDATE, true }, { 0x3b0, true }, { 0x7, true }, { UV_SHARE_PAGE, true },
		{ 0x12345678, true },
	};

	(void)unused;
	for (int secure = 0; secure < 2; secure++) {
		vcpus[0].secure = platform.secure = secure;
		for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
			memset(fake.console, 0, sizeof(fake.console));
			fake.console_size = 0;
			call(calls[i].number, 0, 0, 0, 0, 0);
			assert_int_equal(strstr(fake.console, "real=machine-down why=\"hypercall 0x") != NULL,
					 secure && calls[i].down);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_codes, setup), cmocka_unit_test_setup(test_areas, setup),
		cmocka_unit_test_setup(test_exec, setup),
		cmocka_unit_test_setup(test_machine_down, setup),
		cmocka_unit_test_setup(test_fuzz, setup),
		cmocka_unit_test_setup(test_registers, setup), cmocka_unit_test_setup(test_codes_lost, setup),
		cmocka_unit_test_setup(test_fails_as_asked, setup), cmocka_unit_test_setup(test_priority, setup), cmocka_unit_test_setup(test_lock, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
