@ SPDX-License-Identifier: MIT
@ A thread without privilege cannot mask; its handlers can, and can make it privileged.
	.include "device.inc"

function start
	ldr	r7, =DEVICE
	ldr	r0, =0x20001000
	msr	psp, r0
	movs	r0, #3
	msr	control, r0
	isb
	mrs	r0, control
	log	r0
	cpsid	i			@ ignored
	mrs	r0, primask		@ and reads as 0
	log	r0
	svc	#0
	cpsid	i
	mrs	r0, primask		@ still without privilege
	log	r0
	svc	#1
	mrs	r0, control
	log	r0
	cpsid	i
	mrs	r0, primask
	log	r0
	log	sp
	done

function svcall
	cpsid	i
	mrs	r0, primask
	log	r0
	cpsie	i
	mrs	r0, control
	log	r0
	mrs	r0, psp
	ldr	r0, [r0, #24]
	ldrb	r0, [r0, #-2]
	cmp	r0, #1
	bne	1f
	movs	r0, #0
	msr	control, r0
1:	bx	lr
