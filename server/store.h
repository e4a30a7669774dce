/* SPDX-License-Identifier: MIT */
/*
 * store.h - what survives: jobs with their events and outcomes, what each board was last seen to
 * be, its quarantine, and the firmware shelf's index. The fence around SQLite (WAL,
 * synchronous=FULL). Any thread; one connection, one lock around each call: the only lock of the
 * program that is held during I/O. A call that returns true is on the disk.
 * false from any: the disk or the database failed; it is logged here. each() of the lists is called
 * without the lock. History is bounded: of the jobs that ended, the newest 10,000 are kept.
 */
#ifndef BENCHD_SERVER_STORE_H
#define BENCHD_SERVER_STORE_H

#include "protocol/err.h"
#include "server/clock.h"
#include "server/config.h"

struct store;
/*
 * Opens or makes DIR/benchd.db (mode 0600, DIR 0700 when made). Takes an exclusive lock on the
 * folder: two daemons may not share it. Jobs found queued or running become interrupted; boards
 * of those with changed=1 get a quarantine. NULL: *reason (static or strerror text copied into
 * reason) says why.
 */
struct store *store_open(const char *dir, char *reason, size_t reason_len);
void store_close(struct store *store);

enum job_kind {
	JOB_FLASH,
	JOB_VERIFY,
	JOB_ERASE,
	JOB_READ,
	JOB_GO,
	JOB_RESET,
	JOB_IDENTIFY,
	JOB_PROTECT,
	JOB_OPTION_BYTES,
	JOB_POWER,
	JOB_DOCTOR,
	JOB_PROBE,
	JOB_EXPECT,
	JOB_KIND_COUNT
};
enum job_state {
	JOB_QUEUED,
	JOB_RUNNING,
	JOB_DONE,
	JOB_FAILED,
	JOB_CANCELLED,
	JOB_INTERRUPTED,
	JOB_STATE_COUNT
};
const char *job_kind_name(enum job_kind kind);
const char *job_state_name(enum job_state state);
bool job_state_is_final(enum job_state state);

/* A job as it is kept and shown. Strings are owned, NULL where not (yet) known. */
struct job_record {
	char id[ID_TEXT];
	char board[BOARD_ID_TEXT];
	enum job_kind kind;
	enum job_state state;
	int64_t created, started, finished; /* wall ms; 0: not yet */
	bool changed;                       /* a first erase or write was about to be sent */
	char who[64];
	char *name;       /* the firmware's file name, as the client said; may be NULL */
	char *parameters; /* JSON object: what was asked */
	char *image;      /* JSON object of the contract's job.image */
	char *result;     /* JSON object */
	char *error;      /* JSON problem object */
	char stage[16];   /* of the last progress */
	uint64_t done, total;
};
void job_record_release(struct job_record *record);
bool job_record_copy(struct job_record *to, const struct job_record *from); /* false: no memory */

/* Durable before the 202 or the wait begins. */
bool store_job_accept(struct store *store, const struct job_record *record);
/*
 * Running, and "its first erase or write is about to be sent", with what is known of the image by
 * then (may be NULL): durable.
 */
bool store_job_begin(struct store *store, const char *id, int64_t started);
bool store_job_changes(struct store *store, const char *id, const char *image);
/* One line of its history (a JSON object): stage changes, warnings. Not waited for by the disk. */
bool store_job_event(struct store *store, const char *id, unsigned seq, const char *json);
/* The outcome: durable. */
bool store_job_finish(struct store *store, const struct job_record *record);
/* false: no such job (*record empty), or the disk failed. */
bool store_job_get(struct store *store, const char *id, struct job_record *record);
/* Events seq >= from in order; each is borrowed for the call. */
bool store_job_events(struct store *store, const char *id, unsigned from,
	void (*each)(void *ctx, unsigned seq, const char *json), void *ctx);
struct job_filter {
	const char *board; /* NULL: any */
	int state;         /* an enum job_state, or -1: any */
	unsigned limit;    /* newest first */
};
bool store_job_list(struct store *store, const struct job_filter *filter,
	void (*each)(void *ctx, const struct job_record *record), void *ctx);

/* A board's memory. Strings as above; all of it is replaced by _set. */
struct board_record {
	char *device;     /* JSON: last identified; NULL: never */
	char *image;      /* JSON: {sha256, flashed_at, by, name} */
	char *quarantine; /* JSON: {job, since, reason}; NULL: none */
	uint32_t last_baud;
};
void board_record_release(struct board_record *record);
/* A board never seen gives an empty record. */
bool store_board_get(struct store *store, const char *board, struct board_record *record);
bool store_board_set(struct store *store, const char *board, const struct board_record *record);

/* The settings of boards that came by the API, as a JSON object each. */
bool store_settings_set(struct store *store, const char *board, const char *json);
/* *json is owned; NULL: there are none of this board. */
bool store_settings_get(struct store *store, const char *board, char **json);
bool store_settings_list(struct store *store,
	void (*each)(void *ctx, const char *board, const char *json), void *ctx);
bool store_settings_forget(struct store *store, const char *board);

/* The shelf's index (files: shelf.h). */
struct firmware_record {
	char sha256[SHA256_TEXT];
	char *name; /* last file name given; may be NULL */
	uint64_t bytes;
	int64_t added, used; /* wall ms */
};
bool store_firmware_put(struct store *store, const char *sha256, const char *name, uint64_t bytes);
/* Whether it was read as an image or refused: what is none is kept, but not listed. */
bool store_firmware_judge(struct store *store, const char *sha256, bool is_image);
/* Last used first; at most 1000. */
bool store_firmware_list(struct store *store, unsigned limit,
	void (*each)(void *ctx, const struct firmware_record *record), void *ctx);
/*
 * Those that may go: all but the keep last used ones, and none whose SHA-256 stands in the
 * parameters or image of a queued or running job. Only sha256 is filled.
 */
bool store_firmware_stale(struct store *store, unsigned keep,
	void (*each)(void *ctx, const struct firmware_record *record), void *ctx);
bool store_firmware_forget(struct store *store, const char *sha256);

#endif /* BENCHD_SERVER_STORE_H */
