@ SPDX-License-Identifier: MIT
@ ARMv6-M: its identification, two bits of priority, no instruction of v7-M, every fault hard.
	.include "device.inc"
function start
	ldr	r7, =DEVICE
	peek	PPB + 0xD00
	poke	PPB + 0x400, 0xFFFFFFFF
	peek	PPB + 0x400
	poke	PPB + 0xD08, 0x08000100
	peek	PPB + 0xD08
	poke	PPB + 0xD08, 0
	poke	PPB + 0x400, 0x00004080	@ irq0: 0x80, irq1: 0x40
	poke	PPB + 0x100, 3
	sub	sp, #4
	movs	r0, #0
	str	r0, [r7, #PULSE]
	isb
	mov	r0, sp
	log	r0
	svc	#7
	ldr	r0, =1f
	mov	r8, r0
	.align	2
1:	.inst.w	0xFB91F0F2		@ sdiv r0, r1, r2
	log_value 5
	done

function irq0
	push	{r4, lr}
	log_value 0x10
	movs	r0, #1
	str	r0, [r7, #PULSE]
	isb
	log_value 0x11
	pop	{r4, pc}
function irq1
	log_value 0x20
	mov	r0, lr
	log	r0
	bx	lr
function svcall
	mrs	r0, ipsr
	log	r0
	bx	lr
function hard
	log_value 0x30
	ldr	r0, [sp, #24]
	mov	r1, r8
	lsrs	r1, #1
	lsls	r1, #1
	subs	r1, r0, r1
	log	r1
	adds	r0, #4
	str	r0, [sp, #24]
	bx	lr
