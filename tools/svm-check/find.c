// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "tools/svm-check/check.h"
#include "ultravisor/msr.h"

#define PAGE  4096	/* the ultravisor's; Linux is linked and loaded at multiples of it */
#define REACH 64	/* instructions in which a test is looked for */

#define PRIMARY(insn) ((insn) >> 26)
#define FIELD_T(insn) ((insn) >> 21 & 31)
#define FIELD_A(insn) ((insn) >> 16 & 31)
#define FIELD_B(insn) ((insn) >> 11 & 31)

static const char WHY_PAGE[] = "the test lies in the next 4 KiB page";
static const char WHY_FAR[] = "more than 5 instructions lie between";
static const char WHY_BETWEEN[] = "a branch, or an instruction that is not known, lies between";
static const char WHY_LIVES[] = "the value is used besides, or the test leaves it in its register";

static uint32_t word_at(const uint8_t *at, bool little)
{
	uint32_t first = at[little ? 3 : 0], second = at[little ? 2 : 1];

	return first << 24 | second << 16 | (uint32_t)at[little ? 1 : 2] << 8 | at[little ? 0 : 3];
}

/* Is what lies behind the instruction not what is executed after it? b without link, bclr, bcctr, rfid always */
static bool leaves(uint32_t insn)
{
	bool always = (FIELD_T(insn) & 0x14) == 0x14;
	uint32_t extended = insn >> 1 & 0x3ff;

	switch (PRIMARY(insn)) {
	case 18:
		return !(insn & 1);
	case 16:
		return always && !(insn & 1);
	case 19:
		return extended == 18 || extended == 274 || ((extended == 16 || extended == 528) && always && !(insn & 1));
	}
	return false;
}

/* Registers that a called function may change: ELF V2 ABI 2.2.2.1 */
static uint32_t after_call(uint32_t holds, uint32_t insn)
{
	bool call = (PRIMARY(insn) == 18 || PRIMARY(insn) == 16 || PRIMARY(insn) == 19) && (insn & 1);

	return call ? holds & 0xffffc000 : holds;
}

/*
 * Which instruction behind an mfmsr tests S: one that keeps this bit alone of a register that holds
 * the value. Follows mr, falls through conditional branches. Returns its index, or -1.
 */
static int reaches_test(uint32_t mfmsr, const uint32_t *next, int count)
{
	uint32_t holds = 1U << FIELD_T(mfmsr), reads, writes, to;
	bool s, others;

	for (int i = 0; i < count && holds && !leaves(next[i]); i++) {
		for (uint32_t r = 0; r < 32; r++)
			if ((holds >> r & 1) && msr_picks(next[i], r, &to, &s, &others) && s && !others)
				return i;
		holds = after_call(holds, next[i]);
		if (!insn_registers(next[i], &reads, &writes))
			continue;
		if ((next[i] & 0xfc0007fe) == 0x7c000378 && FIELD_T(next[i]) == FIELD_B(next[i]) &&
		    (holds >> FIELD_T(next[i]) & 1))
			holds |= 1U << FIELD_A(next[i]);	/* mr */
		else
			holds &= ~writes;
	}
	return -1;
}

static const char *why_not(uint32_t mfmsr, const uint32_t *next, int test)
{
	uint32_t reads, writes, rt = 1U << FIELD_T(mfmsr);

	for (int i = 0; i < test; i++) {
		if (!insn_registers(next[i], &reads, &writes))
			return WHY_BETWEEN;
		if (reads & rt)
			return WHY_LIVES;
	}
	return test >= MSR_WINDOW ? WHY_FAR : WHY_LIVES;
}

static void classify(struct use *use, const uint8_t *at, uint64_t left, bool little)
{
	static const int uses[] = { [MSR_SEEN] = USE_TRAP, [MSR_TESTS_S] = USE_LIS, [MSR_IGNORES_S] = USE_RAW };
	unsigned int in_page = (unsigned int)((PAGE - use->address % PAGE) / 4 - 1), count;
	uint32_t next[REACH], mfmsr = word_at(at, little);
	int test;

	for (count = 0; count < REACH && 4 * (count + 2) <= left; count++)
		next[count] = word_at(at + 4 * (count + 1), little);
	use->use = uses[msr_use(mfmsr, next, in_page < count ? in_page : count)];
	test = reaches_test(mfmsr, next, (int)count);
	if (test >= 0) {
		use->test = use->address + 4 * ((uint64_t)test + 1);
		use->recognised = msr_use(mfmsr, next, count) == MSR_TESTS_S;
		if (use->use != USE_LIS)
			use->why = use->recognised ? WHY_PAGE : why_not(mfmsr, next, test);
	}
}

size_t find(const struct image *image, struct use **uses)
{
	size_t count = 0, room = 0;

	for (size_t i = 0; i < image->texts; i++) {
		const struct section *text = &image->text[i];

		for (uint64_t at = 0; at + 4 <= text->size; at += 4) {
			bool turned = insn_is_mfmsr(word_at(text->bytes + at, !image->little));

			if (!turned && !insn_is_mfmsr(word_at(text->bytes + at, image->little)))
				continue;
			if (count == room)
				*uses = realloc(*uses, (room = 2 * room + 64) * sizeof(**uses));
			if (!*uses)
				die("out of memory");
			(*uses)[count] = (struct use){ .address = text->address + at, .turned = turned };
			classify(&(*uses)[count++], text->bytes + at, text->size - at, image->little != turned);
		}
	}
	return count;
}
