@ SPDX-License-Identifier: MIT
@ The frame is aligned to 8; xPSR bit 9 says so and SP comes back. Flags and registers survive.
	.include "device.inc"

function start
	ldr	r7, =DEVICE
	poke	PPB + 0x100, 1
	sub	sp, #4
	log	sp
	movs	r0, #0
	movs	r1, #0x11
	movs	r2, #0x22
	movs	r3, #0x33
	cmp	r0, r0		@ Z and C
	str	r0, [r7, #PULSE]
	isb
	mrs	r4, apsr
	log	r4
	log	r1
	log	r3
	log	sp
	@ Without STKALIGN the stack is taken as it is.
	poke	PPB + 0xD14, 0
	movs	r0, #0
	str	r0, [r7, #PULSE]
	isb
	log	sp
	@ Inside an IT block the state of it is stacked: both arms must come out right.
	poke	PPB + 0xD14, 0x200
	done

function irq0
	log	sp
	ldr	r0, [sp, #28]
	lsrs	r0, #9
	ands	r0, #1
	log	r0
	ldr	r0, [sp, #4]
	log	r0
	movs	r1, #0
	movs	r2, #0
	movs	r3, #0
	movs	r0, #1		@ clears Z
	bx	lr
