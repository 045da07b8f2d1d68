// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of calls and their traces, why a tree at UV_ESM is refused, and calls that nothing else makes. */
#include <libfdt.h>

#include "tests/host/unit/test.h"

#include "abi/hcalls.h"
#include "abi/papr.h"
#include "abi/pef.h"
#include "lib/endian.h"
#include "lib/log.h"
#include "tests/host/fake/tree.h"
#include "tests/host/fake/ultravisor.h"
#include "ultravisor/calls/contract.h"
#include "ultravisor/calls/handler.h"
#include "ultravisor/calls/hardware.h"
#include "ultravisor/calls/hcall_cpu.h"
#include "ultravisor/calls/hcall_memory.h"
#include "ultravisor/calls/hcalls.h"
#include "ultravisor/calls/uvcall.h"
#include "ultravisor/cpu/low.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/memory/radix.h"
#include "ultravisor/memory/real.h"
#include "ultravisor/text/guest.h"

#define GUEST (4UL << 20)
#define TREE  0x10000UL

static int setup(void **state)
{
	(void)state;
	fake_reset();
	fake_uv_reset(GUEST);
	return 0;
}

static void test_names(void **state)
{
	char text[CALL_NAME];

	(void)state;
	assert_string_equal(call_name(text, "H_CEDE", 0xe0), "H_CEDE");
	assert_string_equal(call_name(text, "?", 0xe0), "0xe0");
	assert_string_equal(call_name(text, NULL, 0xf110), "0xf110");
	assert_string_equal(hcall_name(H_JOIN), "H_JOIN");
	assert_null(hcall_name(H_INT_RESET));	/* one of a range */
	assert_null(hcall_name(0x3));
}

/* As many as hcall_regs_table of open-power/ultravisor core/hcall-regs.c has, among them what Linux calls. */
static void test_known_by_hardware(void **state)
{
	static const uint16_t used[] = {
		H_REMOVE, H_PAGE_INIT, H_LOGICAL_CI_LOAD, H_LOGICAL_CI_STORE, H_GET_TERM_CHAR, H_PUT_TERM_CHAR,
		H_EOI, H_CPPR, H_IPI, H_IPOLL, H_XIRR, H_REGISTER_VPA, H_CEDE, H_CONFER, H_PROD, H_VIO_SIGNAL,
		H_SEND_CRQ, H_BULK_REMOVE, H_STUFF_TCE, H_PUT_TCE_INDIRECT, H_GET_CPU_CHARACTERISTICS,
		H_HOME_NODE_ASSOCIATIVITY, H_XIRR_X, H_RANDOM, H_SET_MODE, H_REGISTER_PROC_TBL, H_SIGNAL_SYS_RESET,
		H_INT_RESET,
	};
	unsigned int known = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(used) / sizeof(used[0]); i++)
		assert_true(hardware_knows_hcall(used[i]));
	for (uint64_t number = 0; number < 0x20000; number++) {
		known += hardware_knows_hcall(number);
		assert_false(number % 4 && hardware_knows_hcall(number));
	}
	assert_int_equal(known, 100);
	assert_false(hardware_knows_hcall(UINT64_MAX - 3));
	/* what is not used there, or of QEMU alone */
	assert_false(hardware_knows_hcall(0) || hardware_knows_hcall(0x44) || hardware_knows_hcall(0xf004));
}

static void test_trace(void **state)
{
	struct vcpu *vcpu = &vcpus[0];

	(void)state;
	log_set_level(LOG_INFO);
	GPR(vcpu, 3) = UV_SHARE_PAGE;
	GPR(vcpu, 4) = GUEST;
	vcpu->regs.nip = 0x1004;
	uvcall_serve(vcpu);
	assert_non_null(strstr(fake.console, "uvcall=UV_SHARE_PAGE cpu=0 nip=0x1000"));
	assert_non_null(strstr(fake.console, "r4=0x400000"));
	GPR(vcpu, 3) = H_JOIN;
	hcall_serve(vcpu);
	assert_non_null(strstr(fake.console, "hcall=H_JOIN cpu=0 nip=0x1004"));
	log_set_level(LOG_NOTICE);
}

static int64_t draw_random(uint64_t number, const uint64_t in[9], uint64_t out[9])
{
	assert_int_equal(number, H_RANDOM);
	assert_int_equal(in[0], 0);
	out[0] = 0x1234;
	return H_SUCCESS;
}

