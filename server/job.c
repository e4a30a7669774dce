/* SPDX-License-Identifier: MIT */
/* job.c - what is asked of a board and what became of it, shared by who does it and who watches. */
#include "server/job_work.h"

#include "server/clock.h"
#include "server/job_json.h"
#include "server/job_pipe.h"
#include "server/notify.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Viewers need no more than twenty looks a second. */
enum { PROGRESS_GRAIN_MS = 50 };
enum { READER_MS = 30000, READER_SLICE_MS = 100 };

struct job {
	atomic_uint refs;
	struct job_request request; /* constant */
	struct pipe *pipe;          /* of a read */
	atomic_bool is_cancelled;
	pthread_mutex_t lock; /* guards the rest; id and board of the record are constant */
	struct job_record record;
	uint64_t version;
	struct progress progress;
	int64_t stage_began_ms, told_ms;
	struct problem problem;
	char *events[JOB_MAX_EVENTS];
	unsigned event_count;
};

void job_request_release(struct job_request *request)
{
	free(request->sectors);
	free(request->options);
	free(request->expect);
	*request = (struct job_request){ 0 };
}

static void job_free(struct job *job)
{
	for (unsigned i = 0; i < job->event_count; i++)
		free(job->events[i]);
	job_record_release(&job->record);
	job_request_release(&job->request);
	pipe_free(job->pipe);
	pthread_mutex_destroy(&job->lock);
	free(job);
}

static bool fill_record(struct job *job, const char *board_id)
{
	struct job_record *record = &job->record;
	const struct job_request *request = &job->request;

	id_new(record->id);
	strncpy(record->board, board_id, sizeof(record->board) - 1);
	memcpy(record->who, request->who, sizeof(record->who));
	record->kind = request->kind;
	record->state = JOB_QUEUED;
	record->created = clock_wall_ms();
	if (request->name[0] && !(record->name = strdup(request->name)))
		return false;
	record->parameters = job_request_text(request);
	return record->parameters != NULL;
}

struct job *job_new(struct job_request *request, const char *board_id)
{
	struct job *job = calloc(1, sizeof(*job));

	if (!job)
		return NULL;
	if (pthread_mutex_init(&job->lock, NULL)) {
		free(job);
		return NULL;
	}
	atomic_init(&job->refs, 1);
	atomic_init(&job->is_cancelled, false);
	job->version = 1;
	job->progress.seconds_left = UINT32_MAX;
	job->request = *request;
	*request = (struct job_request){ 0 };
	if (job->request.kind == JOB_READ)
		job->pipe = pipe_new();
	if ((job->request.kind == JOB_READ && !job->pipe) || !fill_record(job, board_id)) {
		job_free(job);
		return NULL;
	}
	return job;
}

struct job *job_ref(struct job *job)
{
	atomic_fetch_add(&job->refs, 1);
	return job;
}

void job_unref(struct job *job)
{
	if (job && atomic_fetch_sub(&job->refs, 1) == 1)
		job_free(job);
}

const char *job_id(const struct job *job)
{
	return job->record.id;
}

const struct job_request *job_request(const struct job *job)
{
	return &job->request;
}

bool job_copy(struct job *job, struct job_record *record)
{
	pthread_mutex_lock(&job->lock);
	const bool copied = job_record_copy(record, &job->record);

	pthread_mutex_unlock(&job->lock);
	return copied;
}

uint64_t job_version(struct job *job)
{
	pthread_mutex_lock(&job->lock);
	const uint64_t version = job->version;

	pthread_mutex_unlock(&job->lock);
	return version;
}

static enum job_state job_state(struct job *job)
{
	pthread_mutex_lock(&job->lock);
	const enum job_state state = job->record.state;

	pthread_mutex_unlock(&job->lock);
	return state;
}

bool job_is_final(struct job *job)
{
	return job_state_is_final(job_state(job));
}

