/* SPDX-License-Identifier: MIT */
/*
 * flash_l4.c - the flash interface of L4 and G0: double words, written once between erases, by two
 * words (RM0351 3.3.7, RM0444 3.3.8).
 */
#include "simulator/soc/flash_ctl.h"

enum { SR = 0x10, CR = 0x14, OPTR = 0x20, WRP1AR = 0x2C, WRP1BR = 0x30 };
/* Option bytes, and where in them. */
#define OPTIONS 0x1FFF7800u
enum { OPTIONS_WRP1A = 0x18, OPTIONS_WRP1B = 0x20 };

#define EOP BIT(0)
#define PROGERR BIT(3)
#define WRPERR BIT(4)
#define PGAERR BIT(5)
#define SIZERR BIT(6)
#define PGSERR BIT(7)
#define ERRORS (PROGERR | WRPERR | PGAERR | SIZERR | PGSERR | BIT(8) | BIT(9))
#define CR_PG BIT(0)
#define CR_PER BIT(1)
#define CR_MER1 BIT(2)
#define CR_BKER BIT(11)
#define CR_MER2 BIT(15)
#define CR_STRT BIT(16)
#define CR_OPTSTRT BIT(17)
#define CR_FSTPG BIT(18)
#define CR_OBL_LAUNCH BIT(27)

static uint32_t sectors_of_bank1(const struct part *part)
{
	return part->bank2_sector ? part->bank2_sector : part_sector_count(part);
}

static bool erase_banks(struct block *block, uint32_t cr)
{
	const struct part *part = block->soc->memory->part;
	const uint32_t first = sectors_of_bank1(part), all = part_sector_count(part);
	bool ok = true;

	if (cr & CR_MER1)
		ok = flash_wipe(block, 0, first);
	if (ok && cr & CR_MER2 && all > first)
		ok = flash_wipe(block, first, all - first);
	return ok;
}

static void erase(struct block *block, uint32_t cr)
{
	const struct flash *flash = &block->soc->memory->flash;
	const uint32_t page = (cr >> 3 & 0xFF) + (cr & CR_BKER ? flash->part->bank2_sector : 0);

	if (cr & CR_PG || block_get(block, SR) & ERRORS)
		flash_raise(block, PGSERR);
	else if (cr & CR_PER && page >= part_sector_count(flash->part))
		flash_raise(block, PGSERR);
	else if (cr & CR_PER && (flash_is_protected(flash, page) || !flash_wipe(block, page, 1)))
		flash_raise(block, WRPERR);
	else if (!(cr & CR_PER) && !erase_banks(block, cr))
		flash_raise(block, WRPERR);
	else
		flash_begin(block, flash_erase_us(flash, 0), EOP);
}

static void put_word(uint8_t *bytes, uint32_t word)
{
	for (unsigned i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(word >> 8 * i);
}

/* They take effect when they are loaded. */
static void program_options(struct block *block)
{
	uint8_t *const bytes = flash_option_byte(block, OPTIONS);

	put_word(bytes, block_get(block, OPTR));
	put_word(bytes + OPTIONS_WRP1A, block_get(block, WRP1AR));
	put_word(bytes + OPTIONS_WRP1B, block_get(block, WRP1BR));
	flash_begin(block, flash_erase_us(&block->soc->memory->flash, 0), EOP);
}

/* A fresh part's user bytes are blank here: the register keeps the factory's value. */
static void load(struct block *block)
{
	const uint8_t *bytes = flash_option_byte(block, OPTIONS);
	uint32_t *const optr = block_reg(block, OPTR);

	*optr = get_le32(bytes) >> 8 == 0xFFFFFF ? (*optr & ~0xFFu) | bytes[0] : get_le32(bytes);
	*block_reg(block, WRP1AR) = get_le32(bytes + OPTIONS_WRP1A) & 0x00FF00FF;
	*block_reg(block, WRP1BR) = get_le32(bytes + OPTIONS_WRP1B) & 0x00FF00FF;
}

static void command(struct block *block, uint32_t before)
{
	struct flash_state *const state = block->state;
	uint32_t *const cr = block_reg(block, CR);
	const uint32_t asked = *cr;

	*cr &= ~(CR_STRT | CR_OPTSTRT | CR_OBL_LAUNCH);
	if (!(asked & CR_PG) && before & CR_PG)
		state->latched = 0;
	if (asked & CR_OBL_LAUNCH && state->option.is_open)
		soc_ask_reset(block->soc, SOC_BY_OPTIONS);
	else if (asked & CR_OPTSTRT && state->option.is_open)
		program_options(block);
	else if (asked & CR_STRT && asked & (CR_PER | CR_MER1 | CR_MER2))
		erase(block, asked);
}

static void burn_double_word(struct block *block, uint32_t addr, const uint32_t words[2])
{
	const struct flash *flash = &block->soc->memory->flash;
	const uint32_t page = part_sector_of(flash->part, addr - flash->part->flash_base);
	uint8_t bytes[8];

	for (unsigned i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(words[i / 4] >> 8 * (i % 4));
	/* What is not erased takes nothing but zeros. */
	if (flash_is_protected(flash, page))
		flash_raise(block, WRPERR);
	else if (!flash_is_blank(block, addr, 8) && (words[0] || words[1]))
		flash_raise(block, PROGERR);
	else {
		flash_burn(block, addr, bytes, 8);
		flash_begin(block, flash_program_us(flash, 8), EOP);
	}
}

static bool program(struct block *block, uint32_t addr, unsigned size, uint32_t value)
{
	struct flash_state *const state = block->state;

	if (!flash_holds(&block->soc->memory->flash, addr))
		return false;
	if (!(block_get(block, CR) & (CR_PG | CR_FSTPG)) || block_get(block, SR) & ERRORS) {
		flash_raise(block, PGSERR);
	} else if (size != 4) {
		flash_raise(block, SIZERR);
	} else if (addr % 8 != state->latched * 4u ||
		(state->latched && addr != state->latch_addr + 4)) {
		flash_raise(block, PGAERR);
		state->latched = 0;
	} else if (!state->latched) {
		state->latch_addr = addr;
		state->latch[0] = value;
		state->latched = 1;
	} else {
		state->latch[1] = value;
		state->latched = 0;
		burn_double_word(block, addr - 4, state->latch);
	}
	return true;
}

#define L4_COMMON                                                                                  \
	.sr = SR, .cr = CR, .key = 0x08, .option_key = 0x0C,                                       \
	.option_keys = { 0x08192A3B, 0x4C5D6E7F }, .w1c = 0xC3FB, .eop = EOP, .eopie = BIT(24),    \
	.errie = BIT(25), .lock = BIT(31), .option_reg = CR, .option_bit = BIT(30),                \
	.eop_needs_ie = true, .load = load, .command = command, .program = program

const struct flash_map flash_l4 = { L4_COMMON, .busy = BIT(16) };
const struct flash_map flash_g0 = { L4_COMMON, .busy = BIT(16) | BIT(18) };
