// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/text/access.h"

#include "abi/power.h"
#include "lib/endian.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/memory/radix.h"
#include "ultravisor/text/exec.h"
#include "ultravisor/text/guest.h"
#include "ultravisor/text/walk.h"

#define LOOP_MAX 1024	/* instructions: a few hundred microseconds */

/* Section 3.3.8; 2.4, BO = 16 */
#define PRIMARY_ADDI 14
#define INSN_BDNZ    0x42000000
#define BDNZ_MASK    0xffff0003

/* Primary and extended opcode, bytes accessed, and how */
static const struct access {
	uint8_t primary;
	uint16_t extended;
	uint8_t size;
	bool store, sign, update, reverse;
} accesses[] = {
	{ 32, 0, 4, 0, 0, 0, 0 },   { 33, 0, 4, 0, 0, 1, 0 },	/* lwz lwzu */
	{ 34, 0, 1, 0, 0, 0, 0 },   { 35, 0, 1, 0, 0, 1, 0 },	/* lbz lbzu */
	{ 40, 0, 2, 0, 0, 0, 0 },   { 41, 0, 2, 0, 0, 1, 0 },	/* lhz lhzu */
	{ 42, 0, 2, 0, 1, 0, 0 },   { 43, 0, 2, 0, 1, 1, 0 },	/* lha lhau */
	{ 58, 0, 8, 0, 0, 0, 0 },   { 58, 1, 8, 0, 0, 1, 0 },	/* ld ldu */
	{ 58, 2, 4, 0, 1, 0, 0 },				/* lwa */
	{ 31, 23, 4, 0, 0, 0, 0 },  { 31, 55, 4, 0, 0, 1, 0 },	/* lwzx lwzux */
	{ 31, 87, 1, 0, 0, 0, 0 },  { 31, 119, 1, 0, 0, 1, 0 },	/* lbzx lbzux */
	{ 31, 279, 2, 0, 0, 0, 0 }, { 31, 311, 2, 0, 0, 1, 0 },	/* lhzx lhzux */
	{ 31, 343, 2, 0, 1, 0, 0 }, { 31, 375, 2, 0, 1, 1, 0 },	/* lhax lhaux */
	{ 31, 21, 8, 0, 0, 0, 0 },  { 31, 53, 8, 0, 0, 1, 0 },	/* ldx ldux */
	{ 31, 341, 4, 0, 1, 0, 0 }, { 31, 373, 4, 0, 1, 1, 0 },	/* lwax lwaux */
	{ 31, 790, 2, 0, 0, 0, 1 }, { 31, 534, 4, 0, 0, 0, 1 },	/* lhbrx lwbrx */
	{ 31, 532, 8, 0, 0, 0, 1 },				/* ldbrx */
	{ 31, 54, 0, 0, 0, 0, 0 },  { 31, 86, 0, 0, 0, 0, 0 },	/* dcbst dcbf: nothing to do */
	{ 31, 982, 0, 0, 0, 0, 0 },				/* icbi */
	{ 36, 0, 4, 1, 0, 0, 0 },   { 31, 151, 4, 1, 0, 0, 0 },	/* stw stwx */
	{ 38, 0, 1, 1, 0, 0, 0 },   { 31, 215, 1, 1, 0, 0, 0 },	/* stb stbx */
	{ 44, 0, 2, 1, 0, 0, 0 },   { 31, 407, 2, 1, 0, 0, 0 },	/* sth sthx */
	{ 62, 0, 8, 1, 0, 0, 0 },   { 31, 149, 8, 1, 0, 0, 0 },	/* std stdx */
};

static const struct access *decode(uint32_t insn)
{
	uint32_t primary = INSN_PRIMARY(insn), extended = 0;

	if (primary == 31)
		extended = insn >> 1 & 0x3ff;
	else if (primary == 58 || primary == 62)
		extended = insn & 3;
	for (uint32_t i = 0; i < sizeof(accesses) / sizeof(accesses[0]); i++)
		if (accesses[i].primary == primary && accesses[i].extended == extended)
			return &accesses[i];
	return NULL;
}

