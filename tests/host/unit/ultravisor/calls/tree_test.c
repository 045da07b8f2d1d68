// SPDX-License-Identifier: GPL-2.0-or-later
/* Trees that the guest gets to see or gives away: what is cut from them, and the two hypercalls that carry them. */
#include "ultravisor/calls/tree.h"

#include <libfdt.h>

#include "tests/host/unit/test.h"

#include "abi/hcalls.h"
#include "abi/papr.h"
#include "fdt/read.h"
#include "lib/endian.h"
#include "lib/rtas.h"
#include "tests/host/fake/tree.h"
#include "tests/host/fake/ultravisor.h"
#include "ultravisor/calls/hcall_tree.h"
#include "ultravisor/calls/rtas.h"
#include "ultravisor/cpu/low.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/memory/real.h"
#include "ultravisor/text/guest.h"

#define GUEST	(4UL << 20)
#define VECTORS 0x1000
#define REPLY	0x10000
#define SUPPORT "ibm,arch-vec-5-platform-support"

static void *tree;

/* pseries.dts, with all that is cut */
static void make_tree(void)
{
	static const char functions[] = "hcall-pft\0hcall-nested\0hcall-join\0hcall-vio";
	int rtas, node;

	tree = tree_read("pseries", 4096);
	assert_int_equal(fdt_open_into(tree, tree, (int)fdt_totalsize(tree) + 4096), 0);
	assert_true(fdt_add_subnode(tree, 0, "memory@100000") > 0);
	assert_true(fdt_add_subnode(tree, 0, "memory@200000") > 0);
	assert_true(fdt_add_subnode(tree, 0, "ibm,dynamic-reconfiguration-memory") > 0);
	rtas = fdt_path_offset(tree, "/rtas");
	assert_int_equal(fdt_setprop(tree, rtas, "ibm,hypertas-functions", functions, sizeof(functions)), 0);
	assert_int_equal(fdt_setprop_u32(tree, rtas, "ibm,nmi-register", 0x2020), 0);
	assert_int_equal(fdt_setprop_u32(tree, rtas, "ibm,nmi-interlock", 0x2021), 0);
	assert_int_equal(fdt_setprop_u32(tree, rtas, "ibm,suspend-me", 0x2022), 0);
	assert_int_equal(fdt_setprop_u32(tree, rtas, "nvram-fetch", 0x2023), 0);
	node = fdt_path_offset(tree, "/memory@0");
	assert_true(node > 0);
}

static int setup(void **state)
{
	(void)state;
	fake_reset();
	fake_uv_reset(GUEST);
	make_tree();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(tree);
	return 0;
}

static const void *value(const void *in, const char *path, const char *name, int size)
{
	int found;
	const void *at = dt_get(in, dt_find(in, path), name, &found);

	assert_non_null(at);
	assert_int_equal(found, size);
	return at;
}

static void check_trimmed(const void *trimmed)
{
	static const char functions[] = "hcall-pft\0hcall-vio";
	static const uint8_t support[] = { 23, 0, 24, 0x40, 25, 0, 26, 0x40 };
	const uint8_t *at;

	assert_true(fdt_path_offset(trimmed, "/memory@100000") < 0);
	assert_true(fdt_path_offset(trimmed, "/memory@200000") < 0);
	assert_true(fdt_path_offset(trimmed, "/ibm,dynamic-reconfiguration-memory") < 0);
	at = value(trimmed, "/memory@0", "reg", 16);
	assert_int_equal(be64_load(at), 0);
	assert_int_equal(be64_load(at + 8), GUEST);
	assert_memory_equal(value(trimmed, "/rtas", "ibm,hypertas-functions", sizeof(functions)), functions,
			    sizeof(functions));
	at = value(trimmed, "/rtas", "ibm,lrdr-capacity", 20);
	assert_int_equal(be64_load(at), GUEST);
	assert_int_equal(be64_load(at + 8), 0x10000000);
	assert_null(fdt_getprop(trimmed, fdt_path_offset(trimmed, "/rtas"), "ibm,nmi-register", NULL));
	assert_null(fdt_getprop(trimmed, fdt_path_offset(trimmed, "/rtas"), "ibm,nmi-interlock", NULL));
	assert_null(fdt_getprop(trimmed, fdt_path_offset(trimmed, "/rtas"), "ibm,suspend-me", NULL));
	assert_memory_equal(value(trimmed, "/chosen", SUPPORT, sizeof(support)), support, sizeof(support));
}

