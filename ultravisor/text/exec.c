// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/text/exec.h"

#include "abi/power.h"
#include "lib/arch.h"
#include "lib/endian.h"
#include "lib/string.h"
#include "ultravisor/cpu/fail.h"
#include "ultravisor/cpu/smp.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/memory/machine.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/radix.h"
#include "ultravisor/memory/real.h"
#include "ultravisor/text/msr.h"

/* Primary opcode 22 is reserved; QEMU takes it as illegal on every CPU model. */
#define FOR_MFMSR    0x58005001
#define FOR_SC2	     0x58005002
#define FOR_STEP     0x58005003	/* any word that is not executed yet: expose() */

#define OPCODE_PREFIX 1		/* an instruction of two words, ISA 3.1 Book I section 1.6 */
#define ACCESS_MAX  16		/* bytes that an instruction accesses, but for lxvp, lmw, lswx, dcbz */

/* A kernel holds about 80 such words, of which few lie in executed pages at a time. */
#define WORDS_MAX   4096

static struct word {
	uint64_t gpa;
	uint32_t was, now;
} table[WORDS_MAX];
static unsigned int used;
static volatile uint64_t forgotten;
static uint64_t scans;
static bool strict;

void exec_set_strict(bool on)
{
	strict = on;
}

/* No CPU can read, write or run what is in the page, until it has rights again. */
static void take_away(uint64_t page)
{
	*radix_leaf(page, false) = 0;
	smp_shootdown();
}

static void set_rights(uint64_t gpa, uint64_t rights)
{
	*radix_leaf(gpa, false) =
		(radix_leaf_open(memory_behind(page_of(gpa))) & ~PTE_RWX) | rights;
}

/*
 * Every page that is executed goes through here, and most words are neither sc 2 nor mfmsr. Those end in
 * 0x0042 and 0x00a6, or begin with 0x4200 and 0xa600 in the other byte order: two words at a time, is a half
 * of them, less the bits in which 0x42 and 0xa6 differ, what it has to be? (Is one of four halves zero:
 * H. S. Warren, Hacker's Delight, section 6-1.)
 */
static bool may_be_replaced(uint64_t pair)
{
	uint64_t differs = (pair & 0x1bffff1b1bffff1bUL) ^ 0x0200000202000002UL;

	return (differs - 0x0001000100010001UL) & ~differs & 0x8000800080008000UL;
}

/* @exact: it is trapped, whatever it is used for. */
static uint32_t for_mfmsr(uint8_t *page, uint32_t i, bool turned, bool exact)
{
	const struct msr_text text = { page, SMALL_PAGE / 4, turned };
	uint32_t insn = msr_insn(&text, i), rt = insn & ~INSN_MFMSR_MASK;

	switch (exact ? MSR_SEEN : msr_use(&text, i)) {
	case MSR_TESTS_S:
		return INSN_LIS_S | rt;
	case MSR_IGNORES_S:
		return insn;
	default:
		return FOR_MFMSR | rt;
	}
}

/* What word @i of a page becomes, in the byte order in which it is an instruction. */
static uint32_t replacement(uint8_t *page, uint32_t i, bool exact)
{
	for (int turned = 0; turned < 2; turned++) {
		uint32_t insn = u32_load(page + 4 * i, turned), now = insn;

		if (insn == INSN_SC_2)
			now = FOR_SC2;
		else if (machine.secure && insn_is_mfmsr(insn))
			now = for_mfmsr(page, i, turned, exact);
		if (now != insn)
			return turned ? __builtin_bswap32(now) : now;
	}
	return be32_load(page + 4 * i);
}

static void put(uint8_t *at, uint32_t word)
{
	be32_store(at, word);
	cache_sync(at, sizeof(word));
}

static void replace(uint64_t gpa, uint8_t *at, uint32_t now)
{
	if (used == WORDS_MAX)
		uv_fail(E_UV_TABLE_FULL, "over %d replaced instructions", WORDS_MAX);
	table[used++] = (struct word){ gpa, be32_load(at), now };
	put(at, now);
}

static bool lies_in(const struct word *word, uint64_t gpa, uint64_t size)
{
	return word->gpa + 4 > gpa && word->gpa < gpa + size;
}

static bool is_ours(const struct word *word)
{
	return be32_load(real(memory_behind(word->gpa))) == word->now;
}

static bool is_step(const struct word *word)
{
	return word->now == FOR_STEP || word->now == __builtin_bswap32(FOR_STEP);
}

static bool is_over(const struct word *word)
{
	return is_step(word) || !is_ours(word);
}

static bool has_words(uint64_t page)
{
	for (unsigned int i = 0; i < used; i++)
		if (lies_in(&table[i], page, SMALL_PAGE))
			return true;
	return false;
}

/* Forget words (all, or those of which @which says so), putting them back where they are still ours. */
static void forget(uint64_t gpa, uint64_t size, bool (*which)(const struct word *))
{
	for (unsigned int i = 0; i < used;) {
		if (!lies_in(&table[i], gpa, size) || (which && !which(&table[i]))) {
			i++;
			continue;
		}
		if (is_ours(&table[i]))
			put(real(memory_behind(table[i].gpa)), table[i].was);
		table[i] = table[--used];
		forgotten++;
	}
}

