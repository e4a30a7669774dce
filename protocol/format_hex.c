/* SPDX-License-Identifier: MIT */
/*
 * format_hex.c - Intel HEX (docs/facts/an3155.md section 10.1).
 * :LL AAAA TT data CC, all bytes of a record summing to 0.
 */
#include "protocol/format.h"
#include "protocol/text.h"

enum hex_type { HEX_DATA, HEX_END, HEX_SEGMENT, HEX_START_SEGMENT, HEX_UPPER, HEX_START };

struct hex {
	struct draft *draft;
	struct text text;
	uint32_t base;     /* of the last 02 or 04 record */
	bool is_segmented; /* it was an 02: offsets wrap within 64 KiB */
	bool has_ended;
};

struct record {
	uint8_t head[4]; /* length, address, type */
	uint8_t data[255];
	uint32_t line;
};

static bool is_hex(struct span file)
{
	/* No vector table starts with ':': a stack pointer is a multiple of 4, and 3A is not. */
	return text_starts(file, ':', 2);
}

/* A record may run over the end of its 64 KiB (02) or of the address space (04): the rest wraps. */
static enum err take_data(struct hex *hex, const struct record *rec, struct why *why)
{
	const uint32_t offset = get_be16(rec->head + 1);
	const uint32_t addr = hex->base + offset;
	const uint64_t end = hex->is_segmented ? (uint64_t)hex->base + 64 * KIB : UINT64_C(1) << 32;
	const uint32_t restart = hex->is_segmented ? hex->base : 0;
	const size_t len = rec->head[0];
	const size_t first = len < end - addr ? len : (size_t)(end - addr);
	enum err e =
		draft_copy(hex->draft, addr, (struct span){ rec->data, first }, rec->line, why);

	if (!e)
		e = draft_copy(hex->draft, restart, (struct span){ rec->data + first, len - first },
			rec->line, why);
	return e;
}

static enum err take_end(struct hex *hex, const struct record *rec, struct why *why)
{
	(void)rec;
	(void)why;
	hex->has_ended = true;
	return ERR_OK;
}

static enum err take_segment(struct hex *hex, const struct record *rec, struct why *why)
{
	(void)why;
	hex->base = (uint32_t)get_be16(rec->data) << 4;
	hex->is_segmented = true;
	return ERR_OK;
}

static enum err take_start_segment(struct hex *hex, const struct record *rec, struct why *why)
{
	(void)hex;
	(void)rec;
	(void)why;
	return ERR_OK;
}

static enum err take_upper(struct hex *hex, const struct record *rec, struct why *why)
{
	(void)why;
	hex->base = (uint32_t)get_be16(rec->data) << 16;
	hex->is_segmented = false;
	return ERR_OK;
}

static enum err take_start(struct hex *hex, const struct record *rec, struct why *why)
{
	(void)why;
	draft_entry(hex->draft, get_be32(rec->data));
	return ERR_OK;
}

static const struct {
	uint8_t least, most; /* data bytes */
	enum err (*take)(struct hex *hex, const struct record *rec, struct why *why);
} types[] = {
	[HEX_DATA] = { 0, 255, take_data },
	[HEX_END] = { 0, 0, take_end },
	[HEX_SEGMENT] = { 2, 2, take_segment },
	[HEX_START_SEGMENT] = { 4, 4, take_start_segment },
	[HEX_UPPER] = { 2, 2, take_upper },
	[HEX_START] = { 4, 4, take_start },
};

static enum err read_record(struct text *t, struct record *rec, struct why *why)
{
	uint8_t sum = 0, check;

	if (text_peek(t) != ':')
		return text_why(t, why, ERR_IMAGE, "a record starts with ':', and this does not");
	rec->line = t->line;
	t->at++;
	enum err e = text_bytes(t, rec->head, sizeof(rec->head), &sum, why);

	if (!e)
		e = text_bytes(t, rec->data, rec->head[0], &sum, why);
	if (!e)
		e = text_bytes(t, &check, 1, &sum, why);
	if (!e && sum != 0)
		return text_why(t, why, ERR_IMAGE, "the record's checksum is wrong");
	return e;
}

static enum err take_record(struct hex *hex, const struct record *rec, struct why *why)
{
	const uint8_t type = rec->head[3];

	if (type >= sizeof(types) / sizeof(*types))
		return text_why(&hex->text, why, ERR_IMAGE, "no such record type");
	if (rec->head[0] < types[type].least || rec->head[0] > types[type].most)
		return text_why(&hex->text, why, ERR_IMAGE,
			"the record's length does not go with its type");
	return types[type].take(hex, rec, why);
}

static enum err parse(struct draft *d, struct why *why)
{
	struct hex hex = { .draft = d, .text = { .file = d->file, .line = 1 } };
	struct record rec;
	enum err e = ERR_OK;

	while (!e && !hex.has_ended) {
		if (!text_skip_blank(&hex.text))
			return text_why(&hex.text, why, ERR_IMAGE,
				"the end record is missing: the file is cut short");
		e = read_record(&hex.text, &rec, why);
		if (!e)
			e = take_record(&hex, &rec, why);
	}
	if (!e && text_skip_blank(&hex.text))
		d->image->notes |= IMAGE_NOTE_AFTER_END;
	return e;
}

static bool put_record(struct buf *out, enum hex_type type, uint16_t addr, struct span data)
{
	uint8_t head[4] = { (uint8_t)data.len, 0, 0, (uint8_t)type };
	uint8_t sum = 0;

	put_be16(head + 1, addr);
	for (size_t i = 0; i < sizeof(head); i++)
		sum = (uint8_t)(sum + head[i]);
	for (size_t i = 0; i < data.len; i++)
		sum = (uint8_t)(sum + data.ptr[i]);
	sum = (uint8_t)-sum;
	return buf_append(out, span_of(":")) && text_put(out, head, sizeof(head)) &&
		text_put(out, data.ptr, data.len) && text_put(out, &sum, 1) &&
		buf_append(out, span_of("\n"));
}

static bool write_begin(struct image_writer *w, struct buf *out)
{
	(void)out;
	w->has_upper = false;
	return true;
}

static bool write_record(struct image_writer *w, struct span data, struct buf *out)
{
	const uint32_t upper = w->addr >> 16;

	if (!w->has_upper || w->upper != upper) {
		uint8_t value[2];

		put_be16(value, (uint16_t)upper);
		if (!put_record(out, HEX_UPPER, 0, (struct span){ value, sizeof(value) }))
			return false;
		w->upper = upper;
		w->has_upper = true;
	}
	return put_record(out, HEX_DATA, (uint16_t)w->addr, data);
}

static bool write_end(struct image_writer *w, struct buf *out)
{
	(void)w;
	return put_record(out, HEX_END, 0, (struct span){ NULL, 0 });
}

const struct format format_hex = {
	.name = "hex",
	.is = is_hex,
	.parse = parse,
	.write_begin = write_begin,
	.write_record = write_record,
	.write_end = write_end,
};