static void test_trim(void **state)
{
	uint32_t before = fdt_totalsize(tree);

	(void)state;
	assert_int_equal(tree_trim(tree), 0);
	check_trimmed(tree);
	assert_true(fdt_totalsize(tree) < before);	/* packed */
}

/* What is not there needs no cutting; what must be there is missed; what is no list stays. */
static void test_trim_less(void **state)
{
	static const uint8_t large[65] = { [7] = 1, [8] = 2, [62] = OV5_XIVE, [63] = 0x80, [64] = OV5_MMU };
	static char many[2049];
	int rtas = fdt_path_offset(tree, "/rtas");
	const uint8_t *at;

	(void)state;
	assert_int_equal(fdt_setprop(tree, rtas, "ibm,hypertas-functions", "hcall-nested", 12), 0);	/* no end */
	assert_int_equal(fdt_setprop(tree, rtas, "ibm,lrdr-capacity", large, 7), 0);
	assert_int_equal(fdt_setprop(tree, fdt_path_offset(tree, "/chosen"), SUPPORT, large, sizeof(large)), 0);
	assert_int_equal(tree_trim(tree), 0);
	value(tree, "/rtas", "ibm,hypertas-functions", 12);
	assert_memory_equal(value(tree, "/rtas", "ibm,lrdr-capacity", 7), large, 7);
	at = value(tree, "/chosen", SUPPORT, sizeof(large));
	assert_int_equal(at[63], 0);
	assert_true(at[64] == OV5_MMU && at[65] == 0);	/* half a pair, and what is behind it */
	free(tree);
	make_tree();
	rtas = fdt_path_offset(tree, "/rtas");
	memset(many, 'x', sizeof(many) - 1);
	assert_int_equal(fdt_setprop(tree, rtas, "ibm,hypertas-functions", many, sizeof(many)), 0);
	assert_int_equal(fdt_setprop(tree, rtas, "ibm,lrdr-capacity", large, sizeof(large)), 0);
	assert_int_equal(tree_trim(tree), 0);
	value(tree, "/rtas", "ibm,hypertas-functions", sizeof(many));
	at = value(tree, "/rtas", "ibm,lrdr-capacity", sizeof(large));
	assert_int_equal(be64_load(at), GUEST);
	assert_memory_equal(at + 8, large + 8, sizeof(large) - 8);
	assert_int_equal(fdt_setprop(tree, fdt_path_offset(tree, "/rtas"), "ibm,lrdr-capacity", large, 8), 0);
	assert_int_equal(fdt_setprop(tree, fdt_path_offset(tree, "/chosen"), SUPPORT, large + 62, 2), 0);
	assert_int_equal(tree_trim(tree), 0);
	assert_int_equal(be64_load(value(tree, "/rtas", "ibm,lrdr-capacity", 8)), GUEST);
	at = value(tree, "/chosen", SUPPORT, 2);
	assert_true(at[0] == OV5_XIVE && at[1] == 0);
	assert_int_equal(fdt_delprop(tree, fdt_path_offset(tree, "/rtas"), "ibm,lrdr-capacity"), 0);
	assert_int_equal(fdt_delprop(tree, fdt_path_offset(tree, "/chosen"), SUPPORT), 0);
	assert_int_equal(tree_trim(tree), 0);
	assert_int_equal(fdt_del_node(tree, fdt_path_offset(tree, "/rtas")), 0);
	assert_int_equal(tree_trim(tree), -FDT_ERR_NOTFOUND);
	assert_int_equal(fdt_del_node(tree, fdt_path_offset(tree, "/memory@0")), 0);
	assert_int_equal(tree_trim(tree), -FDT_ERR_NOTFOUND);
}

