/* SPDX-License-Identifier: MIT */
/* bench.c - the list of boards: looked at by all, changed in turns. */
#include "server/bench.h"

#include "server/json.h"
#include "server/log.h"
#include "server/notify.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct roster {
	struct board_house needs;
	pthread_mutex_t lock; /* guards the rest */
	pthread_cond_t turn;
	struct board_list *list; /* never NULL */
	bool is_changing, is_started, is_stopped;
	/* of whose turn it is: */
	struct board *leaving[BENCH_BOARDS_MAX]; /* removed, not yet joined */
	size_t leaving_count;
};

static struct board_list *list_new(size_t count)
{
	struct board_list *list = calloc(1, sizeof(*list) + count * sizeof(list->boards[0]));

	if (!list)
		return NULL;
	atomic_init(&list->refs, 1);
	list->count = count;
	return list;
}

struct board_list *board_list_ref(struct board_list *list)
{
	atomic_fetch_add(&list->refs, 1);
	return list;
}

void board_list_unref(struct board_list *list)
{
	if (!list || atomic_fetch_sub(&list->refs, 1) != 1)
		return;
	for (size_t i = 0; i < list->count; i++)
		board_unref(list->boards[i]);
	free(list);
}

struct board_list *bench_list(const struct bench *bench)
{
	struct roster *roster = bench->roster;

	pthread_mutex_lock(&roster->lock);
	struct board_list *list = board_list_ref(roster->list);

	pthread_mutex_unlock(&roster->lock);
	return list;
}

bool bench_list_holds(const struct bench *bench, const struct board_list *list)
{
	struct roster *roster = bench->roster;

	pthread_mutex_lock(&roster->lock);
	const bool holds = roster->list == list;

	pthread_mutex_unlock(&roster->lock);
	return holds;
}

static struct board *find(const struct board_list *list, const char *id)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(board_id(list->boards[i]), id))
			return list->boards[i];
	return NULL;
}

struct board *bench_find(const struct bench *bench, const char *id)
{
	struct board_list *list = bench_list(bench);
	struct board *board = find(list, id);

	if (board)
		board_ref(board);
	board_list_unref(list);
	return board;
}

struct job *bench_find_job(const struct bench *bench, const char *id)
{
	struct board_list *list = bench_list(bench);
	struct job *job = NULL;

	for (size_t i = 0; !job && i < list->count; i++)
		job = board_find_job(list->boards[i], id);
	board_list_unref(list);
	return job;
}

/* changes */

/* Waits for its turn; false: the server stops, and there is none. */
static bool begin_change(struct roster *roster)
{
	pthread_mutex_lock(&roster->lock);
	while (roster->is_changing)
		pthread_cond_wait(&roster->turn, &roster->lock);
	const bool is_open = !roster->is_stopped;

	roster->is_changing = is_open;
	pthread_mutex_unlock(&roster->lock);
	return is_open;
}

static void end_change(struct roster *roster)
{
	pthread_mutex_lock(&roster->lock);
	roster->is_changing = false;
	pthread_cond_broadcast(&roster->turn);
	pthread_mutex_unlock(&roster->lock);
}

/* Takes the list over, and tells everybody. */
static void replace(struct roster *roster, struct board_list *list)
{
	pthread_mutex_lock(&roster->lock);
	struct board_list *was = roster->list;

	roster->list = list;
	pthread_mutex_unlock(&roster->lock);
	board_list_unref(was);
	notify();
}

/* The list of now with one more (a reference that it takes), or without one. NULL: no memory. */
static struct board_list *list_with(const struct board_list *now, struct board *board)
{
	struct board_list *list = list_new(now->count + 1);

	for (size_t i = 0; list && i < now->count; i++)
		list->boards[i] = board_ref(now->boards[i]);
	if (list)
		list->boards[now->count] = board;
	return list;
}

static struct board_list *list_without(const struct board_list *now, const struct board *board)
{
	struct board_list *list = list_new(now->count - 1);
	size_t kept = 0;

	for (size_t i = 0; list && i < now->count; i++)
		if (now->boards[i] != board)
			list->boards[kept++] = board_ref(now->boards[i]);
	return list;
}

static void join_leaving(struct roster *roster, bool waits)
{
	size_t kept = 0;

	for (size_t i = 0; i < roster->leaving_count; i++) {
		struct board *board = roster->leaving[i];

		if (waits || board_has_ended(board)) {
			board_join(board);
			board_unref(board);
		} else {
			roster->leaving[kept++] = board;
		}
	}
	roster->leaving_count = kept;
}

static bool refuse_stopping(struct problem *problem)
{
	return problem_set(problem, "stopping", "The server is stopping: nothing new is begun.");
}

static bool refuse_memory(struct problem *problem)
{
	return problem_set(problem, "no_memory", "There is no memory for another board.");
}

static bool check_new(
	const struct board_list *list, const struct config_board *config, struct problem *problem)
{
	if (find(list, config->id))
		return problem_set(
			problem, "board_exists", "There is a board \"%s\" already.", config->id);
	return list->count < BENCH_BOARDS_MAX ||
		problem_set(problem, "too_many_boards",
			"There are %u boards already, and benchd takes no more. Remove one first.",
			BENCH_BOARDS_MAX);
}

