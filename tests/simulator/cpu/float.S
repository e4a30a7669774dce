@ SPDX-License-Identifier: MIT
@ An interrupt that computes leaves the sums of what it interrupted alone.
	.include "device.inc"

function start
	ldr	r7, =DEVICE
	poke	PPB + 0xD88, 0x00F00000
	peek	PPB + 0xF34
	poke	PPB + 0x100, 3
	mrs	r0, control
	log	r0
	movs	r0, #1		@ no floating point yet: a basic frame
	str	r0, [r7, #PULSE]
	isb
	vmov.f32 s0, #1.5
	vmov.f32 s15, #2.0
	vmov.f32 s16, #4.0
	vadd.f32 s1, s0, s15
	vcmp.f32 s0, s15
	mrs	r0, control
	log	r0
	log	sp
	movs	r0, #0
	str	r0, [r7, #PULSE]
	isb
	vmov	r0, s0
	log	r0
	vmov	r0, s1
	log	r0
	vmov	r0, s15
	log	r0
	vmov	r0, s16
	log	r0
	vmrs	r0, fpscr
	log	r0
	mrs	r0, control
	log	r0
	log	sp
	done

function irq0
	log	lr
	log	sp
	mrs	r0, control
	log	r0
	vmov.f32 s0, #8.0
	vmov.f32 s1, #9.0
	vmov.f32 s15, #10.0
	vcmp.f32 s15, s0
	ldr	r0, [sp, #32]	@ S0 in the frame
	log	r0
	bx	lr

function irq1
	log	lr
	bx	lr
