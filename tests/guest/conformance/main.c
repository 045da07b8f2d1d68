// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a guest may expect of the ultravisor, call by call, before and after UV_ESM. Prints TAP. The
 * reference of a check is a section of docs/ultravisor.md ("call", "memory", "text", "hcall",
 * "rtas", "esm"), whose numbers come from open-power/ultravisor core/uvcall.c.
 */
#include "abi/hcalls.h"
#include "abi/pef.h"
#include "abi/power.h"
#include "fdt/edit.h"
#include "fdt/outline.h"
#include "fdt/read.h"
#include "lib/arch.h"
#include "lib/console.h"
#include "lib/endian.h"
#include "lib/format.h"
#include "lib/hcall.h"
#include "lib/names.h"
#include "lib/rtas.h"
#include "lib/rtas_blob.h"
#include "lib/stop.h"
#include "lib/string.h"
#include "tests/guest/conformance/blk.h"
#include "tests/guest/conformance/msr.h"
#include "tests/guest/conformance/soak.h"

/* Memory of the checks: above the image, below QEMU's tree */
#define PATTERN	   0x1000000UL	/* frames with known contents */
#define FRAMES	   16UL
#define SCRATCH	   0x2000000UL
#define CODE	   0x2100000UL
#define TREE	   0x3000000UL
#define TREE_ROOM  0x100000UL
#define KBASE	   0x4000000UL
#define INITRD	   0x4100000UL
#define RTAS_BASE  0x4200000UL
#define TABLES	   0x5000000UL
#define GFN(address) ((address) >> UV_PAGE_SHIFT)

int64_t call_sc1(uint64_t *r);
int64_t call_sc2(uint64_t *r);
int64_t enter_secure(uint64_t kbase, uint64_t fdt, uint64_t entered[8]);
int64_t in_user_mode(uint64_t code, uint64_t a, uint64_t b, uint64_t c);
uint64_t try_load(uint64_t at);
void try_store(uint64_t at);
void try_fetch(uint64_t at);
void illegal_22(void);
void sc0(void);
void pid_set(uint64_t pid);
_Noreturn void conformance(const void *tree);

extern uint8_t at_kbase[], at_kbase_end[];
extern const uint8_t own_words[];
int64_t own_call(uint64_t number);
typedef uint64_t load_fn(const void *at);
load_fn own_lwz, own_lbz, own_lhz, own_lha, own_ld, own_lwa, own_lwzx, own_lbzx, own_lhzx, own_lhax,
	own_ldx, own_lwax, own_lhbrx, own_lwbrx, own_ldbrx, own_lwzu;
uint64_t own_store(const void *at, uint32_t value);

/* What the vectors of head.S note. */
struct note {
	uint64_t vector, srr0, srr1, dar, dsisr, count;
};
#define NOTE ((volatile struct note *)note_at())
static void *note_at(void)
{
	uint64_t at = 0x40;

	__asm__("" : "+r"(at));
	return (void *)at;
}

static unsigned int number, failed;
static const void *machine_tree;
static uint64_t memory_end;

static void say(const char *text, size_t size)
{
	console_write(text, size);
	console_write("\n", 1);
}

static void check(bool good, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void check(bool good, const char *fmt, ...)
{
	char line[200];
	va_list args;
	size_t used;

	used = format(line, sizeof(line), "%s %u - ", good ? "ok" : "not ok", ++number);
	va_start(args, fmt);
	used += vformat(line + used, sizeof(line) - used, fmt, args);
	va_end(args);
	failed += !good;
	say(line, used);
}

static void check_rc(int64_t got, int64_t want, const char *what)
{
	check(got == want, "%s -> %ld, want %ld", what, (long)got, (long)want);
}

static int64_t uv(int64_t (*how)(uint64_t *), uint64_t n, uint64_t a, uint64_t b)
{
	uint64_t r[10] = { n, a, b };

	return how(r);
}

#define SC2(...) uv(call_sc2, __VA_ARGS__)

static void fill(uint64_t at, uint64_t size, uint64_t value)
{
	for (uint64_t i = 0; i < size; i += 8)
		*(volatile uint64_t *)(at + i) = value + i;
}

static bool holds(uint64_t at, uint64_t size, uint64_t value)
{
	for (uint64_t i = 0; i < size; i += 8)
		if (*(volatile uint64_t *)(at + i) != value + i)
			return false;
	return true;
}

static bool is_zero(uint64_t at, uint64_t size)
{
	for (uint64_t i = 0; i < size; i += 8)
		if (*(volatile uint64_t *)(at + i))
			return false;
	return true;
}

/* --- every number, in both worlds, by both instructions --- */

static const struct {
	uint64_t number;
	int64_t normal, secure;		/* with all arguments 0 */
} calls[] = {
	{ UV_WRITE_PATE, U_PERMISSION, U_PERMISSION },
	{ UV_RESTRICTED_SPR_WRITE, U_PERMISSION, U_PERMISSION },
	{ UV_RESTRICTED_SPR_READ, U_PERMISSION, U_PERMISSION },
	{ UV_ESM, U_P2, U_P2 },
	{ UV_READ_SCOM, U_PERMISSION, U_PERMISSION },
	{ UV_WRITE_SCOM, U_PERMISSION, U_PERMISSION },
	{ UV_RETURN, U_PERMISSION, U_PERMISSION },
	{ UV_REGISTER_MEM_SLOT, U_PERMISSION, U_PERMISSION },
	{ UV_UNREGISTER_MEM_SLOT, U_PERMISSION, U_PERMISSION },
	{ UV_PAGE_IN, U_PERMISSION, U_PERMISSION },
	{ UV_PAGE_OUT, U_PERMISSION, U_PERMISSION },
	{ UV_SHARE_PAGE, U_PERMISSION, U_P2 },
	{ UV_UNSHARE_PAGE, U_PERMISSION, U_P2 },
	{ UV_PAGE_INVAL, U_PERMISSION, U_PERMISSION },
	{ UV_SVM_TERMINATE, U_PERMISSION, U_PERMISSION },
	{ UV_UNSHARE_ALL_PAGES, U_PERMISSION, U_SUCCESS },
	{ UV_READ_MEM, U_PERMISSION, U_PERMISSION },
	{ UV_WRITE_MEM, U_PERMISSION, U_PERMISSION },
	{ UV_ESMB_GET_FILE, U_PARAMETER, -FDT_ERR_BADMAGIC },
	{ UV_SEND_SBE_COMMAND, U_PERMISSION, U_PERMISSION },
	{ 0xf100, U_FUNCTION, U_FUNCTION },
	{ 0xf106, U_FUNCTION, U_FUNCTION },
	{ 0xf154, U_FUNCTION, U_FUNCTION },
};

static void every_number(bool secure)
{
	char what[80];

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		int64_t want = secure ? calls[i].secure : calls[i].normal;

		format(what, sizeof(what), "call %s: sc 2 %s (0x%lx) 0, 0", secure ? "secure" : "normal",
		       uv_name(calls[i].number), calls[i].number);
		check_rc(SC2(calls[i].number, 0, 0), want, what);
		format(what, sizeof(what), "call %s: sc 1 %s (0x%lx) 0, 0", secure ? "secure" : "normal",
		       uv_name(calls[i].number), calls[i].number);
		check_rc(uv(call_sc1, calls[i].number, 0, 0), want, what);
	}
}