static void test_random(void **state)
{
	uint64_t r[9] = { 7 };

	(void)state;
	fake.hcall = draw_random;
	assert_int_equal(serve_random(&vcpus[0], r), H_SUCCESS);
	assert_int_equal(r[0], 0x1234);
	vcpus[0].secure = true;
	r[0] = 7;
	assert_int_equal(serve_random(&vcpus[0], r), H_FUNCTION);
	assert_int_equal(r[0], 7);
}

/* flags, base, page, size */
static int64_t register_table(uint64_t flags, uint64_t base, uint64_t page, uint64_t size)
{
	uint64_t r[9] = { flags, base, page, size };

	return serve_register_proc_tbl(&vcpus[0], r);
}

static void test_process_table(void **state)
{
	const uint64_t set = PROC_TBL_MODIFY | PROC_TBL_REGISTER | PROC_TBL_RADIX;

	(void)state;
	assert_int_equal(register_table(set, 0x20000, 0, 12), H_SUCCESS);
	assert_int_equal(radix_process_table(), 0x20000 | 12);
	assert_int_equal(register_table(set & ~(uint64_t)PROC_TBL_RADIX, 0x30000, 0, 12), H_PARAMETER);
	assert_int_equal(register_table(set | 1UL << 40, 0x30000, 0, 12), H_PARAMETER);
	assert_int_equal(register_table(PROC_TBL_RADIX, 0x30000, 0, 12), H_SUCCESS);
	assert_int_equal(register_table(set, 0x30001, 0, 12), H_P2);
	assert_int_equal(register_table(set, GUEST, 0, 12), H_P2);
	assert_int_equal(register_table(set, 0x30000, 1, 12), H_P3);
	assert_int_equal(register_table(set, 0x30000, 0, 25), H_P4);
	assert_int_equal(radix_process_table(), 0x20000 | 12);
	assert_int_equal(register_table(PROC_TBL_MODIFY | PROC_TBL_RADIX, 0, 0, 0), H_SUCCESS);
	assert_int_equal(radix_process_table(), 0);
}

/* QEMU's copy: ranges that overlap go backwards, a device's registers through the host. */
static void test_memop(void **state)
{
	uint64_t r[9] = { 0x1004, 0x1000, 0, 8, 0 };
	char text[16] = "";

	(void)state;
	assert_true(guest_write(0x1000, "abcdefgh", 8));
	assert_int_equal(serve_memop(&vcpus[0], r), H_SUCCESS);
	assert_true(guest_read(text, 0x1000, 12));
	assert_string_equal(text, "abcdabcdefgh");
	memcpy(r, (uint64_t[]){ 0x1000, 0x1004, 1, 4, 0 }, 5 * sizeof(*r));
	assert_int_equal(serve_memop(&vcpus[0], r), H_SUCCESS);
	assert_true(guest_read(text, 0x1000, 12));
	assert_string_equal(text, "abcdefghefgh");
	memcpy(r, (uint64_t[]){ 0x1000, 0x1000, 3, 1, 1 }, 5 * sizeof(*r));
	assert_int_equal(serve_memop(&vcpus[0], r), H_SUCCESS);
	assert_true(guest_read(text, 0x1000, 8));
	for (int i = 0; i < 8; i++)
		assert_int_equal((uint8_t)text[i], (uint8_t)~("abcdefgh"[i]));
	r[4] = 2;
	assert_int_equal(serve_memop(&vcpus[0], r), H_PARAMETER);
}

/* Copied or zeroed, to the last byte and none beyond, as the guest sees it. */
static void test_page_init(void **state)
{
	uint8_t page[3 * SMALL_PAGE];
	uint64_t r[9] = { H_COPY_PAGE, 0x21000, 0x31000 };

	(void)state;
	memset(page, 0x11, sizeof(page));
	assert_true(guest_write(0x20000, page, sizeof(page)));
	for (size_t i = 0; i < sizeof(page); i++)
		page[i] = (uint8_t)(i * 7 + i / 256);
	assert_true(guest_write(0x30000, page, sizeof(page)));
	assert_int_equal(serve_page_init(&vcpus[0], r), H_SUCCESS);
	for (int zero = 0; zero < 2; zero++) {
		assert_true(guest_read(page, 0x20000, sizeof(page)));
		for (size_t i = 0; i < sizeof(page); i++) {
			bool inside = i >= SMALL_PAGE && i < 2 * SMALL_PAGE;

			assert_int_equal(page[i], !inside ? 0x11 : zero ? 0 : (uint8_t)(i * 7 + i / 256));
		}
		r[0] = H_ZERO_PAGE;
		assert_int_equal(serve_page_init(&vcpus[0], r), H_SUCCESS);
	}
}

