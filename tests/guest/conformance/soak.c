// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/guest/conformance/soak.h"

#include "abi/pef.h"
#include "fdt/read.h"
#include "lib/arch.h"
#include "lib/endian.h"
#include "lib/parse.h"
#include "lib/rtas.h"
#include "lib/string.h"

#define FRAMES	   192UL
#define BASE	   0x9000000UL
#define FRAME	   (1UL << UV_PAGE_SHIFT)
#define CPUS_MAX  8
#define STACK	   0x4000
#define TICKS	   512000000UL
#define NVRAM	   0x2000000UL

int64_t call_sc2(uint64_t *r);
void secondary_entry(void);
_Noreturn void secondary(uint64_t cpu);

/* What every CPU must find in a frame: zero, or this value in each word that is looked at. */
static struct frame {
	bool shared;
	uint64_t value;
} model[FRAMES];

/* in the order of coming: a busy host must not starve a CPU */
static uint64_t ticket;
static volatile uint64_t serving;
static volatile bool stop_now;
static volatile uint64_t running, operations, wrong_frames;
uint8_t secondary_stacks[CPUS_MAX][STACK] __attribute__((aligned(16)));

static void take(void)
{
	uint64_t mine = __atomic_fetch_add(&ticket, 1, __ATOMIC_ACQ_REL);

	while (serving != mine)
		;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static void drop(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	serving++;
}

static uint64_t next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static volatile uint64_t *word(uint64_t frame, uint64_t i)
{
	return (volatile uint64_t *)(BASE + frame * FRAME + i * 4096 + (frame * 8 + i * 64) % 4096);
}

/* A word in every small page, so that each CPU's translations of all of them are used. */
static bool holds(uint64_t frame)
{
	for (uint64_t i = 0; i < 16; i++)
		if (*word(frame, i) != model[frame].value)
			return false;
	return true;
}

static void write(uint64_t frame, uint64_t value)
{
	for (uint64_t i = 0; i < 16; i++)
		*word(frame, i) = value;
	model[frame].value = value;
}

static void change(uint64_t first, uint64_t count, bool share)
{
	uint64_t r[10] = { share ? UV_SHARE_PAGE : UV_UNSHARE_PAGE, (BASE >> UV_PAGE_SHIFT) + first, count };

	if (call_sc2(r) != U_SUCCESS)
		wrong_frames++;
	for (uint64_t i = first; i < first + count; i++)
		if (model[i].shared != share)
			model[i] = (struct frame){ share, 0 };
}

static void one(uint64_t *seed)
{
	uint64_t frame = next(seed) % FRAMES, count = 1 + next(seed) % 4;

	if (frame + count > FRAMES)
		count = FRAMES - frame;
	take();
	for (uint64_t i = 0; i < 8; i++)
		if (!holds((frame + i * 23) % FRAMES))
			wrong_frames++;
	switch (next(seed) % 8) {
	case 0:
		change(frame, count, true);
		break;
	case 1:
		change(frame, count, false);
		break;
	default:
		write(frame, next(seed));
	}
	operations++;
	drop();
}

static void loop(uint64_t cpu)
{
	uint64_t seed = 88172645463325252UL + cpu * 7919;

	while (!stop_now)
		one(&seed);
}

#define RUNNER 0	/* number of the CPU that only counts */
static volatile uint64_t counted;

void secondary(uint64_t cpu)
{
	while (cpu == RUNNER)
		counted++;
	loop(cpu);
	__atomic_fetch_sub(&running, 1, __ATOMIC_SEQ_CST);
	for (;;)
		;
}

static uint32_t token(const void *tree, const char *name)
{
	uint32_t value = 0;

	dt_u32(tree, fdt_path_offset(tree, "/rtas"), name, &value);
	return value;
}

static bool start_cpu(const void *tree, uint32_t server, uint64_t cpu)
{
	return rtas_call(token(tree, "start-cpu"), (uint32_t[]){ server, (uint32_t)(uintptr_t)secondary_entry,
			 (uint32_t)cpu }, 3, NULL, 1) == RTAS_SUCCESS;
}

bool runner_start(const void *tree)
{
	int cpus = fdt_path_offset(tree, "/cpus"), node;
	uint32_t server;

	fdt_for_each_subnode(node, tree, cpus)
		if (!dt_u32(tree, node, "reg", &server) && server != 0)
			return start_cpu(tree, server, RUNNER);
	return false;
}

bool runner_runs(void)
{
	uint64_t before = counted, start = timebase();

	while (timebase() - start < TICKS / 10)
		;
	return counted != before;
}

uint64_t number_in_nvram(const void *tree, const char *word)
{
	const char *at = (const char *)NVRAM + 16, *end = (const char *)NVRAM + 4096;
	uint64_t value = 0;
	uint32_t got;

	if (rtas_call(token(tree, "nvram-fetch"), (uint32_t[]){ 0, NVRAM, 4096 }, 3, &got, 2))
		return 0;
	for (; at < end && *at; at += strlen(at) + 1)
		if (strncmp(at, word, strlen(word)) == 0)
			parse_number(&(const char *){ at + strlen(word) }, end, 10, &value);
	return value;
}

uint64_t soak(const void *tree, uint64_t seconds, uint64_t *wrong)
{
	uint64_t start = timebase(), seed = start | 1, cpu = 0;
	int cpus = fdt_path_offset(tree, "/cpus"), node;
	uint32_t server;

	fdt_for_each_subnode(node, tree, cpus) {
		if (dt_u32(tree, node, "reg", &server) || server == 0 || ++cpu >= CPUS_MAX)
			continue;
		running++;
		if (!start_cpu(tree, server, cpu))
			running--, wrong_frames++;
	}
	while (timebase() - start < seconds * TICKS)
		one(&seed);
	stop_now = true;
	while (running)
		;
	for (uint64_t i = 0; i < FRAMES; i++)
		wrong_frames += !holds(i);
	*wrong = wrong_frames;
	return operations;
}
