// SPDX-License-Identifier: GPL-2.0-or-later
/* The guest's own translation, against tables made as Power ISA 3.0B, Book III 5.7.5 and 5.7.10 have them. */
#include "ultravisor/text/walk.h"

#include "abi/nested.h"
#include "abi/power.h"
#include "lib/endian.h"
#include "tests/host/fake/ultravisor.h"
#include "tests/host/unit/test.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/memory/radix.h"
#include "ultravisor/text/guest.h"

#define GUEST	  (8UL << 20)
#define PROCESSES 0x100000UL
#define ROOT	  0x200000UL	/* of process 5; that of process 0 is 64 KiB behind */
#define KERNEL	  0x210000UL
#define SECOND	  0x220000UL
#define THIRD	  0x230000UL
#define LAST	  0x240000UL
#define PID	  5
#define VALID	  0x8000000000000000UL
#define LEAF	  0x4000000000000000UL
#define EA	  0x00012345679abcdeUL	/* indices 0x246, 0x115, 0x13c, 0x1ab of 13, 9, 9 and 9 bits; 0xcde */

static struct vcpu *const vcpu = &vcpus[0];

static void put(uint64_t gpa, uint64_t value)
{
	uint8_t bytes[8];

	be64_store(bytes, value);
	assert_true(guest_write(gpa, bytes, sizeof(bytes)));
}

/* RTS, the reach's log2 less 31, in bits 1:2 and 56:58; the root; its size's log2 less 3 */
static uint64_t process(uint64_t root, uint64_t reach, uint64_t bits)
{
	return (reach - 31) >> 3 << 61 | root | ((reach - 31) & 7) << 5 | bits;
}

/* 52 bits for each, as Linux has it: 13, 9, 9 and 9 bits, and 4 KiB. */
static int tables(void **state)
{
	(void)state;
	fake_reset();
	fake_uv_reset(GUEST);
	radix_set_process_table(PROCESSES | 4);		/* its size counts for nothing here */
	put(PROCESSES + 16 * PID, process(ROOT, 52, 13));
	put(PROCESSES, process(KERNEL, 52, 13));
	put(ROOT + 8 * 0x246, VALID | SECOND | 9);
	put(SECOND + 8 * 0x115, VALID | THIRD | 9);
	put(THIRD + 8 * 0x13c, VALID | LAST | 9);
	put(LAST + 8 * 0x1ab, VALID | LEAF | 0x345000 | 0x187);
	put(KERNEL + 8 * 0x246, VALID | LEAF | 0x8000000000 | 0x187);
	vcpu->regs.msr = MSR_SF | MSR_IR | MSR_DR;
	vcpu->hv.pidr = PID;
	return 0;
}

static void leads_to(uint64_t ea, uint64_t want)
{
	uint64_t gpa = 0;

	for (int fetch = 0; fetch < 2; fetch++) {
		assert_true(walk(vcpu, ea, fetch, &gpa));
		assert_int_equal(gpa, want);
	}
}

static void leads_nowhere(uint64_t ea)
{
	uint64_t gpa;

	assert_false(walk(vcpu, ea, true, &gpa));
	assert_false(walk(vcpu, ea, false, &gpa));
}

static void test_levels(void **state)
{
	(void)state;
	leads_to(EA, 0x345cde);
	leads_to(EA & ~0xfffUL, 0x345000);
	leads_to(EA | 0xfff, 0x345fff);
	leads_nowhere(EA + 0x1000);
	leads_nowhere(EA + 0x200000);
	leads_nowhere(EA + 0x40000000);
	leads_nowhere(EA + 0x8000000000);
	put(THIRD + 8 * 0x13c, VALID | LEAF | 0x600000 | 0x187);		/* 2 MiB */
	leads_to(EA, 0x600000 | (EA & 0x1fffff));
	put(SECOND + 8 * 0x115, VALID | LEAF | 0x40000000 | 0x187);	/* 1 GiB */
	leads_to(EA, 0x40000000 | (EA & 0x3fffffff));
	put(SECOND + 8 * 0x115, LEAF | 0x40000000 | 0x187);
	leads_nowhere(EA);
}

