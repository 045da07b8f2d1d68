// SPDX-License-Identifier: GPL-2.0-or-later
/* ultravisor/calls/esm: UV_ESM of a guest whose tree keeps the contract, and what it must not touch. */
#include <bearssl_hash.h>

#include "abi/hcalls.h"
#include "abi/pef.h"
#include "fdt/read.h"
#include "lib/log.h"
#include "tests/host/fake/tree.h"
#include "tests/host/fake/ultravisor.h"
#include "tests/host/unit/test.h"
#include "ultravisor/calls/esm.h"
#include "ultravisor/calls/handler.h"
#include "ultravisor/calls/rtas_serve.h"
#include "ultravisor/cpu/low.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/memory/radix.h"
#include "ultravisor/memory/real.h"
#include "ultravisor/text/guest.h"
#include "ultravisor/trial/options.h"
#include "ultravisor/trial/verdict.h"

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

static const fdt32_t capacity[] = { 0, 0, 0, 0, 4 << 24 };	/* four cores */

/* What else a test does to the tree. */
static void (*edit)(void *tree);

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
	node = fdt_path_offset(tree, "/rtas");
	assert_int_equal(fdt_setprop(tree, node, "ibm,lrdr-capacity", capacity, sizeof(capacity)), 0);
	if (edit)
		edit(tree);
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

static uint64_t hosts_word;	/* where the host has one of its own; 0: nowhere */

/* UV_ESM of a guest with all that, and the digest that is right but for @wrong */
static int64_t go_secure_measured(uint8_t wrong, bool off)
{
	br_sha512_context sha;

	fake_uv_reset(GUEST);
	for (size_t i = 0; i < FRAMES; i++)
		put_word(frames[i].gpa);
	if (hosts_word)
		*(uint64_t *)real(hosts_word) = hosts_word;
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
	assert_int_equal(pages_get(&pages, 0x600000 / FRAME_SIZE), PAGE_ZERO);
	check_vectors();
}

/*
 * What the guest never touched is not even looked at: what the host has there stays the host's, and
 * is gone from both worlds when the guest comes. What it did touch is scrubbed.
 */
static void test_forget_absent(void **state)
{
	enum { HOSTS = 0x700000 };
	uint64_t *host, *left;

	(void)state;
	hosts_word = HOSTS;
	assert_int_equal(go_secure_measured(0, false), UV_ENTERED);
	hosts_word = 0;
	host = real(HOSTS);
	left = real(0x600000);
	assert_int_equal(pages_get(&pages, HOSTS / FRAME_SIZE), PAGE_ABSENT);
	assert_int_equal(*host, HOSTS);
	assert_int_equal(*left, 0);
	assert_false(has_word(HOSTS));
	assert_int_equal(count_leaked_words(), 0);
	memory_map_around(HOSTS);
	assert_int_equal(pages_get(&pages, HOSTS / FRAME_SIZE), PAGE_SECURE);
	assert_int_equal(*host, 0);
	assert_false(has_word(HOSTS));
	*host = 1;
	assert_int_equal(count_leaked_words(), 1);
}

