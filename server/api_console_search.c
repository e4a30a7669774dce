/* SPDX-License-Identifier: MIT */
/* api_console_search.c - a regular expression looked for in what a board printed. */
#include "server/api_console.h"
#include "server/console_search.h"

#include <stdio.h>
#include <string.h>

#define DEFAULT_LIMIT 100u

struct query_of_search {
	uint64_t from, to;
	uint32_t limit;
	bool ignores_case;
};

static bool parse_bounds(struct request *request, struct past *past, struct query_of_search *q,
	struct problem *problem)
{
	const struct query *query = &request->target.query;
	const uint64_t head = past_head(past), oldest = past_oldest(past);
	bool given;

	*q = (struct query_of_search){ .to = UINT64_MAX, .limit = DEFAULT_LIMIT };
	if (!parse_position(past, "from", query_get(query, "from"), &q->from, problem) ||
		!parse_position(past, "to", query_get(query, "to"), &q->to, problem) ||
		!query_bool(query, "ignore_case", &q->ignores_case, problem) ||
		!query_u32(query, "limit", &q->limit, &given, problem))
		return false;
	if (!q->limit || q->limit > SEARCH_LIMIT)
		return problem_set(
			problem, "bad_parameter", "limit is not from 1 to %u.", SEARCH_LIMIT);
	if (q->from < oldest)
		q->from = oldest;
	if (q->to > head)
		q->to = head;
	return true;
}

/* NULL: *problem. */
static struct pattern *parse_pattern(
	struct request *request, bool ignores_case, struct problem *problem)
{
	const char *text = query_get(&request->target.query, "pattern");
	const char *prefix = ignores_case ? "(?i)" : "";
	struct pattern_error error = { 0 };
	char whole[PATTERN_MAX + 1];
	const int len = snprintf(whole, sizeof(whole), "%s%s", prefix, text ? text : "");

	if (!text || !*text || len >= (int)sizeof(whole)) {
		problem_set(problem, "bad_pattern",
			"pattern= is missing or too long: a regular expression of 1 to %u bytes.",
			(unsigned)(PATTERN_MAX - strlen("(?i)")));
		return NULL;
	}
	struct pattern *pattern = pattern_new(span_of(whole), &error);

	if (!pattern)
		problem_set(problem, "bad_pattern",
			"pattern= is no regular expression: %s, at byte %zu.", error.what,
			error.offset < strlen(prefix) ? 0 : error.offset - strlen(prefix));
	return pattern;
}

static void search(struct request *request, struct past *past, struct problem *problem)
{
	struct query_of_search q;
	uint64_t next;

	if (!parse_bounds(request, past, &q, problem))
		return;
	struct pattern *pattern = parse_pattern(request, q.ignores_case, problem);

	if (!pattern)
		return;
	struct json *json = json_object(), *matches = json_array();
	const enum search_verdict verdict =
		console_search(past, pattern, q.from, q.to, q.limit, matches, &next);

	pattern_free(pattern);
	json_add(json, "matches", matches);
	json_add_string(json, "stream", past->stream);
	if (next == OFFSET_NONE)
		json_add_null(json, "next");
	else
		json_add_integer(json, "next", (int64_t)next);
	if (!verdict) {
		reply_json(request, 200, json);
		return;
	}
	json_free(json);
	if (verdict == SEARCH_TOO_HARD)
		problem_set(problem, "pattern_too_hard",
			"Looking for this pattern takes too long. Repetitions inside repetitions "
			"are often why.");
	else
		problem_set(problem, "no_memory", "There was no memory for this request.");
}

void handle_console_search(struct request *request)
{
	static const char *const known[] = { "pattern", "from", "to", "limit", "ignore_case",
		"stream", NULL };
	struct problem problem = { 0 };
	struct board *board = api_board(request, &problem);
	struct past past;

	if (board && query_only(&request->target.query, known, &problem) &&
		open_past(&past, request, board, &problem)) {
		search(request, &past, &problem);
		past_close(&past);
	}
	if (problem.code)
		reply_problem(request, &problem);
}
