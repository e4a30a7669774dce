/* SPDX-License-Identifier: MIT */
/* api_group.c - one image to many boards: a job each, and one answer for all of them. */
#include "server/api.h"
#include "server/group.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct group *parse_group(struct request *request, struct problem *problem)
{
	const struct query *query = &request->target.query;
	const char *boards = query_get(query, "boards"), *tag = query_get(query, "tag");

	if (boards || tag)
		return group_new(request->bench, boards, tag, problem);
	problem_set(problem, "bad_parameter",
		"Say which boards: boards=one,two, or tag=TAG for all that have it, or both.");
	return NULL;
}

bool check_group(struct request *request, struct problem *problem)
{
	struct job_request what;
	struct group *group = NULL;
	const bool is_good = group_flash_parse(request, &what, problem) &&
		(group = parse_group(request, problem));

	job_request_release(&what);
	group_free(group);
	return is_good;
}

struct group_wait {
	struct group *group;
	bool cancels;
};

static bool wait_ready(void *ctx, int64_t now_ms)
{
	struct group_wait *w = ctx;

	(void)now_ms;
	return group_is_final(w->group);
}

static void reply_group(struct request *request, const struct group *group)
{
	struct problem problem = { 0 };
	const bool failed = group_problem(group, &problem);
	struct json *json = failed ? problem_json(&problem) : json_object();

	group_add_json(group, json);
	if (failed)
		reply_problem_json(request, &problem, json);
	else
		reply_json(request, 200, json);
}

static void wait_answer(void *ctx, struct request *request)
{
	struct group_wait *w = ctx;

	reply_group(request, w->group);
}

static void wait_gone(void *ctx)
{
	struct group_wait *w = ctx;

	if (w->cancels)
		group_cancel(w->group);
}

static void wait_release(void *ctx)
{
	struct group_wait *w = ctx;

	group_free(w->group);
	free(w);
}

static const struct wait_ops wait_ops = {
	.ready = wait_ready,
	.answer = wait_answer,
	.gone = wait_gone,
	.release = wait_release,
};

static void reply_when_final(struct request *request, struct group *group)
{
	struct group_wait *w = malloc(sizeof(*w));

	if (!w) {
		group_free(group);
		reply_json(request, 503, NULL);
		return;
	}
	*w = (struct group_wait){ group, cancels_on_disconnect(request) };
	reply_later(request, &wait_ops, w);
}

static void reply_accepted(struct request *request, const struct group *group)
{
	struct json *json = json_object();

	group_add_json(group, json);
	reply_header(request, "Preference-Applied", "respond-async");
	reply_json(request, 202, json);
}

/* Takes the group over. */
static void answer(struct request *request, struct group *group)
{
	if (!group_is_accepted(group)) {
		reply_group(request, group);
		group_free(group);
	} else if (request_header_has(request, "Prefer", "respond-async")) {
		reply_accepted(request, group);
		group_free(group);
	} else if (request_header_has(request, "Accept", "application/x-ndjson")) {
		reply_follow_group(request, group, cancels_on_disconnect(request));
	} else {
		reply_when_final(request, group);
	}
}

/* The query is read again for each board: each job owns what it expects. */
static void submit(struct request *request, struct member *member, const char sha256[SHA256_TEXT])
{
	struct job_request what;

	if (group_flash_parse(request, &what, &member->refusal)) {
		memcpy(what.sha256, sha256, SHA256_TEXT);
		snprintf(what.who, sizeof(what.who), "%s", request->identity.who);
		group_submit(member, &what);
	}
	if (member->refusal.code)
		member->refusal.board = board_id(member->board);
	job_request_release(&what);
}

void handle_group(struct request *request)
{
	struct problem problem = { 0 };
	struct job_request what;
	struct group *group = NULL;

	if (group_flash_parse(request, &what, &problem) &&
		(group = parse_group(request, &problem)) &&
		flash_shelve(request, &what, &problem)) {
		for (size_t i = 0; i < group->count; i++)
			submit(request, &group->members[i], what.sha256);
		answer(request, group);
	} else {
		group_free(group);
		reply_problem(request, &problem);
	}
	job_request_release(&what);
}
