/* SPDX-License-Identifier: MIT */
/* flash_f1.c - FPEC of F1 and F0: half-words, pages (PM0075, RM0091 3.5). */
#include "simulator/soc/flash_ctl.h"

enum { SR = 0x0C, CR = 0x10, AR = 0x14, OBR = 0x1C, WRPR = 0x20 };

#define OPTIONS 0x1FFFF800u
#define PGERR BIT(2)
#define WRPRTERR BIT(4)
#define EOP BIT(5)
#define CR_PG BIT(0)
#define CR_PER BIT(1)
#define CR_MER BIT(2)
#define CR_OPTPG BIT(4)
#define CR_OPTER BIT(5)
#define CR_STRT BIT(6)
#define CR_OPTWRE BIT(9)
#define CR_OBL_LAUNCH BIT(13)

static void erase_pages(struct block *block, uint32_t cr)
{
	const struct flash *flash = &block->soc->memory->flash;
	const struct part *part = flash->part;
	uint32_t addr = block_get(block, AR);
	bool ok;

	/* The low bits count: programs linked to the alias at 0 name their pages there. */
	if (addr < part->flash_bytes)
		addr += part->flash_base;
	if (cr & CR_MER)
		ok = flash_wipe(block, 0, part_sector_count(part));
	else {
		const uint32_t page = part_sector_of(part, addr - part->flash_base);

		ok = flash_holds(flash, addr) && !flash_is_protected(flash, page) &&
			flash_wipe(block, page, 1);
	}
	if (!ok)
		flash_raise(block, WRPRTERR);
	else
		flash_begin(block,
			cr & CR_MER ? flash_erase_bank_us(flash) : flash_erase_us(flash, 0), EOP);
}

static void erase_options(struct block *block)
{
	for (uint32_t addr = OPTIONS; flash_option_byte(block, addr); addr++)
		*flash_option_byte(block, addr) = 0xFF;
	flash_begin(block, flash_erase_us(&block->soc->memory->flash, 0), EOP);
}

static void command(struct block *block, uint32_t before)
{
	uint32_t *const cr = block_reg(block, CR);
	const bool starts = *cr & CR_STRT;

	(void)before;
	*cr &= ~CR_STRT; /* reads 1 while busy only; nothing looks */
	if (*cr & CR_OBL_LAUNCH) {
		soc_ask_reset(block->soc, SOC_BY_OPTIONS);
		return;
	}
	if (starts && *cr & CR_OPTER && *cr & CR_OPTWRE)
		erase_options(block);
	else if (starts && *cr & (CR_PER | CR_MER))
		erase_pages(block, *cr);
}

static bool program_option(struct block *block, uint32_t addr, uint32_t value)
{
	uint8_t *const byte = flash_option_byte(block, addr);

	if (!(block_get(block, CR) & CR_OPTPG) || !(block_get(block, CR) & CR_OPTWRE))
		return false;
	/* The controller writes the complement itself. */
	byte[0] = (uint8_t)value;
	byte[1] = (uint8_t)~value;
	flash_begin(block, flash_program_us(&block->soc->memory->flash, 2), EOP);
	return true;
}

/* "Any attempt to write data that are not half-word long results in a bus error." */
static bool program(struct block *block, uint32_t addr, unsigned size, uint32_t value)
{
	const struct flash *flash = &block->soc->memory->flash;
	const uint8_t bytes[2] = { (uint8_t)value, (uint8_t)(value >> 8) };

	if (size != 2)
		return false;
	if (!flash_holds(flash, addr))
		return program_option(block, addr, value);
	if (!(block_get(block, CR) & CR_PG))
		return false;
	if (flash_is_protected(
		    flash, part_sector_of(flash->part, addr - flash->part->flash_base))) {
		flash_raise(block, WRPRTERR);
		return true;
	}
	/* What is not erased takes nothing but zero. */
	if (!flash_is_blank(block, addr, 2) && value & 0xFFFF) {
		flash_raise(block, PGERR);
		return true;
	}
	flash_burn(block, addr, bytes, 2);
	flash_begin(block, flash_program_us(flash, 2), EOP);
	return true;
}

/* OBR and WRPR show what the option bytes say: 1 in WRPR is not protected. */
static void load(struct block *block)
{
	const struct flash *flash = &block->soc->memory->flash;
	const uint8_t *options = flash_option_byte(block, OPTIONS);
	const uint32_t user = options[2], data0 = options[4], data1 = options[6];

	*block_reg(block, OBR) = (user & 0xFF) << 2 | data0 << 10 | data1 << 18 |
		(flash->is_readout_protected ? BIT(1) : 0);
	*block_reg(block, WRPR) = UINT32_MAX;
	for (uint32_t i = 0; i < 32; i++) {
		if (flash_is_protected(flash, i * flash->part->protect_sectors))
			*block_reg(block, WRPR) &= ~BIT(i);
	}
}

#define F1_COMMON                                                                                  \
	.sr = SR, .cr = CR, .key = 0x04, .option_key = 0x08,                                       \
	.option_keys = { FLASH_KEY1, FLASH_KEY2 }, .w1c = PGERR | WRPRTERR | EOP, .busy = BIT(0),  \
	.eop = EOP, .eopie = BIT(12), .errie = BIT(10), .lock = BIT(7), .option_reg = CR,          \
	.option_bit = CR_OPTWRE, .option_bit_is_open = true, .load = load, .command = command,     \
	.program = program

const struct flash_map flash_f1 = { F1_COMMON };
const struct flash_map flash_f0 = { F1_COMMON };
