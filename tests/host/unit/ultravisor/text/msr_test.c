// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ultravisor/msr against a slow model: two CPUs run the instructions behind an mfmsr, one with the whole
 * value, one with what the ultravisor would give it. They may differ in general registers only, and no longer
 * at the end.
 */
#include "ultravisor/text/msr.h"

#include "abi/power.h"
#include "lib/endian.h"
#include "tests/host/unit/test.h"

/* --- the model: one bit after the other, from the pages of Book I --- */

struct cpu {
	uint64_t gpr[32];
	uint64_t cr0;		/* what was last compared with 0, or of two registers */
	uint64_t stored;	/* a digest of all that was stored, and where */
};

/* Bits of an instruction, numbered as in the book */
static uint32_t bits(uint32_t insn, int from, int to)
{
	uint32_t value = 0;

	for (int bit = from; bit <= to; bit++)
		value = value << 1 | (insn >> (31 - bit) & 1);
	return value;
}

static uint64_t get_bit(uint64_t value, unsigned int bit)
{
	return value >> (63 - bit) & 1;
}

/* Rotated left by n within the last @width bits, ANDed with the mask from mb to me, which may wrap */
static uint64_t rotated(uint64_t value, unsigned int width, unsigned int n, unsigned int mb, unsigned int me)
{
	uint64_t result = 0;

	for (unsigned int i = 0; i < 64; i++) {
		unsigned int first = width == 32 ? i / 32 * 32 : 0;
		unsigned int source = width == 32 ? 32 + (i - first + n) % 32 : (i + n) % 64;
		bool kept = mb <= me ? i >= mb && i <= me : i >= mb || i <= me;

		if (kept && get_bit(value, source))
			result |= 1UL << (63 - i);
	}
	return result;
}

static unsigned int leading_zeros(uint64_t value, unsigned int from)
{
	unsigned int bit = from;

	while (bit < 64 && !get_bit(value, bit))
		bit++;
	return bit - from;
}

static uint64_t loaded(uint64_t address)
{
	return address * 0x9e3779b97f4a7c15UL ^ address >> 7;
}

static void store(struct cpu *cpu, uint64_t address, uint64_t value)
{
	cpu->stored = (cpu->stored ^ address) * 31 + value;
}

