/* SPDX-License-Identifier: MIT */
/*
 * board_port.c - a board's port opened and lost, and what comes from it and goes to it while no job
 * has it. The board's thread.
 */
#include "server/board_state.h"

#include "server/clock.h"
#include "server/log.h"
#include "server/notify.h"

#include <poll.h>
#include <string.h>

/* So many bytes unasked are no glitch of a cable that somebody touched. */
enum { MIN_STRANGE = 4 };

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

static const char vanished[] = "the port vanished (unplugged?)";

void board_vanish(struct board *board)
{
	static const struct why gone = { .err = ERR_GONE, .what = vanished };

	board_close_port(board);
	board_enter(board, BOARD_ABSENT, &gone);
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

/* That a port which was unplugged is not there is no news: its cause and its time stay. */
static bool is_still_away(struct board *board, const struct why *why)
{
	pthread_mutex_lock(&board->lock);
	const bool is_away = board->state == BOARD_ABSENT && !board->is_untried &&
		board->absence.what == vanished && why->err == ERR_GONE;

	pthread_mutex_unlock(&board->lock);
	return is_away;
}

bool board_open_port(struct board *board)
{
	struct why why = { 0 };

	if (!open_with_settings(board, &why)) {
		if (!why.what)
			why.what = "the port can't be opened";
		if (!is_still_away(board, &why))
			board_enter(board, BOARD_ABSENT, &why);
		return false;
	}
	port_on_absence(board->port, tell_absence, board);
	board_enter(board, BOARD_IDLE, NULL);
	return true;
}

/* idle and bootloader */

bool board_read_console(struct board *board)
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

short board_wanted_events(struct board *board)
{
	pthread_mutex_lock(&board->lock);
	const bool is_idle = board->state == BOARD_IDLE || board->is_heard;
	const bool has_input = is_idle && board->input_len;

	pthread_mutex_unlock(&board->lock);
	return (short)(POLLIN | (has_input ? POLLOUT : 0));
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
	board_enter(board, BOARD_IDLE, NULL);
	return board_read_console(board);
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
							  : board_read_console(board);
}

bool board_attend(struct board *board, short revents)
{
	bool is_there = !(revents & (POLLHUP | POLLERR | POLLNVAL)) || revents & POLLIN;

	if (revents & POLLIN)
		is_there = read_port(board);
	return is_there && revents & POLLOUT ? write_input(board) : is_there;
}