static uint64_t shown[9], shown_number;

static int64_t show(uint64_t number, const uint64_t in[9], uint64_t out[9])
{
	shown_number = number;
	memcpy(shown, in, sizeof(shown));
	if (out)
		out[0] = 0x77;
	return H_HARDWARE;
}

/* The registers of a device are QEMU's. */
static void test_device_elements(void **state)
{
	uint64_t r[9] = { 4, 0x200080000100, 0x12345678 };

	(void)state;
	fake.hcall = show;
	assert_int_equal(serve_ci_store(&vcpus[0], r), H_PARAMETER);
	ranges_add(&platform.mmio, (struct range){ 0x200080000000, 0x200080010000 });
	assert_int_equal(serve_ci_store(&vcpus[0], r), H_HARDWARE);
	assert_int_equal(shown_number, H_LOGICAL_CI_STORE);
	assert_true(shown[0] == 4 && shown[1] == 0x200080000100 && shown[2] == 0x12345678);
	assert_int_equal(serve_ci_load(&vcpus[0], r), H_HARDWARE);
	assert_int_equal(shown_number, H_LOGICAL_CI_LOAD);
	assert_true(shown[0] == 4 && shown[1] == 0x200080000100);
	assert_int_equal(r[0], 0x77);
}

/* QEMU gets the list from the bounce page; all else is the guest's. */
static void test_list_of_translations(void **state)
{
	uint64_t r[9] = { 0x80000001, 0x1000, 0x30000, 2 };
	uint8_t list[24];

	(void)state;
	fake.hcall = show;
	be64_store(list, 0x21003);
	be64_store(list + 8, 0x22000);
	be64_store(list + 16, GUEST | 3);
	assert_true(guest_write(r[2], list, sizeof(list)));
	assert_int_equal(serve_put_tce_indirect(&vcpus[0], r), H_HARDWARE);
	assert_int_equal(shown_number, H_PUT_TCE_INDIRECT);
	assert_true(shown[0] == 0x80000001 && shown[1] == 0x1000 && shown[2] == LOW_BOUNCE && shown[3] == 2);
	assert_memory_equal(real(LOW_BOUNCE), list, 16);
	r[3] = 3;	/* one that points out of memory */
	shown_number = 0;
	assert_int_equal(serve_put_tce_indirect(&vcpus[0], r), H_PARAMETER);
	assert_int_equal(shown_number, 0);
}

static void *tree;

/* One that is refused for nothing that comes before a kernel's command line */
static void make_tree(void)
{
	static const char *const services[] = { UV_ESM_RTAS_SERVICES };
	int rtas, chosen;

	free(tree);
	tree = tree_read("pseries", 4096);
	assert_int_equal(fdt_open_into(tree, tree, (int)fdt_totalsize(tree) + 4096), 0);
	rtas = fdt_path_offset(tree, "/rtas");
	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++)
		assert_int_equal(fdt_setprop_u32(tree, rtas, services[i], 0x2100), 0);
	assert_int_equal(fdt_setprop_u32(tree, rtas, "linux,rtas-base", 0x200000), 0);
	assert_int_equal(fdt_setprop_u32(tree, rtas, "rtas-size", 0x1000), 0);
	assert_int_equal(fdt_setprop_u32(tree, rtas, "slof,rtas-size", 20), 0);
	chosen = fdt_path_offset(tree, "/chosen");
	assert_int_equal(fdt_setprop_u32(tree, chosen, "linux,initrd-start", 0x300000), 0);
	assert_int_equal(fdt_setprop_u32(tree, chosen, "linux,initrd-end", 0x301000), 0);
	fdt_delprop(tree, chosen, "bootargs");
}

static const char *refusal(void)
{
	static struct contract contract;
	const char *why;

	assert_true(guest_write(TREE, tree, fdt_totalsize(tree)));
	memset(&contract, 0, sizeof(contract));
	why = contract_read(&contract, TREE, 0x40000);
	return why ? why : "";
}

