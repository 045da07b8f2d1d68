// SPDX-License-Identifier: GPL-2.0-or-later
/* The NVRAM: formatted as SLOF does where it is empty, and never otherwise. */
#include <libfdt.h>
#include <sys/mman.h>

#include "boot/normal/nvram.h"
#include "lib/log.h"
#include "lib/rtas.h"
#include "tests/host/unit/test.h"

#define FETCH 0x2001
#define STORE 0x2002

static uint8_t nvram[1 << 20], tree[4096];
static uint32_t nvram_size, stores, fail_after;
static struct machine machine;

static int serve(uint32_t token, const uint32_t *args, uint32_t nargs, uint32_t *rets, uint32_t nrets)
{
	void *buffer = (void *)(uintptr_t)args[1];

	assert_true((token == FETCH || token == STORE) && nargs == 3 && nrets == 2);
	assert_true(args[0] + args[2] <= nvram_size);
	if (token == STORE && stores++ == fail_after)
		return RTAS_HARDWARE_ERROR;
	if (token == FETCH)
		memcpy(buffer, nvram + args[0], args[2]);
	else
		memcpy(nvram + args[0], buffer, args[2]);
	*rets = args[2];
	return RTAS_SUCCESS;
}

static void make_tree(bool node, bool tokens)
{
	int at;

	assert_int_equal(fdt_create(tree, sizeof(tree)), 0);
	assert_int_equal(fdt_finish_reservemap(tree), 0);
	assert_int_equal(fdt_begin_node(tree, "") | fdt_end_node(tree), 0);
	assert_int_equal(fdt_finish(tree), 0);
	assert_int_equal(fdt_open_into(tree, tree, sizeof(tree)), 0);
	at = fdt_add_subnode(tree, 0, "rtas");
	if (tokens) {
		fdt_setprop_u32(tree, at, "nvram-fetch", FETCH);
		fdt_setprop_u32(tree, at, "nvram-store", STORE);
	}
	at = fdt_add_subnode(tree, 0, "vdevice");
	if (node)
		fdt_setprop_u32(tree, fdt_add_subnode(tree, at, "nvram@71000000"), "#bytes", nvram_size);
}

static void run(uint32_t size, bool node, bool tokens)
{
	static void *low;

	if (!low)
		low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	assert_ptr_not_equal(low, MAP_FAILED);
	fake_reset();
	fake.rtas = serve;
	nvram_size = size;
	stores = 0;
	make_tree(node, tokens);
	machine.home.tree = tree;
	machine.home.scrap = low;
	dt_outline(&machine.outline, tree, sizeof(tree), DT_FULL);
	nvram_format(&machine);
}

/* What SLOF leaves at these places of 64 KiB, as a hexadecimal dump shows. */
static void test_duties_as_slof(void **state)
{
	static const struct {
		uint32_t at;
		const char *bytes;
	} heads[] = {
		{ 0, "\x51\x15\x02\x00ibm,CPU0log\0\x00\x40\0\0\0\0\0\x01" }, { 0x2000, "\x51\x94\x00\x80ibm,CPU1log\0\x00\x40\0\0\0\0\0\x01" },
		{ 0x2800, "\x70\xfc\x01\x00" "common\0\0\0\0\0\0\0\0\0\0\0\0\0\0" }, { 0x3800, "\x7f\xdd\x0c\x80" "free space\0\0\0\0\0\0\0\0\0\0" },
	};
	static uint8_t want[0x10000];

	(void)state;
	memset(nvram, 0, sizeof(nvram));
	run(0x10000, true, true);
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		memcpy(want + heads[i].at, heads[i].bytes, 24);
	assert_memory_equal(nvram, want, sizeof(want));
	run(0x10000, true, true);	/* again: it is not empty */
	assert_int_equal(stores, 0);
}

/* Other sizes: the rest is free, as far as a length goes. */
static void test_duties_sizes(void **state)
{
	(void)state;
	memset(nvram, 0, sizeof(nvram));
	run(0x4000, true, true);
	assert_memory_equal(nvram + 0x3800, "\x7f\xd1\x00\x80" "free space", 14);
	memset(nvram, 0, sizeof(nvram));
	run(1 << 20, true, true);
	assert_memory_equal(nvram + 0x3802, "\xfc\x80", 2);
	memset(nvram, 0, sizeof(nvram));
	run(0x3ff0, true, true);
	assert_int_equal(stores, 0);
}

static void test_duties_kept(void **state)
{
	(void)state;
	memset(nvram, 0, sizeof(nvram));
	for (int i = 0; i < 24; i++) {
		nvram[i] = 1;
		run(0x10000, true, true);
		assert_int_equal(stores, 0);
		nvram[i] = 0;
	}
	run(0x10000, false, true);
	run(0x10000, true, false);
	assert_int_equal(stores, 0);
	assert_int_equal(nvram[0], 0);
}

/* RTAS refuses: said, and no more is tried. */
static void test_duties_refused(void **state)
{
	(void)state;
	memset(nvram, 0, sizeof(nvram));
	log_set_level(LOG_NOTICE);
	fail_after = 1;
	run(0x10000, true, true);
	fail_after = UINT32_MAX;
	assert_int_equal(stores, 2);
	assert_non_null(strstr(fake.console, "notice: NVRAM left as it is: RTAS -> -1"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_duties_as_slof), TEST(test_duties_sizes), TEST(test_duties_kept), TEST(test_duties_refused),
	};

	fail_after = UINT32_MAX;
	return RUN(tests);
}
