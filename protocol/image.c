/* SPDX-License-Identifier: MIT */
/* image.c - a firmware file as segments, whatever its format. */
#include "protocol/image.h"
#include "protocol/draft.h"
#include "protocol/format.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const struct format *const formats[] = {
	[FORMAT_BIN] = &format_bin,
	[FORMAT_HEX] = &format_hex,
	[FORMAT_SREC] = &format_srec,
	[FORMAT_ELF] = &format_elf,
	[FORMAT_DFUSE] = &format_dfuse,
};
static_assert(sizeof(formats) / sizeof(*formats) == FORMAT_COUNT, "every format has a row");

/* The order in which content is asked (section 10, "Detection order"). */
static const enum image_format detection[] = { FORMAT_ELF, FORMAT_DFUSE, FORMAT_HEX, FORMAT_SREC };

const struct format *format_of(enum image_format format)
{
	assert(format < FORMAT_COUNT);
	return formats[format];
}

const char *image_format_name(enum image_format format)
{
	const struct format *row = format_of(format);

	return row ? row->name : "auto";
}

bool image_format_parse(const char *name, enum image_format *format)
{
	for (int i = 0; i < FORMAT_COUNT; i++) {
		if (strcmp(name, image_format_name((enum image_format)i)) == 0) {
			*format = (enum image_format)i;
			return true;
		}
	}
	return false;
}

enum err format_why(struct why *why, enum err e, uint64_t offset, const char *what)
{
	if (why)
		why->offset = offset;
	return why_set(why, e, what);
}

enum image_format image_detect(struct span file)
{
	for (size_t i = 0; i < sizeof(detection) / sizeof(*detection); i++) {
		if (formats[detection[i]]->is(file))
			return detection[i];
	}
	return FORMAT_BIN;
}

/* What nobody insisted on being raw may be something else, or wear a DFU suffix. */
static enum err assume_raw(struct draft *d, struct why *why)
{
	const char *foreign = format_foreign(d->file);
	size_t suffix = 0;

	if (foreign)
		return why_set(why, ERR_FORMAT, foreign);
	enum err e = format_dfu_suffix(d->file, &suffix, why);

	d->file.len -= suffix;
	d->image->notes |= IMAGE_NOTE_ASSUMED_RAW | (suffix ? IMAGE_NOTE_DFU_SUFFIX : 0);
	return e;
}

/* Fills in the format and says when the file is not of the one insisted on. */
static enum err settle_format(struct draft *d, enum image_format format, struct why *why)
{
	d->image->format = format == FORMAT_AUTO ? image_detect(d->file) : format;
	if (format == FORMAT_AUTO && d->image->format == FORMAT_BIN)
		return assume_raw(d, why);
	const struct format *row = format_of(d->image->format);

	if (row->is && !row->is(d->file))
		return why_set(why, ERR_FORMAT, "the file is not of the format that was asked for");
	return ERR_OK;
}

/* Two records of a text disagree: the second of them is found by reading the text again. */
static uint32_t find_line(const struct draft *d, const struct format *row, uint32_t addr)
{
	struct image image = { 0 };
	struct draft again = {
		.file = d->file, .image = &image, .is_seeking = true, .seek_addr = addr
	};

	return row->parse(&again, NULL) ? 0 : again.found_line;
}

static enum err fill(struct draft *d, struct why *why)
{
	const struct format *row = format_of(d->image->format);
	enum err e = row->parse(d, why);

	if (e)
		return e;
	const bool is_text = d->pool.len > 0;

	e = draft_finish(d, why);
	if (e == ERR_IMAGE && is_text && why)
		why->line = find_line(d, row, why->addr);
	return e;
}

enum err image_parse(struct image *image, struct span file, enum image_format format,
	uint32_t bin_addr, struct why *why)
{
	struct draft draft = { .file = file, .bin_addr = bin_addr, .image = image };

	*image = (struct image){ 0 };
	enum err e = file.len ? ERR_OK : why_set(why, ERR_EMPTY, "the file is empty");

	if (!e)
		e = settle_format(&draft, format, why);
	if (!e)
		e = fill(&draft, why);
	if (e)
		*image = (struct image){ 0 };
	draft_release(&draft);
	return e;
}

void image_release(struct image *image)
{
	free(image->segments);
	buf_release(&image->pool);
	*image = (struct image){ 0 };
}

/* The first segment that ends after addr. */
static size_t first_after(const struct image *image, uint32_t addr)
{
	size_t low = 0, high = image->count;

	while (low < high) {
		const size_t mid = low + (high - low) / 2;
		const struct segment *s = &image->segments[mid];

		if ((uint64_t)s->addr + s->data.len > addr)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

void image_copy(const struct image *image, uint32_t addr, uint8_t *out, size_t len)
{
	const uint64_t end = (uint64_t)addr + len;

	for (size_t i = first_after(image, addr); i < image->count; i++) {
		const struct segment *s = &image->segments[i];
		const uint64_t segment_end = (uint64_t)s->addr + s->data.len;

		if (s->addr >= end)
			return;
		const uint64_t from = s->addr > addr ? s->addr : addr;
		const uint64_t to = segment_end < end ? segment_end : end;

		memcpy(out + (from - addr), s->data.ptr + (from - s->addr), (size_t)(to - from));
	}
}
