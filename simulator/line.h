/* SPDX-License-Identifier: MIT */
/*
 * line.h - what becomes of a byte between two UARTs that need not agree
 * (docs/facts/an3155.md 1, the parity trap). Pure; any thread.
 */
#ifndef BENCHD_SIMULATOR_LINE_H
#define BENCHD_SIMULATOR_LINE_H

#include "protocol/wire.h"

enum line_damage {
	LINE_CLEAN,
	LINE_PARITY,  /* the ninth bit is not what the receiver expects */
	LINE_GARBAGE, /* the rates differ by more than 2.5 % */
};

/* A frame that is not known, as on a pty, which has none: taken for the other side's. */
#define LINE_ANY_FRAME WIRE_FRAME_COUNT

/* What a receiver set to `to` makes of a byte sent with `from`. Garbage changes *byte. */
enum line_damage line_carry(
	uint8_t *byte, const struct wire_settings *from, const struct wire_settings *to);
/* Whether two rates are close enough to talk. */
bool line_rates_agree(uint32_t a, uint32_t b);
/* How long a byte with start, parity and stop bits takes. */
uint64_t line_byte_ns(const struct wire_settings *settings);

#endif /* BENCHD_SIMULATOR_LINE_H */
