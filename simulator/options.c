/* SPDX-License-Identifier: MIT */
/* options.c - protection in option bytes. */
#include "simulator/options.h"

#include <string.h>

enum { NONE = -1, UNITS_MAX = 256, L4_RANGES = 2 };

/*
 * Where a layout keeps what: the readout key, and for units a bit each from wrp_at on, in pieces of
 * `data` bytes that lie `stride` apart. inverse: how far behind a byte its complement is. mode: the
 * bit that would make them read protection of code, SPRMOD, which is clear in a fresh part.
 */
static const struct layout {
	int readout_at;
	uint8_t key;
	int inverse;
	uint32_t wrp_at, data, stride, units;
	bool protects_when_set;
	int mode_at;
	uint8_t mode;
} layouts[] = {
	[OPTIONS_REGISTERS] = { NONE, 0, NONE, 0, 1, 1, 0, false, NONE, 0 },
	[OPTIONS_F1] = { 0, 0xA5, 1, 8, 1, 2, 32, false, NONE, 0 },
	[OPTIONS_F0] = { 0, 0xAA, 1, 8, 1, 2, 32, false, NONE, 0 },
	[OPTIONS_F4] = { 1, 0xAA, NONE, 8, 2, 2, 12, false, 9, 0x80 },
	[OPTIONS_L1] = { 0, 0xAA, 2, 8, 2, 4, UNITS_MAX, true, 1, 0x01 },
	[OPTIONS_L4] = { 0, 0xAA, NONE, 0x18, 1, 8, 0, false, NONE, 0 }, /* ranges, not bits */
};

static const struct layout *layout_of(const struct memory *memory)
{
	return &layouts[memory->part->options];
}

/* The nth area of option bytes; NULL: there is none. */
static uint8_t *area_of(const struct memory *memory, unsigned n, uint32_t *size)
{
	for (int i = 0; i < PART_AREAS; i++) {
		if (memory->part->areas[i].kind == AREA_OPTIONS && n-- == 0) {
			*size = memory->part->areas[i].size;
			return memory->bytes[i];
		}
	}
	return NULL;
}

/* The byte with a unit's bit; NULL: it has none. On F42x the second bank has an area of its own. */
static uint8_t *unit_byte(const struct memory *memory, uint32_t unit, uint8_t *bit)
{
	const struct layout *layout = layout_of(memory);
	const uint32_t bank = layout->units ? unit / layout->units : 0;
	const uint32_t n = layout->units ? unit % layout->units : 0;
	const uint32_t at =
		layout->wrp_at + n / 8 / layout->data * layout->stride + n / 8 % layout->data;
	uint32_t size;
	uint8_t *const bytes = area_of(memory, bank, &size);

	*bit = (uint8_t)(1 << n % 8);
	return layout->units && bytes && at < size ? bytes + at : NULL;
}

/* Writes a byte and, where there is one, its complement. */
static void put(const struct memory *memory, uint8_t *at, uint8_t value)
{
	const int inverse = layout_of(memory)->inverse;

	*at = value;
	if (inverse != NONE)
		at[inverse] = (uint8_t)~value;
}

static void put_unit(const struct memory *memory, uint32_t unit, bool on)
{
	uint8_t bit;
	uint8_t *const byte = unit_byte(memory, unit, &bit);

	if (byte)
		put(memory, byte,
			on == layout_of(memory)->protects_when_set ? *byte | bit
								   : *byte & (uint8_t)~bit);
}

static uint32_t unit_count(const struct memory *memory)
{
	return part_sector_count(memory->part) / memory->part->protect_sectors;
}

static void protect_unit(struct memory *memory, uint32_t unit, bool on)
{
	const uint32_t sectors = memory->part->protect_sectors;

	for (uint32_t s = 0; s < sectors; s++)
		flash_protect(&memory->flash, unit * sectors + s, on);
}

/* RM0351, WRP1A and WRP1B: from the first byte's page to the third's; none when it lies behind. */
static uint8_t *range(const struct memory *memory, unsigned n)
{
	uint32_t size;
	uint8_t *const bytes = area_of(memory, 0, &size);

	return bytes + layouts[OPTIONS_L4].wrp_at + n * layouts[OPTIONS_L4].stride;
}

/* Pages that a range of bank 1 can name. */
static uint32_t range_units(const struct memory *memory)
{
	const uint32_t count = unit_count(memory), bank2 = memory->part->bank2_sector;
	const uint32_t units = bank2 && bank2 < count ? bank2 : count;

	return units < UNITS_MAX ? units : UNITS_MAX;
}

