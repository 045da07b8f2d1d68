/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A firmware that only starts another one, with a device tree that a test has prepared: QEMU's -bios
 * enters it at 0x100, it goes on at PEFBOOT + ENTRY with r3 = TREE (QEMU's own if there is none) and r5 = 0. What is there was put there
 * by -device loader. The CPU is in 32-bit mode.
 */
	.org	0x100
#ifdef TREE
	lis	3, TREE >> 16
#endif
	lis	4, PEFBOOT >> 16
	ori	4, 4, ENTRY
	mtctr	4
	lis	4, PEFBOOT >> 16
	li	5, 0
	bctr
	.org	0x200
