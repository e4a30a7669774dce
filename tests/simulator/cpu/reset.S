@ SPDX-License-Identifier: MIT
	.include "device.inc"
function start
	ldr	r7, =DEVICE
	log_value 1
	poke	PPB + 0xD0C, 0x00000004	@ no key
	isb
	log_value 2
	poke	PPB + 0xD0C, 0x05FA0004
	dsb
1:	b	1b
