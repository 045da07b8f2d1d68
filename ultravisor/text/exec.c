// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/text/exec.h"

#include "abi/power.h"
#include "lib/arch.h"
#include "lib/endian.h"
#include "lib/string.h"
#include "ultravisor/cpu/fail.h"
#include "ultravisor/cpu/smp.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/memory/radix.h"
#include "ultravisor/memory/real.h"
#include "ultravisor/text/msr.h"

/* Primary opcode 22 is reserved: illegal to QEMU on every CPU model. */
#define FOR_MFMSR    0x58005001
#define FOR_SC2	     0x58005002
#define FOR_STEP     0x58005003	/* the word after an instruction that runs alone */

#define OPCODE_PREFIX 1		/* an instruction of two words, ISA 3.1 Book I section 1.6 */
#define ACCESS_MAX  16		/* bytes an instruction accesses, except lxvp, lmw, lswx, dcbz */

/* A kernel holds about 200 such words, of which few lie in executed pages at a time. */
#define WORDS_MAX   4096

static struct word {
	uint64_t gpa;
	uint32_t was, now;
} words[WORDS_MAX];
static unsigned int word_count;
static volatile uint64_t restored;
static uint64_t scans;
static enum exec_msr msr_mode;
static bool high_kernel;

void exec_set_msr(enum exec_msr mode)
{
	msr_mode = mode;
}

/* Wait until no CPU can read, write or execute the page. */
static void revoke_rights(uint64_t page)
{
	*radix_leaf(page, false) = 0;
	smp_shootdown();
}

static void set_rights(uint64_t gpa, uint64_t rights)
{
	*radix_leaf(gpa, false) =
		(radix_leaf_open(memory_resolve(page_of(gpa))) & ~PTE_RWX) | rights;
}

/* Hacker's Delight (H. S. Warren), section 6-1. */
static bool has_zero_halfword(uint64_t four)
{
	return (four - 0x0001000100010001UL) & ~four & 0x8000800080008000UL;
}

/*
 * Every page that is executed is searched, and hardly any word is an sc 2, mfmsr, tlbie or tlbiel.
 * The first two end in 0x0042 and 0x00a6, or begin with 0x4200 and 0xa600 in the other byte order.
 * So of two words at a time: does any of the four halfwords match, ignoring the bits in which 0x42
 * and 0xa6 differ? The others end in 0x264 and 0x224, below the five bits of RB.
 */
static bool pair_may_be_replaced(uint64_t pair)
{
	return has_zero_halfword((pair & 0x1bffff1b1bffff1bUL) ^ 0x0200000202000002UL) ||
	       has_zero_halfword((pair & 0xbf0707bfbf0707bfUL) ^ 0x2402022424020224UL);
}

static bool is_tlbie_page(uint32_t insn)
{
	return (insn & INSN_TLBIE_PAGE_MASK) == INSN_TLBIE_PAGE;
}

/*
 * Of a page of 64 KiB or more that tlbie or tlbiel invalidates, QEMU drops the translations of the
 * first 4 KiB, and the others only if it has noted a larger page there: never, with leaves of 4 KiB
 * in the partition's tree (target/ppc/mmu_helper.c helper_tlbie_isa300(), accel/tcg/cputlb.c
 * tlb_flush_page_locked()). It drops all for an slbia, and, on all CPUs, for a tlbie whose address
 * is not in quadrant 0, as a stack pointer (r1) of a kernel in quadrant 3 is.
 */
static uint32_t replacement_of_tlbie(uint32_t insn)
{
	if ((insn & INSN_TLBIE_PAGE_MASK) == INSN_TLBIEL_PAGE)
		return INSN_SLBIA;
	return high_kernel && is_tlbie_page(insn) ? INSN_WITH_B(insn, 1) : insn;
}

/* @exact: trap it, whatever its value is used for. */
static uint32_t replacement_of_mfmsr(uint8_t *page, uint32_t i, bool swapped, bool exact)
{
	const struct msr_text text = { page, SMALL_PAGE / 4, swapped };
	uint32_t insn = msr_insn(&text, i), rt = insn & ~INSN_MFMSR_MASK;

	switch (exact ? MSR_SEEN : msr_use(&text, i)) {
	case MSR_TESTS_S:
		return INSN_LIS_S | rt;
	case MSR_IGNORES_S:
		return insn;
	default:
		return !exact && msr_mode == EXEC_MSR_TESTS ? insn : FOR_MFMSR | rt;
	}
}