/* --- text: replaced instructions are not seen --- */

static void text_is_exact(void)
{
	static const struct { const char *name; load_fn *load; uint64_t want; } loads[] = {
		{ "lwz", own_lwz, 0x44000042 },	      { "lbz", own_lbz, 0x42 },
		{ "lhz", own_lhz, 0x8182 },	      { "lha", own_lha, 0xffffffffffff8182 },
		{ "ld", own_ld, 0xf1f2f3f4f5f6f7f8 }, { "lwa", own_lwa, 0xffffffff81828384 },
		{ "lwzx", own_lwzx, 0x44000042 },     { "lbzx", own_lbzx, 0x44 },
		{ "lhzx", own_lhzx, 0x4400 },	      { "lhax", own_lhax, 0x4400 },
		{ "ldx", own_ldx, 0x4400004281828384 }, { "lwax", own_lwax, 0x44000042 },
		{ "lhbrx", own_lhbrx, 0x0044 },	      { "lwbrx", own_lwbrx, 0x42000044 },
		{ "ldbrx", own_ldbrx, 0x8483828142000044 }, { "lwzu", own_lwzu, 4 },
	};
	uint8_t copy[64];

	check_rc(own_call(0xf100), U_FUNCTION, "text: sc 2 in a page with data");
	for (size_t i = 0; i < sizeof(loads) / sizeof(loads[0]); i++) {
		uint64_t got = loads[i].load(own_words);

		check(got == loads[i].want, "text: %s from the own page reads 0x%lx, want 0x%lx",
		      loads[i].name, got, loads[i].want);
	}
	memcpy(copy, own_words, sizeof(copy));
	check(be32_load(copy) == INSN_SC_2, "text: a copy by other code has the original word");
	check_rc(own_call(0xf100), U_FUNCTION, "text: sc 2 still works after the copy");
	check(own_store(own_words, 0x12345678) == 0x12345678, "text: a store into the own page is seen");
	check_rc(own_call(0xf100), U_FUNCTION, "text: sc 2 still works after the store");
	own_store(own_words, 0x81828384);
}

/* Code written at run time: li r3, value or a call, then blr. */
static void code_that_changes(void)
{
	volatile uint32_t *code = (volatile uint32_t *)CODE;
	int64_t (*run)(uint64_t) = (int64_t (*)(uint64_t))CODE;

	for (int round = 0; round < 3; round++) {
		code[0] = INSN_SC_2;
		code[1] = 0x4e800020;	/* blr */
		cache_sync((void *)CODE, 8);
		check_rc(run(UV_PAGE_IN), U_PERMISSION, "text: sc 2 written at run time");
		check(code[0] == INSN_SC_2, "text: and read back");
		code[0] = 0x38600000 | (uint32_t)(7 + round);	/* li r3, 7 */
		cache_sync((void *)CODE, 8);
		check_rc(run(UV_PAGE_IN), 7 + round, "text: overwritten at run time");
	}
}

/* --- exceptions --- */

static void expect(uint64_t vector, uint64_t count, const char *what)
{
	check(NOTE->count == count + 1 && NOTE->vector == vector, "%s: vector 0x%lx, want 0x%lx", what,
	      NOTE->count == count ? 0 : NOTE->vector, vector);
}

static void wild_addresses(void)
{
	const uint64_t wild[] = { memory_end, memory_end + 0x10000, 2 * memory_end, 1UL << 40, 1UL << 51 };
	uint64_t count;

	for (size_t i = 0; i < sizeof(wild) / sizeof(wild[0]); i++) {
		count = NOTE->count;
		try_load(wild[i]);
		expect(0x300, count, "memory: load past the end");
		check(NOTE->dar == wild[i] && (NOTE->dsisr & DSISR_NO_PTE) && !(NOTE->dsisr & DSISR_STORE),
		      "memory: DAR 0x%lx DSISR 0x%lx", NOTE->dar, NOTE->dsisr);
		count = NOTE->count;
		try_store(wild[i]);
		expect(0x300, count, "memory: store past the end");
		check(NOTE->dsisr & DSISR_STORE, "memory: DSISR says store");
		count = NOTE->count;
		try_fetch(wild[i]);
		expect(0x400, count, "memory: fetch past the end");
	}
	count = NOTE->count;
	illegal_22();
	expect(0x700, count, "text: an illegal word of the guest's own");
	check(NOTE->srr1 & SRR1_ILLEGAL, "text: SRR1 says illegal");
	count = NOTE->count;
	sc0();
	expect(0xc00, count, "text: sc 0 is the guest's own");
}

/* --- hypercalls and RTAS --- */

