/* SPDX-License-Identifier: MIT */
/* api_follow.c - events of jobs as lines of JSON: their history, then live, then the outcome. */
#include "server/api.h"
#include "server/group.h"

#include <stdlib.h>
#include <string.h>

#define HEARTBEAT_MS 1000

/* One job, and how much of it was said. */
struct tail {
	struct job *job;   /* a reference */
	const char *board; /* stands in each of its lines; NULL: in none */
	unsigned next_event;
	uint64_t seen_version, seen_progress;
	enum stage stage; /* of the last progress said */
	bool is_over;
};

struct follow {
	struct group *group; /* owned; NULL: it is about one job */
	bool cuts, cancels;
	int64_t said_ms;
	bool is_over, is_bad;
	struct buf text;
	size_t given;
	bool no_memory;
	size_t count; /* 0: all that there is stands in text */
	struct tail tails[];
};

/* What is said of one tail: its lines go to the stream. */
struct voice {
	struct follow *f;
	struct tail *tail;
};

static void add_text(struct follow *f, const char *text)
{
	f->no_memory = f->no_memory || !buf_append(&f->text, span_of(text));
}

/* line is a JSON object with members; board, an id or NULL, becomes its first. */
static void add_line(struct follow *f, const char *board, struct span line)
{
	if (board) {
		add_text(f, "{\"board\":\"");
		add_text(f, board);
		add_text(f, "\",");
		line = (struct span){ line.ptr + 1, line.len - 1 };
	}
	f->no_memory = f->no_memory || !buf_append(&f->text, line);
	add_text(f, "\n");
}

/* Takes json over. */
static void add_json(struct follow *f, const char *board, struct json *json)
{
	struct buf text = { 0 };

	f->no_memory = f->no_memory || !json || !json_print(json, &text);
	if (!f->no_memory)
		add_line(f, board, buf_span(&text));
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
	struct voice *v = ctx;

	add_line(v->f, v->tail->board, span_of(json));
	v->tail->next_event = seq + 1;
}

static void add_outcome(struct follow *f, const struct job_record *record)
{
	struct json *event = event_new("outcome");

	json_add(event, "job", job_record_json(record));
	add_json(f, NULL, event);
	f->is_over = true;
	f->is_bad = record->state != JOB_DONE;
}

static void add_group_outcome(struct follow *f)
{
	struct json *event = event_new("outcome");
	struct problem problem;

	group_add_json(f->group, event);
	add_json(f, NULL, event);
	f->is_over = true;
	f->is_bad = group_problem(f->group, &problem);
}

static void add_progress(struct follow *f, struct tail *t, const struct progress *progress)
{
	struct json *event;

	if (progress->version == t->seen_progress)
		return;
	t->seen_progress = progress->version;
	if (progress->stage == STAGE_NONE)
		return;
	t->stage = progress->stage;
	event = progress_json(progress);
	json_add_time(event, "time", clock_wall_ms());
	json_add_string(event, "job", job_id(t->job));
	add_json(f, t->board, event);
}

/* A job's end: the outcome, where it is the only one. */
static void add_end(struct follow *f, struct tail *t)
{
	struct job_record record = { 0 };

	t->is_over = true;
	f->no_memory = f->no_memory || !job_copy(t->job, &record);
	if (f->no_memory)
		return;
	if (f->group) {
		struct json *event = event_new("job");

		json_add(event, "job", job_record_json(&record));
		add_json(f, t->board, event);
	} else {
		add_outcome(f, &record);
	}
	job_record_release(&record);
}

/* What is new since the last time. The end comes after all that led to it. */
static void tail_fill(struct follow *f, struct tail *t)
{
	bool is_final = job_is_final(t->job);

	t->seen_version = job_version(t->job);
	struct progress progress = job_progress(t->job);

	/* The last of a stage comes before the line that says the next one. */
	if (progress.stage == t->stage)
		add_progress(f, t, &progress);
	job_events(t->job, t->next_event, add_event, &(struct voice){ f, t });
	add_progress(f, t, &progress);
	if (is_final)
		add_end(f, t);
}

static void follow_fill(struct follow *f)
{
	bool is_final = true;

	for (size_t i = 0; i < f->count; i++) {
		if (!f->tails[i].is_over)
			tail_fill(f, &f->tails[i]);
		is_final = is_final && f->tails[i].is_over;
	}
	if (f->group && is_final)
		add_group_outcome(f);
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
			add_json(f, NULL, event_new("heartbeat"));
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

static bool tail_has_news(const struct tail *t)
{
	return !t->is_over &&
		(job_version(t->job) != t->seen_version ||
			job_progress(t->job).version != t->seen_progress);
}

static bool follow_ready(void *ctx, int64_t now_ms)
{
	struct follow *f = ctx;
	bool has_news = f->is_over || now_ms - f->said_ms >= HEARTBEAT_MS;

	for (size_t i = 0; !has_news && i < f->count; i++)
		has_news = tail_has_news(&f->tails[i]);
	return has_news;
}

static void follow_gone(void *ctx)
{
	struct follow *f = ctx;

	for (size_t i = 0; f->cancels && i < f->count; i++)
		job_cancel(f->tails[i].job);
}

static void follow_release(void *ctx)
{
	struct follow *f = ctx;

	for (size_t i = 0; i < f->count; i++)
		job_unref(f->tails[i].job);
	group_free(f->group);
	buf_release(&f->text);
	free(f);
}

static const struct stream_ops follow_ops = {
	.pull = follow_pull,
	.ready = follow_ready,
	.gone = follow_gone,
	.release = follow_release,
};

/* With room for so many tails. NULL: no memory. */
static struct follow *follow_new(size_t tails, bool cuts, bool cancels)
{
	struct follow *f = calloc(1, sizeof(*f) + tails * sizeof(f->tails[0]));

	if (!f)
		return NULL;
	f->cuts = cuts;
	f->cancels = cancels;
	f->said_ms = clock_monotonic_ms();
	return f;
}

void reply_follow(struct request *request, struct job *job, bool cuts, bool cancels)
{
	struct follow *f = follow_new(1, cuts, cancels);

	if (!f) {
		job_unref(job);
		reply_json(request, 503, NULL);
		return;
	}
	f->tails[f->count++].job = job;
	reply_stream(request, "application/x-ndjson", &follow_ops, f);
}

static void add_member(struct follow *f, const struct member *member)
{
	const char *board = board_id(member->board);

	if (member->job) {
		f->tails[f->count++] = (struct tail){ .job = job_ref(member->job), .board = board };
	} else {
		struct json *event = event_new("refused");

		json_add(event, "problem", problem_json(&member->refusal));
		add_json(f, board, event);
	}
}

void reply_follow_group(struct request *request, struct group *group, bool cancels)
{
	struct follow *f = follow_new(group->count, true, cancels);

	if (!f) {
		group_free(group);
		reply_json(request, 503, NULL);
		return;
	}
	f->group = group;
	for (size_t i = 0; i < group->count; i++)
		add_member(f, &group->members[i]);
	reply_stream(request, "application/x-ndjson", &follow_ops, f);
}

static void add_stored(void *ctx, unsigned seq, const char *json)
{
	(void)seq;
	add_line(ctx, NULL, span_of(json));
}

void reply_history(struct request *request, const struct job_record *record)
{
	struct follow *f = follow_new(0, false, false);

	if (!f || !store_job_events(request->bench->store, record->id, 0, add_stored, f)) {
		if (f)
			follow_release(f);
		reply_json(request, 503, NULL);
		return;
	}
	add_outcome(f, record);
	reply_stream(request, "application/x-ndjson", &follow_ops, f);
}
