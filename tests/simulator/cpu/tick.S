@ SPDX-License-Identifier: MIT
@ SysTick: reload, COUNTFLAG and its clearing, the interrupt, and the clock of one eighth.
	.include "device.inc"
	.equ TICK, PPB + 0x10

function start
	ldr	r7, =DEVICE
	movs	r4, #0
	poke	TICK + 4, 0xFF0003E7
	peek	TICK + 4		@ 24 bits
	poke	TICK + 8, 5
	peek	TICK + 8		@ written: 0
	poke	TICK, 5
	ldr	r5, =TICK
1:	ldr	r0, [r5]		@ COUNTFLAG comes
	tst	r0, #0x10000
	beq	1b
	log	r0
	ldr	r0, [r5]		@ and reading has cleared it
	log	r0
	poke	TICK, 7
	ldr	r2, =PPB + 0xDFC
	ldr	r0, =0x01000000
	str	r0, [r2]
	ldr	r2, =0xE0001000
	movs	r0, #0
	str	r0, [r2, #4]
	movs	r0, #1
	str	r0, [r2]
	cmp	r4, #0
2:	cmp	r4, #10
	bne	2b
	ldr	r1, [r2, #4]		@ ten ticks of 1000: 9,000 to 10,100 cycles
	movw	r3, #8900
	cmp	r1, r3
	ite	hi
	movhi	r0, #1
	movls	r0, #0
	log	r0
	movw	r3, #10200
	cmp	r1, r3
	ite	lo
	movlo	r0, #1
	movhs	r0, #0
	log	r0
	poke	TICK, 3			@ HCLK / 8
	movs	r4, #0
	movs	r0, #0
	str	r0, [r2, #4]
3:	cmp	r4, #2
	bne	3b
	ldr	r1, [r2, #4]
	lsrs	r1, #12			@ 8,000 to 16,000
	log	r1
	poke	TICK, 0
	poke	PPB + 0xD04, 0x04000000	@ PENDSTSET
	isb
	log	r4
	done

function systick
	adds	r4, #1
	bx	lr
