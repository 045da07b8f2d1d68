// SPDX-License-Identifier: GPL-2.0-or-later
/* RTAS calls of the guest: how many arguments each takes, what goes through the bounce page, who waits for the lock. */
#include "ultravisor/calls/rtas.h"

#include <libfdt.h>

#include "abi/hcalls.h"
#include "lib/endian.h"
#include "lib/log.h"
#include "lib/rtas.h"
#include "tests/host/fake/tree.h"
#include "tests/host/fake/ultravisor.h"
#include "tests/host/unit/test.h"
#include "ultravisor/calls/rtas_serve.h"
#include "ultravisor/cpu/low.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/memory/real.h"
#include "ultravisor/text/guest.h"

#define GUEST  (4UL << 20)
#define BLOCK  0x10000UL
#define BUFFER 0x20000UL
#define TOKEN  0x2000U
#define UNUSED 0xff

/*
 * Arguments of each call by LoPAR 7.3: how many (the fewer, where an option adds some), which is the address of a
 * buffer, which its size; or what the size is.
 */
static const struct service {
	const char *name;
	uint32_t nargs;
	uint8_t buffer, length;
	uint16_t size;
	bool reads, writes;
} services[] = {
	{ "display-character", 1, UNUSED, 0, 0, false, false },
	{ "get-time-of-day", 0, UNUSED, 0, 0, false, false },
	{ "set-time-of-day", 7, UNUSED, 0, 0, false, false },
	{ "get-power-level", 1, UNUSED, 0, 0, false, false },
	{ "set-power-level", 2, UNUSED, 0, 0, false, false },
	{ "get-sensor-state", 2, UNUSED, 0, 0, false, false },
	{ "set-indicator", 3, UNUSED, 0, 0, false, false },
	{ "event-scan", 4, 2, 3, 0, false, true },
	{ "check-exception", 6, 4, 5, 0, false, true },
	{ "ibm,get-system-parameter", 3, 1, 2, 0, false, true },
	{ "ibm,set-system-parameter", 2, 1, UNUSED, 2 + 1024, true, false },	/* a length, and so much at most */
	{ "ibm,configure-connector", 2, 0, UNUSED, 4096, true, true },
	{ "ibm,slot-error-detail", 8, UNUSED, 0, 0, false, false },
	{ "read-pci-config", 2, UNUSED, 0, 0, false, false },
	{ "write-pci-config", 3, UNUSED, 0, 0, false, false },
	{ "ibm,read-pci-config", 4, UNUSED, 0, 0, false, false },
	{ "ibm,write-pci-config", 5, UNUSED, 0, 0, false, false },
	{ "ibm,change-msi", 5, UNUSED, 0, 0, false, false },
	{ "ibm,query-interrupt-source-number", 4, UNUSED, 0, 0, false, false },
	{ "ibm,get-config-addr-info2", 4, UNUSED, 0, 0, false, false },
	{ "ibm,set-eeh-option", 4, UNUSED, 0, 0, false, false },
	{ "ibm,read-slot-reset-state2", 3, UNUSED, 0, 0, false, false },
	{ "ibm,set-slot-reset", 4, UNUSED, 0, 0, false, false },
	{ "ibm,configure-pe", 3, UNUSED, 0, 0, false, false },
	{ "ibm,query-pe-dma-window", 3, UNUSED, 0, 0, false, false },
	{ "ibm,create-pe-dma-window", 5, UNUSED, 0, 0, false, false },
	{ "ibm,remove-pe-dma-window", 1, UNUSED, 0, 0, false, false },
	{ "ibm,reset-pe-dma-window", 3, UNUSED, 0, 0, false, false },
	{ "ibm,get-xive", 1, UNUSED, 0, 0, false, false },
	{ "ibm,set-xive", 3, UNUSED, 0, 0, false, false },
	{ "ibm,int-on", 1, UNUSED, 0, 0, false, false },
	{ "ibm,int-off", 1, UNUSED, 0, 0, false, false },
	{ "query-cpu-stopped-state", 1, UNUSED, 0, 0, false, false },
	/* with a behaviour of their own, below */
	{ "nvram-fetch", 3, UNUSED, 0, 0, false, false },
	{ "nvram-store", 3, UNUSED, 0, 0, false, false },
	{ "ibm,os-term", 1, UNUSED, 0, 0, false, false },
};
#define SERVICES (sizeof(services) / sizeof(services[0]))
#define PLAIN	 (SERVICES - 3)

