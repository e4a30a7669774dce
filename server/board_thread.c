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
/* So many bytes unasked are no glitch of a cable that somebody touched. */
enum { MIN_STRANGE = 4 };

/* Names the program that holds the port, where the system lets us see it. */
static void say_cause(const struct board *board, const struct why *absence, char cause[CAUSE_TEXT])
{
	char holder[HOLDER_TEXT];

	if (absence->what == port_in_use && port_holder(board->config->port, holder))
		snprintf(cause, CAUSE_TEXT, "the port is in use by %s", holder);
	else
		snprintf(cause, CAUSE_TEXT, "%s", absence->what);
}

static void enter(struct board *board, enum board_state state, const struct why *absence)
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

/* absent */

void board_close_port(struct board *board)
{
	if (!board->port)
		return;
	control_close(&board->control_memory);
	port_close(board->port);
	board->port = NULL;
	board->session.is_live = false;
}

void board_vanish(struct board *board)
{
	static const struct why gone = { .err = ERR_GONE,
		.what = "the port vanished (unplugged?)" };

	board_close_port(board);
	enter(board, BOARD_ABSENT, &gone);
}

/* A job waits for it: the board is busy still, and its watchers learn why nothing moves. */
static void tell_absence(void *ctx)
{
	struct board *board = ctx;
	struct json *event = json_object();

	log_line(LOG_WARNING, "board %s: the port vanished in the middle of a job", board->id);
	json_add_string(event, "text",
		"The adapter vanished (unplugged?); the job goes on when it is back.");
	job_add_event(board->current, board->house.store, "warning", event);
}

/* A port without its control is of no use: both, or neither. */
static bool open_both(struct board *board, const struct wire_settings *settings, struct why *why)
{
	struct port_options options = { .settings = *settings };

	control_idle(&board->config->control, &options);
	board->port = port_open(board->config->port, &options, why);
	if (!board->port)
		return false;
	board->control = control_make(
		&board->control_memory, &board->config->control, port_wire(board->port));
	if (!control_open(&board->control_memory, why))
		return true;
	board_close_port(board);
	return false;
}

static bool is_same(const struct wire_settings *a, const struct wire_settings *b)
{
	return a->baud == b->baud && a->frame == b->frame;
}

/* Another adapter than before may not take what was chosen while the board ran. */
static bool open_with_settings(struct board *board, struct why *why)
{
	const struct wire_settings chosen = board_console_settings(board);
	const struct wire_settings *own = &board->config->console;

	if (open_both(board, &chosen, why))
		return true;
	if (is_same(&chosen, own) || !open_both(board, own, why))
		return false;
	log_line(LOG_WARNING, "board %s: the port does not take %u %s any more: back to %u %s",
		board->id, (unsigned)chosen.baud, wire_frame_name(chosen.frame),
		(unsigned)own->baud, wire_frame_name(own->frame));
	board_forget_settings(board);
	return true;
}

bool board_open_port(struct board *board)
{
	struct why why = { 0 };

	if (!open_with_settings(board, &why)) {
		if (!why.what)
			why.what = "the port can't be opened";
		enter(board, BOARD_ABSENT, &why);
		return false;
	}
	port_on_absence(board->port, tell_absence, board);
	enter(board, BOARD_IDLE, NULL);
	return true;
}

/* idle and bootloader */

/* false: the port vanished. */
static bool read_console(struct board *board)
{
	uint8_t bytes[4096];
	size_t got = sizeof(bytes), sum = 0;
	enum err e = ERR_OK;

	while (!e && got && sum < CONSOLE_RING) {
		e = port_read(board->port, bytes, sizeof(bytes), &got);
		console_write(board->console, (struct span){ bytes, got }, clock_wall_ms());
		sum += got;
	}
	if (sum)
		notify();
	return !e;
}

static size_t peek_input(struct board *board, uint8_t *out, size_t max)
{
	pthread_mutex_lock(&board->lock);
	const size_t len = board->input_len < max ? board->input_len : max;

	if (len)
		memcpy(out, board->input, len);
	pthread_mutex_unlock(&board->lock);
	return len;
}

static void drop_input(struct board *board, size_t len)
{
	pthread_mutex_lock(&board->lock);
	board->input_len -= len;
	memmove(board->input, board->input + len, board->input_len);
	pthread_mutex_unlock(&board->lock);
}

