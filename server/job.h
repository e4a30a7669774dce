/* SPDX-License-Identifier: MIT */
/*
 * job.h - one thing asked of a board, from the moment it is accepted to its outcome. Shared by
 * the board's thread, which does it, and the requests that watch it: counted references, one lock
 * in each for what changes. job_execute() is the one place that strings image, plan and run
 * together.
 */
#ifndef BENCHD_SERVER_JOB_H
#define BENCHD_SERVER_JOB_H

#include "protocol/plan.h"
#include "protocol/run.h"
#include "server/expect.h"
#include "server/option_record.h"
#include "server/shelf.h"
#include "server/problem.h"

enum power_switch { POWER_OFF, POWER_ON, POWER_CYCLE, POWER_SWITCH_COUNT };
/* "off", "on", "cycle" */
const char *power_switch_name(enum power_switch to);

/* What was asked, checked by the API; addresses and names are bounded there. */
struct job_request {
	enum job_kind kind;
	char who[64];
	char name[256];           /* the file's name, or "" */
	char sha256[SHA256_TEXT]; /* flash, verify: the image on the shelf */
	enum image_format format; /* flash, verify; read: the format to answer */
	bool has_address;
	uint32_t address, length; /* raw image; read, erase by range, go */
	bool has_length;
	enum plan_erase erase;
	enum plan_verify verify;
	enum plan_write write;
	bool skip_outside, run, force, dry_run, mass, keep_neighbours;
	bool has_readout, readout;     /* protect: else it is about the sectors */
	struct option_change *options; /* option_bytes: NULL reads them; owned by the request */
	bool has_burst, burst;         /* has_burst false: as the board's configuration says */
	uint32_t baud;                 /* 0: the board's */
	uint32_t as_product_id;        /* 0: none */
	uint32_t flash_bytes;          /* for an unknown part; 0: none */
	uint32_t *sectors;             /* erase, protect; owned by the request */
	size_t sector_count;
	enum control_into into; /* reset */
	enum power_switch power;
	struct expect *expect; /* flash, expect; owned by the request; NULL: nothing is expected */
};
void job_request_release(struct job_request *request);

struct job;
/* Takes *request over (it is empty afterwards). NULL: no memory. One reference. */
struct job *job_new(struct job_request *request, const char *board_id);
struct job *job_ref(struct job *job);
void job_unref(struct job *job); /* NULL is fine */
const char *job_id(const struct job *job);
const struct job_request *job_request(const struct job *job);

/* A consistent copy, for any thread; release it. false: no memory. */
bool job_copy(struct job *job, struct job_record *record);
/* The contract's job shape, of a record live or stored. NULL: no memory. */
struct json *job_record_json(const struct job_record *record);
/* The same of a job as it is now; NULL is no job, null. */
struct json *job_json(struct job *job);
/* Grows with every change; a reader keeps the last one it saw. */
uint64_t job_version(struct job *job);
bool job_is_final(struct job *job);
/* The problem of a job that failed, for the status of the reply; false: it did not fail. */
bool job_problem(struct job *job, struct problem *problem);
/* Stops it between two steps, or takes it out of the queue. Any thread. false: already final. */
bool job_cancel(struct job *job);

/* Live progress: what "progress" events and NDJSON lines say. */
struct progress {
	uint64_t version;
	enum stage stage;
	uint32_t addr;
	uint64_t done, total;
	uint32_t bytes_per_second;
	uint32_t seconds_left; /* UINT32_MAX: not known */
};
struct progress job_progress(struct job *job);
/* The event's JSON with type "progress". */
struct json *progress_json(const struct progress *progress);

/*
 * History of a live job: lines (JSON objects with type, time, seq) from seq on, as they are
 * stored; each borrowed for the call. Bounded: at most JOB_MAX_EVENTS are kept.
 */
#define JOB_MAX_EVENTS 256
void job_events(struct job *job, unsigned from,
	void (*each)(void *ctx, unsigned seq, const char *json), void *ctx);

/*
 * A read's bytes as they come: a bounded pipe between the board's thread and one request.
 * take: any thread, never blocks; *ended is set when all was given and the job is final.
 * The board's thread waits (bounded by 30 s of no taking, then the job fails) when it is full.
 */
size_t job_read_take(struct job *job, uint8_t *out, size_t max, bool *ended);
/* The reader went away: the job is cancelled. */
void job_read_abandon(struct job *job);

#endif /* BENCHD_SERVER_JOB_H */
