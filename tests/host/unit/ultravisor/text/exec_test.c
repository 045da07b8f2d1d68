// SPDX-License-Identifier: GPL-2.0-or-later
/* ultravisor/exec: which mfmsr are replaced by what, when, and what a guest sees of it (nothing). */
#include "ultravisor/text/exec.h"

#include "abi/hcalls.h"
#include "abi/nested.h"
#include "abi/power.h"
#include "abi/uv_errors.h"
#include "lib/endian.h"
#include "tests/host/fake/ultravisor.h"
#include "tests/host/unit/test.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/memory/radix.h"
#include "ultravisor/memory/real.h"
#include "ultravisor/text/access.h"
#include "ultravisor/text/fault.h"
#include "ultravisor/text/guest.h"
#include "ultravisor/text/msr.h"
#include "ultravisor/trial/options.h"

#define GUEST (4UL << 20)
#define PAGE  0x20000UL
#define SIZE  4096UL

#define MFMSR_R9 0x7d2000a6
#define ANDIS_S	 0x75290040	/* andis. r9,r9,64 */
#define ANDI_DR	 0x71290010	/* andi. r9,r9,16 */
#define LIS_S	 0x3d200040	/* lis r9,64 */

static int secure(void **state)
{
	(void)state;
	fake_reset();
	fake_uv_reset(GUEST);
	exec_restore_all();
	platform.secure = true;
	memory_map_around(PAGE);
	return 0;
}

static void put(uint64_t gpa, uint32_t word, bool little)
{
	uint8_t bytes[4];

	be32_store(bytes, little ? __builtin_bswap32(word) : word);
	guest_write(gpa, bytes, sizeof(bytes));
}

static uint32_t behind(uint64_t gpa, bool little)
{
	uint32_t word = be32_load(real(memory_resolve(gpa)));

	return little ? __builtin_bswap32(word) : word;
}

static void three_uses(uint64_t page, bool little)
{
	put(page + 0x10, MFMSR_R9, little);
	put(page + 0x14, ANDIS_S, little);
	put(page + 0x20, MFMSR_R9, little);
	put(page + 0x24, ANDI_DR, little);
	put(page + 0x30, MFMSR_R9, little);
	put(page + 0x40, INSN_SC_2, little);
	put(page + SIZE - 4, MFMSR_R9, little);
	put(page + SIZE, ANDIS_S, little);
}

static void check_fast(uint64_t page, bool little)
{
	assert_int_equal(behind(page + 0x10, little), LIS_S);
	assert_int_equal(behind(page + 0x20, little), MFMSR_R9);
	assert_int_equal(behind(page + 0x30, little) >> 26, 22);
	assert_int_equal(behind(page + 0x40, little) >> 26, 22);
	assert_int_equal(behind(page + SIZE - 4, little) >> 26, 22);
	assert_int_equal(fake_uv_replaced(), 4);
}

static void check_exact(uint64_t page, bool little)
{
	uint32_t rt;
	bool found;

	for (uint64_t at = 0x10; at < 0x40; at += 0x10) {
		assert_int_equal(behind(page + at, little) >> 26, 22);
		assert_int_equal(exec_lookup(page + at, &rt, &found), EXEC_MFMSR);
		assert_true(rt == 9 && found == little);
	}
}

static void check_tests(uint64_t page, bool little)
{
	assert_int_equal(behind(page + 0x10, little), LIS_S);
	assert_int_equal(behind(page + 0x20, little), MFMSR_R9);
	assert_int_equal(behind(page + 0x30, little), MFMSR_R9);
	assert_int_equal(behind(page + 0x40, little) >> 26, 22);
	assert_int_equal(behind(page + SIZE - 4, little), MFMSR_R9);
	assert_int_equal(fake_uv_replaced(), 2);
}

static void check_text(uint64_t page, const uint8_t *want)
{
	uint8_t got[SIZE];

	assert_true(guest_read(got, page, SIZE));
	assert_memory_equal(got, want, SIZE);
}

