/* SPDX-License-Identifier: MIT */
/*
 * board_console.h - what others may do to a board's console beside reading it: type, when it is
 * their turn, send a break, change rate and frame. Any thread, holding no lock; nothing here waits
 * for the board: what its thread has to do at the port is a wish, whose end is told by notify().
 */
#ifndef BENCHD_SERVER_BOARD_CONSOLE_H
#define BENCHD_SERVER_BOARD_CONSOLE_H

#include "server/board.h"

#define TURN_MS 60000u /* who types nothing for so long has no turn any more */

/* Who wants to type. Borrowed for the call. */
struct writer {
	const char *who;
	uint64_t seat; /* a viewer's number; 0: requests, told apart by who alone */
	bool takes;    /* also while it is somebody else's turn */
};

/*
 * Console input: queued (64 KiB bound) and written by the board's thread; makes it the writer's
 * turn where console.writers is "one". false: *problem is board_absent, board_busy,
 * board_in_bootloader, console_taken (it is somebody else's turn), or input_full (429).
 */
bool board_input(
	struct board *board, const struct writer *by, struct span bytes, struct problem *problem);
/* The viewer of this seat is gone, and its turn is over. */
void board_leave(struct board *board, uint64_t seat);

/* Those in force while the console runs. */
struct wire_settings board_console_settings(struct board *board);

/* Each gives a wish to be freed, whether it has ended or not; NULL: *problem, as above. */
struct wish;
struct wish *board_wish_break(
	struct board *board, const struct writer *by, struct problem *problem);
/* In force until the board is made anew. */
struct wish *board_wish_settings(
	struct board *board, const struct wire_settings *settings, struct problem *problem);
/*
 * false: not yet. *err: ERR_UNSUPPORTED: the port does not take that, and is as it was;
 * ERR_CANCELLED: a job came first, or the port went, and nothing was done; else the port failed.
 */
bool wish_has_ended(const struct wish *wish, enum err *err);
void wish_free(struct wish *wish);

#endif /* BENCHD_SERVER_BOARD_CONSOLE_H */
