// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/trial/evil.h"

#include "fdt/read.h"
#include "lib/log.h"
#include "lib/string.h"
#include "ultravisor/cpu/fail.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/memory/memory.h"
#include "ultravisor/memory/platform.h"
#include "ultravisor/memory/real.h"
#include "ultravisor/text/guest.h"
#include "ultravisor/trial/options.h"
#include "ultravisor/trial/overlay.h"

/*
 * Flip the bit that was asked for, bit 0 being the most significant one of the first of @size
 * bytes; or, if none was, one of the byte at offset @otherwise.
 */
static void flip_bit(enum evil what, const char *name, uint64_t gpa, uint64_t size,
		     uint64_t otherwise)
{
	uint64_t bit = uv_options.evil_bit[__builtin_ctz(what)];
	uint8_t byte;

	if (bit == EVIL_ANY_BIT)
		bit = 8 * otherwise + 1;
	if (bit / 8 >= size || __builtin_add_overflow(gpa, bit / 8, &gpa) ||
	    !guest_read(&byte, gpa, 1)) {
		log_notice("evil=%s at=none", name);
		return;
	}
	byte ^= (uint8_t)(0x80 >> bit % 8);
	guest_write(gpa, &byte, 1);
	log_notice("evil=%s at=0x%lx", name, gpa);
}

/* Copy the guest's tree to the workspace; NULL if there is none. */
static void *read_guest_tree(uint64_t fdt)
{
	struct fdt_header header;

	if (!guest_read(&header, fdt, sizeof(header)) || fdt_check_header(&header) ||
	    fdt_totalsize(&header) > TREE_SPACE ||
	    !guest_read(platform.spare, fdt, fdt_totalsize(&header)) ||
	    dt_check(platform.spare, fdt_totalsize(&header)))
		return NULL;
	return platform.spare;
}

/* The four memory reservations of UV_ESM */
#define RESERVATIONS (4 * sizeof(struct fdt_reserve_entry))

/*
 * A host may write what it likes wherever it likes. A tree that grows does so into memory behind it
 * that holds nothing, so that nothing else breaks by it.
 */
static void claim_room(uint64_t fdt, uint32_t room, uint32_t wanted)
{
	for (uint64_t at = room; at < wanted; at++) {
		uint8_t byte;

		if (!guest_read(&byte, fdt + at, 1) || byte)
			uv_fail(E_UV_OVERLAY, "no room for a tree of %u bytes at 0x%lx", wanted,
				fdt);
	}
}

/* Apply what there is for this time; false if there is nothing. */
static bool overlay_tree(void *tree, bool after)
{
	struct overlay_done done;
	int frc = overlay_apply(&done, tree, TREE_SPACE, after);

	if (frc)
		uv_fail(E_UV_OVERLAY, "%s: %s", done.where, fdt_strerror(frc));
	if (done.fragments)
		log_notice("evil=overlay when=%s fragments=%u edits=%u size=%u",
			   after ? "after" : "before", done.fragments, done.edits,
			   fdt_totalsize(tree));
	return done.fragments;
}

static void overlay_guest_tree(uint64_t fdt)
{
	uint8_t *tree = read_guest_tree(fdt);
	uint32_t room, wanted;

	if (!tree)
		return;		/* UV_ESM will refuse it */
	room = fdt_totalsize(tree);
	if (!overlay_tree(tree, false))
		return;
	wanted = fdt_totalsize(tree) + RESERVATIONS;
	claim_room(fdt, room, wanted);
	if (wanted < room)
		wanted = room;
	memset(tree + fdt_totalsize(tree), 0, wanted - fdt_totalsize(tree));
	fdt_set_totalsize(tree, wanted);
	guest_write(fdt, tree, wanted);
}

uint32_t evil_before_return(void *tree, uint64_t fdt, uint32_t room)
{
	if (!(uv_options.evil & EVIL_OVERLAY) || !overlay_tree(tree, true))
		return room;
	claim_room(fdt, room, fdt_totalsize(tree));
	return fdt_totalsize(tree) > room ? fdt_totalsize(tree) : room;
}

