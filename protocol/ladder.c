/* SPDX-License-Identifier: MIT */
/* ladder.c - the rates that a ROM is spoken to at (docs/facts/an3155.md 1). */
#include "protocol/ladder.h"

static const uint32_t rates[] = { 1000000, 921600, 500000, 460800, 230400, 115200, 57600, 38400,
	19200, 9600 };

uint32_t ladder_below(uint32_t baud)
{
	for (size_t i = 0; i < sizeof(rates) / sizeof(*rates); i++) {
		if (rates[i] < baud)
			return rates[i];
	}
	return 0;
}
