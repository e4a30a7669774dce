/* SPDX-License-Identifier: MIT */
/* survey.c - what the part holds already, found by checksums, or by reading where there are none.
 */
#include "protocol/survey.h"

#include "protocol/crc.h"

#include <stdlib.h>
#include <string.h>

/*
 * Reading a sector to find it blank pays where erasing takes longer: 200 ms and 14 ms a KiB for the
 * big sectors of F2, F4, F7 and H7 (typical, as in plan_estimate.c). Pages are erased in no time.
 */
enum { MIN_BIG_SECTOR = 16 * KIB, ERASE_MS = 200, ERASE_MS_PER_KIB = 14 };
enum { BITS_PER_BYTE = 11, SAMPLES = 8, WORD = 4 };

struct look {
	struct boot *boot;
	const struct image *image;
	const struct survey_options *options;
	bool by_checksum;
	struct why *why;
};

/* [start, end) of what the image names in a sector, of one segment. */
struct stretch {
	uint32_t start;
	uint32_t len;
};

bool survey_is_wanted(const struct device *device, const struct survey_options *options)
{
	if (!device->chip || !chip_is_programmable(device->chip) || device->readout_protected ||
		options->erase == PLAN_ERASE_MASS)
		return false;
	return options->write == PLAN_WRITE_CHANGED || device_has(device, COMMAND_GET_CHECKSUM) ||
		(options->erase == PLAN_ERASE_NEEDED &&
			chip_sector(device->chip, 0).len >= MIN_BIG_SECTOR);
}

bool survey_spares_same(const struct device *device, const struct survey_options *options)
{
	return options->write == PLAN_WRITE_CHANGED ||
		(options->write == PLAN_WRITE_AUTO && device_has(device, COMMAND_GET_CHECKSUM));
}

void survey_release(struct survey *survey)
{
	free(survey->verdicts);
	*survey = (struct survey){ 0 };
}

static bool is_cancelled(const struct boot *boot)
{
	return boot->options.cancelled && boot->options.cancelled(boot->options.cancelled_ctx);
}

/* What the image has at addr; blocks of it, so that nothing as large as a sector is held. */
static uint32_t crc_of(const struct look *look, struct stretch stretch)
{
	uint8_t block[FRAME_MAX_DATA];
	uint32_t crc = CRC_STM32_START;

	for (uint32_t done = 0, len; done < stretch.len; done += len) {
		len = stretch.len - done < sizeof(block) ? stretch.len - done : sizeof(block);
		memset(block, look->boot->device.chip->erased, len);
		if (look->image)
			image_copy(look->image, stretch.start + done, block, len);
		crc = crc_stm32(crc, (struct span){ block, len });
	}
	return crc;
}

/* Reads until the first difference. */
static enum err read_compare(const struct look *look, struct stretch stretch, bool *is_same)
{
	const size_t size = boot_read_size(look->boot);
	uint8_t want[FRAME_MAX_DATA], have[FRAME_MAX_DATA];
	enum err e = ERR_OK;

	for (uint32_t done = 0, len; !e && *is_same && done < stretch.len; done += len) {
		const uint32_t addr = stretch.start + done;

		len = stretch.len - done < size ? stretch.len - done : (uint32_t)size;
		memset(want, look->boot->device.chip->erased, len);
		if (look->image)
			image_copy(look->image, addr, want, len);
		if (is_cancelled(look->boot))
			return why_set(look->why, ERR_CANCELLED, NULL);
		e = boot_read(look->boot, addr, have, len, look->why);
		*is_same = !e && !memcmp(want, have, len);
	}
	return e;
}

/* Whole words by checksum, the bytes beside them by reading. */
static enum err compare(const struct look *look, struct stretch stretch, bool *is_same)
{
	const uint32_t head = (WORD - stretch.start % WORD) % WORD;
	const uint32_t words = stretch.len > head ? (stretch.len - head) / WORD * WORD : 0;
	const struct stretch middle = { stretch.start + head, words };
	uint32_t crc;

	if (!look->by_checksum || !words)
		return read_compare(look, stretch, is_same);
	if (is_cancelled(look->boot))
		return why_set(look->why, ERR_CANCELLED, NULL);
	enum err e = boot_checksum(look->boot, middle.start, words, &crc, look->why);

	*is_same = !e && crc == crc_of(look, middle);
	if (!e && *is_same)
		e = read_compare(look, (struct stretch){ stretch.start, head }, is_same);
	if (!e && *is_same)
		e = read_compare(look,
			(struct stretch){ middle.start + words, stretch.len - head - words },
			is_same);
	return e;
}

