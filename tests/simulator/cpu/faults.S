@ SPDX-License-Identifier: MIT
@ Each fault with its status, its address and the instruction it happened in.
	.include "device.inc"

	.macro expect label
	ldr	r9, =\label
	.endm

function start
	ldr	r7, =DEVICE
	@ Off, they escalate to HardFault.
	expect	1f
	ldr	r1, =0x60000010
	movs	r0, #0
	movs	r2, #2
1:	ldr	r0, [r1, #4]
	movs	r3, #0
	expect	2f
	movs	r0, #0
2:	udf	#1
	@ On, they have handlers of their own.
	poke	PPB + 0xD24, 0x00070000
	expect	3f
	ldr	r1, =0x60000020
	push	{r2, r3}
	movs	r2, #8
3:	str	r0, [r1, r2]
	pop	{r2, r3}
	expect	4f
4:	udf	#1
	expect	5f
5:	udf.w	#1
	@ A peripheral that is not there, in a page that the bus knows.
	expect	6f
	ldr	r1, =0x40000800
	movs	r0, #0
6:	ldr	r0, [r1]
	isb
	@ BKPT without a debugger.
	expect	7f
7:	bkpt	#0
	@ Code where there is none: the link register tells.
	ldr	r1, =0x60000001
	mov	r9, #0x60000000
	ldr	r8, =8f
	bx	r1
8:	ldr	r1, =9f
	bic	r1, #1
	mov	r9, r1
	ldr	r8, =9f
	bx	r1			@ not Thumb
	.align	2
9:	nop
	@ SVC where it cannot run.
	cpsid	i
	expect	10f
10:	svc	#0
	cpsie	i
	done

@ Logs the exception, its status and whether the stacked PC is the expected one; goes on behind.
	.thumb_func
report:
	mrs	r0, ipsr
	log	r0
	ldr	r5, =PPB + 0xD28
	ldr	r0, [r5]
	log	r0
	str	r0, [r5]
	ldr	r0, [r5, #4]
	log	r0
	str	r0, [r5, #4]
	ldr	r0, [sp, #24]
	bic	r1, r9, #1
	sub	r0, r1
	log	r0
	ldr	r2, [r5, #16]		@ BFAR
	log	r2
	cmp	r8, #0
	bne	2f
	ldr	r0, [sp, #24]
	ldr	r2, [r0]
	and	r2, #0xF800
	cmp	r2, #0xE800
	blo	1f
	adds	r0, #2
1:	adds	r0, #2
	b	3f
2:	bic	r0, r8, #1
	mov	r8, #0
3:	str	r0, [sp, #24]
	ldr	r2, [sp, #28]
	orr	r2, #0x01000000
	str	r2, [sp, #28]
	bx	lr

function hard
	b	report
function bus
	b	report
function usage
	b	report
function memory
	b	report