static void test_modes(void **state)
{
	uint8_t text[SIZE];

	for (int little = 0; little < 2; little++) {
		secure(state);
		three_uses(PAGE, little);
		assert_true(guest_read(text, PAGE, SIZE));
		exec_fetch(PAGE, false);
		check_fast(PAGE, little);
		check_text(PAGE, text);
		exec_release(PAGE);
		assert_memory_equal(real(memory_resolve(PAGE)), text, SIZE);
		exec_fetch(PAGE, true);		/* in user mode mfmsr must not pass as lis */
		check_exact(PAGE, little);
		exec_release(PAGE);
		exec_set_msr(EXEC_MSR_STRICT);
		exec_fetch(PAGE, false);
		check_exact(PAGE, little);
		check_text(PAGE, text);
		exec_release(PAGE);
		assert_memory_equal(real(memory_resolve(PAGE)), text, SIZE);
		exec_set_msr(EXEC_MSR_TESTS);
		exec_fetch(PAGE, false);
		check_tests(PAGE, little);
		check_text(PAGE, text);
		exec_release(PAGE);
		exec_fetch(PAGE, true);
		check_exact(PAGE, little);
		exec_release(PAGE);
	}
}

/* A test in the other byte order after an mfmsr does not count. */
static void test_mixed_order(void **state)
{
	(void)state;
	put(PAGE, MFMSR_R9, true);
	put(PAGE + 4, ANDIS_S, false);
	exec_fetch(PAGE, false);
	assert_int_equal(behind(PAGE, true) >> 26, 22);
}

/* From the first store of a page into itself on, all of its mfmsr are trapped, also when settled. */
static void test_own_store(void **state)
{
	struct vcpu *vcpu = &vcpus[0];
	uint8_t text[SIZE];
	uint32_t rt;
	bool little;

	(void)state;
	three_uses(PAGE, true);
	guest_read(text, PAGE, SIZE);
	exec_fetch(PAGE, false);
	check_fast(PAGE, true);
	exec_own_access(vcpu, PAGE + 0x100, PAGE + 0x14, true);
	assert_int_equal(exec_lookup(PAGE + 0x104, &rt, &little), EXEC_STEP);
	assert_int_equal(fake_uv_replaced(), 1);
	assert_int_equal(*radix_leaf(PAGE, false) & PTE_RWX, PTE_RWX);
	check_text(PAGE, text);
	be32_store(real(memory_resolve(PAGE + 0x14)), 0);	/* the store itself, which nobody sees */
	exec_end_exposure(vcpu);
	assert_int_equal(fake_uv_replaced(), 5);
	assert_int_equal(*radix_leaf(PAGE, false) & PTE_RWX, PTE_X);
	check_exact(PAGE, true);
	be32_store(text + 0x14, 0);
	check_text(PAGE, text);
	exec_release(PAGE);
	exec_fetch(PAGE, false);
	assert_int_equal(behind(PAGE + 0x10, true) >> 26, 22);	/* no test after it any more */
	assert_int_equal(behind(PAGE + 0x20, true), MFMSR_R9);
}

/* A load that the ultravisor does not do itself: the page is exact, but for the next instruction. */
static void test_own_load(void **state)
{
	struct vcpu *vcpu = &vcpus[0];
	uint8_t text[SIZE];

	(void)state;
	three_uses(PAGE, false);
	guest_read(text, PAGE, SIZE);
	exec_fetch(PAGE, false);
	exec_own_access(vcpu, PAGE + 0x100, PAGE + 0x40, false);
	assert_int_equal(*radix_leaf(PAGE, false) & PTE_RWX, PTE_R | PTE_X);
	assert_int_equal(fake_uv_replaced(), 1);
	assert_int_equal(behind(PAGE + 0x104, false) >> 26, 22);
	check_text(PAGE, text);
	exec_end_exposure(vcpu);
	check_exact(PAGE, false);
	assert_int_equal(behind(PAGE + 0x40, false) >> 26, 22);
	assert_int_equal(behind(PAGE + 0x104, false), 0);
	assert_int_equal(*radix_leaf(PAGE, false) & PTE_RWX, PTE_X);
	/* the next instruction is what is read: the whole page is raw until the next exit */
	exec_own_access(vcpu, PAGE + 0x3c, PAGE + 0x40, false);
	assert_memory_equal(real(memory_resolve(PAGE)), text, SIZE);
	exec_end_exposure(vcpu);
	check_exact(PAGE, false);
}