static struct {
	unsigned int calls;
	uint32_t token, nargs, nrets, args[RTAS_ARGS_MAX];
	uint8_t bounce[BOUNCE_SIZE];
} got;

/* What stands at offset @at of a buffer of the guest's, and of QEMU's */
static uint8_t guests(uint64_t at)
{
	return (uint8_t)(at * 7 + at / 256 + 1);
}

static uint8_t qemus(uint64_t at)
{
	return (uint8_t)(at * 3 + at / 256 + 2);
}

static int qemu(uint32_t token, const uint32_t *args, uint32_t nargs, uint32_t *rets, uint32_t nrets)
{
	uint8_t *bounce = real(LOW_BOUNCE);

	got.calls++;
	got.token = token;
	got.nargs = nargs;
	got.nrets = nrets;
	memcpy(got.args, args, nargs * sizeof(*args));
	memcpy(got.bounce, bounce, sizeof(got.bounce));
	for (uint64_t at = 0; at < BOUNCE_SIZE; at++)
		bounce[at] = qemus(at);
	if (nrets > 1)
		rets[0] = 0x77;
	return RTAS_SUCCESS;
}

static int setup(void **state)
{
	void *tree = tree_read("pseries", 4096);
	int rtas;

	(void)state;
	fake_reset();
	fake_uv_reset(GUEST);
	fake.rtas = qemu;
	memset(&got, 0, sizeof(got));
	assert_int_equal(fdt_open_into(tree, tree, (int)fdt_totalsize(tree) + 4096), 0);
	rtas = fdt_path_offset(tree, "/rtas");
	for (uint32_t i = 0; i < SERVICES; i++)
		assert_int_equal(fdt_setprop_u32(tree, rtas, services[i].name, TOKEN + i), 0);
	rtas_read_tokens(tree);
	free(tree);
	return 0;
}

/* The status, which starts as none that there is; the call itself succeeds. */
static int32_t call(uint32_t token, const uint32_t *args, uint32_t nargs)
{
	uint8_t block[4 * (3 + RTAS_ARGS_MAX)] = { 0 };
	uint64_t r[9] = { BLOCK };

	be32_store(block, token);
	be32_store(block + 4, nargs);
	be32_store(block + 8, 2);
	for (uint32_t i = 0; i < nargs; i++)
		be32_store(block + 12 + 4 * i, args[i]);
	memset(block + 12 + 4 * nargs, 0x5a, 8);
	assert_true(guest_write(BLOCK, block, sizeof(block)));
	assert_int_equal(serve_rtas(&vcpus[0], r), H_SUCCESS);
	assert_true(guest_read(block, BLOCK, sizeof(block)));
	for (uint32_t i = 0; i < nargs; i++)	/* the guest's own are not changed */
		assert_int_equal(be32_load(block + 12 + 4 * i), args[i]);
	assert_int_equal(be32_load(block + 12 + 4 * nargs + 4), got.calls ? 0x77 : 0);
	return (int32_t)be32_load(block + 12 + 4 * nargs);
}

static void fill(uint64_t gpa, uint64_t size)
{
	for (uint64_t at = 0; at < size; at++) {
		uint8_t byte = guests(at);

		assert_true(guest_write(gpa + at, &byte, 1));
	}
}

static void check_buffer(const struct service *service, uint64_t size)
{
	uint8_t byte;

	assert_int_equal(got.args[service->buffer], LOW_BOUNCE);
	for (uint64_t at = 0; at < BOUNCE_SIZE; at++)
		assert_int_equal(got.bounce[at], service->reads && at < size ? guests(at) : 0);
	for (uint64_t at = 0; at < BOUNCE_SIZE + 16; at++) {
		assert_true(guest_read(&byte, BUFFER + at, 1));
		assert_int_equal(byte, service->writes && at < size ? qemus(at) : guests(at));
	}
}

