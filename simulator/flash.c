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

static bool is_set(const uint8_t *sectors, uint32_t sector)
{
	return sector < FLASH_MAX_SECTORS && sectors[sector / 8] >> (sector % 8) & 1;
}

bool flash_holds(const struct flash *flash, uint32_t addr)
{
	const struct part *part = flash->part;
	const uint32_t offset = addr - part->flash_base;

	return addr >= part->flash_base && offset < part->flash_bytes &&
		!(offset >= part->gap_at && offset - part->gap_at < part->gap);
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

static void settle(struct flash *flash)
{
	for (size_t i = 0; i < flash->stuck_count; i++) {
		const struct flash_stuck *stuck = &flash->stuck[i];
		uint8_t *const cell = &flash->cells[stuck->offset];

		*cell = (uint8_t)((*cell & ~stuck->mask) | stuck->value);
	}
}

void flash_cells_program(struct flash *flash, uint32_t offset, const uint8_t *data, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++) {
		if (flash->part->erased)
			flash->cells[offset + i] &= data[i];
		else
			flash->cells[offset + i] |= data[i];
	}
	settle(flash);
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
	if (flash_is_protected(flash, sector) || is_set(flash->lying_sectors, sector))
		return true;
	memset(flash->cells + offset, flash->part->erased, bytes);
	settle(flash);
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

void flash_erase_whole(struct flash *flash)
{
	memset(flash->cells, flash->part->erased, flash->part->flash_bytes);
	settle(flash);
}

void flash_tear(struct flash *flash, uint32_t offset, uint32_t bytes, uint64_t *random)
{
	for (uint32_t i = 0; i < bytes && offset + i < flash->part->flash_bytes; i++) {
		*random = *random * 6364136223846793005u + 1442695040888963407u;
		flash->cells[offset + i] ^= (uint8_t)(*random >> 40) & (uint8_t)(*random >> 48);
	}
	settle(flash);
}

void flash_stick(struct flash *flash, uint32_t addr, unsigned bit, unsigned value)
{
	if (!flash_holds(flash, addr) || flash->stuck_count == FLASH_MAX_STUCK)
		return;
	flash->stuck[flash->stuck_count++] = (struct flash_stuck){
		.offset = addr - flash->part->flash_base,
		.mask = (uint8_t)(1u << bit),
		.value = (uint8_t)(value << bit),
	};
	settle(flash);
}

void flash_lie(struct flash *flash, uint32_t sector)
{
	if (sector < FLASH_MAX_SECTORS)
		flash->lying_sectors[sector / 8] |= (uint8_t)(1 << (sector % 8));
}

void flash_heal(struct flash *flash)
{
	flash->stuck_count = 0;
	memset(flash->lying_sectors, 0, sizeof(flash->lying_sectors));
}

bool flash_is_protected(const struct flash *flash, uint32_t sector)
{
	return is_set(flash->protected_sectors, sector);
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