/* In its turn, where only this thread changes the list. A reference; NULL: *problem. */
static struct board *add(
	struct roster *roster, const struct config_board *config, struct problem *problem)
{
	if (!check_new(roster->list, config, problem))
		return NULL;
	struct board *board = board_new(config, &roster->needs);
	struct board_list *list = board ? list_with(roster->list, board) : NULL;

	if (!list || (roster->is_started && !board_start(board))) {
		refuse_memory(problem);
		if (list)
			board_list_unref(list);
		else
			board_unref(board);
		return NULL;
	}
	board_ref(board);
	replace(roster, list);
	return board;
}

struct board *bench_add(
	struct bench *bench, const struct config_board *config, struct problem *problem)
{
	struct board *board = NULL;

	if (begin_change(bench->roster)) {
		join_leaving(bench->roster, false);
		board = add(bench->roster, config, problem);
		end_change(bench->roster);
	} else {
		refuse_stopping(problem);
	}
	return board;
}

static struct board *remove_one(struct roster *roster, const char *id, struct problem *problem)
{
	struct board *board = find(roster->list, id);
	struct board_list *list = board ? list_without(roster->list, board) : NULL;

	if (!board) {
		problem_set(problem, "no_such_board", "There is no board \"%.40s\".", id);
	} else if (!list) {
		refuse_memory(problem);
	} else if (!board_remove(board)) {
		problem_set(problem, "board_has_jobs",
			"A job of the board \"%s\" runs or waits. Cancel it, or wait for its end.",
			id);
		board_list_unref(list);
	} else {
		roster->leaving[roster->leaving_count++] = board_ref(board);
		board_ref(board);
		replace(roster, list);
		return board;
	}
	return NULL;
}

struct board *bench_remove(struct bench *bench, const char *id, struct problem *problem)
{
	struct board *board = NULL;

	if (begin_change(bench->roster)) {
		/* At the limit it waits for those that left: none of them has a job. */
		join_leaving(bench->roster, bench->roster->leaving_count == BENCH_BOARDS_MAX);
		board = remove_one(bench->roster, id, problem);
		end_change(bench->roster);
	} else {
		refuse_stopping(problem);
	}
	return board;
}

/* the daemon's own */

/* One that does not fit any more is left out, and its settings are kept. */
static void recall_board(void *ctx, const char *id, const char *text)
{
	struct roster *roster = ctx;
	struct json *settings = json_parse(span_of(text), false, NULL);
	struct buf errors = { 0 };
	struct problem problem = { 0 };
	struct config_board *config = config_board_read(id, settings, &errors, NULL);
	struct board *board = config ? add(roster, config, &problem) : NULL;

	if (!board)
		log_line(LOG_ERROR, "board %s, added by a request earlier, is left out: %.*s", id,
			config ? (int)strlen(problem.detail) : (int)errors.len,
			config ? problem.detail : (const char *)errors.ptr);
	board_unref(board);
	config_board_unref(config);
	buf_release(&errors);
	json_free(settings);
}

bool bench_open(struct bench *bench)
{
	const struct config *config = bench->config;
	struct roster *roster = calloc(1, sizeof(*roster));
	bool ok = roster && (roster->list = list_new(0));

	if (!ok) {
		free(roster);
		return false;
	}
	pthread_mutex_init(&roster->lock, NULL);
	pthread_cond_init(&roster->turn, NULL);
	roster->needs = (struct board_house){
		.store = bench->store,
		.shelf = bench->shelf,
		.queue_limit = config->limits.queue,
		.state_dir = config->state_dir,
	};
	bench->roster = roster;
	for (size_t i = 0; ok && i < config->board_count; i++) {
		struct board *board = add(roster, &config->boards[i], NULL);

		ok = board != NULL;
		board_unref(board);
	}
	return ok && store_settings_list(bench->store, recall_board, roster);
}

const char *bench_start(struct bench *bench)
{
	struct roster *roster = bench->roster;
	const char *failed = NULL;

	if (!begin_change(roster))
		return NULL;
	for (size_t i = 0; !failed && i < roster->list->count; i++)
		if (!board_start(roster->list->boards[i]))
			failed = board_id(roster->list->boards[i]);
	roster->is_started = true;
	end_change(roster);
	return failed;
}

void bench_stop(struct bench *bench)
{
	struct roster *roster = bench->roster;

	if (!roster || !begin_change(roster))
		return;
	pthread_mutex_lock(&roster->lock);
	roster->is_stopped = true;
	pthread_mutex_unlock(&roster->lock);
	end_change(roster);
	for (size_t i = 0; i < roster->list->count; i++)
		board_stop(roster->list->boards[i]);
	for (size_t i = 0; i < roster->list->count; i++)
		board_join(roster->list->boards[i]);
	join_leaving(roster, true);
}

void bench_close(struct bench *bench)
{
	struct roster *roster = bench->roster;

	if (!roster)
		return;
	assert(roster->is_stopped);
	board_list_unref(roster->list);
	pthread_cond_destroy(&roster->turn);
	pthread_mutex_destroy(&roster->lock);
	free(roster);
	bench->roster = NULL;
}