/* What libfdt does not edit, since blocks lie in another order, or the version is older: trimming says so, and ends. */
static void test_trim_read_only(void **state)
{
	const uint32_t at = (fdt_off_dt_strings(tree) + fdt_size_dt_strings(tree) + 7) & ~7U;
	const size_t entries = (size_t)fdt_num_mem_rsv(tree) + 1;

	(void)state;
	memcpy((uint8_t *)tree + at, (uint8_t *)tree + fdt_off_mem_rsvmap(tree), entries * sizeof(struct fdt_reserve_entry));
	fdt_set_off_mem_rsvmap(tree, at);
	assert_int_equal(dt_check(tree, fdt_totalsize(tree)), 0);
	assert_int_equal(tree_trim(tree), -FDT_ERR_BADLAYOUT);
	fdt_set_version(tree, 16);
	assert_int_equal(tree_trim(tree), -FDT_ERR_BADVERSION);
}

static void test_xive_only(void **state)
{
	static const uint8_t only[] = { 24, 0x40, 23, 0x40 }, either[] = { 24, 0x40, 23, 0x80 };
	int chosen = fdt_path_offset(tree, "/chosen");

	(void)state;
	assert_false(tree_xive_only(tree));
	assert_int_equal(fdt_setprop(tree, chosen, SUPPORT, only, sizeof(only)), 0);
	assert_true(tree_xive_only(tree));
	assert_int_equal(fdt_setprop(tree, chosen, SUPPORT, only, sizeof(only) - 1), 0);
	assert_false(tree_xive_only(tree));
	assert_int_equal(fdt_setprop(tree, chosen, SUPPORT, either, sizeof(either)), 0);
	assert_false(tree_xive_only(tree));
	assert_int_equal(fdt_delprop(tree, chosen, SUPPORT), 0);
	assert_false(tree_xive_only(tree));
}

static void test_bootargs(void **state)
{
	(void)state;
	assert_int_equal(tree_set_bootargs(tree, "quiet"), 0);
	assert_string_equal(value(tree, "/chosen", "bootargs", 6), "quiet");
	assert_int_equal(tree_set_bootargs(tree, ""), 0);
	assert_int_equal(tree_set_bootargs(tree, ""), 0);
	assert_null(fdt_getprop(tree, fdt_path_offset(tree, "/chosen"), "bootargs", NULL));
	assert_int_equal(fdt_del_node(tree, fdt_path_offset(tree, "/chosen")), 0);
	assert_int_equal(tree_set_bootargs(tree, "quiet"), -FDT_ERR_NOTFOUND);
}

static int64_t cas_rc;
static uint8_t asked[64];

/* QEMU's answer: the version, the tree */
static int64_t qemu(uint64_t number, const uint64_t in[9], uint64_t out[9])
{
	(void)out;
	if (number == KVMPPC_H_UPDATE_DT) {
		assert_ptr_equal((void *)in[0], platform.tree);
		return cas_rc;
	}
	assert_int_equal(number, KVMPPC_H_CAS);
	memcpy(asked, (void *)in[0], sizeof(asked));
	assert_int_equal(in[2], TREE_SPACE - 4);
	be32_store((void *)in[1], 1);
	memcpy((void *)(in[1] + 4), tree, fdt_totalsize(tree));
	return cas_rc;
}

/* One processor, five vectors; the fifth has 26 bytes: 25 after its length */
static const uint8_t vectors[] = {
	0xff, 0xff, 0, 0, 0, 0x4e, 0, 0,	/* a mask that holds its value, */
	0, 0, 0, 0, 0, 0, 0, 1,			/* and the last */
	4,					/* five */
	0, 1,	0, 2,	1, 3, 3,   0, 4,
	24, 0, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0x40, 0,
};
#define OV5_AT 26	/* its length byte */

static int64_t ask(const uint8_t *ask_for, uint64_t room)
{
	uint64_t r[9] = { VECTORS, REPLY, room };

	fake.hcall = qemu;
	assert_true(guest_write(VECTORS, ask_for, sizeof(vectors)));
	return serve_cas(&vcpus[0], r);
}