/* False: not in the model. */
static bool step(struct cpu *cpu, uint32_t insn)
{
	uint64_t *g = cpu->gpr;
	uint32_t t = bits(insn, 6, 10), a = bits(insn, 11, 15), b = bits(insn, 16, 20);
	uint64_t ui = bits(insn, 16, 31), si = (uint64_t)(int64_t)(int16_t)ui, base = a ? g[a] : 0;
	bool rc = bits(insn, 31, 31);

	switch (bits(insn, 0, 5)) {
	case 14: g[t] = base + si; return true;
	case 15: g[t] = base + (si << 16); return true;
	case 32: g[t] = loaded(base + si) & 0xffffffff; return true;
	case 34: g[t] = loaded(base + si) & 0xff; return true;
	case 40: g[t] = loaded(base + si) & 0xffff; return true;
	case 42: g[t] = (uint64_t)(int64_t)(int16_t)loaded(base + si); return true;
	case 36: case 38: case 44: store(cpu, base + si, g[t]); return true;
	case 62:
		store(cpu, base + (si & ~3UL), g[t]);
		return bits(insn, 30, 31) == 0;
	case 58:
		g[t] = loaded(base + (si & ~3UL));
		return bits(insn, 30, 31) == 0 || bits(insn, 30, 31) == 2;
	case 10: cpu->cr0 = g[a] - ui; return true;
	case 11: cpu->cr0 = g[a] - si; return true;
	case 24: g[a] = g[t] | ui; return insn != 0x60000000;
	case 25: g[a] = g[t] | ui << 16; return true;
	case 26: g[a] = g[t] ^ ui; return true;
	case 27: g[a] = g[t] ^ ui << 16; return true;
	case 28: cpu->cr0 = g[a] = g[t] & ui; return true;
	case 29: cpu->cr0 = g[a] = g[t] & ui << 16; return true;
	case 21:
		g[a] = rotated(g[t], 32, b, bits(insn, 21, 25) + 32, bits(insn, 26, 30) + 32);
		cpu->cr0 = rc ? g[a] : cpu->cr0;
		return true;
	case 30: {
		uint32_t n = b + 32 * bits(insn, 30, 30), m = bits(insn, 21, 25) + 32 * bits(insn, 26, 26);

		switch (bits(insn, 27, 29)) {
		case 0: g[a] = rotated(g[t], 64, n, m, 63); break;
		case 1: g[a] = rotated(g[t], 64, n, 0, m); break;
		case 2: g[a] = rotated(g[t], 64, n, m, 63 - n); break;
		default: return false;
		}
		cpu->cr0 = rc ? g[a] : cpu->cr0;
		return true;
	}
	case 31:
		switch (bits(insn, 21, 30)) {
		case 0: case 32: cpu->cr0 = g[a] - g[b]; return true;
		case 21: case 23: case 87: case 279: g[t] = loaded(base + g[b]); return true;
		case 24: g[a] = (g[b] & 63) < 32 ? g[t] << (g[b] & 31) & 0xffffffff : 0; break;
		case 26: g[a] = leading_zeros(g[t], 32); break;
		case 27: g[a] = (g[b] & 127) < 64 ? g[t] << (g[b] & 63) : 0; break;
		case 28: g[a] = g[t] & g[b]; break;
		case 58: g[a] = leading_zeros(g[t], 0); break;
		case 60: g[a] = g[t] & ~g[b]; break;
		case 316: g[a] = g[t] ^ g[b]; break;
		case 444: g[a] = g[t] | g[b]; break;
		case 536: g[a] = (g[b] & 63) < 32 ? (g[t] & 0xffffffff) >> (g[b] & 31) : 0; break;
		case 539: g[a] = (g[b] & 127) < 64 ? g[t] >> (g[b] & 63) : 0; break;
		case 986: g[a] = (uint64_t)(int64_t)(int32_t)g[t]; break;
		case 233: cpu->cr0 = rc ? g[a] * g[b] : cpu->cr0; g[t] = g[a] * g[b]; return true;
		case 40: cpu->cr0 = rc ? g[b] - g[a] : cpu->cr0; g[t] = g[b] - g[a]; return true;
		case 266: cpu->cr0 = rc ? g[a] + g[b] : cpu->cr0; g[t] = g[a] + g[b]; return true;
		case 83: g[t] = 0x123456789abcdefUL; return bits(insn, 11, 20) == 0 && !rc;
		default: return false;
		}
		cpu->cr0 = rc ? g[a] : cpu->cr0;
		return true;
	}
	return false;
}

#define NONE UINT32_MAX

/* Where a branch goes, or NONE: bc by chance, but for both CPUs alike if their cr0 is */
static uint32_t branch(const struct cpu *cpu, uint32_t insn, uint32_t at, uint64_t chance)
{
	int32_t by = bits(insn, 0, 5) == 16 ? (int16_t)(insn & 0xfffc) : (int32_t)((insn & 0x03fffffc) << 6) >> 6;

	if ((bits(insn, 0, 5) != 16 && bits(insn, 0, 5) != 18) || bits(insn, 30, 31))
		return NONE;
	return bits(insn, 0, 5) == 16 && ((cpu->cr0 ^ chance) & 1) ? at + 1 : at + (uint32_t)(by / 4);
}

/* Do both end up the same, with no difference on the way but in registers? */
static bool same_in_the_end(const struct msr_text *text, uint32_t rt, const struct cpu *start, uint64_t whole,
			    uint64_t given, uint64_t *seed)
{
	struct cpu one = *start, other = *start;

	one.gpr[rt] = whole;
	other.gpr[rt] = given;
	for (uint32_t at = 1, steps = 0; memcmp(&one, &other, sizeof(one)); steps++) {
		uint64_t chance = draw(seed);
		uint32_t insn, to;

		if (at >= text->count || steps == MSR_STEPS)
			return false;
		insn = msr_insn(text, at);
		to = branch(&one, insn, at, chance);
		if (to != branch(&other, insn, at, chance) ||
		    (to == NONE && (!step(&one, insn) || !step(&other, insn))) ||
		    one.cr0 != other.cr0 || one.stored != other.stored)
			return false;
		at = to == NONE ? at + 1 : to;
	}
	return true;
}