/* A process's own table for addresses that begin with 00, process 0's for 11; no others in a guest. */
static void test_quadrants(void **state)
{
	(void)state;
	leads_to(EA | 3UL << 62, 0x8000000000 | (EA & 0x7fffffffff));
	leads_nowhere(EA | 1UL << 62);
	leads_nowhere(EA | 2UL << 62);
	vcpu->hv.pidr = 0;
	leads_to(EA, 0x8000000000 | (EA & 0x7fffffffff));
	vcpu->hv.pidr = PID + 1;
	leads_nowhere(EA);
	vcpu->hv.pidr = 7UL << 32 | PID;	/* PIDR has 32 bits */
	leads_to(EA, 0x345cde);
}

/* Without translation the address is the real one, less its two first bits. */
static void test_real_mode(void **state)
{
	uint64_t gpa;

	(void)state;
	vcpu->regs.msr = MSR_SF | MSR_IR;
	assert_true(walk(vcpu, 3UL << 62 | 0x1234, false, &gpa));
	assert_int_equal(gpa, 0x1234);
	assert_true(walk(vcpu, EA, true, &gpa));
	assert_int_equal(gpa, 0x345cde);
	vcpu->regs.msr = MSR_SF | MSR_DR;
	assert_true(walk(vcpu, 1UL << 61 | 0x1234, true, &gpa));
	assert_int_equal(gpa, 1UL << 61 | 0x1234);
	assert_true(walk(vcpu, EA, false, &gpa));
	assert_int_equal(gpa, 0x345cde);
}

/* Sizes are the guest's: other reaches, and what makes no sense. */
static void test_sizes(void **state)
{
	(void)state;
	/* 31 bits, 12 of them by the root, 7 by a second table: 4 KiB are left */
	put(PROCESSES + 16 * PID, process(ROOT, 31, 12));
	put(ROOT + 8 * 0xacf, VALID | SECOND | 7);
	put(SECOND + 8 * 0x1a, VALID | LEAF | 0x700000 | 0x187);
	leads_to(0x5679abcd, 0x700bcd);
	put(ROOT + 8 * 0xacf, VALID | SECOND | 0);
	leads_nowhere(0x5679abcd);
	put(ROOT + 8 * 0xacf, VALID | SECOND | 20);	/* one bit more than there is */
	leads_nowhere(0x5679abcd);
	put(ROOT + 8 * 0xacf, VALID | SECOND | 19);
	put(SECOND + 8 * 0x1abcd, VALID | LEAF | 0x701000 | 0x187);
	put(SECOND + 8 * 0x2abcd, VALID | LEAF | 0x702000 | 0x187);
	leads_to(0x5679abcd, 0x701000);
	leads_to(0x567aabcd, 0x702000);
	/* out of memory */
	put(ROOT + 8 * 0xacf, VALID | GUEST | 7);
	leads_nowhere(0x5679abcd);
	put(PROCESSES + 16 * PID, process(GUEST, 31, 12));
	leads_nowhere(0x5679abcd);
	radix_set_process_table(GUEST);
	leads_nowhere(EA);
}

/* A table that points to itself: it ends. */
static void test_circle(void **state)
{
	(void)state;
	put(PROCESSES + 16 * PID, process(ROOT, 62, 5));
	for (uint64_t i = 0; i < 32; i++)
		put(ROOT + 8 * i, VALID | ROOT | 5);
	leads_nowhere(EA);
}

#define CASE(name) cmocka_unit_test_setup(name, tables)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_levels), CASE(test_quadrants), CASE(test_real_mode), CASE(test_sizes), CASE(test_circle),
	};

	return RUN(tests);
}
