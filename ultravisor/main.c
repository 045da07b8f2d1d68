// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From reset to the guest's first instruction. uv_start() runs twice: where QEMU put the image,
 * and behind the guest's memory, where it stays.
 */
#include "abi/hcalls.h"
#include "abi/power.h"
#include "fdt/edit.h"
#include "fdt/outline.h"
#include "fdt/read.h"
#include "lib/arch.h"
#include "lib/console.h"
#include "lib/format.h"
#include "lib/hcall.h"
#include "lib/log.h"
#include "lib/string.h"
#include "ultravisor/calls/rtas.h"
#include "ultravisor/calls/tree.h"
#include "ultravisor/cpu/fail.h"
#include "ultravisor/cpu/low.h"
#include "ultravisor/cpu/smp.h"
#include "ultravisor/cpu/start.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/radix.h"
#include "ultravisor/trial/options.h"

#define VERSION "0.1"

/* Memory is dealt out in what QEMU calls a memory block; ours is one of them. */
#define GRANULE	   (256UL << 20)
#define TREE_ALIGN 0x200000UL	/* as QEMU: the last 2 MiB below 2 GiB */

extern uint8_t __start[], __footprint[], __firmware_start[], __firmware_end[];

static uint64_t footprint(void)
{
	return (uintptr_t)__footprint - (uintptr_t)__start;
}

/* The size of memory, which must have no holes. */
static uint64_t whole(const struct ranges *memory)
{
	uint64_t end = 0, total = 0;

	for (size_t i = 0; i < memory->count; i++) {
		total += range_size(memory->item[i]);
		if (memory->item[i].end > end)
			end = memory->item[i].end;
	}
	if (total != end)
		uv_fail(E_UV_TREE, "memory with holes: 0x%lx bytes up to 0x%lx", total, end);
	return total;
}

/* The guest gets half of what is left after our own block. */
static void divide(const void *tree)
{
	static struct dt_outline outline;
	int frc = dt_outline(&outline, tree, TREE_SPACE);

	if (frc)
		uv_fail(E_UV_TREE, "%s", fdt_strerror(frc));
	machine.memory = whole(&outline.memory);
	if (machine.memory < 3 * GRANULE)
		uv_fail(E_UV_MEMORY, "%lu MiB", machine.memory >> 20);
	machine.guest = (machine.memory - GRANULE) / 2 & ~(GRANULE - 1);
	machine.slots = machine.memory - machine.guest;
	machine.own = (struct range){ machine.guest, machine.slots };
	machine.own_used = machine.own.start + footprint();
}

/* What QEMU must offer, each named if it is missing. */
static void probe(const void *tree)
{
	uint32_t family = (uint32_t)(pvr_read() >> 16);

	if (family >= 0x4b && family <= 0x4d)	/* POWER8E, POWER8NVL, POWER8 */
		uv_fail(E_UV_CPU, "PVR 0x%x is a POWER8", family);
	if (HCALL(H_SET_PARTITION_TABLE, radix_partition_table()) != H_SUCCESS)
		uv_fail(E_UV_NO_NESTED, "H_SET_PARTITION_TABLE refused");
	if (tree_xive_only(tree))
		uv_fail(E_UV_XIVE, "the tree offers XIVE only");
}

static void take_words(const char *text, char *rest, size_t size)
{
	const char *wrong = words_take(text, rest, size);

	if (wrong)
		uv_fail(E_UV_WORD, "%s", wrong);
}

/*
 * The variable "uv" of NVRAM's first partition: QEMU -prom-env 'uv=uv.trace ...' (its header:
 * signature 0x70, checksum, length in 16 bytes, 12 bytes name; QEMU hw/nvram/chrp_nvram.c)
 */
static void nvram_words(void)
{
	static char text[4096], rest[4096];
	uint32_t size = rtas_nvram_read(0, text, sizeof(text) - 1);

	if (size < 16 || text[0] != 0x70)
		return;
	for (uint32_t at = 16; at < size && text[at]; at += (uint32_t)strlen(text + at) + 1)
		if (strncmp(text + at, "uv=", 3) == 0)
			take_words(text + at + 3, rest, sizeof(rest));
}

