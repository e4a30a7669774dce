@ SPDX-License-Identifier: MIT
@ WFI wakes by an interrupt that PRIMASK holds back; WFE by SEV and by a pending line.
	.include "device.inc"

	.macro later line, cycles
	ldr	r0, =\line << 16 | \cycles
	str	r0, [r7, #LATER]
	.endm

function start
	ldr	r7, =DEVICE
	poke	PPB + 0x100, 1
	cpsid	i
	later	0, 9000
	wfi
	log_value 1		@ awake, not yet interrupted
	cpsie	i
	isb
	log_value 2
	later	0, 9000
	wfi
	log_value 3
	sev
	wfe			@ SEV: falls through
	log_value 4
	poke	PPB + 0xD10, 0x10	@ SEVONPEND
	poke	PPB + 0x180, 1
	later	0, 9000
	wfe			@ a disabled line pends: wakes
	log_value 5
	poke	PPB + 0x280, 1
	poke	PPB + 0x100, 1
	poke	PPB + 0xD10, 0x02	@ SLEEPONEXIT
	movs	r4, #0
	later	0, 500
	wfi
	log_value 6		@ only when irq0 has cleared SLEEPONEXIT
	log	r4
	done

function irq0
	log_value 0x10
	adds	r4, #1
	cmp	r4, #2
	bne	1f
	poke	PPB + 0xD10, 0
	bx	lr
1:	later	0, 500
	bx	lr