/* All that is mapped around a place counts as touched: the guest needs no fault to go there. */
static void test_mapped_is_reached(void **state)
{
	(void)state;
	fake_uv_reset(GUEST);
	memory_map_around(0x600000);
	for (uint64_t gpa = 0x400000; gpa < GUEST; gpa += FRAME_SIZE) {
		bool mapped = *radix_leaf(gpa, false) != 0;

		assert_int_equal(mapped, gpa >= 0x600000);
		assert_int_equal(pages_get(&pages, gpa / FRAME_SIZE), mapped ? PAGE_REACHED : PAGE_NORMAL);
	}
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

/* A range that reaches out of memory has no digest. */
static void test_digest_outside(void **state)
{
	(void)state;
	fake_uv_reset(GUEST);
	uv_options.digest.size = GUEST - KBASE + 1;
	assert_int_equal(enter(RTAS), H_PARAMETER);
	assert_non_null(strstr(fake.console, "esm=abort phase=digest why=\"the measured range is not in memory\""));
}

static void drop(void *tree, const char *path, const char *name)
{
	assert_int_equal(fdt_delprop(tree, fdt_path_offset(tree, path), name), 0);
}

static void drop_address_cells(void *tree) { drop(tree, "/", "#address-cells"); }
static void drop_size_cells(void *tree) { drop(tree, "/", "#size-cells"); }
static void drop_capacity(void *tree) { drop(tree, "/rtas", "ibm,lrdr-capacity"); }
static void drop_initrd(void *tree) { drop(tree, "/chosen", "linux,initrd-end"); }
static void boot_on_4(void *tree) { fdt_set_boot_cpuid_phys(tree, 4); }

static void drop_cpus(void *tree)
{
	drop(tree, "/cpus/PowerPC,POWER9@0", "device_type");
	drop(tree, "/cpus/PowerPC,POWER9@8", "device_type");
}

static void set_capacity(void *tree, uint32_t cores, int size)
{
	fdt32_t value[5] = { 0, 0, 0, 0, cpu_to_fdt32(cores) };

	assert_int_equal(fdt_setprop(tree, fdt_path_offset(tree, "/rtas"), "ibm,lrdr-capacity", value, size), 0);
}

static void shorten_capacity(void *tree) { set_capacity(tree, 4, 16); }
static void no_cores(void *tree) { set_capacity(tree, 0, 20); }
static void most_cores(void *tree) { set_capacity(tree, 4096, 20); }
static void many_cores(void *tree) { set_capacity(tree, 4097, 20); }

static void empty_initrd(void *tree)
{
	assert_int_equal(fdt_setprop_u32(tree, fdt_path_offset(tree, "/chosen"), "linux,initrd-end", 0x400000), 0);
}

static void reserve_all_of_it(void *tree)
{
	assert_int_equal(fdt_add_mem_rsv(tree, FRAME_SIZE, GUEST - FRAME_SIZE), 0);
}

/* What the real one demands, it demands. */
static void test_contract(void **state)
{
	static const struct {
		void (*edit)(void *tree);
		const char *why;
		bool down;
	} cases[] = {
		{ drop_address_cells, "no #address-cells or #size-cells", false },
		{ drop_size_cells, "no #address-cells or #size-cells", false },
		{ drop_capacity, "/rtas lacks ibm,lrdr-capacity", false },
		{ shorten_capacity, "ibm,lrdr-capacity is too short", true },
		{ no_cores, "boot_cpuid_phys is none of the CPUs", false },
		{ many_cores, "too many CPUs", false },
		{ boot_on_4, "boot_cpuid_phys is none of the CPUs", false },
		{ drop_cpus, "no node has the device_type of a CPU", false },
		{ drop_initrd, "/chosen lacks linux,initrd-start or -end", false },
		{ empty_initrd, "the initrd is empty, or not in memory", false },
		{ reserve_all_of_it, "no room for the ultravisor's reservations", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		edit = cases[i].edit;
		fake.console_size = 0;
		memset(fake.console, 0, sizeof(fake.console));
		assert_int_equal(go_secure(RTAS), H_PARAMETER);
		assert_non_null(strstr(fake.console, cases[i].why));
		assert_int_equal(strstr(fake.console, "real=machine-down") != NULL, cases[i].down);
		assert_false(platform.secure);
	}
	edit = NULL;
}

static void boot_on_7(void *tree)
{
	const fdt32_t threads[2] = { 0 };

	assert_int_equal(fdt_setprop(tree, fdt_path_offset(tree, "/cpus/PowerPC,POWER9@0"), "ibm,ppc-interrupt-server#s",
				     threads, sizeof(threads)), 0);
	fdt_set_boot_cpuid_phys(tree, 7);
}

static void long_rtas_base(void *tree)
{
	assert_int_equal(fdt_setprop_u64(tree, fdt_path_offset(tree, "/rtas"), "linux,rtas-base", RTAS), 0);
}

/* Four cores of two threads are eight CPUs; an address of RTAS may have eight bytes. */
static void test_contract_allows(void **state)
{
	static void (*const edits[])(void *tree) = { boot_on_7, long_rtas_base, most_cores };

	(void)state;
	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		edit = edits[i];
		assert_int_equal(go_secure(RTAS), UV_ENTERED);
		assert_int_equal(pages_get(&pages, RTAS / FRAME_SIZE), PAGE_PSEUDO);
	}
	edit = NULL;
}

static int starts;

static int start(uint32_t token, const uint32_t *args, uint32_t nargs, uint32_t *rets, uint32_t nrets)
{
	(void)token, (void)rets;
	assert_true(nargs == 3 && nrets == 1);
	assert_true(args[0] == 4 && args[1] == LOW_CPU_ENTRY && args[2] == 1);
	starts++;
	return RTAS_SUCCESS;
}

static int32_t start_cpu(uint32_t server)
{
	struct rtas_request call = { .vcpu = &vcpus[0], .nargs = 3, .nrets = 1, .arg = { server } };

	platform.cpus = 2;
	vcpus[1].server = 4;
	vcpus[1].index = 1;
	vcpus[2].server = 5;	/* of no CPU of this machine */
	vcpus[1].started = false;
	call.ret[0] = (uint32_t)RTAS_PARAMETER;
	fake.console_size = 0;
	memset(fake.console, 0, sizeof(fake.console));
	serve_start_cpu(&call);
	return (int32_t)call.ret[0];
}

static int32_t start_cpu_again(void)
{
	struct rtas_request call = { .vcpu = &vcpus[0], .nargs = 3, .nrets = 1, .arg = { 4 } };

	serve_start_cpu(&call);
	return (int32_t)call.ret[0];
}

/* A CPU beyond what the tree said there may be. Before UV_ESM nobody minds. */
static void test_start_cpu(void **state)
{
	(void)state;
	assert_int_equal(go_secure(RTAS), UV_ENTERED);
	fake.rtas = start;
	starts = 0;
	assert_int_equal(start_cpu(4), RTAS_PARAMETER);
	assert_non_null(strstr(fake.console, "real=machine-down why=\"start-cpu of 4, of 4 CPUs\""));
	assert_int_equal(start_cpu(5), RTAS_PARAMETER);
	assert_null(strstr(fake.console, "real="));
	assert_int_equal(starts, 0);
	platform.cpus_secure = 5;
	assert_int_equal(start_cpu(4), RTAS_SUCCESS);
	platform.cpus_secure = 4;
	platform.secure = false;
	assert_int_equal(start_cpu(4), RTAS_SUCCESS);
	assert_int_equal(starts, 2);
	/* one that runs is not started again: QEMU hw/ppc/spapr_rtas.c rtas_start_cpu() */
	platform.cpus = 1;
	vcpus[0].server = 4;
	assert_int_equal(start_cpu_again(), RTAS_HARDWARE_ERROR);
	assert_int_equal(starts, 2);
}

static void unaligned_reservation(void *tree)
{
	assert_int_equal(fdt_add_mem_rsv(tree, GUEST - FRAME_SIZE + 0x100, 0x100), 0);
}

/* From the top of memory down: blob, files, RTAS, TPM. Of the last the first frame is shared. */
static void test_reservations(void **state)
{
	const uint64_t top = GUEST / FRAME_SIZE;

	(void)state;
	assert_int_equal(go_secure(RTAS), UV_ENTERED);
	for (uint64_t i = 1; i <= 10; i++)
		assert_int_equal(pages_get(&pages, top - i) == PAGE_IMPLICIT, (i > 2 && i < 9) || i == 10);
	/* what does not begin at a frame is overlapped, as on hardware */
	edit = unaligned_reservation;
	assert_int_equal(go_secure(RTAS), UV_ENTERED);
	edit = NULL;
	for (uint64_t i = 1; i <= 10; i++)
		assert_int_equal(pages_get(&pages, top - i) == PAGE_IMPLICIT, (i > 2 && i < 9) || i == 10);
}

/* What an owner reads of it with uv.trace: each phase took its time, which here goes on when it is looked at. */
static void test_log(void **state)
{
	static const char *const numbers[] = { "scan-us=", "copy-us=", "scrub-us=" };

	(void)state;
	log_set_level(LOG_INFO);
	fake.timebase_step = 512;
	assert_int_equal(go_secure(RTAS), UV_ENTERED);
	log_set_level(LOG_NOTICE);
	assert_non_null(strstr(fake.console, "esm=tree reservations=4 us="));
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		assert_true(strtoul(strstr(fake.console, numbers[i]) + strlen(numbers[i]), NULL, 10) > 0);
}

/* A second CPU that was started before does not go on, and that is said. */
static void test_stopped(void **state)
{
	(void)state;
	fake_uv_reset(GUEST);
	platform.cpus = 3;
	vcpus[1].started = true;
	vcpus[2].started = false;
	assert_int_equal(enter(RTAS), UV_ENTERED);
	vcpus[1].started = false;
	assert_non_null(strstr(fake.console, "esm=stopped cpu=1"));
	assert_null(strstr(fake.console, "esm=stopped cpu=0"));
	assert_null(strstr(fake.console, "esm=stopped cpu=2"));
}

/* uv.abort: it fails where it is asked to, and all is as it was; behind the point of no return the guest ends. */
static void test_aborted(void **state)
{
	static const struct {
		enum abort_point at;
		const char *says;
	} cases[] = {
		{ ABORT_START, "esm=abort phase=start why=\"uv.abort\"" }, { ABORT_TREE, "esm=abort phase=tree why=\"uv.abort\"" },
		{ ABORT_MOVE, "esm=abort phase=move why=\"uv.abort\"" }, { ABORT_DIGEST, "esm=abort phase=digest why=\"uv.abort\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fake_uv_reset(GUEST);
		uv_options.abort = cases[i].at;
		put_word(0x600000);
		assert_int_equal(enter(RTAS), H_PARAMETER);
		assert_non_null(strstr(fake.console, cases[i].says));
		assert_false(platform.secure);
		assert_true(has_word(0x600000));
	}
}

static uint32_t terminated;

static int terminate(uint32_t token, const uint32_t *args, uint32_t nargs, uint32_t *rets, uint32_t nrets)
{
	(void)token, (void)rets;
	assert_true(nargs == 1 && nrets == 1);
	assert_int_equal(args[0], LOW_TERM_TEXT);
	assert_string_equal(real(LOW_TERM_TEXT), "Cannot secure VM!");
	terminated++;
	return RTAS_SUCCESS;
}

static void pack_tree(void *tree)
{
	assert_int_equal(fdt_pack(tree), 0);
}

/* Nothing comes back from there: the guest ends, with the words of svm-rtas.c:705 of the published one, and a number. */
static void check_terminated(const char *why)
{
	jmp_buf ended;

	fake.rtas = terminate;
	fake.console_size = 0;
	memset(fake.console, 0, sizeof(fake.console));
	fake_uv.on_cede = &ended;
	terminated = 0;
	if (!setjmp(ended)) {
		enter(RTAS);
		fail_msg("it went on");
	}
	assert_int_equal(terminated, 1);
	assert_non_null(strstr(fake.console, "FAIL E913 "));
	assert_non_null(strstr(fake.console, why));
	assert_non_null(strstr(fake.console, "verdict emulated=1 world=secure"));
}

static void test_terminated(void **state)
{
	(void)state;
	fake_uv_reset(GUEST);
	uv_options.abort = ABORT_COMMIT;
	check_terminated("uv.abort=commit");
	fake_uv_reset(GUEST);
	edit = pack_tree;
	check_terminated("no room for the tree with its reservations");
	edit = NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_rtas), TEST(test_abort), TEST(test_forget),
				    TEST(test_forget_absent), TEST(test_mapped_is_reached),
				    TEST(test_forget_nothing), TEST(test_digest_outside), TEST(test_contract),
				    TEST(test_contract_allows), TEST(test_start_cpu),
				    TEST(test_reservations), TEST(test_log), TEST(test_stopped),
				    TEST(test_aborted), TEST(test_terminated) };

	return RUN(tests);
}