/* The same without running it: nobody sees the page raw, and it is exact at once. */
static void test_store_done(void **state)
{
	struct vcpu *vcpu = &vcpus[0];
	uint8_t text[SIZE];

	for (int little = 0; little < 2; little++) {
		secure(state);
		vcpu_reset(vcpu, 0, MSR_ME | (little ? MSR_LE : 0), 0);
		three_uses(PAGE, little);
		put(PAGE + 0x100, 0x99280003, little);		/* stb r9,3(r8) */
		guest_read(text, PAGE, SIZE);
		exec_fetch(PAGE, false);
		vcpu->regs.nip = PAGE + 0x100;
		GPR(vcpu, 9) = 0x1122334455667788;
		vcpu->hv.asdr = vcpu->hv.hdar = PAGE + 0x13;
		vcpu->hv.hdsisr = DSISR_STORE;
		fault_data(vcpu);
		assert_int_equal(vcpu->regs.nip, PAGE + 0x104);
		assert_int_equal(vcpu->exposed, 0);
		assert_int_equal(*radix_leaf(PAGE, false) & PTE_RWX, PTE_X);
		text[0x13] = 0x88;
		check_text(PAGE, text);
		assert_int_equal(behind(PAGE + 0x20, little) >> 26, 22);
		/* without replaced words it is run, with all rights to the page */
		exec_release(PAGE);
		memset(text, 0, SIZE);
		guest_write(PAGE, text, SIZE);
		put(PAGE + 0x100, 0x99280003, little);
		exec_fetch(PAGE, false);
		vcpu->regs.nip = PAGE + 0x100;
		fault_data(vcpu);
		assert_int_equal(vcpu->regs.nip, PAGE + 0x100);
		assert_int_equal(vcpu->exposed, PAGE + 1);
		assert_int_equal(fake_uv_replaced(), 0);
		exec_end_exposure(vcpu);
	}
}

/* A copy loop: the load that leaves the guest takes the loop with it, to its end or to what is not known. */
static void run_copy(struct vcpu *vcpu, uint64_t msr, uint64_t to, uint64_t times)
{
	vcpu_reset(vcpu, PAGE + 0x104, msr, 0);
	GPR(vcpu, 4) = PAGE;
	GPR(vcpu, 3) = to;
	GPR(vcpu, 6) = 0x10;
	vcpu->regs.ctr = times;
	vcpu->hv.asdr = vcpu->hv.hdar = PAGE + 0x10;
	vcpu->hv.hdsisr = 0;
	fault_data(vcpu);
}

static void test_copy_loop(void **state)
{
	static const uint32_t loop[] = { 0x38c60008, 0x7c06202a, 0x7c06192a, 0x4200fff4, 0x7c0004ac };
	static const uint64_t others[] = { 0, MSR_SF | MSR_DR, MSR_SF | MSR_IR };
	const uint64_t real_mode = MSR_SF | MSR_ME | MSR_LE, to = PAGE + 4 * SIZE, end = PAGE + 0x110;
	struct vcpu *vcpu = &vcpus[0];
	uint8_t text[SIZE], got[SIZE];

	(void)state;
	three_uses(PAGE, true);
	for (int i = 0; i < 5; i++)		/* addi r6,r6,8; ldx r0,r6,r4; stdx r0,r6,r3; bdnz; sync */
		put(PAGE + 0x100 + 4 * (uint64_t)i, loop[i], true);
	guest_read(text, PAGE, SIZE);
	exec_fetch(PAGE, false);
	run_copy(vcpu, real_mode, to, 12);
	assert_int_equal(vcpu->regs.nip, end);
	assert_int_equal(vcpu->regs.ctr, 0);
	guest_read(got, to, SIZE);
	assert_memory_equal(got + 0x10, text + 0x10, 12 * 8);
	assert_int_equal(got[0x70 + 3], 0);
	check_fast(PAGE, true);
	/* into its own page, twice the same */
	run_copy(vcpu, real_mode, PAGE + 0x200, 4);
	assert_int_equal(vcpu->regs.nip, end);
	memcpy(text + 0x210, text + 0x10, 32);
	check_text(PAGE, text);
	check_exact(PAGE, true);
	/* not for ever, nor out of memory, nor where addresses are translated or short */
	run_copy(vcpu, real_mode, PAGE + 4 * SIZE, 0);
	assert_in_range(vcpu->regs.ctr, -260UL, -250UL);
	run_copy(vcpu, real_mode, GUEST - 0x18, 12);
	assert_int_equal(vcpu->regs.nip, PAGE + 0x108);
	assert_int_equal(vcpu->regs.ctr, 11);
	put(PAGE + 0x108, loop[0], true);
	exec_fetch(PAGE, false);
	for (int i = 0; i < 3; i++) {
		run_copy(vcpu, MSR_ME | MSR_LE, to, 12);
		assert_int_equal(vcpu->regs.nip, PAGE + 0x108);
		vcpu->regs.msr |= others[i];
		access_emulate_loop(vcpu);
		assert_int_equal(vcpu->regs.nip, PAGE + 0x108);
	}
	vcpu->regs.msr = real_mode;
	access_emulate_loop(vcpu);
	assert_int_equal(vcpu->regs.nip, end);
}

