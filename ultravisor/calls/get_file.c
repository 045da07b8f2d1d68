// SPDX-License-Identifier: GPL-2.0-or-later
#include "ultravisor/calls/get_file.h"

#include "abi/pef.h"
#include "lib/endian.h"
#include "lib/string.h"
#include "ultravisor/calls/hardware.h"
#include "ultravisor/cpu/vcpu.h"
#include "ultravisor/esm/files.h"
#include "ultravisor/memory/platform.h"

/* r4 offset, r5..r12 name. Up to 64 bytes come back in r4..r11, all of which are written then. */
int64_t uv_esmb_get_file(struct vcpu *vcpu)
{
	struct file_call call = { .offset = GPR(vcpu, 4), .pid = (uint32_t)vcpu->hv.pidr };
	int64_t count;

	if (!platform.secure)
		return U_PARAMETER;
	for (int i = 0; i < ESM_FILE_NAME / 8; i++)
		be64_store(call.name + 8 * i, GPR(vcpu, 5 + i));
	count = files_read(&call);
	if (call.past_page)
		hardware_down("UV_ESMB_GET_FILE at offset 0x%lx", call.offset);
	for (int i = 0; count > 0 && i < ESM_FILE_CHUNK / 8; i++)
		GPR(vcpu, 4 + i) = be64_load(call.data + 8 * i);
	secure_zero(call.data, sizeof(call.data));
	return count;
}