static void tree_words(void *tree)
{
	static char rest[65536];
	const char *bootargs = dt_string(tree, fdt_path_offset(tree, "/chosen"), "bootargs");
	int frc;

	if (!bootargs)
		return;
	if (strlen(bootargs) >= sizeof(rest))
		uv_fail(E_UV_TREE, "command line over 64 KiB");
	take_words(bootargs, rest, sizeof(rest));
	frc = tree_set_bootargs(tree, rest);
	if (frc)
		uv_fail(E_UV_TREE, "bootargs: %s", fdt_strerror(frc));
}

static void allocate(void)
{
	machine.tree = real(own_alloc(TREE_SPACE, 4096));
	machine.spare = real(own_alloc(TREE_SPACE, 4096));
	if (!radix_init() || !memory_init())
		uv_fail(E_UV_MEMORY, "no room for the tables of %lu MiB", machine.guest >> 20);
}

/* QEMU's tree becomes the guest's, in the workspace. */
static void prepare_tree(const void *tree)
{
	int frc;

	memcpy(machine.tree, tree, fdt_totalsize(tree));
	frc = dt_check(machine.tree, TREE_SPACE);
	if (frc == 0)
		frc = dt_open(machine.tree, TREE_SPACE);
	if (frc)
		uv_fail(E_UV_TREE, "%s", fdt_strerror(frc));
	tree_read(machine.tree);
	log_init("ultravisor", machine.timebase_hz);
	rtas_read_tokens(machine.tree);
	nvram_words();
	tree_words(machine.tree);
	probe(machine.tree);
	frc = tree_trim(machine.tree);
	if (frc)
		uv_fail(E_UV_TREE, "%s", fdt_strerror(frc));
}

/* The guest's firmware to its address 0, where QEMU would have put it; nothing of ours stays. */
static void place_firmware(void)
{
	const void *from = __firmware_start;
	uint64_t size = (uintptr_t)__firmware_end - (uintptr_t)__firmware_start;

	if (words.firmware.size) {
		from = real(words.firmware.base);
		size = words.firmware.size;
		if (words.firmware.base < size || !memory_contains(words.firmware.base, size))
			uv_fail(E_UV_FIRMWARE, "0x%lx+0x%lx is not in the guest's memory, or over itself",
				words.firmware.base, size);
	}
	if (!size)
		uv_fail(E_UV_FIRMWARE, "none carried, and no uv.firmware=");
	real_zero(machine.slots, FRAME_SIZE);
	memset(real(LOW_END), 0, footprint() - LOW_END);
	if (!guest_write(0, from, size))
		uv_fail(E_UV_FIRMWARE, "0x%lx bytes", size);
}

static uint64_t place_tree(void)
{
	uint64_t top = machine.guest < 1UL << 31 ? machine.guest : 1UL << 31;
	uint64_t at = top - TREE_ALIGN;

	memset(real(at), 0, TREE_ALIGN);	/* QEMU's own tree may lie here */
	guest_write(at, machine.tree, fdt_totalsize(machine.tree));
	return at;
}

static void prepare_cpus(uint64_t tree)
{
	for (uint32_t i = 0; i < machine.cpus; i++) {
		vcpus[i].index = i;
		vcpus[i].server = machine.server[i];
	}
	/* as QEMU enters firmware: hw/ppc/spapr_cpu_core.c, MSR of 10.0 (7.2 has 0) */
	vcpu_reset(&vcpus[0], 0x100, MSR_ME | MSR_FP, tree);
	vcpus[0].started = true;
}

static _Noreturn void uv_main(const void *tree)
{
	uint64_t guest_tree;

	log_init("ultravisor", 0);
	console_set_guard(smp_console_guard);
	vcpu_pointer_set(&vcpus[0]);
	low_install();
	divide(tree);
	allocate();
	prepare_tree(tree);
	log_notice("emulated=1 version=%s memory=0x%lx guest=0x%lx", VERSION, machine.memory,
		   machine.guest);
	log_notice("notice: an emulation for tests: it protects nothing from QEMU");
	place_firmware();
	guest_tree = place_tree();
	prepare_cpus(guest_tree);
	vcpu_probe_order(&vcpus[0]);
	vcpu_run(&vcpus[0]);
}

void uv_start(const void *tree, uint64_t image, uint64_t moved)
{
	(void)image;
	if (moved)
		uv_main(tree);
	log_init("ultravisor", 0);
	divide(tree);
	move_image(machine.own.start, tree);
}

void cpu_start(uint64_t index)
{
	vcpu_pointer_set(&vcpus[index]);
	vcpu_run(&vcpus[index]);
}
