/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtio: numbers and layouts which driver and device agree on.
 * Source: Virtual I/O Device Version 1.2 (OASIS), section at each group. "Legacy" is the interface
 * before 1.0 (0.9.5), described there in the "Legacy Interface" sections: its registers are
 * little-endian I/O ports, its rings and device configuration are in the guest's byte order.
 * QEMU takes that from the CPU's interrupt endian when the device is reset
 * (hw/virtio/virtio.c virtio_reset, target/ppc virtio_is_big_endian): big for us.
 */
#ifndef ABI_VIRTIO_H
#define ABI_VIRTIO_H

#include <stdint.h>

/*
 * PCI ids, 4.1.2.1: modern devices are 0x1040 + type; transitional ones name the type in the
 * subsystem id
 */
#define VIRTIO_PCI_VENDOR	    0x1af4
#define VIRTIO_PCI_DEVICE_LEGACY    0x1000
#define VIRTIO_PCI_DEVICE_MODERN    0x1040
#define VIRTIO_PCI_DEVICE_LAST	    0x107f

/* Device types, 5 */
#define VIRTIO_ID_NET		1
#define VIRTIO_ID_BLOCK		2
#define VIRTIO_ID_CONSOLE	3
#define VIRTIO_ID_RNG		4
#define VIRTIO_ID_SCSI		8
#define VIRTIO_ID_9P		9
#define VIRTIO_ID_VSOCK		19

/* Device status, 2.1 */
#define VIRTIO_STATUS_ACKNOWLEDGE   1
#define VIRTIO_STATUS_DRIVER	    2
#define VIRTIO_STATUS_DRIVER_OK	    4
#define VIRTIO_STATUS_FEATURES_OK   8
#define VIRTIO_STATUS_NEEDS_RESET   64
#define VIRTIO_STATUS_FAILED	    128

/* Features of every device, 6 */
#define VIRTIO_F_VERSION_1	    (1UL << 32)
#define VIRTIO_F_ACCESS_PLATFORM    (1UL << 33)	/* addresses go through the platform's IOMMU */

/* Capabilities of modern devices, 4.1.4: vendor capability, offsets in configuration space */
#define VIRTIO_PCI_CAP_LEN	    2	/* 8 bits */
#define VIRTIO_PCI_CAP_TYPE	    3	/* 8 bits, VIRTIO_PCI_CAP_* */
#define VIRTIO_PCI_CAP_BAR	    4	/* 8 bits */
#define VIRTIO_PCI_CAP_OFFSET	    8	/* 32 bits */
#define VIRTIO_PCI_CAP_LENGTH	    12	/* 32 bits */
#define VIRTIO_PCI_CAP_MULTIPLIER   16	/* 32 bits, of VIRTIO_PCI_CAP_NOTIFY only */
#define VIRTIO_PCI_CAP_SIZE	    16
#define VIRTIO_PCI_CAP_NOTIFY_SIZE  20
#define VIRTIO_PCI_CAP_COMMON	    1
#define VIRTIO_PCI_CAP_NOTIFY	    2
#define VIRTIO_PCI_CAP_DEVICE	    4

/* struct virtio_pci_common_cfg, 4.1.4.3: offsets; little-endian; access each in its own width */
#define VIRTIO_PCI_COMMON_DFSELECT  0	/* 32 */
#define VIRTIO_PCI_COMMON_DF	    4	/* 32 */
#define VIRTIO_PCI_COMMON_GFSELECT  8	/* 32 */
#define VIRTIO_PCI_COMMON_GF	    12	/* 32 */
#define VIRTIO_PCI_COMMON_NUMQ	    18	/* 16 */
#define VIRTIO_PCI_COMMON_STATUS    20	/* 8 */
#define VIRTIO_PCI_COMMON_Q_SELECT  22	/* 16 */
#define VIRTIO_PCI_COMMON_Q_SIZE    24	/* 16 */
#define VIRTIO_PCI_COMMON_Q_ENABLE  28	/* 16 */
#define VIRTIO_PCI_COMMON_Q_NOFF    30	/* 16 */
#define VIRTIO_PCI_COMMON_Q_DESC    32	/* 64: two 32-bit accesses */
#define VIRTIO_PCI_COMMON_Q_AVAIL   40	/* 64 */
#define VIRTIO_PCI_COMMON_Q_USED    48	/* 64 */
#define VIRTIO_PCI_COMMON_SIZE	    56

