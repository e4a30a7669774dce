/* SPDX-License-Identifier: MIT */
/* store_job.c - jobs, their events, and what becomes of those that a crash cut short. */
#include "server/store_db.h"

#include "server/log.h"
#include "server/problem.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* How many jobs are remembered, and after how many new ones the oldest are dropped. */
#define JOBS_KEPT 10000
#define PRUNE_EVERY 64
#define LIST_MAX 1000u

static const char *const kind_names[] = {
	[JOB_FLASH] = "flash",
	[JOB_VERIFY] = "verify",
	[JOB_ERASE] = "erase",
	[JOB_READ] = "read",
	[JOB_GO] = "go",
	[JOB_RESET] = "reset",
	[JOB_IDENTIFY] = "identify",
	[JOB_PROTECT] = "protect",
	[JOB_OPTION_BYTES] = "option_bytes",
	[JOB_POWER] = "power",
	[JOB_DOCTOR] = "doctor",
	[JOB_PROBE] = "probe",
	[JOB_EXPECT] = "expect",
};
static_assert(sizeof(kind_names) / sizeof(*kind_names) == JOB_KIND_COUNT, "every kind has a name");

static const char *const state_names[] = {
	[JOB_QUEUED] = "queued",
	[JOB_RUNNING] = "running",
	[JOB_DONE] = "done",
	[JOB_FAILED] = "failed",
	[JOB_CANCELLED] = "cancelled",
	[JOB_INTERRUPTED] = "interrupted",
};
static_assert(sizeof(state_names) / sizeof(*state_names) == JOB_STATE_COUNT, "so has every state");

const char *job_kind_name(enum job_kind kind)
{
	assert(kind < JOB_KIND_COUNT);
	return kind_names[kind];
}

const char *job_state_name(enum job_state state)
{
	assert(state < JOB_STATE_COUNT);
	return state_names[state];
}

bool job_state_is_final(enum job_state state)
{
	return state != JOB_QUEUED && state != JOB_RUNNING;
}

/* The index of text in names; -1: none. */
static int find_name(const char *const *names, int count, const char *text)
{
	for (int i = 0; i < count; i++)
		if (!strcmp(names[i], text))
			return i;
	return -1;
}

void job_record_release(struct job_record *record)
{
	free(record->name);
	free(record->parameters);
	free(record->image);
	free(record->result);
	free(record->error);
	*record = (struct job_record){ 0 };
}

static bool copy_text(char **to, const char *from)
{
	*to = from ? strdup(from) : NULL;
	return *to || !from;
}

bool job_record_copy(struct job_record *to, const struct job_record *from)
{
	*to = *from;
	to->name = to->parameters = to->image = to->result = to->error = NULL;
	if (copy_text(&to->name, from->name) && copy_text(&to->parameters, from->parameters) &&
		copy_text(&to->image, from->image) && copy_text(&to->result, from->result) &&
		copy_text(&to->error, from->error))
		return true;
	job_record_release(to);
	return false;
}

/* All columns, in the order of JOB_COLUMNS (store_sql.c). */
static void bind_job(sqlite3_stmt *s, const struct job_record *record)
{
	db_bind_text(s, 1, record->id);
	db_bind_text(s, 2, record->board);
	db_bind_text(s, 3, job_kind_name(record->kind));
	db_bind_text(s, 4, job_state_name(record->state));
	db_bind_int(s, 5, record->created);
	db_bind_int(s, 6, record->started);
	db_bind_int(s, 7, record->finished);
	db_bind_int(s, 8, record->changed);
	db_bind_text(s, 9, record->who);
	db_bind_text(s, 10, record->name);
	db_bind_text(s, 11, record->parameters);
	db_bind_text(s, 12, record->image);
	db_bind_text(s, 13, record->result);
	db_bind_text(s, 14, record->error);
	db_bind_text(s, 15, record->stage);
	db_bind_int(s, 16, (int64_t)record->done);
	db_bind_int(s, 17, (int64_t)record->total);
}

