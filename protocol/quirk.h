/* SPDX-License-Identifier: MIT */
/*
 * quirk.h - what one ROM needs that the others do not: rows by product id and bootloader id
 * (docs/facts/an3155.md sections 4 and 9). Traits of a whole part are chip.h's; what every ROM may
 * do, every session bears. Bank erase, which some ROMs have wrong, is never sent. Constant data.
 */
#ifndef BENCHD_PROTOCOL_QUIRK_H
#define BENCHD_PROTOCOL_QUIRK_H

#include <stdint.h>

enum rom_quirk {
	QUIRK_NO_FIRST_GO_ACK = 1 << 0,       /* Q2: Go is confirmed after its address only */
	QUIRK_DEAD_GO = 1 << 1,               /* Q3: nothing is started; reset instead */
	QUIRK_SINGLE_PAGE_ERASE = 1 << 2,     /* Q14: one page a request, then 40 ms */
	QUIRK_NO_OPTION_LAUNCH = 1 << 3,      /* Q15: option bytes take effect after a reset */
	QUIRK_EMPTY_LATCH = 1 << 4,           /* Q23: a part that was blank boots the ROM again */
	QUIRK_UNPROTECT_NEEDS_POWER = 1 << 5, /* Q20: readout protection ends with a power cycle */
	QUIRK_FATAL_OVERRUN = 1 << 6,         /* Q20: a byte too early is the end: no burst */
};

/*
 * Every bit that applies. bootloader_id 0: it could not be read; rows for all ROMs of the part
 * apply all the same.
 */
unsigned quirks_of(uint32_t product_id, uint8_t bootloader_id);

#endif /* BENCHD_PROTOCOL_QUIRK_H */
