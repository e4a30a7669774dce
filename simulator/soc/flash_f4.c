/* SPDX-License-Identifier: MIT */
/* flash_f4.c - the flash interface of F4: PSIZE, sectors (RM0090 3.9). */
#include "simulator/soc/flash_ctl.h"
#include "simulator/options.h"

enum { SR = 0x0C, CR = 0x10, OPTCR = 0x14 };

#define OPTIONS 0x1FFFC000u
#define OPTCR_OPTSTRT BIT(1)
#define OPTCR_RDP 0xFF00u
#define EOP BIT(0)
#define WRPERR BIT(4)
#define PGAERR BIT(5)
#define PGPERR BIT(6)
#define PGSERR BIT(7)
#define CR_PG BIT(0)
#define CR_SER BIT(1)
#define CR_MER BIT(2)
#define CR_STRT BIT(16)

/* PSIZE: bytes programmed at once. */
static unsigned parallelism(const struct block *block)
{
	return 1u << (block_get(block, CR) >> 8 & 3);
}

/* Erasing by bytes takes twice as long as by words (data sheet, flash memory programming). */
static uint64_t scaled(const struct block *block, uint64_t us)
{
	const struct flash *flash = &block->soc->memory->flash;
	const uint32_t factor = flash->part->times.slow_factor;
	const uint64_t fast = factor && !flash->is_fast ? us / factor : us;

	return parallelism(block) >= 4 ? fast : fast * 2;
}

static void command(struct block *block, uint32_t before)
{
	const struct flash *flash = &block->soc->memory->flash;
	uint32_t *const cr = block_reg(block, CR);
	const uint32_t sector = *cr >> 3 & 15;
	const bool starts = *cr & CR_STRT, all = *cr & CR_MER;

	(void)before;
	*cr &= ~CR_STRT;
	if (!starts || !(*cr & (CR_SER | CR_MER)))
		return;
	if (*cr & CR_PG)
		flash_raise(block, PGSERR);
	else if (!all && flash_is_protected(flash, sector))
		flash_raise(block, WRPERR);
	else if (!flash_wipe(block, all ? 0 : sector, all ? part_sector_count(flash->part) : 1))
		flash_raise(block, all ? WRPERR : PGSERR);
	else
		flash_begin(block,
			scaled(block,
				all ? flash_erase_bank_us(flash) : flash_erase_us(flash, sector)),
			EOP);
}

static bool program(struct block *block, uint32_t addr, unsigned size, uint32_t value)
{
	const struct flash *flash = &block->soc->memory->flash;
	const uint8_t bytes[4] = { (uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
		(uint8_t)(value >> 24) };
	const unsigned want = parallelism(block) == 8 ? 4 : parallelism(block);

	if (!flash_holds(flash, addr))
		return false; /* F4 keeps its option bytes in OPTCR */
	if (!(block_get(block, CR) & CR_PG))
		flash_raise(block, PGSERR);
	else if (size != want) /* a double word comes as two words */
		flash_raise(block, PGPERR);
	else if (flash_is_protected(
			 flash, part_sector_of(flash->part, addr - flash->part->flash_base)))
		flash_raise(block, WRPERR);
	else {
		flash_burn(block, addr, bytes, size);
		/* Whatever the size: tprog is 16 us. */
		flash_begin(block, flash->part->times.program, EOP);
	}
	return true;
}

/* nWRP: a bit for each sector, 0 when protected. */
static void load(struct block *block)
{
	const struct flash *flash = &block->soc->memory->flash;
	uint32_t *const optcr = block_reg(block, OPTCR);

	for (uint32_t i = 0; i < 12; i++) {
		if (flash_is_protected(flash, i))
			*optcr &= ~BIT(16 + i);
	}
	if (flash->is_readout_protected)
		*optcr &= ~OPTCR_RDP;
}

/* OPTSTRT makes the register the option bytes (RM0090 3.9.10). */
static void option(struct block *block)
{
	struct memory *const memory = block->soc->memory;
	uint32_t *const optcr = block_reg(block, OPTCR);
	uint8_t *const bytes = flash_option_byte(block, OPTIONS);

	if (!(*optcr & OPTCR_OPTSTRT))
		return;
	*optcr &= ~OPTCR_OPTSTRT;
	bytes[0] = (uint8_t)*optcr;
	bytes[1] = (uint8_t)(*optcr >> 8);
	bytes[8] = (uint8_t)(*optcr >> 16);
	bytes[9] = (uint8_t)(*optcr >> 24);
	options_load(memory, false);
	flash_begin(block, flash_erase_us(&memory->flash, 0), EOP);
}

const struct flash_map flash_f4 = {
	.sr = SR,
	.cr = CR,
	.key = 0x04,
	.option_key = 0x08,
	.option_keys = { 0x08192A3B, 0x4C5D6E7F },
	.w1c = EOP | BIT(1) | WRPERR | PGAERR | PGPERR | PGSERR,
	.busy = BIT(16),
	.eop = EOP,
	.eopie = BIT(24),
	.errie = BIT(25),
	.lock = BIT(31),
	.eop_needs_ie = true,
	.option_reg = OPTCR,
	.option_bit = BIT(0),
	.load = load,
	.option = option,
	.command = command,
	.program = program,
};
