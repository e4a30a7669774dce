/* SPDX-License-Identifier: MIT */
/*
 * option_layout.h - how the families keep their option bytes in memory: where the readout level is,
 * how write protection is told, which bytes are complements of others. Constant data, internal to
 * protection.c and option_*.c; any thread.
 */
#ifndef BENCHD_PROTOCOL_OPTION_LAYOUT_H
#define BENCHD_PROTOCOL_OPTION_LAYOUT_H

#include "protocol/chip.h"

#include <stdbool.h>
#include <stdint.h>

enum { OPTION_NONE = -1, OPTION_LEVEL2 = 0xCC };

/*
 * A bit for each protection unit from wrp_at on, in pieces of `data` bytes that lie `stride` apart;
 * or ranges of sectors. complement: so many bytes, then as many that are their complement.
 */
struct option_layout {
	const char *family;
	uint32_t product_id; /* 0: all of the family */
	uint8_t readout_at, key;
	bool has_level2;
	uint8_t complement;
	bool has_ranges;
	uint8_t wrp_at, data, stride;
	uint32_t units;    /* 0, without ranges: it is not told */
	bool when_set;     /* a bit that is set protects; else one that is clear */
	bool last_is_rest; /* the last bit stands for all sectors that follow, too */
	int mode_at;       /* the byte with the bit that makes them PCROP bits instead */
	uint8_t mode_bit;
	uint32_t bank2; /* where the bits of the units that follow are; 0: nowhere */
};

/* NULL: not known, or registers and not memory. */
const struct option_layout *option_layout_of(const struct chip *chip);
/* 0, 1 or 2, by the byte at readout_at. */
unsigned option_level(const struct option_layout *layout, uint8_t readout);

#endif /* BENCHD_PROTOCOL_OPTION_LAYOUT_H */
