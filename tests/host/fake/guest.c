// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "tests/host/fake/guest.h"

#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "abi/papr.h"
#include "abi/pef.h"
#include "abi/power.h"
#include "boot/doors/door.h"
#include "boot/main.h"
#include "boot/normal/normal.h"
#include "lib/endian.h"
#include "lib/kernel.h"
#include "lib/log.h"
#include "tests/host/fake/fake.h"
#include "tests/host/fake/tree.h"

#define LOW	  0x10000UL
#define HIGH	  0x7fff0000UL	/* more than the tree says, for trees that lie */
#define TREE_ROOM 0x100000
#define CAS_ROOM  65536

struct fake_guest fake_guest;

/* ASan's shadow lies above 2 GiB, a position-independent program far above: this is free. */
static void map_memory(void)
{
	void *at = mmap((void *)LOW, HIGH - LOW, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);

	if (at != (void *)LOW) {
		perror("guest memory");
		exit(2);
	}
}

static void put_tree(void *at, int size)
{
	void *tree = tree_read("pseries", 0);

	if (fdt_open_into(tree, at, size))
		exit(2);
	free(tree);
}

/* The answer to CAS: the platform without what only the first tree tells. */
static void *make_cas_tree(void)
{
	static uint8_t room[CAS_ROOM] __attribute__((aligned(8)));
	static const uint8_t vec5[27] = { [OV5_XIVE] = OV5_MODE_NEW, [OV5_MMU] = OV5_MODE_NEW };
	int chosen;

	put_tree(room, CAS_ROOM);
	chosen = fdt_path_offset(room, "/chosen");
	fdt_del_node(room, chosen);
	fdt_setprop(room, fdt_add_subnode(room, 0, "chosen"), "ibm,architecture-vec-5", vec5, sizeof(vec5));
	while (fdt_num_mem_rsv(room))
		fdt_del_mem_rsv(room, 0);
	return room;
}

/* The fifth vector, behind five PVRs, the count and four others: what was asked for is there. */
static void grant_gtse(void)
{
	const uint8_t *asked = fake_guest.vectors + 5 * 8 + 1 + 4 + 3 * 2;
	uint8_t *granted = fdt_getprop_w(fake_guest.cas, fdt_path_offset(fake_guest.cas, "/chosen"), "ibm,architecture-vec-5", NULL);

	if (granted)
		granted[OV5_RADIX_EXT] = asked[OV5_RADIX_EXT] & OV5_GTSE;
}

static int64_t guest_hcall(uint64_t number, const uint64_t in[9], uint64_t out[9])
{
	(void)out;
	switch (number) {
	case KVMPPC_H_CAS:
		memcpy(fake_guest.vectors, (const void *)in[0], sizeof(fake_guest.vectors));
		if (fake_guest.cas) {
			grant_gtse();
			memcpy((uint8_t *)in[1] + 4, fake_guest.cas, CAS_ROOM);
		}
		return fake_guest.cas_code;
	case KVMPPC_H_UPDATE_DT:
		fake_guest.updated = (const void *)in[0];
		return fake_guest.update_code;
	default:
		return H_FUNCTION;
	}
}

/* ibm,read-pci-config: no device is virtio, the bridges have their numbers. */
static int guest_rtas(uint32_t token, const uint32_t *args, uint32_t nargs, uint32_t *rets, uint32_t nrets)
{
	if (token != 0x200d || nargs != 4 || nrets != 2)
		return -3;
	*rets = 0x11111111;
	if ((args[0] & 0xff) == 0x18)
		*rets = args[0] >> 16 < 2 ? fake_guest.buses[args[0] >> 16] : 0;
	return fake_guest.rtas_status;
}

static int64_t guest_ultracall(uint64_t number, uint64_t a, uint64_t b)
{
	if (number == UV_UNSHARE_PAGE)
		return a + b <= fake_guest.memory >> UV_PAGE_SHIFT ? U_SUCCESS : U_P2;
	if (number == UV_SHARE_PAGE) {
		fake_guest.shared = a;
		fake_guest.share_count = b;
		return fake_guest.share_code;
	}
	if (number != UV_ESM)
		return U_FUNCTION;
	if (a == 0)
		return fake_guest.ask_code;
	fake_guest.kbase = a;
	if (fake_guest.meddle)
		fake_guest.meddle((void *)b);
	if (fake_guest.esm_code)
		return fake_guest.esm_code;
	fake.msr |= MSR_S;
	boot_start(DOOR_ULTRAVISOR, a, b, a, 0);
}

