// SPDX-License-Identifier: GPL-2.0-or-later
/* ultravisor/calls/esm: UV_ESM of a guest whose tree keeps the contract, and what it must not touch. */
#include <bearssl_hash.h>

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
#include "ultravisor/trial/options.h"

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

static int64_t enter(uint32_t rtas)
{
	fake.hcall = copy_page;
	put_tree(rtas);
	memset(real(0), VECTORS, FRAME_SIZE);
	assert_true(guest_write(rtas, "blob", 4));
	GPR(&vcpus[0], 4) = KBASE;
	GPR(&vcpus[0], 5) = FDT;
	return uv_esm(&vcpus[0]);
}

static int64_t go_secure(uint32_t rtas)
{
	fake_uv_reset(GUEST);
	return enter(rtas);
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

#define RTAS	 0x500000U
#define MEASURED (FRAME_SIZE + 1)	/* two frames */

static void put_word(uint64_t gpa)
{
	assert_true(guest_write(gpa, &gpa, sizeof(gpa)));
}

static bool has_word(uint64_t gpa)
{
	uint64_t got;

	assert_true(guest_read(&got, gpa, sizeof(got)));
	assert_true(got == gpa || got == 0);
	return got == gpa;
}

/* A frame each of what UV_ESM is told of, and one before and behind each */
static const struct {
	uint64_t gpa;
	bool kept;
} frames[] = {
	{ 0x100, false },
	{ KBASE - 8, false }, { KBASE + 8, true }, { KBASE + 2 * FRAME_SIZE - 8, true },
	{ KBASE + 2 * FRAME_SIZE, false },
	{ FDT - 8, false }, { FDT + FRAME_SIZE - 8, true }, { FDT + FRAME_SIZE, false },
	{ 0x400000 - 8, false }, { 0x410000 - 8, true }, { 0x410000, false },
	{ RTAS - 8, false }, { RTAS + FRAME_SIZE - 8, true }, { RTAS + FRAME_SIZE, false },
	{ 0x600000, false },
};
#define FRAMES (sizeof(frames) / sizeof(frames[0]))

/* UV_ESM of a guest with all that, and the digest that is right but for @wrong */
static int64_t go_secure_measured(uint8_t wrong, bool off)
{
	br_sha512_context sha;

	fake_uv_reset(GUEST);
	for (size_t i = 0; i < FRAMES; i++)
		put_word(frames[i].gpa);
	br_sha512_init(&sha);
	br_sha512_update(&sha, real(KBASE), MEASURED);
	br_sha512_out(&sha, uv_options.digest.sha512);
	uv_options.digest.sha512[63] ^= wrong;
	uv_options.digest.size = MEASURED;
	uv_options.forget_off = off;
	return enter(RTAS);
}

/* Whoever was not measured is gone. */
static void test_forget(void **state)
{
	(void)state;
	assert_int_equal(go_secure_measured(0, false), UV_ENTERED);
	for (size_t i = 0; i < FRAMES; i++)
		assert_int_equal(has_word(frames[i].gpa), frames[i].kept);
	assert_int_equal(pages_get(&pages, 1), PAGE_ZERO);
	check_vectors();
}

/* Nothing is, where it is turned off, where nobody measures, and where UV_ESM fails. */
static void test_forget_nothing(void **state)
{
	(void)state;
	assert_int_equal(go_secure_measured(0, true), UV_ENTERED);
	for (size_t i = 0; i < FRAMES; i++)
		assert_true(has_word(frames[i].gpa));
	assert_int_equal(go_secure_measured(1, false), H_PARAMETER);
	for (size_t i = 0; i < FRAMES; i++)
		assert_true(has_word(frames[i].gpa));
	fake_uv_reset(GUEST);
	for (size_t i = 0; i < FRAMES; i++)
		put_word(frames[i].gpa);
	assert_int_equal(enter(RTAS), UV_ENTERED);
	for (size_t i = 0; i < FRAMES; i++)
		assert_true(has_word(frames[i].gpa));
}

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_rtas), TEST(test_abort), TEST(test_forget),
				    TEST(test_forget_nothing) };

	return RUN(tests);
}
