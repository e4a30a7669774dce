/* SPDX-License-Identifier: MIT */
/* boot_erase.c - Erase and Extended Erase (docs/facts/an3155.md section 4, 0x43 and 0x44). */
#include "protocol/boot_internal.h"

/*
 * How long a sector of at most size bytes may take (section 7, with room for byte mode), and how
 * many go into one request: about half a second of them, after which one sees progress and may
 * cancel.
 */
static const struct {
	uint32_t size, ms, chunk;
} pace[] = {
	{ 512, 50, 128 },     /* L0, L1 */
	{ 8 * KIB, 250, 16 }, /* F0, F1, F3, G, L4, U5 ...: 20 to 40 ms each */
	{ 64 * KIB, 5000, 1 },
	{ UINT32_MAX, 10000, 1 },
};
enum { PAGE_PAUSE_MS = 40 }; /* Q14 */
enum { ERASE_MS = 5000, MASS_ERASE_MS = 60000, MASS_ERASE_MS_PER_MIB = 20000 };

static size_t pace_of(uint32_t size)
{
	size_t i = 0;

	while (size > pace[i].size)
		i++;
	return i;
}

uint32_t boot_erase_chunk(const struct boot *boot, uint32_t first, uint32_t count)
{
	const struct chip *chip = boot->device.chip;
	const uint32_t size = chip_sector(chip, first).len;
	uint32_t chunk = 1;

	if (boot->device.quirks & QUIRK_SINGLE_PAGE_ERASE)
		return 1;
	while (chunk < count && chunk < pace[pace_of(size)].chunk &&
		chip_sector(chip, first + chunk).len == size)
		chunk++;
	return chunk;
}

static uint32_t erase_ms(const struct chip *chip, uint32_t first, uint32_t count)
{
	uint32_t ms = ERASE_MS;

	for (uint32_t i = 0; i < count; i++)
		ms += pace[pace_of(chip_sector(chip, first + i).len)].ms;
	return ms;
}

/* ERR_UNSUPPORTED: neither command is there. */
static enum err pick_command(struct boot *boot, uint8_t *command, struct why *why)
{
	*command = device_has(&boot->device, COMMAND_EXTENDED_ERASE) ? COMMAND_EXTENDED_ERASE
								     : COMMAND_ERASE;
	return boot_check_command(boot, *command, why);
}

static enum err check_sectors(
	const struct boot *boot, uint8_t command, uint32_t first, uint32_t count, struct why *why)
{
	const struct chip *chip = boot->device.chip;
	const uint32_t limit = command == COMMAND_ERASE ? FRAME_MAX_ERASE : FRAME_MAX_EXTENDED;
	uint32_t sectors;

	if (!chip || !chip->flash_bytes)
		return why_set(why, ERR_UNKNOWN_PART, "the sectors of this part are not known");
	if (!count || count > limit)
		return why_set(why, ERR_ARGUMENT, "so many sectors do not fit one request");
	sectors = chip_sector_count(chip, boot->device.flash_bytes);
	if (first >= sectors || count > sectors - first)
		return why_set(why, ERR_RANGE, "the part has no such sector");
	for (uint32_t i = 0; i < count; i++) {
		if (!chip_has_sector(chip, first + i))
			return why_set(why, ERR_RANGE,
				"that sector is no flash: it lies between the banks");
	}
	if (command == COMMAND_ERASE && first + count > 256)
		return why_set(why, ERR_UNSUPPORTED, "this ROM cannot name sectors above 255");
	return ERR_OK;
}

/* The pair, then the list; only the list can change anything. */
static enum err erase(struct exchange *x, struct span list, uint32_t wait_ms)
{
	const enum err e = exchange_command(x);

	if (e)
		return e;
	x->boot->has_changed = true;
	return exchange_block(x, list, wait_ms, &meaning_data);
}

enum err boot_erase(struct boot *boot, uint32_t first, uint32_t count, struct why *why)
{
	struct exchange x = { .boot = boot, .why = why, .has_addr = true };
	uint8_t frame[FRAME_MAX];
	uint32_t number;
	size_t len;
	enum err e = pick_command(boot, &x.command, why);

	if (!e)
		e = check_sectors(boot, x.command, first, count, why);
	if (e)
		return e;
	x.addr = chip_sector(boot->device.chip, first).addr;
	number = chip_rom_number(boot->device.chip, first);
	len = x.command == COMMAND_ERASE ? frame_erase(frame, number, count)
					 : frame_extended_erase(frame, number, count);
	e = erase(&x, (struct span){ frame, len }, erase_ms(boot->device.chip, first, count));
	if (!e && boot->device.quirks & QUIRK_SINGLE_PAGE_ERASE)
		boot->wire.ops->pause(boot->wire.ctx, PAGE_PAUSE_MS);
	return e;
}

enum err boot_mass_erase(struct boot *boot, struct why *why)
{
	const struct chip *chip = boot->device.chip;
	const uint32_t mib = boot->device.flash_bytes / MIB;
	struct exchange x = { .boot = boot, .why = why };
	uint8_t frame[FRAME_MAX];
	size_t len;
	enum err e = pick_command(boot, &x.command, why);

	if (!e && chip && chip->traits & CHIP_NO_MASS_ERASE)
		e = why_set(why, ERR_UNSUPPORTED, "this part has no mass erase");
	if (e)
		return e;
	len = x.command == COMMAND_ERASE ? frame_erase_all(frame)
					 : frame_extended_erase_special(frame, EXTENDED_ERASE_MASS);
	return erase(&x, (struct span){ frame, len }, MASS_ERASE_MS + mib * MASS_ERASE_MS_PER_MIB);
}
