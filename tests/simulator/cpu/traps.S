@ SPDX-License-Identifier: MIT
@ Traps that CPACR and CCR switch: floating point that is off, division by zero.
	.include "device.inc"

function start
	ldr	r7, =DEVICE
	poke	PPB + 0xD24, 0x00070000
	movs	r1, #1
	adds	r1, #1
	ldr	r9, =1f
1:	vmov.f32 s0, #1.5		@ off: UsageFault; the handler switches it on and repeats
	vmov	r0, s0
	log	r0
	log	r1
	movs	r0, #0
	movs	r1, #12
	movs	r2, #4
	sdiv	r3, r1, r0		@ no trap: 0
	log	r3
	poke	PPB + 0xD14, 0x210
	isb
	sdiv	r3, r1, r2
	udiv	r4, r3, r3
	log	r3
	log	r4
	ldr	r9, =2f
	adds	r5, r3, #5
2:	udiv	r3, r1, r0		@ UsageFault; the handler gives a divisor and repeats
	log	r3
	log	r5
	done

function usage
	ldr	r6, =PPB + 0xD28
	ldr	r2, [r6]
	log	r2
	str	r2, [r6]
	ldr	r2, [sp, #24]
	bic	r3, r9, #1
	subs	r2, r3
	log	r2
	ldr	r6, =PPB + 0xD88
	mov	r2, #0x00F00000
	str	r2, [r6]
	movs	r2, #3
	str	r2, [sp]
	bx	lr
