/* SPDX-License-Identifier: MIT */
/*
 * ws_viewer.c - a viewer: what it has seen and where it stands in the console. Nothing is queued
 * for it; it pulls when it can take more.
 */
#include "server/ws_internal.h"

#include <endian.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define OFFSET_BYTES 8

static bool watch_boards(struct viewer *v, const struct bench *bench)
{
	v->bench = bench;
	v->list = v->loan.board ? NULL : bench_list(bench);
	v->seen_count = v->list ? v->list->count : 1;
	v->seen = calloc(v->seen_count ? v->seen_count : 1, sizeof(*v->seen));
	for (size_t i = 0; v->seen && i < v->seen_count; i++)
		v->seen[i].board = board_ref(v->list ? v->list->boards[i] : v->loan.board);
	return v->seen;
}

/* Where the console starts for it, and what it has to be told about that. */
static void find_start(struct viewer *v)
{
	const struct ws_loan *loan = &v->loan;
	struct console *con = board_console(loan->board);
	uint64_t head = console_head(con), oldest = console_oldest(con);

	v->at = head > oldest + WS_FIRST_BYTES ? head - WS_FIRST_BYTES : oldest;
	if (!loan->has_from)
		return;
	v->gap_is_foreign = loan->other_stream || loan->from > head;
	v->has_gap = v->gap_is_foreign || loan->from < oldest;
	v->gap_from = loan->from;
	v->at = v->has_gap ? oldest : loan->from;
}

static atomic_ullong numbers = 1;

struct viewer *viewer_new(const struct bench *bench, const struct ws_loan *loan)
{
	struct viewer *v = calloc(1, sizeof(*v));

	if (!v)
		return NULL;
	v->loan = *loan;
	v->number = atomic_fetch_add(&numbers, 1);
	if (!buf_append(&v->request, loan->request) || !watch_boards(v, bench)) {
		viewer_free(v);
		return NULL;
	}
	if (loan->board)
		find_start(v);
	return v;
}

void viewer_free(struct viewer *v)
{
	if (v->loan.board && v->seen)
		board_leave(v->loan.board, v->number);
	for (size_t i = 0; v->seen && i < v->seen_count; i++)
		seen_release(&v->seen[i]);
	free(v->seen);
	board_list_unref(v->list);
	buf_release(&v->request);
	buf_release(&v->in);
	buf_release(&v->replies);
	free(v);
}

static bool has_bytes(const struct viewer *v)
{
	return v->loan.board && console_head(board_console(v->loan.board)) > v->at;
}

bool viewer_is_bereft(struct viewer *v)
{
	return v->loan.board && board_is_removed(v->loan.board);
}

bool viewer_has_news(struct viewer *v)
{
	if (!v->had_snapshot || v->reply_count || v->has_gap || has_bytes(v) ||
		(v->list && !bench_list_holds(v->bench, v->list)))
		return true;
	for (size_t i = 0; i < v->seen_count; i++)
		if (seen_is_stale(&v->seen[i]))
			return true;
	return false;
}

/* Takes json over. */
static enum message say(struct json *json, struct buf *out)
{
	bool ok = json && json_print(json, out);

	json_free(json);
	return ok ? MESSAGE_TEXT : MESSAGE_FAILED;
}

static enum message next_snapshot(struct viewer *v, struct buf *out)
{
	v->had_snapshot = true;
	return say(v->loan.board ? snapshot_board(v, &v->seen[0]) : snapshot_all(v), out);
}

static enum message next_reply(struct viewer *v, struct buf *out)
{
	const char *text = (const char *)v->replies.ptr + v->replies_given;

	if (!buf_append(out, span_of(text)))
		return MESSAGE_FAILED;
	v->replies_given += strlen(text) + 1;
	if (!--v->reply_count)
		v->replies.len = v->replies_given = 0;
	return MESSAGE_TEXT;
}

static enum message next_gap(struct viewer *v, struct buf *out)
{
	struct json *event = event_new(v, "gap", board_id(v->loan.board));

	json_add_integer(event, "from", (int64_t)v->gap_from);
	json_add_integer(event, "to", (int64_t)v->at);
	if (v->gap_is_foreign)
		json_add_null(event, "lost"); /* nobody knows: the offsets have restarted */
	else
		json_add_integer(event, "lost", (int64_t)(v->at - v->gap_from));
	json_add_string(event, "stream", console_stream(board_console(v->loan.board)));
	v->has_gap = v->gap_is_foreign = false;
	return say(event, out);
}

/* Far enough from the ring's end that it does not catch up again at once. */
static enum message fall_behind(struct viewer *v, uint64_t oldest, uint64_t head, struct buf *out)
{
	v->gap_from = v->at;
	v->at = oldest + WS_FIRST_BYTES < head ? oldest + WS_FIRST_BYTES : head;
	return next_gap(v, out);
}

static enum message next_bytes(struct viewer *v, struct buf *out)
{
	struct console *con = board_console(v->loan.board);
	uint64_t oldest = console_oldest(con), be;
	size_t start = out->len;

	if (oldest > v->at)
		return fall_behind(v, oldest, console_head(con), out);
	if (!buf_reserve(out, start + WS_FRAME_MAX))
		return MESSAGE_FAILED;
	struct cut cut = console_read(
		con, v->at, out->ptr + start + OFFSET_BYTES, WS_FRAME_MAX - OFFSET_BYTES);