static void refused_hypercalls(void)
{
	static const uint64_t refused[] = {
		H_ENTER, H_REMOVE, H_READ, H_PROTECT, H_BULK_REMOVE, H_SET_DABR, H_SET_XDABR,
		H_REG_CRQ, H_REGISTER_LOGICAL_LAN, H_JOIN, H_RESIZE_HPT_PREPARE, H_CLEAN_SLB, H_INVALIDATE_PID,
		H_INT_GET_SOURCE_INFO, H_INT_RESET, H_SCM_FLUSH, H_RPT_INVALIDATE, H_WATCHDOG,
		H_GUEST_GET_CAPABILITIES, H_SET_PARTITION_TABLE, H_ENTER_NESTED, H_TLB_INVALIDATE,
		H_COPY_TOFROM_GUEST, SVM_H_TPM_COMM, KVMPPC_H_VOF_CLIENT, 0xfffc, 0x10000,
	};
	char what[40];

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		format(what, sizeof(what), "hcall: 0x%lx", refused[i]);
		check_rc(HCALL(refused[i], SCRATCH, SCRATCH), H_FUNCTION, what);
	}
}

static void pointers_of_hypercalls(void)
{
	const uint64_t carve = memory_end + 0x100000;
	const struct { const char *what; int64_t got; } cases[] = {
		{ "hcall: H_PAGE_INIT to the ultravisor", HCALL(H_PAGE_INIT, H_ZERO_PAGE, carve) },
		{ "hcall: H_PAGE_INIT from the ultravisor", HCALL(H_PAGE_INIT, H_COPY_PAGE, SCRATCH, carve) },
		{ "hcall: H_PAGE_INIT misaligned", HCALL(H_PAGE_INIT, H_ZERO_PAGE, SCRATCH + 8) },
		{ "hcall: H_LOGICAL_CI_LOAD of the ultravisor", HCALL(H_LOGICAL_CI_LOAD, 8, carve) },
		{ "hcall: H_LOGICAL_CI_STORE to the ultravisor", HCALL(H_LOGICAL_CI_STORE, 8, carve, 1) },
		{ "hcall: H_LOGICAL_CI_LOAD of 3 bytes", HCALL(H_LOGICAL_CI_LOAD, 3, SCRATCH) },
		{ "hcall: H_LOGICAL_CI_LOAD across the end", HCALL(H_LOGICAL_CI_LOAD, 8, memory_end - 4) },
		{ "hcall: MEMOP over the end", HCALL(KVMPPC_H_LOGICAL_MEMOP, memory_end - 8, SCRATCH, 3, 2, 0) },
		{ "hcall: MEMOP of 2^62 bytes", HCALL(KVMPPC_H_LOGICAL_MEMOP, SCRATCH, SCRATCH, 3, 1UL << 59, 0) },
		{ "hcall: H_PUT_TCE to the ultravisor", HCALL(H_PUT_TCE, 0, 0, carve | 3) },
		{ "hcall: H_STUFF_TCE to the ultravisor", HCALL(H_STUFF_TCE, 0, 0, carve | 3, 1) },
		{ "hcall: H_PUT_TCE_INDIRECT list of the ultravisor", HCALL(H_PUT_TCE_INDIRECT, 0, 0, carve, 1) },
		{ "hcall: H_PUT_TCE_INDIRECT of 513", HCALL(H_PUT_TCE_INDIRECT, 0, 0, SCRATCH, 513) },
		{ "hcall: KVMPPC_H_RTAS past the end", HCALL(KVMPPC_H_RTAS, memory_end) },
		{ "hcall: KVMPPC_H_RTAS across the end", HCALL(KVMPPC_H_RTAS, memory_end - 8) },
		{ "hcall: KVMPPC_H_RTAS that wraps", HCALL(KVMPPC_H_RTAS, 0 - 8UL) },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_rc(cases[i].got, H_PARAMETER, cases[i].what);
}

#define REGISTER(gpa) HCALL(H_REGISTER_VPA, H_VPA_REG_VPA << H_VPA_FUNC_SHIFT, 0, gpa)

/* What kvm-unit-tests' spapr_vpa.c wants of an area, and LoPAR 14.11.3.2. */
static void registered_areas(void)
{
	volatile uint16_t *size = (volatile uint16_t *)(SCRATCH + 4);

	fill(SCRATCH, 8192, 0);
	*size = 640;
	check_rc(REGISTER(SCRATCH), H_SUCCESS, "hcall: H_REGISTER_VPA");
	check_rc(REGISTER(SCRATCH + 8), H_PARAMETER, "hcall: H_REGISTER_VPA not at a cache line");
	check_rc(REGISTER(memory_end), H_PARAMETER, "hcall: H_REGISTER_VPA past the end");
	check_rc(REGISTER(0UL), H_HARDWARE, "hcall: H_REGISTER_VPA at 0");
	*size = 632;
	check_rc(REGISTER(SCRATCH), H_PARAMETER, "hcall: H_REGISTER_VPA of 632 bytes");
	*(volatile uint16_t *)(SCRATCH + 4096 - 128 + 4) = 640;
	check_rc(REGISTER(SCRATCH + 4096 - 128), H_PARAMETER, "hcall: H_REGISTER_VPA across a page");
	check_rc(HCALL(H_REGISTER_VPA, H_VPA_DEREG_VPA << H_VPA_FUNC_SHIFT, 0, 0), H_SUCCESS, "hcall: H_REGISTER_VPA takes it back");
}

static uint64_t sprg0(void)
{
	uint64_t value;

	asm volatile("mfsprg %0, 0" : "=r"(value));
	return value;
}

static void hypercalls_on_memory(void)
{
	uint64_t in[9] = { 8, SCRATCH }, out[9];

	fill(SCRATCH, 4096, 5);
	check(hcall(H_LOGICAL_CI_LOAD, in, out) == 0 && out[0] == 5, "hcall: H_LOGICAL_CI_LOAD of memory");
	check_rc(HCALL(H_LOGICAL_CI_STORE, 8, SCRATCH, 77), H_SUCCESS, "hcall: H_LOGICAL_CI_STORE to memory");
	check(*(volatile uint64_t *)SCRATCH == 77, "hcall: and stored");
	fill(SCRATCH, 4096, 9);
	check_rc(HCALL(H_PAGE_INIT, H_COPY_PAGE, SCRATCH + 4096, SCRATCH), H_SUCCESS, "hcall: H_PAGE_INIT copies");
	check(holds(SCRATCH + 4096, 4096, 9), "hcall: and the copy is right");
	check_rc(HCALL(H_PAGE_INIT, H_ZERO_PAGE, SCRATCH + 4096), H_SUCCESS, "hcall: H_PAGE_INIT zeroes");
	check(is_zero(SCRATCH + 4096, 4096), "hcall: and it is zero");
	check_rc(HCALL(KVMPPC_H_LOGICAL_MEMOP, SCRATCH + 8, SCRATCH, 3, 16, 0), H_SUCCESS, "hcall: MEMOP overlapping");
	check(holds(SCRATCH + 8, 128, 9), "hcall: and copied backwards");
	check_rc(HCALL(H_SET_MODE, 0, 2, 0, 0), H_P2, "hcall: H_SET_MODE of an unknown resource");
	registered_areas();
	for (uint64_t value = 0xcafebabedeadbeef; value; value = value == 0xcafebabedeadbeef ? 0x5555aaaa : 0)
		check(HCALL(H_SET_SPRG0, value) == H_SUCCESS && sprg0() == value, "hcall: H_SET_SPRG0 0x%lx", value);
}

static int rtas(const char *name, uint32_t nargs, uint32_t nrets, const uint32_t *args)
{
	uint32_t token, rets[8];
	int node = fdt_path_offset(machine_tree, "/rtas");

	if (dt_u32(machine_tree, node, name, &token))
		return -1000;
	return rtas_call(token, args, nargs, rets, nrets);
}

static void rtas_pointers(void)
{
	const uint32_t carve = (uint32_t)memory_end + 0x100000;

	check(rtas("get-time-of-day", 0, 8, NULL) == 0, "rtas: get-time-of-day works");
	check_rc(rtas("ibm,get-system-parameter", 3, 1, (uint32_t[]){ 20, SCRATCH, 64 }), 0,
		 "rtas: get-system-parameter into memory");
	check(memcmp((void *)(SCRATCH + 2), "MaxEntCap=", 10) == 0, "rtas: and the text arrives");
	check_rc(rtas("ibm,get-system-parameter", 3, 1, (uint32_t[]){ 20, carve, 64 }), RTAS_PARAMETER,
		 "rtas: get-system-parameter into the ultravisor");
	check_rc(rtas("ibm,get-system-parameter", 3, 1, (uint32_t[]){ 20, (uint32_t)memory_end - 16, 64 }),
		 RTAS_PARAMETER, "rtas: get-system-parameter across the end");
	check_rc(rtas("nvram-fetch", 3, 2, (uint32_t[]){ 0, SCRATCH, 8192 }), 0, "rtas: nvram-fetch of 8 KiB");
	check_rc(rtas("nvram-fetch", 3, 2, (uint32_t[]){ 0, carve, 16 }), RTAS_PARAMETER,
		 "rtas: nvram-fetch into the ultravisor");
	check_rc(rtas("nvram-store", 3, 2, (uint32_t[]){ 0, carve, 16 }), RTAS_PARAMETER,
		 "rtas: nvram-store out of the ultravisor");
	check_rc(rtas("event-scan", 4, 1, (uint32_t[]){ ~0u, 0, carve, 2048 }), RTAS_PARAMETER,
		 "rtas: event-scan into the ultravisor");
	check_rc(rtas("set-indicator", 3, 1, (uint32_t[]){ 9003, 0, 0 }), RTAS_PARAMETER,
		 "rtas: set-indicator of a connector");
	check_rc(rtas("start-cpu", 3, 1, (uint32_t[]){ 999, 0, 0 }), RTAS_PARAMETER, "rtas: start-cpu of none");
	check_rc(rtas("start-cpu", 3, 1, (uint32_t[]){ 0, 0, 0 }), RTAS_HARDWARE_ERROR, "rtas: start-cpu of this");
	check(rtas("ibm,nmi-register", 0, 1, NULL) == -1000, "rtas: ibm,nmi-register is hidden");
	check_rc(rtas_call(0x7777, NULL, 0, NULL, 1), RTAS_HARDWARE_ERROR, "rtas: an unknown token");
}

/* --- user mode: one leaf of 1 GiB, real address = effective address --- */

static void translate(void)
{
	uint64_t *root = (uint64_t *)TABLES, *second = (uint64_t *)(TABLES + 0x10000);
	uint64_t *process = (uint64_t *)(TABLES + 0x20000);

	memset((void *)TABLES, 0, 0x30000);
	root[0] = PDE_VALID | (TABLES + 0x10000) | RADIX_LEVEL_BITS;
	second[0] = PTE_VALID | PTE_LEAF | PTE_REF_CHANGE | PTE_RWX;
	process[2] = PATE_RTS_52 | TABLES | RADIX_ROOT_BITS;	/* of process 1 */
	pid_set(1);
	check_rc(HCALL(H_REGISTER_PROC_TBL, 0x1d, TABLES + 0x20000, 0, 4), H_SUCCESS, "hcall: H_REGISTER_PROC_TBL");
}

static void user_mode(bool secure)
{
	static const struct { uint64_t number; int64_t want; const char *what; } cases[] = {
		{ UV_ESM, U_PERMISSION, "call: UV_ESM in user mode" },
		{ UV_SHARE_PAGE, U_PERMISSION, "call: UV_SHARE_PAGE in user mode" },
		{ UV_UNSHARE_PAGE, U_PERMISSION, "call: UV_UNSHARE_PAGE in user mode" },
		{ UV_UNSHARE_ALL_PAGES, U_PERMISSION, "call: UV_UNSHARE_ALL_PAGES in user mode" },
		{ UV_ESMB_GET_FILE, U_PARAMETER, "call: UV_ESMB_GET_FILE in user mode" },
		{ UV_PAGE_IN, U_PERMISSION, "call: UV_PAGE_IN in user mode" },
	};
	volatile uint32_t *code = (volatile uint32_t *)CODE;
	uint64_t count;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		code[0] = INSN_SC_2;
		code[1] = INSN_SC_0;
		cache_sync((void *)CODE, 8);
		check_rc(in_user_mode(CODE, cases[i].number, KBASE, TREE), cases[i].want, cases[i].what);
	}
	code[0] = INSN_SC_1;
	cache_sync((void *)CODE, 8);
	check_rc(in_user_mode(CODE, H_RANDOM, 0, 0), H_PRIVILEGE, "hcall: sc 1 in user mode");
	if (!secure)
		return;
	code[0] = 0x7c6000a6;	/* mfmsr r3 */
	cache_sync((void *)CODE, 8);
	count = NOTE->count;
	in_user_mode(CODE, 0, 0, 0);
	expect(0x700, count, "text: mfmsr in user mode");
	check(NOTE->srr1 & SRR1_PRIVILEGED, "text: SRR1 says privileged");
	code[1] = 0x74630040;	/* andis. r3,r3,64 */
	code[2] = INSN_SC_0;
	cache_sync((void *)CODE, 12);
	count = NOTE->count;
	in_user_mode(CODE, 0, 0, 0);
	expect(0x700, count, "text: a test of MSR[S] in user mode");
}

