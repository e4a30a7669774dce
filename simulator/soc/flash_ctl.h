/* SPDX-License-Identifier: MIT */
/* flash_ctl.h - what differs between the flash controllers of the families, and what they share. */
#ifndef BENCHD_SIMULATOR_SOC_FLASH_CTL_H
#define BENCHD_SIMULATOR_SOC_FLASH_CTL_H

#include "simulator/soc/block.h"

#define FLASH_KEY1 0x45670123u
#define FLASH_KEY2 0xCDEF89ABu

/* Two keys in a row open a lock; anything else closes it until reset. */
struct flash_lock {
	uint8_t step;
	bool is_open, is_broken;
};

struct flash_state {
	struct flash_lock main, option, program;
	uint64_t busy_until_ns;
	uint32_t done, errors; /* flags of SR to set when the operation ends */
	uint32_t latch[2];     /* words of a program word that is not whole yet */
	uint32_t latch_addr;
	uint8_t latched; /* words in latch */
};

struct flash_map {
	uint8_t sr, cr;
	uint8_t key, option_key; /* offsets of the key registers */
	uint32_t option_keys[2];
	uint32_t keys[2];    /* 0: FLASH_KEY1, FLASH_KEY2 */
	uint8_t program_key; /* a third lock, of programming; 0: there is none */
	uint32_t program_keys[2];
	uint32_t program_lock; /* of CR, 1 when locked */
	uint32_t w1c;          /* bits of SR that writing 1 clears */
	uint32_t busy;         /* BSY, set while an operation lasts */
	uint32_t eop, eopie, errie;
	uint32_t lock;           /* CR.LOCK, set by writing 1 */
	uint8_t option_reg;      /* where the option bytes' lock is shown ... */
	uint32_t option_bit;     /* ... by this bit, ... */
	bool option_bit_is_open; /* ... which is 1 when open (OPTWRE) or when locked */
	bool eop_needs_ie;
	/* Registers that show option bytes, after a reset; NULL: none. */
	void (*load)(struct block *block);
	/* option_reg, other than CR, was written while open; NULL: it is CR. */
	void (*option)(struct block *block);
	/* CR was written: starts what it asks for. */
	void (*command)(struct block *block, uint32_t before);
	/* A write to flash or option bytes. false: bus error. */
	bool (*program)(struct block *block, uint32_t addr, unsigned size, uint32_t value);
};

extern const struct flash_map flash_f1, flash_f0, flash_f4, flash_l4, flash_g0, flash_l1;

/* An operation begins, after the one before it: lasts so long, then sets these flags of SR. */
void flash_begin(struct block *block, uint64_t us, uint32_t flags);
/* Flags of SR now, with their interrupt. */
void flash_raise(struct block *block, uint32_t flags);
bool flash_is_busy(const struct block *block);
/* Clears bits of the cells as programming does; the part's rules are checked by the caller. */
void flash_burn(struct block *block, uint32_t addr, const uint8_t *bytes, uint32_t len);
/* Erases one sector, or all of some. false: protected. */
bool flash_wipe(struct block *block, uint32_t sector, uint32_t count);
bool flash_is_blank(const struct block *block, uint32_t addr, uint32_t len);
/* Where an option byte is kept; NULL: addr is none. */
uint8_t *flash_option_byte(struct block *block, uint32_t addr);
/* The same for an area of any kind. */
uint8_t *flash_area_byte(struct block *block, uint32_t addr, enum area_kind kind);

#endif /* BENCHD_SIMULATOR_SOC_FLASH_CTL_H */
