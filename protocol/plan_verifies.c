/* SPDX-License-Identifier: MIT */
/*
 * plan_verifies.c - what is compared: all that was written, and samples of what was only erased. A
 * ROM with Get Checksum compares whole sectors for the price of a few bytes.
 */
#include "protocol/plan_internal.h"
#include "protocol/survey.h"

/* Where a checksum costs as much as reading: below that, reading names the byte at once. */
enum { MIN_CHECKSUM = 64 };

static enum err add(struct plan_draft *draft, enum step_kind kind, uint64_t start, uint64_t end,
	struct why *why)
{
	const struct step step = {
		.kind = kind, .addr = (uint32_t)start, .len = (uint32_t)(end - start)
	};

	if (start >= end)
		return ERR_OK;
	if (!plan_draft_add(draft, step))
		return why_set(why, ERR_NO_MEMORY, NULL);
	draft->plan->verify_bytes += step.len;
	if (kind == STEP_SAMPLE)
		draft->plan->sample_bytes += step.len;
	return ERR_OK;
}

static uint64_t segment_end(const struct segment *s)
{
	return s->addr + (uint64_t)s->data.len;
}

/* Whole words by checksum, bytes beside them by reading: only one of the two kinds is added. */
static enum err add_stretch(struct plan_draft *draft, enum step_kind kind, uint64_t start,
	uint64_t end, struct why *why)
{
	const uint64_t first = (start + 3) / 4 * 4, last = end / 4 * 4;
	const bool by_checksum =
		draft->plan->verified == PLAN_VERIFY_CRC && last >= first + MIN_CHECKSUM;
	enum err e;

	if (!by_checksum)
		return kind == STEP_VERIFY ? add(draft, kind, start, end, why) : ERR_OK;
	if (kind == STEP_CHECKSUM)
		return add(draft, kind, first, last, why);
	e = add(draft, kind, start, first, why);
	return e ? e : add(draft, kind, last, end, why);
}

/* verify=read is kept word for word: a checksum is no reading. */
static bool is_compared(const struct plan_draft *draft, uint32_t sector)
{
	const struct plan_options *options = draft->options;

	return draft->fates[sector] == FATE_SAME &&
		!(options->verify == PLAN_VERIFY_READ && options->survey->by_checksum);
}

/* Of what the image names, the stretches that the survey has not compared already. */
static enum err add_named(struct plan_draft *draft, enum step_kind kind, struct why *why)
{
	enum err e = ERR_OK;

	for (size_t i = draft->first; !e && i < draft->first + draft->count; i++) {
		const struct segment *s = &draft->plan->image->segments[i];
		const uint64_t end = segment_end(s);
		uint64_t start = s->addr;

		for (uint64_t at = start; !e && at < end;) {
			const struct sector sector = plan_sector_at(draft->plan, (uint32_t)at);
			const uint64_t next = sector.addr + (uint64_t)sector.len;

			if (is_compared(draft, sector.number)) {
				e = add_stretch(draft, kind, start, at, why);
				start = next;
			}
			at = next;
		}
		if (!e)
			e = add_stretch(draft, kind, start, end, why);
	}
	return e;
}

enum err plan_draft_compare(struct plan_draft *draft, struct why *why)
{
	enum err e = add_named(draft, STEP_VERIFY, why);

	return e ? e : add_named(draft, STEP_CHECKSUM, why);
}

/* The sectors of this kind that follow each other from *sector on; false: there are no more. */
static bool next_run(const struct plan_draft *draft, bool (*is_wanted)(enum fate fate),
	uint32_t *sector, uint64_t *start, uint64_t *end)
{
	const struct plan *plan = draft->plan;
	const uint32_t count = chip_sector_count(plan->chip, plan->flash_bytes);
	const uint64_t flash_end = plan->chip->flash_base + (uint64_t)plan->flash_bytes;
	struct sector last;

	while (*sector < count && !is_wanted((enum fate)draft->fates[*sector]))
		(*sector)++;
	if (*sector == count)
		return false;
	*start = chip_sector(plan->chip, *sector).addr;
	while (*sector < count && is_wanted((enum fate)draft->fates[*sector]))
		(*sector)++;
	last = chip_sector(plan->chip, *sector - 1);
	*end = last.addr + (uint64_t)last.len;
	if (*end > flash_end)
		*end = flash_end;
	return true;
}

static bool is_erased(enum fate fate)
{
	return fate == FATE_ERASED;
}

static bool is_clean(enum fate fate)
{
	return fate == FATE_ERASED || fate == FATE_BLANK;
}

/* All of the sectors that were blank before we wrote: their content is known to the last byte. */
static enum err checksum_sectors(struct plan_draft *draft, struct why *why)
{
	uint32_t sector = 0;
	uint64_t start, end;
	enum err e = ERR_OK;

	while (!e && next_run(draft, is_clean, &sector, &start, &end))
		e = add(draft, STEP_CHECKSUM, start, end, why);
	return e;
}

/* Every write step again, to be compared: steps may move while they are added. */
static enum err compare_writes(struct plan_draft *draft, enum step_kind kind, struct why *why)
{
	enum err e = ERR_OK;

	for (size_t i = 0, count = draft->plan->count; !e && i < count; i++) {
		const struct step step = draft->plan->steps[i];

		if (step.kind == STEP_WRITE)
			e = add(draft, kind, step.addr, step.addr + (uint64_t)step.len, why);
	}
	return e;
}

/* What lies between the writes, from *i on, in [at, end). */
static enum err sample_between(
	struct plan_draft *draft, size_t *i, uint64_t at, uint64_t end, struct why *why)
{
	enum err e = ERR_OK;

	for (; !e && at < end && draft->plan->steps[*i].kind <= STEP_WRITE; (*i)++) {
		const struct step step = draft->plan->steps[*i];
		const uint64_t step_end = step.addr + (uint64_t)step.len;

		if (step.kind != STEP_WRITE || step_end <= at)
			continue;
		if (step.addr >= end)
			break;
		e = add(draft, STEP_SAMPLE, at, step.addr, why);
		at = step_end;
		if (at >= end) /* it may reach into the next run too */
			break;
	}
	return e ? e : add(draft, STEP_SAMPLE, at, end, why);
}

static enum err sample_erased(struct plan_draft *draft, struct why *why)
{
	uint32_t sector = 0;
	uint64_t start, end;
	size_t i = 0;
	enum err e = ERR_OK;

	while (!e && next_run(draft, is_erased, &sector, &start, &end))
		e = sample_between(draft, &i, start, end, why);
	return e;
}

enum err plan_draft_verifies(struct plan_draft *draft, struct why *why)
{
	const bool keeps = draft->options->erase == PLAN_ERASE_NONE;
	enum err e;

	if (draft->options->verify == PLAN_VERIFY_READ)
		return plan_draft_compare(draft, why);
	if (draft->plan->verified == PLAN_VERIFY_CRC)
		return keeps ? compare_writes(draft, STEP_CHECKSUM, why)
			     : checksum_sectors(draft, why);
	e = compare_writes(draft, STEP_VERIFY, why);
	return e ? e : sample_erased(draft, why);
}
