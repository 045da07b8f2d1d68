/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What Linux 6.12 or 7.2 makes of a flattened tree on pseries, 64-bit: the oracle of the tests. It
 * shares no code with the firmware, and no look-up with libfdt. Each rule names the file and
 * function of Linux that it follows; lines are those of 6.12. The two releases read alike but for
 * lengths that do not come out even (linux_memory.c).
 */
#ifndef TESTS_ORACLE_LINUX_TREE_H
#define TESTS_ORACLE_LINUX_TREE_H

#include <stdio.h>

#include "tests/host/oracle/flat.h"

#define LINUX_RANGES_MAX  512
#define LINUX_CPUS_MAX	  256
#define LINUX_PHBS_MAX	  64
#define LINUX_WINDOWS_MAX 8
#define LINUX_SURFACE_MAX 512

enum linux_release { LINUX_6_12, LINUX_7_2 };

struct linux_range {
	uint64_t base, size;
};

struct linux_ranges {
	uint32_t count;
	bool overflow; /* there are more */
	struct linux_range item[LINUX_RANGES_MAX];
};

struct linux_cpu {
	int node;
	uint32_t number; /* by which it is started */
	bool present;
};

struct linux_cache {
	uint32_t size, line, block, sets;
};

struct linux_rtas {
	int early; /* looked at before the tree is unflattened: features, dumps */
	int node; /* whose code is called; FLAT_NONE: none is */
	int by_path; /* "/rtas": capacity, associativity */
	uint32_t base, entry, size;
};

struct linux_phb {
	int node;
	uint32_t windows;
	struct {
		uint32_t flags;
		uint64_t bus, base, size;
	} window[LINUX_WINDOWS_MAX];
};

/* Something by which a tree steers the kernel, and which a guest on pseries can be without. */
struct linux_surface {
	const char *what; /* name of a property or node, a device_type, a compatible word */
	int node;
};

struct linux_tree {
	enum linux_release release;
	const char
		*why_not; /* NULL, or why Linux would not boot; what follows may then be missing */
	uint32_t address_cells, size_cells; /* of the root: memory, reservations */

	int chosen, late_chosen; /* before and after unflattening */
	char cmdline[2048]; /* COMMAND_LINE_SIZE, arch/powerpc/include/uapi/asm/setup.h */
	bool initrd;
	uint64_t initrd_start, initrd_end;

	struct linux_ranges memory; /* as memblock joins them, and cuts them to limit */
	struct linux_ranges numa; /* as NUMA assigns them to nodes; may be of other places */
	uint64_t limit; /* linux,memory-limit; 0: none. In the byte order of a little-endian kernel
			 */
	bool iommu_off; /* which also ends memory at 2 GiB */
	int dynamic; /* the node of dynamic memory, or FLAT_NONE */
	int dynamic_form; /* 1, 2; 0: none */
	struct linux_ranges reserved; /* by all that reserves, in this order: its own,
					 reserved-memory, the header, reserved-ranges */
	struct linux_ranges unmapped; /* of these, those that are no memory: no-map */

	uint32_t cpus; /* threads, in Linux' order; more than there is room for are counted */
	struct linux_cpu cpu[LINUX_CPUS_MAX];
	uint32_t threads; /* of a core: of the last one */
	uint32_t boot_cpu; /* index */
	uint32_t cpu_version; /* logical PVR; 0: the real one */
	int first_cpu; /* whose caches and timebase are taken for all */
	struct linux_cache dcache, icache;
	uint64_t timebase_hz;
	uint32_t decrementer_bits;
	int cpu_features; /* node that replaces the set-up of features, or FLAT_NONE */

	struct linux_rtas rtas;
	uint32_t phbs;
	struct linux_phb phb[LINUX_PHBS_MAX];
	int stdout; /* node of the console */
	int hypervisor; /* node */
	bool kvm; /* it claims to be KVM */
	int hcall; /* node whose instructions Linux patches in, or FLAT_NONE */
	uint32_t hcalls; /* how many of them */
	const char *numa_fault; /* NULL, or what Linux indexes by that is none of its tables' */
	bool fadump, crashed; /* dumps are supported; the last boot is said to have crashed */

	uint32_t surfaces; /* more than there is room for are counted */
	struct linux_surface surface[LINUX_SURFACE_MAX];
};

/* Read as @release does. */
void linux_read(struct linux_tree *tree, const struct flat *flat, enum linux_release release);

/* Parts of it, in the order of the kernel. */
void linux_read_chosen(struct linux_tree *tree, const struct flat *flat);
void linux_read_memory(struct linux_tree *tree, const struct flat *flat);
void linux_read_reservations(struct linux_tree *tree, const struct flat *flat);
void linux_read_cpus(struct linux_tree *tree, const struct flat *flat);
void linux_read_platform(struct linux_tree *tree, const struct flat *flat);
void linux_read_numa(struct linux_tree *tree, const struct flat *flat);
void linux_read_surface(struct linux_tree *tree, const struct flat *flat);

/* memblock_add(): joined with what it touches. */
void linux_add_range(struct linux_ranges *ranges, uint64_t base, uint64_t size);

/* Token of an RTAS function: of several properties of its name, the last one of four bytes. */
bool linux_rtas_token(const struct linux_tree *tree, const struct flat *flat, const char *name,
		      uint32_t *token);

/* of_fdt_device_is_available(); sees only strings that end in 7.2. */
bool linux_available(const struct linux_tree *tree, const struct flat *flat, int node);

/* KEY=VALUE, a line each. */
void linux_dump(const struct linux_tree *tree, const struct flat *flat, FILE *out);

#endif /* TESTS_ORACLE_LINUX_TREE_H */
