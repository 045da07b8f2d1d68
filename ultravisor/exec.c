// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/exec.h"

#include "abi/nested.h"
#include "abi/power.h"
#include "lib/arch.h"
#include "lib/endian.h"
#include "lib/string.h"
#include "ultravisor/fail.h"
#include "ultravisor/machine.h"
#include "ultravisor/memory.h"
#include "ultravisor/msr.h"
#include "ultravisor/radix.h"
#include "ultravisor/smp.h"
#include "ultravisor/vcpu.h"
#include "ultravisor/words.h"

/* Primary opcode 22 is reserved; QEMU takes it as illegal on every CPU model. */
#define FOR_MFMSR    0x58005001
#define FOR_SC2	     0x58005002

/* A kernel holds about 80 such words, of which few lie in executed pages at a time. */
#define WORDS_MOST   4096

static struct word {
	uint64_t gpa;
	uint32_t was, now;
} table[WORDS_MOST];
static unsigned int used;
static uint64_t scans;

static uint64_t page_of(uint64_t gpa)
{
	return gpa & ~(SMALL_PAGE - 1);
}

uint64_t exec_leaf(uint64_t ra)
{
	return PTE_VALID | PTE_LEAF | ra | PTE_REF_CHANGE | PTE_R | PTE_W;
}

static void set_rights(uint64_t gpa, uint64_t rights)
{
	*radix_leaf(gpa, false) =
		(exec_leaf(memory_behind(page_of(gpa))) & ~PTE_RWX) | rights;
}

static uint32_t load(const uint8_t *at, bool turned)
{
	return turned ? __builtin_bswap32(be32_load(at)) : be32_load(at);
}

/* @most: how many words behind it may decide. 0: it is trapped. */
static uint32_t for_mfmsr(const uint8_t *at, bool turned, unsigned int most)
{
	uint32_t insn = load(at, turned), rt = insn & ~INSN_MFMSR_MASK, next[MSR_WINDOW];
	unsigned int count;

	for (count = 0; count < most && count < MSR_WINDOW; count++)
		next[count] = load(at + 4 * (count + 1), turned);
	switch (msr_use(insn, next, count)) {
	case MSR_TESTS_S:
		return INSN_LIS_S | rt;
	case MSR_IGNORES_S:
		return insn;
	default:
		return FOR_MFMSR | rt;
	}
}

/* What the word becomes, in the byte order in which it is an instruction. */
static uint32_t replacement(const uint8_t *at, unsigned int most)
{
	for (int turned = 0; turned < 2; turned++) {
		uint32_t insn = load(at, turned), now = insn;

		if (insn == INSN_SC_2)
			now = FOR_SC2;
		else if (machine.secure && insn_is_mfmsr(insn))
			now = for_mfmsr(at, turned, most);
		if (now != insn)
			return turned ? __builtin_bswap32(now) : now;
	}
	return be32_load(at);
}

static void put(uint8_t *at, uint32_t word)
{
	be32_store(at, word);
	cache_sync(at, sizeof(word));
}

static bool replace(uint64_t gpa, uint8_t *at, unsigned int most)
{
	uint32_t word = be32_load(at), now = replacement(at, most);

	if (now == word)
		return true;
	if (used == WORDS_MOST)
		return false;
	table[used++] = (struct word){ gpa, word, now };
	put(at, now);
	return true;
}

static bool scan(uint64_t page, bool exact)
{
	uint8_t *at = real(memory_behind(page));

	scans++;
	for (uint64_t i = 0; i < SMALL_PAGE; i += 4)
		if (!replace(page + i, at + i, exact ? 0 : (SMALL_PAGE - i) / 4 - 1))
			return false;
	return true;
}

static bool in_page(const struct word *word, uint64_t page)
{
	return page_of(word->gpa) == page;
}

static bool has_words(uint64_t page)
{
	for (unsigned int i = 0; i < used; i++)
		if (in_page(&table[i], page))
			return true;
	return false;
}

/* Forget the words of a page, putting them back where they are still ours. */
static void put_back(uint64_t page)
{
	for (unsigned int i = 0; i < used;) {
		uint8_t *at;

		if (!in_page(&table[i], page)) {
			i++;
			continue;
		}
		at = real(memory_behind(table[i].gpa));
		if (be32_load(at) == table[i].now)
			put(at, table[i].was);
		table[i] = table[--used];
	}
}

