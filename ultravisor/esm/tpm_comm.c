// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/esm/tpm_comm.h"

#include "abi/hcalls.h"
#include "lib/endian.h"
#include "lib/hcall.h"
#include "lib/log.h"
#include "ultravisor/esm/tpm_error.h"

/* r4 of H_TPM_COMM: QEMU hw/ppc/spapr_tpm_proxy.c, docs/specs/ppc-spapr-uv-hcalls.rst */
#define TPM_COMM_OP_EXECUTE	  1
#define TPM_COMM_OP_CLOSE_SESSION 2

bool tpm_refuse(const char *step, const char *why)
{
	log_notice("tpm=%s reply=refused why=%pQ", step, why);
	return false;
}

static bool refuse_call(const char *step, int64_t hrc)
{
	log_notice("tpm=%s hcall=H_TPM_COMM rc=%ld hint=%pQ", step, hrc,
		   hrc == H_FUNCTION ? "QEMU has no -device spapr-tpm-proxy" :
				       "the TPM behind spapr-tpm-proxy cannot be reached");
	return false;
}

static bool refuse_code(const char *step, uint32_t code)
{
	const struct tpm_error *error = tpm_error(code);

	log_notice("tpm=%s rc=0x%x name=%s hint=%pQ", step, code, error->word, error->hint);
	return false;
}

bool tpm_exchange(struct tpm_frame *frame, const char *step, uint16_t tag)
{
	uint64_t at = (uintptr_t)frame->bytes, out[HCALL_REGS] = { 0 };
	int64_t hrc;

	be32_store(frame->bytes + 2, frame->size);
	hrc = hcall(SVM_H_TPM_COMM, (const uint64_t[HCALL_REGS]){ TPM_COMM_OP_EXECUTE, at,
		    frame->size, at, TPM_FRAME_MAX }, out);
	if (hrc != H_SUCCESS)
		return refuse_call(step, hrc);
	frame->size = out[0] <= TPM_FRAME_MAX ? (uint32_t)out[0] : 0;
	frame->at = TPM2_HEADER;
	frame->ended = false;
	if (frame->size < TPM2_HEADER || be32_load(frame->bytes + 2) != frame->size)
		return tpm_refuse(step, "its size is not the one it names");
	if (be32_load(frame->bytes + 6))
		return refuse_code(step, be32_load(frame->bytes + 6));
	if (be16_load(frame->bytes) != tag)
		return tpm_refuse(step, "another tag");
	return true;
}

void tpm_close(void)
{
	HCALL(SVM_H_TPM_COMM, TPM_COMM_OP_CLOSE_SESSION);
}