/* false: no memory, or not a job that this version knows; *record is empty then. */
static bool read_job(sqlite3_stmt *s, struct job_record *record)
{
	char kind[32], state[32];

	*record = (struct job_record){ 0 };
	db_text_into(s, 0, record->id, sizeof(record->id));
	db_text_into(s, 1, record->board, sizeof(record->board));
	db_text_into(s, 2, kind, sizeof(kind));
	db_text_into(s, 3, state, sizeof(state));
	record->created = sqlite3_column_int64(s, 4);
	record->started = sqlite3_column_int64(s, 5);
	record->finished = sqlite3_column_int64(s, 6);
	record->changed = sqlite3_column_int(s, 7) != 0;
	db_text_into(s, 8, record->who, sizeof(record->who));
	db_text_into(s, 14, record->stage, sizeof(record->stage));
	record->done = (uint64_t)sqlite3_column_int64(s, 15);
	record->total = (uint64_t)sqlite3_column_int64(s, 16);
	int kind_index = find_name(kind_names, JOB_KIND_COUNT, kind);
	int state_index = find_name(state_names, JOB_STATE_COUNT, state);
	bool ok = db_text(s, 9, &record->name) && db_text(s, 10, &record->parameters) &&
		db_text(s, 11, &record->image) && db_text(s, 12, &record->result) &&
		db_text(s, 13, &record->error);

	if (!ok || kind_index < 0 || state_index < 0) {
		job_record_release(record);
		return false;
	}
	record->kind = (enum job_kind)kind_index;
	record->state = (enum job_state)state_index;
	return true;
}

static bool prune(struct store *store)
{
	sqlite3_stmt *s = db_take(store, SQL_JOB_PRUNE);

	store->accepted = 0;
	db_bind_int(s, 1, JOBS_KEPT);
	return db_run(store, s);
}

bool store_job_accept(struct store *store, const struct job_record *record)
{
	sqlite3_stmt *s = db_take(store, SQL_JOB_ACCEPT);
	bool is_due = ++store->accepted >= PRUNE_EVERY;

	bind_job(s, record);
	if (!db_run(store, s))
		return false;
	/* A failed pruning is logged and tried again later; the job is accepted all the same. */
	if (is_due)
		prune(store);
	return true;
}

bool store_job_begin(struct store *store, const char *id, int64_t started)
{
	sqlite3_stmt *s = db_take(store, SQL_JOB_BEGIN);

	db_bind_text(s, 1, id);
	db_bind_int(s, 2, started);
	return db_run_one(store, s);
}

bool store_job_changes(struct store *store, const char *id, const char *image)
{
	sqlite3_stmt *s = db_take(store, SQL_JOB_CHANGES);

	db_bind_text(s, 1, id);
	db_bind_text(s, 2, image);
	return db_run_one(store, s);
}

bool store_job_finish(struct store *store, const struct job_record *record)
{
	sqlite3_stmt *s = db_take(store, SQL_JOB_FINISH);

	bind_job(s, record);
	return db_run_one(store, s);
}

/* Synchronous NORMAL leaves out the fsync in WAL mode; the next FULL commit makes it up. */
bool store_job_event(struct store *store, const char *id, unsigned seq, const char *json)
{
	sqlite3_stmt *s = db_take(store, SQL_EVENT_ADD);

	db_bind_text(s, 1, id);
	db_bind_int(s, 2, seq);
	db_bind_text(s, 3, json);
	sqlite3_exec(store->db, "PRAGMA synchronous = NORMAL", NULL, NULL, NULL);
	while (db_row(s))
		;
	int e = sqlite3_reset(s);

	if (e != SQLITE_OK)
		log_line(LOG_ERROR, "store: an event of job %s: %s", id, sqlite3_errstr(e));
	bool is_full =
		sqlite3_exec(store->db, "PRAGMA synchronous = FULL", NULL, NULL, NULL) == SQLITE_OK;

	return db_give(store, s) && e == SQLITE_OK && is_full;
}

bool store_job_get(struct store *store, const char *id, struct job_record *record)
{
	sqlite3_stmt *s = db_take(store, SQL_JOB_GET);

	*record = (struct job_record){ 0 };
	db_bind_text(s, 1, id);
	bool found = db_row(s) && read_job(s, record);

	return db_give(store, s) && found;
}

/* Rows are collected first: each() must not run under the store's lock. */
struct event_list {
	struct event {
		unsigned seq;
		char *json;
	} * list;
	size_t count;
};

static bool push_event(struct event_list *events, sqlite3_stmt *s)
{
	struct event *list = reallocarray(events->list, events->count + 1, sizeof(*list));

	if (!list)
		return false;
	events->list = list;
	list[events->count] = (struct event){ .seq = (unsigned)sqlite3_column_int64(s, 0) };
	if (!db_text(s, 1, &list[events->count].json))
		return false;
	events->count++;
	return true;
}

bool store_job_events(struct store *store, const char *id, unsigned from,
	void (*each)(void *ctx, unsigned seq, const char *json), void *ctx)
{
	struct event_list events = { 0 };
	sqlite3_stmt *s = db_take(store, SQL_EVENT_LIST);
	bool ok = true;

	db_bind_text(s, 1, id);
	db_bind_int(s, 2, from);
	while (ok && db_row(s))
		ok = push_event(&events, s);
	ok = db_give(store, s) && ok;
	for (size_t i = 0; i < events.count; i++) {
		if (ok)
			each(ctx, events.list[i].seq, events.list[i].json);
		free(events.list[i].json);
	}
	free(events.list);
	return ok;
}

