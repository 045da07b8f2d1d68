/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A TPM 2.0 behind a PAPR virtual device (IBM,vtpm20): its queue, and the log of what was measured,
 * which is little-endian. Commands: abi/tpm2.h.
 */
#ifndef ABI_VTPM_H
#define ABI_VTPM_H

#include <stdint.h>

/*
 * Command/response queue: LoPAR 16.7. Messages of 16 bytes go out by H_SEND_CRQ as two registers;
 * answers appear in the queue, in turn, with a first byte that is not 0. Linux tpm_ibmvtpm.[ch],
 * facts of QEMU hw/tpm/tpm_spapr.c.
 */
#define CRQ_VALID	   0	/* u8, CRQ_INIT or CRQ_COMMAND */
#define CRQ_MSG		   1	/* u8 */
#define CRQ_LEN		   2	/* u16: bytes of a command or reply */
#define CRQ_DATA	   4	/* u32: where it lies, in the device's DMA window */
#define CRQ_SIZE	   16
#define CRQ_ANSWER	   0x80	/* in CRQ_VALID: all answers; in CRQ_MSG: that of a command */
#define CRQ_INIT	   0xc0
#define CRQ_INIT_COMMAND   1
#define CRQ_COMMAND	   0x80
#define VTPM_TPM_COMMAND   2
#define VTPM_GET_BUFFER_SIZE 3
#define VTPM_BUFFER_MIN	   1024	/* of the sizes that the last one may answer */

/* TCG PC Client Platform Firmware Profile 1.05, 10.4.1: types of events */
#define EV_NO_ACTION	   3
#define EV_SEPARATOR	   4
#define EV_S_CRTM_CONTENTS 7
#define EV_COMPACT_HASH	   0xc
#define EV_IPL		   0xd
#define EV_IPL_PARTITION_DATA 0xe
#define EV_EFI_GPT_EVENT   0x80000006

/*
 * The log begins with a TCG_PCR_EVENT whose event is "Spec ID Event03" (10.2.1, 10.4.5.1); what
 * follows are TCG_PCR_EVENT2 (10.2.2).
 */
#define EVENT_HEADER	   32	/* of the first: u32 PCR, u32 type, SHA-1, u32 bytes that follow */
#define EVENT_SPEC_ID	   "Spec ID Event03"
#define SPEC_ID_ALGORITHMS 24	/* u32 count, then u16 algorithm and u16 digest size of each */

#endif /* ABI_VTPM_H */
