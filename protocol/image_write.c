/* SPDX-License-Identifier: MIT */
/* image_write.c - memory content as a file, streamed. */
#include "protocol/image.h"
#include "protocol/format.h"

#include <assert.h>
#include <string.h>

/* Records end at multiples of this, so that none crosses a 64 KiB line. */
#define RECORD_BYTES 16u
static_assert(sizeof(((struct image_writer *)0)->line) >= RECORD_BYTES, "a record fits");

/* What a call must leave unchanged when it fails. */
struct mark {
	struct image_writer writer;
	size_t len;
};

static bool settle(bool is_done, const struct mark *before, struct image_writer *w, struct buf *out)
{
	if (!is_done) {
		*w = before->writer;
		out->len = before->len;
	}
	return is_done;
}

bool image_write_begin(
	struct image_writer *w, enum image_format format, uint32_t addr, struct buf *out)
{
	assert(format_of(format) && format_of(format)->write_begin);
	*w = (struct image_writer){ .format = format, .addr = addr };
	const struct mark before = { *w, out->len };

	return settle(format_of(format)->write_begin(w, out), &before, w, out);
}

static bool flush(struct image_writer *w, struct buf *out)
{
	const struct span line = { w->line, w->line_len };

	if (!line.len)
		return true;
	if (!format_of(w->format)->write_record(w, line, out))
		return false;
	w->addr += (uint32_t)line.len;
	w->line_len = 0;
	return true;
}

static bool put_records(struct image_writer *w, struct span data, struct buf *out)
{
	while (data.len) {
		const size_t room = RECORD_BYTES - (w->addr + w->line_len) % RECORD_BYTES;
		const size_t part = data.len < room ? data.len : room;

		memcpy(w->line + w->line_len, data.ptr, part);
		w->line_len += part;
		data = (struct span){ data.ptr + part, data.len - part };
		if (part == room && !flush(w, out))
			return false;
	}
	return true;
}

bool image_write_data(struct image_writer *w, struct span data, struct buf *out)
{
	const struct mark before = { *w, out->len };

	return settle(put_records(w, data, out), &before, w, out);
}

bool image_write_seek(struct image_writer *w, uint32_t addr, struct buf *out)
{
	const struct mark before = { *w, out->len };

	assert(w->format != FORMAT_BIN);
	if (!settle(flush(w, out), &before, w, out))
		return false;
	w->addr = addr;
	return true;
}

bool image_write_end(struct image_writer *w, struct buf *out)
{
	const struct mark before = { *w, out->len };
	const bool is_done = flush(w, out) && format_of(w->format)->write_end(w, out);

	return settle(is_done, &before, w, out);
}