/* Linux' prom_init makes trees of version 16; a tree of version 17 has to be sound before it is opened. */
static void test_versions(void **state)
{
	uint32_t structure, reserved, at = 42;
	uint8_t *other;

	(void)state;
	make_tree();
	fdt_set_version(tree, 16);
	assert_string_equal(refusal(), "/chosen lacks bootargs");
	fdt_set_version(tree, 17);
	assert_string_equal(refusal(), "/chosen lacks bootargs");
	/* the structure block first, where it is not aligned: libfdt would put all in order */
	assert_int_equal(fdt_pack(tree), 0);
	structure = fdt_size_dt_struct(tree);
	reserved = (uint32_t)sizeof(struct fdt_reserve_entry) * (uint32_t)(fdt_num_mem_rsv(tree) + 1);
	other = calloc(1, fdt_totalsize(tree) + 64);
	memcpy(other, tree, sizeof(struct fdt_header));
	memcpy(other + at, (uint8_t *)tree + fdt_off_dt_struct(tree), structure);
	fdt_set_off_dt_struct(other, at);
	at += structure;
	memcpy(other + at, (uint8_t *)tree + fdt_off_dt_strings(tree), fdt_size_dt_strings(tree));
	fdt_set_off_dt_strings(other, at);
	at = (at + fdt_size_dt_strings(tree) + 7) & ~7U;
	fdt_set_off_mem_rsvmap(other, at);
	memcpy(other + at, (uint8_t *)tree + fdt_off_mem_rsvmap(tree), reserved);
	fdt_set_totalsize(other, at + reserved);
	free(tree);
	tree = other;
	assert_string_equal(refusal(), "tree corrupt");
	free(tree);
	tree = NULL;
}

static void test_refused_trees(void **state)
{
	static const uint8_t reg[16] = { [6] = 0x10 };
	uint32_t size;

	(void)state;
	make_tree();
	assert_string_equal(refusal(), "/chosen lacks bootargs");
	fdt_setprop_u32(tree, fdt_path_offset(tree, "/chosen"), "linux,initrd-end", 0x300000);
	assert_string_equal(refusal(), "the initrd is empty, or not in memory");
	fdt_setprop_u32(tree, fdt_path_offset(tree, "/chosen"), "linux,initrd-end", GUEST + 1);
	assert_string_equal(refusal(), "the initrd is empty, or not in memory");
	fdt_delprop(tree, fdt_path_offset(tree, "/chosen"), "linux,initrd-end");
	assert_string_equal(refusal(), "/chosen lacks linux,initrd-start or -end");
	fdt_setprop_u32(tree, fdt_path_offset(tree, "/rtas"), "linux,rtas-base", GUEST);
	assert_string_equal(refusal(), "RTAS is not in memory");
	fdt_delprop(tree, fdt_path_offset(tree, "/rtas"), "slof,rtas-size");
	assert_string_equal(refusal(), "/rtas lacks linux,rtas-base, rtas-size or slof,rtas-size");
	fdt_delprop(tree, fdt_path_offset(tree, "/rtas"), "start-cpu");
	assert_string_equal(refusal(), "start-cpu");
	fdt_setprop(tree, fdt_path_offset(tree, "/memory@0"), "reg", reg, sizeof(reg));
	assert_string_equal(refusal(), "/memory@0 does not start at 0");
	fdt_delprop(tree, fdt_path_offset(tree, "/memory@0"), "reg");
	assert_string_equal(refusal(), "/memory@0 has no reg of base and size");
	memset((uint8_t *)tree + fdt_off_dt_struct(tree) + 8, 0xff, 4);
	assert_string_equal(refusal(), "tree corrupt");
	size = fdt_totalsize(tree);
	fdt_set_totalsize(tree, TREE_SPACE / 2 + 1);
	assert_true(guest_write(TREE, tree, size));
	assert_string_equal(contract_read(&(struct contract){ 0 }, TREE, 0), "tree too large, or not in memory");
	fdt_set_magic(tree, 0);
	assert_true(guest_write(TREE, tree, size));
	assert_string_equal(contract_read(&(struct contract){ 0 }, TREE, 0), "no tree at r5");
	free(tree);
	tree = NULL;
}

#define CASE(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_names), CASE(test_trace), CASE(test_random), CASE(test_process_table),
		CASE(test_memop), CASE(test_page_init), CASE(test_device_elements), CASE(test_list_of_translations),
		CASE(test_versions), CASE(test_refused_trees), CASE(test_known_by_hardware),
	};

	return RUN(tests);
}
