/* SPDX-License-Identifier: MIT */
/* api_console_tail.c - a reply that reads a console: raw, as a view, or as JSON lines. */
#include "server/api_console.h"
#include "server/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIECE 1024           /* bytes of a JSON line, or of one step of a view */
#define LEARN_MAX (64 * KIB) /* so far ahead the columns of CSV are looked for */

/* Of bytes that show nothing; then others have their turn. */
#define STEPS 64u

static void add_text(struct tail *tail, struct span text)
{
	struct view_state *view = &tail->view;

	view->is_broken = view->is_broken || !buf_append(&view->out, text);
}

static struct json *line_new(uint64_t offset, int64_t wall_ms)
{
	struct json *line = json_object();

	json_add_integer(line, "offset", (int64_t)offset);
	json_add_time(line, "time", wall_ms);
	return line;
}

/* Takes line over. */
static void add_line(struct tail *tail, struct json *line)
{
	tail->view.is_broken = tail->view.is_broken || !json_print(line, &tail->view.out);
	add_text(tail, span_of("\n"));
	json_free(line);
}

static void add_lost_json(struct tail *tail, const struct cut *cut)
{
	struct json *line = line_new(cut->from - cut->lost, cut->wall_ms);

	json_add_integer(line, "lost", (int64_t)cut->lost);
	add_line(tail, line);
}

static bool is_text(struct span bytes)
{
	return !memchr(bytes.ptr, 0, bytes.len) && utf8_is_valid(bytes);
}

/* How many bytes at the end start a character that the next piece may complete: 0 to 3. */
static size_t open_end(struct span bytes)
{
	for (size_t back = 1; back <= 3 && back <= bytes.len; back++) {
		uint8_t c = bytes.ptr[bytes.len - back];

		if (c >= 0xC2 && c <= 0xF4)
			return (c >= 0xF0 ? 4u : c >= 0xE0 ? 3u : 2u) > back ? back : 0;
		if (c < 0x80 || c >= 0xC0)
			break;
	}
	return 0;
}

static void add_piece_json(struct tail *tail, struct span bytes, const struct cut *cut)
{
	struct json *line = line_new(cut->from, cut->wall_ms);
	struct buf code = { 0 };

	if (is_text(bytes)) {
		json_add_text(line, "text", bytes);
	} else {
		tail->view.is_broken = tail->view.is_broken || !base64_append(&code, bytes);
		json_add_text(line, "base64", buf_span(&code));
	}
	buf_release(&code);
	add_line(tail, line);
}

static size_t piece_max(const struct tail *tail, size_t max)
{
	uint64_t left = tail->to - tail->at;

	return left < max ? (size_t)left : max;
}

/*
 * The piece is the beginning of a character: the rest has come later, or has yet to come (false).
 * Where it can't be completed the piece stays as it is.
 */
static bool join_char(struct tail *tail, uint8_t piece[4], struct cut *cut)
{
	uint8_t bytes[4];
	uint64_t left = tail->to - cut->from;
	size_t max = left < sizeof(bytes) ? (size_t)left : sizeof(bytes);
	struct cut more = past_read(&tail->past, cut->from, bytes, max, false);
	struct span got = { bytes, more.len };
	size_t len = more.lost ? 0 : utf8_char(got);

	if (len) {
		memcpy(piece, bytes, len);
		cut->len = len;
		return true;
	}
	tail->looked = cut->from + more.len;
	return more.lost || open_end(got) < got.len || tail->looked >= tail->to;
}

/* Adds nothing when there is only the beginning of a character. */
static void fill_json(struct tail *tail)
{
	uint8_t piece[PIECE];
	struct cut cut = past_read(&tail->past, tail->at, piece, piece_max(tail, PIECE), true);
	size_t keep = open_end((struct span){ piece, cut.len });

	if (cut.lost)
		add_lost_json(tail, &cut);
	tail->at = cut.from;
	if (keep == cut.len) {
		if (!join_char(tail, piece, &cut))
			return;
		keep = 0;
	}
	if (cut.len)
		add_piece_json(tail, (struct span){ piece, cut.len - keep }, &cut);
	tail->at = cut.from + cut.len - keep;
}

/* What is there already, so that the header of CSV names what later lines bring. */
static void learn(struct tail *tail)
{
	uint8_t piece[PIECE];
	const uint64_t end = tail->at + LEARN_MAX < tail->to ? tail->at + LEARN_MAX : tail->to;

	tail->has_learned = true;
	for (uint64_t at = tail->at; at < end;) {
		const size_t max = end - at < PIECE ? (size_t)(end - at) : PIECE;
		const struct cut cut = past_read(&tail->past, at, piece, max, false);

		if (!cut.len)
			break;
		view_learn(&tail->view, (struct span){ piece, cut.len });
		at = cut.from + cut.len;
	}
	tail->view.line_len = 0;
}

