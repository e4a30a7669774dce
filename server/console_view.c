/* SPDX-License-Identifier: MIT */
/* console_view.c - console bytes as text, stamped lines, a hex dump and CSV. */
#include "server/console_view.h"

#include "server/utf8.h"

#include <stdio.h>
#include <string.h>

#define ESCAPE_MAX 1024u /* a sequence that is longer is none: its rest is text */
#define ESC 0x1B
#define BEL 0x07

/* harmless text */

static bool add_code(struct buf *out, uint32_t code)
{
	uint8_t bytes[4];

	return buf_append(out, (struct span){ bytes, utf8_put(bytes, code) });
}

/* Takes a byte of an escape sequence. A line's end ends any: a torn one must not eat what follows.
 */
static void pass_escape(struct cleaner *cleaner, uint8_t c)
{
	enum escape_state *state = &cleaner->escape;

	if (*state == ESCAPE_BEGUN && c == '[')
		*state = ESCAPE_CSI;
	else if (*state == ESCAPE_BEGUN && c && strchr("]PX^_", c))
		*state = ESCAPE_STRING;
	else if (*state == ESCAPE_BEGUN)
		*state = c >= 0x20 && c <= 0x2F ? ESCAPE_BEGUN : ESCAPE_NONE;
	else if (*state == ESCAPE_CSI)
		*state = c >= 0x40 && c <= 0x7E ? ESCAPE_NONE : ESCAPE_CSI;
	else if (*state == ESCAPE_STRING_END && c == '\\')
		*state = ESCAPE_NONE;
	else
		*state = c == BEL ? ESCAPE_NONE : c == ESC ? ESCAPE_STRING_END : ESCAPE_STRING;
	if (++cleaner->escape_len > ESCAPE_MAX)
		*state = ESCAPE_NONE;
}

static bool end_line(struct cleaner *cleaner, struct buf *out)
{
	cleaner->has_return = cleaner->has_text = false;
	return buf_append(out, span_of("\n"));
}

/* Of the control characters, what a reader's terminal must not obey is shown by its picture. */
static bool add_ascii(struct cleaner *cleaner, uint8_t c, struct buf *out)
{
	if (cleaner->has_return && cleaner->has_text && !end_line(cleaner, out))
		return false; /* a CR alone: what follows was printed over the line */
	cleaner->has_return = false;
	cleaner->has_text = true;
	if (c < 0x20 && c != '\t')
		return add_code(out, 0x2400u + c);
	return c == 0x7F ? add_code(out, 0x2421) : buf_append(out, (struct span){ &c, 1 });
}

static bool add_char(struct cleaner *cleaner, struct span text, struct buf *out)
{
	const bool is_c1 = text.len == 2 && text.ptr[0] == 0xC2 && text.ptr[1] < 0xA0;

	if (cleaner->has_return && cleaner->has_text && !end_line(cleaner, out))
		return false;
	cleaner->has_return = false;
	cleaner->has_text = true;
	return !text.len || is_c1 ? add_code(out, 0xFFFD) : buf_append(out, text);
}

static size_t char_len(uint8_t first)
{
	return first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
}

static bool is_first(uint8_t c)
{
	return c >= 0xC2 && c <= 0xF4;
}

static bool flush_open(struct cleaner *cleaner, struct buf *out)
{
	const bool is_open = cleaner->open_len;

	cleaner->open_len = 0;
	return !is_open || add_char(cleaner, (struct span){ 0 }, out);
}

/* A byte above 7F: part of a character, or nothing that is text. */
static bool add_high(struct cleaner *cleaner, uint8_t c, struct buf *out)
{
	if (is_first(c)) {
		const bool ok = flush_open(cleaner, out);

		cleaner->open[cleaner->open_len++] = c;
		return ok;
	}
	if (!cleaner->open_len)
		return add_char(cleaner, (struct span){ 0 }, out);
	cleaner->open[cleaner->open_len++] = c;
	if (cleaner->open_len < char_len(cleaner->open[0]))
		return true;
	struct span text = { cleaner->open, cleaner->open_len };

	text.len = utf8_char(text);
	cleaner->open_len = 0;
	return add_char(cleaner, text, out);
}

static bool clean_byte(struct cleaner *cleaner, uint8_t c, struct buf *out)
{
	if (cleaner->escape != ESCAPE_NONE && c != '\n' && c != '\r') {
		pass_escape(cleaner, c);
		return true;
	}
	cleaner->escape = ESCAPE_NONE;
	if (c >= 0x80)
		return add_high(cleaner, c, out);
	if (!flush_open(cleaner, out))
		return false;
	if (c == '\n')
		return end_line(cleaner, out);
	if (c == '\r') {
		cleaner->has_return = true;
	} else if (c == ESC) {
		cleaner->escape = ESCAPE_BEGUN;
		cleaner->escape_len = 0;
	} else {
		return add_ascii(cleaner, c, out);
	}
	return true;
}

bool cleaner_add(struct cleaner *cleaner, struct span bytes, struct buf *out)
{
	bool ok = true;

	for (size_t i = 0; ok && i < bytes.len; i++)
		ok = clean_byte(cleaner, bytes.ptr[i], out);
	return ok;
}

/* stamped lines */

static void add(struct view_state *view, struct span text)
{
	view->is_broken = view->is_broken || !buf_append(&view->out, text);
}

static void add_time(struct view_state *view, int64_t wall_ms, const char *after)
{
	char time[CLOCK_TEXT];

	add(view, span_of(clock_format(time, wall_ms)));
	add(view, span_of(after));
}

