/* SPDX-License-Identifier: MIT */
/* api_console.c - what a board printed, from memory and files; which streams there are; input. */
#include "server/api_console.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RUNAWAY (4 * KIB) /* a full ring moves on between this request and its first byte */

static bool find_named(struct past *past, const char *text, uint64_t *at)
{
	static const struct {
		const char *name;
		enum console_mark mark;
	} rows[] = { { "reset", CONSOLE_MARK_RESET }, { "flash", CONSOLE_MARK_FLASH } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (strcmp(text, rows[i].name))
			continue;
		*at = 0; /* none, or it is held no more: the oldest held */
		past_mark(past, rows[i].mark, at);
		return true;
	}
	return false;
}

bool parse_position(struct past *past, const char *name, const char *text, uint64_t *at,
	struct problem *problem)
{
	const uint64_t head = past_head(past);
	uint64_t number;
	int64_t wall_ms;

	if (!text || find_named(past, text, at))
		return true;
	if (text[0] == '-' && number_parse(text + 1, UINT64_MAX, &number)) {
		*at = number < head ? head - number : 0;
		return true;
	}
	if (clock_parse(text, &wall_ms)) {
		*at = past_time(past, wall_ms);
		return true;
	}
	if (number_parse(text, UINT64_MAX, at))
		return true;
	return problem_set(problem, "bad_parameter",
		"%s=%.40s is no offset, \"reset\", \"flash\", -N for the last N bytes, or time "
		"(2026-11-24T10:00:00Z; a + in it is %%2B).",
		name, text);
}

static bool parse_from(struct past *past, const char *from, uint64_t *at, struct problem *problem)
{
	if (!parse_position(past, "from", from, at, problem))
		return false;
	if (*at <= past_head(past))
		return true;
	return problem_set(problem, "bad_parameter",
		"from=%.40s lies ahead of the console, which stands at %llu: its offsets have "
		"restarted (stream %s).",
		from, (unsigned long long)past_head(past), past->stream);
}

bool open_past(struct past *past, const struct request *request, struct board *board,
	struct problem *problem)
{
	const char *stream = query_get(&request->target.query, "stream");

	if (past_open(past, board_console(board), board_console_log(board), stream))
		return true;
	return problem_set(problem, "bad_parameter",
		"stream=%.40s is not held for this board (any more). GET …/console/streams lists "
		"those that are.",
		stream);
}

/* false: *problem; what was opened stays open. */
static bool parse_range(struct request *request, struct tail *tail, struct problem *problem)
{
	static const char *const views[] = { [VIEW_RAW] = "raw",
		[VIEW_STAMPED] = "stamped",
		[VIEW_TEXT] = "text",
		[VIEW_HEX] = "hex",
		[VIEW_CSV] = "csv",
		[VIEW_JSON] = "ndjson",
		NULL };
	const struct query *query = &request->target.query;
	int view = VIEW_RAW;
	bool follow = false;

	if (!parse_from(&tail->past, query_get(query, "from"), &tail->at, problem) ||
		!parse_position(&tail->past, "to", query_get(query, "to"), &tail->to, problem) ||
		!query_bool(query, "follow", &follow, problem) ||
		!query_choice(query, "view", views, &view, problem))
		return false;
	const uint64_t oldest = past_oldest(&tail->past), head = past_head(&tail->past);
	const bool is_ring = tail->past.is_live && oldest == console_oldest(tail->past.con);

	if (tail->at < oldest)
		tail->at = is_ring && oldest && oldest + RUNAWAY < head ? oldest + RUNAWAY : oldest;
	if ((!follow || !tail->past.is_live) && tail->to > head)
		tail->to = head;
	tail->view.view = (enum view)view;
	if (request_header_has(request, "Accept", "application/x-ndjson"))
		tail->view.view = VIEW_JSON;
	return true;
}

static bool parse_tail(struct request *request, struct tail *tail, struct problem *problem)
{
	static const char *const known[] = { "from", "to", "follow", "view", "stream", NULL };
	struct board *board = api_board(request, problem);

	memset(tail, 0, sizeof(*tail));
	tail->board = board;
	tail->to = UINT64_MAX;
	if (!board || !query_only(&request->target.query, known, problem) ||
		!open_past(&tail->past, request, board, problem))
		return false;
	if (parse_range(request, tail, problem))
		return true;
	past_close(&tail->past);
	return false;
}

bool check_console(struct request *request, struct problem *problem)
{
	struct tail *tail = malloc(sizeof(*tail));
	const bool ok = tail && parse_tail(request, tail, problem);

	if (ok)
		past_close(&tail->past);
	if (!tail)
		problem_set(problem, "no_memory", "There was no memory for this request.");
	free(tail);
	return ok;
}

void handle_console_get(struct request *request)
{
	struct problem problem = { 0 };
	struct tail *tail = malloc(sizeof(*tail));

	if (tail && parse_tail(request, tail, &problem)) {
		reply_tail(request, tail);
		return;
	}
	if (tail)
		reply_problem(request, &problem);
	else
		reply_json(request, 503, NULL);
	free(tail);
}

static struct json *stream_json(const char *stream, uint64_t from, uint64_t to)
{
	struct json *json = json_object();

	json_add_string(json, "stream", stream);
	json_add_integer(json, "from", (int64_t)from);
	json_add_integer(json, "to", (int64_t)to);
	return json;
}

static void push_live(struct json *list, struct board *board)
{
	struct past past;

	if (!past_open(&past, board_console(board), board_console_log(board), NULL))
		return;
	struct json *json = stream_json(past.stream, past_oldest(&past), past_head(&past));

	json_add_bool(json, "live", true);
	past_close(&past);
	json_push(list, json);
}

/* Those of earlier starts, each from its first file to its last; the live one stands first. */
static struct json *streams_json(struct board *board)
{
	struct log_file files[LOG_FILES];
	const size_t count = console_log_list(board_console_log(board), files);
	const char *live = console_stream(board_console(board));
	struct json *list = json_array();

	push_live(list, board);
	for (size_t end = count, first; end; end = first) {
		for (first = end - 1;
			first && !strcmp(files[first - 1].stream, files[end - 1].stream);)
			first--;
		if (!strcmp(files[first].stream, live))
			continue;
		struct json *json = stream_json(
			files[first].stream, files[first].first, log_file_end(&files[end - 1]));

		json_add_bool(json, "live", false);
		json_add_time(json, "began", files[first].first_ms);
		json_add_time(json, "ended", files[end - 1].last_ms);
		json_push(list, json);
	}
	return list;
}

void handle_console_streams(struct request *request)
{
	struct board *board = api_board_or_reply(request);

	if (!board)
		return;
	struct json *json = json_object();

	json_add(json, "streams", streams_json(board));
	reply_json(request, 200, json);
}

void handle_console_post(struct request *request)
{
	struct board *board = api_board_or_reply(request);
	struct problem problem = { 0 };
	struct writer by = { .who = request->identity.who };

	if (!board)
		return;
	if (!request->body.len)
		problem_set(&problem, "empty_body", "The body is empty: there is nothing to send.");
	else if (query_bool(&request->target.query, "take", &by.takes, &problem))
		board_input(board, &by, buf_span(&request->body), &problem);
	if (problem.code) {
		problem.board = board_id(board);
		reply_problem(request, &problem);
		return;
	}
	struct json *json = json_object();

	json_add_integer(json, "accepted_bytes", (int64_t)request->body.len);
	reply_json(request, 200, json);
}