#define WINDOW 12

/* @words: from the mfmsr on */
static void check_window(const uint32_t *words, uint32_t count, uint64_t *seed, unsigned int seen[3])
{
	static const uint64_t others[] = { 0, ~0UL, MSR_SF | MSR_ME, ~MSR_S };
	bool little = count % 2;
	uint32_t rt = INSN_T(words[0]);
	struct cpu start = { .cr0 = draw(seed), .stored = draw(seed) };
	uint8_t bytes[4 * WINDOW];
	const struct msr_text text = { bytes, count, little };
	enum msr_use use;

	for (uint32_t i = 0; i < count; i++)
		be32_store(bytes + 4 * i, little ? __builtin_bswap32(words[i]) : words[i]);
	use = msr_use(&text, 0);
	seen[use]++;
	for (int i = 0; i < 32; i++)
		start.gpr[i] = draw(seed);
	for (unsigned int i = 0; use != MSR_SEEN && i < 8; i++) {
		uint64_t whole = (i < 4 ? others[i] : draw(seed)) | MSR_S;
		uint64_t given = use == MSR_TESTS_S ? MSR_S : whole & ~MSR_S;

		if (!same_in_the_end(&text, rt, &start, whole, given, seed))
			fail_msg("use %d of r%u with 0x%lx: %08x %08x %08x %08x %08x %08x %08x %08x %08x %08x %08x (%u)", use, rt,
				 whole, words[1], words[2], words[3], words[4], words[5], words[6], words[7], words[8],
				 words[9], words[10], words[11], count);
	}
}

static uint32_t mfmsr(uint32_t rt)
{
	return INSN_MFMSR | rt << 21;
}

/* Words that often name few registers, pick MSR[S] or branch near by, and some that are anything. */
static uint32_t word(uint64_t *seed)
{
	static const uint8_t primary[] = { 10, 11, 14, 15, 21, 24, 25, 26, 27, 28, 29, 30, 32, 36, 58, 62 };
	static const uint16_t extended[] = { 0, 21, 24, 26, 27, 28, 32, 40, 58, 60, 83, 233, 266, 316, 444, 536, 539, 986 };
	static const uint32_t tests[] = { 0x71290000, 0x75290040, 0x792957e2, 0x552957fe, 0x5529025a, 0x79292fe2 };
	static const uint32_t branches[] = { 0x41820004, 0x41820008, 0x4082000c, 0x4182fffc, 0x48000008, 0x4200fff8 };
	uint32_t bare, few = (uint32_t)draw(seed) & 0x03ffffff;

	few = (few & ~0x03ff0000u) | (8 + (few >> 21 & 1)) << 21 | (8 + (few >> 16 & 1)) << 16;
	switch (draw(seed) % 16) {
	case 0: return (uint32_t)draw(seed);
	case 1: case 2: case 3: case 4:
		bare = tests[draw(seed) % 6];
		return bare ^ (draw(seed) % 4 ? 0 : 1u << draw(seed) % 32);
	case 5: case 6: return 31u << 26 | (few & ~0x7feu) | (uint32_t)extended[draw(seed) % 18] << 1;
	case 7: case 8: return branches[draw(seed) % 6];
	case 9: case 10: return 0x39200000 ^ (draw(seed) % 2 ? 0x00200000u : 0);	/* li r9, li r8: the end of a value */
	default: return (uint32_t)primary[draw(seed) % sizeof(primary)] << 26 | few;
	}
}

static void test_random_windows(void **state)
{
	const char *more = getenv("MSR_FUZZ_RUNS");
	uint64_t runs = more ? strtoull(more, NULL, 0) : 1000000, seed = 88172645463325252UL;
	unsigned int seen[3] = { 0 };

	(void)state;
	for (uint64_t run = 0; run < runs; run++) {
		uint32_t words[WINDOW];

		words[0] = mfmsr(run % 8 ? 9 : draw(&seed) % 32);
		for (int i = 1; i < WINDOW; i++)
			words[i] = word(&seed);
		check_window(words, 1 + draw(&seed) % WINDOW, &seed, seen);
	}
	for (int use = 0; use < 3; use++)
		assert_true(seen[use] > runs / 40);
}