static void test_cas(void **state)
{
	uint8_t *reply;
	uint32_t size;

	(void)state;
	cas_rc = H_SUCCESS;
	assert_int_equal(ask(vectors, TREE_SPACE), H_SUCCESS);
	/* plain memory nodes and XICS, whatever was asked for; nothing else differs */
	assert_int_equal(asked[OV5_AT + OV5_FEATURES], 0xff & ~OV5_DRCONF_MEMORY);
	assert_int_equal(asked[OV5_AT + OV5_XIVE], 0x3f);
	assert_int_equal(asked[OV5_AT + OV5_MMU], OV5_MODE_NEW);
	asked[OV5_AT + OV5_FEATURES] = asked[OV5_AT + OV5_XIVE] = 0xff;
	assert_memory_equal(asked, vectors, sizeof(vectors));
	reply = malloc(TREE_SPACE);
	assert_true(guest_read(reply, REPLY, 12));
	assert_int_equal(be32_load(reply), 1);
	size = be32_load(reply + 8);
	assert_true(guest_read(reply, REPLY + 4, size));	/* where a tree is aligned */
	assert_int_equal(dt_check(reply, size), 0);
	check_trimmed(reply);
	/* exactly its size is room enough */
	assert_int_equal(ask(vectors, size + 4), H_SUCCESS);
	assert_int_equal(ask(vectors, size + 3), H_PARAMETER);
	free(reply);
}

static void test_cas_refused(void **state)
{
	uint64_t r[9] = { VECTORS, REPLY, 7 };

	(void)state;
	fake.hcall = qemu;
	assert_int_equal(serve_cas(&vcpus[0], r), H_PARAMETER);
	r[2] = GUEST;
	assert_int_equal(serve_cas(&vcpus[0], r), H_PARAMETER);
	r[0] = GUEST;
	r[2] = 4096;
	assert_int_equal(serve_cas(&vcpus[0], r), H_PARAMETER);
	cas_rc = H_HARDWARE;
	assert_int_equal(ask(vectors, 4096), H_HARDWARE);
	platform.secure = true;
	assert_int_equal(ask(vectors, 4096), H_FUNCTION);
	assert_int_equal(serve_update_dt(&vcpus[0], r), H_FUNCTION);
}

static bool stops(const uint8_t *ask_for)
{
	return fake_stops(ask(ask_for, TREE_SPACE));
}

/* Without radix the ultravisor has no way to go on: E_UV_HASH. */
static void test_cas_without_radix(void **state)
{
	uint8_t other[sizeof(vectors)];

	(void)state;
	cas_rc = H_SUCCESS;
	memcpy(other, vectors, sizeof(other));
	other[OV5_AT + OV5_MMU] = 0x80;
	assert_true(stops(other));
	assert_non_null(strstr(fake.console, "client-architecture-support without radix"));
	memcpy(other, vectors, sizeof(other));
	other[16] = 3;			/* four vectors */
	assert_true(stops(other));
	memcpy(other, vectors, sizeof(other));
	other[OV5_AT] = OV5_MMU - 2;	/* too short for it */
	assert_true(stops(other));
	other[OV5_AT] = OV5_MMU - 1;	/* just long enough */
	assert_false(stops(other));
	memset(other, 0, sizeof(other));	/* processors without an end */
	assert_true(stops(other));
	/* QEMU's tree is no tree */
	be32_store(tree, 0);
	assert_true(stops(vectors));
	assert_non_null(strstr(fake.console, "client-architecture-support: FDT_ERR_BADMAGIC"));
}

/* What QEMU leaves of the room behind its tree is enough for what has to be written into that, to the byte. */
static void test_cas_fills_the_room(void **state)
{
	const uint32_t room = TREE_SPACE - 8;	/* behind the version and what aligns the tree */
	const uint32_t reg = 3 * 4 + 16;	/* tag, size, name; two addresses */
	static const char *const cut[] = { "/memory@100000", "/memory@200000", "/ibm,dynamic-reconfiguration-memory" };
	void *filler;

	(void)state;
	cas_rc = H_SUCCESS;
	free(tree);
	make_tree();
	tree = realloc(tree, room);
	for (size_t i = 0; i < sizeof(cut) / sizeof(cut[0]); i++)
		assert_int_equal(fdt_del_node(tree, fdt_path_offset(tree, cut[i])), 0);
	assert_int_equal(fdt_delprop(tree, fdt_path_offset(tree, "/memory@0"), "reg"), 0);
	for (uint32_t missing = 0; missing <= 4; missing += 4) {
		int chosen = fdt_path_offset(tree, "/chosen"), size;

		assert_int_equal(fdt_open_into(tree, tree, (int)room), 0);
		assert_int_equal(fdt_setprop(tree, chosen, "filler", NULL, 0), 0);
		size = fdt_off_dt_strings(tree) + fdt_size_dt_strings(tree);
		size = (int)((room - (uint32_t)size - reg + missing) & ~3U);
		assert_int_equal(fdt_setprop_placeholder(tree, chosen, "filler", size, &filler), 0);
		memset(filler, 0, (size_t)size);
		assert_int_equal(fdt_pack(tree), 0);
		assert_int_equal(stops(vectors), missing != 0);
	}
	assert_non_null(strstr(fake.console, "client-architecture-support: FDT_ERR_NOSPACE"));
}