/* lwz r9,0(r8) at another page */
static void read_word(struct vcpu *vcpu, uint64_t gpa, uint64_t want, bool kept)
{
	vcpu->regs.nip = PAGE + SIZE + 0x100;
	vcpu->hv.asdr = vcpu->hv.hdar = gpa;
	vcpu->hv.hdsisr = 0;
	GPR(vcpu, 9) = 0;
	fault_data(vcpu);
	assert_int_equal(vcpu->regs.nip, PAGE + SIZE + (kept ? 0x104 : 0x100));
	assert_int_equal(GPR(vcpu, 9), kept ? want : 0);
	assert_int_equal(*radix_leaf(PAGE, false) & PTE_RWX, kept ? PTE_X : PTE_R | PTE_W);
}

/* Whoever reads a word of text gets the original, and the text stays; who goes on gets the page. */
static void test_glance(void **state)
{
	struct vcpu *vcpu = &vcpus[0];

	(void)state;
	vcpu_reset(vcpu, 0, MSR_ME, 0);
	three_uses(PAGE, false);
	put(PAGE + SIZE + 0x100, 0x81280000, false);
	exec_fetch(PAGE, false);
	check_fast(PAGE, false);
	for (int i = 0; i < 3; i++)
		read_word(vcpu, PAGE + 0x10, MFMSR_R9, true);
	check_fast(PAGE, false);
	read_word(vcpu, PAGE + 0x14, 0, false);
	assert_int_equal(fake_uv_replaced(), 0);
	/* what the ultravisor cannot do itself: lwarx */
	exec_fetch(PAGE, false);
	put(PAGE + SIZE + 0x100, 0x7d204028, false);
	read_word(vcpu, PAGE + 0x14, 0, false);
}

#define TLBIE_R5   0x7c832a64	/* tlbie r5,r4,0,1,1: as Linux has it */
#define TLBIEL_R5  0x7c832a24
#define TLBIE_PID  0x7c8b2a64	/* RIC = 2 */
#define TLBIEL_PRS 0x7c812a24	/* PRS = 0 */

/* A page's invalidation becomes one of everything, that of all CPUs once the kernel is high; others stay. */
static void test_invalidations(void **state)
{
	static const uint32_t kept[] = { TLBIE_PID, TLBIEL_PRS, INSN_SLBIA, 0x7c832a65, 0x78832a64, 0x7c832aa4, 0x7c832a62 };
	uint32_t word, rt;
	bool order;

	(void)state;
	for (uint64_t i = 0; i < sizeof(kept) / 4; i++)
		put(PAGE + 0x80 + 4 * i, kept[i], i % 2);
	for (int little = 0; little < 2; little++) {
		put(PAGE + 0x10 + 8 * little, TLBIE_R5, little);
		put(PAGE + 0x14 + 8 * little, TLBIEL_R5, little);
	}
	exec_fetch(PAGE, false);
	for (int high = 0; high < 2; high++) {
		for (int little = 0; little < 2; little++) {
			assert_int_equal(behind(PAGE + 0x10 + 8 * little, little), high ? 0x7c830a64 : TLBIE_R5);
			assert_int_equal(behind(PAGE + 0x14 + 8 * little, little), INSN_SLBIA);
			assert_int_equal(exec_lookup(PAGE + 0x14 + 8 * little, &rt, &order), EXEC_NONE);
			guest_read(&word, PAGE + 0x10 + 8 * little, 4);
			assert_int_equal(be32_load(&word), little ? __builtin_bswap32(TLBIE_R5) : TLBIE_R5);
		}
		assert_int_equal(fake_uv_replaced(), high ? 4 : 2);
		exec_note_high_kernel();
	}
	exec_own_access(&vcpus[0], PAGE + 0x40, PAGE + 0x200, false);
	assert_int_equal(fake_uv_replaced(), 1);	/* FOR_STEP */
	exec_end_exposure(&vcpus[0]);
	assert_int_equal(fake_uv_replaced(), 4);
	assert_true(exec_own_store(PAGE + 0x100, &word, 4));
	assert_int_equal(fake_uv_replaced(), 5);	/* what was stored is a tlbie */
	exec_release(PAGE);
	assert_int_equal(fake_uv_replaced(), 0);
	for (uint64_t i = 0; i < sizeof(kept) / 4; i++)
		assert_int_equal(behind(PAGE + 0x80 + 4 * i, i % 2), kept[i]);
}