/* A well-formed tree that says the initrd starts a page earlier. */
static void falsify_initrd(void *tree, uint64_t fdt)
{
	int chosen = dt_find(tree, "/chosen"), size = 0;
	uint8_t *start = fdt_getprop_w(tree, chosen, "linux,initrd-start", &size);

	if (!start || size < 4)
		return;
	start[size - 2] ^= 0x10;
	guest_write(fdt, tree, fdt_totalsize(tree));
	log_notice("evil=tree property=linux,initrd-start");
}

/* Where the kernel, initrd or bootargs are, according to the tree; false if it does not say. */
static bool find_target(enum evil what, const void *tree, int chosen, uint64_t fdt,
			uint64_t *base, uint64_t *size)
{
	const char *text;
	uint64_t end;
	int length;

	if (what == EVIL_KERNEL)
		return !dt_u64_pair(tree, chosen, "pefboot,kernel", base, size);
	if (what == EVIL_INITRD) {
		if (dt_u32_or_u64(tree, chosen, "linux,initrd-start", base) ||
		    dt_u32_or_u64(tree, chosen, "linux,initrd-end", &end) || end <= *base)
			return false;
		*size = end - *base;
		return true;
	}
	text = dt_get(tree, chosen, "bootargs", &length);
	if (!text || length <= 1)
		return false;
	*base = fdt + (uint64_t)(text - (const char *)tree);
	*size = (uint64_t)length - 1;
	return true;
}

void evil_before_move(uint64_t kbase, uint64_t fdt)
{
	static const char names[][9] = { "kernel", "initrd", "bootargs" };
	uint64_t base, size;
	void *tree;
	int chosen;

	if (uv_options.evil & EVIL_OVERLAY)
		overlay_guest_tree(fdt);
	tree = uv_options.evil ? read_guest_tree(fdt) : NULL;
	chosen = tree ? dt_find(tree, "/chosen") : -1;
	/* in the measured range, if that is known */
	if (uv_options.evil & EVIL_STAGE)
		flip_bit(EVIL_STAGE, "stage", kbase,
			 uv_options.digest.size ? uv_options.digest.size : 0x2000, 0x1000);
	if (!tree)
		return;
	for (int i = 0; i < 3; i++) {
		enum evil what = (enum evil)(1u << i);

		if ((uv_options.evil & what) && find_target(what, tree, chosen, fdt, &base, &size))
			flip_bit(what, names[i], base, size, what == EVIL_KERNEL ? size / 2 : 0);
	}
	if (uv_options.evil & EVIL_FDT)
		flip_bit(EVIL_FDT, "fdt", fdt, fdt_totalsize(tree), fdt_off_dt_struct(tree) + 3);
	if (uv_options.evil & EVIL_TREE)
		falsify_initrd(tree, fdt);
}

/* Fill all normal memory that the guest does not share: it must never see this. */
static void scribble(void)
{
	for (uint64_t gfn = 1; gfn < pages.count; gfn++)
		if (pages_in_slot(pages_get(&pages, gfn)))
			memset(real(gfn * FRAME_SIZE), 0xee, FRAME_SIZE);
	log_notice("evil=scribble");
}

/*
 * The real ultravisor brings in what it is told of, and leaves zeros elsewhere. Here all memory is
 * brought in if nothing was measured; this forgets the frame with the vectors.
 */
static void forget_low_memory(void)
{
	real_zero(memory_resolve(0), FRAME_SIZE);
	log_notice("evil=forget");
}

void evil_before_entry(void)
{
	if (uv_options.evil & EVIL_SCRIBBLE)
		scribble();
	if (uv_options.evil & EVIL_FORGET)
		forget_low_memory();
}

/* The real one: core/uvcall.c:89-110, 207. The entry at kbase is number 0. */
void evil_before_run(struct vcpu *vcpu)
{
	static uint64_t entries;

	if (!(uv_options.evil & EVIL_VECTOR) || !vcpu->secure ||
	    __atomic_fetch_add(&entries, 1, __ATOMIC_RELAXED) != uv_options.evil_vector.exit)
		return;
	log_notice("evil=vector at=0x%lx cpu=%u srr0=0x%lx", uv_options.evil_vector.vector,
		   vcpu->index, vcpu->regs.nip);
	vcpu_enter_vector(vcpu, uv_options.evil_vector.vector);
}
