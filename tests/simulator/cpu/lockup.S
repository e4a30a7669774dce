@ SPDX-License-Identifier: MIT
	.include "device.inc"
function start
	ldr	r7, =DEVICE
	log_value 1
	udf	#0
function hard
	log_value 2
	udf	#0
