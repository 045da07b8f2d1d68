// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/calls/uvcall.h"

#include <stddef.h>

#include "abi/hcalls.h"
#include "abi/pef.h"
#include "abi/power.h"
#include "lib/arch.h"
#include "lib/log.h"
#include "lib/names.h"
#include "ultravisor/calls/esm.h"
#include "ultravisor/calls/get_file.h"
#include "ultravisor/calls/share.h"
#include "ultravisor/cpu/smp.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/trial/inject.h"
#include "ultravisor/trial/options.h"
#include "ultravisor/trial/stats.h"

/*
 * Who may call; all others get U_PERMISSION (open-power/ultravisor core/uvcall.c:1105-1171):
 *	HYPERVISOR	MSR[HV]=1: never a guest	KERNEL	PR=0
 *	SECURE		MSR[S]=1 and PR=0		ANY	everybody
 */
enum caller { HYPERVISOR, KERNEL, SECURE, ANY };

static const struct entry {
	uint32_t number;
	enum caller caller;
	uvcall_fn *serve;
	const char *args;
} table[] = {
	{ UV_WRITE_PATE,	   HYPERVISOR, NULL, "lpid, dw0, dw1" },
	{ UV_RESTRICTED_SPR_WRITE, HYPERVISOR, NULL, "spr, value" },
	{ UV_RESTRICTED_SPR_READ,  HYPERVISOR, NULL, "spr -> r5 value" },
	{ UV_ESM,		   KERNEL, uv_esm, "kbase, fdt; enters kbase" },
	{ UV_READ_SCOM,		   HYPERVISOR, NULL, "partid, address -> r4 value" },
	{ UV_WRITE_SCOM,	   HYPERVISOR, NULL, "partid, address, value" },
	{ UV_RETURN,		   HYPERVISOR, NULL, "r0 code, r2 interrupt, r31 cookie" },
	{ UV_REGISTER_MEM_SLOT,	   HYPERVISOR, NULL, "lpid, gpa, size, flags, slot" },
	{ UV_UNREGISTER_MEM_SLOT,  HYPERVISOR, NULL, "lpid, slot" },
	{ UV_PAGE_IN,		   HYPERVISOR, NULL, "lpid, ra, gpa, flags, order" },
	{ UV_PAGE_OUT,		   HYPERVISOR, NULL, "lpid, ra, gpa, flags, order" },
	{ UV_SHARE_PAGE,	   SECURE, uv_share_page, "gfn, count" },
	{ UV_UNSHARE_PAGE,	   SECURE, uv_unshare_page, "gfn, count" },
	{ UV_PAGE_INVAL,	   HYPERVISOR, NULL, "lpid, gpa, order" },
	{ UV_SVM_TERMINATE,	   HYPERVISOR, NULL, "lpid" },
	{ UV_UNSHARE_ALL_PAGES,	   SECURE, uv_unshare_all_pages, "" },
	{ UV_READ_MEM,		   HYPERVISOR, NULL, "buffer, handle, offset, size" },
	{ UV_WRITE_MEM,		   HYPERVISOR, NULL, "buffer, handle, offset, size" },
	{ UV_ESMB_GET_FILE,	   ANY, uv_esmb_get_file, "offset, name -> r3 count, r4..r11" },
	{ UV_SEND_SBE_COMMAND,	   HYPERVISOR, NULL, "chip, opcode, in, out" },
};

static const struct entry *find_uvcall(uint64_t number)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].number == number)
			return &table[i];
	return NULL;
}

static bool caller_is_allowed(const struct vcpu *vcpu, enum caller caller)
{
	switch (caller) {
	case HYPERVISOR:
		return false;
	case SECURE:
		return vcpu->secure && !vcpu_user(vcpu);
	case KERNEL:
		return !vcpu_user(vcpu);
	default:
		return true;
	}
}

/*
 * uv.codes=lost: the published code has the result in a local variable when it goes back to the
 * guest, whose r3 is as it was at the call (open-power/ultravisor core/uvcall.c:582-617).
 */
static bool code_is_lost(const struct entry *entry)
{
	return uv_options.codes_lost && entry->caller == SECURE;
}

static int64_t serve_uvcall(struct vcpu *vcpu, uint64_t number)
{
	const struct entry *entry = find_uvcall(number);
	int64_t code;

	if (uv_options.off || !entry)
		return U_FUNCTION;
	stats_add(&stats.uvcalls[(number - UV_FIRST) / 4]);
	inject_delay(number);
	if (inject_failure(number, &code))
		return code;
	if (!caller_is_allowed(vcpu, entry->caller))
		return U_PERMISSION;
	code = entry->serve(vcpu);
	return code_is_lost(entry) ? (int64_t)number : code;
}

/* As the guest made it: nip and lr say where. */
struct call {
	uint64_t number, nip, lr, r4, r5;
};

static void trace_uvcall(const struct vcpu *vcpu, const struct call *call, int64_t rc,
			 uint64_t start)
{
	char name[CALL_NAME];

	log_info("uvcall=%s cpu=%u nip=0x%lx lr=0x%lx r4=0x%lx r5=0x%lx rc=%ld us=%lu",
		   call_name(name, uv_name(call->number), call->number), vcpu->index, call->nip,
		   call->lr, call->r4, call->r5, (long)rc, microseconds(timebase() - start));
}

void uvcall_serve(struct vcpu *vcpu)
{
	const struct call call = {
		.number = GPR(vcpu, 3), .nip = vcpu->regs.nip - 4, .lr = vcpu->regs.link,
		.r4 = GPR(vcpu, 4), .r5 = GPR(vcpu, 5),
	};
	const uint64_t start = timebase();
	int64_t rc;

	smp_lock();
	rc = serve_uvcall(vcpu, call.number);
	smp_unlock();
	if (rc != UV_ENTERED)
		GPR(vcpu, 3) = (uint64_t)rc;
	if (log_enabled(LOG_INFO))
		trace_uvcall(vcpu, &call, rc == UV_ENTERED ? U_SUCCESS : rc, start);
}
