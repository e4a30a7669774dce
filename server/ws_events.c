/* SPDX-License-Identifier: MIT */
/* ws_events.c - the texts that viewers get: snapshots, and what has changed since. */
#include "server/ws_internal.h"

#include <stdlib.h>
#include <string.h>

#define MARKS_AT_ONCE 32

struct json *event_new(struct viewer *v, const char *type, const char *board)
{
	struct json *event = json_object();

	json_add_string(event, "type", type);
	json_add_time(event, "time", clock_wall_ms());
	json_add_string(event, "board", board);
	json_add_integer(event, "seq", (int64_t)v->seq++);
	return event;
}

static const char *mark_name(enum console_mark mark)
{
	static const char *const names[] = { [CONSOLE_MARK_NONE] = "none",
		[CONSOLE_MARK_RESET] = "reset",
		[CONSOLE_MARK_FLASH] = "flash" };

	return names[mark];
}

static void add_mark(struct json *to, const struct mark *mark)
{
	json_add_string(to, "mark", mark_name(mark->mark));
	json_add_integer(to, "offset", (int64_t)mark->offset);
	json_add_time(to, "time", mark->wall_ms);
}

static struct json *marks_json(struct seen *seen)
{
	struct console *con = board_console(seen->board);
	struct json *list = json_array();
	struct mark marks[MARKS_AT_ONCE];
	size_t count;

	while ((count = console_marks(con, seen->mark, marks, MARKS_AT_ONCE))) {
		for (size_t i = 0; i < count; i++) {
			struct json *item = json_object();

			add_mark(item, &marks[i]);
			json_push(list, item);
		}
		seen->mark = marks[count - 1].number;
	}
	return list;
}

/* Shows another job, whose reference it takes. Its past events are in the job's history. */
static void seen_show(struct seen *seen, struct job *job)
{
	job_unref(seen->job);
	seen->job = job;
	seen->job_version = job ? job_version(job) : 0;
	seen->progress_version = job ? job_progress(job).version : 0;
	seen->job_event = 0;
}

/* The versions come first: what changes meanwhile is then sent again, never missed. */
static void seen_all(struct seen *seen)
{
	seen->board_version = board_version(seen->board);
	seen->map_version = board_map_version(seen->board);
	seen->job_number = board_jobs_ended(seen->board);
	seen_show(seen, board_job_from(seen->board, &seen->job_number));
}

static void skip_event(void *ctx, unsigned seq, const char *json)
{
	(void)json;
	*(unsigned *)ctx = seq + 1;
}

struct json *snapshot_board(struct viewer *v, struct seen *seen)
{
	struct json *event = event_new(v, "snapshot", board_id(seen->board));
	bool never = false;

	seen_all(seen);
	json_add(event, "state", board_json(seen->board));
	json_add(event, "device", board_device_json(seen->board, &never));
	json_add(event, "map", board_map_json(seen->board, 0));
	json_add(event, "job", job_json(seen->job));
	json_add(event, "marks", marks_json(seen));
	json_add_integer(event, "viewer", (int64_t)v->number);
	return event;
}

struct json *snapshot_all(struct viewer *v)
{
	struct json *event = event_new(v, "snapshot", NULL), *boards = json_array();
	struct json *jobs = json_array(), *devices = json_object(), *maps = json_object();

	for (size_t i = 0; i < v->seen_count; i++) {
		struct seen *seen = &v->seen[i];
		const char *id = board_id(seen->board);
		bool never = false;

		seen_all(seen);
		json_push(boards, board_json(seen->board));
		json_add(devices, id, board_device_json(seen->board, &never));
		json_add(maps, id, board_map_json(seen->board, 0));
		if (seen->job)
			json_push(jobs, job_json(seen->job));
		json_free(marks_json(
			seen)); /* past marks belong to consoles, and there are none here */
		if (seen->job)
			job_events(seen->job, 0, skip_event, &seen->job_event);
	}
	json_add(event, "boards", boards);
	json_add(event, "jobs", jobs);
	json_add(event, "devices", devices);
	json_add(event, "maps", maps);
	return event;
}

static void add_map(struct json *event, struct seen *seen)
{
	uint64_t version = board_map_version(seen->board);

	if (version == seen->map_version)
		return;
	struct json *map = board_map_json(seen->board, seen->map_version);

	if (map)
		json_add(event, "map", map);
	seen->map_version = version;
}

static struct json *change_board(struct viewer *v, struct seen *seen)
{
	uint64_t version = board_version(seen->board);

	if (version == seen->board_version)
		return NULL;
	seen->board_version = version;
	struct json *event = event_new(v, "board", board_id(seen->board));

	json_add(event, "state", board_json(seen->board));
	return event;
}

static struct json *change_mark(struct viewer *v, struct seen *seen)
{
	struct mark mark;

	if (!console_marks(board_console(seen->board), seen->mark, &mark, 1))
		return NULL;
	seen->mark = mark.number;
	struct json *event = event_new(v, "mark", board_id(seen->board));

	json_add_string(event, "mark", mark_name(mark.mark));
	json_add_integer(event, "offset", (int64_t)mark.offset);
	return event;
}

struct said {
	unsigned seq;
	struct json *line;
};

static void keep_first(void *ctx, unsigned seq, const char *json)
{
	struct said *said = ctx;

	if (said->line)
		return;
	said->seq = seq;
	said->line = json_parse(span_of(json), false, NULL);
}