	if (cut.lost) /* overtaken just now */
		return fall_behind(v, console_oldest(con), console_head(con), out);
	be = htobe64(cut.from);
	memcpy(out->ptr + start, &be, OFFSET_BYTES);
	out->len = start + OFFSET_BYTES + cut.len;
	v->at = cut.from + cut.len;
	return MESSAGE_BINARY;
}

enum message viewer_next(struct viewer *v, struct buf *out)
{
	struct json *event;

	if (!v->had_snapshot)
		return next_snapshot(v, out);
	if (v->reply_count)
		return next_reply(v, out);
	if (v->has_gap)
		return next_gap(v, out);
	event = v->list ? change_list(v) : NULL;
	for (size_t i = 0; !event && i < v->seen_count; i++)
		event = change_of(v, &v->seen[i]);
	if (event)
		return say(event, out);
	return has_bytes(v) ? next_bytes(v, out) : MESSAGE_NONE;
}

/* What was given makes place: who always asks before it has read all must not make it grow. */
static void drop_given(struct viewer *v)
{
	if (!v->replies_given)
		return;
	v->replies.len -= v->replies_given;
	memmove(v->replies.ptr, v->replies.ptr + v->replies_given, v->replies.len);
	v->replies_given = 0;
}

/* Takes json over. */
static bool answer(struct viewer *v, struct json *json)
{
	drop_given(v);
	size_t before = v->replies.len;
	bool ok = json && json_print(json, &v->replies) &&
		buf_append(&v->replies, (struct span){ (const uint8_t *)"", 1 });

	json_free(json);
	if (!ok)
		v->replies.len = before;
	v->reply_count += ok;
	return ok;
}

static const char *board_name(const struct viewer *v)
{
	return v->loan.board ? board_id(v->loan.board) : NULL;
}

static bool refuse(struct viewer *v, struct problem *problem)
{
	struct json *event = event_new(v, "refused", board_name(v));

	problem->board = board_name(v);
	json_add(event, "problem", problem_json(problem));
	return answer(v, event);
}

static bool may_type(struct viewer *v, struct problem *problem)
{
	if (!v->loan.board)
		return problem_set(
			problem, "bad_request", "This stream has no console to write to.");
	return v->loan.identity.role >= ROLE_CONSOLE ||
		problem_set(problem, "forbidden",
			"The token \"%s\" has the role %s; console input needs console.",
			v->loan.identity.who, role_name(v->loan.identity.role));
}

static struct writer writer_of(const struct viewer *v)
{
	return (struct writer){ .who = v->loan.identity.who, .seat = v->number };
}

static bool take_input(struct viewer *v)
{
	const struct writer by = writer_of(v);
	struct problem problem = { 0 };

	if (may_type(v, &problem) && v->in.len)
		board_input(v->loan.board, &by, buf_span(&v->in), &problem);
	return !problem.code || refuse(v, &problem);
}

/* {"type":"take"}: its turn from now on; that it is shows in the board's state. */
static bool take_turn(struct viewer *v)
{
	struct writer by = writer_of(v);
	struct problem problem = { 0 };

	by.takes = true;
	if (may_type(v, &problem))
		board_input(v->loan.board, &by, (struct span){ 0 }, &problem);
	return !problem.code || refuse(v, &problem);
}

static bool send_break(struct viewer *v)
{
	const struct writer by = writer_of(v);
	struct problem problem = { 0 };

	if (may_type(v, &problem))
		wish_free(board_wish_break(v->loan.board, &by, &problem));
	return !problem.code || refuse(v, &problem);
}

static bool say_hello(struct viewer *v)
{
	struct json *event = event_new(v, "hello", board_name(v));

	json_add_string(event, "version", BENCHD_VERSION);
	json_add_string(event, "who", v->loan.identity.who);
	json_add_string(event, "role", role_name(v->loan.identity.role));
	return answer(v, event);
}

static const struct {
	const char *type;
	bool (*take)(struct viewer *v);
} texts[] = { { "hello", say_hello }, { "take", take_turn }, { "break", send_break } };
#define TEXTS (sizeof(texts) / sizeof(*texts))

static bool refuse_text(struct viewer *v, const char *type)
{
	struct problem problem = { 0 };

	problem_set(&problem, "bad_request",
		"A text message of type \"%.40s\" is not known. Known: hello, take, break.", type);
	return refuse(v, &problem);
}

static bool take_text(struct viewer *v)
{
	struct problem problem = { 0 };
	struct json_error error = { 0 };
	struct json *json = json_parse(buf_span(&v->in), false, &error);
	const char *type = json_string(json_get(json, "type"));
	bool ok;

	if (!json) {
		problem_set(&problem, "bad_request",
			"The text message is not JSON: %s, at line %u, column %u.", error.what,
			error.line, error.column);
		return refuse(v, &problem);
	}
	size_t i = 0;

	while (type && i < TEXTS && strcmp(texts[i].type, type) != 0)
		i++;
	ok = type && i < TEXTS ? texts[i].take(v) : refuse_text(v, type ? type : "");
	json_free(json);
	return ok;
}

bool viewer_take(struct viewer *v)
{
	bool ok = v->in_is_binary ? take_input(v) : take_text(v);

	v->in.len = 0;
	return ok;
}
