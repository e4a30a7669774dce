/* SPDX-License-Identifier: MIT */
/*
 * job_work.h - the board's side of a job: what its thread tells while it does it. Internal to
 * board*.c and job*.c; requests see job.h only. Every change is published by notify().
 */
#ifndef BENCHD_SERVER_JOB_WORK_H
#define BENCHD_SERVER_JOB_WORK_H

#include "server/board_map.h"
#include "server/control.h"
#include "server/job.h"
#include "server/known.h"

/* queued -> running, durably. false: it has ended in the queue, or the store failed. */
bool job_begin(struct job *job, struct store *store);
bool job_is_cancelled(struct job *job);
/* "The first erase or write is about to be sent": durable when it gives true. */
bool job_note_change(struct job *job, struct store *store);
/* Takes event over, adds time and seq, keeps and stores it. */
void job_add_event(struct job *job, struct store *store, const char *type, struct json *event);
/* done and total in bytes of this stage. */
void job_set_progress(
	struct job *job, enum stage stage, uint32_t addr, uint64_t done, uint64_t total);
/* Take the text over; NULL (no memory) leaves null to be shown. */
void job_set_image(struct job *job, char *json);
/*
 * Ends it: durable first, then seen. result is taken over; problem is NULL for a job that is
 * done. Of a job that ended in the queue only the record is stored.
 */
void job_end(struct job *job, struct store *store, enum job_state state, char *result,
	const struct problem *problem);

/*
 * Gives a read's bytes to who takes them, waiting while the pipe is full.
 * ERR_CANCELLED: the job was, or nobody took any for 30 s; stop() gave true.
 */
enum err job_read_put(
	struct job *job, struct span bytes, bool (*stop)(void *ctx), void *ctx, struct why *why);

/* A session with the ROM that outlives a job, while the board stays in its bootloader. */
struct session {
	struct boot boot;
	bool is_live;
};

/* What is known of a board's supply since benchd started. */
enum power_is { POWER_IS_UNKNOWN, POWER_IS_ON, POWER_IS_OFF };

/* What a job needs of its board; all borrowed. has_port false: the port is absent. */
struct job_scene {
	const struct config_board *config;
	struct store *store;
	struct shelf *shelf;
	struct console *console;
	struct wire_settings settings; /* the console's */
	struct known *known;
	struct map *map;
	struct session *session;
	struct wire wire;
	struct control control;
	bool was_in_bootloader;
	const struct why *absence; /* why there is no port; NULL: it is open, or nobody tried */
	const char *cause;         /* of absence, for people */
	_Atomic enum power_is *power;
	bool (*is_stopping)(void *ctx);
	/*
	 * Serves the console, at its settings, until something came or timeout_ms passed.
	 * ERR_GONE: the port vanished.
	 */
	enum err (*listen)(void *ctx, int timeout_ms);
	void *ctx;
};

/* How the board is left. */
enum job_place { PLACE_APPLICATION, PLACE_BOOTLOADER, PLACE_GONE };

/* What became of it, for job_end(): the board is what it says before the job is seen to be. */
struct job_outcome {
	enum job_place place;
	enum job_state state;
	char *result;           /* owned; NULL: none */
	struct problem problem; /* code NULL: none */
};

/* Does it, all but its end. */
struct job_outcome job_execute(struct job *job, const struct job_scene *scene);
/*
 * Would it need the port? A dry run of a known part would not; power uses it where it is there, to
 * look whether the supply went.
 */
bool job_needs_port(const struct job *job, struct known *known);

#endif /* BENCHD_SERVER_JOB_WORK_H */
