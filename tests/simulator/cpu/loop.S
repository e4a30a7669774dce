@ SPDX-License-Identifier: MIT
@ Tight loops are interrupted, and an interrupt that came while masked is taken by them too.
	.include "device.inc"
function start
	ldr	r7, =DEVICE
	poke	PPB + 0x100, 3
	ldr	r0, =700
	str	r0, [r7, #LATER]
	b	.

function irq0
	log_value 1
	ldr	r0, =1f
	bic	r0, #1
	str	r0, [sp, #24]
	bx	lr
	.thumb_func
1:	log_value 2
	cpsid	i
	ldr	r0, =1 << 16 | 700
	str	r0, [r7, #LATER]
	ldr	r0, =3000
2:	subs	r0, #1
	bne	2b
	log_value 3
	cpsie	i
3:	nop
	b	3b

function irq1
	log_value 4
	done
