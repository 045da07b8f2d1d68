// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/options.h"

#include "lib/fail.h"
#include "tests/host/unit/test.h"

static struct options options;

static void good(const char *line)
{
	assert_int_equal(options_parse(&options, line), 0);
}

static void test_defaults(void **state)
{
	static const char *const lines[] = {
		"", " ", "console=hvc0 quiet", "\n", "pefboot", "pefboot.", "xpefboot.log=debug",
		"a pefboot=1 --- b", "pefbooting.log=debug",
	};

	(void)state;
	for (size_t i = 0; i <= sizeof(lines) / sizeof(lines[0]); i++) {
		good(i ? lines[i - 1] : NULL);
		assert_int_equal(options.log, LOG_NOTICE);
		assert_int_equal(options.secure, SECURE_AUTO);
		assert_int_equal(options.pool_size, 64 << 20);
		assert_true(options.cas && options.mmu == CAS_ANY && options.irq == CAS_ANY);
		assert_false(options.hold || options.any_kernel || options.dma_pool || options.pool_force);
	}
}

/* Each word, among others and at both ends; the last one counts. */
static void test_words(void **state)
{
	(void)state;
	good("pefboot.log=debug");
	assert_int_equal(options.log, LOG_INFO);	/* the same */
	good("a pefboot.log=error b");
	assert_int_equal(options.log, LOG_ERROR);
	good("pefboot.log=error pefboot.log=info");
	assert_int_equal(options.log, LOG_INFO);
	good("pefboot.log=notice");
	assert_int_equal(options.log, LOG_NOTICE);
	good("x=y pefboot.secure=required");
	assert_int_equal(options.secure, SECURE_REQUIRED);
	good("pefboot.secure=off\npefboot.fail=hold");
	assert_int_equal(options.secure, SECURE_OFF);
	assert_true(options.hold);
	good("pefboot.fail=off pefboot.secure=auto");
	assert_false(options.hold);
	good("pefboot.kernel=any pefboot.dma=pool");
	assert_true(options.any_kernel && options.dma_pool);
	good("pefboot.kernel=any pefboot.kernel=marked pefboot.dma=pool pefboot.dma=auto");
	assert_false(options.any_kernel || options.dma_pool);
	good("pefboot.cas=off");
	assert_false(options.cas);
	good("pefboot.cas=hash,xics");
	assert_true(options.cas && options.mmu == CAS_OLD && options.irq == CAS_OLD);
	good("pefboot.cas=radix,xics");
	assert_true(options.mmu == CAS_NEW && options.irq == CAS_OLD);
	good("pefboot.cas=hash,radix");
	assert_true(options.mmu == CAS_OLD && options.irq == CAS_ANY);
	good("pefboot.cas=xive");
	assert_true(options.mmu == CAS_ANY && options.irq == CAS_NEW);
	good("disable_radix");
	assert_true(options.params.disable_radix && options.mmu == CAS_ANY);
}

static void test_disk_timeout_hints(void **state)
{
	static const char *const bad[] = { "", "0", "604801", "5s", "-1", "4294967297", "1 pefboot.disk-timeout=x" };
	char line[64];

	(void)state;
	good("");
	assert_int_equal(options.disk_timeout, 0);
	good("pefboot.disk-timeout=1 quiet");
	assert_int_equal(options.disk_timeout, 1);
	good("quiet pefboot.disk-timeout=604800");
	assert_int_equal(options.disk_timeout, 604800);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(line, sizeof(line), "pefboot.disk-timeout=%s", bad[i]);
		assert_int_equal(options_parse(&options, line), E_OPTION);
	}
}

/* Those that a loader Linux reads: they have a value, and that is all that pefboot asks. */
static void test_loader(void **state)
{
	(void)state;
	good("pefboot.entry=6.12.1-pefboot pefboot.menu=5 pefboot.fallback=off");
	assert_int_equal(options_parse(&options, "pefboot.entry="), E_OPTION);
	assert_int_equal(options_parse(&options, "pefboot.menus=1"), E_OPTION);
}

static void test_pool(void **state)
{
	(void)state;
	good("pefboot.pool=32M");
	assert_int_equal(options.pool_size, 32 << 20);
	assert_false(options.pool_force);
	good("pefboot.pool=1G");
	assert_int_equal(options.pool_size, 1 << 30);
	good("pefboot.pool=1024K,force");
	assert_int_equal(options.pool_size, 1 << 20);
	assert_true(options.pool_force);
}