void guest_put_kernel(uint8_t *text)
{
	le32_store(text, 0x08000048);		/* tdi 0,0,0x48 */
	le32_store(text + 0x5c, 0x72756e30);	/* "run0" */
}

void guest_put_elf(uint8_t *file, uint64_t offset, uint64_t size, uint64_t memory_size)
{
	memcpy(file, "\x7f" "ELF\2\2\1", 7);
	be16_store(file + 16, 2);
	be16_store(file + 18, 21);
	be64_store(file + 32, 64);
	be16_store(file + 54, 56);
	be16_store(file + 56, 1);
	be32_store(file + 64, 1);			/* PT_LOAD */
	be64_store(file + 64 + 8, offset);
	be64_store(file + 64 + 32, size);
	be64_store(file + 64 + 40, memory_size);
}

void guest_enter(struct machine *machine, uint64_t image)
{
	log_init("pefboot", 512000000);
	*machine = (struct machine){ .limit = UINT64_MAX };
	home_at(&machine->home, image);
	machine->home.door = DOOR_BIOS;
	fdt_pack(fake_guest.tree);
	if (fdt_open_into(fake_guest.tree, machine->home.tree, TREE_SPACE))
		exit(2);
}

void guest_make(void)
{
	fake_reset();
	fake.hcall = guest_hcall;
	fake.rtas = guest_rtas;
	fake.ultracall = guest_ultracall;
	map_memory();
	fake_guest = (struct fake_guest){
		.tree = (void *)GUEST_TREE, .ask_code = U_FUNCTION, .esm_code = U_PERMISSION,
		.memory = GUEST_MEMORY,
		.buses = { 0x00020100, 0x00020201 },
	};
	put_tree(fake_guest.tree, TREE_ROOM);
	fake_guest.cas = make_cas_tree();
	guest_put_kernel((uint8_t *)GUEST_KERNEL);
}

void guest_make_secure(void)
{
	guest_make();
	log_init("pefboot", 512000000);
	log_set_level(LOG_NOTICE);
	fake_guest.ask_code = U_P2;
	fake_guest.esm_code = U_SUCCESS;
	fake.darn = 0x0123456789abcdef;
	memcpy((void *)(GUEST_KERNEL + KERNEL_MARK_AT), "virtio,acc-plat1", KERNEL_MARK_SIZE);
}

void guest_unmark(void)
{
	memset((void *)(GUEST_KERNEL + KERNEL_MARK_AT), 0, KERNEL_MARK_SIZE);
}

int guest_exit(void)
{
	const char *at = strstr(fake.console, "EXIT ");

	return at ? atoi(at + 5) : -1;
}

int guest_boot(void)
{
	return fake_stops(boot_start(DOOR_BIOS, 0, (uintptr_t)fake_guest.tree, 0, 0)) ? guest_exit() : 0;
}

const char *guest_console(void)
{
	return fake.console;
}

static void set_prop(void *tree, const char *node, const char *prop, const void *value, int size)
{
	int frc = fdt_setprop(tree, fdt_path_offset(tree, node), prop, value, size);

	if (frc) {
		fprintf(stderr, "%s %s: %s\n", node, prop, fdt_strerror(frc));
		exit(2);
	}
}

void guest_set(void *tree, const char *node, const char *prop, const uint32_t *cells, int count)
{
	uint32_t value[64];

	for (int i = 0; i < count; i++)
		be32_store(&value[i], cells[i]);
	set_prop(tree, node, prop, value, 4 * count);
}

void guest_set_memory(uint32_t size)
{
	const uint32_t reg[4] = { 0, 0, 0, size };

	fake_guest.memory = size;
	guest_set(fake_guest.tree, "/memory@0", "reg", reg, 4);
	guest_set(fake_guest.cas, "/memory@0", "reg", reg, 4);
}

void guest_say(const char *words)
{
	set_prop(fake_guest.tree, "/chosen", "bootargs", words, (int)strlen(words) + 1);
}
