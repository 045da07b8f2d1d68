/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's firmware, between __firmware_start and __firmware_end (linker/ultravisor.lds) */
	.section .firmware, "a"
	.incbin L2FW