/* --- UV_ESM --- */

static void *make_tree(void)
{
	void *tree = (void *)TREE;
	int chosen, node;

	memcpy(tree, machine_tree, fdt_totalsize(machine_tree));
	fdt_open_into(tree, tree, TREE_ROOM);
	chosen = fdt_path_offset(tree, "/chosen");
	fdt_setprop_u64(tree, chosen, "linux,initrd-start", INITRD);
	fdt_setprop_u64(tree, chosen, "linux,initrd-end", INITRD + 0x10000);
	fdt_setprop_string(tree, chosen, "bootargs", "conformance");
	node = fdt_path_offset(tree, "/rtas");
	fdt_setprop_u32(tree, node, "linux,rtas-base", (uint32_t)RTAS_BASE);
	fdt_setprop_u32(tree, node, "linux,rtas-entry", (uint32_t)RTAS_BASE);
	fdt_setprop_u32(tree, node, "slof,rtas-size", 20);
	return tree;
}

static void broken_trees(void)
{
	static const struct { const char *node, *prop; } missing[] = {
		{ "/rtas", "stop-self" }, { "/rtas", "check-exception" }, { "/rtas", "event-scan" },
		{ "/rtas", "ibm,configure-connector" }, { "/rtas", "ibm,get-system-parameter" },
		{ "/rtas", "ibm,set-system-parameter" }, { "/rtas", "ibm,slot-error-detail" },
		{ "/rtas", "ibm,os-term" }, { "/rtas", "nvram-fetch" }, { "/rtas", "nvram-store" },
		{ "/rtas", "power-off" }, { "/rtas", "start-cpu" }, { "/rtas", "linux,rtas-base" },
		{ "/rtas", "rtas-size" }, { "/rtas", "slof,rtas-size" }, { "/chosen", "linux,initrd-start" },
		{ "/chosen", "linux,initrd-end" }, { "/chosen", "bootargs" }, { "/memory@0", "reg" },
		{ "/", "#address-cells" }, { "/", "#size-cells" }, { "/rtas", "ibm,lrdr-capacity" },
	};
	char what[80];
	void *tree;

	for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++) {
		tree = make_tree();
		fdt_delprop(tree, fdt_path_offset(tree, missing[i].node), missing[i].prop);
		format(what, sizeof(what), "esm: a tree without %s/%s", missing[i].node, missing[i].prop);
		check_rc(SC2(UV_ESM, KBASE, TREE), H_PARAMETER, what);
	}
	make_tree();
	check_rc(SC2(UV_ESM, KBASE, 0), U_P3, "esm: fdt 0");
	check_rc(SC2(UV_ESM, 0, TREE), U_P2, "esm: kbase 0");
	check_rc(SC2(UV_ESM, memory_end, TREE), H_PARAMETER, "esm: kbase past the end");
	check_rc(SC2(UV_ESM, KBASE, memory_end), H_PARAMETER, "esm: fdt past the end");
	check_rc(SC2(UV_ESM, KBASE, memory_end - 8), H_PARAMETER, "esm: fdt across the end");
	check_rc(SC2(UV_ESM, KBASE, memory_end + 0x100000), H_PARAMETER, "esm: fdt in the ultravisor");
	check_rc(SC2(UV_ESM, KBASE, SCRATCH), H_PARAMETER, "esm: no tree");
	fdt_set_totalsize((void *)TREE, 0x7fffffff);
	check_rc(SC2(UV_ESM, KBASE, TREE), H_PARAMETER, "esm: a tree of 2 GiB");
	tree = make_tree();
	fdt_setprop_u64(tree, fdt_path_offset(tree, "/chosen"), "linux,initrd-end", memory_end + 1);
	check_rc(SC2(UV_ESM, KBASE, TREE), H_PARAMETER, "esm: an initrd across the end");
	check(holds(PATTERN, FRAMES << UV_PAGE_SHIFT, 1000), "esm: memory is intact after all refusals");
	check(!(msr_read() & MSR_S), "esm: MSR[S] is 0 after all refusals");
}