/* Each with as many arguments as it takes; one less is status -3, and QEMU hears nothing. */
static void test_arguments(void **state)
{
	for (uint32_t i = 0; i < PLAIN; i++) {
		const struct service *service = &services[i];
		uint32_t args[RTAS_ARGS_MAX];

		setup(state);
		print_message("%s\n", service->name);
		for (uint32_t n = 0; n < RTAS_ARGS_MAX; n++)
			args[n] = 0x100 + n;
		if (service->buffer != UNUSED) {
			args[service->buffer] = BUFFER;
			fill(BUFFER, BOUNCE_SIZE + 16);
		}
		if (service->nargs)
			assert_int_equal(call(TOKEN + i, args, service->nargs - 1), RTAS_PARAMETER);
		assert_int_equal(got.calls, 0);
		assert_int_equal(call(TOKEN + i, args, service->nargs), RTAS_SUCCESS);
		assert_int_equal(got.calls, 1);
		assert_int_equal(got.token, TOKEN + i);
		assert_int_equal(got.nargs, service->nargs);
		assert_int_equal(got.nrets, 2);
		for (uint32_t n = 0; n < service->nargs; n++)
			assert_int_equal(got.args[n], n == service->buffer ? LOW_BOUNCE : args[n]);
		if (service->buffer != UNUSED)
			check_buffer(service, service->size ? service->size : 0x100 + service->length);
	}
}

/* A buffer has at most a page, and lies in memory. */
static void test_buffers(void **state)
{
	uint32_t args[] = { 0, 0, BUFFER, BOUNCE_SIZE + 1 };

	(void)state;
	fill(BUFFER, BOUNCE_SIZE + 16);
	assert_int_equal(call(rtas_token("event-scan"), args, 4), RTAS_SUCCESS);
	assert_int_equal(got.args[3], BOUNCE_SIZE);
	got.calls = 0;
	args[2] = GUEST - 7;
	args[3] = 8;
	assert_int_equal(call(rtas_token("event-scan"), args, 4), RTAS_PARAMETER);
	assert_int_equal(got.calls, 0);
	args[2] = GUEST - 8;
	assert_int_equal(call(rtas_token("event-scan"), args, 4), RTAS_SUCCESS);
}

/* A token of no service is refused by the call itself, QEMU hw/ppc/spapr_rtas.c spapr_rtas_call(), and said. */
static void test_unknown(void **state)
{
	uint8_t block[4 * 4] = { 0 };
	uint64_t r[9] = { BLOCK };

	(void)state;
	be32_store(block, TOKEN + SERVICES);
	be32_store(block + 8, 1);
	assert_true(guest_write(BLOCK, block, sizeof(block)));
	log_set_level(LOG_INFO);
	assert_int_equal(serve_rtas(&vcpus[0], r), H_PARAMETER);
	log_set_level(LOG_NOTICE);
	assert_non_null(strstr(fake.console, "hcall=KVMPPC_H_RTAS cpu=0 "));
	assert_non_null(strstr(fake.console, "token=0x2024 rc=-3"));
	assert_true(guest_read(block, BLOCK, sizeof(block)));
	assert_int_equal((int32_t)be32_load(block + 12), RTAS_PARAMETER);
	assert_int_equal(got.calls, 0);
}

#define NVRAM 0x3000

static uint8_t nvram[NVRAM];
static unsigned int transfers, broken_at;

/* index, address, bytes -> status, bytes done */
static int transfer(uint32_t token, const uint32_t *args, uint32_t nargs, uint32_t *rets, uint32_t nrets)
{
	assert_true(nargs == 3 && nrets == 2);
	assert_true(args[1] == LOW_BOUNCE && args[2] >= 1 && args[2] <= BOUNCE_SIZE);
	if (args[0] > NVRAM || args[2] > NVRAM - args[0])
		return RTAS_PARAMETER;
	if (++transfers == broken_at)
		return RTAS_HARDWARE_ERROR;
	if (token == rtas_token("nvram-fetch"))
		memcpy(real(LOW_BOUNCE), nvram + args[0], args[2]);
	else
		memcpy(nvram + args[0], real(LOW_BOUNCE), args[2]);
	rets[0] = args[2];
	return RTAS_SUCCESS;
}

