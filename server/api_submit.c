/* SPDX-License-Identifier: MIT */
/* api_submit.c - a job is accepted, and the request waits for it, or is told where to look. */
#include "server/api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const on_disconnect_names[] = { "continue", "cancel", NULL };

bool cancels_on_disconnect(const struct request *request)
{
	const char *text = query_get(&request->target.query, "on_disconnect");

	return text && !strcmp(text, "cancel");
}

bool check_job(struct request *request, struct problem *problem)
{
	static const char *const known[] = { "baud", "on_disconnect", NULL };
	const struct query *query = &request->target.query;
	int choice = 0;
	uint32_t baud;

	return api_board(request, problem) && query_only(query, known, problem) &&
		query_u32(query, "baud", &baud, NULL, problem) &&
		query_choice(query, "on_disconnect", on_disconnect_names, &choice, problem);
}

bool outcome_problem(struct job *job, const struct job_record *record, struct problem *problem)
{
	if (job_problem(job, problem))
		return true;
	switch (record->state) {
	case JOB_CANCELLED:
		problem_set(problem, "cancelled", "The job was cancelled%s.",
			record->changed ? " after it had begun to change the part: flash it again"
					: " before it changed anything");
		return true;
	case JOB_INTERRUPTED:
		problem_set(problem, "interrupted", "The server stopped while the job ran%s.",
			record->changed ? "; the part was being changed: flash it again" : "");
		return true;
	default:
		return false;
	}
}

/* A dry run answers the plan itself, with the job that made it. */
static struct json *plan_answer(const struct job_record *record)
{
	struct json *result =
		record->result ? json_parse(span_of(record->result), false, NULL) : NULL;
	struct json *plan = json_take(result, "plan");

	json_free(result);
	if (plan)
		json_add(plan, "job", job_record_json(record));
	return plan;
}

void reply_outcome(struct request *request, struct job *job)
{
	struct job_record record = { 0 };
	struct problem problem = { 0 };

	if (!job_copy(job, &record)) {
		reply_json(request, 503, NULL);
		return;
	}
	const bool is_plan = job_request(job)->dry_run && job_request(job)->kind == JOB_FLASH;

	if (outcome_problem(job, &record, &problem)) {
		problem.board = record.board;
		struct json *json = problem_json(&problem);

		json_add(json, "job", job_record_json(&record));
		reply_problem_json(request, &problem, json);
	} else {
		reply_json(request, 200, is_plan ? plan_answer(&record) : job_record_json(&record));
	}
	job_record_release(&record);
}

struct waiter {
	struct job *job;
	bool cancels;
};

static bool waiter_ready(void *ctx, int64_t now_ms)
{
	struct waiter *w = ctx;

	(void)now_ms;
	return job_is_final(w->job);
}

static void waiter_answer(void *ctx, struct request *request)
{
	struct waiter *w = ctx;

	reply_outcome(request, w->job);
}

static void waiter_gone(void *ctx)
{
	struct waiter *w = ctx;

	if (w->cancels)
		job_cancel(w->job);
}

static void waiter_release(void *ctx)
{
	struct waiter *w = ctx;

	job_unref(w->job);
	free(w);
}

static const struct wait_ops waiter_ops = {
	.ready = waiter_ready,
	.answer = waiter_answer,
	.gone = waiter_gone,
	.release = waiter_release,
};

static void reply_when_final(struct request *request, struct job *job)
{
	struct waiter *w = malloc(sizeof(*w));

	if (!w) {
		reply_json(request, 503, NULL);
		return;
	}
	*w = (struct waiter){ job_ref(job), cancels_on_disconnect(request) };
	reply_later(request, &waiter_ops, w);
}

static void reply_accepted(struct request *request, struct job *job)
{
	char rest[64], link[256];

	snprintf(rest, sizeof(rest), "api/v1/jobs/%s", job_id(job));
	request_link(request, link, sizeof(link), rest);
	reply_header(request, "Location", link);
	reply_header(request, "Preference-Applied", "respond-async");
	reply_json(request, 202, job_json(job));
}

void submit_job(struct request *request, struct board *board, struct job_request *what)
{
	struct problem problem = { 0 };

	snprintf(what->who, sizeof(what->who), "%s", request->identity.who);
	struct job *job = job_new(what, board_id(board));

	if (!job) {
		job_request_release(what);
		reply_json(request, 503, NULL);
		return;
	}
	if (!board_submit(board, job, &problem)) {
		problem.board = board_id(board);
		reply_problem(request, &problem);
	} else if (request_header_has(request, "Prefer", "respond-async")) {
		reply_accepted(request, job);
	} else if (request_header_has(request, "Accept", "application/x-ndjson")) {
		reply_follow(request, job_ref(job), true, cancels_on_disconnect(request));
	} else {
		reply_when_final(request, job);
	}
	job_unref(job);
}
