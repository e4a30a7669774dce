/* SPDX-License-Identifier: MIT */
/*
 * flash_l1.c - the flash interface of L1: three locks, words and half pages, pages erased by
 * writing to them (RM0038 3.3). Erased cells are 0. The data EEPROM is written as it is.
 */
#include "simulator/soc/flash_ctl.h"

enum { PECR = 0x04, SR = 0x18, HALF_PAGE = 32 };

#define EOP BIT(1)
#define WRPERR BIT(8)
#define PGAERR BIT(9)
#define SIZERR BIT(10)
#define PECR_PELOCK BIT(0)
#define PECR_PRGLOCK BIT(1)
#define PECR_PROG BIT(3)
#define PECR_ERASE BIT(9)
#define PECR_FPRG BIT(10)
#define PECR_OBL_LAUNCH BIT(18)

static void command(struct block *block, uint32_t before)
{
	struct flash_state *const state = block->state;
	uint32_t *const pecr = block_reg(block, PECR);

	(void)before;
	if (!(*pecr & PECR_FPRG))
		state->latched = 0;
	if (*pecr & PECR_OBL_LAUNCH)
		soc_ask_reset(block->soc, SOC_BY_OPTIONS);
}

static bool write_eeprom(struct block *block, uint32_t addr, unsigned size, uint32_t value)
{
	uint8_t *const bytes = flash_area_byte(block, addr, AREA_EEPROM);

	if (!bytes)
		return false;
	if (block_get(block, PECR) & PECR_PELOCK) {
		flash_raise(block, WRPERR);
		return true;
	}
	for (unsigned i = 0; i < size; i++)
		bytes[i] = (uint8_t)(value >> 8 * i);
	flash_begin(block, block->soc->memory->part->times.program, EOP);
	return true;
}

/* Words of a half page are taken one by one; the operation lasts from the last one on. */
static void burn(struct block *block, uint32_t addr, uint32_t value)
{
	struct flash_state *const state = block->state;
	const uint8_t bytes[4] = { (uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
		(uint8_t)(value >> 24) };

	flash_burn(block, addr, bytes, 4);
	if (block_get(block, PECR) & PECR_FPRG && ++state->latched < HALF_PAGE)
		return;
	state->latched = 0;
	flash_begin(block, block->soc->memory->part->times.program, EOP);
}

static bool program(struct block *block, uint32_t addr, unsigned size, uint32_t value)
{
	const struct flash *flash = &block->soc->memory->flash;
	const uint32_t pecr = block_get(block, PECR), erase = PECR_ERASE | PECR_PROG;

	if (!flash_holds(flash, addr))
		return write_eeprom(block, addr, size, value);
	const uint32_t page = part_sector_of(flash->part, addr - flash->part->flash_base);

	if (pecr & PECR_PRGLOCK || flash_is_protected(flash, page))
		flash_raise(block, WRPERR);
	else if (size != 4)
		flash_raise(block, SIZERR);
	else if ((pecr & erase) == erase && flash_wipe(block, page, 1))
		flash_begin(block, flash_erase_us(flash, page), EOP);
	else
		burn(block, addr, value);
	return true;
}

const struct flash_map flash_l1 = {
	.sr = SR,
	.cr = PECR,
	.key = 0x0C,
	.keys = { 0x89ABCDEF, 0x02030405 },
	.program_key = 0x10,
	.program_keys = { 0x8C9DAEBF, 0x13141516 },
	.program_lock = PECR_PRGLOCK,
	.option_key = 0x14,
	.option_keys = { 0xFBEAD9C8, 0x24252627 },
	.w1c = EOP | WRPERR | PGAERR | SIZERR | BIT(11),
	.busy = BIT(0),
	.eop = EOP,
	.eopie = BIT(16),
	.errie = BIT(17),
	.lock = PECR_PELOCK,
	.option_reg = PECR,
	.option_bit = BIT(2),
	.command = command,
	.program = program,
};
