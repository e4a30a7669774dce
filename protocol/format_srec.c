/* SPDX-License-Identifier: MIT */
/*
 * format_srec.c - Motorola S-record (docs/facts/an3155.md section 10.2).
 * S t LL address data CC, all bytes from LL on summing to FF.
 */
#include "protocol/format.h"
#include "protocol/text.h"

struct srec {
	struct draft *draft;
	struct text text;
	uint32_t data_records;
	bool has_count, has_ended; /* an S5 or S6 that agreed; an S7, S8 or S9 */
};

struct record {
	int type; /* the digit after S */
	uint32_t addr;
	uint8_t body[255]; /* address, data, checksum */
	struct span data;  /* within body */
	uint32_t line;
};

static bool is_srec(struct span file)
{
	/* As for HEX: 53 is no multiple of 4. */
	return text_starts(file, 'S', 3);
}

static enum err take_header(struct srec *s, const struct record *rec, struct why *why)
{
	(void)s;
	(void)rec;
	(void)why;
	return ERR_OK;
}

static enum err take_data(struct srec *s, const struct record *rec, struct why *why)
{
	s->data_records++;
	return draft_copy(s->draft, rec->addr, rec->data, rec->line, why);
}

/* Where the address would stand is the number of data records before. */
static enum err take_count(struct srec *s, const struct record *rec, struct why *why)
{
	(void)why;
	s->has_count = rec->addr == s->data_records;
	if (!s->has_count)
		s->draft->image->notes |= IMAGE_NOTE_RECORD_COUNT;
	return ERR_OK;
}

static enum err take_end(struct srec *s, const struct record *rec, struct why *why)
{
	(void)why;
	draft_entry(s->draft, rec->addr);
	s->has_ended = true;
	return ERR_OK;
}

static const struct {
	uint8_t address_bytes;
	bool has_data;
	enum err (*take)(struct srec *s, const struct record *rec, struct why *why);
} types[10] = {
	[0] = { 2, true, take_header },
	[1] = { 2, true, take_data },
	[2] = { 3, true, take_data },
	[3] = { 4, true, take_data },
	/* 4 is reserved. */
	[5] = { 2, false, take_count },
	[6] = { 3, false, take_count },
	[7] = { 4, false, take_end },
	[8] = { 3, false, take_end },
	[9] = { 2, false, take_end },
};

static enum err read_head(struct text *t, struct record *rec, struct why *why)
{
	if (text_peek(t) != 'S')
		return text_why(t, why, ERR_IMAGE, "a record starts with 'S', and this does not");
	rec->line = t->line;
	t->at++;
	rec->type = text_peek(t) - '0';
	if (rec->type < 0 || rec->type > 9 || !types[rec->type].take)
		return text_why(t, why, ERR_IMAGE, "no such record type");
	t->at++;
	return ERR_OK;
}

static enum err read_body(struct text *t, struct record *rec, struct why *why)
{
	const size_t address_bytes = types[rec->type].address_bytes;
	uint8_t sum = 0, len = 0;
	enum err e = text_bytes(t, &len, 1, &sum, why);

	if (e)
		return e;
	if (len < address_bytes + 1 || (len > address_bytes + 1 && !types[rec->type].has_data))
		return text_why(t, why, ERR_IMAGE, "the record's length does not go with its type");
	e = text_bytes(t, rec->body, len, &sum, why);
	if (e)
		return e;
	if (sum != 0xFF)
		return text_why(t, why, ERR_IMAGE, "the record's checksum is wrong");
	rec->addr = 0;
	for (size_t i = 0; i < address_bytes; i++)
		rec->addr = rec->addr << 8 | rec->body[i];
	rec->data = (struct span){ rec->body + address_bytes, len - address_bytes - 1 };
	return ERR_OK;
}

/*
 * Some tools write no terminator; such a file cannot be told from one that was cut at a line end,
 * unless a count says that all records are there.
 */
static enum err check_end(const struct srec *s, struct why *why)
{
	if (s->has_ended || s->has_count)
		return ERR_OK;
	return text_why(&s->text, why, ERR_IMAGE,
		"the end record (S7, S8 or S9) is missing: the file is cut short");
}

static enum err parse(struct draft *d, struct why *why)
{
	struct srec s = { .draft = d, .text = { .file = d->file, .line = 1 } };
	struct record rec;
	enum err e = ERR_OK;

	while (!e && !s.has_ended && text_skip_blank(&s.text)) {
		e = read_head(&s.text, &rec, why);
		if (!e)
			e = read_body(&s.text, &rec, why);
		if (!e)
			e = types[rec.type].take(&s, &rec, why);
	}
	if (!e)
		e = check_end(&s, why);
	if (!e && text_skip_blank(&s.text))
		d->image->notes |= IMAGE_NOTE_AFTER_END;
	return e;
}

static bool put_record(struct buf *out, char type, uint32_t addr, struct span data)
{
	const size_t address_bytes = types[type - '0'].address_bytes;
	const char mark[] = { 'S', type, '\0' };
	uint8_t head[5] = { (uint8_t)(address_bytes + data.len + 1) };
	uint8_t sum = head[0];

	for (size_t i = 0; i < address_bytes; i++) {
		head[1 + i] = (uint8_t)(addr >> (8 * (address_bytes - 1 - i)));
		sum = (uint8_t)(sum + head[1 + i]);
	}
	for (size_t i = 0; i < data.len; i++)
		sum = (uint8_t)(sum + data.ptr[i]);
	sum = (uint8_t)~sum;
	return buf_append(out, span_of(mark)) && text_put(out, head, 1 + address_bytes) &&
		text_put(out, data.ptr, data.len) && text_put(out, &sum, 1) &&
		buf_append(out, span_of("\n"));
}

static bool write_begin(struct image_writer *w, struct buf *out)
{
	(void)w;
	return put_record(out, '0', 0, span_of("benchd"));
}

static bool write_record(struct image_writer *w, struct span data, struct buf *out)
{
	return put_record(out, '3', w->addr, data);
}

static bool write_end(struct image_writer *w, struct buf *out)
{
	(void)w;
	return put_record(out, '7', 0, (struct span){ NULL, 0 });
}

const struct format format_srec = {
	.name = "srec",
	.is = is_srec,
	.parse = parse,
	.write_begin = write_begin,
	.write_record = write_record,
	.write_end = write_end,
};
