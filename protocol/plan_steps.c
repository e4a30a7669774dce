/* SPDX-License-Identifier: MIT */
/*
 * plan_steps.c - which ranges of the image are written
 * (docs/facts/an3155.md section 4, 0x31; section 10, general).
 */
#include "protocol/plan_internal.h"

static uint32_t word_of(const struct chip *chip)
{
	return chip->write_align > 4 ? chip->write_align : 4;
}

static uint64_t segment_end(const struct segment *s)
{
	return s->addr + (uint64_t)s->data.len;
}

struct plan_range plan_range_from(const struct plan_draft *draft, size_t i)
{
	const struct segment *segments = draft->plan->image->segments;
	const uint32_t word = word_of(draft->plan->chip);
	struct plan_range range = { .start = segments[i].addr - segments[i].addr % word,
		.segment = i };

	do {
		range.end = (segment_end(&segments[i]) + word - 1) / word * word;
		i++;
	} while (i < draft->first + draft->count &&
		segments[i].addr - segments[i].addr % word <= range.end);
	range.next = i;
	return range;
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
static uint32_t image_bytes(const struct plan_draft *draft, const struct plan_range *range,
	size_t *i, uint64_t addr, uint64_t end)
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

/* Where the block at addr ends: blocks are what is sent, and lie in one sector. */
static uint64_t block_end(uint64_t addr, const struct sector *sector, uint64_t range_end)
{
	const uint64_t border = (addr / FRAME_MAX_DATA + 1) * FRAME_MAX_DATA;
	const uint64_t sector_end = sector->addr + (uint64_t)sector->len;
	const uint64_t end = border < sector_end ? border : sector_end;

	return end < range_end ? end : range_end;
}

/* It is there already, or will be after the erase. */
static bool need_not_be_sent(
	const struct plan_draft *draft, const struct sector *sector, uint64_t addr, uint64_t end)
{
	switch ((enum fate)draft->fates[sector->number]) {
	case FATE_SAME:
		return true;
	case FATE_BLANK:
	case FATE_ERASED:
		return is_blank(draft, (uint32_t)addr, (size_t)(end - addr));
	default:
		return false;
	}
}

static enum err write_range(
	struct plan_draft *draft, const struct plan_range *range, struct why *why)
{
	uint64_t start = range->start;
	size_t segment = range->segment;
	enum err e = ERR_OK;

	for (uint64_t at = range->start, next; !e && at < range->end; at = next) {
		const struct sector sector = plan_sector_at(draft->plan, (uint32_t)at);

		next = block_end(at, &sector, range->end);
		if (!need_not_be_sent(draft, &sector, at, next))
			continue;
		draft->plan->skipped_bytes += image_bytes(draft, range, &segment, at, next);
		e = add_write(draft, start, at, why);
		start = next;
	}
	return e ? e : add_write(draft, start, range->end, why);
}

/* Without an erase, a word that is not whole would be torn. */
enum err plan_check_whole_words(const struct plan_draft *draft, struct why *why)
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

enum err plan_draft_writes(struct plan_draft *draft, struct why *why)
{
	enum err e = ERR_OK;

	for (size_t i = draft->first; !e && i < draft->first + draft->count;) {
		const struct plan_range range = plan_range_from(draft, i);

		e = write_range(draft, &range, why);
		i = range.next;
	}
	return e;
}
