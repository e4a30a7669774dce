/* SPDX-License-Identifier: MIT */
/* board_console.c - whose turn it is to type, what is typed, and what is wished of the port. */
#include "server/board_state.h"

#include "server/clock.h"
#include "server/notify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Two hold it: who wished it, and the board until it has ended. */
struct wish {
	struct wish *next; /* in the board's list */
	bool is_break;
	struct wire_settings settings;
	atomic_uint holders;
	atomic_bool has_ended;
	enum err err; /* constant once it has ended */
};

static const struct {
	const char *code, *detail;
} refusals[] = {
	[BOARD_ABSENT] = { "board_absent",
		"The board's serial port is absent; it is opened by itself when it comes back." },
	[BOARD_IDLE] = { NULL, NULL },
	[BOARD_BUSY] = { "board_busy", "A job has the serial port: nothing was sent." },
	[BOARD_BOOTLOADER] = { "board_in_bootloader",
		"The board is in its bootloader: reset it into its application first." },
};

/* What is asked of the console: a job that listens to it takes what is typed, and no more. */
enum asked { ASKED_INPUT, ASKED_WISH };

/* Under the lock. */
static enum board_state state_for(const struct board *board, enum asked asked)
{
	return asked == ASKED_INPUT && board->is_heard ? BOARD_IDLE : board->state;
}

/* false: the console does not run. */
static bool is_open(struct board *board, enum asked asked, struct problem *problem)
{
	pthread_mutex_lock(&board->lock);
	const enum board_state state = state_for(board, asked);

	pthread_mutex_unlock(&board->lock);
	if (problem)
		problem->board = board->id;
	return !refusals[state].code ||
		problem_set(problem, refusals[state].code, "%s", refusals[state].detail);
}

/* turns */

static bool is_turn_of(const struct turn *turn, const struct writer *by)
{
	return turn->is_taken && turn->seat == by->seat && !strcmp(turn->who, by->who);
}

/* Under the lock. false: it is somebody else's turn. */
static bool claim(
	struct board *board, const struct writer *by, int64_t now_ms, int64_t wall_ms, bool *is_new)
{
	struct turn *turn = &board->turn;

	*is_new = false;
	if (board->wanted->console_any_writer)
		return true;
	if (!is_turn_of(turn, by)) {
		if (turn->is_taken && !by->takes && now_ms < turn->until_ms)
			return false;
		*turn = (struct turn){ .is_taken = true, .seat = by->seat, .since = wall_ms };
		snprintf(turn->who, sizeof(turn->who), "%s", by->who);
		board->version++;
		*is_new = true;
	}
	turn->until_ms = now_ms + (board->house.turn_ms ? board->house.turn_ms : (int64_t)TURN_MS);
	return true;
}

/* false: *problem says whose turn it is. */
static bool take_turn(struct board *board, const struct writer *by, struct problem *problem)
{
	const int64_t now_ms = clock_monotonic_ms(), wall_ms = clock_wall_ms();
	char since[CLOCK_TEXT];
	bool is_new;

	pthread_mutex_lock(&board->lock);
	const bool is_mine = claim(board, by, now_ms, wall_ms, &is_new);
	const struct turn turn = board->turn;

	pthread_mutex_unlock(&board->lock);
	if (is_new)
		notify();
	return is_mine ||
		problem_set(problem, "console_taken",
			"\"%s\" types to this board since %s, and one does at a time. Take over "
			"(on "
			"the page; take=true in a request), or wait until nothing was typed for a "
			"minute.",
			turn.who, clock_format(since, turn.since));
}

/* Under the lock. */
static void end_turn(struct board *board)
{
	board->turn = (struct turn){ 0 };
	board->version++;
}

void board_leave(struct board *board, uint64_t seat)
{
	pthread_mutex_lock(&board->lock);
	const bool had_it = board->turn.is_taken && board->turn.seat == seat;

	if (had_it)
		end_turn(board);
	pthread_mutex_unlock(&board->lock);
	if (had_it)
		notify();
}

int board_tend_turn(struct board *board)
{
	const int64_t now_ms = clock_monotonic_ms();
	int64_t left = -1;

	pthread_mutex_lock(&board->lock);
	const bool is_over = board->turn.is_taken && now_ms >= board->turn.until_ms;

	if (is_over)
		end_turn(board);
	if (board->turn.is_taken)
		left = board->turn.until_ms - now_ms;
	pthread_mutex_unlock(&board->lock);
	if (is_over)
		notify();
	return (int)left;
}

/* input */

bool board_input(
	struct board *board, const struct writer *by, struct span bytes, struct problem *problem)
{
	if (!is_open(board, ASKED_INPUT, problem) || !take_turn(board, by, problem))
		return false;
	pthread_mutex_lock(&board->lock);
	/* What is no longer open has emptied it, and will again. */
	const bool has_room = state_for(board, ASKED_INPUT) == BOARD_IDLE &&
		bytes.len <= BOARD_INPUT - board->input_len;

