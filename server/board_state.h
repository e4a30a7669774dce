/* SPDX-License-Identifier: MIT */
/*
 * board_state.h - what the files of a board share. Internal to board*.c.
 * One lock guards what is marked so; it is never held during I/O, allocation or notify().
 */
#ifndef BENCHD_SERVER_BOARD_STATE_H
#define BENCHD_SERVER_BOARD_STATE_H

#include "server/board_console.h"
#include "server/board_map.h"
#include "server/job_work.h"
#include "server/port.h"
#include "server/watch.h"

#include <pthread.h>
#include <stdatomic.h>

#define BOARD_ENDED 8u /* jobs that are still found after their end */
#define CAUSE_TEXT 160
#define BOARD_INPUT (64 * KIB) /* console input that may wait */
#define BOARD_WISHES 8u
#define WRITER_TEXT 64

/* Who types to the console. */
struct turn {
	bool is_taken;
	uint64_t seat;
	char who[WRITER_TEXT];
	int64_t since;    /* wall clock */
	int64_t until_ms; /* monotonic; each input moves it */
};

struct board {
	atomic_uint refs;
	char id[BOARD_ID_TEXT];
	struct board_house house;
	struct console *console;
	struct console_log *log; /* NULL: none is kept */
	struct known *known;
	struct map *map;
	pthread_t thread;
	bool has_thread;
	int wake; /* eventfd: there is something to do */

	/* the board's thread only */
	struct config_board *config; /* in force: a reference */
	struct port *port;           /* NULL: absent */
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
	struct config_board *wanted; /* what holds from the next job on: a reference */
	bool is_untried;             /* its port: whether it is absent is not known yet */
	bool is_stopping, is_removed, has_ended;
	bool is_heard;             /* a job listens to the application: input goes to it */
	struct job **queue;        /* house.queue_limit of them */
	uint32_t queued, reserved; /* reserved: being stored, not yet in the queue */
	struct job *current;
	struct job *ended[BOARD_ENDED];
	uint64_t ended_count; /* ever */
	uint8_t *input;       /* BOARD_INPUT bytes */
	size_t input_len;
	struct wire_settings settings; /* of the console; not always the configured ones */
	struct turn turn;
	struct wish *wishes; /* the oldest first */
};

/* board_settings.c: settings that have come hold from here on; *watch follows the port. */
void board_adopt(struct board *board, struct watch **watch);

/* board_thread.c */
void *board_main(void *board);
void board_wake(struct board *board);
bool board_is_stopping(void *board);
/* For the board's thread: */
enum board_state board_state_now(struct board *board);
/* absence: of BOARD_ABSENT, else NULL. */
void board_enter(struct board *board, enum board_state state, const struct why *absence);
/* Says why the port is absent. Gives false. */
bool board_refuse_absent(struct board *board, struct problem *problem);

/* board_port.c; the board's thread. */
bool board_open_port(struct board *board); /* false: absent, and why */
void board_close_port(struct board *board);
void board_vanish(struct board *board); /* closed and absent */
/* What the port holds goes to the console. false: it vanished. */
bool board_read_console(struct board *board);
/* What poll() is to look for at the port. */
short board_wanted_events(struct board *board);
/* What it said of it: read, heard and written. false: the port vanished. */
bool board_attend(struct board *board, short revents);

/* board_console.c; the board's thread. */
/* Ends a turn whose time is over. Milliseconds that the present one has left; -1: nobody's. */
int board_tend_turn(struct board *board);
/* The oldest wish that has not ended: settings with baud 0 are a break. false: none. */
bool board_next_wish(struct board *board, struct wire_settings *settings);
/* It has; where settings were wished and err is ERR_OK they are the console's. */
void board_end_wish(struct board *board, enum err err);
/* Back to the configured ones. */
void board_forget_settings(struct board *board);
/* The member "console" of a board's shape. */
struct json *board_console_json(struct board *board);

#endif /* BENCHD_SERVER_BOARD_STATE_H */
