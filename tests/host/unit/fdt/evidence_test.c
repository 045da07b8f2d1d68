// SPDX-License-Identifier: GPL-2.0-or-later
/* docs/boot-log.md, "Evidence": one line each, at level info only. */
#include "fdt/evidence.h"

#include <libfdt.h>

#include "lib/log.h"
#include "tests/host/fake/tree.h"
#include "tests/host/unit/test.h"

static void *tree;

static int setup(void **state)
{
	static const uint8_t value[80] = { 0x12, [79] = 0xff };

	fresh(state);
	log_init("pefboot", 512000000);
	log_set_level(LOG_INFO);
	tree = tree_read("pseries", 4096);
	assert_int_equal(fdt_open_into(tree, tree, (int)fdt_totalsize(tree) + 4096), 0);
	assert_int_equal(fdt_setprop(tree, fdt_path_offset(tree, "/chosen"), "long", value, sizeof(value)), 0);
	assert_int_equal(fdt_setprop(tree, fdt_path_offset(tree, "/chosen"), "short", value, 3), 0);
	assert_int_equal(fdt_setprop(tree, fdt_path_offset(tree, "/chosen"), "empty", value, 0), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(tree);
	log_set_level(LOG_NOTICE);
	return 0;
}

static void says(const char *words)
{
	if (!strstr(fake.console, words))
		fail_msg("no \"%s\" in %s", words, fake.console);
}

static void test_properties(void **state)
{
	(void)state;
	evidence_tree(tree, "/chosen", "short");
	says("tree=set node=/chosen prop=short new=120000\r\n");
	evidence_tree(tree, "/chosen", "empty");
	says("tree=set node=/chosen prop=empty new=-\r\n");
	evidence_tree(tree, "/chosen", "long");
	says("... len=80\r\n");
	evidence_tree(tree, "/chosen", NULL);
	says("tree=add node=/chosen\r\n");
}

/* What is not there was not set; and nobody hears who did not ask. */
static void test_silent(void **state)
{
	(void)state;
	evidence_tree(tree, "/chosen", "missing");
	evidence_tree(tree, "/missing", "short");
	evidence_map("before", "nothing", (struct range){ 0x1000, 0x1000 }, "normal");
	log_set_level(LOG_NOTICE);
	evidence_tree(tree, "/chosen", "short");
	evidence_tree(tree, "/chosen", NULL);
	evidence_map("before", "kernel", (struct range){ 0x1000, 0x2000 }, "normal");
	assert_string_equal(fake.console, "");
}

static void test_maps(void **state)
{
	const struct ranges set = { 2, { { 0x1000, 0x3000 }, { 0x10000, 0x10001 } } };

	(void)state;
	evidence_map_all("after", "memory", &set, "private");
	says("map=after what=memory range=0x1000+0x2000 state=private\r\n");
	says("map=after what=memory range=0x10000+0x1 state=private\r\n");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = { CASE(test_properties), CASE(test_silent), CASE(test_maps) };

	return RUN(tests);
}
