/* SPDX-License-Identifier: MIT */
/* api_follow.c - a job's events as lines of JSON: its history, then live, then its outcome. */
#include "server/api.h"

#include <stdlib.h>
#include <string.h>

#define HEARTBEAT_MS 1000

struct follow {
	struct job *job; /* NULL: all that there is stands in text */
	bool cuts, cancels;
	unsigned next_event;
	uint64_t seen_version, seen_progress;
	enum stage stage; /* of the last progress said */
	int64_t said_ms;
	bool is_over, is_bad;
	struct buf text;
	size_t given;
	bool no_memory;
};

static void add_line(struct follow *f, struct span line)
{
	f->no_memory =
		f->no_memory || !buf_append(&f->text, line) || !buf_append(&f->text, span_of("\n"));
}

/* Takes json over. */
static void add_json(struct follow *f, struct json *json)
{
	struct buf text = { 0 };

	f->no_memory = f->no_memory || !json || !json_print(json, &text);
	add_line(f, buf_span(&text));
	buf_release(&text);
	json_free(json);
}

static struct json *event_new(const char *type)
{
	struct json *event = json_object();

	json_add_string(event, "type", type);
	json_add_time(event, "time", clock_wall_ms());
	return event;
}

static void add_event(void *ctx, unsigned seq, const char *json)
{
	struct follow *f = ctx;

	add_line(f, span_of(json));
	f->next_event = seq + 1;
}

static void add_outcome(struct follow *f, const struct job_record *record)
{
	struct json *event = event_new("outcome");

	json_add(event, "job", job_record_json(record));
	add_json(f, event);
	f->is_over = true;
	f->is_bad = record->state != JOB_DONE;
}

static void add_progress(struct follow *f, const struct progress *progress)
{
	struct json *event;

	if (progress->version == f->seen_progress)
		return;
	f->seen_progress = progress->version;
	if (progress->stage == STAGE_NONE)
		return;
	f->stage = progress->stage;
	event = progress_json(progress);
	json_add_time(event, "time", clock_wall_ms());
	json_add_string(event, "job", job_id(f->job));
	add_json(f, event);
}

/* What is new since the last time. The outcome comes after all that led to it. */
static void follow_fill(struct follow *f)
{
	bool is_final = job_is_final(f->job);

	f->seen_version = job_version(f->job);
	struct progress progress = job_progress(f->job);

	/* The last of a stage comes before the line that says the next one. */
	if (progress.stage == f->stage)
		add_progress(f, &progress);
	job_events(f->job, f->next_event, add_event, f);
	add_progress(f, &progress);
	if (!is_final)
		return;
	struct job_record record = { 0 };

	f->no_memory = f->no_memory || !job_copy(f->job, &record);
	if (!f->no_memory)
		add_outcome(f, &record);
	job_record_release(&record);
}

static enum pull_verdict follow_pull(void *ctx, uint8_t *out, size_t max, size_t *len)
{
	struct follow *f = ctx;
	int64_t now_ms = clock_monotonic_ms();

	if (f->given == f->text.len) {
		f->given = f->text.len = 0;
		if (!f->is_over)
			follow_fill(f);
		if (!f->text.len && !f->is_over && now_ms - f->said_ms >= HEARTBEAT_MS)
			add_json(f, event_new("heartbeat"));
	}
	if (f->no_memory)
		return PULL_CUT;
	if (f->given == f->text.len && f->is_over)
		return f->is_bad && f->cuts ? PULL_CUT : PULL_END;
	if (f->given == f->text.len)
		return PULL_WAIT;
	f->said_ms = now_ms;
	*len = f->text.len - f->given < max ? f->text.len - f->given : max;
	memcpy(out, f->text.ptr + f->given, *len);
	f->given += *len;
	return PULL_BYTES;
}

static bool follow_ready(void *ctx, int64_t now_ms)
{
	struct follow *f = ctx;

	return f->is_over || now_ms - f->said_ms >= HEARTBEAT_MS ||
		job_version(f->job) != f->seen_version ||
		job_progress(f->job).version != f->seen_progress;
}

static void follow_gone(void *ctx)
{
	struct follow *f = ctx;

	if (f->job && f->cancels)
		job_cancel(f->job);
}

static void follow_release(void *ctx)
{
	struct follow *f = ctx;

	job_unref(f->job);
	buf_release(&f->text);
	free(f);
}

static const struct stream_ops follow_ops = {
	.pull = follow_pull,
	.ready = follow_ready,
	.gone = follow_gone,
	.release = follow_release,
};

void reply_follow(struct request *request, struct job *job, bool cuts, bool cancels)
{
	struct follow *f = calloc(1, sizeof(*f));

	if (!f) {
		job_unref(job);
		reply_json(request, 503, NULL);
		return;
	}
	f->job = job;
	f->cuts = cuts;
	f->cancels = cancels;
	f->said_ms = clock_monotonic_ms();
	reply_stream(request, "application/x-ndjson", &follow_ops, f);
}

void reply_history(struct request *request, const struct job_record *record)
{
	struct follow *f = calloc(1, sizeof(*f));

	if (!f || !store_job_events(request->bench->store, record->id, 0, add_event, f)) {
		free(f);
		reply_json(request, 503, NULL);
		return;
	}
	add_outcome(f, record);
	reply_stream(request, "application/x-ndjson", &follow_ops, f);
}
