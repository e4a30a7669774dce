/* SPDX-License-Identifier: MIT */
/* quirk.c - the ROMs that need something of their own (docs/facts/an3155.md section 9). */
#include "protocol/quirk.h"

#include <stddef.h>

#define ANY_ROM 0x00, 0xFF

static const struct {
	uint32_t product_id;
	uint8_t from, to; /* bootloader ids */
	unsigned quirks;
} rows[] = {
	{ 0x450, 0x01, 0x8F, QUIRK_DEAD_GO },           /* H74x before V9.0: section 4, 0x21 */
	{ 0x450, 0x90, 0x90, QUIRK_NO_FIRST_GO_ACK },   /* V9.0: Q2 */
	{ 0x450, 0xD2, 0xD2, QUIRK_DEAD_GO },           /* V13.2: Q3 */
	{ 0x460, 0xB3, 0xB3, QUIRK_SINGLE_PAGE_ERASE }, /* G07x V11.3: Q14 */
	{ 0x460, 0xB2, 0xB2, QUIRK_NO_OPTION_LAUNCH },  /* G07x V11.2: Q15 */
	{ 0x445, ANY_ROM, QUIRK_EMPTY_LATCH },          /* F070x6: Q23, and below */
	{ 0x442, ANY_ROM, QUIRK_EMPTY_LATCH },          /* F030xC */
	{ 0x462, ANY_ROM, QUIRK_EMPTY_LATCH },          /* L45x, L46x */
	{ 0x495, ANY_ROM, QUIRK_UNPROTECT_NEEDS_POWER | QUIRK_FATAL_OVERRUN }, /* WB30-55: Q20 */
};

unsigned quirks_of(uint32_t product_id, uint8_t bootloader_id)
{
	unsigned quirks = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (rows[i].product_id == product_id && bootloader_id >= rows[i].from &&
			bootloader_id <= rows[i].to)
			quirks |= rows[i].quirks;
	}
	return quirks;
}
