// SPDX-License-Identifier: GPL-2.0-or-later
/* ultravisor/calls/esm: UV_ESM of a guest whose tree keeps the contract, and what it must not touch. */
#include "abi/hcalls.h"
#include "abi/pef.h"
#include "fdt/read.h"
#include "tests/host/fake/tree.h"
#include "tests/host/fake/ultravisor.h"
#include "tests/host/unit/test.h"
#include "ultravisor/calls/esm.h"
#include "ultravisor/calls/handler.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/memory/real.h"
#include "ultravisor/text/guest.h"

#define GUEST	(8UL << 20)
#define KBASE	0x200000UL
#define FDT	0x300000UL
#define ROOM	4096	/* for reservations */
#define VECTORS 0xa5	/* what L1 has in its first frame */

static int64_t copy_page(uint64_t number, const uint64_t in[9], uint64_t out[9])
{
	(void)out;
	assert_int_equal(number, H_PAGE_INIT);
	memcpy(real(in[1]), real(in[2]), 4096);
	return H_SUCCESS;
}

/* The tree of a guest with 8 MiB, whose RTAS lies at @rtas. */
static void put_tree(uint32_t rtas)
{
	void *tree = tree_read("pseries", ROOM);
	int chosen, node;

	assert_int_equal(fdt_open_into(tree, tree, (int)fdt_totalsize(tree) + ROOM), 0);
	while (fdt_num_mem_rsv(tree) > 0)
		assert_int_equal(fdt_del_mem_rsv(tree, 0), 0);
	chosen = fdt_path_offset(tree, "/chosen");
	assert_int_equal(fdt_setprop_u32(tree, chosen, "linux,initrd-start", 0x400000), 0);
	assert_int_equal(fdt_setprop_u32(tree, chosen, "linux,initrd-end", 0x410000), 0);
	node = fdt_path_offset(tree, "/rtas");
	assert_int_equal(fdt_setprop_u32(tree, node, "linux,rtas-base", rtas), 0);
	assert_int_equal(fdt_setprop_u32(tree, node, "slof,rtas-size", 20), 0);
	node = fdt_path_offset(tree, "/memory@0");
	assert_int_equal(fdt_setprop_u64(tree, node, "reg", 0), 0);
	assert_int_equal(fdt_appendprop_u64(tree, node, "reg", GUEST), 0);
	assert_true(guest_write(FDT, tree, fdt_totalsize(tree)));
	free(tree);
}

static int64_t go_secure(uint32_t rtas)
{
	fake_uv_reset(GUEST);
	fake.hcall = copy_page;
	put_tree(rtas);
	memset(real(0), VECTORS, FRAME_SIZE);
	assert_true(guest_write(rtas, "blob", 4));
	GPR(&vcpus[0], 4) = KBASE;
	GPR(&vcpus[0], 5) = FDT;
	return uv_esm(&vcpus[0]);
}

static void check_vectors(void)
{
	const uint8_t *vectors = real(0);

	for (uint64_t at = 0; at < FRAME_SIZE; at++)
		assert_int_equal(vectors[at], VECTORS);
}

/* Its blob stays the guest's, wherever it lies; in frame 0 normal memory is L1's own, and stays, too. */
static void test_rtas(void **state)
{
	static const uint32_t bases[] = { 0x1000, 0xf000, FRAME_SIZE, 0x100000 };
	char blob[4];

	(void)state;
	for (size_t i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
		assert_int_equal(go_secure(bases[i]), UV_ENTERED);
		assert_true(platform.secure);
		check_vectors();
		assert_true(guest_read(blob, bases[i], sizeof(blob)));
		assert_memory_equal(blob, "blob", sizeof(blob));
		assert_int_equal(pages_get(&pages, bases[i] / FRAME_SIZE), PAGE_PSEUDO);
	}
}

/* RTAS outside memory breaks the contract: the guest goes on, normal, with all it had. */
static void test_abort(void **state)
{
	char blob[4];

	(void)state;
	assert_int_equal(go_secure(GUEST - 4), H_PARAMETER);
	assert_false(platform.secure);
	check_vectors();
	assert_true(guest_read(blob, GUEST - 4, sizeof(blob)));
	assert_memory_equal(blob, "blob", sizeof(blob));
}

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_rtas), TEST(test_abort) };

	return RUN(tests);
}
