/* SPDX-License-Identifier: MIT */
/*
 * run_mend.c - what a run does about a piece that failed. It never erases or writes but within what
 * the plan erases and writes (docs/facts/an3155.md section 8.2, step 4).
 */
#include "protocol/run_internal.h"

enum { ERASES_AGAIN = 3 }; /* of a sector: a supply may fail twice, a broken cell stays */

enum err run_cannot_tell(uint32_t addr, struct why *why)
{
	if (why) {
		why->command = COMMAND_READ_MEMORY;
		why->has_command = 1;
	}
	return why_at(why, ERR_REPLY, addr, "what is read is something else each time");
}

static bool is_change(enum step_kind kind)
{
	return kind == STEP_MASS_ERASE || kind == STEP_ERASE || kind == STEP_WRITE;
}

bool run_is_wary(const struct run *run)
{
	return run->is_wary &&
		(run->step < run->wary_step ||
			(run->step == run->wary_step && run->offset <= run->wary_offset));
}

static void be_wary(struct run *run)
{
	run->is_wary = true;
	run->wary_step = run->step;
	run->wary_offset = run->offset;
}

/*
 * To the block before, if one was written just now, and from there on what is there is looked at
 * before it is written: a byte too many in that block could fit its checksum, and shows as a
 * refusal of what came next.
 */
static void step_back(struct run *run)
{
	uint32_t back;

	if (run_is_wary(run))
		return;
	be_wary(run);
	if (!run->offset) {
		if (!run->step || run->plan->steps[run->step - 1].kind != STEP_WRITE)
			return;
		run->step--;
		run->offset = run->plan->steps[run->step].len;
	}
	run->is_taken_back = true;
	back = (run->plan->steps[run->step].addr + run->offset - 1) % FRAME_MAX_DATA + 1;
	run->offset -= back < run->offset ? back : run->offset;
}

static bool is_erase_planned(const struct plan *plan, uint32_t sector)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct step *step = &plan->steps[i];

		if (step->kind == STEP_MASS_ERASE)
			return true;
		if (step->kind == STEP_ERASE && sector >= step->sector &&
			sector - step->sector < step->count)
			return true;
	}
	return false;
}

/* Back to the first block that the plan writes in the sector; there is one. */
static void go_back(struct run *run, const struct sector *sector)
{
	if (!run_is_wary(run))
		be_wary(run);
	run->is_taken_back = true;
	for (size_t i = 0; i <= run->step; i++) {
		const struct step *step = &run->plan->steps[i];

		if (step->kind == STEP_WRITE && step->addr < sector->addr + sector->len &&
			sector->addr < step->addr + step->len) {
			run->step = i;
			run->offset = sector->addr > step->addr ? sector->addr - step->addr : 0;
			break;
		}
	}
}

enum err run_erase_again(struct run *run, uint32_t addr, struct why *why)
{
	const struct plan *plan = run->plan;
	struct sector sector;
	enum err e;

	if (!chip_sector_at(plan->chip, plan->flash_bytes, addr, &sector) ||
		!is_erase_planned(plan, sector.number))
		return ERR_VERIFY;
	if (run->erased_again[sector.number] >= ERASES_AGAIN)
		return ERR_VERIFY;
	e = boot_erase(run->boot, sector.number, 1, why);
	if (e)
		return e;
	run->erased_again[sector.number]++;
	run->has_cleared = false;
	go_back(run, &sector);
	return ERR_OK;
}

static void report_rewrite(struct run *run, const struct why *cause)
{
	struct mend *mend = run->mend;

	mend->counts[MEND_REWRITE]++;
	if (mend->report)
		mend->report(mend->ctx, MEND_REWRITE, cause);
}

/* What the plan writes of the 256 bytes at start. ERR_VERIFY: writing cannot help. */
static enum err rewrite_block(struct run *run, uint32_t start, struct why *why)
{
	const uint64_t end = (uint64_t)start + FRAME_MAX_DATA;
	enum err e = ERR_OK;

	for (size_t i = 0; !e && i < run->step; i++) {
		const struct step *step = &run->plan->steps[i];
		const uint64_t step_end = step->addr + (uint64_t)step->len;
		const uint64_t to = step_end < end ? step_end : end;
		const uint32_t from = step->addr > start ? step->addr : start;

		if (step->kind == STEP_WRITE && from < to)
			e = run_rewrite(run, from, (uint32_t)(to - from), why);
	}
	return e;
}

