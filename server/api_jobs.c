/* SPDX-License-Identifier: MIT */
/* api_jobs.c - jobs: the list, one, cancelling, events. */
#include "server/api.h"
#include "server/report.h"

#include <stdlib.h>
#include <string.h>

#define LIST_DEFAULT 50
#define LIST_MAX 500

/* A job that lives on a board says more than the store's copy. false: no memory. */
static bool freshen(const struct request *request, struct job_record *record)
{
	struct job *job = NULL;
	struct job_record live = { 0 };

	if (!job_state_is_final(record->state))
		job = bench_find_job(request->bench, record->id);
	if (!job)
		return true;
	bool ok = job_copy(job, &live);

	job_unref(job);
	if (!ok)
		return false;
	job_record_release(record);
	*record = live;
	return true;
}

/* Live or stored; false: *problem. */
static bool find_record(
	const struct request *request, struct job_record *record, struct problem *problem)
{
	const char *id = request->captures.text[0];
	struct job *job = bench_find_job(request->bench, id);
	bool ok;

	*record = (struct job_record){ 0 };
	if (job) {
		ok = job_copy(job, record) ||
			problem_set(problem, "no_memory", "There is no memory to show the job.");
		job_unref(job);
		return ok;
	}
	return store_job_get(request->bench->store, id, record) ||
		problem_set(problem, "no_such_job",
			"There is no job \"%.40s\". GET /api/v1/jobs lists them.", id);
}

struct records {
	struct job_record items[LIST_MAX];
	size_t count;
	bool no_memory;
};

static void collect(void *ctx, const struct job_record *record)
{
	struct records *records = ctx;

	if (records->count == LIST_MAX)
		return;
	if (job_record_copy(&records->items[records->count], record))
		records->count++;
	else
		records->no_memory = true;
}

/* Copied first: nothing may be asked of a board while the store is locked. */
static struct json *list_json(const struct request *request, struct records *records)
{
	struct json *root = json_object(), *list = json_array();

	for (size_t i = 0; i < records->count; i++) {
		struct job_record *record = &records->items[i];

		records->no_memory = records->no_memory || !freshen(request, record);
		json_push(list, job_record_json(record));
		job_record_release(record);
	}
	json_add(root, "jobs", list);
	if (!records->no_memory)
		return root;
	json_free(root);
	return NULL;
}

static bool parse_filter(
	const struct query *query, struct job_filter *filter, struct problem *problem)
{
	static const char *const known[] = { "board", "state", "limit", NULL };
	const char *names[JOB_STATE_COUNT + 1] = { 0 };
	uint64_t limit = LIST_DEFAULT;

	for (int i = 0; i < JOB_STATE_COUNT; i++)
		names[i] = job_state_name((enum job_state)i);
	*filter = (struct job_filter){ .board = query_get(query, "board"), .state = -1 };
	if (!query_only(query, known, problem) ||
		!query_choice(query, "state", names, &filter->state, problem) ||
		!query_number(query, "limit", LIST_MAX, &limit, NULL, problem))
		return false;
	filter->limit = (unsigned)limit;
	return limit > 0 || problem_set(problem, "bad_parameter", "limit=0 would list nothing.");
}

void handle_jobs(struct request *request)
{
	struct problem problem = { 0 };
	struct job_filter filter;

	if (!parse_filter(&request->target.query, &filter, &problem)) {
		reply_problem(request, &problem);
		return;
	}
	struct records *records = calloc(1, sizeof(*records));

	if (!records) {
		reply_json(request, 503, NULL);
		return;
	}
	bool ok = store_job_list(request->bench->store, &filter, collect, records);
	struct json *json = list_json(request, records);

	free(records);
	if (ok) {
		reply_json(request, 200, json);
		return;
	}
	json_free(json);
	problem_set(&problem, "store_failed", "The jobs could not be read from the store.");
	reply_problem(request, &problem);
}

void handle_job(struct request *request)
{
	struct problem problem = { 0 };
	struct job_record record;

	if (!find_record(request, &record, &problem)) {
		reply_problem(request, &problem);
		return;
	}
	reply_json(request, 200, job_record_json(&record));
	job_record_release(&record);
}

static void reply_final(struct request *request, const struct job_record *record)
{
	struct problem problem = { 0 };

	problem_set(&problem, "job_final", "The job has already ended; its state is %s.",
		job_state_name(record->state));
	struct json *json = problem_json(&problem);

	json_add(json, "job", job_record_json(record));
	reply_problem_json(request, &problem, json);
}

/* 200: it is cancelled. 202: it will end between two steps. */
void handle_job_cancel(struct request *request)
{
	struct job *job = bench_find_job(request->bench, request->captures.text[0]);
	struct problem problem = { 0 };
	struct job_record record;
	bool accepted = job && job_cancel(job);

	job_unref(job);
	if (!find_record(request, &record, &problem)) {
		reply_problem(request, &problem);
		return;
	}
	if (accepted)
		reply_json(request, job_state_is_final(record.state) ? 200 : 202,
			job_record_json(&record));
	else
		reply_final(request, &record);
	job_record_release(&record);
}

void handle_job_events(struct request *request)
{
	struct job *job = bench_find_job(request->bench, request->captures.text[0]);
	struct problem problem = { 0 };
	struct job_record record;

	if (job) {
		reply_follow(request, job, false, false);
		return;
	}
	if (!find_record(request, &record, &problem)) {
		reply_problem(request, &problem);
		return;
	}
	reply_history(request, &record);
	job_record_release(&record);
}

static void reply_report(struct request *request, const struct job_record *record, bool is_json)
{
	struct buf xml = { 0 };

	if (is_json) {
		reply_json(request, 200, report_json(record));
	} else if (report_junit(record, &xml)) {
		reply_bytes(request, 200, "application/xml", &xml);
	} else {
		buf_release(&xml);
		reply_json(request, 503, NULL);
	}
}

void handle_job_report(struct request *request)
{
	static const char *const known[] = { "format", NULL };
	static const char *const formats[] = { "junit", "json", NULL };
	struct problem problem = { 0 };
	struct job_record record = { 0 };
	int format = 0;
	bool ok = query_only(&request->target.query, known, &problem) &&
		query_choice(&request->target.query, "format", formats, &format, &problem) &&
		find_record(request, &record, &problem);

	if (ok && !job_state_is_final(record.state))
		ok = problem_set(&problem, "job_not_ended",
			"The job is %s. GET /api/v1/jobs/%s/events follows it until its end.",
			job_state_name(record.state), record.id);
	if (ok)
		reply_report(request, &record, format == 1);
	else
		reply_problem(request, &problem);
	job_record_release(&record);
}