bool job_problem(struct job *job, struct problem *problem)
{
	pthread_mutex_lock(&job->lock);
	*problem = job->problem;
	pthread_mutex_unlock(&job->lock);
	problem->board = job->record.board;
	return problem->code != NULL;
}

struct progress job_progress(struct job *job)
{
	pthread_mutex_lock(&job->lock);
	const struct progress progress = job->progress;

	pthread_mutex_unlock(&job->lock);
	return progress;
}

/* Of the queue: it ends here and now; the board's thread stores that when it comes to it. */
static bool cancel_queued(struct job *job)
{
	struct problem problem = { 0 };

	problem_set(&problem, "cancelled", "The job was cancelled while it waited in the queue.");
	char *error = job_problem_text(&problem, job->record.board);

	pthread_mutex_lock(&job->lock);
	const bool was_queued = job->record.state == JOB_QUEUED;

	if (was_queued) {
		job->record.state = JOB_CANCELLED;
		job->record.finished = clock_wall_ms();
		job->record.error = error;
		job->problem = problem;
		job->version++;
	}
	pthread_mutex_unlock(&job->lock);
	if (!was_queued)
		free(error);
	return was_queued;
}

bool job_cancel(struct job *job)
{
	const bool was_final = job_is_final(job);

	if (was_final)
		return false;
	atomic_store(&job->is_cancelled, true);
	if (cancel_queued(job))
		notify();
	return true;
}

bool job_is_cancelled(struct job *job)
{
	return atomic_load(&job->is_cancelled);
}

bool job_begin(struct job *job, struct store *store)
{
	const int64_t now = clock_wall_ms();

	pthread_mutex_lock(&job->lock);
	const bool was_queued = job->record.state == JOB_QUEUED;

	if (was_queued) {
		job->record.state = JOB_RUNNING;
		job->record.started = now;
		job->version++;
	}
	pthread_mutex_unlock(&job->lock);
	notify();
	return was_queued && store_job_begin(store, job->record.id, now);
}

bool job_note_change(struct job *job, struct store *store)
{
	pthread_mutex_lock(&job->lock);
	job->record.changed = true;
	pthread_mutex_unlock(&job->lock);
	/* The image is set by this thread alone. */
	return store_job_changes(store, job->record.id, job->record.image);
}

void job_add_event(struct job *job, struct store *store, const char *type, struct json *event)
{
	/* Only the board's thread adds events, so the number is still right below. */
	const unsigned seq = job->event_count;
	struct json *line = json_object();

	json_add_string(line, "type", type);
	json_add_time(line, "time", clock_wall_ms());
	json_add_integer(line, "seq", seq);
	json_add_string(line, "board", job->record.board);
	json_add_string(line, "job", job->record.id);
	for (const struct json *m = json_first(event); m; m = json_next(m))
		json_add_string(line, json_key(m), json_string(m));
	json_free(event);
	char *text = json_text(line);

	json_free(line);
	if (!text || seq >= JOB_MAX_EVENTS) {
		free(text);
		return;
	}
	store_job_event(store, job->record.id, seq, text);
	pthread_mutex_lock(&job->lock);
	job->events[job->event_count++] = text;
	job->version++;
	pthread_mutex_unlock(&job->lock);
	notify();
}

void job_events(struct job *job, unsigned from,
	void (*each)(void *ctx, unsigned seq, const char *json), void *ctx)
{
	for (unsigned seq = from;; seq++) {
		/* Kept as long as the job is: no need to call out under the lock. */
		pthread_mutex_lock(&job->lock);
		const char *text = seq < job->event_count ? job->events[seq] : NULL;

		pthread_mutex_unlock(&job->lock);
		if (!text)
			break;
		each(ctx, seq, text);
	}
}

static void set_rate(struct job *job, struct progress *p, int64_t now)
{
	const uint64_t ms = (uint64_t)(now - job->stage_began_ms);

	p->bytes_per_second = ms ? (uint32_t)(p->done * 1000 / ms) : 0;
	p->seconds_left = p->bytes_per_second
		? (uint32_t)((p->total - p->done + p->bytes_per_second - 1) / p->bytes_per_second)
		: UINT32_MAX;
}

