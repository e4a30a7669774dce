/* SPDX-License-Identifier: MIT */
/* option_layout.c - the layouts of option bytes, by the reference manuals. */
#include "protocol/option_layout.h"

#include <string.h>

/* Rows for one part stand before those of its family. */
static const struct option_layout layouts[] = {
	/* RM0091, RM0360 3.5.4; RM0316 4.5; RM0008's flash manual PM0075 2.5: WRP0 to WRP3 */
	{ "F0", 0, 0, 0xAA, true, 1, false, 8, 1, 2, 32, false, true, OPTION_NONE, 0, 0 },
	{ "F3", 0, 0, 0xAA, true, 1, false, 8, 1, 2, 32, false, true, OPTION_NONE, 0, 0 },
	{ "F1", 0, 0, 0xA5, false, 1, false, 8, 1, 2, 32, false, true, OPTION_NONE, 0, 0 },
	/* RM0033 2.6.1, RM0090 3.9.1: nWRP0 to 11 at 8; no SPRMOD on F2 and F405/407 */
	{ "F2", 0, 1, 0xAA, true, 0, false, 8, 2, 2, 12, false, false, OPTION_NONE, 0, 0 },
	{ "F4", 0x413, 1, 0xAA, true, 0, false, 8, 2, 2, 12, false, false, OPTION_NONE, 0, 0 },
	/* RM0090 table 20, RM0386: bank 2 has a second area; bit 15 is SPRMOD */
	{ "F4", 0x419, 1, 0xAA, true, 0, false, 8, 2, 2, 12, false, false, 9, 0x80, 0x1FFEC000 },
	{ "F4", 0x434, 1, 0xAA, true, 0, false, 8, 2, 2, 12, false, false, 9, 0x80, 0x1FFEC000 },
	/* RM0368, RM0383, RM0390, RM0402, RM0430 */
	{ "F4", 0, 1, 0xAA, true, 0, false, 8, 2, 2, 12, false, false, 9, 0x80, 0 },
	/* RM0410 3.4.1: what nWRP means hangs on nDBANK */
	{ "F7", 0x451, 1, 0xAA, true, 0, false, 0, 1, 1, 0, false, false, OPTION_NONE, 0, 0 },
	/* RM0385, RM0431 3.4.1: nWRP0 to 7 at 8 */
	{ "F7", 0x449, 1, 0xAA, true, 0, false, 8, 1, 1, 8, false, false, OPTION_NONE, 0, 0 },
	{ "F7", 0x452, 1, 0xAA, true, 0, false, 8, 1, 1, 8, false, false, OPTION_NONE, 0, 0 },
	/* RM0038 3.7, RM0367, RM0376, RM0377 3.4: WRPROT from 8 on, SPRMOD/WPRMOD in byte 1 */
	{ "L0", 0, 0, 0xAA, true, 2, false, 8, 2, 4, 256, true, false, 1, 0x01, 0 },
	{ "L1", 0, 0, 0xAA, true, 2, false, 8, 2, 4, 256, true, false, 1, 0x01, 0 },
	/* RM0351 3.4, RM0394, RM0444, RM0454, RM0440, RM0490, RM0434, RM0453: WRP1A and WRP1B */
	{ "L4", 0, 0, 0xAA, true, 4, true, 0, 0, 0, 0, false, false, OPTION_NONE, 0, 0 },
	{ "L4+", 0, 0, 0xAA, true, 4, true, 0, 0, 0, 0, false, false, OPTION_NONE, 0, 0 },
	{ "G0", 0, 0, 0xAA, true, 4, true, 0, 0, 0, 0, false, false, OPTION_NONE, 0, 0 },
	{ "G4", 0, 0, 0xAA, true, 4, true, 0, 0, 0, 0, false, false, OPTION_NONE, 0, 0 },
	{ "C0", 0, 0, 0xAA, true, 4, true, 0, 0, 0, 0, false, false, OPTION_NONE, 0, 0 },
	{ "WB", 0, 0, 0xAA, true, 4, true, 0, 0, 0, 0, false, false, OPTION_NONE, 0, 0 },
	{ "WL", 0, 0, 0xAA, true, 4, true, 0, 0, 0, 0, false, false, OPTION_NONE, 0, 0 },
};

const struct option_layout *option_layout_of(const struct chip *chip)
{
	if (!chip || !chip->option_bytes || chip->traits & CHIP_OPTION_REGISTERS)
		return NULL;
	for (size_t i = 0; i < sizeof(layouts) / sizeof(*layouts); i++) {
		if (!strcmp(layouts[i].family, chip->family) &&
			(!layouts[i].product_id || layouts[i].product_id == chip->product_id))
			return &layouts[i];
	}
	return NULL;
}

unsigned option_level(const struct option_layout *layout, uint8_t readout)
{
	if (readout == layout->key)
		return 0;
	return layout->has_level2 && readout == OPTION_LEVEL2 ? 2 : 1;
}
