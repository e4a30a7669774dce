/* SPDX-License-Identifier: MIT */
/* run.c - a plan's steps, a piece at a time. */
#include "protocol/run.h"

#include <assert.h>
#include <string.h>

static enum err do_mass_erase(struct run *run, const struct step *step, struct why *why);
static enum err do_erase(struct run *run, const struct step *step, struct why *why);
static enum err do_write(struct run *run, const struct step *step, struct why *why);
static enum err do_verify(struct run *run, const struct step *step, struct why *why);
static enum err do_start(struct run *run, const struct step *step, struct why *why);

/* Each does one piece: sets addr and len first, and moves offset when it succeeds. */
static const struct {
	enum stage stage;
	enum err (*piece)(struct run *run, const struct step *step, struct why *why);
} kinds[] = {
	[STEP_MASS_ERASE] = { STAGE_ERASE, do_mass_erase },
	[STEP_ERASE] = { STAGE_ERASE, do_erase },
	[STEP_WRITE] = { STAGE_WRITE, do_write },
	[STEP_VERIFY] = { STAGE_VERIFY, do_verify },
	[STEP_START] = { STAGE_RUN, do_start },
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

/* From at to the next multiple of 256, or to the step's end. */
static uint32_t block_len(const struct step *step, uint32_t offset)
{
	const uint32_t at = step->addr + offset;
	const uint32_t to_border = FRAME_MAX_DATA - at % FRAME_MAX_DATA;

	return to_border < step->len - offset ? to_border : step->len - offset;
}

static enum err do_mass_erase(struct run *run, const struct step *step, struct why *why)
{
	const enum err e = boot_mass_erase(run->boot, why);

	run->addr = step->addr;
	run->len = step->len;
	if (!e)
		run->offset = step->count;
	return e;
}

static enum err do_erase(struct run *run, const struct step *step, struct why *why)
{
	const uint32_t first = step->sector + run->offset;
	const uint32_t count = boot_erase_chunk(run->boot, first, step->count - run->offset);
	const struct sector from = chip_sector(run->plan->chip, first);
	const struct sector to = chip_sector(run->plan->chip, first + count - 1);
	enum err e;

	run->addr = from.addr;
	run->len = to.addr + to.len - from.addr;
	e = boot_erase(run->boot, first, count, why);
	if (!e)
		run->offset += count;
	return e;
}

static enum err do_write(struct run *run, const struct step *step, struct why *why)
{
	uint8_t block[FRAME_MAX_DATA];
	enum err e;

	run->addr = step->addr + run->offset;
	run->len = block_len(step, run->offset);
	plan_content(run->plan, run->addr, block, run->len);
	e = boot_write(run->boot, run->addr, (struct span){ block, run->len }, why);
	if (e)
		return e;
	run->offset += run->len;
	run->written_bytes += run->len;
	return ERR_OK;
}

static enum err mismatch(
	struct run *run, uint32_t addr, uint8_t expected, uint8_t found, struct why *why)
{
	run->has_mismatch = true;
	run->mismatch_addr = addr;
	run->expected = expected;
	run->found = found;
	if (run->tolerate_mismatch)
		return ERR_OK;
	if (why) {
		why->expected = expected;
		why->found = found;
	}
	return why_at(why, ERR_VERIFY, addr, "the flash holds something else than the image");
}

/* The first byte that differs; len: none. */
static uint32_t first_difference(const uint8_t *want, const uint8_t *have, uint32_t len)
{
	uint32_t i = 0;

	while (i < len && want[i] == have[i])
		i++;
	return i;
}

/* Read data carry no checksum (section 4, 0x11): what differs is read again before it is told. */
static enum err do_verify(struct run *run, const struct step *step, struct why *why)
{
	uint8_t want[FRAME_MAX_DATA], have[FRAME_MAX_DATA];
	uint32_t i = 0;

	run->addr = step->addr + run->offset;
	run->len = block_len(step, run->offset);
	plan_content(run->plan, run->addr, want, run->len);
	for (unsigned tries = 0; tries < 2; tries++) {
		const enum err e = boot_read(run->boot, run->addr, have, run->len, why);

		if (e)
			return e;
		i = first_difference(want, have, run->len);
		if (i == run->len)
			break;
		run->boot->retries += !tries;
	}
	if (i < run->len)
		return mismatch(run, run->addr + i, want[i], have[i], why);
	run->offset += run->len;
	return ERR_OK;
}

/* The content is good: whatever fails here is ERR_START, and what says how. */
static enum err do_start(struct run *run, const struct step *step, struct why *why)
{
	const struct control *control = &run->boot->control;
	const bool by_reset = run->plan->start == PLAN_START_RESET;
	enum err e;

	run->addr = step->addr;
	run->len = 0;
	if (by_reset)
		e = control->restart(control->ctx, INTO_APPLICATION, why);
	else
		e = boot_go(run->boot, step->addr, why);
	if (by_reset)
		run->boot->is_connected = false;
	if (e)
		return why_at(why, ERR_START, step->addr,
			why && why->what ? why->what : "it could not be started");
	run->started = by_reset ? "reset" : "go";
	return ERR_OK;
}

static bool step_is_done(const struct run *run, const struct step *step)
{
	switch (step->kind) {
	case STEP_MASS_ERASE:
	case STEP_START:
		return true;
	case STEP_ERASE:
		return run->offset >= step->count;
	default:
		return run->offset >= step->len;
	}
}

enum err run_piece(struct run *run, struct why *why)
{
	const struct step *step = &run->plan->steps[run->step];
	const enum stage stage = kinds[step->kind].stage;
	enum err e;

	assert(!run_is_done(run));
	if (stage != run->stage)
		run->done = 0;
	run->stage = stage;
	run->total = total_of(run->plan, stage);
	e = kinds[step->kind].piece(run, step, why);
	if (e) {
		if (why)
			why->stage = stage;
		return e;
	}
	if (run->has_mismatch) {
		run->step = run->plan->count;
		return ERR_OK;
	}
	run->done += run->len;
	if (step_is_done(run, step)) {
		run->step++;
		run->offset = 0;
	}
	return ERR_OK;
}
