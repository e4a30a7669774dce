/* SPDX-License-Identifier: MIT */
/* plan_erases.c - which sectors are erased (docs/facts/an3155.md section 4, 0x43 and 0x44). */
#include "protocol/plan_internal.h"

#include "protocol/quirk.h"
#include "protocol/survey.h"

#include <assert.h>
#include <string.h>

static enum err add_sectors(
	struct plan_draft *draft, uint32_t first, uint32_t last, struct why *why)
{
	struct plan *plan = draft->plan;
	const struct sector from = chip_sector(plan->chip, first);
	const struct sector to = chip_sector(plan->chip, last);
	const struct step step = { .kind = STEP_ERASE,
		.addr = from.addr,
		.len = to.addr + to.len - from.addr,
		.sector = first,
		.count = last - first + 1 };

	if (!device_has(draft->device, COMMAND_EXTENDED_ERASE) && last > UINT8_MAX)
		return why_at(why, ERR_UNSUPPORTED, to.addr, "the ROM cannot name this sector");
	if (!plan_draft_add(draft, step))
		return why_set(why, ERR_NO_MEMORY, NULL);
	memset(draft->fates + first, FATE_ERASED, step.count);
	plan->erase_bytes += step.len;
	plan->erase_sectors += step.count;
	return ERR_OK;
}

struct sector plan_sector_at(const struct plan *plan, uint32_t addr)
{
	struct sector sector = { 0 };
	const bool is_inside = chip_sector_at(plan->chip, plan->flash_bytes, addr, &sector);

	assert(is_inside);
	(void)is_inside;
	return sector;
}

enum err plan_draft_erase_range(
	struct plan_draft *draft, uint32_t addr, uint32_t len, struct why *why)
{
	return add_sectors(draft, plan_sector_at(draft->plan, addr).number,
		plan_sector_at(draft->plan, addr + (len - 1)).number, why);
}

enum err plan_draft_mass_erase(struct plan_draft *draft, struct why *why)
{
	struct plan *plan = draft->plan;
	struct step step = { .kind = STEP_MASS_ERASE, .len = plan->flash_bytes };

	if (plan->chip && plan->chip->traits & CHIP_NO_MASS_ERASE) {
		plan->notes |= PLAN_NOTE_ERASE_ALL_SECTORS;
		return plan_draft_erase_range(
			draft, plan->chip->flash_base, plan->flash_bytes, why);
	}
	if (plan->chip) {
		step.addr = plan->chip->flash_base;
		step.count = chip_sector_count(plan->chip, plan->flash_bytes);
		for (uint32_t i = 0; i < step.count; i++)
			draft->fates[i] =
				chip_has_sector(plan->chip, i) ? FATE_ERASED : FATE_UNTOUCHED;
	}
	if (!plan_draft_add(draft, step))
		return why_set(why, ERR_NO_MEMORY, NULL);
	plan->erase_bytes = step.len;
	plan->erase_sectors = step.count;
	return ERR_OK;
}

/* What becomes of a sector that the image touches, by what a survey has found there. */
static enum fate fate_of(const struct plan_draft *draft, uint32_t sector)
{
	const struct survey *survey = draft->options->survey;
	const bool may_erase = draft->options->erase != PLAN_ERASE_NONE;
	enum verdict verdict = VERDICT_UNKNOWN;

	if (survey && sector < survey->count)
		verdict = (enum verdict)survey->verdicts[sector];
	if (verdict == VERDICT_SAME && draft->options->write != PLAN_WRITE_ALL)
		return FATE_SAME;
	if (verdict == VERDICT_BLANK && may_erase)
		return FATE_BLANK;
	return may_erase ? FATE_ERASED : FATE_KEPT;
}

static void mark_touched(struct plan_draft *draft)
{
	const struct plan *plan = draft->plan;

	for (size_t i = draft->first; i < draft->first + draft->count;) {
		const struct plan_range range = plan_range_from(draft, i);
		const uint32_t first = plan_sector_at(plan, (uint32_t)range.start).number;
		const uint32_t last = plan_sector_at(plan, (uint32_t)(range.end - 1)).number;

		for (uint32_t sector = first; sector <= last; sector++)
			draft->fates[sector] = (uint8_t)fate_of(draft, sector);
		i = range.next;
	}
}

/*
 * All of the part at once is as quick as a page where the family is one of those (plan_estimate.c).
 * Its size must be known for sure: what the plan does not name is not erased. Q14's ROM does not
 * wait for what it erases.
 */
static bool is_mass_erase_better(const struct plan_draft *draft)
{
	const struct plan *plan = draft->plan;
	const uint32_t count = chip_sector_count(plan->chip, plan->flash_bytes);
	const bool is_size_sure =
		draft->device->flash_size_is_read || plan->flash_bytes == plan->chip->flash_bytes;

	if (!is_size_sure || plan->chip->traits & CHIP_NO_MASS_ERASE ||
		draft->device->quirks & QUIRK_SINGLE_PAGE_ERASE)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		if (draft->fates[i] != FATE_ERASED && chip_has_sector(plan->chip, i))
			return false;
	}
	return count > 1 && plan_has_quick_mass_erase(plan->chip);
}

/* Runs of consecutive sectors. */
static enum err erase_marked(struct plan_draft *draft, struct why *why)
{
	const struct plan *plan = draft->plan;
	const uint32_t count = chip_sector_count(plan->chip, plan->flash_bytes);
	enum err e = ERR_OK;

	for (uint32_t first = 0, next; !e && first < count; first = next) {
		next = first + 1;
		if (draft->fates[first] != FATE_ERASED)
			continue;
		while (next < count && draft->fates[next] == FATE_ERASED)
			next++;
		e = add_sectors(draft, first, next - 1, why);
	}
	return e;
}

enum err plan_draft_erases(struct plan_draft *draft, struct why *why)
{
	if (draft->options->erase == PLAN_ERASE_MASS)
		return plan_draft_mass_erase(draft, why);
	mark_touched(draft);
	if (draft->options->erase == PLAN_ERASE_NONE)
		return plan_check_whole_words(draft, why);
	return is_mass_erase_better(draft) ? plan_draft_mass_erase(draft, why)
					   : erase_marked(draft, why);
}