/* More than two runs of pages: the second range goes on to the last. */
static void put_ranges(const struct memory *memory, const uint8_t wanted[UNITS_MAX])
{
	const uint32_t units = range_units(memory);
	unsigned n = 0;

	for (unsigned i = 0; i < L4_RANGES; i++) {
		range(memory, i)[0] = 0xFF;
		range(memory, i)[2] = 0x00;
	}
	for (uint32_t unit = 0; unit < units; unit++) {
		if (!wanted[unit])
			continue;
		if (!unit || !wanted[unit - 1])
			n++;
		uint8_t *const bytes = range(memory, n > L4_RANGES ? L4_RANGES - 1 : n - 1);

		if (bytes[0] > bytes[2])
			bytes[0] = (uint8_t)unit;
		bytes[2] = (uint8_t)unit;
	}
}

static void load_ranges(struct memory *memory)
{
	for (uint32_t unit = 0; unit < range_units(memory); unit++) {
		const uint8_t *const a = range(memory, 0), *const b = range(memory, 1);

		protect_unit(memory, unit,
			(unit >= a[0] && unit <= a[2]) || (unit >= b[0] && unit <= b[2]));
	}
}

/* A byte that does not fit its complement counts as erased. */
static void load_units(struct memory *memory)
{
	const struct layout *layout = layout_of(memory);
	bool is_last_protected = false;

	for (uint32_t unit = 0; unit < unit_count(memory); unit++) {
		uint8_t bit;
		const uint8_t *const byte = unit_byte(memory, unit, &bit);

		if (byte) {
			const bool is_valid = layout->inverse == NONE ||
				(byte[0] ^ byte[layout->inverse]) == 0xFF;

			is_last_protected =
				is_valid && !!(*byte & bit) == layout->protects_when_set;
			protect_unit(memory, unit, is_last_protected);
		} else if (memory->part->options <= OPTIONS_F0 && layout->units) {
			/* RM0008: the last bit stands for all that follows. */
			protect_unit(memory, unit, is_last_protected);
		}
	}
}

static bool says_protected(const struct memory *memory)
{
	const struct layout *layout = layout_of(memory);
	uint32_t size;
	const uint8_t *const byte = area_of(memory, 0, &size) + layout->readout_at;

	return *byte != layout->key ||
		(layout->inverse != NONE && (byte[0] ^ byte[layout->inverse]) != 0xFF);
}

void options_load(struct memory *memory, bool is_power_on)
{
	struct flash *flash = &memory->flash;
	const bool waits = flash->is_unprotecting && !is_power_on;

	flash->is_unprotecting = waits;
	if (layout_of(memory)->readout_at != NONE)
		flash->is_readout_protected = waits || says_protected(memory);
	else if (flash->wants_readout_protection != flash->is_readout_protected && !waits)
		flash->is_readout_protected = flash->wants_readout_protection;
	if (memory->part->options == OPTIONS_L4)
		load_ranges(memory);
	else
		load_units(memory);
}

void options_protect_readout(struct memory *memory, bool on)
{
	const struct layout *layout = layout_of(memory);
	uint32_t size;
	uint8_t *const bytes = area_of(memory, 0, &size);

	memory->flash.wants_readout_protection = on;
	if (layout->readout_at != NONE)
		put(memory, bytes + layout->readout_at, on ? 0x00 : layout->key);
}

void options_protect_units(struct memory *memory, const uint8_t *units, size_t count)
{
	uint8_t wanted[UNITS_MAX] = { 0 };
	uint8_t bit;

	for (size_t i = 0; i < count; i++)
		wanted[units[i]] = 1;
	if (memory->part->options == OPTIONS_L4)
		put_ranges(memory, wanted);
	for (uint32_t unit = 0; unit < unit_count(memory); unit++) {
		const bool on = unit < UNITS_MAX && wanted[unit];

		if (memory->part->options == OPTIONS_L4 && unit < range_units(memory))
			continue;
		if (unit_byte(memory, unit, &bit))
			put_unit(memory, unit, on);
		else
			protect_unit(memory, unit, on);
	}
}

void options_set_unit(struct memory *memory, uint32_t unit, bool on)
{
	uint8_t units[UNITS_MAX];
	size_t count = 0;

	for (uint32_t i = 0; i < unit_count(memory) && i < UNITS_MAX; i++) {
		const uint32_t first = i * memory->part->protect_sectors;

		if (i == unit ? on : flash_is_protected(&memory->flash, first))
			units[count++] = (uint8_t)i;
	}
	options_protect_units(memory, units, count);
	options_load(memory, false);
}

void options_init(struct memory *memory)
{
	const struct layout *layout = layout_of(memory);
	uint32_t size;
	uint8_t *const bytes = area_of(memory, 0, &size);

	if (layout->mode_at != NONE)
		put(memory, bytes + layout->mode_at,
			bytes[layout->mode_at] & (uint8_t)~layout->mode);
	for (uint32_t unit = 0; unit < unit_count(memory); unit++)
		put_unit(memory, unit, false);
	if (memory->part->options == OPTIONS_L4)
		put_ranges(memory, (const uint8_t[UNITS_MAX]){ 0 });
	if (layout->readout_at != NONE)
		options_protect_readout(memory, false);
	options_load(memory, true);
}
