/* SPDX-License-Identifier: MIT */
/* ladder.c - the rates that a ROM is spoken to at (docs/facts/an3155.md 1, 2.1). */
#include "protocol/ladder.h"

#include <string.h>

enum {
	TESTED_BAUD = 115200, /* the highest that ST tested: section 1 */
	LOWEST_BAUD = 57600,  /* lower is never looked for: section 2.1, ST's advice is 56000 */
	SHORT_TRY_MS = 700,   /* a ROM that measured 7F wrong stays deaf: two 7F tell it */
	PROOF_BYTES = FRAME_MAX_DATA,
};

static const uint32_t rates[] = { 1000000, 921600, 460800, 230400, 115200, 57600, 38400, 19200,
	9600 };

/* F378's ROM runs at 8 MHz; F373 has the same product id (section 1). */
static const struct {
	uint32_t product_id, baud;
} part_limits[] = {
	{ 0x432, 57600 },
	{ 0x422, 115200 }, /* F358 looks the same, F303 does not: tried, and then lower */
};

/*
 * Hardware that measures without jitter: 921600. Software jitters by a time, so in proportion to
 * the rate: -3 % at 115200 is -6 % at 230400. As far up as it is no worse than what ST accepts of
 * F4 at 115200, -6 %; it is another at each try (section 2.1) [derived].
 */
static const struct {
	const char *family;
	uint32_t baud;
} family_limits[] = {
	{ "F1", 230400 },
	{ "L1", 230400 },
	{ "F3", 230400 },
	{ "L0", 230400 },
	{ "F0", 460800 },
	{ "C0", 921600 },
	{ "C5", 921600 },
	{ "G0", 921600 },
	{ "G4", 921600 },
	{ "H5", 921600 },
	{ "H7", 921600 },
	{ "L5", 921600 },
	{ "U0", 921600 },
	{ "U3", 921600 },
	{ "U5", 921600 },
	{ "WB", 921600 },
	{ "WBA", 921600 },
	{ "WL", 921600 },
};

uint32_t ladder_limit(const struct chip *chip)
{
	if (!chip || chip->traits & CHIP_NO_PARITY)
		return TESTED_BAUD;
	for (size_t i = 0; i < sizeof(part_limits) / sizeof(*part_limits); i++) {
		if (part_limits[i].product_id == chip->product_id)
			return part_limits[i].baud;
	}
	for (size_t i = 0; i < sizeof(family_limits) / sizeof(*family_limits); i++) {
		if (!strcmp(family_limits[i].family, chip->family))
			return family_limits[i].baud;
	}
	return TESTED_BAUD;
}

uint32_t ladder_below(uint32_t baud)
{
	for (size_t i = 0; i < sizeof(rates) / sizeof(*rates); i++) {
		if (rates[i] < baud)
			return rates[i];
	}
	return 0;
}

/* Erased flash is all ones, which any rate reads well; the ROM itself is not. */
static uint32_t proof_addr(const struct device *device)
{
	const struct chip *chip = device->chip;

	return device->was_blank && chip->system_memory ? chip->system_memory : chip->flash_base;
}

/* A block, twice the same, and nothing repeated on the way. */
static enum err prove(struct boot *boot, unsigned retries, struct why *why)
{
	const struct device *device = &boot->device;
	uint8_t first[PROOF_BYTES], second[PROOF_BYTES];
	enum err e = ERR_OK;

	if (device->chip && !device->readout_protected && device_has(device, COMMAND_READ_MEMORY)) {
		const uint32_t addr = proof_addr(device);

		e = boot_read(boot, addr, first, sizeof(first), why);
		if (!e)
			e = boot_read(boot, addr, second, sizeof(second), why);
		if (e == ERR_NACK || e == ERR_RANGE)
			return ERR_OK;
		if (!e && memcmp(first, second, sizeof(first)) != 0)
			e = ERR_REPLY;
	}
	if (!e && boot->retries != retries)
		e = ERR_REPLY;
	return e ? why_set(why, e, "this rate is too high for the board or its adapter") : ERR_OK;
}

/* What one try must not change. */
struct start {
	uint32_t wait_ms;
	bool may_burst;
};

/* Above what ST tested a try is short, and must prove itself. */
static enum err attempt(
	struct boot *boot, const struct start *start, uint32_t baud, struct why *why)
{
	const bool is_daring = baud > TESTED_BAUD;
	const unsigned retries = boot->retries;
	struct why last = { 0 };
	enum err e;

	boot->options.settings.baud = baud;
	boot->options.may_burst = start->may_burst;
	if (is_daring && start->wait_ms > SHORT_TRY_MS)
		boot->control.wait_ms = SHORT_TRY_MS;
	boot->options.is_trial = is_daring;
	e = boot_connect(boot, &last);
	boot->options.is_trial = false;
	boot->control.wait_ms = start->wait_ms;
	if (!e && is_daring) {
		e = prove(boot, retries, &last);
		boot->is_connected &= !e;
	}
	if (e && why) {
		last.stage = why->stage;
		*why = last;
	}
	return e;
}

static bool may_help(enum err e, uint32_t baud)
{
	return e == ERR_TIMEOUT || e == ERR_REPLY || e == ERR_NACK ||
		(e == ERR_UNSUPPORTED && baud > TESTED_BAUD);
}

/* From that rate down to the first that works. What the last try met is told. */
static enum err descend(
	struct boot *boot, const struct start *start, uint32_t from, struct why *why)
{
	uint32_t baud = from;
	enum err e = attempt(boot, start, baud, why);

	while (may_help(e, baud) && baud > LOWEST_BAUD) {
		baud = ladder_below(baud);
		e = attempt(boot, start, baud, why);
	}
	return e;
}

enum err ladder_connect(struct boot *boot, const struct ladder *ladder, struct why *why)
{
	const struct start start = { boot->control.wait_ms, boot->options.may_burst };
	const bool may_climb =
		ladder->may_climb && boot->control.resets && !boot->options.resume_only;
	const uint32_t limit = ladder_limit(ladder->known_chip);
	uint32_t from = ladder->known_good ? ladder->known_good : limit;
	enum err e;

	if (!may_climb) {
		if (!ladder->known_good && from > TESTED_BAUD)
			from = TESTED_BAUD;
		boot->options.settings.baud = from;
		return boot_connect(boot, why);
	}
	e = descend(boot, &start, from, why);
	/* Only now is it known what it is. Where it just answered is where the way down ends. */
	if (e || ladder->known_good || ladder->known_chip ||
		ladder_limit(boot->device.chip) <= boot->options.settings.baud ||
		boot->options.settings.baud < TESTED_BAUD)
		return e;
	return descend(boot, &start, ladder_limit(boot->device.chip), why);
}
