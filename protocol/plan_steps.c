/* SPDX-License-Identifier: MIT */
/*
 * plan_steps.c - which sectors are erased and which ranges written and compared
 * (docs/facts/an3155.md section 4, 0x31; section 10, general).
 */
#include "protocol/plan_internal.h"

#include <assert.h>

/* Flash words from one or more segments, without a hole as long as a word. */
struct range {
	uint64_t start, end;
	size_t segment, next; /* the segments in it: segment..next-1 */
};

static uint32_t word_of(const struct chip *chip)
{
	return chip->write_align > 4 ? chip->write_align : 4;
}

static uint64_t segment_end(const struct segment *s)
{
	return s->addr + (uint64_t)s->data.len;
}

/*
 * The range that begins with segment i. Two segments in one flash word are one range: a word
 * can be written but once, so neither may be padded over the other.
 */
static struct range range_from(const struct plan_draft *draft, size_t i)
{
	const struct segment *segments = draft->plan->image->segments;
	const uint32_t word = word_of(draft->plan->chip);
	struct range range = { .start = segments[i].addr - segments[i].addr % word, .segment = i };

	do {
		range.end = (segment_end(&segments[i]) + word - 1) / word * word;
		i++;
	} while (i < draft->first + draft->count &&
		segments[i].addr - segments[i].addr % word <= range.end);
	range.next = i;
	return range;
}

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
	plan->erase_bytes += step.len;
	plan->erase_sectors += step.count;
	return ERR_OK;
}

static uint32_t sector_number(const struct plan *plan, uint32_t addr)
{
	struct sector sector = { 0 };
	const bool is_inside = chip_sector_at(plan->chip, plan->flash_bytes, addr, &sector);

	assert(is_inside);
	(void)is_inside;
	return sector.number;
}

enum err plan_draft_erase_range(
	struct plan_draft *draft, uint32_t addr, uint32_t len, struct why *why)
{
	return add_sectors(draft, sector_number(draft->plan, addr),
		sector_number(draft->plan, addr + (len - 1)), why);
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
	}
	if (!plan_draft_add(draft, step))
		return why_set(why, ERR_NO_MEMORY, NULL);
	plan->erase_bytes = step.len;
	plan->erase_sectors = step.count;
	return ERR_OK;
}

/* Runs of consecutive sectors that the ranges touch. */
static enum err erase_touched(struct plan_draft *draft, struct why *why)
{
	const struct plan *plan = draft->plan;
	uint32_t first = 0, last = 0;
	bool has_run = false;
	enum err e = ERR_OK;

	for (size_t i = draft->first; !e && i < draft->first + draft->count;) {
		const struct range range = range_from(draft, i);
		const uint32_t from = sector_number(plan, (uint32_t)range.start);

		if (has_run && from > last + 1) {
			e = add_sectors(draft, first, last, why);
			has_run = false;
		}
		if (!has_run)
			first = from;
		has_run = true;
		last = sector_number(plan, (uint32_t)(range.end - 1));
		i = range.next;
	}
	return e ? e : add_sectors(draft, first, last, why);
}

/* Without an erase, a word that is not whole would be torn. */
static enum err check_whole_words(const struct plan_draft *draft, struct why *why)
{
	const uint32_t word = word_of(draft->plan->chip);

	for (size_t i = draft->first; i < draft->first + draft->count; i++) {
		const struct segment *s = &draft->plan->image->segments[i];
		const uint64_t end = segment_end(s);

		if (s->addr % word || end % word)
			return why_at(why, ERR_ALIGNMENT,
				s->addr % word ? s->addr : (uint32_t)(end - end % word),
				"without an erase, only whole flash words can be written");
	}
	return ERR_OK;
}

enum err plan_draft_erases(struct plan_draft *draft, struct why *why)
{
	switch (draft->options->erase) {
	case PLAN_ERASE_MASS:
		return plan_draft_mass_erase(draft, why);
	case PLAN_ERASE_NONE:
		return check_whole_words(draft, why);
	default:
		return erase_touched(draft, why);
	}
}

static bool is_blank(const struct plan_draft *draft, uint32_t addr, size_t len)
{
	uint8_t block[FRAME_MAX_DATA];

	plan_content(draft->plan, addr, block, len);
	for (size_t i = 0; i < len; i++) {
		if (block[i] != draft->plan->chip->erased)
			return false;
	}
	return true;
}

/* Bytes of the range's segments in [addr, end); *i is the first segment that may have some. */
static uint32_t image_bytes(const struct plan_draft *draft, const struct range *range, size_t *i,
	uint64_t addr, uint64_t end)
{
	const struct segment *segments = draft->plan->image->segments;
	uint32_t bytes = 0;

	while (segment_end(&segments[*i]) <= addr)
		(*i)++;
	for (size_t k = *i; k < range->next && segments[k].addr < end; k++) {
		const uint64_t from = segments[k].addr > addr ? segments[k].addr : addr;
		const uint64_t to =
			segment_end(&segments[k]) < end ? segment_end(&segments[k]) : end;

		bytes += (uint32_t)(to - from);
	}
	return bytes;
}

static enum err add_write(struct plan_draft *draft, uint64_t start, uint64_t end, struct why *why)
{
	const struct step step = {
		.kind = STEP_WRITE, .addr = (uint32_t)start, .len = (uint32_t)(end - start)
	};

	if (start == end)
		return ERR_OK;
	if (!plan_draft_add(draft, step))
		return why_set(why, ERR_NO_MEMORY, NULL);
	draft->plan->write_bytes += step.len;
	return ERR_OK;
}

/* A range without its blank blocks: after an erase they are what they should be. */
static enum err write_range(struct plan_draft *draft, const struct range *range, struct why *why)
{
	uint64_t start = range->start;
	size_t segment = range->segment;
	enum err e = ERR_OK;

	if (draft->options->erase == PLAN_ERASE_NONE)
		return add_write(draft, range->start, range->end, why);
	for (uint64_t at = range->start, next; !e && at < range->end; at = next) {
		next = (at / FRAME_MAX_DATA + 1) * FRAME_MAX_DATA;
		next = next < range->end ? next : range->end;
		if (!is_blank(draft, (uint32_t)at, (size_t)(next - at)))
			continue;
		draft->plan->skipped_bytes += image_bytes(draft, range, &segment, at, next);
		e = add_write(draft, start, at, why);
		start = next;
	}
	return e ? e : add_write(draft, start, range->end, why);
}

enum err plan_draft_writes(struct plan_draft *draft, struct why *why)
{
	enum err e = ERR_OK;

	for (size_t i = draft->first; !e && i < draft->first + draft->count;) {
		const struct range range = range_from(draft, i);

		e = write_range(draft, &range, why);
		i = range.next;
	}
	return e;
}

enum err plan_draft_verifies(struct plan_draft *draft, struct why *why)
{
	for (size_t i = draft->first; i < draft->first + draft->count; i++) {
		const struct segment *s = &draft->plan->image->segments[i];
		const struct step step = {
			.kind = STEP_VERIFY, .addr = s->addr, .len = (uint32_t)s->data.len
		};

		if (!plan_draft_add(draft, step))
			return why_set(why, ERR_NO_MEMORY, NULL);
		draft->plan->verify_bytes += step.len;
	}
	return ERR_OK;
}