/* Forget words of a page that somebody has overwritten. */
static void prune(uint64_t page)
{
	for (unsigned int i = 0; i < used;)
		if (in_page(&table[i], page) &&
		    be32_load(real(memory_behind(table[i].gpa))) != table[i].now)
			table[i] = table[--used];
		else
			i++;
}

static void make_executable(uint64_t page, bool exact)
{
	if (!scan(page, exact))
		uv_fail(E_UV_TABLE_FULL, "over %d replaced instructions", WORDS_MOST);
	set_rights(page, has_words(page) ? PTE_X : PTE_R | PTE_X);
}

void exec_fetch(uint64_t gpa, bool user)
{
	uint64_t page = page_of(gpa), *leaf = radix_leaf(page, false);

	if (*leaf & PTE_X)
		return;		/* another CPU was faster; it may run there by now */
	prune(page);
	make_executable(page, user || words.strict);
}

void exec_release(uint64_t gpa)
{
	uint64_t page = page_of(gpa), *leaf = radix_leaf(page, false);

	if (!(*leaf & PTE_X))
		return;
	if (has_words(page)) {
		/* nobody may run the raw words between here and the next scan */
		*leaf = 0;
		smp_shootdown();
		put_back(page);
	}
	set_rights(page, PTE_R | PTE_W);
}

void exec_forget(void)
{
	while (used)
		put_back(page_of(table[0].gpa));
}

/* Every mfmsr of an executable page is trapped from now on, whatever is stored behind it. */
static void make_exact(uint64_t page)
{
	for (unsigned int i = 0; i < used; i++) {
		uint8_t was[4], *at;

		if (!in_page(&table[i], page))
			continue;
		at = real(memory_behind(table[i].gpa));
		be32_store(was, table[i].was);
		if (be32_load(at) == table[i].now)
			put(at, table[i].now = replacement(was, 0));
	}
	make_executable(page, true);
}

void exec_own_store(struct vcpu *vcpu, uint64_t gpa)
{
	make_exact(page_of(gpa));
	set_rights(gpa, PTE_RWX);
	vcpu->mixed = page_of(gpa) + 1;
}

void exec_own_load(struct vcpu *vcpu, uint64_t gpa)
{
	put_back(page_of(gpa));
	set_rights(gpa, PTE_R | PTE_X);
	vcpu->mixed = page_of(gpa) + 1;
}

void exec_settle(struct vcpu *vcpu)
{
	uint64_t page = vcpu->mixed - 1;

	if (!vcpu->mixed)
		return;
	vcpu->mixed = 0;
	smp_lock();
	if (*radix_leaf(page, false) & PTE_X) {
		prune(page);
		make_executable(page, true);
	}
	smp_unlock();
}

static const struct word *find(uint64_t gpa)
{
	for (unsigned int i = 0; i < used; i++)
		if (table[i].gpa == gpa)
			return &table[i];
	return NULL;
}

enum exec_word exec_lookup(uint64_t gpa, uint32_t *rt, bool *little)
{
	const struct word *word = find(gpa);
	uint32_t insn;

	if (!word)
		return EXEC_NONE;
	*little = word->now >> 26 != FOR_SC2 >> 26;
	insn = *little ? __builtin_bswap32(word->was) : word->was;
	*rt = (insn >> INSN_RT_SHIFT) & 31;
	return insn == INSN_SC_2 ? EXEC_SC2 : EXEC_MFMSR;
}

void exec_restore(uint64_t gpa, void *to, uint64_t size)
{
	for (unsigned int i = 0; i < used; i++) {
		uint8_t bytes[4];

		if (!in_page(&table[i], page_of(gpa)) ||
		    be32_load(real(memory_behind(table[i].gpa))) != table[i].now)
			continue;	/* elsewhere, or overwritten from its own page */
		be32_store(bytes, table[i].was);
		for (uint64_t b = 0; b < 4; b++)
			if (table[i].gpa + b >= gpa && table[i].gpa + b < gpa + size)
				((uint8_t *)to)[table[i].gpa + b - gpa] = bytes[b];
	}
}

unsigned int exec_words(void)
{
	return used;
}

uint64_t exec_scans(void)
{
	return scans;
}