/* What word @i of a page becomes. It may be an instruction in either byte order. */
static uint32_t replacement_of(uint8_t *page, uint32_t i, bool exact)
{
	for (int swapped = 0; swapped < 2; swapped++) {
		uint32_t insn = u32_load(page + 4 * i, swapped), now = insn;

		if (insn == INSN_SC_2)
			now = FOR_SC2;
		else if (platform.secure && insn_is_mfmsr(insn))
			now = replacement_of_mfmsr(page, i, swapped, exact);
		else
			now = replacement_of_tlbie(insn);
		if (now != insn)
			return swapped ? __builtin_bswap32(now) : now;
	}
	return be32_load(page + 4 * i);
}

static void store_word(uint8_t *at, uint32_t word)
{
	be32_store(at, word);
	cache_sync(at, sizeof(word));
}

static void replace_word(uint64_t gpa, uint8_t *at, uint32_t now)
{
	if (word_count == WORDS_MAX)
		uv_fail(E_UV_TABLE_FULL, "over %d replaced instructions", WORDS_MAX);
	words[word_count++] = (struct word){ gpa, be32_load(at), now };
	store_word(at, now);
}

static bool word_overlaps(const struct word *word, uint64_t gpa, uint64_t size)
{
	return word->gpa + 4 > gpa && word->gpa < gpa + size;
}

static bool word_is_ours(const struct word *word)
{
	return be32_load(real(memory_resolve(word->gpa))) == word->now;
}

static bool word_is_step(const struct word *word)
{
	return word->now == FOR_STEP || word->now == __builtin_bswap32(FOR_STEP);
}

static bool word_is_stale(const struct word *word)
{
	return word_is_step(word) || !word_is_ours(word);
}

static bool page_has_words(uint64_t page)
{
	for (unsigned int i = 0; i < word_count; i++)
		if (word_overlaps(&words[i], page, SMALL_PAGE))
			return true;
	return false;
}

/* Restore words (all, or those that @which picks), unless the guest has overwritten them. */
static void restore_words(uint64_t gpa, uint64_t size, bool (*which)(const struct word *))
{
	for (unsigned int i = 0; i < word_count;) {
		if (!word_overlaps(&words[i], gpa, size) || (which && !which(&words[i]))) {
			i++;
			continue;
		}
		if (word_is_ours(&words[i]))
			store_word(real(memory_resolve(words[i].gpa)), words[i].was);
		words[i] = words[--word_count];
		restored++;
	}
}

static const struct word *find_word(uint64_t gpa)
{
	for (unsigned int i = 0; i < word_count; i++)
		if (words[i].gpa == gpa)
			return &words[i];
	return NULL;
}

/* A tlbie that is still to be replaced, once the kernel is high, is in the table, too. */
static void scan_word(uint64_t gpa, uint8_t *page, uint32_t i, bool exact)
{
	uint32_t was = be32_load(page + 4 * i), now = replacement_of(page, i, exact);

	if (now == was && !is_tlbie_page(was) && !is_tlbie_page(__builtin_bswap32(was)))
		return;
	if (!find_word(gpa + 4 * i))
		replace_word(gpa + 4 * i, page + 4 * i, now);
}

static void make_page_executable(uint64_t gpa, bool exact)
{
	uint8_t *page = real(memory_resolve(gpa));

	scans++;
	for (uint32_t i = 0; i < SMALL_PAGE / 4; i += 2) {
		if (!pair_may_be_replaced(be64_load(page + 4 * i)))
			continue;
		scan_word(gpa, page, i, exact);
		scan_word(gpa, page, i + 1, exact);
	}
	set_rights(gpa, page_has_words(gpa) ? PTE_X : PTE_R | PTE_X);
}

void exec_fetch(uint64_t gpa, bool user)
{
	uint64_t page = page_of(gpa), *leaf = radix_leaf(page, false);

	if (*leaf & PTE_X)
		return;		/* another CPU was first, and may be running there by now */
	revoke_rights(page);
	make_page_executable(page, user || msr_mode == EXEC_MSR_STRICT);
}

void exec_note_high_kernel(void)
{
	if (high_kernel)
		return;
	high_kernel = true;
	for (unsigned int i = 0; i < word_count; i++) {
		bool swapped = is_tlbie_page(__builtin_bswap32(words[i].was));
		uint32_t insn = swapped ? __builtin_bswap32(words[i].was) : words[i].was;

		if (!is_tlbie_page(insn) || !word_is_ours(&words[i]))
			continue;
		insn = replacement_of_tlbie(insn);
		words[i].now = swapped ? __builtin_bswap32(insn) : insn;
		store_word(real(memory_resolve(words[i].gpa)), words[i].now);
	}
}

