@ SPDX-License-Identifier: MIT
@ PRIMASK, BASEPRI, BASEPRI_MAX and FAULTMASK hold back; what waits runs when they open.
	.include "device.inc"

	.macro pulse line
	movs	r0, #\line
	str	r0, [r7, #PULSE]
	isb
	.endm

function start
	ldr	r7, =DEVICE
	poke	PPB + 0x400, 0x00802040	@ irq0 0x40, irq1 0x20, irq2 0x80
	poke	PPB + 0x100, 7
	cpsid	i
	mrs	r0, primask
	log	r0
	pulse	0
	log_value 1
	cpsie	i
	log_value 2
	movs	r0, #0x40
	msr	basepri, r0
	pulse	0
	pulse	1
	log_value 3
	movs	r0, #0x80
	msr	basepri_max, r0	@ less strict: ignored
	mrs	r0, basepri
	log	r0
	movs	r0, #0
	msr	basepri, r0
	log_value 4
	cpsid	f
	pulse	1
	log_value 5
	mrs	r0, faultmask
	log	r0
	cpsie	f
	log_value 6
	@ A disabled line pends and is not taken; its pending bit can be cleared.
	poke	PPB + 0x180, 1
	pulse	0
	peek	PPB + 0x200
	poke	PPB + 0x280, 1
	peek	PPB + 0x200
	@ A level that stays high comes again until it is lowered.
	movs	r4, #0
	movs	r0, #2
	str	r0, [r7, #RAISE]
	isb
	log	r4
	done

function irq0
	log_value 0x10
	bx	lr
function irq1
	log_value 0x20
	bx	lr
function irq2
	adds	r4, #1
	cmp	r4, #3
	bne	1f
	movs	r0, #2
	str	r0, [r7, #LOWER]
1:	isb
	bx	lr
