// SPDX-License-Identifier: GPL-2.0-or-later
/* Emulated loads and stores: what Power ISA 3.0B, Book I 3.3.2 to 3.3.5 says of each; and the guest's memory. */
#include "ultravisor/text/access.h"

#include "abi/power.h"
#include "lib/endian.h"
#include "tests/host/fake/ultravisor.h"
#include "tests/host/unit/test.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/memory/real.h"
#include "ultravisor/text/exec.h"
#include "ultravisor/text/guest.h"

#define GUEST (4UL << 20)
#define TEXT  0x20100UL
#define DATA  0x30208UL
#define EA    0xc000000000030208UL	/* where DATA is for the guest */
#define WAS   0xfedcba9876543210UL

static struct vcpu *const vcpu = &vcpus[0];
static const uint8_t bytes[8] = { 0x81, 0x92, 0xa3, 0xb4, 0xc5, 0xd6, 0xe7, 0xf8 };

static int start(void **state)
{
	(void)state;
	fake_reset();
	fake_uv_reset(GUEST);
	exec_restore_all();
	assert_true(guest_write(DATA, bytes, sizeof(bytes)));
	return 0;
}

/* Register 9 from or to register 8 (+ register 7): by @insn at TEXT */
static bool run(uint32_t insn, bool little, uint64_t gpa)
{
	uint8_t text[4];

	be32_store(text, little ? __builtin_bswap32(insn) : insn);
	assert_true(guest_write(TEXT, text, sizeof(text)));
	vcpu_reset(vcpu, TEXT, MSR_SF | MSR_ME | (little ? MSR_LE : 0), 0);
	GPR(vcpu, 9) = WAS;
	GPR(vcpu, 8) = 0x1111;
	GPR(vcpu, 7) = 0x2222;
	vcpu->hv.hdar = EA;
	return access_emulate(vcpu, TEXT, gpa);
}

#define D(opcode)	 ((uint32_t)(opcode) << 26 | 0x01280010)
#define DS(opcode, xo)	 (D(opcode) | (xo))
#define X(xo)		 (0x7d283800 | (xo) << 1)

static void test_loads(void **state)
{
	static const struct {
		uint32_t insn;
		uint64_t big, little;
		bool update;
	} loads[] = {
		{ D(32), 0x8192a3b4, 0xb4a39281, false },			/* lwz */
		{ D(33), 0x8192a3b4, 0xb4a39281, true },			/* lwzu */
		{ X(23), 0x8192a3b4, 0xb4a39281, false },			/* lwzx */
		{ X(55), 0x8192a3b4, 0xb4a39281, true },			/* lwzux */
		{ D(34), 0x81, 0x81, false },					/* lbz */
		{ D(35), 0x81, 0x81, true },					/* lbzu */
		{ X(87), 0x81, 0x81, false },					/* lbzx */
		{ X(119), 0x81, 0x81, true },					/* lbzux */
		{ D(40), 0x8192, 0x9281, false },				/* lhz */
		{ D(41), 0x8192, 0x9281, true },				/* lhzu */
		{ X(279), 0x8192, 0x9281, false },				/* lhzx */
		{ X(311), 0x8192, 0x9281, true },				/* lhzux */
		{ D(42), 0xffffffffffff8192, 0xffffffffffff9281, false },	/* lha */
		{ D(43), 0xffffffffffff8192, 0xffffffffffff9281, true },	/* lhau */
		{ X(343), 0xffffffffffff8192, 0xffffffffffff9281, false },	/* lhax */
		{ X(375), 0xffffffffffff8192, 0xffffffffffff9281, true },	/* lhaux */
		{ DS(58, 2), 0xffffffff8192a3b4, 0xffffffffb4a39281, false },	/* lwa */
		{ X(341), 0xffffffff8192a3b4, 0xffffffffb4a39281, false },	/* lwax */
		{ X(373), 0xffffffff8192a3b4, 0xffffffffb4a39281, true },	/* lwaux */
		{ DS(58, 0), 0x8192a3b4c5d6e7f8, 0xf8e7d6c5b4a39281, false },	/* ld */
		{ DS(58, 1), 0x8192a3b4c5d6e7f8, 0xf8e7d6c5b4a39281, true },	/* ldu */
		{ X(21), 0x8192a3b4c5d6e7f8, 0xf8e7d6c5b4a39281, false },	/* ldx */
		{ X(53), 0x8192a3b4c5d6e7f8, 0xf8e7d6c5b4a39281, true },	/* ldux */
		{ X(790), 0x9281, 0x8192, false },				/* lhbrx */
		{ X(534), 0xb4a39281, 0x8192a3b4, false },			/* lwbrx */
		{ X(532), 0xf8e7d6c5b4a39281, 0x8192a3b4c5d6e7f8, false },	/* ldbrx */
		{ X(54), WAS, WAS, false },					/* dcbst */
		{ X(86), WAS, WAS, false },					/* dcbf */
		{ X(982), WAS, WAS, false },					/* icbi */
	};
	uint8_t after[8];

	(void)state;
	for (size_t i = 0; i < sizeof(loads) / sizeof(loads[0]); i++)
		for (int little = 0; little < 2; little++) {
			print_message("%08x\n", loads[i].insn);
			assert_true(run(loads[i].insn, little, DATA));
			assert_int_equal(vcpu->regs.nip, TEXT + 4);
			assert_int_equal(GPR(vcpu, 9), little ? loads[i].little : loads[i].big);
			assert_int_equal(GPR(vcpu, 8), loads[i].update ? EA : 0x1111);
			assert_true(guest_read(after, DATA, sizeof(after)));
			assert_memory_equal(after, bytes, sizeof(after));
		}
}

