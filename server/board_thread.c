/* SPDX-License-Identifier: MIT */
/*
 * board_thread.c - a board's one thread and its state machine: the only code that touches the
 * port.
 *
 *   absent --port opened--> idle <--job--> busy --left there--> bootloader
 *   bootloader --the application speaks: restarted by hand--> idle
 *   any --port vanished--> absent
 */
#include "server/board_state.h"

#include "server/clock.h"
#include "server/log.h"
#include "server/notify.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/*
 * After bytes came, the port is left alone so long: a UART gives them in ones and twos, and each
 * would wake every viewer.
 */
enum { GATHER_MS = 4 };
/* How often a port is tried that is there and can't be opened. */
enum { RETRY_MS = 2000 };

/* Names the program that holds the port, where the system lets us see it. */
static void say_cause(const struct board *board, const struct why *absence, char cause[CAUSE_TEXT])
{
	char holder[HOLDER_TEXT];

	if (absence->what == port_in_use && port_holder(board->config->port, holder))
		snprintf(cause, CAUSE_TEXT, "the port is in use by %s", holder);
	else
		snprintf(cause, CAUSE_TEXT, "%s", absence->what);
}

void board_enter(struct board *board, enum board_state state, const struct why *absence)
{
	char cause[CAUSE_TEXT] = "";

	if (absence)
		say_cause(board, absence, cause);
	pthread_mutex_lock(&board->lock);
	board->is_untried = false;
	const bool is_new = board->state != state || (absence && strcmp(cause, board->cause) != 0);

	if (is_new) {
		board->state = state;
		board->since = clock_wall_ms();
		board->version++;
		board->unasked_len = 0;
		board->is_heard = false;
		if (absence)
			board->absence = *absence;
		memcpy(board->cause, cause, sizeof(cause));
		if (state != BOARD_IDLE)
			board->input_len = 0;
	}
	pthread_mutex_unlock(&board->lock);
	if (!is_new)
		return;
	log_line(LOG_INFO, "board %s: %s%s%s", board->id, board_state_name(state),
		absence ? ": " : "", cause);
	notify();
}

enum board_state board_state_now(struct board *board)
{
	pthread_mutex_lock(&board->lock);
	const enum board_state state = board->state;

	pthread_mutex_unlock(&board->lock);
	return state;
}

static void take_wake(struct board *board)
{
	uint64_t count;

	(void)!read(board->wake, &count, sizeof(count));
}

/* Waits for the port or for work, and serves the console. */
static void serve(struct board *board)
{
	struct pollfd fds[2] = { { board->wake, POLLIN, 0 },
		{ port_fd(board->port), board_wanted_events(board), 0 } };

	if (poll(fds, 2, board_tend_turn(board)) <= 0)
		return;
	if (fds[0].revents)
		take_wake(board);
	if (!board_attend(board, fds[1].revents))
		board_vanish(board);
	else if (fds[1].revents & POLLIN)
		poll(fds, 1, GATHER_MS);
}

static enum err carry_out(struct board *board, const struct wire_settings *wish)
{
	if (!board->port || board_state_now(board) != BOARD_IDLE)
		return ERR_CANCELLED;
	if (!wish->baud)
		return port_break(board->port);
	if (!board_read_console(board)) /* what came so far came at the rate before */
		return ERR_GONE;
	const struct wire wire = port_wire(board->port);

	return wire.ops->configure(wire.ctx, wish);
}

/* A port that failed at it is found out by the next look at it. */
static void carry_out_wishes(struct board *board)
{
	struct wire_settings wish;

	while (board_next_wish(board, &wish))
		board_end_wish(board, carry_out(board, &wish));
}

/* busy */

static struct job *take_job(struct board *board)
{
	struct job *job = NULL;

	pthread_mutex_lock(&board->lock);
	if (board->queued) {
		job = board->queue[0];
		board->queued--;
		memmove(board->queue, board->queue + 1, board->queued * sizeof(*board->queue));
		board->current = job;
		board->version++;
	}
	pthread_mutex_unlock(&board->lock);
	return job;
}

/* Before its end is seen: who sees that may ask the board for the next thing. */
static void retire(struct board *board, struct job *job)
{
	pthread_mutex_lock(&board->lock);
	struct job **place = &board->ended[board->ended_count++ % BOARD_ENDED];
	struct job *oldest = *place;

	*place = job;
	board->current = NULL;
	board->version++;
	pthread_mutex_unlock(&board->lock);
	job_unref(oldest);
	notify();
}

static struct job_outcome refuse(enum job_state state, const char *code, const char *detail)
{
	struct job_outcome outcome = { .state = state };

	problem_set(&outcome.problem, code, "%s", detail);
	return outcome;
}

/* true: this is where it begins. The port may hold bytes then that poll() would not tell of. */
static bool begin_to_hear(struct board *board)
{
	pthread_mutex_lock(&board->lock);
	const bool was_heard = board->is_heard;

	board->is_heard = true;
	pthread_mutex_unlock(&board->lock);
	return !was_heard;
}

static enum err listen_to_application(void *ctx, int timeout_ms)
{
	struct board *board = ctx;
	struct pollfd fds[2] = { { board->wake, POLLIN, 0 }, { port_fd(board->port), 0, 0 } };

