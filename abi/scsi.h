/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SCSI commands and answers; all fields big-endian. Sources: SPC-4 (INQUIRY, REPORT LUNS, sense
 * data), SBC-3 (READ, READ CAPACITY), SAM-5 (status), section at each group.
 */
#ifndef ABI_SCSI_H
#define ABI_SCSI_H

/* Operation codes: SPC-4 table E.1 */
#define SCSI_TEST_UNIT_READY	0x00
#define SCSI_INQUIRY		0x12	/* allocation length: 16 bits at 3 */
#define SCSI_READ_CAPACITY_10	0x25	/* -> 32 bits last block, 32 bits block size */
#define SCSI_READ_10		0x28	/* block: 32 bits at 2, count: 16 bits at 7 */
#define SCSI_READ_16		0x88	/* block: 64 bits at 2, count: 32 bits at 10 */
#define SCSI_SERVICE_ACTION_IN	0x9e
/* at 1; allocation length: 32 bits at 10; -> 64 bits, 32 bits */
#define SCSI_SAI_READ_CAPACITY_16 0x10
#define SCSI_REPORT_LUNS	0xa0	/* allocation length: 32 bits at 6 */

/* Status: SAM-5 5.3.1 */
#define SCSI_GOOD		0x00
#define SCSI_CHECK_CONDITION	0x02
#define SCSI_BUSY		0x08

/* Sense data: SPC-4 4.5. Response code in 6:0; key in 3:0 of byte 2 (fixed) or 1 (descriptor) */
#define SCSI_SENSE_FIXED	0x70
#define SCSI_SENSE_DESCRIPTOR	0x72
#define SCSI_SENSE_NOT_READY	0x2
#define SCSI_SENSE_UNIT_ATTENTION 0x6

/* INQUIRY data: SPC-4 6.4.2. Byte 0: qualifier in 7:5 (0: there is one), device type in 4:0 */
#define SCSI_TYPE_DISK		0x00
#define SCSI_TYPE_CDROM		0x05
#define SCSI_TYPE_NONE		0x1f	/* no unit here; REPORT LUNS lists LUN 0 all the same */
#define SCSI_INQUIRY_MIN	36

/* REPORT LUNS: 32 bits list length, 4 reserved, then LUNs of 8 bytes (SPC-4 6.33) */
#define SCSI_LUNS_HEADER	8
#define SCSI_LUN_SIZE		8

#endif /* ABI_SCSI_H */