static void test_stores(void **state)
{
	static const struct {
		uint32_t insn, size;
		uint8_t big[8];
	} stores[] = {
		{ D(36), 4, { 0x76, 0x54, 0x32, 0x10 } },	/* stw */
		{ X(151), 4, { 0x76, 0x54, 0x32, 0x10 } },	/* stwx */
		{ D(38), 1, { 0x10 } },				/* stb */
		{ X(215), 1, { 0x10 } },			/* stbx */
		{ D(44), 2, { 0x32, 0x10 } },			/* sth */
		{ X(407), 2, { 0x32, 0x10 } },			/* sthx */
		{ DS(62, 0), 8, { 0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10 } },	/* std */
		{ X(149), 8, { 0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10 } },	/* stdx */
	};
	uint8_t after[8];

	for (size_t i = 0; i < sizeof(stores) / sizeof(stores[0]); i++)
		for (int little = 0; little < 2; little++) {
			print_message("%08x\n", stores[i].insn);
			start(state);
			assert_true(run(stores[i].insn, little, DATA));
			assert_int_equal(vcpu->regs.nip, TEXT + 4);
			assert_true(GPR(vcpu, 9) == WAS && GPR(vcpu, 8) == 0x1111);
			assert_true(guest_read(after, DATA, sizeof(after)));
			for (uint32_t b = 0; b < 8; b++)
				assert_int_equal(after[b], b >= stores[i].size ? bytes[b] :
						 stores[i].big[little ? stores[i].size - 1 - b : b]);
		}
}

/* What is none of these is not done, not even in part. */
static void test_others(void **state)
{
	static const uint32_t insns[] = {
		D(37), D(39), D(45), D(46), D(47), D(48), D(56),	/* stwu stbu sthu lmw stmw lfs lq */
		DS(58, 3), DS(62, 1), DS(62, 2), DS(62, 3),		/* - stdu stq - */
		X(20), X(84), X(150), X(662), X(660), X(918), X(1014),	/* lwarx ldarx stwcx. st*brx dcbz */
		X(183), X(247), X(439), X(181), X(342),			/* stwux stbux sthux stdux - */
		0, 0xffffffff, 0x44000002, D(14), D(31) & ~0x7feU,	/* sc addi cmp */
	};
	uint8_t after[8];

	(void)state;
	for (size_t i = 0; i < sizeof(insns) / sizeof(insns[0]); i++) {
		print_message("%08x\n", insns[i]);
		assert_false(run(insns[i], i % 2, DATA));
		assert_true(vcpu->regs.nip == TEXT && GPR(vcpu, 9) == WAS && GPR(vcpu, 8) == 0x1111);
		assert_true(guest_read(after, DATA, sizeof(after)));
		assert_memory_equal(after, bytes, sizeof(after));
	}
}

/* Within one page, and of memory. */
static void test_places(void **state)
{
	(void)state;
	assert_true(run(D(32), false, DATA / 4096 * 4096 + 4092));
	assert_false(run(D(32), false, DATA / 4096 * 4096 + 4093));
	assert_false(run(D(36), false, DATA / 4096 * 4096 + 4093));
	assert_true(run(D(34), false, DATA / 4096 * 4096 + 4095));
	assert_true(run(D(32), false, GUEST - 4));
	assert_false(run(D(32), false, GUEST));
	assert_false(run(D(36), false, GUEST));
	assert_true(vcpu->regs.nip == TEXT && GPR(vcpu, 9) == WAS);
	assert_false(access_emulate(vcpu, GUEST, DATA));
}

/* Frames that lie side by side for the guest lie elsewhere: one in its slot, one where the host sees it. */
static void test_guest_memory(void **state)
{
	const uint64_t edge = 5 * FRAME_SIZE;
	uint8_t text[3 * 4096], got[sizeof(text)];

	(void)state;
	for (uint64_t gfn = 1; gfn < pages.count; gfn++)
		pages_secure(&pages, gfn, true);
	assert_true(pages_share(&pages, 5, PAGE_SHARED));
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (uint8_t)(i * 5 + i / 256);
	for (uint64_t before = 1; before < 4096; before *= 4) {
		assert_true(guest_write(edge - before, text, sizeof(text)));
		assert_memory_equal(real(platform.slots + edge - before), text, before);
		assert_memory_equal(real(edge), text + before, sizeof(text) - before);
		assert_true(guest_read(got, edge - before, sizeof(got)));
		assert_memory_equal(got, text, sizeof(text));
	}
	/* all of it, or none */
	memset(got, 7, sizeof(got));
	assert_false(guest_write(GUEST - 1, text, 2));
	assert_int_equal(pages_get(&pages, pages.count - 1), PAGE_ABSENT);
	assert_false(guest_read(got, GUEST - 1, 2));
	assert_int_equal(got[0], 7);
	assert_true(guest_read(got, GUEST - 1, 1));
	assert_true(got[0] == 0 && got[1] == 7);
	assert_int_equal(pages_get(&pages, pages.count - 1), PAGE_ABSENT);	/* reading needs no memory */
}

#define CASE(name) cmocka_unit_test_setup(name, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_loads), CASE(test_stores), CASE(test_others), CASE(test_places), CASE(test_guest_memory),
	};

	return RUN(tests);
}