/* One each for ESM blob and its files, then RTAS, then the TPM */
#define RTAS_FRAMES 2
static struct range added[8];
static unsigned int added_count;

static void reservations(const void *before)
{
	uint64_t base, size;
	int old = fdt_num_mem_rsv(before), new = fdt_num_mem_rsv((void *)TREE), frames = 0;
	bool low = true, clear = true;

	check(new == old + 4, "esm: 4 reservations added, got %d", new - old);
	for (int i = 0; i < new; i++) {
		fdt_get_mem_rsv((void *)TREE, i, &base, &size);
		if (base == TREE || base == 0)
			continue;
		added[added_count++] = (struct range){ base, base + size };
		frames += (int)(size >> UV_PAGE_SHIFT);
		low &= base + size <= 768UL << 20;
		clear &= !range_overlaps((struct range){ base, base + size },
					 (struct range){ TREE, TREE + TREE_ROOM });
	}
	check(frames == 10, "esm: of 10 frames, got %d", frames);
	check(low, "esm: below 768 MiB");
	check(clear, "esm: clear of what was reserved");
	check(dt_check((void *)TREE, TREE_ROOM) == 0, "esm: the tree is sound");
	check(fdt_totalsize((void *)TREE) <= TREE_ROOM, "esm: the tree has not grown");
}

