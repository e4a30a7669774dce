/* SPDX-License-Identifier: MIT */
/* api_console.c - what a board printed, as bytes, stamped lines or JSON lines; and its input. */
#include "server/api.h"
#include "server/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIECE 1024        /* bytes of a JSON line */
#define RUNAWAY (4 * KIB) /* a full ring moves on between this request and its first byte */

enum view { VIEW_RAW, VIEW_STAMPED, VIEW_JSON };

struct tail {
	struct console *con;
	uint64_t at, to; /* to: where it ends; UINT64_MAX: never */
	uint64_t looked; /* up to here there is only the beginning of a character */
	enum view view;
	bool is_inside_line;
	bool is_broken;
	struct buf text;
	size_t given;
};

static bool find_named(struct console *con, const char *from, uint64_t *at)
{
	static const struct {
		const char *name;
		enum console_mark mark;
	} rows[] = { { "reset", CONSOLE_MARK_RESET }, { "flash", CONSOLE_MARK_FLASH } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (strcmp(from, rows[i].name))
			continue;
		*at = 0; /* none, or it fell off the ring: the oldest held */
		console_find_mark(con, rows[i].mark, at);
		return true;
	}
	return false;
}

static bool parse_from(struct console *con, const char *from, uint64_t *at, struct problem *problem)
{
	uint64_t head = console_head(con), number;

	if (!from || find_named(con, from, at))
		return true;
	if (from[0] == '-' && number_parse(from + 1, UINT64_MAX, &number)) {
		*at = number < head ? head - number : 0;
		return true;
	}
	if (!number_parse(from, UINT64_MAX, at))
		return problem_set(problem, "bad_parameter",
			"from=%.40s is no offset, \"reset\", \"flash\", or -N for the last N "
			"bytes.",
			from);
	if (*at <= head)
		return true;
	return problem_set(problem, "bad_parameter",
		"from=%.40s lies ahead of the console, which stands at %llu: its offsets have "
		"restarted (stream %s).",
		from, (unsigned long long)head, console_stream(con));
}

static bool parse_tail(struct request *request, struct tail *tail, struct problem *problem)
{
	static const char *const known[] = { "from", "to", "follow", "view", NULL };
	static const char *const views[] = { "raw", "stamped", NULL };
	const struct query *query = &request->target.query;
	struct board *board = api_board(request, problem);
	int view = VIEW_RAW;
	bool follow = false, has_to = false;

	if (!board || !query_only(query, known, problem))
		return false;
	*tail = (struct tail){ .con = board_console(board), .to = UINT64_MAX };
	if (!parse_from(tail->con, query_get(query, "from"), &tail->at, problem) ||
		!query_number(query, "to", UINT64_MAX, &tail->to, &has_to, problem) ||
		!query_bool(query, "follow", &follow, problem) ||
		!query_choice(query, "view", views, &view, problem))
		return false;
	uint64_t oldest = console_oldest(tail->con), head = console_head(tail->con);

	if (tail->at < oldest)
		tail->at = oldest + RUNAWAY < head ? oldest + RUNAWAY : oldest;
	if (!follow && tail->to > head)
		tail->to = head;
	tail->view = (enum view)view;
	if (request_header_has(request, "Accept", "application/x-ndjson"))
		tail->view = VIEW_JSON;
	return true;
}

bool check_console(struct request *request, struct problem *problem)
{
	struct tail tail;

	return parse_tail(request, &tail, problem);
}

static void add_text(struct tail *tail, struct span text)
{
	tail->is_broken = tail->is_broken || !buf_append(&tail->text, text);
}

static void add_stamp(struct tail *tail, int64_t wall_ms)
{
	char time[CLOCK_TEXT];

	add_text(tail, span_of(clock_format(time, wall_ms)));
	add_text(tail, span_of(" "));
}

static void add_stamped(struct tail *tail, struct span bytes, int64_t wall_ms)
{
	while (bytes.len) {
		const uint8_t *end = memchr(bytes.ptr, '\n', bytes.len);
		size_t len = end ? (size_t)(end - bytes.ptr) + 1 : bytes.len;

		if (!tail->is_inside_line)
			add_stamp(tail, wall_ms);
		add_text(tail, (struct span){ bytes.ptr, len });
		tail->is_inside_line = !end;
		bytes.ptr += len;
		bytes.len -= len;
	}
}