/* Vectors that reach over the end of memory, or of what is read of them. */
static void test_cas_at_the_end(void **state)
{
	uint64_t r[9] = { GUEST - sizeof(vectors), REPLY, TREE_SPACE };

	(void)state;
	cas_rc = H_SUCCESS;
	fake.hcall = qemu;
	assert_true(guest_write(r[0], vectors, sizeof(vectors)));
	assert_int_equal(serve_cas(&vcpus[0], r), H_SUCCESS);
	r[0] = GUEST - OV5_AT - 1;	/* all but its bytes */
	assert_true(guest_write(r[0], vectors, OV5_AT + 1));
	assert_true(fake_stops(serve_cas(&vcpus[0], r)));
}

static void test_update_dt(void **state)
{
	uint32_t size = fdt_totalsize(tree);
	uint64_t r[9] = { REPLY };

	(void)state;
	fake.hcall = qemu;
	cas_rc = H_SUCCESS;
	assert_true(guest_write(REPLY, tree, size));
	assert_int_equal(serve_update_dt(&vcpus[0], r), H_SUCCESS);
	assert_memory_equal(platform.tree, tree, size);
	r[0] = GUEST - 4;
	assert_int_equal(serve_update_dt(&vcpus[0], r), H_PARAMETER);
	/* all of it must lie in memory */
	r[0] = GUEST - size + 8;
	assert_true(guest_write(r[0], tree, size - 8));
	assert_int_equal(serve_update_dt(&vcpus[0], r), H_PARAMETER);
	/* and fit */
	fdt_set_totalsize(tree, TREE_SPACE + 1);
	assert_true(guest_write(REPLY, tree, size));
	r[0] = REPLY;
	assert_int_equal(serve_update_dt(&vcpus[0], r), H_PARAMETER);
	fdt_set_magic(tree, 0);
	assert_true(guest_write(REPLY, tree, size));
	assert_int_equal(serve_update_dt(&vcpus[0], r), H_PARAMETER);
}

static uint32_t fetched;

static int fetch(uint32_t token, const uint32_t *args, uint32_t nargs, uint32_t *rets, uint32_t nrets)
{
	assert_int_equal(token, 0x2023);
	assert_true(nargs == 3 && nrets == 2 && args[0] == 5 && args[1] == LOW_BOUNCE);
	memcpy(real(LOW_BOUNCE), "nvram", 6);
	*rets = fetched ? fetched : args[2];
	return fetched == 99 ? RTAS_HARDWARE_ERROR : RTAS_SUCCESS;
}

static void test_nvram(void **state)
{
	char to[8] = "";

	(void)state;
	fake.rtas = fetch;
	assert_int_equal(fdt_delprop(tree, fdt_path_offset(tree, "/rtas"), "nvram-fetch"), 0);
	rtas_read_tokens(tree);
	assert_int_equal(rtas_nvram_read(5, to, 6), 0);
	free(tree);
	make_tree();
	rtas_read_tokens(tree);
	assert_int_equal(rtas_token("no-such-service"), 0);
	fetched = 0;
	assert_int_equal(rtas_nvram_read(5, to, 6), 6);
	assert_string_equal(to, "nvram");
	fetched = 3;
	assert_int_equal(rtas_nvram_read(5, to, 6), 3);
	fetched = 7;	/* more than there is room for */
	assert_int_equal(rtas_nvram_read(5, to, 6), 0);
	fetched = 99;
	assert_int_equal(rtas_nvram_read(5, to, 6), 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_trim), CASE(test_trim_less), CASE(test_trim_read_only), CASE(test_xive_only), CASE(test_bootargs),
		CASE(test_cas), CASE(test_cas_refused), CASE(test_cas_without_radix),
		CASE(test_cas_fills_the_room), CASE(test_cas_at_the_end), CASE(test_update_dt), CASE(test_nvram),
	};

	return RUN(tests);
}
