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

enum { FLASH_MAX_SECTORS = 2048 };

struct flash {
	const struct part *part;
	uint8_t *cells; /* borrowed, part->flash_bytes of them */
	uint8_t protected_sectors[FLASH_MAX_SECTORS / 8];
	bool is_readout_protected;
	bool is_poisoned; /* by a misaligned program, until reset */
	bool is_fast;     /* the speed register was set */
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

bool flash_is_protected(const struct flash *flash, uint32_t sector);
void flash_protect(struct flash *flash, uint32_t sector, bool on);
void flash_unprotect_all(struct flash *flash);

#endif /* BENCHD_SIMULATOR_FLASH_H */
