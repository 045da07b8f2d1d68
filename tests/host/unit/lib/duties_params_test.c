// SPDX-License-Identifier: GPL-2.0-or-later
/* Linux's own parameters: read as prom_init and the kernel read them, whatever is on the line. */
#include "lib/linux_params.h"
#include "tests/host/unit/test.h"

#define M (1UL << 20)

static struct linux_params params;

static void read_line(const char *line)
{
	char *exact = line ? strdup(line) : NULL;

	linux_params(&params, exact);
	free(exact);
}

static void test_nothing(void **state)
{
	static const char *const lines[] = { "", " ", "quiet", "radix", "xive", "xive=on", "iommu=", "svm=", "svm=x", "mem", "amem=1M" };

	(void)state;
	for (size_t i = 0; i <= sizeof(lines) / sizeof(lines[0]); i++) {
		read_line(i ? lines[i - 1] : NULL);
		assert_false(params.disable_radix || params.hcall_invalidate || params.xive_off || params.iommu_off);
		assert_false(params.svm || params.svm_off);
		assert_true(params.limit == UINT64_MAX);
	}
}

/* early_cmdline_parse(): the first, wherever it stands; what is neither yes nor no is no. */
static void test_radix(void **state)
{
	static const struct {
		const char *line;
		bool want;
	} cases[] = {
		{ "disable_radix", true }, { "a disable_radix b", true }, { "disable_radix=yes", true }, { "disable_radix=1", true },
		{ "disable_radix=on", true }, { "disable_radix=ON", true }, { "disable_radix=Y", true }, { "disable_radix=no", false },
		{ "disable_radix=0", false }, { "disable_radix=off", false }, { "disable_radix=OFF", false }, { "disable_radix=N", false },
		{ "disable_radix=", false }, { "disable_radix=o", false }, { "disable_radix=maybe", false }, { "disable_radixes", true },
		{ "nodisable_radix", true }, { "disable_radix=no disable_radix", false }, { "disable_radi", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i].line);
		read_line(cases[i].line);
		assert_int_equal(params.disable_radix, cases[i].want);
	}
}

static void test_others(void **state)
{
	(void)state;
	read_line("quiet radix_hcall_invalidate=on");
	assert_true(params.hcall_invalidate);
	read_line("radix_hcall_invalidate=off");
	assert_false(params.hcall_invalidate);
	read_line("xive=off");
	assert_true(params.xive_off && !params.disable_radix);
	read_line("iommu=off");
	assert_true(params.iommu_off);
	read_line("iommu=  off");
	assert_true(params.iommu_off);
	read_line("iommu=force iommu=off");
	assert_false(params.iommu_off);
	read_line("svm=on");
	assert_true(params.svm && !params.svm_off);
	read_line("svm=0");
	assert_true(!params.svm && params.svm_off);
}

/* A word of its own, the last of which counts; cut to whole 16 MiB. */
static void test_limit(void **state)
{
	static const struct {
		const char *line;
		uint64_t want;
	} cases[] = {
		{ "mem=512M", 512 * M }, { "mem=1g", 1024 * M }, { "mem=0x20000000", 512 * M }, { "mem=0X2A000000", 672 * M },
		{ "mem=1000M", 992 * M }, { "mem=01000M", 512 * M }, { "mem=1048576k", 1024 * M }, { "mem=1e", M << 40 },
		{ "mem=1G mem=256M", 256 * M }, { "mem=256M -- mem=1G", 256 * M }, { "mem=2T", M << 21 }, { "mem=0", UINT64_MAX },
		{ "mem=64K", 0 }, { "a=\"mem=1M mem=2M\" mem=32M", 32 * M }, { "quiet mem=3P", 3 * (M << 30) },
		{ "highmem=1M", UINT64_MAX }, { "mem=x", UINT64_MAX }, { "mem=", UINT64_MAX }, { "a=\"b mem=1M", UINT64_MAX },
		{ "mem=18446744073709551617", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i].line);
		read_line(cases[i].line);
		assert_true(params.limit == cases[i].want);
	}
}

/* What a kernel without an initrd needs: as a word of its own, with any value. */
static void test_root(void **state)
{
	static const struct {
		const char *line;
		bool want;
	} cases[] = {
		{ "root=/dev/vda", true }, { "quiet root=LABEL=x", true }, { "a  rdinit=/init b", true }, { "rdinit=", true },
		{ "root=", true }, { "", false }, { " ", false }, { "nfsroot=/x", false }, { "root", false }, { "rootfstype=ext4", false },
		{ "init=/bin/sh", false }, { "rdinit", false }, { "a=root=/dev/vda", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i].line);
		assert_int_equal(linux_has_root(cases[i].line), cases[i].want);
	}
	assert_false(linux_has_root(NULL));
}

/* Any line: an answer. */
static void test_random(void **state)
{
	static const char *const parts[] = {
		"disable_radix", "=", "no", "mem=", "0x", "18446744073709551615", "64", "M", "e", "iommu=", "off", " ", "\"", "--", "svm=", "o", "radix_hcall_invalidate=on", "xive=", "\xff", "\x01",
	};
	uint64_t seed = 17;

	(void)state;
	for (int turn = 0; turn < 100000; turn++) {
		char line[1024] = "";

		for (uint64_t n = draw(&seed) % 16; n; n--)
			strcat(line, parts[draw(&seed) % (sizeof(parts) / sizeof(parts[0]))]);
		read_line(line);
		assert_false(params.svm && params.svm_off);
		assert_true(params.limit == UINT64_MAX || params.limit % (16 * M) == 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_nothing), TEST(test_radix), TEST(test_others), TEST(test_limit), TEST(test_root), TEST(test_random),
	};

	return RUN(tests);
}