static bool fetch_insn(const struct vcpu *vcpu, uint64_t nip, uint32_t *insn)
{
	uint8_t text[4];

	if (!guest_read(text, nip, sizeof(text)))
		return false;
	*insn = u32_load(text, vcpu_little(vcpu));
	return true;
}

static uint64_t load_value(const struct access *access, const uint8_t bytes[8], bool little)
{
	int unused = 64 - 8 * access->size;
	uint64_t value = 0;

	for (int i = 0; i < access->size; i++)
		value = value << 8 | bytes[little ? access->size - 1 - i : i];
	if (access->sign)
		value = (uint64_t)((int64_t)(value << unused) >> unused);
	return value;
}

/* The store at @nip, into its own page or elsewhere */
static bool emulate_store(const struct access *access, uint64_t value, bool little, uint64_t nip,
			  uint64_t gpa)
{
	uint8_t bytes[8];

	for (int i = 0; i < access->size; i++, value >>= 8)
		bytes[little ? i : access->size - 1 - i] = (uint8_t)value;
	if (page_of(nip) == page_of(gpa))
		return exec_own_store(gpa, bytes, access->size);
	return guest_write(gpa, bytes, access->size);
}

static bool emulate(struct vcpu *vcpu, uint32_t insn, uint64_t nip, uint64_t ea, uint64_t gpa)
{
	const struct access *access = decode(insn);
	bool little = vcpu_little(vcpu);
	uint8_t bytes[8];

	if (!access || gpa % SMALL_PAGE + access->size > SMALL_PAGE)
		return false;
	if (access->store) {
		if (!emulate_store(access, GPR(vcpu, INSN_T(insn)), little, nip, gpa))
			return false;
	} else if (!guest_read(bytes, gpa, access->size)) {
		return false;
	}
	vcpu->regs.nip += 4;
	if (access->update)
		GPR(vcpu, INSN_A(insn)) = ea;
	if (access->size && !access->store)
		GPR(vcpu, INSN_T(insn)) = load_value(access, bytes, little != access->reverse);
	return true;
}

bool access_emulate(struct vcpu *vcpu, uint64_t nip, uint64_t gpa)
{
	uint32_t insn;

	return fetch_insn(vcpu, nip, &insn) && emulate(vcpu, insn, nip, vcpu->hv.hdar, gpa);
}

/* (RA|0), plus RB or the displacement of the form */
static uint64_t effective_address(const struct vcpu *vcpu, uint32_t insn)
{
	uint64_t base = INSN_A(insn) ? GPR(vcpu, INSN_A(insn)) : 0;

	if (INSN_PRIMARY(insn) == 31)
		return base + GPR(vcpu, INSN_B(insn));
	return base + (uint64_t)(int64_t)(int16_t)(INSN_PRIMARY(insn) >= 58 ? insn & ~3U : insn);
}

static bool emulate_step(struct vcpu *vcpu, uint64_t page)
{
	uint64_t nip, gpa, ea;
	uint32_t insn;

	if (!walk(vcpu, vcpu->regs.nip, true, &nip) || page_of(nip) != page ||
	    !fetch_insn(vcpu, nip, &insn))
		return false;
	ea = effective_address(vcpu, insn);
	if (INSN_PRIMARY(insn) == PRIMARY_ADDI) {
		GPR(vcpu, INSN_T(insn)) = ea;
		vcpu->regs.nip += 4;
		return true;
	}
	if ((insn & BDNZ_MASK) == INSN_BDNZ) {
		vcpu->regs.nip += --vcpu->regs.ctr ? (uint64_t)(int64_t)(int16_t)insn : 4;
		return true;
	}
	return walk(vcpu, ea, false, &gpa) && emulate(vcpu, insn, nip, ea, gpa);
}

void access_emulate_loop(struct vcpu *vcpu)
{
	uint64_t nip;

	if ((vcpu->regs.msr & (MSR_SF | MSR_IR | MSR_DR)) != MSR_SF ||
	    !walk(vcpu, vcpu->regs.nip, true, &nip))
		return;
	for (int i = 0; i < LOOP_MAX && emulate_step(vcpu, page_of(nip)); i++)
		;
}
