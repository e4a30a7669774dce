/* SPDX-License-Identifier: MIT */
/* job_carry.c - a plan carried out: each piece announced, done, mended where it failed, shown. */
#include "server/job_carry.h"

enum err work_in_stage(enum err e, enum stage stage, struct why *why)
{
	if (e && why->stage == STAGE_NONE)
		why->stage = stage;
	return e;
}

/* Told before its first piece: the rate counts from here. */
static void begin_stage(struct carry *c, enum stage stage)
{
	const struct plan *plan = &c->plan;
	const uint64_t totals[STAGE_COUNT] = {
		[STAGE_ERASE] = c->total ? c->total : plan->erase_bytes,
		[STAGE_WRITE] = plan->write_bytes,
		[STAGE_VERIFY] = plan->verify_bytes,
	};

	work_stage(c->w, stage);
	job_set_progress(c->w->job, stage, plan->steps[c->run.step].addr, 0, totals[stage]);
}

static enum err do_piece(struct carry *c, struct why *why)
{
	struct work *w = c->w;
	const enum stage stage = run_next_stage(&c->run);
	const bool goes = stage == STAGE_RUN && run_start_kind(&c->run) == PLAN_START_GO;
	enum err e = ERR_OK;

	if (work_should_stop(w)) /* the stage that would follow has not begun */
		return work_in_stage(why_set(why, ERR_CANCELLED, NULL), w->stage, why);
	if (w->stage != stage)
		begin_stage(c, stage);
	if (stage == STAGE_ERASE || stage == STAGE_WRITE)
		e = work_note_change(w, why);
	if (e)
		return work_in_stage(e, stage, why);
	map_before(w->scene->map, &c->run);
	if (goes)
		work_before_go(w);
	e = run_piece(&c->run, why);
	w->unsure_addr = c->run.unsure_addr;
	w->unsure_len = c->run.unsure_len;
	if (!e) {
		w->was_told = false; /* a restart from here on is another one */
		map_after(w->scene->map, &c->run);
	}
	if (!e && goes)
		e = work_after_go(w, why);
	return work_in_stage(e, stage, why);
}

static void show_failure(struct carry *c, const struct why *why)
{
	if (why->has_addr && c->plan.chip)
		map_set_range(c->w->scene->map, c->plan.chip, c->plan.flash_bytes, why->addr, 1,
			SECTOR_FAILED);
}

static void report(struct carry *c)
{
	const struct run *run = &c->run;
	const uint64_t total = c->total ? c->total : run->total;

	job_set_progress(c->w->job, run->stage, run->addr, c->done_before + run->done, total);
}

/* All was compared, here or by the survey, and nothing but the start is left. */
static void note_good(struct carry *c)
{
	const enum stage next = run_next_stage(&c->run);

	if ((next == STAGE_RUN || next == STAGE_NONE) && c->plan.verified != PLAN_VERIFY_NONE)
		c->w->is_good = c->w->request->kind == JOB_FLASH;
}

enum err carry_out(struct carry *c, struct why *why)
{
	enum err e = ERR_OK;

	run_init(&c->run, &c->plan, c->w->boot);
	c->run.mend = &c->w->mend;
	c->run.tolerate_mismatch = c->w->request->kind == JOB_VERIFY;
	note_good(c);
	e = work_in_stage(run_prepare(&c->run, why), STAGE_PLAN, why);
	work_keep_options(c->w, &c->run.options);
	if (e)
		show_failure(c, why);
	while (!e && !c->run.has_mismatch && !run_is_done(&c->run)) {
		e = do_piece(c, why);
		if (e)
			show_failure(c, why);
		else
			report(c);
		if (!e)
			note_good(c);
	}
	return e;
}