/* One page more than the table has room for: E912, nothing runs on. */
static void test_full(void **state)
{
	static uint8_t text[SIZE];

	(void)state;
	for (uint64_t i = 0; i < SIZE; i += 4)
		be32_store(text + i, INSN_SC_2);
	for (uint64_t page = 0; page < 5; page++)
		guest_write(PAGE + page * SIZE, text, SIZE);
	for (uint64_t page = 0; page < 4; page++)
		exec_fetch(PAGE + page * SIZE, false);
	assert_int_equal(fake_uv_replaced(), 4096);
	assert_true(fake_stops(exec_fetch(PAGE + 4 * SIZE, false)));
	assert_non_null(strstr(fake.console, "FAIL E912 a table of the ultravisor is full: over 4096 replaced"));
	assert_int_equal(*radix_leaf(PAGE + 4 * SIZE, false) & PTE_X, 0);
	exec_restore_all();
}

/* --- another CPU, which is in the guest with what it could do to the page before --- */

static uint32_t waited;
static uint64_t rights_meanwhile;
static bool raw_meanwhile;

/* It stays until it is sent an IPI. */
static int64_t other_leaves(uint64_t number, const uint64_t in[9], uint64_t out[9])
{
	(void)in;
	if (number == H_IPOLL) {
		out[1] = 0xff;
		return H_SUCCESS;
	}
	assert_int_equal(number, H_IPI);
	if (!vcpus[1].in_guest)		/* the IPI is taken back */
		return H_SUCCESS;
	waited++;
	rights_meanwhile |= *radix_leaf(PAGE, false);
	raw_meanwhile = behind(PAGE + 0x40, false) == INSN_SC_2;
	vcpus[1].in_guest = false;
	return H_SUCCESS;
}

static void other_enters(void)
{
	fake_uv_second_cpu(other_leaves);
	waited = 0;
	rights_meanwhile = 0;
}

/* Before a word is replaced or put back, no CPU can see the page with the rights it had. */
static void test_waits(void **state)
{
	struct vcpu *vcpu = &vcpus[0];

	(void)state;
	three_uses(PAGE, false);
	other_enters();
	exec_fetch(PAGE, false);
	assert_true(waited == 1 && !rights_meanwhile && raw_meanwhile);
	check_fast(PAGE, false);
	other_enters();
	exec_fetch(PAGE, false);	/* it is executable */
	assert_int_equal(waited, 0);
	other_enters();
	exec_release(PAGE);
	assert_true(waited == 1 && !rights_meanwhile && !raw_meanwhile);
	/* without such a word: nobody writes one behind the scan, nobody runs one written before the next */
	put(PAGE + SIZE, 0, false);
	other_enters();
	exec_fetch(PAGE + SIZE, false);
	assert_int_equal(waited, 1);
	other_enters();
	exec_release(PAGE + SIZE);
	assert_int_equal(waited, 1);
	/* and what was written while the page had all rights */
	exec_fetch(PAGE + SIZE, false);
	exec_own_access(vcpu, PAGE + SIZE, PAGE + SIZE + 0x40, true);
	other_enters();
	exec_end_exposure(vcpu);
	assert_int_equal(waited, 1);
}

/* An illegal word that is none of ours: the guest's own, unless one was put back since it was entered. */
static void test_illegal(void **state)
{
	struct vcpu *vcpu = &vcpus[0];

	(void)state;
	for (int put_back = 0; put_back < 2; put_back++) {
		vcpu_reset(vcpu, PAGE + 0x40, MSR_ME, 0);
		three_uses(PAGE, false);
		exec_fetch(PAGE, false);
		exec_note_entry(vcpu);
		if (put_back)
			exec_release(PAGE);
		else
			vcpu->regs.nip += 4;
		fault_illegal(vcpu);
		assert_int_equal(vcpu->regs.nip, put_back ? PAGE + 0x40 : 0x700);
	}
}

