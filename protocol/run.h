/* SPDX-License-Identifier: MIT */
/*
 * run.h - carries a plan out, a piece at a time: an erase request, a block written, a block read
 * back. Between two pieces the caller may report and may stop. One thread.
 */
#ifndef BENCHD_PROTOCOL_RUN_H
#define BENCHD_PROTOCOL_RUN_H

#include "protocol/boot.h"
#include "protocol/plan.h"

struct run {
	const struct plan *plan; /* borrowed */
	struct boot *boot;       /* borrowed, connected */
	size_t step;             /* the step being done */
	uint32_t offset;         /* bytes (or sectors, for an erase) of it that are done */
	/* for the report */
	enum stage stage;     /* of the piece that run_piece() did last */
	uint32_t addr, len;   /* the range of that piece */
	uint32_t done, total; /* bytes of that stage; both 0 for STAGE_RUN */
	bool has_mismatch;    /* plan_verify with stop_at_mismatch false: content differs */
	uint32_t mismatch_addr;
	uint8_t expected, found;
	bool tolerate_mismatch; /* set by the caller: a mismatch is recorded and ends the run,
				   ERR_OK */
	const char *started;    /* "reset", "go", or NULL */
	uint32_t written_bytes;
};

/* Borrows both. */
void run_init(struct run *run, const struct plan *plan, struct boot *boot);
bool run_is_done(const struct run *run);
/* The stage of the piece that run_piece() would do now; STAGE_NONE when done. */
enum stage run_next_stage(const struct run *run);
/*
 * Does the next piece. On error run stays at that piece and why says stage and address. An
 * ERR_VERIFY carries both bytes. A failed start is ERR_START: the content is good.
 * Must not be called when run_is_done().
 */
enum err run_piece(struct run *run, struct why *why);

#endif /* BENCHD_PROTOCOL_RUN_H */