	if (has_room && bytes.len) {
		memcpy(board->input + board->input_len, bytes.ptr, bytes.len);
		board->input_len += bytes.len;
	}
	pthread_mutex_unlock(&board->lock);
	board_wake(board);
	return has_room ||
		(is_open(board, ASKED_INPUT, problem) &&
			problem_set(problem, "input_full",
				"More console input waits than the board takes; send less at a "
				"time."));
}

/* wishes */

static struct wish *wish_add(struct board *board, struct wish *model, struct problem *problem)
{
	struct wish *wish = malloc(sizeof(*wish));
	unsigned count = 0;

	if (!wish) {
		problem_set(problem, "no_memory", "There was no memory for this request.");
		return NULL;
	}
	*wish = *model;
	atomic_init(&wish->holders, 2);
	atomic_init(&wish->has_ended, false);
	pthread_mutex_lock(&board->lock);
	struct wish **last = &board->wishes;

	for (; *last; last = &(*last)->next)
		count++;
	const bool is_taken = count < BOARD_WISHES && !board->is_stopping;

	if (is_taken)
		*last = wish;
	pthread_mutex_unlock(&board->lock);
	board_wake(board);
	if (is_taken)
		return wish;
	free(wish);
	problem_set(problem, "input_full", "More is asked of this console than it can do at once.");
	return NULL;
}

struct wish *board_wish_break(struct board *board, const struct writer *by, struct problem *problem)
{
	struct wish wish = { .is_break = true };

	if (!is_open(board, ASKED_WISH, problem) || !take_turn(board, by, problem))
		return NULL;
	return wish_add(board, &wish, problem);
}

struct wish *board_wish_settings(
	struct board *board, const struct wire_settings *settings, struct problem *problem)
{
	struct wish wish = { .settings = *settings };

	return is_open(board, ASKED_WISH, problem) ? wish_add(board, &wish, problem) : NULL;
}

bool wish_has_ended(const struct wish *wish, enum err *err)
{
	if (!atomic_load(&wish->has_ended))
		return false;
	*err = wish->err;
	return true;
}

void wish_free(struct wish *wish)
{
	if (wish && atomic_fetch_sub(&wish->holders, 1) == 1)
		free(wish);
}

bool board_next_wish(struct board *board, struct wire_settings *settings)
{
	pthread_mutex_lock(&board->lock);
	const struct wish *wish = board->wishes;

	if (wish)
		*settings = wish->is_break ? (struct wire_settings){ 0 } : wish->settings;
	pthread_mutex_unlock(&board->lock);
	return wish;
}

void board_end_wish(struct board *board, enum err err)
{
	pthread_mutex_lock(&board->lock);
	struct wish *wish = board->wishes;

	board->wishes = wish->next;
	if (!err && !wish->is_break) {
		board->settings = wish->settings;
		board->version++;
	}
	pthread_mutex_unlock(&board->lock);
	wish->err = err;
	atomic_store(&wish->has_ended, true);
	wish_free(wish);
	notify();
}

struct wire_settings board_console_settings(struct board *board)
{
	pthread_mutex_lock(&board->lock);
	const struct wire_settings settings = board->settings;

	pthread_mutex_unlock(&board->lock);
	return settings;
}

void board_forget_settings(struct board *board)
{
	pthread_mutex_lock(&board->lock);
	board->settings = board->config->console;
	board->version++;
	pthread_mutex_unlock(&board->lock);
	notify();
}

/* as it is shown */

static struct json *turn_json(const struct turn *turn)
{
	struct json *json = json_object();

	json_add_string(json, "who", turn->who);
	json_add_time(json, "since", turn->since);
	if (turn->seat)
		json_add_integer(json, "viewer", (int64_t)turn->seat);
	else
		json_add_null(json, "viewer");
	return json;
}

struct json *board_console_json(struct board *board)
{
	struct json *json = json_object();

	pthread_mutex_lock(&board->lock);
	const struct wire_settings settings = board->settings;
	const struct turn turn = board->turn;
	const bool any_writer = board->wanted->console_any_writer;

	pthread_mutex_unlock(&board->lock);
	json_add_string(json, "stream", console_stream(board->console));
	json_add_integer(json, "offset", (int64_t)console_head(board->console));
	json_add_integer(json, "baud", settings.baud);
	json_add_string(json, "frame", wire_frame_name(settings.frame));
	json_add_string(json, "writers", any_writer ? "any" : "one");
	if (turn.is_taken)
		json_add(json, "writer", turn_json(&turn));
	else
		json_add_null(json, "writer");
	json_add(json, "log", console_log_json(board->log));
	return json;
}
