@ SPDX-License-Identifier: MIT
@ Identification, and registers that firmware reads before it decides; bytes of them too.
	.include "device.inc"
function start
	ldr	r7, =DEVICE
	peek	PPB + 0xD00
	peek	PPB + 0xD14
	poke	PPB + 0xD08, 0x20000180
	peek	PPB + 0xD08
	poke	PPB + 0xD08, 0
	ldr	r5, =PPB + 0x400
	movs	r0, #0xFF
	strb	r0, [r5, #5]
	ldr	r0, [r5, #4]
	log	r0
	ldrb	r0, [r5, #5]
	log	r0
	poke	PPB + 0x100, 0xFFFFFFFF
	poke	PPB + 0x180, 0x0000FFFF
	peek	PPB + 0x100
	poke	PPB + 0x180, 0xFFFFFFFF
	poke	PPB + 0xD98, 3
	poke	PPB + 0xD9C, 0x20000000
	peek	PPB + 0xD9C
	peek	0xE0000000
	poke	0xE0000000, 0x41
	@ Bit-bands: bit 3 of the byte at 0x20000041, of a device's register.
	poke	0x20000040, 0
	poke	0x2200082C, 1
	peek	0x20000040
	peek	0x2200082C
	peek	PPB + 0xD04
	done
