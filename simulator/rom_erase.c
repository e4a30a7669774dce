/* SPDX-License-Identifier: MIT */
/* rom_erase.c - Erase and Extended Erase (docs/facts/an3155.md 4). */
#include "simulator/rom_internal.h"

/* Q8: the longest list where there is a limit. */
enum { ERASE_LIMIT = 512 };

/* 0x43 and 0x44: all sectors, or one bank's. When it is cut short, all of them are torn. */
static void erase_bank(struct rom *rom, struct rom_reply *reply, uint32_t first, uint32_t count)
{
	struct flash *flash = &rom->memory->flash;
	const uint32_t whole_us = flash_erase_bank_us(flash);
	const bool is_early = first && rom_has(rom, SIM_EARLY_BANK2_ACK);
	uint32_t offset, bytes;

	if (rom->hit.is_refused || !flash_erase_bank(flash, first, count)) {
		rom_finish(rom, reply, NACK);
		return;
	}
	rom->erases++;
	for (uint32_t i = 0; rom_work_us(rom) < whole_us && i < count; i++) {
		if (part_sector(flash->part, first + i, &offset, &bytes))
			flash_tear(flash, offset, bytes, &rom->hit.random);
	}
	if (is_early)
		rom_finish_early(rom, reply, whole_us);
	else
		rom_finish_busy(rom, reply, whole_us, true);
}

/* Bank 2 of some parts begins with a number of its own; those between name nothing. */
static uint32_t sector_of_number(const struct part *part, uint32_t number)
{
	if (!part->bank2_number || number < part->bank2_sector)
		return number;
	return number < part->bank2_number ? UINT32_MAX
					   : number - part->bank2_number + part->bank2_sector;
}

/* A number that does not exist or a protected sector: "errors are not managed". */
static void erase_one(struct rom *rom, uint32_t number, uint32_t *busy_us)
{
	struct flash *flash = &rom->memory->flash;
	const uint32_t sector = sector_of_number(flash->part, number);
	const uint32_t work_us = rom_work_us(rom), sector_us = flash_erase_us(flash, sector);
	uint32_t offset, bytes;

	if (*busy_us >= work_us || !flash_erase(flash, sector) || flash_is_protected(flash, sector))
		return;
	if (work_us - *busy_us < sector_us && part_sector(flash->part, sector, &offset, &bytes))
		flash_tear(flash, offset, bytes, &rom->hit.random);
	*busy_us += sector_us;
}

static void finish_pages(struct rom *rom, struct rom_reply *reply, size_t count, uint32_t busy_us)
{
	rom->erases++;
	if (count > 1 && rom_has(rom, SIM_EARLY_ERASE_ACK))
		rom_finish_early(rom, reply, busy_us);
	else
		rom_finish_busy(rom, reply, busy_us, true);
}

static void on_erase_pages(struct rom *rom, struct rom_reply *reply)
{
	uint32_t busy_us = 0;

	if (rom->check || rom->hit.is_refused) {
		rom_finish(rom, reply, NACK);
		return;
	}
	for (size_t i = 0; i <= rom->block[0]; i++)
		erase_one(rom, rom->block[1 + i], &busy_us);
	finish_pages(rom, reply, rom->block[0] + 1u, busy_us);
}

/* FF 00 erases all; FF and anything else is ACKed and erases nothing. */
static void on_erase_all(struct rom *rom, struct rom_reply *reply)
{
	if (rom->block[1] == 0x00 && !rom_has(rom, SIM_NO_MASS_ERASE))
		erase_bank(rom, reply, 0, part_sector_count(rom->memory->part));
	else if (rom->block[1] && rom_has(rom, SIM_FF_NONZERO_ACK))
		rom_finish(rom, reply, ACK);
	else
		rom_finish(rom, reply, NACK);
}

void rom_on_erase_count(struct rom *rom, struct rom_reply *reply)
{
	(void)reply;
	if (rom->block[0] == 0xFF)
		rom_extend(rom, 1, on_erase_all);
	else
		rom_extend(rom, rom->block[0] + 2u, on_erase_pages);
}

/* 0x44 */
static void on_extended_special(struct rom *rom, struct rom_reply *reply)
{
	const uint32_t bank2 =
		rom_has(rom, SIM_NO_BANK_ERASE) ? 0 : rom->memory->part->bank2_sector;
	const uint32_t count = part_sector_count(rom->memory->part);
	const uint16_t code = rom->check == 0 ? get_be16(rom->block) : 0;

	if (code == 0xFFFF && !rom_has(rom, SIM_NO_MASS_ERASE))
		erase_bank(rom, reply, 0, count);
	else if (code == 0xFFFE && bank2)
		erase_bank(rom, reply, 0, bank2);
	else if (code == 0xFFFD && bank2)
		erase_bank(rom, reply, bank2, count - bank2);
	else
		rom_finish(rom, reply, NACK);
}

static void on_extended_pages(struct rom *rom, struct rom_reply *reply)
{
	const size_t count = get_be16(rom->block) + 1u;
	uint32_t busy_us = 0;

	if (rom->check || rom->hit.is_refused ||
		(rom_has(rom, SIM_ERASE_LIMIT) && count > ERASE_LIMIT)) {
		rom_finish(rom, reply, NACK);
		return;
	}
	/* Beyond its buffer the ROM swallows page numbers in silence. */
	for (size_t i = 0; i < count && 2 * i + 4 < ROM_BLOCK_MAX; i++)
		erase_one(rom, get_be16(rom->block + 2 + 2 * i), &busy_us);
	finish_pages(rom, reply, count, busy_us);
}

void rom_on_extended_count(struct rom *rom, struct rom_reply *reply)
{
	const uint16_t n = get_be16(rom->block);

	(void)reply;
	if (n >= 0xFFF0)
		rom_extend(rom, 1, on_extended_special);
	else
		rom_extend(rom, 2 * (n + 1u) + 1, on_extended_pages);
}
