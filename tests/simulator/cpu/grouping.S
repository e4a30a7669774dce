@ SPDX-License-Identifier: MIT
@ PRIGROUP: one group does not nest, its subpriority orders what pends; AIRCR needs its key.
	.include "device.inc"

function start
	ldr	r7, =DEVICE
	poke	PPB + 0xD0C, 0x00000600	@ no key: ignored
	peek	PPB + 0xD0C
	poke	PPB + 0xD0C, 0x05FA0500	@ group: bits 7..6, subpriority: bits 5..4
	peek	PPB + 0xD0C
	poke	PPB + 0x400, 0x405060FF	@ irq0 0xF0 after cut, irq1 0x60, irq2 0x50, irq3 0x40
	peek	PPB + 0x400
	poke	PPB + 0x100, 0x0F
	movs	r0, #0
	str	r0, [r7, #PULSE]
	isb
	log_value 2
	@ Software pends three at once: by subpriority, each chained to the last.
	cpsid	i
	poke	PPB + 0x200, 0x0E
	isb
	peek	PPB + 0x200
	cpsie	i
	isb
	peek	PPB + 0x200
	@ STIR and the lowest of equal priorities first.
	poke	PPB + 0x400, 0x40404040
	cpsid	i
	poke	PPB + 0xF00, 3
	poke	PPB + 0xF00, 1
	cpsie	i
	isb
	done

function irq0
	push	{r4, lr}
	log_value 0x10
	movs	r0, #1		@ a more urgent group: nests
	str	r0, [r7, #PULSE]
	isb
	log_value 0x11
	pop	{r4, pc}

function irq1
	push	{r4, lr}
	log_value 0x20
	movs	r0, #3		@ a better subpriority of the same group: waits
	str	r0, [r7, #PULSE]
	isb
	log_value 0x21
	pop	{r4, pc}

function irq2
	log_value 0x30
	bx	lr

function irq3
	log_value 0x40
	@ not when it was pulsed by irq1 below a nest: it only says that it ran
	bx	lr