/* Every single instruction of the formats that pick, with RT in both places */
static void test_all_picks(void **state)
{
	unsigned int seen[3] = { 0 };
	uint64_t seed = 1;

	(void)state;
	for (uint32_t low = 0; low < 0x10000; low++)
		for (uint32_t primary = 28; primary <= 31; primary++) {
			/* what is left of it ends in cr0, and the register is overwritten */
			uint32_t words[WINDOW] = { mfmsr(9), (primary == 31 ? 21 : primary) << 26 | 9 << 21 | 9 << 16 | low,
						   0x2c290000, 0x39200000 };

			check_window(words, 4, &seed, seen);
		}
	/* andis. 1; rldicl, rldicr with the bit anywhere, rlwinm 32 bits to both halves; each with Rc too */
	assert_int_equal(seen[MSR_TESTS_S], 1 + 2 * (1 + 1) + 2 * 32);
}

/* --- what compilers and Linux's assembly write --- */

/* mfmsr r9, and what follows; a blr ends it */
static void test_known(void **state)
{
	static const struct { enum msr_use use; uint32_t next[WINDOW]; } cases[] = {
		{ MSR_TESTS_S,	 { 0x75290040, 0x39200000 } },			/* andis. r9,r9,64 */
		{ MSR_TESTS_S,	 { 0x792957e2, 0x0b090000 } },			/* rldicl r9,r9,42,63; tdnei r9,0 */
		{ MSR_TESTS_S,	 { 0x552957fe } },				/* rlwinm r9,r9,10,31,31 */
		{ MSR_TESTS_S,	 { 0x3c82fff8, 0x792957e2 } },			/* addis r4,r2,-8 first */
		{ MSR_TESTS_S,	 { 0x39400000, 0x39600000, 0x39800000, 0xe8630000, 0x38600000, 0x75290040 } },
		{ MSR_TESTS_S,	 { 0x7863b282, 0x79290b24, 0x78631f24, 0x75290080, 0x41820008, 0x38600000 } },
		{ MSR_TESTS_S,	 { 0x7d254b78, 0x54a557fe, 0x39200000 } },	/* mr r5,r9; rlwinm r5; li r9,0 */
		{ MSR_TESTS_S,	 { 0x752a0040, 0x39200000 } },			/* andis. r10,r9,64; li r9,0 */
		{ MSR_TESTS_S,	 { 0x41820008, 0x75290040, 0x39200000 } },	/* beq over the test */
		{ MSR_SEEN,	 { 0x39400000, 0x4182fffc, 0x75290040 } },	/* round and round */
		{ MSR_TESTS_S,	 { 0x4800000c, 0xf9210000, 0x4e800020, 0x75290040 } },	/* b over a use */
		{ MSR_IGNORES_S, { 0x792927e1 } },				/* rldicl. r9,r9,4,63: HV */
		{ MSR_IGNORES_S, { 0x71290010 } },				/* andi. r9,r9,16: DR */
		{ MSR_IGNORES_S, { 0x552906b6 } },				/* rlwinm r9,r9,0,26,27 */
		{ MSR_IGNORES_S, { 0xe9230180 } },				/* ld r9,384(r3) */
		{ MSR_IGNORES_S, { 0x7d23202a } },				/* ldx r9,r3,r4 */
		{ MSR_IGNORES_S, { 0x7d2000a6 } },				/* mfmsr r9 again */
		{ MSR_IGNORES_S, { 0x65290040, 0xf9210000, 0x4e800020 } },	/* oris r9,r9,64: S is set anyway */
		{ MSR_SEEN,	 { 0x752a0040 } },				/* andis. r10,r9,64: r9 lives on */
		{ MSR_SEEN,	 { 0x752900c0, 0x39200000 } },			/* andis. r9,r9,192: S and another */
		{ MSR_SEEN,	 { 0x41820008, 0x75290040, 0xf9210000 } },	/* beq over the test, to a use */
		{ MSR_TESTS_S,	 { 0x4182fffc, 0x75290040, 0x39200000 } },	/* beq to the mfmsr: another value */
		{ MSR_SEEN,	 { 0x4182fff8, 0x75290040 } },			/* out of the text */
		{ MSR_SEEN,	 { 0x41820003, 0x75290040 } },			/* bcla */
		{ MSR_SEEN,	 { 0x48000005, 0x75290040 } },			/* bl */
		{ MSR_SEEN,	 { 0x60000000, 0x75290040 } },			/* nop */
		{ MSR_SEEN,	 { 0x4c00012c, 0x75290040 } },			/* isync */
		{ MSR_SEEN,	 { 0x04000000, 0x39400000 } },			/* a prefix */
		{ MSR_SEEN,	 { 0x7fe00008, 0x75290040 } },			/* trap */
		{ MSR_SEEN,	 { 0x91210010, 0x75290040 } },			/* stw r9,16(r1) */
		{ MSR_SEEN,	 { 0xf8490000, 0x75290040 } },			/* std r2,0(r9) */
		{ MSR_SEEN,	 { 0x2c290000, 0x39200000 } },			/* cmpdi r9,0 */
		{ MSR_SEEN,	 { 0x7d2a4b78, 0x75290040 } },			/* mr r10,r9 */
		{ MSR_SEEN,	 { 0x39290001, 0x75290040, 0x39200000 } },	/* addi r9,r9,1: carries */
		{ MSR_SEEN,	 { 0x44000002, 0x75290040 } },			/* sc */
		{ MSR_SEEN,	 { 0xf8010011, 0x75290040 } },			/* stdu r0,16(r1) */
		{ MSR_SEEN,	 { 0xe9290000 } },				/* ld r9,0(r9) */
		{ MSR_SEEN,	 { 0x79290fec } },				/* rldimi r9,r9,1,63 */
	};
	uint64_t seed = 3;
	unsigned int seen[3];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t words[WINDOW] = { mfmsr(9) };

		memcpy(words + 1, cases[i].next, sizeof(words) - 4);
		for (int at = WINDOW - 1; !words[at]; at--)
			words[at] = 0x4e800020;
		memset(seen, 0, sizeof(seen));
		check_window(words, WINDOW, &seed, seen);
		if (!seen[cases[i].use])
			fail_msg("case %zu is another", i);
	}
}