static bool become_secure(void)
{
	static uint8_t before[0x20000];
	uint64_t entered[8];
	void *tree = make_tree();
	int64_t rc;

	fdt_add_mem_rsv(tree, 0, 0x100000);
	fdt_add_mem_rsv(tree, TREE, TREE_ROOM);
	fdt_pack(tree);
	memcpy(before, tree, fdt_totalsize(tree));
	fdt_set_totalsize(tree, fdt_totalsize(tree) + 4096);
	memcpy((void *)KBASE, at_kbase, (size_t)(at_kbase_end - at_kbase));
	memcpy((void *)RTAS_BASE, rtas_blob, sizeof(rtas_blob));
	cache_sync((void *)KBASE, 64);
	rc = enter_secure(KBASE, TREE, entered);
	check(rc == 1, "esm: entered at kbase (%ld)", (long)rc);
	if (rc != 1) {
		check(holds(PATTERN, FRAMES << UV_PAGE_SHIFT, 1000), "esm: memory is intact after the abort");
		return false;
	}
	check(entered[0] == TREE, "esm: r3 = fdt");
	check(entered[1] == KBASE, "esm: r4 = kbase");
	check(entered[2] == 0, "esm: r5 = 0");
	check(entered[3] & MSR_S, "esm: MSR[S] = 1");
	check(!(entered[3] & MSR_EE), "esm: MSR[EE] = 0");
	check((entered[3] & MSR_SF) && !(entered[3] & (MSR_IR | MSR_DR | MSR_LE | MSR_PR)), "esm: MSR else as before");
	check(entered[4] == 0x66 && entered[5] == 0x1414 && entered[6] == 0x3030, "esm: other registers as before");
	reservations(before);
	check(holds(PATTERN, FRAMES << UV_PAGE_SHIFT, 1000), "esm: memory came along");
	check(memcmp((void *)RTAS_BASE, rtas_blob, sizeof(rtas_blob)) == 0, "esm: RTAS came along");
	check(is_zero(0x6000000, 0x20000), "memory: a frame that was zero reads zero");
	return true;
}

static void every_mfmsr(void)
{
	volatile uint32_t *code = (volatile uint32_t *)CODE;
	uint64_t (*run)(void) = (uint64_t (*)(void))CODE;

	for (uint32_t r = 3; r < 13; r++) {
		code[0] = 0x7c0000a6 | r << 21;			/* mfmsr rN */
		code[1] = 0x7c000378 | r << 21 | 3 << 16 | r << 11;	/* mr r3, rN */
		code[2] = 0x4e800020;
		cache_sync((void *)CODE, 12);
		check((run() & (MSR_S | MSR_SF | MSR_ME)) == (MSR_S | MSR_SF | MSR_ME),
		      "text: mfmsr r%u has S, SF and ME", r);
		check(code[0] == (0x7c0000a6 | r << 21), "text: mfmsr r%u reads back", r);
	}
}

static void uses_of_mfmsr(void)
{
	struct msr_result result;

	for (unsigned int i = 0; msr_case(i, CODE, &result); i++)
		check(result.got == result.want, "text: mfmsr, %s: 0x%lx, want 0x%lx", result.what, result.got,
		      result.want);
}

/* --- sharing --- */

static void bad_ranges(void)
{
	const uint64_t frames = GFN(memory_end);
	const struct { uint64_t gfn, count; const char *what; } bad[] = {
		{ frames, 1, "first frame past the end" }, { frames - 1, 2, "across the end" },
		{ 0 - 1UL, 1, "gfn 2^64-1" },		     { 0 - 1UL, 2, "wrapping" },
		{ 1, 0 - 1UL, "count 2^64-1" },		     { 1UL << 47, 1, "gfn 2^47" },
		{ 5, 0, "count 0" },			     { 1, frames, "one too many" },
		{ 1UL << 63, 1UL << 63, "twice 2^63" },
	};
	char what[80];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		format(what, sizeof(what), "call: UV_SHARE_PAGE %s", bad[i].what);
		check_rc(SC2(UV_SHARE_PAGE, bad[i].gfn, bad[i].count), U_P2, what);
		format(what, sizeof(what), "call: UV_UNSHARE_PAGE %s", bad[i].what);
		check_rc(SC2(UV_UNSHARE_PAGE, bad[i].gfn, bad[i].count), U_P2, what);
	}
	check_rc(SC2(UV_SHARE_PAGE, 0, 1), U_P2, "call: UV_SHARE_PAGE of frame 0");
	check(holds(PATTERN, FRAMES << UV_PAGE_SHIFT, 1000), "memory: nothing changed by refused calls");
}