	if (fds[1].fd < 0)
		return ERR_GONE;
	if (begin_to_hear(board))
		return board_read_console(board) ? ERR_OK : ERR_GONE;
	fds[1].events = board_wanted_events(board);
	if (poll(fds, 2, timeout_ms) <= 0)
		return ERR_OK;
	if (fds[0].revents)
		take_wake(board);
	if (!board_attend(board, fds[1].revents))
		return ERR_GONE;
	if (fds[1].revents & POLLIN)
		poll(fds, 1, GATHER_MS);
	return ERR_OK;
}

static struct job_scene scene_of(struct board *board)
{
	struct job_scene scene = {
		.config = board->config,
		.store = board->house.store,
		.shelf = board->house.shelf,
		.console = board->console,
		.settings = board_console_settings(board),
		.known = board->known,
		.map = board->map,
		.session = &board->session,
		.power = &board->power,
		.was_in_bootloader = board_state_now(board) == BOARD_BOOTLOADER,
		.is_stopping = board_is_stopping,
		.listen = listen_to_application,
		.ctx = board,
	};

	/* Its own thread writes these. */
	scene.absence = board->port ? NULL : &board->absence;
	scene.cause = board->cause;
	if (board->port) {
		scene.wire = port_wire(board->port);
		scene.control = board->control;
	}
	return scene;
}

/*
 * After Go the application's first words may have come with the ROM's last ACK: the port holds
 * them already, and poll() would not tell.
 */
static void resume_console(struct board *board)
{
	board_enter(board, BOARD_IDLE, NULL);
	if (!board_read_console(board))
		board_vanish(board);
}

static void settle(struct board *board, enum job_place place)
{
	static const struct wire_settings none = { 0 };
	const struct wire_settings console = board_console_settings(board);
	const struct wire_settings now = board->port ? port_settings(board->port) : none;

	if (place == PLACE_GONE || (board->port && port_fd(board->port) < 0))
		board_vanish(board);
	else if (place == PLACE_BOOTLOADER)
		board_enter(board, BOARD_BOOTLOADER, NULL);
	else if (now.baud != console.baud || now.frame != console.frame)
		board_vanish(
			board); /* opened anew, it takes the console's settings or says why not */
	else
		resume_console(board);
}

static struct job_outcome use_port(struct board *board, struct job *job)
{
	const struct job_scene scene = scene_of(board);

	if (!scene.was_in_bootloader)
		(void)board_read_console(board);
	board_enter(board, BOARD_BUSY, NULL);
	const struct job_outcome outcome = job_execute(job, &scene);

	settle(board, outcome.place);
	return outcome;
}

static struct job_outcome attempt(struct board *board, struct job *job)
{
	if (board_is_stopping(board))
		return refuse(JOB_INTERRUPTED, "stopping",
			"The server was stopped before the job began.");
	if (job_is_final(job)) /* cancelled in the queue, and says so itself */
		return (struct job_outcome){ .state = JOB_CANCELLED };
	const enum job_kind kind = job_request(job)->kind;

	if (kind == JOB_DOCTOR && !board->port)
		(void)board_open_port(board); /* what it says of it shall be true now */
	const bool may_use_port = (kind == JOB_POWER || kind == JOB_DOCTOR) && board->port;

	if (!may_use_port && !job_needs_port(job, board->known)) {
		const struct job_scene scene = scene_of(board);

		return job_execute(job, &scene);
	}
	if (!board->port) {
		struct job_outcome outcome = { .state = JOB_FAILED };

		board_refuse_absent(board, &outcome.problem);
		return outcome;
	}
	return use_port(board, job);
}

static void do_job(struct board *board, struct job *job)
{
	const struct job_outcome outcome = attempt(board, job);

	job_ref(job);
	retire(board, job);
	job_end(job, board->house.store, outcome.state, outcome.result,
		outcome.problem.code ? &outcome.problem : NULL);
	job_unref(job);
}

/* Lines that would hold the next start in the bootloader are released; the chip is not touched. */
static void leave(struct board *board)
{
	struct job *job;

	while ((job = take_job(board)))
		do_job(board, job);
	if (board->port)
		control_rest(&board->control_memory);
	board_close_port(board);
}

static void serve_or_wait(struct board *board, struct watch *watch)
{
	if (board->port) {
		serve(board);
	} else if (!board_open_port(board)) {
		watch_wait(watch, board->wake, RETRY_MS);
		take_wake(board);
	}
}

static void end(struct board *board)
{
	pthread_mutex_lock(&board->lock);
	board->has_ended = true;
	pthread_mutex_unlock(&board->lock);
	notify();
}

void *board_main(void *ctx)
{
	struct board *board = ctx;
	struct watch *watch = watch_new(board->config->port);

	if (watch && !board_is_stopping(board))
		board_open_port(board);
	while (watch && !board_is_stopping(board)) {
		board_adopt(board, &watch);
		carry_out_wishes(board);
		struct job *job = take_job(board);

		if (job)
			do_job(board, job);
		else
			serve_or_wait(board, watch);
	}
	if (!watch)
		log_line(LOG_ERROR, "board %s: out of memory, it is not served", board->id);
	leave(board);
	watch_free(watch);
	end(board);
	return NULL;
}
