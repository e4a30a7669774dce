/* SPDX-License-Identifier: MIT */
/*
 * ladder.h - which rate to speak to the ROM at (docs/facts/an3155.md 1, 2.1): as fast as the part
 * can, as slow as the wire needs. Rates are standard ones, in bits per second.
 */
#ifndef BENCHD_PROTOCOL_LADDER_H
#define BENCHD_PROTOCOL_LADDER_H

#include "protocol/boot.h"

/* The highest rate worth trying with this part; NULL: of a part that is not known. */
uint32_t ladder_limit(const struct chip *chip);
/* The next step below; 0: there is none. */
uint32_t ladder_below(uint32_t baud);

struct ladder {
	uint32_t known_good;           /* where this board was last well; 0: never seen */
	const struct chip *known_chip; /* as it was last identified; NULL: never */
	bool may_climb;                /* reset is driven: a ROM trains once a reset */
};
/*
 * boot_connect() at the best rate: at known_good, else as high as the part's row allows (115200
 * while the part is not known, and on from there once it is), one step down after each failure. A
 * rate counts as good when a block read at it came through. options.settings.baud is the one found.
 */
enum err ladder_connect(struct boot *boot, const struct ladder *ladder, struct why *why);

#endif /* BENCHD_PROTOCOL_LADDER_H */
