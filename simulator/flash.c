/* SPDX-License-Identifier: MIT */
/* flash.c - flash cells: programming, erasing, protection, and how long they take. */
#include "simulator/flash.h"

#include <string.h>

void flash_init(struct flash *flash, const struct part *part, uint8_t *cells)
{
	*flash = (struct flash){ .part = part, .cells = cells };
}

void flash_reset(struct flash *flash)
{
	flash->is_poisoned = false;
	flash->is_fast = false;
}

bool flash_holds(const struct flash *flash, uint32_t addr)
{
	return addr >= flash->part->flash_base &&
		addr - flash->part->flash_base < flash->part->flash_bytes;
}

static bool is_blank(const struct flash *flash, uint32_t offset, uint32_t bytes)
{
	for (uint32_t i = 0; i < bytes; i++) {
		if (flash->cells[offset + i] != flash->part->erased)
			return false;
	}
	return true;
}

bool flash_is_empty(const struct flash *flash)
{
	return is_blank(flash, 0, 4);
}

void flash_cells_program(struct flash *flash, uint32_t offset, const uint8_t *data, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++) {
		if (flash->part->erased)
			flash->cells[offset + i] &= data[i];
		else
			flash->cells[offset + i] |= data[i];
	}
}

/* One program word. */
static bool program_word(struct flash *flash, uint32_t offset, const uint8_t *data)
{
	const struct part *part = flash->part;

	if (flash_is_protected(flash, part_sector_of(part, offset)))
		return true;
	if (part->words_once && !is_blank(flash, offset, part->write_align))
		return false;
	flash_cells_program(flash, offset, data, part->write_align);
	return true;
}

bool flash_program(struct flash *flash, uint32_t addr, struct span data)
{
	const uint32_t align = flash->part->write_align;
	const uint32_t offset = addr - flash->part->flash_base;

	if (offset % align || data.len % align)
		flash->is_poisoned = true;
	if (flash->is_poisoned || offset > flash->part->flash_bytes ||
		data.len > flash->part->flash_bytes - offset)
		return false;
	for (size_t i = 0; i < data.len; i += align) {
		if (!program_word(flash, offset + (uint32_t)i, data.ptr + i))
			return false;
	}
	return true;
}

uint32_t flash_program_us(const struct flash *flash, size_t bytes)
{
	const struct part_times *times = &flash->part->times;
	uint32_t us = (uint32_t)((bytes + times->program_bytes - 1) / times->program_bytes) *
		times->program;

	/* Byte by byte until 32-bit programming is chosen: each byte takes as long as a word. */
	return times->slow_factor && !flash->is_fast ? us * times->program_bytes : us;
}

bool flash_erase(struct flash *flash, uint32_t sector)
{
	uint32_t offset, bytes;

	if (!part_sector(flash->part, sector, &offset, &bytes))
		return false;
	if (!flash_is_protected(flash, sector))
		memset(flash->cells + offset, flash->part->erased, bytes);
	return true;
}

static uint32_t slowed(const struct flash *flash, uint32_t us)
{
	const uint32_t factor = flash->part->times.slow_factor;

	return factor && !flash->is_fast ? us * factor : us;
}

uint32_t flash_erase_us(const struct flash *flash, uint32_t sector)
{
	const struct part_times *times = &flash->part->times;
	uint32_t offset, bytes;

	if (!part_sector(flash->part, sector, &offset, &bytes))
		return 0;
	if (bytes <= 16 * KIB)
		return slowed(flash, times->erase_small);
	return slowed(flash, bytes <= 64 * KIB ? times->erase_medium : times->erase_large);
}

bool flash_erase_bank(struct flash *flash, uint32_t first, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		if (flash_is_protected(flash, first + i))
			return false;
	}
	for (uint32_t i = 0; i < count; i++)
		flash_erase(flash, first + i);
	return true;
}

uint32_t flash_erase_bank_us(const struct flash *flash)
{
	return slowed(flash, flash->part->times.erase_mass);
}

bool flash_is_protected(const struct flash *flash, uint32_t sector)
{
	return sector < FLASH_MAX_SECTORS &&
		flash->protected_sectors[sector / 8] >> (sector % 8) & 1;
}

void flash_protect(struct flash *flash, uint32_t sector, bool on)
{
	const uint8_t bit = (uint8_t)(1 << (sector % 8));

	if (sector >= part_sector_count(flash->part))
		return;
	if (on)
		flash->protected_sectors[sector / 8] |= bit;
	else
		flash->protected_sectors[sector / 8] &= (uint8_t)~bit;
}

void flash_unprotect_all(struct flash *flash)
{
	memset(flash->protected_sectors, 0, sizeof(flash->protected_sectors));
}