static void sharing(void)
{
	const uint64_t page = 1UL << UV_PAGE_SHIFT, first = PATTERN + 4 * page;

	check_rc(SC2(UV_SHARE_PAGE, GFN(first), 2), U_SUCCESS, "call: UV_SHARE_PAGE");
	check(is_zero(first, 2 * page), "memory: shared frames are zero");
	check(holds(PATTERN, 4 * page, 1000) && holds(first + 2 * page, page, 1000 + 6 * page),
	      "memory: their neighbours are as they were");
	fill(first, 2 * page, 7);
	check(holds(first, 2 * page, 7), "memory: shared frames can be used");
	check_rc(SC2(UV_SHARE_PAGE, GFN(first), 2), U_SUCCESS, "call: UV_SHARE_PAGE again");
	check(holds(first, 2 * page, 7), "memory: and they keep their contents");
	check_rc(SC2(UV_SHARE_PAGE, GFN(first) - 1, 4), U_SUCCESS, "call: UV_SHARE_PAGE, shared in part");
	check(is_zero(first - page, page) && is_zero(first + 2 * page, page), "memory: new ones are zero");
	check(holds(first, 2 * page, 7), "memory: old ones keep their contents");
	check_rc(SC2(UV_UNSHARE_PAGE, GFN(first), 1), U_SUCCESS, "call: UV_UNSHARE_PAGE");
	check(is_zero(first, page), "memory: a frame taken back is zero");
	check(holds(first + page, page, 7 + page), "memory: its neighbour is still shared");
	fill(first, page, 8);
	check_rc(SC2(UV_UNSHARE_PAGE, GFN(first), 1), U_SUCCESS, "call: UV_UNSHARE_PAGE again");
	check(holds(first, page, 8), "memory: and it keeps its contents");
	check_rc(SC2(UV_UNSHARE_ALL_PAGES, 0, 0), U_SUCCESS, "call: UV_UNSHARE_ALL_PAGES");
	check(is_zero(first - page, page) && is_zero(first + page, 2 * page), "memory: all are zero");
	check(holds(first, page, 8), "memory: but what was private already");
	check(holds(PATTERN, 3 * page, 1000), "memory: and what was never shared");
	for (unsigned int i = 0; i < added_count; i++)
		if (range_size(added[i]) == 6 * page) {
			check_rc(SC2(UV_UNSHARE_PAGE, GFN(added[i].start), 1), U_P2, "call: UV_UNSHARE_PAGE of the ultravisor's");
			check_rc(SC2(UV_SHARE_PAGE, GFN(added[i].start), 6), U_SUCCESS, "call: UV_SHARE_PAGE of the ultravisor's");
		}
	check_rc(SC2(UV_UNSHARE_PAGE, GFN(RTAS_BASE), 1), U_P2, "call: UV_UNSHARE_PAGE of RTAS");
	check_rc(SC2(UV_SHARE_PAGE, GFN(RTAS_BASE), 1), U_SUCCESS, "call: UV_SHARE_PAGE of RTAS");
	check(memcmp((void *)RTAS_BASE, rtas_blob, sizeof(rtas_blob)) == 0, "memory: RTAS is untouched");
}

/* Code in a frame that changes hands while its sc 2 is replaced. */
static void sharing_code(void)
{
	volatile uint32_t *code = (volatile uint32_t *)CODE;
	int64_t (*run)(uint64_t) = (int64_t (*)(uint64_t))CODE;

	for (int shared = 0; shared < 2; shared++) {
		check_rc(SC2(shared ? UV_UNSHARE_PAGE : UV_SHARE_PAGE, GFN(CODE), 1), U_SUCCESS, "call: a frame of code");
		check(code[0] == 0, "memory: it is zero");
		code[0] = INSN_SC_2;
		code[1] = 0x4e800020;
		cache_sync((void *)CODE, 8);
		check_rc(run(UV_PAGE_IN), U_PERMISSION, "text: sc 2 in it");
	}
}

/* An area of a CPU: QEMU has it only while its frame is shared. Offsets: LoPAR 14.11.3.2.1 */
#define VPA	 (SCRATCH + 0x100000)
#define VPA_FUNC(f) ((f) << H_VPA_FUNC_SHIFT)

static void areas_of_cpus(void)
{
	volatile uint16_t *size = (volatile uint16_t *)(VPA + 4);
	volatile uint32_t *dispatches = (volatile uint32_t *)(VPA + 0x100);
	uint32_t before;

	*size = 640;
	check_rc(HCALL(H_REGISTER_VPA, VPA_FUNC(H_VPA_REG_VPA), 0, VPA), H_SUCCESS, "vpa: a private one");
	check_rc(SC2(UV_SHARE_PAGE, GFN(VPA), 1), U_SUCCESS, "vpa: UV_SHARE_PAGE");
	check(is_zero(VPA, 0x10000), "vpa: the private one was forgotten");
	check_rc(HCALL(H_REGISTER_VPA, VPA_FUNC(H_VPA_REG_VPA), 0, VPA), H_PARAMETER, "vpa: one of size 0");
	*size = 640;
	check_rc(HCALL(H_REGISTER_VPA, VPA_FUNC(H_VPA_REG_VPA), 99, VPA), H_PARAMETER, "vpa: of no CPU");
	check_rc(HCALL(H_REGISTER_VPA, VPA_FUNC(4UL), 0, VPA), H_PARAMETER, "vpa: of no kind");
	check_rc(HCALL(H_REGISTER_VPA, VPA_FUNC(H_VPA_REG_VPA), 0, VPA), H_SUCCESS, "vpa: a shared one");
	check(*(volatile uint8_t *)(VPA + 9) & 2, "vpa: QEMU says that processors are shared");
	HCALL(H_CONFER, ~0UL, 0);	/* QEMU counts when it comes back to a CPU */
	before = *dispatches;
	check(before > 0, "vpa: QEMU counts dispatches (%u)", before);
	check_rc(SC2(UV_UNSHARE_PAGE, GFN(VPA), 1), U_SUCCESS, "vpa: UV_UNSHARE_PAGE");
	check(is_zero(VPA, 0x10000), "vpa: zero when it is private again");
	check_rc(SC2(UV_SHARE_PAGE, GFN(VPA), 1), U_SUCCESS, "vpa: and shared once more");
	HCALL(H_CONFER, ~0UL, 0);
	check(is_zero(VPA, 0x10000), "vpa: nobody counts there any more");
	check_rc(HCALL(H_REGISTER_VPA, VPA_FUNC(H_VPA_DEREG_VPA), 0, 0), H_SUCCESS, "vpa: taken back");
}

static void secure_only(void)
{
	check_rc(SC2(UV_ESM, KBASE, TREE), U_RETRY, "esm: a second UV_ESM");
	check_rc(HCALL(H_RANDOM), H_FUNCTION, "hcall: H_RANDOM of a secure guest");
	check_rc(HCALL(KVMPPC_H_UPDATE_DT, TREE), H_FUNCTION, "hcall: KVMPPC_H_UPDATE_DT of a secure guest");
	check_rc(HCALL(KVMPPC_H_CAS, TREE, TREE, 4096), H_FUNCTION, "hcall: KVMPPC_H_CAS of a secure guest");
	check_rc(HCALL(H_PUT_TCE_INDIRECT, 0, 0, SCRATCH, 1), H_PARAMETER, "hcall: H_PUT_TCE_INDIRECT, private list");
}

