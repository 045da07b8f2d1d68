/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PEF ultracalls: made by `sc 2` with the number in r3 and arguments from r4 on.
 * Sources: open-power/ultravisor include/uapi_uvcall.h and doc/ultravisor.rst;
 * Linux arch/powerpc/include/asm/ultravisor-api.h and Documentation/arch/powerpc/ultravisor.rst.
 * Where the two differ this file says so; the code and Linux win over the document.
 */
#ifndef ABI_PEF_H
#define ABI_PEF_H

/* Calls a hypervisor makes (refused to a guest) */
#define UV_WRITE_PATE		0xf104
#define UV_RESTRICTED_SPR_WRITE 0xf108
#define UV_RESTRICTED_SPR_READ	0xf10c
#define UV_READ_SCOM		0xf114
#define UV_WRITE_SCOM		0xf118
#define UV_RETURN		0xf11c
#define UV_REGISTER_MEM_SLOT	0xf120
#define UV_UNREGISTER_MEM_SLOT	0xf124
#define UV_PAGE_IN		0xf128
#define UV_PAGE_OUT		0xf12c
#define UV_PAGE_INVAL		0xf138
#define UV_SVM_TERMINATE	0xf13c
#define UV_READ_MEM		0xf144
#define UV_WRITE_MEM		0xf148
#define UV_SEND_SBE_COMMAND	0xf150

/*
 * Enter secure mode. r4 = kbase, r5 = fdt (guest real addresses, 64 KiB aligned kbase).
 * Fails: returns after the sc 2 with U_* in r3 (or H_PARAMETER from the hypervisor's abort).
 * Works: never returns; the guest is entered at kbase with MSR[S]=1, r3 = fdt, r4 = kbase, r5 = 0.
 * Source: ultravisor core/uvcall.c:497-512, 873-921. The document's arguments differ.
 */
#define UV_ESM			0xf110
/*
 * The RTAS services whose tokens it wants under /rtas: svm/svm-rtas-hdlr.c:695-760, and stop-self
 * of svm/svm-rtas.c:233. ibm,nmi-register is optional.
 */
#define UV_ESM_RTAS_SERVICES                                                             \
	"stop-self", "check-exception", "event-scan", "ibm,configure-connector",         \
	"ibm,get-system-parameter", "ibm,set-system-parameter", "ibm,slot-error-detail", \
	"ibm,os-term", "nvram-fetch", "nvram-store", "power-off", "start-cpu"
/* r4 = first 64 KiB frame, r5 = count. Pages whose state changes are zeroed. Only with MSR[S]=1. */
#define UV_SHARE_PAGE		0xf130
#define UV_UNSHARE_PAGE		0xf134
#define UV_UNSHARE_ALL_PAGES	0xf140
/* r4 = offset, r5..r12 = name, up to 64 bytes; r3 = count, r4..r11 = data */
#define UV_ESMB_GET_FILE	0xf14c

/* Codes: uapi_uvcall.h:84-96. U_RETRY has no name in Linux, where -5 is H_BAD_MODE. */
#define U_SUCCESS	  0
#define U_FUNCTION	  (-2)
#define U_PARAMETER	  (-4)
#define U_RETRY		  (-5)
#define U_PERMISSION	  (-11)
#define U_P2		  (-55)
#define U_P3		  (-56)
#define U_P4		  (-57)
#define U_P5		  (-58)
#define U_BAD_MODE	  (-59)
#define U_STATE		  (-75)
#define U_BUSY		  1	/* Linux; the ultravisor's own header has -2 for internal use */
#define U_NOT_AVAILABLE	  3	/* Linux only */

#define UV_PAGE_SHIFT	  16	/* frames of UV_SHARE_PAGE are 64 KiB (SVM_PAGESHIFT) */

#endif /* ABI_PEF_H */
