/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A firmware that only starts another one, with a device tree that a test has prepared: QEMU's -bios
 * enters it at 0x100, it goes on at PEFBOOT + 0x100 with r3 = TREE. Both were put there by
 * -device loader. The CPU is in 32-bit mode.
 */
	.org	0x100
	lis	3, TREE >> 16
	lis	4, PEFBOOT >> 16
	ori	4, 4, 0x100
	mtctr	4
	bctr
	.org	0x200