static void test_devices(void **state)
{
	char line[64] = "pefboot.devices=";

	(void)state;
	good("pefboot.devices=8086:100e");
	assert_int_equal(options.devices, 1);
	assert_int_equal(options.device[0].vendor, 0x8086);
	assert_int_equal(options.device[0].device, 0x100e);
	/* short numbers; the last list counts */
	good("pefboot.devices=1:2,3:4,5:6 a pefboot.devices=1b36:d,ffff:0");
	assert_int_equal(options.devices, 2);
	assert_int_equal(options.device[0].vendor, 0x1b36);
	assert_int_equal(options.device[0].device, 0xd);
	assert_int_equal(options.device[1].vendor, 0xffff);
	assert_int_equal(options.device[1].device, 0);
	for (int i = 0; i < OPTION_DEVICES_MAX; i++)
		strcat(line, i ? ",1:2" : "1:2");
	good(line);
	assert_int_equal(options.devices, OPTION_DEVICES_MAX);
	strcat(line, ",1:2");
	assert_int_equal(options_parse(&options, line), E_OPTION);
	good("");
	assert_int_equal(options.devices, 0);
}

/* A policy that is misspelt must not pass in silence. */
static void test_bad(void **state)
{
	static const char *const lines[] = {
		"pefboot.secure=yes", "pefboot.secure=", "pefboot.secure", "pefboot.Secure=off",
		"pefboot.secure=offf", "pefboot.log=loud", "pefboot.log=", "pefboot.fail=stay",
		"pefboot.cas=", "pefboot.cas=hash,", "pefboot.cas=,hash", "pefboot.cas=radix,,xive",
		"pefboot.cas=has", "pefboot.cas=hashxics", "pefboot.kernel=all", "pefboot.dma=yes",
		"pefboot.pool=", "pefboot.pool=x", "pefboot.pool=-1M", "pefboot.pool=64MB",
		"pefboot.pool=64M,", "pefboot.pool=64M,force,force", "pefboot.pool=64M,forced",
		"pefboot.pool=99999999999999999999G", "pefboot.pool=18446744073709551616",
		"pefboot.pool=17179869185G", "pefboot.pool=4097M", "pefboot.pool=0",
		"pefboot.devices=", "pefboot.devices=8086", "pefboot.devices=8086:", "pefboot.devices=:100e",
		"pefboot.devices=8086:100e,", "pefboot.devices=,8086:100e", "pefboot.devices=8086:100e:1",
		"pefboot.devices=18086:100e", "pefboot.devices=8086:1100e", "pefboot.devices=8086:100g", "pefboot.devices=8086:100E",
		"pefboot.devices=0x8086:100e", "pefboot.devices=8086-100e", "pefboot.devices=8086:100e;1:1",
		"pefboot.unknown=1", "pefboot.=1", "ok pefboot.x",
		"pefboot.log=info-and-then-so-many-more-letters-that-it-does-not-fit-any-more-at-all",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		print_message("%s\n", lines[i]);
		assert_int_equal(options_parse(&options, lines[i]), E_OPTION);
		assert_non_null(strstr(error_text(), "pefboot."));
	}
}

/* The word that is wrong is named, and what came before it counts. */
static void test_named(void **state)
{
	(void)state;
	assert_int_equal(options_parse(&options, "pefboot.log=info pefboot.dma=x pefboot.log=debug"), E_OPTION);
	assert_string_equal(error_text(), "\"pefboot.dma=x\"");
	assert_int_equal(options.log, LOG_INFO);
	assert_int_equal(options_parse(&options, "pefboot.dma=\"\t\x80\\"), E_OPTION);
	assert_string_equal(error_text(), "\"pefboot.dma=\\\"\\x09\\x80\\\\\"");
}

/* Any line: an answer. */
static void test_random(void **state)
{
	static const char *const parts[] = {
		"pefboot.", "devices=", "1af4:", "log=", "cas=", "pool=", "secure=", "hash", ",", "64", "M", " ", "\n", "off", "=",
		"\x01", "\xff", "x", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	};
	uint64_t seed = 10;

	(void)state;
	for (int turn = 0; turn < 50000; turn++) {
		char line[1024] = "", *exact;
		int rc;

		for (uint64_t n = draw(&seed) % 12; n; n--)
			strcat(line, parts[draw(&seed) % (sizeof(parts) / sizeof(parts[0]))]);
		exact = strdup(line);
		rc = options_parse(&options, exact);
		assert_true(rc == 0 || rc == E_OPTION);
		free(exact);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_defaults), TEST(test_words), TEST(test_pool), TEST(test_devices), TEST(test_bad), TEST(test_named),
		TEST(test_random), TEST(test_disk_timeout_hints), TEST(test_loader),
	};

	return RUN(tests);
}
