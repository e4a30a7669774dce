/* SPDX-License-Identifier: MIT */
/*
 * job_record.c - what our record of this very chip says of an image that is to be flashed: the
 * image it was flashed with last, against the new one, sector by sector. Nothing of it is
 * believed: it saves the reading of what differs, and it lets a dry run predict.
 */
#include "server/job_record.h"

#include <stdlib.h>
#include <string.h>

static bool touches(const struct image *image, const struct sector *sector)
{
	const uint64_t end = (uint64_t)sector->addr + sector->len;

	for (size_t i = 0; i < image->count; i++) {
		const struct segment *s = &image->segments[i];

		if (s->addr < end && (uint64_t)s->addr + s->data.len > sector->addr)
			return true;
	}
	return false;
}

static enum verdict compare(const struct image *old, const struct image *new, uint8_t erased,
	const struct sector *sector, uint8_t *room)
{
	uint8_t *before = room, *after = room + sector->len;

	if (!touches(new, sector) || !touches(old, sector))
		return VERDICT_UNKNOWN;
	memset(before, erased, sector->len);
	image_copy(old, sector->addr, before, sector->len);
	memcpy(after, before, sector->len);
	image_copy(new, sector->addr, after, sector->len);
	return memcmp(before, after, sector->len) ? VERDICT_DIFFERS : VERDICT_SAME;
}

static uint32_t longest_sector(const struct chip *chip, uint32_t count)
{
	uint32_t longest = 0;

	for (uint32_t i = 0; i < count; i++) {
		const uint32_t len = chip_sector(chip, i).len;

		longest = len > longest ? len : longest;
	}
	return longest;
}

bool record_compare(struct survey *recalled, const struct image *old, const struct image *new,
	const struct device *device)
{
	const struct chip *chip = device->chip;
	const uint32_t count = chip ? chip_sector_count(chip, device->flash_bytes) : 0;

	*recalled = (struct survey){ 0 };
	if (!count)
		return false;
	uint8_t *room = malloc(2 * (size_t)longest_sector(chip, count));
	uint8_t *verdicts = malloc(count);

	if (!room || !verdicts) {
		free(room);
		free(verdicts);
		return false;
	}
	for (uint32_t i = 0; i < count; i++) {
		const struct sector sector = chip_sector(chip, i);

		verdicts[i] = (uint8_t)compare(old, new, chip->erased, &sector, room);
	}
	free(room);
	*recalled = (struct survey){ .verdicts = verdicts,
		.count = count,
		.by_checksum = device_has(device, COMMAND_GET_CHECKSUM) };
	return true;
}

void record_differs(const struct survey *recalled, uint8_t bits[CHIP_MAX_SECTORS / 8])
{
	memset(bits, 0, CHIP_MAX_SECTORS / 8);
	for (uint32_t i = 0; i < recalled->count; i++)
		if (recalled->verdicts[i] == VERDICT_DIFFERS)
			bits[i / 8] |= (uint8_t)(1u << i % 8);
}

bool work_recall(const struct work *w, const struct device *device, const struct image *new,
	struct survey *recalled)
{
	struct known_record record;
	struct shelf_file file;
	struct image old = { 0 };
	bool is_known = false;

	*recalled = (struct survey){ 0 };
	if (!known_record(w->scene->known, device, &record) ||
		!shelf_has(w->scene->shelf, record.sha256) ||
		!shelf_map(w->scene->shelf, record.sha256, &file))
		return false;
	if (!image_parse(&old, file.bytes, record.format, record.address, NULL))
		is_known = record_compare(recalled, &old, new, device);
	image_release(&old);
	shelf_unmap(&file);
	return is_known;
}
