/* SPDX-License-Identifier: MIT */
/*
 * board_settings.c - a board's settings change while it runs: any thread gives new ones, the
 * board's thread takes them between two jobs.
 */
#include "server/board_state.h"

#include "server/log.h"
#include "server/notify.h"

#include <string.h>

struct config_board *board_settings(struct board *board)
{
	pthread_mutex_lock(&board->lock);
	struct config_board *settings = config_board_ref(board->wanted);

	pthread_mutex_unlock(&board->lock);
	return settings;
}

bool board_configure(struct board *board, const struct config_board *config)
{
	struct config_board *settings = config_board_copy(config);

	if (!settings)
		return false;
	pthread_mutex_lock(&board->lock);
	struct config_board *was = board->wanted;

	board->wanted = settings;
	board->version++;
	pthread_mutex_unlock(&board->lock);
	config_board_unref(was);
	board_wake(board);
	notify();
	return true;
}

/* The same port, with the same levels on its lines while nothing is asked of them? */
static bool is_open_alike(const struct config_board *a, const struct config_board *b)
{
	struct port_options was = { 0 }, now = { 0 };

	control_idle(&a->control, &was);
	control_idle(&b->control, &now);
	return !strcmp(a->port, b->port) && a->control.kind != CONTROL_GPIO &&
		b->control.kind != CONTROL_GPIO && was.sets_dtr == now.sets_dtr &&
		was.dtr == now.dtr && was.sets_rts == now.sets_rts && was.rts == now.rts &&
		was.last_line == now.last_line;
}

/* Swapped under the lock; gives those that held until now, or NULL: they still do. */
static struct config_board *take_settings(struct board *board)
{
	pthread_mutex_lock(&board->lock);
	struct config_board *was = board->wanted != board->config ? board->config : NULL;

	if (was)
		board->config = config_board_ref(board->wanted);
	pthread_mutex_unlock(&board->lock);
	return was;
}

/* Whether it is absent is not known until it has been tried: what is submitted waits for that. */
static void reopen(struct board *board)
{
	board_close_port(board);
	pthread_mutex_lock(&board->lock);
	board->state = BOARD_ABSENT;
	board->is_untried = true;
	pthread_mutex_unlock(&board->lock);
	board_open_port(board);
}

/* The port stays open; what is wired to it is driven, and what it prints is read, otherwise. */
static void resettle(struct board *board)
{
	const struct wire wire = port_wire(board->port);
	const struct wire_settings console = board_console_settings(board);

	board->control = control_make(&board->control_memory, &board->config->control, wire);
	if (board_state_now(board) != BOARD_BOOTLOADER && wire.ops->configure(wire.ctx, &console))
		board_vanish(board); /* opened anew, it takes the settings or says why not */
}

void board_adopt(struct board *board, struct watch **watch)
{
	struct config_board *was = take_settings(board);

	if (!was)
		return;
	log_line(LOG_INFO, "board %s: its settings have changed", board->id);
	if (strcmp(was->port, board->config->port) != 0) {
		watch_free(*watch);
		*watch = watch_new(board->config->port);
	}
	if (was->console.baud != board->config->console.baud ||
		was->console.frame != board->config->console.frame)
		board_forget_settings(board);
	console_log_set(board->log, board->config->console_log, board->config->console_log_bytes);
	if (!is_open_alike(was, board->config))
		reopen(board);
	else if (board->port)
		resettle(board);
	config_board_unref(was);
}
