@ SPDX-License-Identifier: MIT
@ Two threads on PSP, started by SVC, switched by PendSV as an RTOS does.
	.include "device.inc"
	.equ CURRENT, 0x20000000	@ which thread runs
	.equ SAVED, 0x20000004		@ their stack pointers
	.equ ICSR, PPB + 0xD04

	.macro yield
	ldr	r0, =ICSR
	ldr	r1, =0x10000000
	str	r1, [r0]
	dsb
	isb
	.endm

@ A frame as if the thread had been switched away at its start.
	.macro make number, top, entry
	ldr	r0, =\top - 16 * 4
	ldr	r1, =0x01000000
	str	r1, [r0, #60]
	ldr	r1, =\entry
	bic	r1, #1
	str	r1, [r0, #56]
	ldr	r1, =SAVED + 4 * \number
	str	r0, [r1]
	.endm

function start
	ldr	r7, =DEVICE
	poke	PPB + 0xD20, 0x00F00000	@ PendSV is the lowest
	make	0, 0x20001000, one
	make	1, 0x20002000, two
	svc	#42
	log_value 0xBAD
	done

function svcall
	ldr	r0, [sp, #24]		@ the SVC's number lies before the return address
	ldrb	r0, [r0, #-2]
	log	r0
	log	lr
	ldr	r0, =SAVED
	ldr	r0, [r0]
	ldmia	r0!, {r4-r6, r8-r11}
	adds	r0, #4
	msr	psp, r0
	ldr	lr, =0xFFFFFFFD
	bx	lr

function pendsv
	mrs	r0, psp
	stmdb	r0!, {r4-r6, r8-r12}
	ldr	r1, =CURRENT
	ldr	r2, [r1]
	ldr	r3, =SAVED
	str	r0, [r3, r2, lsl #2]
	eor	r2, #1
	str	r2, [r1]
	ldr	r0, [r3, r2, lsl #2]
	ldmia	r0!, {r4-r6, r8-r12}
	msr	psp, r0
	bx	lr

function one
	ldr	r7, =DEVICE
	mrs	r0, control
	log	r0
	mrs	r0, ipsr
	log	r0
	mov	r4, #0x10
1:	log	r4
	add	r4, #1
	yield
	cmp	r4, #0x13
	bne	1b
	log	sp
	mrs	r0, msp
	log	r0
	done

function two
	ldr	r7, =DEVICE
	mov	r4, #0x20
1:	log	r4
	add	r4, #1
	yield
	b	1b