void exec_release(uint64_t gpa)
{
	uint64_t page = page_of(gpa), *leaf = radix_leaf(page, false);

	if (!(*leaf & PTE_X))
		return;
	revoke_rights(page);
	restore_words(page, SMALL_PAGE, NULL);
	set_rights(page, PTE_R | PTE_W);
}

void exec_restore_all(void)
{
	restore_words(0, platform.guest + platform.outside, NULL);
}

/*
 * Show the whole page as the guest wrote it to one instruction of one CPU: that at @nip, which
 * accesses @gpa in the same page. No other CPU is there to read or execute it. An illegal word
 * after the instruction ends this, unless that word would lie in another page or in what is
 * accessed.
 */
static void expose_page(struct vcpu *vcpu, uint64_t nip, uint64_t gpa)
{
	bool little = vcpu_little(vcpu);
	uint64_t page = page_of(nip), next = nip + 4;

	restore_words(page, SMALL_PAGE, NULL);
	if (u32_load(real(memory_resolve(nip)), little) >> 26 == OPCODE_PREFIX)
		next += 4;
	if (page_of(next) == page && (next + 4 <= gpa || next >= gpa + ACCESS_MAX))
		replace_word(next, real(memory_resolve(next)),
			     little ? __builtin_bswap32(FOR_STEP) : FOR_STEP);
}

void exec_own_access(struct vcpu *vcpu, uint64_t nip, uint64_t gpa, bool store)
{
	if (page_has_words(page_of(gpa))) {
		if (!smp_exclusive_begin())
			return;		/* it will fault again */
		expose_page(vcpu, nip, gpa);
	}
	set_rights(gpa, store ? PTE_RWX : PTE_R | PTE_X);
	vcpu->exposed = page_of(gpa) + 1;
}

bool exec_own_store(uint64_t gpa, const void *bytes, uint64_t size)
{
	uint64_t page = page_of(gpa);
	void *to = real(memory_resolve(gpa));

	if (!page_has_words(page) || !smp_exclusive_begin())
		return false;
	restore_words(page, SMALL_PAGE, NULL);
	memcpy(to, bytes, size);
	cache_sync(to, size);
	make_page_executable(page, true);
	smp_exclusive_end();
	return true;
}

void exec_end_exposure(struct vcpu *vcpu)
{
	uint64_t page = vcpu->exposed - 1;

	if (!vcpu->exposed)
		return;
	vcpu->exposed = 0;
	smp_lock();
	if (*radix_leaf(page, false) & PTE_X) {
		revoke_rights(page);
		restore_words(page, SMALL_PAGE, word_is_stale);
		make_page_executable(page, true);
	}
	smp_exclusive_end();
	smp_unlock();
}

void exec_note_entry(struct vcpu *vcpu)
{
	vcpu->restored = restored;
}

bool exec_restored_since_entry(const struct vcpu *vcpu)
{
	return restored != vcpu->restored;
}

uint64_t exec_scans(void)
{
	return scans;
}

enum exec_word exec_lookup(uint64_t gpa, uint32_t *rt, bool *little)
{
	const struct word *word = find_word(gpa);
	uint32_t insn;

	if (!word)
		return EXEC_NONE;
	*little = word->now >> 26 != FOR_SC2 >> 26;
	insn = *little ? __builtin_bswap32(word->was) : word->was;
	*rt = INSN_T(insn);
	if (word_is_step(word))
		return EXEC_STEP;
	if (insn == INSN_SC_2)
		return EXEC_SC2;
	return insn_is_mfmsr(insn) ? EXEC_MFMSR : EXEC_NONE;
}

void exec_show_original(uint64_t gpa, void *to, uint64_t size)
{
	if (!(*radix_leaf(gpa, false) & PTE_X))
		return;		/* only executable pages have replaced words */
	for (unsigned int i = 0; i < word_count; i++) {
		uint8_t bytes[4];

		if (!word_overlaps(&words[i], gpa, size) || !word_is_ours(&words[i]))
			continue;
		be32_store(bytes, words[i].was);
		for (uint64_t b = 0; b < 4; b++)
			if (words[i].gpa + b >= gpa && words[i].gpa + b < gpa + size)
				((uint8_t *)to)[words[i].gpa + b - gpa] = bytes[b];
	}
}
