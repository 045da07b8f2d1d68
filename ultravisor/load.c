// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/load.h"

#include "abi/nested.h"
#include "lib/endian.h"
#include "ultravisor/memory.h"
#include "ultravisor/radix.h"
#include "ultravisor/vcpu.h"

struct load {
	uint8_t size;
	bool sign, update, reverse;
};

/* Form, (extended) opcode, and what it does. DS: the last two bits are the extended opcode. */
static const struct {
	enum { D, DS, X } form;
	uint16_t opcode;
	struct load load;
} loads[] = {
	{ D, 32, { 4, 0, 0, 0 } },  { D, 33, { 4, 0, 1, 0 } },	/* lwz lwzu */
	{ D, 34, { 1, 0, 0, 0 } },  { D, 35, { 1, 0, 1, 0 } },	/* lbz lbzu */
	{ D, 40, { 2, 0, 0, 0 } },  { D, 41, { 2, 0, 1, 0 } },	/* lhz lhzu */
	{ D, 42, { 2, 1, 0, 0 } },  { D, 43, { 2, 1, 1, 0 } },	/* lha lhau */
	{ DS, 0, { 8, 0, 0, 0 } },  { DS, 1, { 8, 0, 1, 0 } },	/* ld ldu */
	{ DS, 2, { 4, 1, 0, 0 } },				/* lwa */
	{ X, 23, { 4, 0, 0, 0 } },  { X, 55, { 4, 0, 1, 0 } },	/* lwzx lwzux */
	{ X, 87, { 1, 0, 0, 0 } },  { X, 119, { 1, 0, 1, 0 } },	/* lbzx lbzux */
	{ X, 279, { 2, 0, 0, 0 } }, { X, 311, { 2, 0, 1, 0 } },	/* lhzx lhzux */
	{ X, 343, { 2, 1, 0, 0 } }, { X, 375, { 2, 1, 1, 0 } },	/* lhax lhaux */
	{ X, 21, { 8, 0, 0, 0 } },  { X, 53, { 8, 0, 1, 0 } },	/* ldx ldux */
	{ X, 341, { 4, 1, 0, 0 } }, { X, 373, { 4, 1, 1, 0 } },	/* lwax lwaux */
	{ X, 790, { 2, 0, 0, 1 } }, { X, 534, { 4, 0, 0, 1 } },	/* lhbrx lwbrx */
	{ X, 532, { 8, 0, 0, 1 } },				/* ldbrx */
	{ X, 54, { 0, 0, 0, 0 } },  { X, 86, { 0, 0, 0, 0 } },	/* dcbst dcbf: nothing to do */
	{ X, 982, { 0, 0, 0, 0 } },				/* icbi */
};

static const struct load *decode(uint32_t insn)
{
	uint32_t primary = insn >> 26, form = primary == 31 ? X : primary == 58 ? DS : D;
	uint32_t opcode = form == X ? (insn >> 1) & 0x3ff : form == DS ? insn & 3 : primary;

	for (uint32_t i = 0; i < sizeof(loads) / sizeof(loads[0]); i++)
		if (loads[i].form == form && loads[i].opcode == opcode)
			return &loads[i].load;
	return NULL;
}

static uint64_t value_of(const struct load *load, const uint8_t bytes[8], bool little)
{
	uint64_t value = 0;

	for (int i = 0; i < load->size; i++)
		value = value << 8 | bytes[little ? load->size - 1 - i : i];
	if (load->sign)
		value = (uint64_t)((int64_t)(value << (64 - 8 * load->size)) >> (64 - 8 * load->size));
	return value;
}

bool load_done(struct vcpu *vcpu, uint64_t nip, uint64_t gpa)
{
	uint8_t bytes[8], text[4];
	const struct load *load;
	uint32_t insn;

	if (!guest_read(text, nip, sizeof(text)))
		return false;
	insn = vcpu_little(vcpu) ? le32_load(text) : be32_load(text);
	load = decode(insn);
	if (!load || gpa % SMALL_PAGE + load->size > SMALL_PAGE ||
	    !guest_read(bytes, gpa, load->size))
		return false;
	vcpu->regs.nip += 4;
	if (!load->size)
		return true;
	if (load->update)
		GPR(vcpu, insn >> 16 & 31) = vcpu->hv.hdar;
	GPR(vcpu, insn >> 21 & 31) = value_of(load, bytes, vcpu_little(vcpu) != load->reverse);
	return true;
}