struct job_list {
	struct job_record *list;
	size_t count;
};

/* Takes what s gives; a row that cannot be read is left out. false: no memory, or it failed. */
static bool collect_jobs(struct store *store, sqlite3_stmt *s, struct job_list *jobs)
{
	bool ok = true;

	while (ok && db_row(s)) {
		struct job_record *list = reallocarray(jobs->list, jobs->count + 1, sizeof(*list));

		ok = list != NULL;
		if (!ok)
			break;
		jobs->list = list;
		if (read_job(s, &list[jobs->count]))
			jobs->count++;
	}
	return db_give(store, s) && ok;
}

static void job_list_release(struct job_list *jobs)
{
	for (size_t i = 0; i < jobs->count; i++)
		job_record_release(&jobs->list[i]);
	free(jobs->list);
}

bool store_job_list(struct store *store, const struct job_filter *filter,
	void (*each)(void *ctx, const struct job_record *record), void *ctx)
{
	unsigned limit = filter->limit < LIST_MAX ? filter->limit : LIST_MAX;
	struct job_list jobs = { 0 };
	sqlite3_stmt *s = db_take(store, SQL_JOB_LIST);

	db_bind_text(s, 1, filter->board);
	if (filter->state >= 0)
		db_bind_text(s, 2, job_state_name((enum job_state)filter->state));
	db_bind_int(s, 3, limit);
	bool ok = collect_jobs(store, s, &jobs);

	for (size_t i = 0; ok && i < jobs.count; i++)
		each(ctx, &jobs.list[i]);
	job_list_release(&jobs);
	return ok;
}

static char *text_of(struct json *json)
{
	char *text = json_text(json);

	json_free(json);
	return text;
}

/* The problem that an interrupted job shows. */
static char *interrupted_error(const struct job_record *job)
{
	struct problem problem = { .board = job->board };

	if (job->changed)
		problem_set(&problem, "interrupted",
			"The server stopped while this job was erasing or writing, so the content "
			"of the board is unsure. Flash it again.");
	else if (job->state == JOB_RUNNING)
		problem_set(&problem, "interrupted",
			"The server stopped while this job ran. Nothing had been erased or "
			"written. Send it again.");
	else
		problem_set(&problem, "interrupted",
			"The server stopped before this job's turn came. Send it again.");
	return text_of(problem_json(&problem));
}

static char *quarantine_of(const struct job_record *job, int64_t now)
{
	struct json *json = json_object();
	struct json *image = job->image ? json_parse(span_of(job->image), false, NULL) : NULL;
	const char *merged = json_string(json_get(image, "merged"));

	json_add_string(json, "job", job->id);
	json_add_time(json, "since", now);
	if (merged)
		json_add_string(json, "merged", merged);
	json_free(image);
	json_add_string(json, "reason",
		"The server stopped while this job was erasing or writing, so the content of the "
		"board is unsure.");
	return text_of(json);
}

static bool set_quarantine(struct store *store, const struct job_record *job, int64_t now)
{
	char *quarantine = quarantine_of(job, now);
	bool ok = quarantine != NULL;

	if (ok) {
		sqlite3_stmt *s = db_take(store, SQL_BOARD_QUARANTINE);

		db_bind_text(s, 1, job->board);
		db_bind_text(s, 2, quarantine);
		ok = db_run(store, s);
	}
	free(quarantine);
	return ok;
}

/* The quarantine first: a crash in between repeats both. */
static bool interrupt(struct store *store, const struct job_record *job, int64_t now)
{
	char *error = interrupted_error(job);
	bool ok = error && (!job->changed || set_quarantine(store, job, now));

	if (ok) {
		sqlite3_stmt *s = db_take(store, SQL_JOB_INTERRUPT);

		db_bind_text(s, 1, job->id);
		db_bind_int(s, 2, now);
		db_bind_text(s, 3, error);
		ok = db_run_one(store, s);
	}
	if (ok)
		log_line(LOG_WARNING, "job %s of board %s was interrupted%s", job->id, job->board,
			job->changed ? " while it changed the board" : "");
	free(error);
	return ok;
}

bool store_recover(struct store *store)
{
	struct job_list jobs = { 0 };
	int64_t now = clock_wall_ms();
	bool ok = collect_jobs(store, db_take(store, SQL_JOB_LIVE), &jobs);

	for (size_t i = 0; ok && i < jobs.count; i++)
		ok = interrupt(store, &jobs.list[i], now);
	job_list_release(&jobs);
	return ok && prune(store);
}
