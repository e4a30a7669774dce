/* SPDX-License-Identifier: MIT */
/*
 * board.h - a board: its port, its thread, its queue, its state, its console and its map.
 * The board's thread is the only code that touches the port. Everything here may be called by any
 * thread that has a reference, holding no lock; nothing here waits for a board but board_join().
 */
#ifndef BENCHD_SERVER_BOARD_H
#define BENCHD_SERVER_BOARD_H

#include "server/console_log.h"
#include "server/job.h"
#include "server/shelf.h"

enum board_state { BOARD_ABSENT, BOARD_IDLE, BOARD_BUSY, BOARD_BOOTLOADER, BOARD_STATE_COUNT };
const char *board_state_name(enum board_state state);

struct board;

/* What a board needs of the house; all borrowed, outliving the board. */
struct board_house {
	struct store *store;
	struct shelf *shelf;
	uint32_t queue_limit;
	const char *state_dir; /* for the consoles' logs; NULL: none is written */
	uint32_t turn_ms;      /* of who types; 0: TURN_MS */
};

/*
 * Copies config. Reads the board's record from the store. NULL: no memory or store failed. One
 * reference.
 */
struct board *board_new(const struct config_board *config, const struct board_house *house);
struct board *board_ref(struct board *board);
/* The last one frees it: its thread was joined before, if it ever ran. NULL is fine. */
void board_unref(struct board *board);
/* Starts its thread, which opens the port and re-opens it when it comes back. */
bool board_start(struct board *board);
/* Tells it to stop: the running job ends between two steps (interrupted). Returns at once. */
void board_stop(struct board *board);
/* Waits for its thread; its jobs are final then, and it can still be asked. */
void board_join(struct board *board);
/*
 * The board is taken away: it stops, and nothing more is asked of it. false: a job runs or waits,
 * and nothing was done.
 */
bool board_remove(struct board *board);
bool board_is_removed(struct board *board);
/* Its thread is through and the port closed; board_join() would not wait. */
bool board_has_ended(struct board *board);

const char *board_id(const struct board *board);
bool board_has_power(struct board *board); /* a hook switches its supply */
/* Its settings, those that hold from the next job on: a reference to unref. */
struct config_board *board_settings(struct board *board);
/*
 * Gives it other settings (of the same id), copied. They hold from the next job on; the port is
 * opened anew only where it is another or is driven otherwise, so console and viewers go on.
 * false: no memory, and nothing has changed.
 */
bool board_configure(struct board *board, const struct config_board *config);
struct console *board_console(struct board *board);
struct console_log *board_console_log(struct board *board); /* NULL: none is kept */

/* The contract's board shape. NULL: no memory. */
struct json *board_json(struct board *board);
/* The contract's device shape (GET …/device); NULL with *never set: never identified. */
struct json *board_device_json(struct board *board, bool *never);
/*
 * The contract's option bytes, as last read (GET …/option-bytes). NULL: never, or no memory; then
 * *why_not says what to do.
 */
struct json *board_options_json(struct board *board, struct problem *why_not);
/* Grows with every change of what board_json() shows, the console's offset apart. */
uint64_t board_version(struct board *board);
/*
 * A board's jobs are numbered as they begin. Gives the first from *number on that is running or
 * among the last to have ended, as a reference to unref, and its number; NULL: none, *number is
 * as it was.
 */
struct job *board_job_from(struct board *board, uint64_t *number);
/* How many have ended: the number of the running job, or of the next. */
uint64_t board_jobs_ended(struct board *board);
/* A live (queued, running, or just ended) job of this board by id; NULL: ask the store. */
struct job *board_find_job(struct board *board, const char *id);

/*
 * Accepts a job: durable in the store, then queued. The caller keeps its reference.
 * false: *problem is port_absent, queue_full, quarantined (go and reset into application without
 * force), no_such_board (removed meanwhile), stopping or store_failed.
 */
bool board_submit(struct board *board, struct job *job, struct problem *problem);

/* The sector map: one state per erase unit of the identified part. */
enum sector_state {
	SECTOR_UNKNOWN,
	SECTOR_PLANNED, /* the running job will touch it */
	SECTOR_ERASING,
	SECTOR_ERASED,
	SECTOR_WRITING,
	SECTOR_WRITTEN,
	SECTOR_VERIFIED,
	SECTOR_FAILED,
	SECTOR_UNCHANGED, /* it was looked at, and holds what the image has there */
	SECTOR_LOCKED,    /* write-protected, as was last read; nothing else is known of it */
	SECTOR_STATE_COUNT
};
const char *sector_state_name(enum sector_state state);
/*
 * {"version":V,"sectors":[{"number":0,"state":"written","done":0.5}, …]} of those that changed
 * after version since (0: all that are not unknown). NULL: no memory or nothing changed.
 */
struct json *board_map_json(struct board *board, uint64_t since);
uint64_t board_map_version(struct board *board);

#endif /* BENCHD_SERVER_BOARD_H */
