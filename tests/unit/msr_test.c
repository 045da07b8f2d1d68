// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ultravisor/msr against a slow model: two CPUs run the instructions behind an mfmsr, one with the whole
 * value, one with what the ultravisor would give it. They may differ in RT only, and no longer at
 * the end.
 */
#include "ultravisor/msr.h"

#include "abi/power.h"
#include "tests/unit/test.h"

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
		case 28: g[a] = g[t] & g[b]; break;
		case 60: g[a] = g[t] & ~g[b]; break;
		case 316: g[a] = g[t] ^ g[b]; break;
		case 444: g[a] = g[t] | g[b]; break;
		case 986: g[a] = (uint64_t)(int64_t)(int32_t)g[t]; break;
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

/* Do both end up the same, with no difference on the way but in RT? */
static bool same_in_the_end(uint32_t rt, const uint32_t *next, unsigned int count, const struct cpu *start,
			    uint64_t whole, uint64_t given)
{
	struct cpu one = *start, other = *start;

	one.gpr[rt] = whole;
	other.gpr[rt] = given;
	for (unsigned int i = 0; i < count; i++) {
		uint64_t differs;

		if (!step(&one, next[i]) || !step(&other, next[i]))
			return false;
		differs = one.gpr[rt] ^ other.gpr[rt];
		other.gpr[rt] = one.gpr[rt];
		if (memcmp(&one, &other, sizeof(one)))
			return false;
		if (!differs)
			return true;
		other.gpr[rt] ^= differs;
	}
	return false;
}

static void check_window(uint32_t rt, const uint32_t *next, unsigned int count, uint64_t *seed, unsigned int seen[3])
{
	static const uint64_t others[] = { 0, ~0UL, MSR_SF | MSR_ME, ~MSR_S };
	enum msr_use use = msr_use(INSN_MFMSR | rt << INSN_RT_SHIFT, next, count);
	struct cpu start = { .cr0 = draw(seed), .stored = draw(seed) };

	seen[use]++;
	for (int i = 0; i < 32; i++)
		start.gpr[i] = draw(seed);
	for (unsigned int i = 0; use != MSR_SEEN && i < 5; i++) {
		uint64_t whole = (i < 4 ? others[i] : draw(seed)) | MSR_S;
		uint64_t given = use == MSR_TESTS_S ? MSR_S : whole & ~MSR_S;

		if (!same_in_the_end(rt, next, count, &start, whole, given))
			fail_msg("use %d of r%u with 0x%lx: %08x %08x %08x %08x %08x (%u)", use, rt, whole, next[0], next[1],
				 next[2], next[3], next[4], count);
	}
}

/* Words that often name few registers and pick MSR[S], and some that are anything. */
static uint32_t word(uint64_t *seed)
{
	static const uint8_t primary[] = { 10, 11, 14, 15, 21, 24, 28, 29, 30, 31, 32, 36, 58, 62 };
	static const uint16_t extended[] = { 0, 21, 28, 32, 40, 60, 83, 266, 444, 986 };
	static const uint32_t tests[] = { 0x71290000, 0x75290040, 0x792957e2, 0x552957fe, 0x5529025a, 0x79292fe2 };
	uint32_t bare, few = (uint32_t)draw(seed) & 0x03ffffff;

	few = (few & ~0x03ff0000u) | (8 + (few >> 21 & 1)) << 21 | (8 + (few >> 16 & 1)) << 16;
	switch (draw(seed) % 8) {
	case 0: return (uint32_t)draw(seed);
	case 1: case 2: bare = tests[draw(seed) % 6]; return bare ^ (draw(seed) % 4 ? 0 : 1u << draw(seed) % 32);
	case 3: return 31u << 26 | (few & ~0x7feu) | (uint32_t)extended[draw(seed) % 10] << 1;
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
		uint32_t next[MSR_WINDOW];

		for (int i = 0; i < MSR_WINDOW; i++)
			next[i] = word(&seed);
		check_window(run % 8 ? 9 : draw(&seed) % 32, next, draw(&seed) % (MSR_WINDOW + 1), &seed, seen);
	}
	for (int use = 0; use < 3; use++)
		assert_true(seen[use] > runs / 20);
}