static int32_t move_nvram(const char *name, uint32_t index, uint64_t gpa, uint32_t size, uint32_t *done)
{
	uint8_t block[4 * 8] = { 0 };
	uint64_t r[9] = { BLOCK };
	const uint32_t cells[] = { rtas_token(name), 3, 2, index, (uint32_t)gpa, size };

	for (size_t i = 0; i < 6; i++)
		be32_store(block + 4 * i, cells[i]);
	transfers = 0;
	assert_true(guest_write(BLOCK, block, sizeof(block)));
	assert_int_equal(serve_rtas(&vcpus[0], r), H_SUCCESS);
	assert_true(guest_read(block, BLOCK, sizeof(block)));
	*done = be32_load(block + 28);
	return (int32_t)be32_load(block + 24);
}

/* A page at a time, of any size, and no byte more. */
static void test_nvram(void **state)
{
	static const struct {
		uint32_t size;
		unsigned int calls;
	} cases[] = { { 0, 0 }, { 1, 1 }, { BOUNCE_SIZE, 1 }, { BOUNCE_SIZE + 1, 2 }, { 2 * BOUNCE_SIZE + 77, 3 } };

	(void)state;
	fake.rtas = transfer;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t size = cases[i].size, done;
		uint8_t byte;

		memset(nvram, 0, sizeof(nvram));
		fill(BUFFER, NVRAM);
		assert_int_equal(move_nvram("nvram-store", 5, BUFFER, size, &done), RTAS_SUCCESS);
		assert_int_equal(done, size);
		assert_int_equal(transfers, cases[i].calls);
		for (uint32_t at = 0; at < NVRAM; at++)
			assert_int_equal(nvram[at], at >= 5 && at < 5 + size ? guests(at - 5) : 0);
		for (uint32_t at = 0; at < NVRAM; at++)
			nvram[at] = qemus(at);
		assert_int_equal(move_nvram("nvram-fetch", 5, BUFFER, size, &done), RTAS_SUCCESS);
		assert_int_equal(done, size);
		assert_int_equal(transfers, cases[i].calls);
		for (uint32_t at = 0; at < NVRAM; at++) {
			assert_true(guest_read(&byte, BUFFER + at, 1));
			assert_int_equal(byte, at < size ? qemus(at + 5) : guests(at));
		}
	}
}

/* QEMU's refusal ends it; it is handed on, with nothing done. */
static void test_nvram_refused(void **state)
{
	uint32_t done;

	(void)state;
	fake.rtas = transfer;
	assert_int_equal(move_nvram("nvram-fetch", NVRAM - 8, BUFFER, 9, &done), RTAS_PARAMETER);
	assert_int_equal(done, 0);
	broken_at = 2;
	assert_int_equal(move_nvram("nvram-store", 0, BUFFER, 2 * BOUNCE_SIZE + 1, &done), RTAS_HARDWARE_ERROR);
	broken_at = 0;
	assert_int_equal(done, 0);
	assert_int_equal(transfers, 2);
	assert_int_equal(move_nvram("nvram-fetch", 0, GUEST - 8, 9, &done), RTAS_PARAMETER);
	assert_int_equal(transfers, 0);
}

/* The text of ibm,os-term is the guest's memory: it is read under the lock. */
static void os_term(void)
{
	struct rtas_request request = { .vcpu = &vcpus[0], .token = rtas_token("ibm,os-term"), .nargs = 1, .nrets = 1,
					.arg = { BUFFER } };
	jmp_buf ended;

	fake_uv.on_cede = &ended;
	if (!setjmp(ended))
		serve_os_term(&request);
	fake_uv.on_cede = NULL;
}

static void read_time(void)
{
	static const uint32_t no_args[1];

	call(rtas_token("get-time-of-day"), no_args, 0);
}

static void test_lock(void **state)
{
	(void)state;
	assert_true(fake_uv_waits(os_term));
	assert_true(fake_uv_waits(read_time));
	assert_int_equal(got.calls, 0);
	assert_true(guest_write(BUFFER, "the end", 8));
	os_term();
	assert_int_equal(got.calls, 1);
	assert_int_equal(got.args[0], LOW_TERM_TEXT);
	assert_string_equal(real(LOW_TERM_TEXT), "the end");
}

#define CASE(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_arguments), CASE(test_buffers), CASE(test_unknown), CASE(test_nvram), CASE(test_nvram_refused), CASE(test_lock),
	};

	return RUN(tests);
}