static void add_stamped(struct view_state *view, struct span bytes, int64_t wall_ms)
{
	while (bytes.len) {
		const uint8_t *end = memchr(bytes.ptr, '\n', bytes.len);
		const size_t len = end ? (size_t)(end - bytes.ptr) + 1 : bytes.len;

		if (!view->is_inside_line)
			add_time(view, wall_ms, " ");
		add(view, (struct span){ bytes.ptr, len });
		view->is_inside_line = !end;
		bytes.ptr += len;
		bytes.len -= len;
	}
}

/* hex */

static void end_row(struct view_state *view)
{
	char text[96];
	int len = snprintf(text, sizeof(text), "%08llx ", (unsigned long long)view->row_at);

	if (!view->row_len)
		return;
	for (size_t i = 0; i < HEX_ROW; i++) {
		const char *gap = i == HEX_ROW / 2 ? "  " : " ";

		if (i < view->row_len)
			len += snprintf(text + len, sizeof(text) - (size_t)len, "%s%02x", gap,
				view->row[i]);
		else
			len += snprintf(text + len, sizeof(text) - (size_t)len, "%s  ", gap);
	}
	len += snprintf(text + len, sizeof(text) - (size_t)len, "  |");
	for (size_t i = 0; i < view->row_len; i++)
		text[len++] =
			view->row[i] >= 0x20 && view->row[i] < 0x7F ? (char)view->row[i] : '.';
	text[len++] = '|';
	text[len++] = '\n';
	add(view, (struct span){ (const uint8_t *)text, (size_t)len });
	view->row_len = 0;
}

static void add_hex(struct view_state *view, struct span bytes, uint64_t offset)
{
	for (size_t i = 0; i < bytes.len; i++) {
		if (!view->row_len)
			view->row_at = offset + i;
		view->row[view->row_len++] = bytes.ptr[i];
		if (view->row_len == HEX_ROW)
			end_row(view);
	}
}

/* CSV */

static void add_header(struct view_state *view)
{
	add(view, span_of("time,offset"));
	for (size_t i = 0; i < view->columns.count; i++) {
		add(view, span_of(","));
		add(view, span_of(view->columns.names[i]));
	}
	add(view, span_of("\n"));
	view->has_header = true;
}

static void add_row(struct view_state *view, const struct number *numbers, size_t count)
{
	const struct number *cells[NUMBERS_MAX] = { NULL };
	bool has_any = false;
	char offset[24];

	for (size_t i = 0; i < count; i++) {
		const int column = columns_find(&view->columns, &numbers[i], i);

		if (column < 0)
			continue;
		cells[column] = &numbers[i];
		has_any = true;
	}
	if (!has_any)
		return;
	snprintf(offset, sizeof(offset), "%llu", (unsigned long long)view->line_at);
	add_time(view, view->line_ms, ",");
	add(view, span_of(offset));
	for (size_t i = 0; i < view->columns.count; i++) {
		add(view, span_of(","));
		if (cells[i])
			add(view, cells[i]->text);
	}
	add(view, span_of("\n"));
}

static void take_line(struct view_state *view, bool is_learning)
{
	struct buf text = { 0 };
	struct cleaner cleaner = { 0 };
	struct number numbers[NUMBERS_MAX];

	if (!cleaner_add(
		    &cleaner, (struct span){ (const uint8_t *)view->line, view->line_len }, &text))
		view->is_broken = true;
	const size_t count = numbers_parse(buf_span(&text), numbers);

	view->line_len = 0;
	for (size_t i = 0; i < count && !view->has_header; i++)
		columns_add(&view->columns, &numbers[i], i);
	if (count && !is_learning) {
		if (!view->has_header)
			add_header(view);
		add_row(view, numbers, count);
	}
	buf_release(&text);
}

static void add_csv(struct view_state *view, struct span bytes, uint64_t offset, int64_t wall_ms,
	bool is_learning)
{
	for (size_t i = 0; i < bytes.len; i++) {
		const uint8_t c = bytes.ptr[i];

		if (c == '\n') {
			take_line(view, is_learning);
			continue;
		}
		if (!view->line_len) {
			view->line_at = offset + i;
			view->line_ms = wall_ms;
		}
		if (view->line_len < VIEW_LINE)
			view->line[view->line_len++] = (char)c;
	}
}

void view_learn(struct view_state *view, struct span bytes)
{
	add_csv(view, bytes, 0, 0, true);
}

/* all */

void view_add(struct view_state *view, struct span bytes, uint64_t offset, int64_t wall_ms)
{
	switch (view->view) {
	case VIEW_STAMPED:
		add_stamped(view, bytes, wall_ms);
		break;
	case VIEW_TEXT:
		view->is_broken =
			view->is_broken || !cleaner_add(&view->cleaner, bytes, &view->out);
		break;
	case VIEW_HEX:
		add_hex(view, bytes, offset);
		break;
	case VIEW_CSV:
		add_csv(view, bytes, offset, wall_ms, false);
		break;
	default:
		break;
	}
}

void view_lost(struct view_state *view, uint64_t lost, int64_t wall_ms)
{
	char line[64];

	snprintf(line, sizeof(line), "[%llu bytes lost]\n", (unsigned long long)lost);
	if (view->view == VIEW_CSV) {
		view->line_len = 0; /* half a line is no number to believe */
		return;
	}
	view_end(view);
	if (view->is_inside_line || view->cleaner.has_text)
		add(view, span_of("\n"));
	view->is_inside_line = false;
	view->cleaner = (struct cleaner){ 0 };
	if (view->view == VIEW_STAMPED)
		add_time(view, wall_ms, " ");
	add(view, span_of(line));
}

void view_end(struct view_state *view)
{
	end_row(view);
	if (view->view == VIEW_TEXT)
		view->is_broken = view->is_broken || !flush_open(&view->cleaner, &view->out);
	if (view->view == VIEW_CSV && view->line_len)
		take_line(view, false);
}
