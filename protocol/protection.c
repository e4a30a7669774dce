/* SPDX-License-Identifier: MIT */
/* protection.c - how the families keep their protection in their option bytes. */
#include "protocol/protection.h"

#include <assert.h>
#include <string.h>

enum { NONE = -1, BANK2_LEN = 16, RANGES = 2, RANGE_AT = 0x18, RANGE_STRIDE = 8 };

/*
 * A bit for each protection unit from wrp_at on, in pieces of `data` bytes that lie `stride` apart;
 * or ranges of sectors. complement: so many bytes, then as many that are their complement.
 */
struct layout {
	const char *family;
	uint32_t product_id; /* 0: all of the family */
	uint8_t readout_at, key;
	bool has_level2;
	uint8_t complement;
	bool has_ranges;
	uint8_t wrp_at, data, stride;
	uint32_t units;
	bool when_set;     /* a bit that is set protects; else one that is clear */
	bool last_is_rest; /* the last bit stands for all sectors that follow, too */
	int mode_at;       /* the byte with the bit that makes them PCROP bits instead */
	uint8_t mode_bit;
	uint32_t bank2; /* where the bits of the units that follow are; 0: nowhere */
};

/* Rows for one part stand before those of its family. */
static const struct layout layouts[] = {
	/* RM0091, RM0360 3.5.4; RM0316 4.5; RM0008's flash manual PM0075 2.5: WRP0 to WRP3 */
	{ "F0", 0, 0, 0xAA, true, 1, false, 8, 1, 2, 32, false, true, NONE, 0, 0 },
	{ "F3", 0, 0, 0xAA, true, 1, false, 8, 1, 2, 32, false, true, NONE, 0, 0 },
	{ "F1", 0, 0, 0xA5, false, 1, false, 8, 1, 2, 32, false, true, NONE, 0, 0 },
	/* RM0033 2.6.1, RM0090 3.9.1: nWRP0 to 11 at 8; no SPRMOD on F2 and F405/407 */
	{ "F2", 0, 1, 0xAA, true, 0, false, 8, 2, 2, 12, false, false, NONE, 0, 0 },
	{ "F4", 0x413, 1, 0xAA, true, 0, false, 8, 2, 2, 12, false, false, NONE, 0, 0 },
	/* RM0090 table 20, RM0386: bank 2 has a second area; bit 15 is SPRMOD */
	{ "F4", 0x419, 1, 0xAA, true, 0, false, 8, 2, 2, 12, false, false, 9, 0x80, 0x1FFEC000 },
	{ "F4", 0x434, 1, 0xAA, true, 0, false, 8, 2, 2, 12, false, false, 9, 0x80, 0x1FFEC000 },
	/* RM0368, RM0383, RM0390, RM0402, RM0430 */
	{ "F4", 0, 1, 0xAA, true, 0, false, 8, 2, 2, 12, false, false, 9, 0x80, 0 },
	/* RM0385, RM0431 3.4.1: nWRP0 to 7 at 8. F76x: what they mean hangs on nDBANK. */
	{ "F7", 0x449, 1, 0xAA, true, 0, false, 8, 1, 1, 8, false, false, NONE, 0, 0 },
	{ "F7", 0x452, 1, 0xAA, true, 0, false, 8, 1, 1, 8, false, false, NONE, 0, 0 },
	/* RM0038 3.7, RM0367, RM0376, RM0377 3.4: WRPROT from 8 on, SPRMOD/WPRMOD in byte 1 */
	{ "L0", 0, 0, 0xAA, true, 2, false, 8, 2, 4, 256, true, false, 1, 0x01, 0 },
	{ "L1", 0, 0, 0xAA, true, 2, false, 8, 2, 4, 256, true, false, 1, 0x01, 0 },
	/* RM0351 3.4, RM0394, RM0444, RM0454, RM0440, RM0490, RM0434, RM0453: WRP1A and WRP1B */
	{ "L4", 0, 0, 0xAA, true, 4, true, 0, 0, 0, 0, false, false, NONE, 0, 0 },
	{ "L4+", 0, 0, 0xAA, true, 4, true, 0, 0, 0, 0, false, false, NONE, 0, 0 },
	{ "G0", 0, 0, 0xAA, true, 4, true, 0, 0, 0, 0, false, false, NONE, 0, 0 },
	{ "G4", 0, 0, 0xAA, true, 4, true, 0, 0, 0, 0, false, false, NONE, 0, 0 },
	{ "C0", 0, 0, 0xAA, true, 4, true, 0, 0, 0, 0, false, false, NONE, 0, 0 },
	{ "WB", 0, 0, 0xAA, true, 4, true, 0, 0, 0, 0, false, false, NONE, 0, 0 },
	{ "WL", 0, 0, 0xAA, true, 4, true, 0, 0, 0, 0, false, false, NONE, 0, 0 },
};

