/* SPDX-License-Identifier: MIT */
/*
 * run.h - carries a plan out, a piece at a time: an erase request, a block written, a block read
 * back. Between two pieces the caller may report and may stop. With a mend, a piece that failed is
 * mended and done again: an erase is repeated, a block is read back and written where it differs.
 * Nothing is ever erased or written but what the plan erases and writes. One thread.
 */
#ifndef BENCHD_PROTOCOL_RUN_H
#define BENCHD_PROTOCOL_RUN_H

#include "protocol/boot.h"
#include "protocol/mend.h"
#include "protocol/plan.h"
#include "protocol/protection.h"

struct run {
	const struct plan *plan; /* borrowed */
	struct boot *boot;       /* borrowed, connected */
	struct mend *mend;       /* borrowed; NULL: the first failure is the end */
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
	const char *started;    /* "reset", "go", "power", or NULL */
	uint32_t written_bytes;
	/* What was erased or written and not compared since; length 0: nothing. */
	uint32_t unsure_addr, unsure_len;
	struct protection protection; /* run_prepare(): what the part tells of it */
	struct option_bytes options;  /* run_prepare(): what tells it; len 0: nothing */
	/* its own: run_mend.c */
	bool is_taken_back; /* the last piece ended in going back */
	bool is_wary;       /* up to here what is there is read before it is written */
	size_t wary_step;
	uint32_t wary_offset;
	uint32_t cleared_addr; /* the block whose bits were cleared last */
	bool has_cleared;
	bool mass_refused; /* a mass erase was NACKed: it is done sector by sector */
	uint8_t erased_again[CHIP_MAX_SECTORS]; /* how often each sector was */
};

/* Borrows both. mend is set afterwards. */
void run_init(struct run *run, const struct plan *plan, struct boot *boot);
/*
 * Before the first piece: does the part protect what the plan changes? Nothing but reads is sent,
 * mended as pieces are. Without it, and where the part does not tell, an erase is looked at.
 * ERR_WRITE_PROTECTED: addr is the first such sector's. Others: the session is beyond mending.
 */
enum err run_prepare(struct run *run, struct why *why);
bool run_is_done(const struct run *run);
/* The stage of the piece that run_piece() would do now; STAGE_NONE when done. */
enum stage run_next_stage(const struct run *run);
/* How the start will be, or was, done on this part: not always as the plan has it. */
enum plan_start run_start_kind(const struct run *run);
/* Why not, for people; NULL: it is as planned. */
const char *run_start_note(const struct run *run);
/*
 * Does the next piece. On error run stays at that piece and why says stage and address. An
 * ERR_VERIFY carries both bytes. A failed start is ERR_START: the content is good. A block that had
 * to be written anew after its sector was erased once more takes the run back to where that began.
 * Must not be called when run_is_done().
 */
enum err run_piece(struct run *run, struct why *why);

#endif /* BENCHD_PROTOCOL_RUN_H */
