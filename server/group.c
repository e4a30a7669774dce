/* SPDX-License-Identifier: MIT */
/* group.c - which boards a group is of, and what is said of them together. */
#include "server/group.h"

#include "server/api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_MAX                                                                                  \
	600 /* bytes of a detail that may go to names and codes; the rest is for reasons */

/* Is the id of this length one of the comma list's names? */
static bool list_names(const char *boards, const char *id)
{
	const size_t len = strlen(id);

	for (const char *at = boards; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (!strncmp(at, id, len) && (at[len] == ',' || !at[len]))
			return true;
	}
	return false;
}

static bool board_is_tagged(struct board *board, const char *tag)
{
	struct config_board *settings = board_settings(board);
	bool found = false;

	for (char **own = settings->tags; *own && !found; own++)
		found = !strcmp(*own, tag);
	config_board_unref(settings);
	return found;
}

static bool list_holds(const struct board_list *list, const char *name, size_t len)
{
	for (size_t i = 0; i < list->count; i++) {
		const char *id = board_id(list->boards[i]);

		if (strlen(id) == len && !strncmp(id, name, len))
			return true;
	}
	return false;
}

/* A wrong name must not flash the others. */
static bool check_names(const struct board_list *list, const char *boards, struct problem *problem)
{
	for (const char *at = boards; at; at = strchr(at, ',')) {
		at += *at == ',';
		const size_t len = strcspn(at, ",");

		if (!len)
			return problem_set(problem, "bad_parameter",
				"boards= has no name before, after or between its commas. Say it "
				"so: boards=one,two.");
		if (!list_holds(list, at, len))
			return problem_set(problem, "no_such_board",
				"There is no board \"%.*s\", and nothing was flashed. GET "
				"/api/v1/boards lists them.",
				len < 40 ? (int)len : 40, at);
	}
	return true;
}

static struct group *select_boards(
	const struct board_list *list, const char *boards, const char *tag)
{
	struct group *group = calloc(1, sizeof(*group) + list->count * sizeof(group->members[0]));

	for (size_t i = 0; group && i < list->count; i++) {
		struct board *board = list->boards[i];

		if (list_names(boards, board_id(board)) || (tag && board_is_tagged(board, tag)))
			group->members[group->count++].board = board_ref(board);
	}
	return group;
}

struct group *group_new(
	struct bench *bench, const char *boards, const char *tag, struct problem *problem)
{
	struct board_list *list = bench_list(bench);
	struct group *group = NULL;

	if (check_names(list, boards, problem)) {
		group = select_boards(list, boards, tag);
		if (!group)
			problem_set(problem, "no_memory", "There is no memory for a group.");
	}
	board_list_unref(list);
	if (group && !group->count) {
		problem_set(problem, "no_such_board",
			"No board has the tag \"%.40s\". GET /api/v1/boards lists the boards with "
			"their tags.",
			tag);
		group_free(group);
		group = NULL;
	}
	return group;
}

void group_free(struct group *group)
{
	if (!group)
		return;
	for (size_t i = 0; i < group->count; i++) {
		job_unref(group->members[i].job);
		board_unref(group->members[i].board);
	}
	free(group);
}

void group_submit(struct member *member, struct job_request *what)
{
	struct job *job = job_new(what, board_id(member->board));

	if (!job) {
		job_request_release(what);
		problem_set(&member->refusal, "no_memory", "There is no memory for the job.");
	} else if (board_submit(member->board, job, &member->refusal)) {
		member->job = job;
		return;
	}
	job_unref(job);
	member->refusal.board = board_id(member->board);
}

bool group_is_final(const struct group *group)
{
	for (size_t i = 0; i < group->count; i++)
		if (group->members[i].job && !job_is_final(group->members[i].job))
			return false;
	return true;
}

bool group_is_accepted(const struct group *group)
{
	for (size_t i = 0; i < group->count; i++)
		if (group->members[i].job)
			return true;
	return false;
}

void group_cancel(struct group *group)
{
	for (size_t i = 0; i < group->count; i++)
		if (group->members[i].job)
			job_cancel(group->members[i].job);
}

/* false: it is done. */
static bool member_problem(const struct member *member, struct problem *problem)
{
	struct job_record record = { 0 };

	if (!member->job) {
		*problem = member->refusal;
		return true;
	}
	if (!job_copy(member->job, &record)) {
		problem_set(problem, "no_memory", "There is no memory to say what it was.");
		return true;
	}
	const bool failed = outcome_problem(member->job, &record, problem);

	job_record_release(&record);
	return failed;
}

/* Appends the text whole, where the detail stays within max. */
static bool add_whole(struct problem *problem, const char *text, size_t max)
{
	if (strlen(problem->detail) + strlen(text) >= max)
		return false;
	problem_add(problem, text);
	return true;
}

static size_t add_names(const struct group *group, struct problem *problem)
{
	size_t failed = 0, left_out = 0;
	char text[128];

	for (size_t i = 0; i < group->count; i++) {
		struct problem one = { 0 };

		if (!member_problem(&group->members[i], &one))
			continue;
		snprintf(text, sizeof(text), "%s%s (%s)", failed ? ", " : "",
			board_id(group->members[i].board), one.code);
		left_out += !add_whole(problem, text, NAMES_MAX);
		failed++;
	}
	if (left_out) {
		snprintf(text, sizeof(text), " and %zu more", left_out);
		problem_add(problem, text);
	}
	return failed;
}

static void add_reasons(const struct group *group, struct problem *problem)
{
	char text[PROBLEM_DETAIL + 64];

	for (size_t i = 0; i < group->count; i++) {
		struct problem one = { 0 };

		if (!member_problem(&group->members[i], &one))
			continue;
		snprintf(text, sizeof(text), " %s: %s", board_id(group->members[i].board),
			one.detail);
		add_whole(problem, text, sizeof(problem->detail));
	}
}

bool group_problem(const struct group *group, struct problem *problem)
{
	struct problem names = { 0 };
	const size_t failed = add_names(group, &names);

	if (!failed)
		return false;
	problem_set(problem, "group_failed", "%zu of %zu boards failed: %s.", failed, group->count,
		names.detail);
	add_reasons(group, problem);
	return true;
}

void group_add_json(const struct group *group, struct json *json)
{
	struct json *jobs = json_array(), *refused = NULL;

	for (size_t i = 0; i < group->count; i++) {
		const struct member *member = &group->members[i];

		if (member->job) {
			json_push(jobs, job_json(member->job));
		} else {
			refused = refused ? refused : json_array();
			json_push(refused, problem_json(&member->refusal));
		}
	}
	json_add(json, "jobs", jobs);
	if (refused)
		json_add(json, "refused", refused);
}
