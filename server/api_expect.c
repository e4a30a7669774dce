/* SPDX-License-Identifier: MIT */
/* api_expect.c - expectations: parameters of a flash, and POST …/expect. */
#include "server/api_expect.h"

#include "server/api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const results_names[] = { "none", "auto", "unity", "tap", "ztest", NULL };

/* A text is a pattern, and is kept. */
static bool take_pattern(
	const char *name, const char *text, char out[PATTERN_MAX + 1], struct problem *problem)
{
	struct pattern_error error = { 0 };
	struct pattern *pattern = pattern_new(span_of(text), &error);

	if (!pattern)
		return problem_set(problem, "bad_pattern",
			"%s is no regular expression: %s, at byte %zu. Nothing was done.", name,
			error.what, error.offset);
	pattern_free(pattern);
	snprintf(out, PATTERN_MAX + 1, "%s", text);
	return true;
}

static bool take_timeout(
	const char *name, double seconds, struct expect *e, struct problem *problem)
{
	if (!(seconds >= 0.1 && seconds <= EXPECT_LONGEST_S))
		return problem_set(problem, "bad_parameter", "%s is in seconds, from 0.1 to %u.",
			name, EXPECT_LONGEST_S);
	e->timeout_ms = (uint32_t)(seconds * 1000);
	return true;
}

static bool make(struct job_request *what, struct problem *problem)
{
	what->expect = calloc(1, sizeof(*what->expect));
	if (!what->expect)
		return problem_set(problem, "no_memory", "There is no memory for the request.");
	what->expect->timeout_ms = EXPECT_TIMEOUT_MS;
	return true;
}

static bool has_aim(const struct expect *e, const char *name, struct problem *problem)
{
	if (!e->pattern[0] == !e->results)
		return problem_set(problem, "bad_parameter",
			"Say what ends it well: a pattern (%s), or results=auto for the verdict of "
			"a test framework; one of them.",
			name);
	return true;
}

static bool parse_timeout(const char *text, struct expect *e, struct problem *problem)
{
	char *end = NULL;
	const double seconds = text ? strtod(text, &end) : 0;

	return !text || take_timeout("timeout", *end || end == text ? -1 : seconds, e, problem);
}

bool expect_parse_query(
	const struct query *query, struct job_request *what, struct problem *problem)
{
	const char *pattern = query_get(query, "expect"), *fail = query_get(query, "fail");
	const char *timeout = query_get(query, "timeout");
	int results = RESULTS_NONE;

	if (!query_choice(query, "results", results_names, &results, problem))
		return false;
	if (!pattern && !fail && !timeout && !results)
		return true;
	if (!make(what, problem))
		return false;
	what->expect->results = (enum results_format)results;
	if ((pattern && !take_pattern("expect", pattern, what->expect->pattern, problem)) ||
		(fail && !take_pattern("fail", fail, what->expect->fail, problem)) ||
		!parse_timeout(timeout, what->expect, problem) ||
		!has_aim(what->expect, "expect=", problem))
		return false;
	return what->run ||
		problem_set(problem, "bad_parameter",
			"What the firmware says can be expected only of one that is started: not "
			"with run=false.");
}

static bool parse_patterns(const struct json *body, struct expect *e, struct problem *problem)
{
	const struct json *pattern = json_get(body, "pattern"), *fail = json_get(body, "fail");
	const char *results = json_string(json_get(body, "results"));

	if (pattern &&
		!take_pattern("\"pattern\"", json_string(pattern) ? json_string(pattern) : "",
			e->pattern, problem))
		return false;
	if (fail &&
		!take_pattern(
			"\"fail\"", json_string(fail) ? json_string(fail) : "", e->fail, problem))
		return false;
	if (!json_get(body, "results"))
		return true;
	for (int i = 0; results && results_names[i]; i++) {
		if (strcmp(results, results_names[i]))
			continue;
		e->results = (enum results_format)i;
		return true;
	}
	return problem_set(
		problem, "bad_parameter", "\"results\" is one of none, auto, unity, tap, ztest.");
}

static bool parse_from(const struct json *node, struct expect *e, struct problem *problem)
{
	const char *text = json_string(node);
	int64_t offset = 0;

	if (!node || (text && !strcmp(text, "now")))
		return true;
	if (e->resets)
		return problem_set(problem, "bad_parameter",
			"With \"reset\":true it is heard from that reset: leave \"from\" out.");
	if (text && !strcmp(text, "reset")) {
		e->from = EXPECT_FROM_RESET;
		return true;
	}
	if (!json_integer(node, 0, INT64_MAX, &offset))
		return problem_set(problem, "bad_parameter",
			"\"from\" is \"now\", \"reset\" (the last one) or an offset of the "
			"console.");
	e->from = EXPECT_FROM_OFFSET;
	e->offset = (uint64_t)offset;
	return true;
}

static bool parse_send(const struct json *node, struct expect *e, struct problem *problem)
{
	const char *text = json_string(node);

	if (!node)
		return true;
	if (!text || strlen(text) > EXPECT_SEND)
		return problem_set(problem, "bad_parameter",
			"\"send\" is a text of at most %u bytes.", EXPECT_SEND);
	snprintf(e->send, sizeof(e->send), "%s", text);
	return true;
}

static bool parse_body(const struct json *body, struct expect *e, struct problem *problem)
{
	static const char *const known[] = { "pattern", "fail", "results", "timeout_s", "from",
		"reset", "send", NULL };
	const struct json *timeout = json_get(body, "timeout_s");
	double seconds = -1;

	if (timeout)
		(void)json_number(timeout, &seconds);
	return api_members_only(body, known, problem) && parse_patterns(body, e, problem) &&
		(!timeout || take_timeout("\"timeout_s\"", seconds, e, problem)) &&
		api_member_bool(body, "reset", &e->resets, problem) &&
		parse_from(json_get(body, "from"), e, problem) &&
		parse_send(json_get(body, "send"), e, problem) &&
		has_aim(e, "\"pattern\"", problem);
}

/* A restart is more than the console's role may do. */
static bool may_reset(
	const struct request *request, const struct expect *e, struct problem *problem)
{
	return !e->resets || request->identity.role >= ROLE_FLASH ||
		problem_set(problem, "forbidden",
			"The token \"%s\" has the role %s, and \"reset\":true needs flash.",
			request->identity.who, role_name(request->identity.role));
}

void handle_expect(struct request *request)
{
	struct board *board = api_board_or_reply(request);
	struct job_request what = { .kind = JOB_EXPECT, .into = INTO_APPLICATION };
	struct problem problem = { 0 };

	if (!board)
		return;
	if (make(&what, &problem) && parse_body(request->json, what.expect, &problem) &&
		may_reset(request, what.expect, &problem)) {
		submit_job(request, board, &what);
		return;
	}
	job_request_release(&what);
	reply_problem(request, &problem);
}
