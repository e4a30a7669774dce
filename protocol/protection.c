/* SPDX-License-Identifier: MIT */
/* protection.c - what option bytes say of protection. */
#include "protocol/protection.h"

#include "protocol/option_layout.h"

#include <string.h>

enum { RANGES = 2, RANGE_AT = 0x18, RANGE_STRIDE = 8 };

bool protection_has_layout(const struct chip *chip)
{
	return option_layout_of(chip) != NULL;
}

bool protection_tells(const struct protection *protection, uint32_t sector)
{
	return protection->is_known && sector < protection->told_sectors;
}

bool protection_holds(const struct protection *protection, uint32_t sector)
{
	return protection_tells(protection, sector) &&
		(protection->sectors[sector / 8] >> sector % 8 & 1);
}

static void hold(struct protection *protection, uint32_t sector)
{
	protection->sectors[sector / 8] |= (uint8_t)(1u << sector % 8);
}

/* The byte with a unit's bit; NULL: there is none. */
static const uint8_t *unit_byte(
	const struct option_layout *layout, uint32_t unit, struct span bytes, struct span bank2)
{
	const bool is_second = unit >= layout->units;
	const uint32_t n = (unit - (is_second ? layout->units : 0)) / 8;
	const uint32_t at = layout->wrp_at + n / layout->data * layout->stride + n % layout->data;
	const struct span area = is_second ? bank2 : bytes;

	if (unit >= 2 * layout->units || (is_second && !layout->bank2))
		return NULL;
	return at + layout->complement < area.len ? area.ptr + at : NULL;
}

/* A byte that does not fit its complement is loaded as an erased one: it protects nothing. */
static bool is_unit_held(const struct option_layout *layout, uint32_t unit, const uint8_t *byte)
{
	const uint32_t bit = unit % layout->units % 8;

	if (layout->complement && (byte[0] ^ byte[layout->complement]) != 0xFF)
		return false;
	return (byte[0] >> bit & 1) == layout->when_set;
}

static void decode_units(struct protection *protection, const struct option_layout *layout,
	const struct chip *chip, uint32_t count, struct span bytes, struct span bank2)
{
	const uint32_t per_unit = chip->sectors_per_protection ? chip->sectors_per_protection : 1;
	bool is_held = false;

	for (uint32_t sector = 0; sector < count; sector++) {
		const uint32_t unit = chip_rom_number(chip, sector) / per_unit;
		const uint8_t *byte = unit_byte(layout, unit, bytes, bank2);

		if (byte)
			is_held = is_unit_held(layout, unit, byte);
		else if (!layout->last_is_rest)
			return;
		if (is_held)
			hold(protection, sector);
		protection->told_sectors = sector + 1;
	}
}

/* From the first byte's sector to the third's; none when it lies behind. Bank 1 only. */
static void decode_ranges(struct protection *protection, uint32_t count, struct span bytes)
{
	if (bytes.len < RANGE_AT + RANGE_STRIDE + 4)
		return;
	protection->told_sectors = count;
	for (size_t i = 0; i < RANGES; i++) {
		const uint8_t *const range = bytes.ptr + RANGE_AT + i * RANGE_STRIDE;

		for (uint32_t sector = range[0]; sector <= range[2] && sector < count; sector++)
			hold(protection, sector);
	}
}

void protection_decode(struct protection *protection, const struct device *device,
	const struct option_bytes *options)
{
	const struct span bytes = { options->bytes, options->len };
	const struct span bank2 = { options->bank2, options->bank2_len };
	const struct chip *chip = device->chip;
	const struct option_layout *layout = option_layout_of(chip);
	uint32_t count;

	*protection = (struct protection){ 0 };
	if (!layout || bytes.len < 16)
		return;
	count = chip_sector_count(chip, device->flash_bytes);
	protection->is_known = true;
	protection->readout = option_level(layout, bytes.ptr[layout->readout_at]);
	if (layout->mode_at != OPTION_NONE && bytes.ptr[layout->mode_at] & layout->mode_bit)
		return;
	if (layout->has_ranges)
		decode_ranges(protection, chip->banks > 1 ? count / chip->banks : count, bytes);
	else if (layout->units)
		decode_units(protection, layout, chip, count, bytes, bank2);
}

enum err protection_read(struct protection *protection, struct option_bytes *options,
	struct boot *boot, struct mend *mend, struct why *why)
{
	struct option_bytes read = { 0 };
	enum err e = ERR_OK;

	*protection = (struct protection){ 0 };
	if (protection_has_layout(boot->device.chip) && !boot->device.readout_protected)
		e = option_bytes_read(&read, boot, mend, why);
	if (e == ERR_NACK)
		e = ERR_OK;
	if (!e && read.len)
		protection_decode(protection, &boot->device, &read);
	if (options)
		*options = read;
	return e;
}

static bool is_change(const struct step *step)
{
	return step->kind == STEP_MASS_ERASE || step->kind == STEP_ERASE ||
		step->kind == STEP_WRITE;
}

static bool do_meet(const struct step *step, const struct sector *sector)
{
	return step->addr < sector->addr + (uint64_t)sector->len &&
		sector->addr < step->addr + (uint64_t)step->len;
}

enum err protection_check(
	const struct protection *protection, const struct plan *plan, struct why *why)
{
	for (uint32_t n = 0; plan->chip && n < protection->told_sectors; n++) {
		const struct sector sector = chip_sector(plan->chip, n);

		for (size_t i = 0; protection_holds(protection, n) && i < plan->count; i++) {
			if (is_change(&plan->steps[i]) && do_meet(&plan->steps[i], &sector))
				return why_at(why, ERR_WRITE_PROTECTED, sector.addr,
					"the option bytes protect this sector");
		}
	}
	return ERR_OK;
}