static void fill_view(struct tail *tail)
{
	uint8_t piece[PIECE];

	if (tail->view.view == VIEW_CSV && !tail->has_learned)
		learn(tail);
	const struct cut cut =
		past_read(&tail->past, tail->at, piece, piece_max(tail, PIECE), true);

	if (cut.lost)
		view_lost(&tail->view, cut.lost, cut.wall_ms);
	view_add(&tail->view, (struct span){ piece, cut.len }, cut.from, cut.wall_ms);
	tail->at = cut.from + cut.len;
}

/* A hole cannot be shown in raw bytes: what was lapped is cut. */
static enum pull_verdict pull_raw(struct tail *tail, uint8_t *out, size_t max, size_t *len)
{
	struct cut cut = past_read(&tail->past, tail->at, out, piece_max(tail, max), false);

	if (cut.lost || !cut.len)
		return PULL_CUT;
	tail->at += cut.len;
	*len = cut.len;
	return PULL_BYTES;
}

static bool has_news(const struct tail *tail)
{
	uint64_t head = past_head(&tail->past);

	return head > tail->at && head > tail->looked;
}

static bool tail_ready(void *ctx, int64_t now_ms)
{
	struct tail *tail = ctx;

	(void)now_ms;
	return tail->given < tail->view.out.len || tail->at >= tail->to || has_news(tail) ||
		board_has_ended(tail->board);
}

/* Fills what is to be given until there is something. PULL_BYTES: there is. */
static enum pull_verdict fill(struct tail *tail)
{
	struct view_state *view = &tail->view;

	tail->given = view->out.len = 0;
	for (unsigned step = 0; !view->out.len && !view->is_broken; step++) {
		const uint64_t at = tail->at;

		if (tail->at >= tail->to) {
			if (tail->has_ended)
				return PULL_END;
			tail->has_ended = true;
			view_end(view);
			continue;
		}
		if (!has_news(tail) || step == STEPS)
			return PULL_WAIT;
		if (view->view == VIEW_JSON)
			fill_json(tail);
		else
			fill_view(tail);
		if (tail->at == at && !view->out.len && view->view != VIEW_JSON)
			return PULL_CUT; /* a file went while it was read */
	}
	return view->is_broken ? PULL_CUT : PULL_BYTES;
}

/* Nothing more comes of a board that was removed: who follows it is told by a cut. */
static enum pull_verdict wait(const struct tail *tail)
{
	return board_has_ended(tail->board) && !has_news(tail) ? PULL_CUT : PULL_WAIT;
}

static enum pull_verdict tail_pull(void *ctx, uint8_t *out, size_t max, size_t *len)
{
	struct tail *tail = ctx;
	struct buf *text = &tail->view.out;

	if (tail->view.view == VIEW_RAW) {
		if (tail->at >= tail->to)
			return PULL_END;
		return has_news(tail) ? pull_raw(tail, out, max, len) : wait(tail);
	}
	if (tail->given == text->len) {
		const enum pull_verdict verdict = fill(tail);

		if (verdict == PULL_WAIT)
			return wait(tail);
		if (verdict != PULL_BYTES)
			return verdict;
	}
	*len = text->len - tail->given < max ? text->len - tail->given : max;
	memcpy(out, text->ptr + tail->given, *len);
	tail->given += *len;
	return PULL_BYTES;
}

static void tail_release(void *ctx)
{
	struct tail *tail = ctx;

	past_close(&tail->past);
	buf_release(&tail->view.out);
	free(tail);
}

static const struct stream_ops tail_ops = {
	.pull = tail_pull,
	.ready = tail_ready,
	.release = tail_release,
	.is_endless = true,
};

void reply_tail(struct request *request, struct tail *tail)
{
	static const char *const types[] = {
		[VIEW_RAW] = "application/octet-stream",
		[VIEW_STAMPED] = "text/plain; charset=utf-8",
		[VIEW_TEXT] = "text/plain; charset=utf-8",
		[VIEW_HEX] = "text/plain; charset=utf-8",
		[VIEW_CSV] = "text/csv; charset=utf-8",
		[VIEW_JSON] = "application/x-ndjson",
	};
	char number[24];

	snprintf(number, sizeof(number), "%llu", (unsigned long long)tail->at);
	reply_header(request, "Console-Offset", number);
	reply_header(request, "Console-Stream", tail->past.stream);
	reply_stream(request, types[tail->view.view], &tail_ops, tail);
}
