/* SPDX-License-Identifier: MIT */
/* chip.c - the table of parts and the geometry of their flash. */
#include "protocol/chip.h"

#include <assert.h>

static const struct chip chips[] = {
#include "protocol/chips.inc"
};
#define CHIP_COUNT (sizeof(chips) / sizeof(*chips))

const struct chip *chip_at(size_t i)
{
	return i < CHIP_COUNT ? &chips[i] : NULL;
}

const struct chip *chip_find(uint32_t product_id)
{
	for (size_t i = 0; i < CHIP_COUNT; i++) {
		if (chips[i].product_id == product_id)
			return &chips[i];
	}
	return NULL;
}

bool chip_is_programmable(const struct chip *chip)
{
	return chip->flash_bytes > 0;
}

/* Where a walk over the layout stands: the first sector of the run that follows. */
struct place {
	uint32_t number, offset;
};

uint32_t chip_sector_count(const struct chip *chip, uint32_t flash_bytes)
{
	struct place at = { 0, 0 };

	for (size_t i = 0; i < CHIP_MAX_RUNS && chip->runs[i].count; i++) {
		const struct chip_run run = chip->runs[i];

		if (flash_bytes - at.offset <= run.count * run.size)
			return at.number + (flash_bytes - at.offset + run.size - 1) / run.size;
		at.number += run.count;
		at.offset += run.count * run.size;
	}
	return at.number;
}

struct sector chip_sector(const struct chip *chip, uint32_t number)
{
	struct place at = { 0, 0 };

	for (size_t i = 0; i < CHIP_MAX_RUNS && chip->runs[i].count; i++) {
		const struct chip_run run = chip->runs[i];

		if (number - at.number < run.count)
			return (struct sector){ number,
				chip->flash_base + at.offset + (number - at.number) * run.size,
				run.size };
		at.number += run.count;
		at.offset += run.count * run.size;
	}
	assert(!"a sector number past the layout");
	return (struct sector){ 0 };
}

bool chip_touches_hole(const struct chip *chip, uint32_t addr, uint64_t len)
{
	const uint64_t from = chip->flash_base + (uint64_t)chip->hole_at, to = from + chip->hole;

	return chip->hole && addr < to && addr + len > from;
}

bool chip_has_sector(const struct chip *chip, uint32_t number)
{
	const struct sector sector = chip_sector(chip, number);

	return !chip_touches_hole(chip, sector.addr, sector.len);
}

uint32_t chip_rom_number(const struct chip *chip, uint32_t number)
{
	return chip->skip && number >= chip->skip_from ? number + chip->skip : number;
}

bool chip_sector_at(
	const struct chip *chip, uint32_t flash_bytes, uint32_t addr, struct sector *sector)
{
	const uint32_t offset =
		addr - chip->flash_base; /* below the base this wraps to a large one */
	struct place at = { 0, 0 };

	if (offset >= flash_bytes || chip_touches_hole(chip, addr, 1))
		return false;
	for (size_t i = 0; i < CHIP_MAX_RUNS && chip->runs[i].count; i++) {
		const struct chip_run run = chip->runs[i];

		if (offset - at.offset < run.count * run.size) {
			const uint32_t index = (offset - at.offset) / run.size;

			*sector = (struct sector){ at.number + index,
				chip->flash_base + at.offset + index * run.size, run.size };
			return true;
		}
		at.number += run.count;
		at.offset += run.count * run.size;
	}
	return false;
}