/* How far it looks: nothing behind the end of the text, and no further than it says. */
static void test_limits(void **state)
{
	uint8_t bytes[4 * 64];
	struct msr_text text = { bytes, 64, false };

	(void)state;
	for (int i = 0; i < 64; i++)
		be32_store(bytes + 4 * i, 0x39400000);
	be32_store(bytes, mfmsr(9));
	assert_int_equal(msr_fate(&text, 0, 1), MSR_FAR);
	be32_store(bytes + 4 * (MSR_STEPS + 1), 0x75290040);
	assert_int_equal(msr_use(&text, 0), MSR_SEEN);
	be32_store(bytes + 4 * MSR_STEPS, 0x75290040);
	assert_int_equal(msr_use(&text, 0), MSR_TESTS_S);
	text.count = MSR_STEPS;
	assert_int_equal(msr_fate(&text, 0, ~MSR_S), MSR_UNKNOWN);
	for (int i = 1; i <= MSR_BRANCHES + 1; i++) {
		be32_store(bytes + 4 * i, 0x48000004);
		be32_store(bytes + 4 * (i + 1), 0x75290040);
		assert_int_equal(msr_fate(&text, 0, ~MSR_S), i <= MSR_BRANCHES ? MSR_GONE : MSR_FAR);
	}
	/* each way has as many branches, but all of them together no more steps */
	for (int i = 1; i < MSR_STEPS; i++)
		be32_store(bytes + 4 * i, i % 4 ? 0x39400000 : 0x41820004);
	assert_int_equal(msr_fate(&text, 0, ~MSR_S), MSR_FAR);
	be32_store(bytes, mfmsr(9));
	be32_store(bytes + 4, 0xf9210000);
	assert_int_equal(msr_fate(&text, 0, ~MSR_S), MSR_USED);
}

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_known), TEST(test_limits), TEST(test_all_picks), TEST(test_random_windows) };

	return RUN(tests);
}
