// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Figures of the ultravisor from inside its guest, and those to compare them with on a plain machine.
 * Lines "bench: NAME VALUE", in MB/s or ns. Entry and calls are those of tests/guest/conformance/head.S.
 * What to do lies at ORDER: the number of UV_ESMs that will be aborted (0: one that works, and
 * latencies), and FILL.
 */
#include "abi/hcalls.h"
#include "abi/pef.h"
#include "abi/power.h"
#include "fdt/edit.h"
#include "fdt/outline.h"
#include "fdt/read.h"
#include "lib/arch.h"
#include "lib/console.h"
#include "lib/format.h"
#include "lib/hcall.h"
#include "lib/rtas.h"
#include "lib/stop.h"
#include "lib/string.h"

#define FROM	0x8000000UL
#define TO	0xd085000UL	/* not a power of two away: the slots of QEMU's TLB would collide */
#define SIZE	(64UL << 20)
#define TREE	0x3000000UL
#define ROOM	0x100000UL
#define KBASE	0x4000000UL
#define INITRD	0x4100000UL
#define RTAS	0x4200000UL
#define ROUNDS	7
#define ORDER	0x7f00000UL
#define FILL	(1UL << 32)	/* a guest full of memory to move, all of which has to be scanned */

int64_t call_sc2(uint64_t *r);
int64_t enter_secure(uint64_t kbase, uint64_t fdt, uint64_t entered[8]);
_Noreturn void conformance(const void *tree);
extern uint8_t at_kbase[], at_kbase_end[];

static void print(const char *name, uint64_t value)
{
	char line[80];

	console_write(line, format(line, sizeof(line), "bench: %s %lu\n", name, value));
}

static void read_all(void)
{
	const volatile uint64_t *at = (uint64_t *)FROM, *end = (uint64_t *)(FROM + SIZE);

	for (; at < end; at += 8)
		if (at[0] | at[1] | at[2] | at[3] | at[4] | at[5] | at[6] | at[7])
			return;
}

static void copy_all(void)
{
	for (uint64_t i = 0; i < SIZE; i += 4096)
		HCALL(H_PAGE_INIT, H_COPY_PAGE, TO + i, FROM + i);
}

static void zero_all(void)
{
	for (uint64_t i = 0; i < SIZE; i += 4096)
		HCALL(H_PAGE_INIT, H_ZERO_PAGE, TO + i);
}

/* The best of some rounds, in MB/s. */
static void speed(const char *name, void (*loop)(void))
{
	uint64_t best = ~0UL;

	loop();
	for (int i = 0; i < ROUNDS; i++) {
		uint64_t start = timebase();

		loop();
		if (timebase() - start < best)
			best = timebase() - start;
	}
	print(name, SIZE * 512 / best);
}

static void null_hcall(void)
{
	HCALL(H_REGISTER_VPA);
}

static void forwarded_hcall(void)
{
	HCALL(H_GET_TERM_CHAR);
}

static void null_ultracall(void)
{
	uint64_t r[10] = { 0xf100 };

	call_sc2(r);
}

static void trapped_mfmsr(void)
{
	__asm__ volatile("" : : "r"(msr_read()));
}

static void latency(const char *name, void (*call)(void))
{
	const unsigned int count = 2000;
	uint64_t start, best = ~0UL;

	for (int round = 0; round < ROUNDS; round++) {
		start = timebase();
		for (unsigned int i = 0; i < count; i++)
			call();
		if (timebase() - start < best)
			best = timebase() - start;
	}
	print(name, best * 1000 / 512 / count);
}

static void make_tree(const void *from)
{
	void *tree = (void *)TREE;
	int chosen, rtas;

	memcpy(tree, from, fdt_totalsize(from));
	fdt_open_into(tree, tree, ROOM);
	chosen = fdt_path_offset(tree, "/chosen");
	fdt_setprop_u64(tree, chosen, "linux,initrd-start", INITRD);
	fdt_setprop_u64(tree, chosen, "linux,initrd-end", INITRD);
	fdt_setprop_string(tree, chosen, "bootargs", "bench");
	rtas = fdt_path_offset(tree, "/rtas");
	fdt_setprop_u32(tree, rtas, "linux,rtas-base", (uint32_t)RTAS);
	fdt_setprop_u32(tree, rtas, "slof,rtas-size", 20);
	fdt_add_mem_rsv(tree, 0, FROM);
	memcpy((void *)KBASE, at_kbase, (size_t)(at_kbase_end - at_kbase));
	cache_sync((void *)KBASE, 64);
}

/* The last word of each frame is not zero: up to there it is scanned, and then moved. */
static void fill(uint64_t end)
{
	for (uint64_t at = FROM; at < end; at += 65536)
		*(volatile uint64_t *)(at + 65528) = at;
}

static void plain_machine(void)
{
	memset((void *)FROM, 0, SIZE);
	speed("read", read_all);
	speed("copy", copy_all);
	speed("zero", zero_all);
	latency("forwarded", forwarded_hcall);
}

/* The ultravisor's own trace tells how long each phase takes. */
static void aborted(uint32_t times)
{
	uint64_t entered[8];

	while (times--)
		print("aborted", (uint64_t)-enter_secure(KBASE, TREE, entered));
}

static void latencies(void)
{
	uint64_t entered[8];

	latency("forwarded", forwarded_hcall);
	latency("null", null_hcall);
	latency("ultracall", null_ultracall);
	print("entered", (uint64_t)enter_secure(KBASE, TREE, entered));
	latency("mfmsr", trapped_mfmsr);
}

void conformance(const void *tree)
{
	static struct dt_outline outline;
	uint64_t order = *(volatile uint64_t *)ORDER;
	int rtas = fdt_path_offset(tree, "/rtas");

	dt_outline(&outline, tree, ROOM, DT_FULL);
	if (rtas < 0 || fdt_getprop(tree, rtas, "ibm,nmi-register", NULL)) {
		plain_machine();	/* an ultravisor hides this call */
		stop();
	}
	make_tree(tree);
	if (order & FILL)
		fill(outline.memory.item[0].end - 0x200000);
	if ((uint32_t)order)
		aborted((uint32_t)order);
	else
		latencies();
	stop();
}