/* What segment names in the sector; length 0: nothing. */
static struct stretch stretch_of(const struct segment *segment, const struct sector *sector)
{
	const uint64_t sector_end = sector->addr + (uint64_t)sector->len;
	const uint64_t segment_end = segment->addr + (uint64_t)segment->data.len;
	const uint64_t start = segment->addr > sector->addr ? segment->addr : sector->addr;
	const uint64_t end = segment_end < sector_end ? segment_end : sector_end;

	return start < end ? (struct stretch){ (uint32_t)start, (uint32_t)(end - start) }
			   : (struct stretch){ 0 };
}

static uint32_t bytes_in(const struct look *look, const struct sector *sector)
{
	uint32_t bytes = 0;

	for (size_t i = 0; i < look->image->count; i++)
		bytes += stretch_of(&look->image->segments[i], sector).len;
	return bytes;
}

static enum err is_there(const struct look *look, const struct sector *sector, bool *is_same)
{
	enum err e = ERR_OK;

	*is_same = true;
	for (size_t i = 0; !e && *is_same && i < look->image->count; i++)
		e = compare(look, stretch_of(&look->image->segments[i], sector), is_same);
	return e;
}

static bool pays(const struct look *look, const struct sector *sector)
{
	const uint32_t baud = look->boot->options.settings.baud;
	const uint64_t read_ms = sector->len * (uint64_t)BITS_PER_BYTE * 1000 / baud;

	if (look->by_checksum)
		return true;
	return sector->len >= MIN_BIG_SECTOR &&
		read_ms < ERASE_MS + sector->len / KIB * ERASE_MS_PER_KIB;
}

/* Some words first: what is not blank shows soon. */
static enum err is_erased(const struct look *look, const struct sector *sector, bool *is_blank)
{
	struct look nothing = *look;
	enum err e = ERR_OK;

	nothing.image = NULL;
	*is_blank = true;
	for (uint32_t i = 0; !look->by_checksum && !e && *is_blank && i < SAMPLES; i++)
		e = read_compare(&nothing,
			(struct stretch){ sector->addr + sector->len / SAMPLES * i, WORD },
			is_blank);
	if (e || !*is_blank)
		return e;
	return compare(&nothing, (struct stretch){ sector->addr, sector->len }, is_blank);
}

static bool is_said_to_differ(const struct survey_options *options, uint32_t number)
{
	return options->differs && options->differs[number / 8] >> number % 8 & 1;
}

static enum err look_at(const struct look *look, const struct sector *sector, uint8_t *verdict)
{
	const struct survey_options *options = look->options;
	const bool asks_same = survey_spares_same(&look->boot->device, options) &&
		(look->by_checksum || !is_said_to_differ(options, sector->number));
	bool holds = false;
	enum err e = ERR_OK;

	if (asks_same) {
		e = is_there(look, sector, &holds);
		*verdict = holds ? VERDICT_SAME : VERDICT_DIFFERS;
	}
	if (e || holds || options->erase != PLAN_ERASE_NEEDED || !pays(look, sector))
		return e;
	e = is_erased(look, sector, &holds);
	*verdict = holds ? VERDICT_BLANK : VERDICT_DIFFERS;
	return e;
}

/* The part may end within its last erase unit. */
static struct sector sector_of(const struct device *device, uint32_t number)
{
	const uint64_t flash_end = device->chip->flash_base + (uint64_t)device->flash_bytes;
	struct sector sector = chip_sector(device->chip, number);

	if (sector.addr + (uint64_t)sector.len > flash_end)
		sector.len = (uint32_t)(flash_end - sector.addr);
	return sector;
}

enum err survey_make(struct survey *survey, struct boot *boot, const struct image *image,
	const struct survey_options *options, struct why *why)
{
	const struct device *device = &boot->device;
	const uint32_t count = chip_sector_count(device->chip, device->flash_bytes);
	const struct look look = { .boot = boot,
		.image = image,
		.options = options,
		.by_checksum = device_has(device, COMMAND_GET_CHECKSUM),
		.why = why };
	const struct wire *wire = &boot->wire;
	const uint64_t began_us = wire->ops->now_us(wire->ctx);
	uint32_t done = 0;
	enum err e = ERR_OK;

	*survey = (struct survey){
		.verdicts = calloc(count, 1), .count = count, .by_checksum = look.by_checksum
	};
	if (!survey->verdicts)
		e = why_set(why, ERR_NO_MEMORY, NULL);
	for (uint32_t i = 0; !e && i < count; i++) {
		const struct sector sector = sector_of(device, i);
		const uint32_t bytes = bytes_in(&look, &sector);

		if (!bytes)
			continue;
		e = look_at(&look, &sector, &survey->verdicts[i]);
		done += bytes;
		if (!e && options->report)
			options->report(options->ctx, sector.addr, done, image->bytes);
	}
	survey->took_us = (uint32_t)(wire->ops->now_us(wire->ctx) - began_us);
	if (e)
		survey_release(survey);
	return e;
}