static const struct layout *layout_of(const struct chip *chip)
{
	if (!chip || !chip->option_bytes || chip->traits & CHIP_OPTION_REGISTERS)
		return NULL;
	for (size_t i = 0; i < sizeof(layouts) / sizeof(*layouts); i++) {
		if (!strcmp(layouts[i].family, chip->family) &&
			(!layouts[i].product_id || layouts[i].product_id == chip->product_id))
			return &layouts[i];
	}
	return NULL;
}

bool protection_has_layout(const struct chip *chip)
{
	return layout_of(chip) != NULL;
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
	const struct layout *layout, uint32_t unit, struct span bytes, struct span bank2)
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
static bool is_unit_held(const struct layout *layout, uint32_t unit, const uint8_t *byte)
{
	const uint32_t bit = unit % layout->units % 8;

	if (layout->complement && (byte[0] ^ byte[layout->complement]) != 0xFF)
		return false;
	return (byte[0] >> bit & 1) == layout->when_set;
}

static void decode_units(struct protection *protection, const struct layout *layout,
	const struct chip *chip, uint32_t count, struct span bytes, struct span bank2)
{
	const uint32_t per_unit = chip->sectors_per_protection ? chip->sectors_per_protection : 1;
	bool is_held = false;

	for (uint32_t sector = 0; sector < count; sector++) {
		const uint32_t unit = sector / per_unit;
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

static unsigned level_of(const struct layout *layout, uint8_t readout)
{
	if (readout == layout->key)
		return 0;
	return layout->has_level2 && readout == 0xCC ? 2 : 1;
}

void protection_decode(struct protection *protection, const struct device *device,
	struct span bytes, struct span bank2)
{
	const struct chip *chip = device->chip;
	const struct layout *layout = layout_of(chip);
	uint32_t count;

	*protection = (struct protection){ 0 };
	if (!layout || bytes.len < 16)
		return;
	count = chip_sector_count(chip, device->flash_bytes);
	protection->is_known = true;
	protection->readout = level_of(layout, bytes.ptr[layout->readout_at]);
	if (layout->mode_at != NONE && bytes.ptr[layout->mode_at] & layout->mode_bit)
		return;
	if (layout->has_ranges)
		decode_ranges(protection, chip->banks > 1 ? count / chip->banks : count, bytes);
	else
		decode_units(protection, layout, chip, count, bytes, bank2);
}

static bool is_refusal(enum err e)
{
	return e == ERR_NACK || e == ERR_RANGE || e == ERR_READ_PROTECTED || e == ERR_UNSUPPORTED;
}

/* *got stays 0 where the part refuses. */
static enum err read_area(struct boot *boot, struct mend *mend, uint32_t addr, uint8_t *out,
	size_t len, size_t *got, struct why *why)
{
	enum err e;

	do {
		struct why last = { 0 };

		e = boot_read_exact(boot, addr, out, len, &last);
		if (!e)
			*got = len;
		if (!e && mend)
			mend_progress(mend);
		if (!e || is_refusal(e))
			return ERR_OK;
		if (mend && mend_is_for(e))
			e = mend_session(mend, boot, &last, &last);
		if (e && why)
			*why = last;
	} while (!e);
	return e;
}

enum err protection_read(
	struct protection *protection, struct boot *boot, struct mend *mend, struct why *why)
{
	const struct chip *chip = boot->device.chip;
	const struct layout *layout = layout_of(chip);
	uint8_t bytes[OPTION_BYTES_MAX], bank2[BANK2_LEN];
	size_t got = 0, got2 = 0;
	enum err e;

	*protection = (struct protection){ 0 };
	if (!layout || boot->device.readout_protected)
		return ERR_OK;
	assert(chip->option_bytes_len <= sizeof(bytes));
	e = read_area(boot, mend, chip->option_bytes, bytes, chip->option_bytes_len, &got, why);
	if (!e && got && layout->bank2 && boot->device.flash_bytes > MIB)
		e = read_area(boot, mend, layout->bank2, bank2, sizeof(bank2), &got2, why);
	if (!e && got)
		protection_decode(protection, &boot->device, (struct span){ bytes, got },
			(struct span){ bank2, got2 });
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
