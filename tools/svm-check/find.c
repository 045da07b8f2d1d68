// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "abi/power.h"
#include "lib/endian.h"
#include "tools/svm-check/check.h"
#include "ultravisor/text/msr.h"

#define PAGE  4096	/* the ultravisor's; Linux is linked and loaded at multiples of it */
#define REACH 64	/* instructions in which a test is looked for */

static const char WHY_PAGE[] = "what it depends on lies in two pages of 4 KiB";

/* Why a value may be used as a whole: by enum msr_fate of its other bits */
static const char *const why_seen[] = {
	[MSR_USED] = "the value is used besides",
	[MSR_UNKNOWN] = "the value still lives at a call, a return, a nop or an instruction that "
			"is not known",
	[MSR_FAR] = "the value lives for more instructions or branches than are looked at",
};

/*
 * Is what follows the instruction not what is executed after it? b without link, bclr, bcctr, rfid
 * always
 */
static bool leaves_text(uint32_t insn)
{
	bool always = (INSN_T(insn) & 0x14) == 0x14;
	uint32_t extended = insn >> 1 & 0x3ff;

	switch (INSN_PRIMARY(insn)) {
	case 18:
		return !(insn & 1);
	case 16:
		return always && !(insn & 1);
	case 19:
		return extended == 18 || extended == 274 ||
		       ((extended == 16 || extended == 528) && always && !(insn & 1));
	}
	return false;
}

/* Registers that a called function may change: ELF V2 ABI 2.2.2.1 */
static void drop_volatile(uint32_t insn, uint64_t may[32])
{
	bool call = (INSN_PRIMARY(insn) == 18 || INSN_PRIMARY(insn) == 16 ||
		     INSN_PRIMARY(insn) == 19) &&
		    (insn & 1);

	if (call)
		memset(may, 0, 14 * sizeof(*may));
}

/*
 * Which instruction after an mfmsr tests S: one that leaves, in a register, this bit of the value
 * alone. Falls through conditional branches, and goes on where the value is used besides. Returns
 * its index, or 0.
 */
static uint32_t reaches_test(const struct msr_text *text, uint32_t index)
{
	uint32_t rt = INSN_T(msr_insn(text, index)), insn;
	uint64_t s[32] = { 0 }, others[32] = { 0 };
	bool used;

	s[rt] = MSR_S;
	others[rt] = ~MSR_S;
	for (uint32_t i = index + 1; i < text->count && i <= index + REACH; i++) {
		insn = msr_insn(text, i);
		if (leaves_text(insn))
			break;
		drop_volatile(insn, s);
		drop_volatile(insn, others);
		if (!msr_step(insn, s, &used) || !msr_step(insn, others, &used))
			continue;
		for (int r = 0; r < 32; r++)
			if (s[r] && !others[r])
				return i;
	}
	return 0;
}

static void classify_use(struct use *use, const struct section *section, uint64_t offset,
			 bool little)
{
	static const int uses[] = {
		[MSR_SEEN] = USE_TRAP, [MSR_TESTS_S] = USE_LIS, [MSR_IGNORES_S] = USE_RAW
	};
	const struct msr_text all = { section->bytes, (uint32_t)(section->size / 4), little };
	uint32_t index = (uint32_t)(offset / 4), in_page = (uint32_t)(use->address % PAGE / 4);
	uint32_t before = in_page < index ? in_page : index, left = PAGE / 4 - in_page + before;
	struct msr_text page = { section->bytes + offset - 4UL * before, all.count - index + before,
				 little };
	uint32_t test = reaches_test(&all, index);

	if (page.count > left)
		page.count = left;
	use->use = uses[msr_use(&page, before)];
	if (!test)
		return;
	use->test = section->address + 4UL * test;
	use->recognised = msr_use(&all, index) != MSR_SEEN;
	if (use->use == USE_TRAP)
		use->why = use->recognised ? WHY_PAGE : why_seen[msr_fate(&all, index, ~MSR_S)];
}

size_t find(const struct image *image, struct use **uses)
{
	size_t count = 0, room = 0;

	for (size_t i = 0; i < image->texts; i++) {
		const struct section *text = &image->text[i];

		for (uint64_t at = 0; at + 4 <= text->size; at += 4) {
			bool turned = insn_is_mfmsr(u32_load(text->bytes + at, !image->little));

			if (!turned && !insn_is_mfmsr(u32_load(text->bytes + at, image->little)))
				continue;
			if (count == room)
				*uses = realloc(*uses, (room = 2 * room + 64) * sizeof(**uses));
			if (!*uses)
				die("out of memory");
			(*uses)[count] =
				(struct use){ .address = text->address + at, .turned = turned };
			classify_use(&(*uses)[count++], text, at, image->little != turned);
		}
	}
	return count;
}