/* false: the port vanished. */
static bool write_input(struct board *board)
{
	uint8_t bytes[512];
	const size_t len = peek_input(board, bytes, sizeof(bytes));
	size_t took = 0;

	if (!len)
		return true;
	enum err e = port_write(board->port, (struct span){ bytes, len }, &took);

	if (took)
		drop_input(board, took);
	return !e;
}

static short wanted_events(struct board *board)
{
	pthread_mutex_lock(&board->lock);
	const bool is_idle = board->state == BOARD_IDLE || board->is_heard;
	const bool has_input = is_idle && board->input_len;

	pthread_mutex_unlock(&board->lock);
	return (short)(POLLIN | (has_input ? POLLOUT : 0));
}

static void take_wake(struct board *board)
{
	uint64_t count;

	(void)!read(board->wake, &count, sizeof(count));
}

/* What a ROM may be late with, and what a line that is touched looks like. */
static bool is_strange(uint8_t byte)
{
	return byte != FRAME_ACK && byte != FRAME_NACK && byte != FRAME_BUSY && byte != 0x00 &&
		byte != 0xFF;
}

/* At the console's own rate what came is the application's first words, at another it is noise. */
static bool follow_application(struct board *board)
{
	const struct wire wire = port_wire(board->port);
	const struct wire_settings console = board_console_settings(board);
	const bool is_legible = port_settings(board->port).baud == console.baud;
	const int64_t now = clock_wall_ms();

	log_line(LOG_INFO, "board %s: its application speaks: it was restarted by hand", board->id);
	board->session.is_live = false;
	control_rest(&board->control_memory);
	console_mark(board->console, CONSOLE_MARK_RESET, now);
	if (is_legible)
		console_write(
			board->console, (struct span){ board->unasked, board->unasked_len }, now);
	if (wire.ops->configure(wire.ctx, &console))
		return false;
	enter(board, BOARD_IDLE, NULL);
	return read_console(board);
}

/*
 * A ROM never speaks unasked. Some bytes that are none of its replies are an application:
 * somebody has restarted the board by hand. false: the port vanished.
 */
static bool listen_to_rom(struct board *board)
{
	size_t got = 0, strange = 0;

	if (board->unasked_len == sizeof(board->unasked))
		board->unasked_len = 0; /* replies and glitches */
	const enum err e = port_read(board->port, board->unasked + board->unasked_len,
		sizeof(board->unasked) - board->unasked_len, &got);

	board->unasked_len += got;
	for (size_t i = 0; i < board->unasked_len; i++)
		strange += is_strange(board->unasked[i]);
	return !e && (strange < MIN_STRANGE || follow_application(board));
}

static bool read_port(struct board *board)
{
	return board_state_now(board) == BOARD_BOOTLOADER ? listen_to_rom(board)
							  : read_console(board);
}

/* What poll() said of the port. false: it vanished. */
static bool attend(struct board *board, short revents)
{
	bool is_there = !(revents & (POLLHUP | POLLERR | POLLNVAL)) || revents & POLLIN;

	if (revents & POLLIN)
		is_there = read_port(board);
	return is_there && revents & POLLOUT ? write_input(board) : is_there;
}

/* Waits for the port or for work, and serves the console. */
static void serve(struct board *board)
{
	struct pollfd fds[2] = { { board->wake, POLLIN, 0 },
		{ port_fd(board->port), wanted_events(board), 0 } };

	if (poll(fds, 2, board_tend_turn(board)) <= 0)
		return;
	if (fds[0].revents)
		take_wake(board);
	if (!attend(board, fds[1].revents))
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
	if (!read_console(board)) /* what came so far came at the rate before */
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
		return read_console(board) ? ERR_OK : ERR_GONE;
	fds[1].events = wanted_events(board);
	if (poll(fds, 2, timeout_ms) <= 0)
		return ERR_OK;
	if (fds[0].revents)
		take_wake(board);
	if (!attend(board, fds[1].revents))
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
	enter(board, BOARD_IDLE, NULL);
	if (!read_console(board))
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
		enter(board, BOARD_BOOTLOADER, NULL);
	else if (!is_same(&now, &console))
		board_vanish(
			board); /* opened anew, it takes the console's settings or says why not */
	else
		resume_console(board);
}

static struct job_outcome use_port(struct board *board, struct job *job)
{
	const struct job_scene scene = scene_of(board);

	if (!scene.was_in_bootloader)
		(void)read_console(board);
	enter(board, BOARD_BUSY, NULL);
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
