/* SPDX-License-Identifier: MIT */
/* board.c - what other threads ask of a board: its queue, its input, its state. */
#include "server/board_state.h"

#include "server/clock.h"
#include "server/notify.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static bool open_log(struct board *board)
{
	const struct config_board *config = board->config;

	if (!board->house.state_dir)
		return true;
	board->log = console_log_open(board->console, board->house.state_dir, config->id,
		config->console_log, config->console_log_bytes);
	return board->log;
}

static bool make_parts(struct board *board)
{
	board->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	board->console = console_new();
	board->map = map_new();
	board->known = known_new(board->house.store, board->id);
	board->queue = calloc(board->house.queue_limit, sizeof(*board->queue));
	board->input = malloc(BOARD_INPUT);
	return board->config && board->wake >= 0 && board->console && board->map && board->known &&
		board->queue && board->input && open_log(board);
}

/* What was write-protected when it was last read shows until it is read again. */
static void recall_locks(struct board *board)
{
	struct option_record record;
	struct device device;
	struct protection is;

	if (!known_options(board->known, &record) || !known_device(board->known, &device))
		return;
	protection_decode(&is, &device, &record.options);
	map_lock(board->map, chip_sector_count(device.chip, device.flash_bytes), &is);
}

struct board *board_new(const struct config_board *config, const struct board_house *house)
{
	struct board *board = calloc(1, sizeof(*board));

	if (!board)
		return NULL;
	atomic_init(&board->refs, 1);
	memcpy(board->id, config->id, sizeof(board->id));
	board->config = config_board_copy(config);
	board->wanted = board->config ? config_board_ref(board->config) : NULL;
	board->house = *house;
	board->version = 1;
	board->state = BOARD_ABSENT;
	board->settings = config->console;
	board->since = clock_wall_ms();
	board->absence = (struct why){ .err = ERR_GONE, .what = "not opened yet" };
	strcpy(board->cause, board->absence.what);
	board->is_untried = true;
	pthread_mutex_init(&board->lock, NULL);
	if (!make_parts(board)) {
		board_unref(board);
		return NULL;
	}
	recall_locks(board);
	return board;
}

bool board_start(struct board *board)
{
	board->has_thread = pthread_create(&board->thread, NULL, board_main, board) == 0;
	return board->has_thread;
}

void board_wake(struct board *board)
{
	const uint64_t one = 1;

	/* Fails only when it is full, and then it is readable already. */
	(void)!write(board->wake, &one, sizeof(one));
}

void board_stop(struct board *board)
{
	pthread_mutex_lock(&board->lock);
	board->is_stopping = true;
	pthread_mutex_unlock(&board->lock);
	board_wake(board);
}

void board_join(struct board *board)
{
	if (!board->has_thread)
		return;
	board_stop(board);
	pthread_join(board->thread, NULL);
	board->has_thread = false;
}

struct board *board_ref(struct board *board)
{
	atomic_fetch_add(&board->refs, 1);
	return board;
}

static void board_free(struct board *board)
{
	assert(!board->has_thread);
	while (board->wishes)
		board_end_wish(board, ERR_CANCELLED);
	for (uint32_t i = 0; i < board->queued; i++)
		job_unref(board->queue[i]);
	for (unsigned i = 0; i < BOARD_ENDED; i++)
		job_unref(board->ended[i]);
	free(board->queue);
	free(board->input);
	known_free(board->known);
	map_free(board->map);
	console_log_close(board->log);
	console_free(board->console);
	config_board_unref(board->config);
	config_board_unref(board->wanted);
	if (board->wake >= 0)
		close(board->wake);
	pthread_mutex_destroy(&board->lock);
	free(board);
}

void board_unref(struct board *board)
{
	if (board && atomic_fetch_sub(&board->refs, 1) == 1)
		board_free(board);
}

bool board_remove(struct board *board)
{
	pthread_mutex_lock(&board->lock);
	const bool is_free = !board->current && !board->queued && !board->reserved;

	board->is_removed = board->is_removed || is_free;
	board->is_stopping = board->is_stopping || is_free;
	pthread_mutex_unlock(&board->lock);
	if (is_free)
		board_wake(board);
	return is_free;
}

bool board_is_removed(struct board *board)
{
	pthread_mutex_lock(&board->lock);
	const bool is_removed = board->is_removed;

	pthread_mutex_unlock(&board->lock);
	return is_removed;
}

bool board_has_ended(struct board *board)
{
	pthread_mutex_lock(&board->lock);
	const bool has_ended = board->has_ended;

	pthread_mutex_unlock(&board->lock);
	return has_ended;
}

bool board_is_stopping(void *ctx)
{
	struct board *board = ctx;

	pthread_mutex_lock(&board->lock);
	const bool is_stopping = board->is_stopping;

	pthread_mutex_unlock(&board->lock);
	return is_stopping;
}

const char *board_id(const struct board *board)
{
	return board->id;
}

bool board_has_power(struct board *board)
{
	struct config_board *settings = board_settings(board);
	const bool has_power = settings->power.off_argv;

	config_board_unref(settings);
	return has_power;
}

struct console *board_console(struct board *board)
{
	return board->console;
}

struct console_log *board_console_log(struct board *board)
{
	return board->log;
}

uint64_t board_version(struct board *board)
{
	const uint64_t known = known_version(board->known);

	pthread_mutex_lock(&board->lock);
	const uint64_t version = board->version;

	pthread_mutex_unlock(&board->lock);
	return version + known + console_log_version(board->log);
}

uint64_t board_map_version(struct board *board)
{
	return map_version(board->map);
}