static void add_lost_stamped(struct tail *tail, const struct cut *cut)
{
	char line[64];

	if (tail->is_inside_line)
		add_text(tail, span_of("\n"));
	tail->is_inside_line = false;
	snprintf(line, sizeof(line), "[%llu bytes lost]\n", (unsigned long long)cut->lost);
	add_stamp(tail, cut->wall_ms);
	add_text(tail, span_of(line));
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
	tail->is_broken = tail->is_broken || !json_print(line, &tail->text);
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
		tail->is_broken = tail->is_broken || !base64_append(&code, bytes);
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
	struct cut more = console_read(tail->con, cut->from, bytes, max);
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
	struct cut cut = console_read_stamped(tail->con, tail->at, piece, piece_max(tail, PIECE));
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

static void fill_stamped(struct tail *tail)
{
	uint8_t piece[PIECE];
	struct cut cut = console_read_stamped(tail->con, tail->at, piece, piece_max(tail, PIECE));

	if (cut.lost)
		add_lost_stamped(tail, &cut);
	add_stamped(tail, (struct span){ piece, cut.len }, cut.wall_ms);
	tail->at = cut.from + cut.len;
}

/* A hole cannot be shown in raw bytes: what was lapped is cut. */
static enum pull_verdict pull_raw(struct tail *tail, uint8_t *out, size_t max, size_t *len)
{
	struct cut cut = console_read(tail->con, tail->at, out, piece_max(tail, max));

	if (cut.lost)
		return PULL_CUT;
	tail->at += cut.len;
	*len = cut.len;
	return PULL_BYTES;
}

static bool has_news(const struct tail *tail)
{
	uint64_t head = console_head(tail->con);

	return head > tail->at && head > tail->looked;
}

static bool tail_ready(void *ctx, int64_t now_ms)
{
	struct tail *tail = ctx;

	(void)now_ms;
	return tail->given < tail->text.len || tail->at >= tail->to || has_news(tail);
}

static enum pull_verdict tail_pull(void *ctx, uint8_t *out, size_t max, size_t *len)
{
	struct tail *tail = ctx;

	if (tail->given == tail->text.len) {
		tail->given = tail->text.len = 0;
		if (tail->at >= tail->to)
			return PULL_END;
		if (!has_news(tail))
			return PULL_WAIT;
		if (tail->view == VIEW_RAW)
			return pull_raw(tail, out, max, len);
		if (tail->view == VIEW_JSON)
			fill_json(tail);
		else
			fill_stamped(tail);
	}
	if (tail->is_broken)
		return PULL_CUT;
	if (!tail->text.len)
		return PULL_WAIT;
	*len = tail->text.len - tail->given < max ? tail->text.len - tail->given : max;
	memcpy(out, tail->text.ptr + tail->given, *len);
	tail->given += *len;
	return PULL_BYTES;
}

static void tail_release(void *ctx)
{
	struct tail *tail = ctx;

	buf_release(&tail->text);
	free(tail);
}

static const struct stream_ops tail_ops = {
	.pull = tail_pull,
	.ready = tail_ready,
	.release = tail_release,
	.is_endless = true,
};

void handle_console_get(struct request *request)
{
	static const char *const types[] = { "application/octet-stream",
		"text/plain; charset=utf-8", "application/x-ndjson" };
	struct problem problem = { 0 };
	struct tail *tail = malloc(sizeof(*tail));
	char number[24];

	if (!tail) {
		reply_json(request, 503, NULL);
		return;
	}
	if (!parse_tail(request, tail, &problem)) {
		free(tail);
		reply_problem(request, &problem);
		return;
	}
	snprintf(number, sizeof(number), "%llu", (unsigned long long)tail->at);
	reply_header(request, "Console-Offset", number);
	reply_header(request, "Console-Stream", console_stream(tail->con));
	reply_stream(request, types[tail->view], &tail_ops, tail);
}

void handle_console_post(struct request *request)
{
	struct board *board = api_board_or_reply(request);
	struct problem problem = { 0 };

	if (!board)
		return;
	if (!request->body.len)
		problem_set(&problem, "empty_body", "The body is empty: there is nothing to send.");
	else
		board_input(board, buf_span(&request->body), &problem);
	if (problem.code) {
		problem.board = board_id(board);
		reply_problem(request, &problem);
		return;
	}
	struct json *json = json_object();

	json_add_integer(json, "accepted_bytes", (int64_t)request->body.len);
	reply_json(request, 200, json);
}
