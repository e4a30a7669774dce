@ SPDX-License-Identifier: MIT
@ A higher interrupt nests in a lower one; an equal one waits and is tail-chained.
	.include "device.inc"

function start
	ldr	r7, =DEVICE
	poke	PPB + 0x400, 0x40408000	@ irq0: 0, irq1: 0x80, irq2: 0x40, irq3: 0x40
	poke	PPB + 0x100, 0xFF
	log_value 1
	movs	r0, #1
	str	r0, [r7, #PULSE]
	isb
	log_value 2
	done

function irq1
	push	{r4, lr}
	log_value 0x10
	movs	r0, #2
	str	r0, [r7, #PULSE]
	isb
	log_value 0x11
	pop	{r4, pc}

function irq2
	push	{r4, lr}
	log_value 0x20
	log	lr
	movs	r0, #3
	str	r0, [r7, #PULSE]
	isb
	log_value 0x21
	pop	{r4, pc}

function irq3
	log_value 0x30
	log	lr
	mrs	r0, ipsr
	log	r0
	log	sp
	bx	lr