static bool is_written_by_plan(const struct run *run, uint32_t addr)
{
	for (size_t i = 0; i < run->step; i++) {
		const struct step *step = &run->plan->steps[i];

		if (step->kind == STEP_WRITE && addr - step->addr < step->len)
			return true;
	}
	return false;
}

/*
 * The block with the first byte that differs is written once: *tried is where what was rewritten
 * ends. ERR_VERIFY, and why untouched: that cannot help. ERR_REPLY: all is there, it was not read
 * right.
 */
static enum err cure_mismatch(struct run *run, uint32_t *tried, struct why *why)
{
	const struct why cause = *why;
	const uint32_t start = cause.addr - cause.addr % FRAME_MAX_DATA;
	const uint32_t written = run->written_bytes;
	struct why last = { 0 };
	enum err e;

	if (cause.addr < *tried || !is_written_by_plan(run, cause.addr))
		return ERR_VERIFY;
	e = boot_resync(run->boot, &last); /* a byte too many shifts all that is read after it */
	if (!e)
		e = rewrite_block(run, start, &last);
	if (e == ERR_VERIFY)
		return e;
	run->has_mismatch = false;
	if (!e && written == run->written_bytes)
		e = run_cannot_tell(cause.addr, &last);
	if (e) {
		*why = last;
		why->command = last.has_command ? last.command : COMMAND_READ_MEMORY;
		why->has_command = 1;
		return e;
	}
	*tried = start + FRAME_MAX_DATA;
	report_rewrite(run, &cause);
	return ERR_OK;
}

enum err run_mend(struct run *run, enum err e, uint32_t *tried, struct why *why)
{
	if (!run->mend)
		return e;
	if (e == ERR_VERIFY && run->stage == STAGE_VERIFY)
		e = cure_mismatch(run, tried, why);
	/* It could be read when the plan was made: out of step by a byte, the ROM refuses all. */
	if (e == ERR_READ_PROTECTED && !run->boot->device.readout_protected)
		e = ERR_NACK;
	if (!e || !mend_is_for(e))
		return e;
	why->err = e;
	e = mend_session(run->mend, run->boot, why, why);
	if (!e && (run->stage == STAGE_WRITE || (run->stage == STAGE_VERIFY && !run->offset)))
		step_back(run);
	return e;
}

/* What the verify steps from here on will look at. */
static void unsure_from_here(struct run *run)
{
	uint64_t from = UINT64_MAX, to = 0;

	for (size_t i = run->step; i < run->plan->count; i++) {
		const struct step *step = &run->plan->steps[i];
		const uint32_t skip = i == run->step ? run->offset : 0;

		if (is_change(step->kind) || step->kind == STEP_START)
			continue;
		if (step->addr + (uint64_t)skip < from)
			from = step->addr + (uint64_t)skip;
		if (step->addr + (uint64_t)step->len > to)
			to = step->addr + (uint64_t)step->len;
	}
	run->unsure_addr = to ? (uint32_t)from : 0;
	run->unsure_len = to ? (uint32_t)(to - from) : 0;
}

static void widen_unsure(struct run *run)
{
	const uint64_t end = run->addr + (uint64_t)run->len;
	const uint64_t old_end = run->unsure_addr + (uint64_t)run->unsure_len;

	if (!run->len)
		return;
	if (!run->unsure_len) {
		run->unsure_addr = run->addr;
		run->unsure_len = run->len;
		return;
	}
	if (run->addr < run->unsure_addr)
		run->unsure_addr = run->addr;
	run->unsure_len = (uint32_t)((end > old_end ? end : old_end) - run->unsure_addr);
}

void run_note_unsure(struct run *run, enum err e)
{
	if (run->stage == STAGE_ERASE || run->stage == STAGE_WRITE) {
		if (run->boot->has_changed)
			widen_unsure(run);
	} else if (run->stage == STAGE_VERIFY && run->unsure_len) {
		unsure_from_here(run);
	} else if (run->stage == STAGE_RUN) {
		run->unsure_len = 0;
	}
	if (!e && run_is_done(run))
		run->unsure_len = 0;
}
