/* SPDX-License-Identifier: MIT */
/* run.c - a plan's steps, a piece at a time. */
#include "protocol/run_internal.h"

#include <assert.h>

/* Each does one piece: sets addr and len first, and moves offset when it succeeds. */
static const struct {
	enum stage stage;
	enum err (*piece)(struct run *run, const struct step *step, struct why *why);
} kinds[] = {
	[STEP_MASS_ERASE] = { STAGE_ERASE, run_mass_erase },
	[STEP_ERASE] = { STAGE_ERASE, run_erase },
	[STEP_WRITE] = { STAGE_WRITE, run_write },
	[STEP_VERIFY] = { STAGE_VERIFY, run_verify },
	[STEP_CHECKSUM] = { STAGE_VERIFY, run_checksum },
	[STEP_SAMPLE] = { STAGE_VERIFY, run_sample },
	[STEP_START] = { STAGE_RUN, run_start },
};

void run_init(struct run *run, const struct plan *plan, struct boot *boot)
{
	*run = (struct run){ .plan = plan, .boot = boot };
}

bool run_is_done(const struct run *run)
{
	return run->step >= run->plan->count;
}

enum stage run_next_stage(const struct run *run)
{
	return run_is_done(run) ? STAGE_NONE : kinds[run->plan->steps[run->step].kind].stage;
}

static uint32_t total_of(const struct plan *plan, enum stage stage)
{
	switch (stage) {
	case STAGE_ERASE:
		return plan->erase_bytes;
	case STAGE_WRITE:
		return plan->write_bytes;
	case STAGE_VERIFY:
		return plan->verify_bytes;
	default:
		return 0;
	}
}

uint32_t run_block_len(const struct step *step, uint32_t offset)
{
	const uint32_t at = step->addr + offset;
	const uint32_t to_border = FRAME_MAX_DATA - at % FRAME_MAX_DATA;

	return to_border < step->len - offset ? to_border : step->len - offset;
}

static bool step_is_done(const struct run *run, const struct step *step)
{
	switch (step->kind) {
	case STEP_START:
		return true;
	case STEP_MASS_ERASE:
	case STEP_ERASE:
		return run->offset >= step->count;
	default:
		return run->offset >= step->len;
	}
}

/* Bytes of the stage that lie before this place of the plan. */
static uint32_t done_before(const struct run *run)
{
	const enum stage stage = run_next_stage(run);
	uint32_t done = run->offset;

	for (size_t i = 0; i < run->step; i++) {
		const struct step *step = &run->plan->steps[i];

		if (kinds[step->kind].stage == stage)
			done += step->len;
	}
	return done;
}

/* The piece, mended and done again as often as that may help; or the run is taken back. */
static enum err do_piece(struct run *run, const struct step *step, struct why *why)
{
	uint32_t tried = 0;
	enum err e;

	run->is_taken_back = false;
	do {
		*why = (struct why){ 0 };
		e = kinds[step->kind].piece(run, step, why);
		if (!e && run->mend)
			mend_progress(run->mend);
		if (!e)
			return ERR_OK;
		e = run_mend(run, e, &tried, why);
	} while (!e && !run->is_taken_back);
	return e;
}

/* A piece succeeded. */
static void advance(struct run *run, const struct step *step)
{
	if (run->is_taken_back)
		return;
	if (run->has_mismatch) {
		run->step = run->plan->count;
		return;
	}
	run->done += run->len;
	if (step_is_done(run, step)) {
		run->step++;
		run->offset = 0;
	}
}

enum err run_piece(struct run *run, struct why *why)
{
	const enum stage stage = run_next_stage(run);
	struct why last;
	enum err e;

	assert(!run_is_done(run));
	if (stage != run->stage || run->is_taken_back)
		run->done = done_before(run);
	run->stage = stage;
	run->total = total_of(run->plan, stage);
	e = do_piece(run, &run->plan->steps[run->step], &last);
	if (!e)
		advance(run, &run->plan->steps[run->step]);
	run_note_unsure(run, e);
	last.stage = stage;
	if (e && why)
		*why = last;
	return e;
}
