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
#include "ultravisor/radix.h"
#include "ultravisor/smp.h"
#include "ultravisor/vcpu.h"

/* Words as loaded big-endian. RT of mfmsr: instruction bits 6..10. */
#define MFMSR	     0x7c0000a6
#define MFMSR_MASK   0xfc1fffff
#define RT_SHIFT     21
/* Primary opcode 22 is reserved; QEMU takes it as illegal on every CPU model. */
#define FOR_MFMSR    0x58005001
#define FOR_SC2	     0x58005002

/* A kernel holds about 80 such words, of which few lie in executed pages at a time. */
#define WORDS_MOST   4096

static struct word {
	uint64_t gpa;
	uint32_t was, now;
} words[WORDS_MOST];
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

/* What the word becomes; 0: stays. */
static uint32_t replacement(uint32_t word)
{
	uint32_t turned = __builtin_bswap32(word);

	if (word == INSN_SC_2)
		return FOR_SC2;
	if (turned == INSN_SC_2)
		return __builtin_bswap32(FOR_SC2);
	if (!machine.secure)
		return 0;
	if ((word & MFMSR_MASK) == MFMSR)
		return FOR_MFMSR | (word & ~MFMSR_MASK);
	if ((turned & MFMSR_MASK) == MFMSR)
		return __builtin_bswap32(FOR_MFMSR | (turned & ~MFMSR_MASK));
	return 0;
}

static bool replace(uint64_t gpa, uint8_t *at)
{
	uint32_t word = be32_load(at), now = replacement(word);

	if (!now)
		return true;
	if (used == WORDS_MOST)
		return false;
	words[used++] = (struct word){ gpa, word, now };
	be32_store(at, now);
	cache_sync(at, sizeof(now));
	return true;
}

static bool scan(uint64_t page)
{
	uint8_t *at = real(memory_behind(page));

	scans++;
	for (uint64_t i = 0; i < SMALL_PAGE; i += 4)
		if (!replace(page + i, at + i))
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
		if (in_page(&words[i], page))
			return true;
	return false;
}

/* Forget the words of a page, putting them back where they are still ours. */
static void put_back(uint64_t page)
{
	for (unsigned int i = 0; i < used;) {
		uint8_t *at;

		if (!in_page(&words[i], page)) {
			i++;
			continue;
		}
		at = real(memory_behind(words[i].gpa));
		if (be32_load(at) == words[i].now) {
			be32_store(at, words[i].was);
			cache_sync(at, 4);
		}
		words[i] = words[--used];
	}
}

/* Forget words of a page that somebody has overwritten. */
static void prune(uint64_t page)
{
	for (unsigned int i = 0; i < used;)
		if (in_page(&words[i], page) &&
		    be32_load(real(memory_behind(words[i].gpa))) != words[i].now)
			words[i] = words[--used];
		else
			i++;
}

static void make_executable(uint64_t page)
{
	if (!scan(page))
		uv_fail(E_UV_TABLE_FULL, "over %d replaced instructions", WORDS_MOST);
	set_rights(page, has_words(page) ? PTE_X : PTE_R | PTE_X);
}

void exec_fetch(uint64_t gpa)
{
	uint64_t page = page_of(gpa), *leaf = radix_leaf(page, false);

	if (*leaf & PTE_X)
		return;		/* another CPU was faster; it may run there by now */
	prune(page);
	make_executable(page);
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
		put_back(page_of(words[0].gpa));
}

void exec_own_store(struct vcpu *vcpu, uint64_t gpa)
{
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
		make_executable(page);
	}
	smp_unlock();
}

static const struct word *find(uint64_t gpa)
{
	for (unsigned int i = 0; i < used; i++)
		if (words[i].gpa == gpa)
			return &words[i];
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
	*rt = (insn >> RT_SHIFT) & 31;
	return insn == INSN_SC_2 ? EXEC_SC2 : EXEC_MFMSR;
}

void exec_restore(uint64_t gpa, void *to, uint64_t size)
{
	for (unsigned int i = 0; i < used; i++) {
		uint8_t bytes[4];

		if (!in_page(&words[i], page_of(gpa)))
			continue;
		be32_store(bytes, words[i].was);
		for (uint64_t b = 0; b < 4; b++)
			if (words[i].gpa + b >= gpa && words[i].gpa + b < gpa + size)
				((uint8_t *)to)[words[i].gpa + b - gpa] = bytes[b];
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
