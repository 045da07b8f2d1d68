// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/calls/hcalls.h"

#include <stddef.h>

#include "abi/hcalls.h"
#include "lib/arch.h"
#include "lib/hcall.h"
#include "lib/log.h"
#include "lib/string.h"
#include "ultravisor/calls/handler.h"
#include "ultravisor/calls/hardware.h"
#include "ultravisor/calls/hcall_cpu.h"
#include "ultravisor/calls/hcall_memory.h"
#include "ultravisor/calls/hcall_tree.h"
#include "ultravisor/calls/rtas.h"
#include "ultravisor/calls/uvcall.h"
#include "ultravisor/calls/vpa.h"
#include "ultravisor/cpu/irq.h"
#include "ultravisor/cpu/smp.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/trial/stats.h"

/*
 *	FORWARD	goes to QEMU as it is: none of its arguments is an address
 *	XICS	the same, after restoring the guest's own priority (irq.c)
 *	IPI	the same, under the lock: its holder may have sent one of its own (smp.c)
 *	SERVE	served under the lock			ALONE	served, takes the lock itself
 *	REFUSE	H_FUNCTION, as for every number that is not in the table
 */
enum action { FORWARD, XICS, IPI, SERVE, ALONE, REFUSE };

static const struct entry {
	uint32_t number, last;	/* last: of a range, or 0 */
	enum action action;
	uint8_t in, out;	/* of what is forwarded: registers from r4 on */
	hcall_fn *serve;
	const char *name, *args;
} table[] = {
#define F(name, in, out, args) { name, 0, FORWARD, in, out, NULL, #name, args }
#define I(name, in, out, args) { name, 0, XICS, in, out, NULL, #name, args }
#define S(name, fn, args)      { name, 0, SERVE, 0, 0, fn, #name, args }
#define A(name, fn, args)      { name, 0, ALONE, 0, 0, fn, #name, args }
#define R(name, why)	       { name, 0, REFUSE, 0, 0, NULL, #name, why }
#define RR(first, last, why)   { first, last, REFUSE, 0, 0, NULL, #first, why }
	/* interrupts: QEMU's controller serves the guest directly */
	I(H_XIRR, 0, 1, "-> r4 xirr"),
	I(H_XIRR_X, 1, 2, "-> r4 xirr, r5 time"),
	I(H_EOI, 1, 0, "xirr"),
	I(H_CPPR, 1, 0, "priority"),
	{ H_IPI, 0, IPI, 2, 0, NULL, "H_IPI", "server, mfrr" },
	I(H_IPOLL, 1, 2, "server -> r4 xirr, r5 mfrr"),

	/* CPUs */
	A(H_CEDE, serve_cede, ""),
	F(H_PROD, 1, 0, "server"),
	F(H_CONFER, 2, 0, "server, dispatch"),
	F(H_SIGNAL_SYS_RESET, 1, 0, "server, or -1, -2"),
	S(H_SET_SPRG0, serve_set_sprg0, "value"),
	S(H_REGISTER_VPA, serve_register_vpa, "flags, server, gpa: forwarded if that is shared"),
	S(H_SET_MODE, serve_set_mode, "flags, resource, value, value: ILE and AIL"),
	S(H_REGISTER_PROC_TBL, serve_register_proc_tbl, "flags, gpa, page size, size: radix"),
	F(H_GET_CPU_CHARACTERISTICS, 1, 2, "-> r4, r5"),
	F(H_HOME_NODE_ASSOCIATIVITY, 2, 6, "flags, server -> r4.."),

	/* console and other virtual I/O */
	F(H_PUT_TERM_CHAR, 4, 0, "termno, length, 16 bytes"),
	F(H_GET_TERM_CHAR, 1, 3, "termno -> r4 length, 16 bytes"),
	F(H_VIO_SIGNAL, 2, 0, "unit, mode"),
	S(H_RANDOM, serve_random, "-> r4; H_FUNCTION once secure, as the real one"),

	/* DMA windows: addresses are checked, a list bounces */
	F(H_GET_TCE, 2, 1, "liobn, ioba -> r4 tce"),
	S(H_PUT_TCE, serve_put_tce, "liobn, ioba, tce"),
	S(H_STUFF_TCE, serve_stuff_tce, "liobn, ioba, tce, count"),
	S(H_PUT_TCE_INDIRECT, serve_put_tce_indirect, "liobn, ioba, gpa of list, count"),

	/* memory: served on what the guest sees */
	S(H_PAGE_INIT, serve_page_init, "flags, gpa to, gpa from"),
	S(H_LOGICAL_CI_LOAD, serve_ci_load, "size, gpa -> r4; devices: forwarded"),
	S(H_LOGICAL_CI_STORE, serve_ci_store, "size, gpa, value"),
	S(H_LOGICAL_CACHE_LOAD, serve_cache_load, "size, gpa -> r4"),
	S(H_LOGICAL_CACHE_STORE, serve_cache_store, "size, gpa, value"),
	F(H_LOGICAL_ICBI, 1, 0, "gpa: nothing to do in QEMU"),
	F(H_LOGICAL_DCBF, 1, 0, "gpa: nothing to do in QEMU"),
	S(KVMPPC_H_LOGICAL_MEMOP, serve_memop, "gpa to, gpa from, log2 size, count, invert"),

	/* QEMU's own */
	A(KVMPPC_H_RTAS, serve_rtas, "gpa of arguments: ultravisor/calls/rtas.c"),
	S(KVMPPC_H_CAS, serve_cas, "gpa of vectors, gpa of tree, size: bounced, tree trimmed"),
	S(KVMPPC_H_UPDATE_DT, serve_update_dt, "gpa of tree: bounced"),

	/* refused by name */
	R(H_ENTER, "hash page table"),
	R(H_REMOVE, "hash page table"),
	R(H_PROTECT, "hash page table"),
	R(H_READ, "hash page table"),
	R(H_BULK_REMOVE, "hash page table"),
	R(H_RESIZE_HPT_PREPARE, "hash page table"),
	R(H_RESIZE_HPT_COMMIT, "hash page table"),
	R(H_CLEAN_SLB, "hash page table"),
	R(H_INVALIDATE_PID, "would act on L1"),
	R(H_RPT_INVALIDATE, "the guest has GTSE"),
	R(H_SET_DABR, "would act on L1"),
	R(H_SET_XDABR, "would act on L1"),
	R(H_JOIN, "would act on L1"),
	R(H_WATCHDOG, "its reset would kill QEMU while a CPU is in the guest"),
	R(H_REG_CRQ, "a queue in private memory"),
	R(H_FREE_CRQ, "a queue in private memory"),
	R(H_SEND_CRQ, "a queue in private memory"),
	R(H_REGISTER_LOGICAL_LAN, "buffers in private memory"),
	RR(H_INT_GET_SOURCE_INFO, H_INT_RESET, "XIVE"),
	RR(H_SCM_READ_METADATA, H_SCM_FLUSH, "storage-class memory"),
	RR(H_GUEST_GET_CAPABILITIES, H_GUEST_DELETE, "nesting"),
	RR(H_SET_PARTITION_TABLE, H_COPY_TOFROM_GUEST, "nesting"),
	R(SVM_H_TPM_COMM, "no TPM"),
	R(KVMPPC_H_VOF_CLIENT, "only for VOF"),
};