/* --- devices: a disk whose sector n begins with the number n --- */

#define DMA	 0x5100000UL	/* frames: ring, two buffers */
#define SECTOR(n) (0x5345435400000000UL + (n))	/* "SECT" */

static void device_in_normal_world(void)
{
	volatile uint64_t *buffer = (uint64_t *)(DMA + 0x10000);

	blk_start(DMA);
	check(blk_io(false, 1, DMA + 0x10000) == 0, "device: reads a sector");
	check(*buffer == SECTOR(1), "device: and it is there");
	/* a frame that only a device ever wrote must move, too: see device_in_secure_world() */
	check(blk_io(false, 2, DMA + 0x20000) == 0, "device: reads another, which nobody looks at");
}

static void device_in_secure_world(void)
{
	volatile uint64_t *buffer = (uint64_t *)(DMA + 0x10000);

	check(*(volatile uint64_t *)(DMA + 0x20000) == SECTOR(2), "device: what it alone wrote has moved");
	blk_start(DMA);
	check(blk_io(false, 3, DMA + 0x10000) == 255, "device: never answers from a private ring");
	SC2(UV_SHARE_PAGE, GFN(DMA), 1);
	blk_start(DMA);
	fill(DMA + 0x10000, 0x10000, 0x5050);
	check(blk_io(false, 3, DMA + 0x10000) == 0, "device: reads into a private frame");
	check(holds(DMA + 0x10000, 0x10000, 0x5050), "device: which does not change");
	check(blk_io(true, 64, DMA + 0x10000) == 0, "device: writes out of a private frame");
	SC2(UV_SHARE_PAGE, GFN(DMA) + 1, 1);
	check(blk_io(false, 64, DMA + 0x10000) == 0, "device: reads that into a shared frame");
	check(*buffer != 0x5050, "device: and got nothing of what is private");
	check(blk_io(false, 4, DMA + 0x10000) == 0 && *buffer == SECTOR(4), "device: reads into a shared frame");
	*buffer = 0x77;
	check(blk_io(true, 65, DMA + 0x10000) == 0, "device: writes out of a shared frame");
	*buffer = 0;
	check(blk_io(false, 65, DMA + 0x10000) == 0 && *buffer == 0x77, "device: and that is on the disk");
	SC2(UV_UNSHARE_PAGE, GFN(DMA) + 1, 1);
	fill(DMA + 0x10000, 0x10000, 0x6060);
	check(blk_io(false, 5, DMA + 0x10000) == 0, "device: reads into a frame taken back");
	check(holds(DMA + 0x10000, 0x10000, 0x6060), "device: which does not change");
	check(blk_io(true, 66, DMA + 0x10000) == 0, "device: writes out of a frame taken back");
	SC2(UV_SHARE_PAGE, GFN(DMA) + 1, 1);
	check(blk_io(false, 66, DMA + 0x10000) == 0 && *buffer != 0x6060, "device: and nothing private got out");
	SC2(UV_UNSHARE_PAGE, GFN(DMA), 2);
}

/* Seen from outside: QMP pmemsave finds the second word, never the first. */
static void for_the_observer(void)
{
	fill(0x7000000, 0x10000, 0x7365637265742121);	/* "secret!!" */
	SC2(UV_SHARE_PAGE, GFN(0x7010000), 1);
	fill(0x7010000, 0x10000, 0x7368617265642121);	/* "shared!!" */
}

static void soaking(uint64_t seconds)
{
	uint64_t wrong, operations = soak(machine_tree, seconds, &wrong);

	check(wrong == 0, "memory: %lu random operations in %lu s, %lu frames wrong", operations, seconds, wrong);
}

static void secure_world(void)
{
	every_number(true);
	text_is_exact();
	code_that_changes();
	every_mfmsr();
	uses_of_mfmsr();
	wild_addresses();
	bad_ranges();
	sharing();
	sharing_code();
	refused_hypercalls();
	pointers_of_hypercalls();
	hypercalls_on_memory();
	rtas_pointers();
	user_mode(true);
	areas_of_cpus();
	secure_only();
	if (blk_find(machine_tree))
		device_in_secure_world();
	for_the_observer();
}

void conformance(const void *tree)
{
	static struct dt_outline outline;
	uint64_t seconds, runner;
	char line[60];

	machine_tree = tree;
	dt_outline(&outline, tree, TREE_ROOM, DT_FULL);
	memory_end = outline.memory.item[0].end;
	fill(PATTERN, FRAMES << UV_PAGE_SHIFT, 1000);
	check(!(msr_read() & MSR_S), "call: MSR[S] is 0 at first");
	check(outline.memory.count == 1 && outline.memory.item[0].start == 0, "memory: one range from 0 on");
	every_number(false);
	text_is_exact();
	code_that_changes();
	wild_addresses();
	refused_hypercalls();
	pointers_of_hypercalls();
	hypercalls_on_memory();
	rtas_pointers();
	translate();
	user_mode(false);
	broken_trees();
	if (blk_find(machine_tree))
		device_in_normal_world();
	runner = number_in_nvram(machine_tree, "runner=");
	if (runner)
		check(runner_start(tree) && runner_runs(), "cpu: another one runs before UV_ESM");
	if (become_secure()) {
		if (runner)
			check(!runner_runs(), "cpu: and stands still in a secure guest");
		secure_world();
		seconds = number_in_nvram(machine_tree, "soak=");
		if (seconds)
			soaking(seconds);
		if (number_in_nvram(machine_tree, "touch="))
			*(volatile uint64_t *)added[RTAS_FRAMES].start = 1;
	}
	say(line, format(line, sizeof(line), "1..%u", number));
	say(line, format(line, sizeof(line), "# failed %u", failed));
	stop();
}
