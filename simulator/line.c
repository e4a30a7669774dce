/* SPDX-License-Identifier: MIT */
/* line.c - bytes between two UARTs. */
#include "simulator/line.h"

/* The bit after the eight: parity, or the stop bit, which is 1. */
static unsigned ninth_bit(uint8_t byte, enum wire_frame frame)
{
	const unsigned odd = (unsigned)__builtin_popcount(byte) & 1;

	switch (frame) {
	case WIRE_8E1:
		return odd;
	case WIRE_8O1:
		return !odd;
	default:
		return 1;
	}
}

bool line_rates_agree(uint32_t a, uint32_t b)
{
	const uint32_t apart = a > b ? a - b : b - a;

	return a && b && (uint64_t)apart * 1000 <= (uint64_t)b * 25;
}

enum line_damage line_carry(
	uint8_t *byte, const struct wire_settings *from, const struct wire_settings *to)
{
	if (!line_rates_agree(from->baud, to->baud)) {
		/* Bits sampled at the wrong places: another byte, never the one sent. */
		*byte ^= 0xA5;
		return LINE_GARBAGE;
	}
	if (from->frame == LINE_ANY_FRAME || to->frame == LINE_ANY_FRAME)
		return LINE_CLEAN;
	if (ninth_bit(*byte, from->frame) != ninth_bit(*byte, to->frame))
		return LINE_PARITY;
	return LINE_CLEAN;
}

uint64_t line_byte_ns(const struct wire_settings *settings)
{
	const uint64_t bits = settings->frame == WIRE_8N1 ? 10 : 11;

	return bits * 1000000000u / (settings->baud ? settings->baud : 1);
}
