@ SPDX-License-Identifier: MIT
@ A program that changes its own code, in RAM and in flash through both of its addresses.
	.include "device.inc"
	.equ CODE, 0x20000100

	.macro call address
	ldr	r4, =\address + 1
	blx	r4
	log	r0
	.endm

function start
	ldr	r7, =DEVICE
	poke	CODE, 0x47702001	@ movs r0, #1; bx lr
	call	CODE
	poke	CODE, 0x47702002
	call	CODE
	ldr	r5, =CODE
	movs	r0, #3
	strb	r0, [r5]
	call	CODE
	@ Flash at 0x0800F000, from 0xFF: programming only clears bits.
	ldr	r5, =0x0800F000
	ldr	r0, =0x477020FF		@ movs r0, #0xFF; bx lr
	str	r0, [r5]
	dsb
	call	0x0800F000
	call	0x0000F000
	ldr	r0, =0x4770200F
	strh	r0, [r5]
	dsb
	call	0x0000F000
	call	0x0800F000
	ldr	r0, =0x477020F0		@ bits that are gone stay so
	strh	r0, [r5]
	isb
	ldr	r0, [r5]
	log	r0
	call	0x0800F000
	call	0x0000F000
	done
