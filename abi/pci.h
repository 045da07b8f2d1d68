/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PCI configuration space, as far as virtio devices and the bridges before them need it.
 * Sources: PCI Local Bus Specification 3.0 chapter 6, PCI-to-PCI Bridge Architecture 1.2 chapter 3;
 * names as in Linux include/uapi/linux/pci_regs.h.
 */
#ifndef ABI_PCI_H
#define ABI_PCI_H

#define PCI_COMMAND		0x04	/* 16 bits */
#define PCI_COMMAND_IO		0x1
#define PCI_COMMAND_MEMORY	0x2
#define PCI_COMMAND_MASTER	0x4
#define PCI_STATUS		0x06	/* 16 bits */
#define PCI_STATUS_CAP_LIST	0x10
#define PCI_BASE_ADDRESS_0	0x10	/* six of 32 bits; a 64-bit one takes two */
#define PCI_BASE_ADDRESS_IO	0x1
#define PCI_BASE_ADDRESS_64	0x4
#define PCI_CAPABILITY_LIST	0x34	/* 8 bits */
#define PCI_BARS		6

/*
 * Header type 1: windows of a bridge. I/O in units of 4 KiB, memory of 1 MiB; base above limit:
 * shut
 */
/* 8 bits base, 8 bits limit: bits 15:12 of the address in 7:4 */
#define PCI_IO_BASE		0x1c
#define PCI_MEMORY_BASE		0x20	/* 16 bits base, 16 bits limit: bits 31:20 in 15:4 */

/* A capability: id, then the place of the next (0: the last) */
#define PCI_CAP_ID_VNDR		0x09
#define PCI_CAP_FIRST		0x40	/* the standard header ends here */

#define PCI_CLASS_BRIDGE_PCI	0x0604	/* base class and subclass; "class-code" has a byte more */

/*
 * Nodes of the PCI binding to Open Firmware (IEEE 1275 PCI 2.1, 2.2.1.1). First cell of an address:
 * space in bits 24-25, bus in 16-23, device and function in 8-15, register (of a BAR) in 0-7.
 */
#define OF_PCI_SPACE(hi)	((hi) >> 24 & 3)
#define OF_PCI_SPACE_CONFIG	0
#define OF_PCI_SPACE_IO		1
#define OF_PCI_SPACE_MEM32	2
#define OF_PCI_SPACE_MEM64	3
#define OF_PCI_FUNCTION(hi)	((hi) & 0xffff00)
#define OF_PCI_REGISTER(hi)	((hi) & 0xff)

#endif /* ABI_PCI_H */