/* A line of the job's history ("stage", "warning", "manual"), with its words. */
static struct json *change_said(struct viewer *v, struct seen *seen)
{
	struct said said = { 0 };

	job_events(seen->job, seen->job_event, keep_first, &said);
	if (!said.line)
		return NULL;
	seen->job_event = said.seq + 1;
	const char *type = json_string(json_get(said.line, "type"));
	struct json *event = event_new(v, type ? type : "note", board_id(seen->board));

	json_add_string(event, "job", job_id(seen->job));
	for (const struct json *m = json_first(said.line); m; m = json_next(m)) {
		bool flag;

		if (json_string(m) && strcmp(json_key(m), "type") && strcmp(json_key(m), "time"))
			json_add_string(event, json_key(m), json_string(m));
		else if (json_bool(m, &flag))
			json_add_bool(event, json_key(m), flag);
	}
	json_free(said.line);
	return event;
}

static struct json *change_progress(struct viewer *v, struct seen *seen)
{
	struct progress progress = job_progress(seen->job);
	bool moved = progress.version != seen->progress_version;

	seen->progress_version = progress.version;
	if ((!moved && board_map_version(seen->board) == seen->map_version) ||
		progress.stage == STAGE_NONE)
		return NULL;
	struct json *event = progress_json(&progress);

	json_add_time(event, "time", clock_wall_ms());
	json_add_string(event, "board", board_id(seen->board));
	json_add_integer(event, "seq", (int64_t)v->seq++);
	json_add_string(event, "job", job_id(seen->job));
	add_map(event, seen);
	return event;
}

/* Every job is shown, also one that ended before we looked; once it has ended, the next. */
static struct json *change_job(struct viewer *v, struct seen *seen)
{
	bool is_new = false;

	if (!seen->job) {
		seen_show(seen, board_job_from(seen->board, &seen->job_number));
		is_new = seen->job != NULL;
	}
	if (!seen->job)
		return NULL;
	uint64_t version = job_version(seen->job);
	bool is_final = job_is_final(seen->job);

	if (!is_new && version == seen->job_version && !is_final)
		return NULL;
	seen->job_version = version;
	struct json *event = event_new(v, "job", board_id(seen->board));

	json_add(event, "job", job_json(seen->job));
	add_map(event, seen);
	if (is_final) {
		seen_show(seen, NULL);
		seen->job_number++;
	}
	return event;
}

void seen_release(struct seen *seen)
{
	job_unref(seen->job);
	board_unref(seen->board);
	*seen = (struct seen){ 0 };
}

static bool is_in(const struct board_list *list, const struct board *board)
{
	size_t i = 0;

	while (i < list->count && list->boards[i] != board)
		i++;
	return i < list->count;
}

static struct json *change_gone(struct viewer *v, size_t i)
{
	struct json *event = event_new(v, "removed", board_id(v->seen[i].board));

	seen_release(&v->seen[i]);
	v->seen_count--;
	memmove(&v->seen[i], &v->seen[i + 1], (v->seen_count - i) * sizeof(*v->seen));
	return event;
}

static struct json *change_come(struct viewer *v, struct board *board)
{
	struct seen *grown = reallocarray(v->seen, v->seen_count + 1, sizeof(*grown));

	if (!grown)
		return NULL;
	v->seen = grown;
	grown[v->seen_count] = (struct seen){ .board = board_ref(board) };
	return snapshot_board(v, &v->seen[v->seen_count++]);
}

/* One of the differences between what it knows of and now. NULL with *is_same: there is none. */
static struct json *difference(struct viewer *v, const struct board_list *now, bool *is_same)
{
	*is_same = false;
	for (size_t i = 0; i < v->seen_count; i++)
		if (!is_in(now, v->seen[i].board))
			return change_gone(v, i);
	for (size_t i = 0, k; i < now->count; i++) {
		for (k = 0; k < v->seen_count && v->seen[k].board != now->boards[i];)
			k++;
		if (k == v->seen_count)
			return change_come(v, now->boards[i]);
	}
	*is_same = true;
	return NULL;
}

struct json *change_list(struct viewer *v)
{
	struct board_list *now;
	bool is_same;

	if (bench_list_holds(v->bench, v->list))
		return NULL;
	now = bench_list(v->bench);
	struct json *event = difference(v, now, &is_same);

	if (is_same) {
		board_list_unref(v->list);
		v->list = board_list_ref(now);
	}
	board_list_unref(now);
	return event;
}

struct json *change_of(struct viewer *v, struct seen *seen)
{
	struct json *event = change_mark(v, seen);

	if (!event && seen->job)
		event = change_said(v, seen);
	if (!event && seen->job)
		event = change_progress(v, seen);
	if (!event)
		event = change_job(v, seen);
	if (!event)
		event = change_board(v, seen);
	return event;
}

bool seen_is_stale(struct seen *seen)
{
	struct mark mark;
	uint64_t number = seen->job_number;

	if (board_version(seen->board) != seen->board_version ||
		console_marks(board_console(seen->board), seen->mark, &mark, 1))
		return true;
	if (seen->job)
		return job_version(seen->job) != seen->job_version ||
			job_progress(seen->job).version != seen->progress_version ||
			board_map_version(seen->board) != seen->map_version;
	struct job *next = board_job_from(seen->board, &number);

	job_unref(next);
	return next != NULL;
}
