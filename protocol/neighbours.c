/* SPDX-License-Identifier: MIT */
/* neighbours.c - an image, and what stands beside it on the part. */
#include "protocol/neighbours.h"

#include <stdlib.h>
#include <string.h>

/* The merged image while it grows: its bytes in order, and where each segment of it begins. */
struct merge {
	const struct device *device;
	const struct survey *survey;
	struct neighbour_reads *count; /* nothing is read, only counted; else NULL, and: */
	const struct neighbours *how;
	struct image *image;
	size_t cap;
	uint32_t kept_bytes;
	struct why *why;
};

/* Appends; addresses come in order, and what follows the last segment belongs to it. */
static enum err add(struct merge *merge, uint32_t addr, struct span data)
{
	struct image *image = merge->image;
	struct segment *last = image->count ? &image->segments[image->count - 1] : NULL;

	if (last && last->addr + (uint64_t)last->data.len == addr) {
		last->data.len += data.len;
	} else {
		if (image->count == merge->cap) {
			const size_t cap = merge->cap ? merge->cap * 2 : 16;
			struct segment *more = realloc(image->segments, cap * sizeof(*more));

			if (!more)
				return why_set(merge->why, ERR_NO_MEMORY, NULL);
			image->segments = more;
			merge->cap = cap;
		}
		image->segments[image->count++] =
			(struct segment){ .addr = addr, .data.len = data.len };
	}
	if (!buf_append(&image->pool, data))
		return why_set(merge->why, ERR_NO_MEMORY, NULL);
	image->bytes += (uint32_t)data.len;
	return ERR_OK;
}

/* The pool does not move any more. */
static void point_into_pool(struct image *image)
{
	const uint8_t *at = image->pool.ptr;

	for (size_t i = 0; i < image->count; i++) {
		image->segments[i].data.ptr = at;
		at += image->segments[i].data.len;
	}
}

static bool is_blank(const uint8_t *bytes, size_t len, uint8_t erased)
{
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] != erased)
			return false;
	}
	return true;
}

/* At most a block. */
static enum err keep_block(struct merge *merge, uint32_t at, uint32_t len)
{
	const struct neighbours *how = merge->how;
	const struct boot_options *options = &how->boot->options;
	uint8_t block[FRAME_MAX_DATA];
	enum err e;

	if (options->cancelled && options->cancelled(options->cancelled_ctx))
		return why_set(merge->why, ERR_CANCELLED, NULL);
	e = mend_read(how->mend, how->boot, at, block, len, merge->why);
	if (!e && !is_blank(block, len, merge->device->chip->erased)) {
		e = add(merge, at, (struct span){ block, len });
		merge->kept_bytes += len;
	}
	if (!e && how->report)
		how->report(how->ctx, at);
	return e;
}

/* What stands in [start, end), block by block. */
static enum err keep(struct merge *merge, uint64_t start, uint64_t end)
{
	enum err e = ERR_OK;

	for (uint64_t at = start, next; !e && at < end; at = next) {
		next = (at / FRAME_MAX_DATA + 1) * FRAME_MAX_DATA;
		next = next < end ? next : end;
		if (merge->count) {
			merge->count->reads++;
			merge->count->bytes += (uint32_t)(next - at);
		} else {
			e = keep_block(merge, (uint32_t)at, (uint32_t)(next - at));
		}
	}
	return e;
}

/* The sector that is erased for addr. false: none is. */
static bool erased_sector(const struct merge *merge, uint64_t addr, uint64_t *start, uint64_t *end)
{
	const struct device *device = merge->device;
	const struct survey *survey = merge->survey;
	const uint64_t flash_end = device->chip->flash_base + (uint64_t)device->flash_bytes;
	struct sector sector;

	if (addr > UINT32_MAX ||
		!chip_sector_at(device->chip, device->flash_bytes, (uint32_t)addr, &sector))
		return false;
	if (survey && sector.number < survey->count &&
		survey->verdicts[sector.number] == VERDICT_SAME)
		return false;
	*start = sector.addr;
	*end = sector.addr + (uint64_t)sector.len;
	if (*end > flash_end)
		*end = flash_end;
	return true;
}

/* What is beside a segment: behind the one before it, up to its own begin. */
static enum err keep_between(struct merge *merge, uint64_t from, uint64_t to)
{
	uint64_t start, end, begin = from;
	enum err e = ERR_OK;

	if (from && erased_sector(merge, from - 1, &start, &end)) {
		begin = end < to ? end : to;
		e = keep(merge, from, begin);
	}
	if (!e && begin < to && erased_sector(merge, to, &start, &end))
		e = keep(merge, start > begin ? start : begin, to);
	return e;
}

static enum err merge_all(struct merge *merge, const struct image *image)
{
	uint64_t from = 0; /* behind the last segment */
	enum err e = ERR_OK;

	for (size_t i = 0; !e && i < image->count; i++) {
		const struct segment *segment = &image->segments[i];

		e = keep_between(merge, from, segment->addr);
		if (!e && !merge->count)
			e = add(merge, segment->addr, segment->data);
		from = segment->addr + (uint64_t)segment->data.len;
	}
	return e ? e : keep_between(merge, from, UINT64_MAX);
}

enum err neighbours_merge(struct image *merged, const struct image *image,
	const struct neighbours *how, uint32_t *kept_bytes, struct why *why)
{
	struct merge merge = { .device = &how->boot->device,
		.survey = how->survey,
		.how = how,
		.image = merged,
		.why = why };
	enum err e;

	*merged = (struct image){ .format = image->format,
		.entry = image->entry,
		.has_entry = image->has_entry,
		.notes = image->notes };
	e = merge_all(&merge, image);
	if (e) {
		image_release(merged);
		*merged = (struct image){ 0 };
		return e;
	}
	point_into_pool(merged);
	*kept_bytes = merge.kept_bytes;
	return ERR_OK;
}

struct neighbour_reads neighbours_count(
	const struct image *image, const struct device *device, const struct survey *survey)
{
	struct neighbour_reads count = { 0 };
	struct merge merge = { .device = device, .survey = survey, .count = &count };

	(void)merge_all(&merge, image); /* nothing that could fail */
	return count;
}