void job_set_progress(
	struct job *job, enum stage stage, uint32_t addr, uint64_t done, uint64_t total)
{
	const int64_t now = clock_monotonic_ms();
	struct progress *p = &job->progress;

	pthread_mutex_lock(&job->lock);
	const bool is_new_stage = p->stage != stage;
	const bool tells = is_new_stage || done == total || now - job->told_ms >= PROGRESS_GRAIN_MS;

	if (is_new_stage)
		job->stage_began_ms = now;
	*p = (struct progress){ .version = p->version + tells,
		.stage = stage,
		.addr = addr,
		.done = done,
		.total = total };
	set_rate(job, p, now);
	job->record.done = done;
	job->record.total = total;
	strncpy(job->record.stage, stage_name(stage), sizeof(job->record.stage) - 1);
	if (tells) {
		job->told_ms = now;
		job->version++;
	}
	pthread_mutex_unlock(&job->lock);
	if (tells)
		notify();
}

void job_set_image(struct job *job, char *json)
{
	pthread_mutex_lock(&job->lock);
	free(job->record.image);
	job->record.image = json;
	job->version++;
	pthread_mutex_unlock(&job->lock);
}

/* The record as it will be, on the disk before anybody sees it. */
static void store_end(struct job *job, struct store *store, const struct job_record *end)
{
	struct job_record copy = { 0 };

	if (!job_copy(job, &copy))
		return;
	if (!job_state_is_final(copy.state)) {
		copy.state = end->state;
		copy.finished = end->finished;
		free(copy.result);
		free(copy.error);
		copy.result = end->result ? strdup(end->result) : NULL;
		copy.error = end->error ? strdup(end->error) : NULL;
	}
	store_job_finish(store, &copy);
	job_record_release(&copy);
}

void job_end(struct job *job, struct store *store, enum job_state state, char *result,
	const struct problem *problem)
{
	struct job_record end = { .state = state, .finished = clock_wall_ms(), .result = result };

	if (problem)
		end.error = job_problem_text(problem, job->record.board);
	store_end(job, store, &end);
	pthread_mutex_lock(&job->lock);
	const bool was_final = job_state_is_final(job->record.state);

	if (!was_final) {
		job->record.state = end.state;
		job->record.finished = end.finished;
		job->record.result = end.result;
		job->record.error = end.error;
		if (problem)
			job->problem = *problem;
		job->version++;
	}
	pthread_mutex_unlock(&job->lock);
	if (was_final) {
		free(end.result);
		free(end.error);
	}
	notify();
}

size_t job_read_take(struct job *job, uint8_t *out, size_t max, bool *ended)
{
	/* Asked first: what is put after it is seen final would be missed otherwise. */
	const bool is_final = job_is_final(job);
	bool is_empty = true;
	const size_t len = job->pipe ? pipe_take(job->pipe, out, max, &is_empty) : 0;

	*ended = is_final && is_empty;
	return len;
}

void job_read_abandon(struct job *job)
{
	job_cancel(job);
}

enum err job_read_put(
	struct job *job, struct span bytes, bool (*stop)(void *ctx), void *ctx, struct why *why)
{
	int64_t last_taken = clock_monotonic_ms();

	while (bytes.len) {
		const size_t took = pipe_put(job->pipe, bytes, READER_SLICE_MS);

		bytes.ptr += took;
		bytes.len -= took;
		if (took) {
			last_taken = clock_monotonic_ms();
			notify();
		}
		if (stop(ctx))
			return why_set(why, ERR_CANCELLED, NULL);
		if (clock_monotonic_ms() - last_taken > READER_MS)
			return why_set(why, ERR_CANCELLED, "nobody took the bytes that were read");
	}
	return ERR_OK;
}
