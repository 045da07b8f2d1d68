/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A big-endian kernel, from 0x100 on, that reads a file of its ESM blob and writes it to the
 * console, then "<end>", or "<refused>". The file's name, 64 bytes, follows the code; what is read
 * goes to memory 64 KiB on.
 */
	.org	0x100
	bcl	20, 31, here
here:	mflr	31
	addi	31, 31, name - here
	li	14, 0
next:	li	3, 0			# UV_ESMB_GET_FILE
	ori	3, 3, 0xf14c
	mr	4, 14
	ld	5, 0(31)
	ld	6, 8(31)
	ld	7, 16(31)
	ld	8, 24(31)
	ld	9, 32(31)
	ld	10, 40(31)
	ld	11, 48(31)
	ld	12, 56(31)
	.long	0x44000042		# sc 2
	addis	24, 31, 1
	cmpdi	3, 0
	beq	end
	blt	refused
	add	14, 14, 3
	mr	15, 3
	std	4, 0(24)
	std	5, 8(24)
	std	6, 16(24)
	std	7, 24(24)
	std	8, 32(24)
	std	9, 40(24)
	std	10, 48(24)
	std	11, 56(24)
put:	li	3, 0x58			# H_PUT_TERM_CHAR, up to 16 bytes
	lis	4, 0x7100
	li	5, 16
	cmpd	15, 5
	bge	all
	mr	5, 15
all:	ld	6, 0(24)
	ld	7, 8(24)
	.long	0x44000022		# sc 1
	addi	24, 24, 16
	addic.	15, 15, -16
	bgt	put
	b	next
end:	addi	24, 31, words_end - name
	b	say
refused:
	addi	24, 31, words_refused - name
say:	li	3, 0x58
	lis	4, 0x7100
	li	5, 16
	ld	6, 0(24)
	ld	7, 8(24)
	.long	0x44000022
	b	.
name:	.space	64
words_end:
	.ascii	"<end>          \n"
words_refused:
	.ascii	"<refused>      \n"