/* Every single instruction of the formats that pick, with RT in both places */
static void test_all_picks(void **state)
{
	unsigned int seen[3] = { 0 };
	uint64_t seed = 1;

	(void)state;
	for (uint32_t low = 0; low < 0x10000; low++)
		for (uint32_t primary = 28; primary <= 31; primary++) {
			uint32_t next[MSR_WINDOW] = { (primary == 31 ? 21 : primary) << 26 | 9 << 21 | 9 << 16 | low };

			check_window(9, next, 1, &seed, seen);
		}
	/* andis. 1; rldicl, rldicr with the bit anywhere, rlwinm 32 bits to both halves; each with Rc too */
	assert_int_equal(seen[MSR_TESTS_S], 1 + 2 * (1 + 1) + 2 * 32);
}

/* --- what compilers and Linux's assembly write --- */

static void test_known(void **state)
{
	static const struct { enum msr_use use; uint32_t next[MSR_WINDOW]; } cases[] = {
		{ MSR_TESTS_S,	 { 0x75290040 } },				/* andis. r9,r9,64 */
		{ MSR_TESTS_S,	 { 0x792957e2 } },				/* rldicl r9,r9,42,63 */
		{ MSR_TESTS_S,	 { 0x552957fe } },				/* rlwinm r9,r9,10,31,31 */
		{ MSR_TESTS_S,	 { 0x3c82fff8, 0x792957e2 } },			/* addis r4,r2,-8 first */
		{ MSR_TESTS_S,	 { 0x39400000, 0x39600000, 0x39800000, 0xe8630000, 0x75290040 } },
		{ MSR_IGNORES_S, { 0x792927e1 } },				/* rldicl. r9,r9,4,63: HV */
		{ MSR_IGNORES_S, { 0x71290010 } },				/* andi. r9,r9,16: DR */
		{ MSR_IGNORES_S, { 0x552906b6 } },				/* rlwinm r9,r9,0,26,27 */
		{ MSR_IGNORES_S, { 0xe9230180 } },				/* ld r9,384(r3) */
		{ MSR_IGNORES_S, { 0x7d2000a6 } },				/* mfmsr r9 again */
		{ MSR_SEEN,	 { 0x39400000, 0x39600000, 0x39800000, 0xe8630000, 0x60420000 } },	/* too far */
		{ MSR_SEEN,	 { 0x752a0040 } },				/* andis. r10,r9,64: r9 lives on */
		{ MSR_SEEN,	 { 0x752900c0 } },				/* andis. r9,r9,192: S and another */
		{ MSR_SEEN,	 { 0x48000004, 0x75290040 } },			/* b .+4 */
		{ MSR_SEEN,	 { 0x60000000, 0x75290040 } },			/* nop */
		{ MSR_SEEN,	 { 0x4c00012c, 0x75290040 } },			/* isync */
		{ MSR_SEEN,	 { 0x04000000, 0x39400000 } },			/* a prefix */
		{ MSR_SEEN,	 { 0x7fe00008, 0x75290040 } },			/* trap */
		{ MSR_SEEN,	 { 0x91210010, 0x75290040 } },			/* stw r9,16(r1) */
		{ MSR_SEEN,	 { 0x7d2a4b78, 0x75290040 } },			/* mr r10,r9 */
		{ MSR_SEEN,	 { 0x44000002, 0x75290040 } },			/* sc */
		{ MSR_SEEN,	 { 0xf8010011, 0x75290040 } },			/* stdu r0,16(r1) */
		{ MSR_SEEN,	 { 0xe9290000 } },				/* ld r9,0(r9) */
		{ MSR_SEEN,	 { 0x79290fec } },				/* rldimi r9,r9,1,63 */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (msr_use(0x7d2000a6, cases[i].next, MSR_WINDOW) != cases[i].use)
			fail_msg("case %zu is %d", i, msr_use(0x7d2000a6, cases[i].next, MSR_WINDOW));
	/* nothing behind the end of the page counts */
	assert_int_equal(msr_use(0x7d2000a6, cases[0].next, 0), MSR_SEEN);
	assert_int_equal(msr_use(0x7d2000a6, cases[3].next, 1), MSR_SEEN);
	assert_int_equal(msr_use(0x7d2000a6, cases[3].next, 2), MSR_TESTS_S);
}

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_known), TEST(test_all_picks), TEST(test_random_windows) };

	return RUN(tests);
}
