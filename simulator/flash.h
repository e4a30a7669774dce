/* SPDX-License-Identifier: MIT */
/*
 * flash.h - flash cells with the rules of the real ones (docs/facts/an3155.md 4 and 8.3):
 * programming changes bits in one direction only, a misaligned program poisons those after it,
 * protected sectors stay as they are. Owns no cells: the caller lends them, so that they may be
 * a mapped file. One thread per flash.
 */
#ifndef BENCHD_SIMULATOR_FLASH_H
#define BENCHD_SIMULATOR_FLASH_H

#include "protocol/bytes.h"
#include "simulator/parts.h"

enum { FLASH_MAX_SECTORS = 2048, FLASH_MAX_STUCK = 8 };

/* A cell's bits that never change. */
struct flash_stuck {
	uint32_t offset;
	uint8_t mask, value;
};

struct flash {
	const struct part *part;
	uint8_t *cells; /* borrowed, part->flash_bytes of them */
	uint8_t protected_sectors[FLASH_MAX_SECTORS / 8];
	bool is_readout_protected;
	bool is_poisoned;              /* by a misaligned program, until reset */
	bool is_fast;                  /* the speed register was set */
	bool says_empty;               /* the flag that the boot logic looks at */
	bool is_unprotecting;          /* the readout protection goes with the next power-on */
	bool wants_readout_protection; /* what the option bytes say, where they are registers */
	/* what is broken */
	struct flash_stuck stuck[FLASH_MAX_STUCK];
	size_t stuck_count;
	uint8_t lying_sectors[FLASH_MAX_SECTORS / 8]; /* their erase does nothing */
};

/* Borrows part and cells; leaves the cells' content as it is. */
void flash_init(struct flash *flash, const struct part *part, uint8_t *cells);
void flash_reset(struct flash *flash);

bool flash_holds(const struct flash *flash, uint32_t addr);
/* First word erased: what the empty check looks at. */
bool flash_is_empty(const struct flash *flash);

/*
 * Programs data at addr, which must lie in the flash as far as it goes.
 * false: it failed, with what could be programmed done. A protected sector is no failure: "no
 * error is returned".
 */
bool flash_program(struct flash *flash, uint32_t addr, struct span data);
/* What programming does to cells from offset on, and nothing else: no rule is looked at. */
void flash_cells_program(struct flash *flash, uint32_t offset, const uint8_t *data, uint32_t len);
uint32_t flash_program_us(const struct flash *flash, size_t bytes);

/* Erases a sector unless it is protected. false: no such sector. */
bool flash_erase(struct flash *flash, uint32_t sector);
uint32_t flash_erase_us(const struct flash *flash, uint32_t sector);
/* count sectors from first. false: one of them is protected, and nothing was erased. */
bool flash_erase_bank(struct flash *flash, uint32_t first, uint32_t count);
uint32_t flash_erase_bank_us(const struct flash *flash);

/* All of it, protected or not: what removing the readout protection does. */
void flash_erase_whole(struct flash *flash);

/* Power went while these bytes were worked on: their bits are the old ones or anything. */
void flash_tear(struct flash *flash, uint32_t offset, uint32_t bytes, uint64_t *random);
/* Breaks it: a stuck bit shows at once. Outside the flash, or one too many: nothing happens. */
void flash_stick(struct flash *flash, uint32_t addr, unsigned bit, unsigned value);
void flash_lie(struct flash *flash, uint32_t sector);
/* Nothing is broken any more; what the cells hold stays. */
void flash_heal(struct flash *flash);

bool flash_is_protected(const struct flash *flash, uint32_t sector);
void flash_protect(struct flash *flash, uint32_t sector, bool on);
void flash_unprotect_all(struct flash *flash);

#endif /* BENCHD_SIMULATOR_FLASH_H */
