/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest for the whole line of boot/, at its real addresses: memory as tests/host/data/pseries.dts says
 * (but for the first 64 KiB, which a host does not give), kernel and initrd in it, and a hypervisor.
 */
#ifndef TESTS_FAKE_GUEST_H
#define TESTS_FAKE_GUEST_H

#include <stdint.h>

struct machine;

#define GUEST_KERNEL	  0x400000UL
#define GUEST_INITRD	  0x2400000UL
#define GUEST_MEMORY	  0x20000000UL
#define GUEST_TREE	  0x1ff00000UL	/* room for 1 MiB */

struct fake_guest {
	void *tree;		/* what is in r3; editable */
	void *cas;		/* the tree CAS will answer with; NULL: nothing is written */
	int64_t cas_code, update_code, esm_code, ask_code, share_code;	/* what the calls answer */
	int rtas_status;
	uint32_t buses[2];	/* of the two bridges: config word 0x18 */
	uint8_t vectors[78];	/* what CAS was asked */
	const void *updated;	/* what H_UPDATE_DT was given */
	uint64_t kbase;		/* what UV_ESM was given; esm_code U_SUCCESS: it is entered there */
	void (*meddle)(void *tree);	/* called before that, if set: the host's last chance */
	uint64_t memory;	/* what an ultravisor says is there; what may be touched ends below 2 GiB */
	uint64_t shared, share_count;	/* what UV_SHARE_PAGE was given: 64 KiB pages */
};
extern struct fake_guest fake_guest;

/* A good fake_guest; its seams are in fake. */
void guest_make(void);

/* The same with a marked kernel, under an ultravisor that says yes. */
void guest_make_secure(void);

/* Take the mark from its kernel; also when a test has ended, since that memory outlives guest_make(). */
void guest_unmark(void);

/* Its command line. */
void guest_say(const char *words);

/* Start it: 0 if it got into the kernel, otherwise the number after EXIT on the console. */
int guest_boot(void);

/* The number after EXIT on its console, -1 if there is none. */
int guest_exit(void);

/* Its console since guest_make(). */
const char *guest_console(void);

/* That many bytes of memory, in both of its trees. */
void guest_set_memory(uint32_t size);

/* @machine as step 1 leaves it, with pefboot at @image: the tree is home, nothing has been read. */
void guest_enter(struct machine *machine, uint64_t image);

/* How a little-endian kernel begins that can be entered with a flat tree. */
void guest_put_kernel(uint8_t *text);

/* The header of an ELF file of one segment: @size bytes of it from @offset on, more in memory. */
void guest_put_elf(uint8_t *file, uint64_t offset, uint64_t size, uint64_t memory_size);

/* Edit a tree of it: a property of a node, as 32-bit cells. */
void guest_set(void *tree, const char *node, const char *prop, const uint32_t *cells, int count);

#endif /* TESTS_FAKE_GUEST_H */