static void scan(uint64_t gpa, uint8_t *page, uint32_t i, bool exact)
{
	uint32_t now = replacement(page, i, exact);

	if (now != be32_load(page + 4 * i))
		replace(gpa + 4 * i, page + 4 * i, now);
}

static void make_executable(uint64_t gpa, bool exact)
{
	uint8_t *page = real(memory_behind(gpa));

	scans++;
	for (uint32_t i = 0; i < SMALL_PAGE / 4; i += 2) {
		if (!may_be_replaced(be64_load(page + 4 * i)))
			continue;
		scan(gpa, page, i, exact);
		scan(gpa, page, i + 1, exact);
	}
	set_rights(gpa, has_words(gpa) ? PTE_X : PTE_R | PTE_X);
}

void exec_fetch(uint64_t gpa, bool user)
{
	uint64_t page = page_of(gpa), *leaf = radix_leaf(page, false);

	if (*leaf & PTE_X)
		return;		/* another CPU was faster; it may run there by now */
	take_away(page);
	make_executable(page, user || strict);
}

void exec_release(uint64_t gpa)
{
	uint64_t page = page_of(gpa), *leaf = radix_leaf(page, false);

	if (!(*leaf & PTE_X))
		return;
	take_away(page);
	forget(page, SMALL_PAGE, NULL);
	set_rights(page, PTE_R | PTE_W);
}

void exec_forget(void)
{
	forget(0, machine.guest, NULL);
}

static const struct word *find(uint64_t gpa)
{
	for (unsigned int i = 0; i < used; i++)
		if (table[i].gpa == gpa)
			return &table[i];
	return NULL;
}

/*
 * All of the page as it is, for one instruction of one CPU, at @nip, that accesses @gpa in the same
 * page. There is nobody else to read or run what is not theirs, and an illegal word ends it, unless the
 * next instruction lies in another page or is what is accessed.
 */
static void expose(struct vcpu *vcpu, uint64_t nip, uint64_t gpa)
{
	bool little = vcpu_little(vcpu);
	uint64_t page = page_of(nip), next = nip + 4;

	forget(page, SMALL_PAGE, NULL);
	if (u32_load(real(memory_behind(nip)), little) >> 26 == OPCODE_PREFIX)
		next += 4;
	if (page_of(next) == page && (next + 4 <= gpa || next >= gpa + ACCESS_MAX))
		replace(next, real(memory_behind(next)), little ? __builtin_bswap32(FOR_STEP) : FOR_STEP);
}

void exec_own_access(struct vcpu *vcpu, uint64_t nip, uint64_t gpa, bool store)
{
	if (has_words(page_of(gpa))) {
		if (!smp_alone())
			return;		/* it will come again */
		expose(vcpu, nip, gpa);
	}
	set_rights(gpa, store ? PTE_RWX : PTE_R | PTE_X);
	vcpu->mixed = page_of(gpa) + 1;
}

bool exec_own_store(uint64_t gpa, const void *bytes, uint64_t size)
{
	uint64_t page = page_of(gpa);
	void *to = real(memory_behind(gpa));

	if (!has_words(page) || !smp_alone())
		return false;
	forget(page, SMALL_PAGE, NULL);
	memcpy(to, bytes, size);
	cache_sync(to, size);
	make_executable(page, true);
	smp_together();
	return true;
}

void exec_settle(struct vcpu *vcpu)
{
	uint64_t page = vcpu->mixed - 1;

	if (!vcpu->mixed)
		return;
	vcpu->mixed = 0;
	smp_lock();
	if (*radix_leaf(page, false) & PTE_X) {
		take_away(page);
		forget(page, SMALL_PAGE, is_over);
		make_executable(page, true);
	}
	smp_together();
	smp_unlock();
}

void exec_note_entry(struct vcpu *vcpu)
{
	vcpu->forgotten = forgotten;
}

bool exec_has_forgotten(const struct vcpu *vcpu)
{
	return forgotten != vcpu->forgotten;
}

uint64_t exec_scans(void)
{
	return scans;
}

enum exec_word exec_lookup(uint64_t gpa, uint32_t *rt, bool *little)
{
	const struct word *word = find(gpa);
	uint32_t insn;

	if (!word)
		return EXEC_NONE;
	*little = word->now >> 26 != FOR_SC2 >> 26;
	insn = *little ? __builtin_bswap32(word->was) : word->was;
	*rt = INSN_T(insn);
	if (is_step(word))
		return EXEC_STEP;
	return insn == INSN_SC_2 ? EXEC_SC2 : EXEC_MFMSR;
}

void exec_restore(uint64_t gpa, void *to, uint64_t size)
{
	if (!(*radix_leaf(gpa, false) & PTE_X))
		return;		/* words lie in executable pages only */
	for (unsigned int i = 0; i < used; i++) {
		uint8_t bytes[4];

		if (!lies_in(&table[i], gpa, size) || !is_ours(&table[i]))
			continue;
		be32_store(bytes, table[i].was);
		for (uint64_t b = 0; b < 4; b++)
			if (table[i].gpa + b >= gpa && table[i].gpa + b < gpa + size)
				((uint8_t *)to)[table[i].gpa + b - gpa] = bytes[b];
	}
}
