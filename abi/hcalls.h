/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hypercalls that pefboot does not make, but a guest of the ultravisor may. Calls and codes that
 * pefboot makes are in abi/papr.h. Sources: Linux asm/hvcall.h; QEMU include/hw/ppc/spapr.h.
 */
#ifndef ABI_HCALLS_H
#define ABI_HCALLS_H

#include "abi/nested.h"
#include "abi/papr.h"

#define H_LOGICAL_CACHE_LOAD	0x44
#define H_LOGICAL_CACHE_STORE	0x48
#define H_LOGICAL_ICBI		0x4c
#define H_LOGICAL_DCBF		0x50
#define H_EOI			0x64
#define H_IPI			0x6c
#define H_IPOLL			0x70
#define H_XIRR			0x74
#define H_CONFER		0xe4
#define H_PROD			0xe8
#define H_VIO_SIGNAL		0x104
#define H_PUT_TCE_INDIRECT	0x13c
#define H_GET_CPU_CHARACTERISTICS 0x1c8
#define H_HOME_NODE_ASSOCIATIVITY 0x2ec
#define H_XIRR_X		0x2fc
#define H_REGISTER_PROC_TBL	0x37c
#define H_SIGNAL_SYS_RESET	0x380
#define KVMPPC_H_LOGICAL_MEMOP	0xf001

/* refused */
#define H_REMOVE		0x04
#define H_ENTER			0x08
#define H_READ			0x0c
#define H_PROTECT		0x18
#define H_SET_SPRG0		0x24
#define H_SET_DABR		0x28
#define H_BULK_REMOVE		0x124
#define H_REGISTER_LOGICAL_LAN	0x114
#define H_JOIN			0x298
#define H_SET_XDABR		0x134
#define H_RESIZE_HPT_PREPARE	0x36c
#define H_RESIZE_HPT_COMMIT	0x370
#define H_CLEAN_SLB		0x374
#define H_INVALIDATE_PID	0x378
#define H_INT_GET_SOURCE_INFO	0x3a8
#define H_SCM_READ_METADATA	0x3e4
#define H_SCM_FLUSH		0x44c
#define H_RPT_INVALIDATE	0x448
#define H_WATCHDOG		0x45c
#define H_GUEST_GET_CAPABILITIES 0x460
#define H_GUEST_DELETE		0x488
#define SVM_H_TPM_COMM		0xef10
#define KVMPPC_H_VOF_CLIENT	0xf005

#define H_UNSUPPORTED_FLAG	(-256)

/* H_REGISTER_PROC_TBL flags: QEMU hw/ppc/spapr_hcall.c h_register_process_table() */
#define PROC_TBL_MODIFY		0x10
#define PROC_TBL_REGISTER	0x08
#define PROC_TBL_RADIX		0x04
#define PROC_TBL_FLAGS		0x1f

/* UV_* whose number came by `sc 1`: the range of uapi_uvcall.h */
#define UV_FIRST		0xf104
#define UV_LAST			0xf150

#endif /* ABI_HCALLS_H */
