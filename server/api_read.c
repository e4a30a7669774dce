/* SPDX-License-Identifier: MIT */
/* api_read.c - memory read out: octets as they arrive, a failure cuts the body. */
#include "server/api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BYTES (8 * KIB)

static const char *const format_names[] = { "bin", "hex", "srec", NULL };
static const enum image_format formats[] = { FORMAT_BIN, FORMAT_HEX, FORMAT_SREC };

/* Waits for the first bytes (or a failure, which then has its status), then streams. */
struct reading {
	struct job *job;
	uint8_t bytes[FIRST_BYTES]; /* taken by a look, not yet given */
	size_t len, given;
	bool is_ended;
};

static bool parse_read(struct request *request, struct job_request *what, struct problem *problem)
{
	static const char *const known[] = { "address", "length", "format", "baud", "burst", NULL };
	const struct query *query = &request->target.query;
	int format = 0;

	*what = (struct job_request){ .kind = JOB_READ };
	if (!api_board(request, problem) || !query_only(query, known, problem) ||
		!query_u32(query, "address", &what->address, &what->has_address, problem) ||
		!query_u32(query, "length", &what->length, &what->has_length, problem) ||
		!query_u32(query, "baud", &what->baud, NULL, problem) ||
		!query_bool(query, "burst", &what->burst, problem) ||
		!query_choice(query, "format", format_names, &format, problem))
		return false;
	what->has_burst = query_get(query, "burst") != NULL;
	what->format = formats[format];
	if (what->has_length && !what->length)
		return problem_set(problem, "bad_parameter", "length=0: nothing to read.");
	if (what->has_length && !what->has_address)
		return problem_set(problem, "bad_parameter",
			"length is given without address. Give both, or neither for the whole "
			"flash.");
	return true;
}

bool check_read(struct request *request, struct problem *problem)
{
	struct job_request what;

	return parse_read(request, &what, problem);
}

static bool reading_ready(void *ctx, int64_t now_ms)
{
	struct reading *r = ctx;

	(void)now_ms;
	if (r->given == r->len && !r->is_ended) {
		r->given = 0;
		r->len = job_read_take(r->job, r->bytes, sizeof(r->bytes), &r->is_ended);
	}
	return r->given < r->len || r->is_ended;
}

static bool is_done(struct job *job)
{
	struct job_record record = { 0 };
	bool done = job_copy(job, &record) && record.state == JOB_DONE;

	job_record_release(&record);
	return done;
}

static enum pull_verdict reading_pull(void *ctx, uint8_t *out, size_t max, size_t *len)
{
	struct reading *r = ctx;

	if (!reading_ready(r, 0))
		return PULL_WAIT;
	if (r->given == r->len)
		return is_done(r->job) ? PULL_END : PULL_CUT;
	*len = r->len - r->given < max ? r->len - r->given : max;
	memcpy(out, r->bytes + r->given, *len);
	r->given += *len;
	return PULL_BYTES;
}

static void reading_gone(void *ctx)
{
	struct reading *r = ctx;

	if (r->job)
		job_read_abandon(r->job);
}

static void reading_release(void *ctx)
{
	struct reading *r = ctx;

	job_unref(r->job);
	free(r);
}

static const struct stream_ops reading_stream = {
	.pull = reading_pull,
	.ready = reading_ready,
	.gone = reading_gone,
	.release = reading_release,
};

static void name_file(struct request *request, const struct job *job)
{
	const struct job_request *what = job_request(job);
	const char *format = what->format == FORMAT_HEX ? "hex"
		: what->format == FORMAT_SREC           ? "srec"
							: "bin";
	char text[200], where[16] = "flash";

	if (what->has_address)
		snprintf(where, sizeof(where), "%08x", what->address);
	snprintf(text, sizeof(text), "attachment; filename=\"%s-%s.%s\"", request->captures.text[0],
		where, format);
	reply_header(request, "Content-Disposition", text);
}

static void reading_answer(void *ctx, struct request *request)
{
	struct reading *r = ctx, *rest;

	if (r->given == r->len && !is_done(r->job)) {
		reply_outcome(request, r->job);
		return;
	}
	rest = malloc(sizeof(*rest));
	if (!rest) {
		job_read_abandon(r->job);
		reply_json(request, 503, NULL);
		return;
	}
	*rest = *r;
	job_ref(rest->job);
	name_file(request, r->job);
	reply_header(request, "Job", job_id(r->job));
	reply_stream(request, "application/octet-stream", &reading_stream, rest);
}

static const struct wait_ops reading_wait = {
	.ready = reading_ready,
	.answer = reading_answer,
	.gone = reading_gone,
	.release = reading_release,
};

/* Takes the reference. */
static void reply_reading(struct request *request, struct job *job)
{
	struct reading *r = calloc(1, sizeof(*r));

	if (!r) {
		job_read_abandon(job);
		job_unref(job);
		reply_json(request, 503, NULL);
		return;
	}
	r->job = job;
	reply_later(request, &reading_wait, r);
}

void handle_read(struct request *request)
{
	struct problem problem = { 0 };
	static const char *const known[] = { NULL };
	struct job_request what;

	if (!parse_read(request, &what, &problem) ||
		!api_members_only(request->json, known, &problem)) {
		reply_problem(request, &problem);
		return;
	}
	struct board *board = api_board(request, &problem);

	snprintf(what.who, sizeof(what.who), "%s", request->identity.who);
	struct job *job = job_new(&what, board_id(board));

	if (!job) {
		job_request_release(&what);
		reply_json(request, 503, NULL);
	} else if (!board_submit(board, job, &problem)) {
		problem.board = board_id(board);
		reply_problem(request, &problem);
		job_unref(job);
	} else {
		reply_reading(request, job);
	}
}