/* --- anything the guest does, at random, against a plain copy --- */

static void check_page(uint64_t page)
{
	uint64_t rights = *radix_leaf(page, false) & PTE_RWX;
	static uint8_t text[SIZE];

	guest_read(text, page, SIZE);
	assert_true(rights != PTE_RWX || vcpus[0].exposed == page + 1);
	for (uint64_t at = 0; (rights & PTE_X) && vcpus[0].exposed != page + 1 && at < SIZE; at += 4)
		for (int little = 0; little < 2; little++) {
			const struct msr_text whole = { text, SIZE / 4, little };
			uint32_t word = behind(page + at, little);

			assert_true(word != INSN_SC_2);
			assert_true((word & INSN_TLBIE_PAGE_MASK) != INSN_TLBIEL_PAGE);
			if ((word & INSN_TLBIE_PAGE_MASK) == INSN_TLBIE_PAGE)
				assert_int_equal(INSN_B(word), 1);
			if (insn_is_mfmsr(word))
				assert_int_equal(msr_use(&whole, (uint32_t)(at / 4)), MSR_IGNORES_S);
		}
}

static uint32_t any_word(uint64_t *seed)
{
	static const uint32_t some[] = { MFMSR_R9, MFMSR_R9, ANDIS_S, ANDI_DR, INSN_SC_2, 0x42000044, 0x39400001, LIS_S,
		TLBIE_R5, TLBIEL_R5, INSN_SLBIA };
	uint32_t word = draw(seed) % 16 ? some[draw(seed) % 11] : (uint32_t)draw(seed);

	return draw(seed) % 4 ? word : __builtin_bswap32(word);
}

static void test_random(void **state)
{
	static uint8_t text[4 * SIZE], got[4 * SIZE];
	struct vcpu *vcpu = &vcpus[0];
	uint64_t seed = 7;

	(void)state;
	for (int turn = 0; turn < 20000; turn++) {
		uint64_t at = draw(&seed) % (4 * SIZE / 4) * 4, gpa = PAGE + at, leaf = *radix_leaf(gpa, false);
		uint32_t word = any_word(&seed);

		switch (draw(&seed) % 8) {
		case 0: case 1:
			exec_end_exposure(vcpu);
			exec_fetch(gpa, draw(&seed) % 4 == 0);
			break;
		case 2:
			exec_release(gpa);
			break;
		case 3:
			if ((leaf & PTE_X) && !vcpu->exposed)
				exec_own_access(vcpu, (gpa & ~(SIZE - 1)) + draw(&seed) % SIZE / 4 * 4, gpa, false);
			break;
		case 4:
			if (!(leaf & PTE_X) || vcpu->exposed)
				break;
			exec_own_access(vcpu, (gpa & ~(SIZE - 1)) + draw(&seed) % SIZE / 4 * 4, gpa, true);
			be32_store(real(memory_resolve(gpa)), word);
			be32_store(text + at, word);
			break;
		case 5:
			exec_end_exposure(vcpu);
			break;
		default:
			be32_store(text + at, word);
			guest_write(gpa, text + at, 4);
		}
		check_page(gpa & ~(SIZE - 1));
		guest_read(got, PAGE, sizeof(got));
		if (memcmp(got, text, sizeof(text)))
			fail_msg("turn %d: the guest sees what it did not write", turn);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_invalidations, secure),	/* first: a kernel is high for ever */
		cmocka_unit_test_setup(test_modes, secure),	cmocka_unit_test_setup(test_mixed_order, secure),
		cmocka_unit_test_setup(test_own_store, secure), cmocka_unit_test_setup(test_full, secure),
		cmocka_unit_test_setup(test_own_load, secure),	cmocka_unit_test_setup(test_random, secure),
		cmocka_unit_test_setup(test_glance, secure),	cmocka_unit_test_setup(test_store_done, secure),
		cmocka_unit_test_setup(test_copy_loop, secure), cmocka_unit_test_setup(test_waits, secure),
		cmocka_unit_test_setup(test_illegal, secure),
	};

	return RUN(tests);
}