static const struct entry *find_hcall(uint64_t number)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].number == number ||
		    (number > table[i].number && number <= table[i].last))
			return &table[i];
	return NULL;
}

const char *hcall_name(uint64_t number)
{
	const struct entry *entry = find_hcall(number);

	return entry && !entry->last ? entry->name : NULL;
}

static int64_t refuse_hcall(struct vcpu *vcpu, uint64_t number)
{
	char name[CALL_NAME];

	stats_add(&stats.refused);
	if (log_enabled(LOG_INFO))
		log_info("hcall=%s cpu=%u nip=0x%lx r4=0x%lx r5=0x%lx r6=0x%lx rc=%d",
			   call_name(name, hcall_name(number), number), vcpu->index, vcpu->regs.nip,
			   GPR(vcpu, 4), GPR(vcpu, 5), GPR(vcpu, 6), H_FUNCTION);
	return H_FUNCTION;
}

/* Nothing that anybody should rely on (xorshift, Marsaglia 2003). */
static uint64_t draw_noise(void)
{
	static uint64_t state = 1;
	uint64_t noise = state ^ timebase() << 32;

	noise ^= noise << 13;
	noise ^= noise >> 7;
	noise ^= noise << 17;
	return state = noise | 1;
}

/*
 * The host sees of a secure guest the registers that the call declares, and noise in the others;
 * the guest gets the results that it declares (open-power/ultravisor core/exceptions.c:733-830).
 */
static int64_t forward_hcall(const struct vcpu *vcpu, const struct entry *entry, uint64_t *r)
{
	unsigned int in_count = vcpu->secure ? entry->in : HCALL_REGS;
	unsigned int out_count = vcpu->secure ? entry->out : HCALL_REGS;
	uint64_t in[HCALL_REGS], out[HCALL_REGS];
	int64_t rc;

	memcpy(out, r, sizeof(out));
	for (unsigned int i = 0; i < HCALL_REGS; i++)
		in[i] = i < in_count ? r[i] : draw_noise();
	rc = hcall(entry->number, in, out);
	memcpy(r, out, out_count * sizeof(*r));
	return rc;
}

static int64_t serve_hcall(struct vcpu *vcpu, uint64_t number, uint64_t *r)
{
	const struct entry *entry = find_hcall(number);
	int64_t rc;

	switch (entry ? entry->action : REFUSE) {
	case XICS:
		irq_unmask(vcpu);
		return forward_hcall(vcpu, entry, r);
	case IPI:
		irq_unmask(vcpu);
		smp_lock();
		rc = forward_hcall(vcpu, entry, r);
		smp_unlock();
		return rc;
	case FORWARD:
		return forward_hcall(vcpu, entry, r);
	case ALONE:
		return entry->serve(vcpu, r);
	case SERVE:
		smp_lock();
		rc = entry->serve(vcpu, r);
		smp_unlock();
		return rc;
	default:
		return refuse_hcall(vcpu, number);
	}
}

void hcall_serve(struct vcpu *vcpu)
{
	uint64_t number = GPR(vcpu, 3);

	if (vcpu->secure && !vcpu_user(vcpu) && !hardware_knows_hcall(number))
		hardware_down("hypercall 0x%lx at 0x%lx", number, vcpu->regs.nip);
	if (number >= UV_FIRST && number <= UV_LAST)
		uvcall_serve(vcpu);
	else if (vcpu_user(vcpu))
		GPR(vcpu, 3) = (uint64_t)H_PRIVILEGE;
	else
		GPR(vcpu, 3) = (uint64_t)serve_hcall(vcpu, number, &GPR(vcpu, 4));
}