/* Registers of the legacy interface in BAR 0, 4.1.4.8 */
#define VIRTIO_LEGACY_HOST_FEATURES 0	/* 32 */
#define VIRTIO_LEGACY_GUEST_FEATURES 4	/* 32 */
#define VIRTIO_LEGACY_QUEUE_PFN	    8	/* 32: address of the ring in 4 KiB pages */
#define VIRTIO_LEGACY_QUEUE_NUM	    12	/* 16 */
#define VIRTIO_LEGACY_QUEUE_SEL	    14	/* 16 */
#define VIRTIO_LEGACY_QUEUE_NOTIFY  16	/* 16 */
#define VIRTIO_LEGACY_STATUS	    18	/* 8 */
#define VIRTIO_LEGACY_CONFIG	    20	/* the device's own, while MSI-X is off */
#define VIRTIO_LEGACY_PAGE	    4096

/* Split rings, 2.7 */
struct vring_desc {
	uint64_t addr;
	uint32_t len;
	uint16_t flags, next;
};
_Static_assert(sizeof(struct vring_desc) == 16, "2.7.5");

#define VRING_DESC_F_NEXT	    1
#define VRING_DESC_F_WRITE	    2	/* the device writes, and only writes */

struct vring_used_elem {
	uint32_t id, len;
};

#define VRING_AVAIL_F_NO_INTERRUPT  1
#define VRING_USED_F_NO_NOTIFY	    1
#define VRING_FLAGS		    0	/* of both rings: flags, index, then entries */
#define VRING_INDEX		    2
#define VRING_ENTRIES		    4

/* Block device, 5.2 */
#define VIRTIO_BLK_F_SIZE_MAX	    (1UL << 1)
#define VIRTIO_BLK_F_SEG_MAX	    (1UL << 2)
#define VIRTIO_BLK_F_BLK_SIZE	    (1UL << 6)
#define VIRTIO_BLK_CFG_CAPACITY	    0	/* 64: in units of 512 bytes, whatever the block size */
#define VIRTIO_BLK_CFG_SIZE_MAX	    8	/* 32: bytes of one buffer */
#define VIRTIO_BLK_CFG_SEG_MAX	    12	/* 32: data buffers of one request */
#define VIRTIO_BLK_CFG_BLK_SIZE	    20	/* 32 */
#define VIRTIO_BLK_SECTOR	    512
#define VIRTIO_BLK_T_IN		    0
#define VIRTIO_BLK_S_OK		    0

struct virtio_blk_req {		/* in the byte order of the ring */
	uint32_t type, reserved;
	uint64_t sector;
};
_Static_assert(sizeof(struct virtio_blk_req) == 16, "5.2.6");

/* SCSI host, 5.6 */
#define VIRTIO_SCSI_CFG_SEG_MAX	    4	/* 32 */
#define VIRTIO_SCSI_CFG_MAX_SECTORS 8	/* 32: of 512 bytes, in one request */
#define VIRTIO_SCSI_CFG_SENSE_SIZE  20	/* 32 */
#define VIRTIO_SCSI_CFG_CDB_SIZE    24	/* 32 */
#define VIRTIO_SCSI_CFG_MAX_TARGET  30	/* 16 */
#define VIRTIO_SCSI_CFG_MAX_LUN	    32	/* 32 */
#define VIRTIO_SCSI_REQUEST_QUEUE   2	/* after the control and the event queue */
#define VIRTIO_SCSI_CDB_SIZE	    32	/* default, left as it is */
#define VIRTIO_SCSI_SENSE_SIZE	    96
#define VIRTIO_SCSI_S_OK	    0
#define VIRTIO_SCSI_S_BAD_TARGET    3

struct virtio_scsi_req {
	uint8_t lun[8];		/* 1, target, LUN | 0x4000 in two bytes, 0 0 0 0 (5.6.6.1) */
	uint8_t id[8];
	uint8_t task_attr, prio, crn;
	uint8_t cdb[VIRTIO_SCSI_CDB_SIZE];
};
_Static_assert(sizeof(struct virtio_scsi_req) == 51, "5.6.6.1");

struct virtio_scsi_resp {
	uint8_t sense_len[4], residual[4], status_qualifier[2];
	uint8_t status, response;
	uint8_t sense[VIRTIO_SCSI_SENSE_SIZE];
};
_Static_assert(sizeof(struct virtio_scsi_resp) == 108, "5.6.6.1");

/* Console, 5.3: without MULTIPORT there is one port, queue 0 to the guest and queue 1 from it */
#define VIRTIO_CONSOLE_QUEUE_OUT    1

#endif /* ABI_VIRTIO_H */