struct json *board_map_json(struct board *board, uint64_t since)
{
	return map_json(board->map, since);
}

struct job *board_job_from(struct board *board, uint64_t *number)
{
	struct job *job = NULL;

	pthread_mutex_lock(&board->lock);
	const uint64_t ended = board->ended_count;
	const uint64_t oldest = ended > BOARD_ENDED ? ended - BOARD_ENDED : 0;
	const uint64_t first = *number > oldest ? *number : oldest;

	if (first < ended)
		job = board->ended[first % BOARD_ENDED];
	else if (first == ended)
		job = board->current;
	if (job) {
		job_ref(job);
		*number = first;
	}
	pthread_mutex_unlock(&board->lock);
	return job;
}

uint64_t board_jobs_ended(struct board *board)
{
	pthread_mutex_lock(&board->lock);
	const uint64_t ended = board->ended_count;

	pthread_mutex_unlock(&board->lock);
	return ended;
}

static bool has_id(const struct job *job, const char *id)
{
	return job && !strcmp(job_id(job), id);
}

struct job *board_find_job(struct board *board, const char *id)
{
	struct job *found = NULL;

	pthread_mutex_lock(&board->lock);
	if (has_id(board->current, id))
		found = board->current;
	for (uint32_t i = 0; !found && i < board->queued; i++)
		if (has_id(board->queue[i], id))
			found = board->queue[i];
	for (unsigned i = 0; !found && i < BOARD_ENDED; i++)
		if (has_id(board->ended[i], id))
			found = board->ended[i];
	if (found)
		job_ref(found);
	pthread_mutex_unlock(&board->lock);
	return found;
}

bool board_refuse_absent(struct board *board, struct problem *problem)
{
	struct config_board *settings = board_settings(board);
	char cause[CAUSE_TEXT];

	pthread_mutex_lock(&board->lock);
	struct why why = board->absence;

	memcpy(cause, board->cause, sizeof(cause));
	pthread_mutex_unlock(&board->lock);
	const bool is_in_use = why.what == port_in_use;

	why.what = cause; /* what it points to is the board's thread's */
	if (problem)
		problem_from_why(problem, &why, NULL, settings->port);
	if (is_in_use)
		problem_set(problem, "port_busy",
			"The serial port %s can't be opened: %s. Close that program; the port is "
			"opened by itself afterwards.",
			settings->port, cause);
	config_board_unref(settings);
	return false;
}

static bool refuse_ended(struct board *board, struct problem *problem)
{
	if (board_is_removed(board))
		return problem_set(problem, "no_such_board",
			"The board \"%s\" has just been removed.", board->id);
	return problem_set(problem, "stopping", "The server is stopping: nothing new is begun.");
}

static bool is_unsafe(const struct job *job)
{
	const struct job_request *request = job_request(job);

	return !request->force &&
		(request->kind == JOB_GO || request->kind == JOB_PROBE ||
			(request->kind == JOB_RESET && request->into == INTO_APPLICATION));
}

static bool refuse_full(const struct board *board, struct problem *problem)
{
	problem_set(problem, "queue_full",
		"%u jobs wait for this board already (limits.queue). Try again when some have "
		"ended.",
		(unsigned)board->house.queue_limit);
	if (problem)
		problem->retry_after_s = 5;
	return false;
}

/* A place in the queue for a job that is about to be stored. */
static bool reserve(struct board *board, const struct job *job, struct problem *problem)
{
	const bool needs_port = job_needs_port(job, board->known);
	const bool is_quarantined = known_is_quarantined(board->known);

	pthread_mutex_lock(&board->lock);
	const bool is_stopping = board->is_stopping;
	const bool is_absent = board->state == BOARD_ABSENT && !board->is_untried && needs_port;
	const bool is_full = board->queued + board->reserved >= board->house.queue_limit;
	const bool is_refused =
		is_stopping || is_absent || is_full || (is_quarantined && is_unsafe(job));

	board->reserved += !is_refused;
	pthread_mutex_unlock(&board->lock);
	if (!is_refused)
		return true;
	if (is_stopping)
		return refuse_ended(board, problem);
	if (is_absent)
		return board_refuse_absent(board, problem);
	if (is_full)
		return refuse_full(board, problem);
	return problem_set(problem, "quarantined",
		"An erase or write of this board was cut short, so what it would run is unsure. "
		"Flash it again or erase it whole, or add force if you know better.");
}

/* Until now the job is only in the store; false: the board has stopped meanwhile. */
static bool push(struct board *board, struct job *job)
{
	pthread_mutex_lock(&board->lock);
	const bool is_open = !board->is_stopping;

	board->reserved--;
	if (is_open)
		board->queue[board->queued++] = job_ref(job);
	pthread_mutex_unlock(&board->lock);
	return is_open;
}

bool board_submit(struct board *board, struct job *job, struct problem *problem)
{
	struct job_record record = { 0 };

	if (problem)
		problem->board = board->id;
	if (!reserve(board, job, problem))
		return false;
	const bool stored = job_copy(job, &record) && store_job_accept(board->house.store, &record);

	job_record_release(&record);
	if (stored && push(board, job)) {
		board_wake(board);
		notify();
		return true;
	}
	if (stored) {
		problem_set(problem, "stopping", "The server is stopping: nothing new is begun.");
		job_end(job, board->house.store, JOB_INTERRUPTED, NULL, problem);
		return false;
	}
	pthread_mutex_lock(&board->lock);
	board->reserved--;
	pthread_mutex_unlock(&board->lock);
	return problem_set(problem, "store_failed",
		"The store could not be written, so the job was not accepted. Is the disk full?");
}
