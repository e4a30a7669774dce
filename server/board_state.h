/* SPDX-License-Identifier: MIT */
/*
 * board_state.h - what the files of a board share. Internal to board*.c.
 * One lock guards what is marked so; it is never held during I/O, allocation or notify().
 */
#ifndef BENCHD_SERVER_BOARD_STATE_H
#define BENCHD_SERVER_BOARD_STATE_H

#include "server/board_map.h"
#include "server/job_work.h"
#include "server/port.h"
#include "server/watch.h"

#include <pthread.h>

#define BOARD_ENDED 8u /* jobs that are still found after their end */
#define CAUSE_TEXT 160
#define BOARD_INPUT (64 * KIB) /* console input that may wait */

struct board {
	const struct config_board *config;
	struct board_house house;
	struct console *console;
	struct console_log *log; /* NULL: none is kept */
	struct known *known;
	struct map *map;
	pthread_t thread;
	bool has_thread;
	int wake; /* eventfd: there is something to do */

	/* the board's thread only */
	struct port *port; /* NULL: absent */
	struct control_memory control_memory;
	struct control control;
	struct session session;
	_Atomic enum power_is power; /* its thread writes it */
	uint8_t unasked[256];        /* heard from the ROM that was asked nothing */
	size_t unasked_len;

	pthread_mutex_t lock; /* guards the rest */
	uint64_t version;
	enum board_state state;
	int64_t since;
	struct why absence; /* of BOARD_ABSENT */
	char cause[CAUSE_TEXT];
	bool is_stopping;
	struct job **queue;        /* house.queue_limit of them */
	uint32_t queued, reserved; /* reserved: being stored, not yet in the queue */
	struct job *current;
	struct job *ended[BOARD_ENDED];
	uint64_t ended_count; /* ever */
	uint8_t *input;       /* BOARD_INPUT bytes */
	size_t input_len;
};

/* board_thread.c */
void *board_main(void *board);
void board_wake(struct board *board);
bool board_is_stopping(void *board);

#endif /* BENCHD_SERVER_BOARD_STATE_H */
