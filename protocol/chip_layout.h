/* SPDX-License-Identifier: MIT */
/*
 * chip_layout.h - parts whose sectors hang on a bit of their option bytes (docs/facts/an3155.md
 * Q26, Q27): rows of chip_layouts.inc, which scripts/generate-chips makes. Constant data; any
 * thread.
 */
#ifndef BENCHD_PROTOCOL_CHIP_LAYOUT_H
#define BENCHD_PROTOCOL_CHIP_LAYOUT_H

#include "protocol/chip.h"

/* Where the byte with that bit stands; false: this part has one layout, or it can't be read. */
bool chip_layout_option(const struct chip *chip, uint32_t *addr);
/*
 * The part with the layout that this byte chooses, as a row of its own; the same row where it is
 * the usual one. flash_bytes: as its register says.
 */
const struct chip *chip_with_layout(const struct chip *chip, uint32_t flash_bytes, uint8_t option);

#endif /* BENCHD_PROTOCOL_CHIP_LAYOUT_H */
