/* SPDX-License-Identifier: MIT */
/*
 * format_dfuse.c - DfuSe, ST's file for USB download (docs/facts/an3155.md section 10.5), and the
 * suffix that it shares with plain .dfu files.
 */
#include "protocol/format.h"

#include <string.h>

#define PREFIX_SIZE 11u
#define TARGET_SIZE 274u
#define ELEMENT_SIZE 8u
#define SUFFIX_SIZE 16u

#define INTERNAL_FLASH 0 /* alternate setting */

/* A reader of little-endian fields within [at, end). */
struct cursor {
	struct draft *draft;
	size_t at, end;
};

static bool is_dfuse(struct span file)
{
	return file.len >= 5 && memcmp(file.ptr, "DfuSe", 5) == 0;
}

/* CRC-32 as DFU has it: reflected, all ones at first, not inverted at the end. */
static uint32_t dfu_crc(struct span data)
{
	uint32_t table[256];
	uint32_t crc = UINT32_MAX;

	for (uint32_t i = 0; i < 256; i++) {
		table[i] = i;
		for (int bit = 0; bit < 8; bit++)
			table[i] = table[i] & 1 ? table[i] >> 1 ^ 0xEDB88320 : table[i] >> 1;
	}
	for (size_t i = 0; i < data.len; i++)
		crc = crc >> 8 ^ table[(crc ^ data.ptr[i]) & 0xFF];
	return crc;
}

enum err format_dfu_suffix(struct span file, size_t *len, struct why *why)
{
	*len = 0;
	if (file.len < SUFFIX_SIZE || memcmp(file.ptr + file.len - 8, "UFD", 3) != 0)
		return ERR_OK;
	const uint8_t suffix = file.ptr[file.len - 5];

	if (suffix < SUFFIX_SIZE || suffix > file.len)
		return format_why(
			why, ERR_IMAGE, file.len - 5, "the DFU suffix has a wrong length");
	if (dfu_crc((struct span){ file.ptr, file.len - 4 }) != get_le32(file.ptr + file.len - 4))
		return format_why(why, ERR_IMAGE, file.len - 4, "the file's DFU checksum is wrong");
	*len = suffix;
	return ERR_OK;
}

static enum err cut_short(const struct cursor *c, struct why *why)
{
	return format_why(
		why, ERR_IMAGE, c->at, "the DfuSe file is cut short or its sizes are wrong");
}

/* Steps over len bytes, which it gives; NULL: they are not there. */
static const uint8_t *take(struct cursor *c, size_t len)
{
	if (len > c->end - c->at)
		return NULL;
	c->at += len;
	return c->draft->file.ptr + c->at - len;
}

static enum err take_element(struct cursor *c, struct why *why)
{
	const uint64_t offset = c->at;
	const uint8_t *head = take(c, ELEMENT_SIZE);
	const uint8_t *data = head ? take(c, get_le32(head + 4)) : NULL;

	if (!data)
		return cut_short(c, why);
	const struct span bytes = { data, get_le32(head + 4) };
	enum err e = draft_add(c->draft, get_le32(head), bytes, why);

	if (e && why)
		why->offset = offset;
	return e;
}

/* The elements of one target fill it exactly. */
static enum err take_elements(
	struct draft *d, size_t at, size_t len, uint32_t count, struct why *why)
{
	struct cursor c = { d, at, at + len };
	enum err e = ERR_OK;

	for (uint32_t i = 0; !e && i < count; i++)
		e = take_element(&c, why);
	return !e && c.at != c.end ? cut_short(&c, why) : e;
}

static enum err take_target(struct cursor *c, struct why *why)
{
	const uint8_t *head = take(c, TARGET_SIZE);

	if (!head)
		return cut_short(c, why);
	if (memcmp(head, "Target", 6) != 0)
		return format_why(
			why, ERR_IMAGE, c->at - TARGET_SIZE, "no DfuSe target where one should be");
	const size_t at = c->at;
	const uint32_t size = get_le32(head + 266);

	if (!take(c, size))
		return cut_short(c, why);
	if (head[6] != INTERNAL_FLASH) {
		c->draft->image->notes |= IMAGE_NOTE_DFU_TARGET;
		return ERR_OK;
	}
	return take_elements(c->draft, at, size, get_le32(head + 270), why);
}

static enum err parse(struct draft *d, struct why *why)
{
	struct cursor c = { .draft = d, .end = d->file.len };
	const uint8_t *prefix = take(&c, PREFIX_SIZE);
	size_t suffix = 0;

	if (!prefix)
		return cut_short(&c, why);
	if (prefix[5] != 1)
		return format_why(why, ERR_IMAGE, 5, "a DfuSe version that is not known");
	enum err e = format_dfu_suffix(d->file, &suffix, why);

	if (e)
		return e;
	if (!suffix)
		return format_why(why, ERR_IMAGE, d->file.len,
			"the DFU suffix is missing: the file is cut short");
	c.end -= suffix;
	if (c.end < PREFIX_SIZE || get_le32(prefix + 6) != c.end)
		return format_why(
			why, ERR_IMAGE, 6, "the DfuSe prefix says another size than the file has");
	for (unsigned i = 0; !e && i < prefix[10]; i++)
		e = take_target(&c, why);
	if (!e && c.at != c.end)
		return cut_short(&c, why);
	if (!e && !d->count && (d->image->notes & IMAGE_NOTE_DFU_TARGET))
		return why_set(why, ERR_EMPTY, "no target is for internal flash");
	return e;
}

const struct format format_dfuse = { .name = "dfuse", .is = is_dfuse, .parse = parse };
