/* SPDX-License-Identifier: MIT */
/*
 * quirk.h - what one ROM needs that the others do not: rows by product id and bootloader id
 * (docs/facts/an3155.md section 9). Traits of a whole part are chip.h's. Constant data.
 */
#ifndef BENCHD_PROTOCOL_QUIRK_H
#define BENCHD_PROTOCOL_QUIRK_H

#include <stdint.h>

enum quirk {
	QUIRK_NO_FIRST_GO_ACK = 1 << 0,   /* Q2: H74x V9.0 */
	QUIRK_DEAD_GO = 1 << 1,           /* Q3: H74x V13.2 and before V9.0: reset instead */
	QUIRK_SINGLE_PAGE_ERASE = 1 << 2, /* Q14: one page a request, then 40 ms */
	QUIRK_NO_BANK_ERASE = 1 << 3,     /* Q3, Q17 */
	QUIRK_EARLY_BANK2_ACK = 1 << 4,   /* section 4, 0x44: H74x V9.1 */
	QUIRK_NO_OPTION_LAUNCH = 1 << 5,  /* Q15: option bytes take effect after a reset only */
	QUIRK_EMPTY_LATCH = 1 << 6,       /* Q23: what was blank boots the ROM again: Go instead */
	QUIRK_EMPTY_CLEARED = 1 << 7,     /* Q24: no reset before something is programmed */
	QUIRK_UNPROTECT_NEEDS_POWER = 1 << 8, /* Q20 */
	QUIRK_FATAL_OVERRUN = 1 << 9,         /* Q20: a byte too early kills it: no burst */
};

/* Every bit that applies; bootloader_id 0: not known, rows for all of a part's ROMs apply. */
unsigned quirks_of(uint32_t product_id, uint8_t bootloader_id);

#endif /* BENCHD_PROTOCOL_QUIRK_H */
