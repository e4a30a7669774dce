/* SPDX-License-Identifier: MIT */
/* run_write.c - a block written, or put right. */
#include "protocol/run_internal.h"

#include <string.h>

/* A block of the part against what it should hold. */
struct contrast {
	const struct chip *chip;
	uint32_t addr, len, word;
	uint8_t want[FRAME_MAX_DATA], have[FRAME_MAX_DATA];
};

static bool word_differs(const struct contrast *c, uint32_t at)
{
	return memcmp(c->want + at, c->have + at, c->word) != 0;
}

static bool word_is_blank(const struct contrast *c, uint32_t at)
{
	for (uint32_t i = 0; i < c->word; i++) {
		if (c->have[at + i] != c->chip->erased)
			return false;
	}
	return true;
}

/* Programming moves bits away from the erased value, never back. */
static bool bits_allow(const struct contrast *c, uint32_t at)
{
	for (uint32_t i = 0; i < c->word; i++) {
		const uint8_t want = c->want[at + i], have = c->have[at + i];

		if ((c->chip->erased ? want & ~have : ~want & have) & 0xFF)
			return false;
	}
	return true;
}

/* A word with ECC is written once (Q12, Q13); where bits may be cleared, that is tried once. */
static bool word_is_writable(struct run *run, const struct contrast *c, uint32_t at)
{
	if (word_is_blank(c, at))
		return true;
	if (c->word >= 8 || !bits_allow(c, at))
		return false;
	return !run->has_cleared || run->cleared_addr != c->addr;
}

static enum err cannot_be_written(const struct contrast *c, uint32_t at, struct why *why)
{
	while (c->want[at] == c->have[at])
		at++;
	if (why) {
		why->expected = c->want[at];
		why->found = c->have[at];
	}
	return why_at(why, ERR_VERIFY, c->addr + at,
		"the flash holds something else than was written, and writing cannot cure it");
}

/* Everything is looked at before anything is written. */
static enum err check_words(struct run *run, const struct contrast *c, struct why *why)
{
	bool clears = false;

	for (uint32_t at = 0; at < c->len; at += c->word) {
		if (!word_differs(c, at))
			continue;
		if (!word_is_writable(run, c, at))
			return cannot_be_written(c, at, why);
		clears |= !word_is_blank(c, at);
	}
	if (clears) {
		run->has_cleared = true;
		run->cleared_addr = c->addr;
	}
	return ERR_OK;
}

/* What is short comes through where long blocks never do; what is done of them stays done. */
enum { SHORT_WRITE = 64, FAILURES_OF_LONG = 2 };

/* The words that differ, as many of them in a request as lie together. */
static enum err write_words(struct run *run, const struct contrast *c, struct why *why)
{
	const bool is_short = run->mend && run->mend->failures > FAILURES_OF_LONG;
	const uint32_t most = is_short ? SHORT_WRITE : FRAME_MAX_DATA;
	enum err e = ERR_OK;

	for (uint32_t at = 0, end; !e && at < c->len; at = end) {
		end = at + c->word;
		if (!word_differs(c, at))
			continue;
		while (end < c->len && end - at < most && word_differs(c, end))
			end += c->word;
		e = boot_write(
			run->boot, c->addr + at, (struct span){ c->want + at, end - at }, why);
		if (!e)
			run->written_bytes += end - at;
	}
	return e;
}

/* What is read has no checksum: what cannot be cured must be read twice the same. */
static enum err look_again(struct run *run, struct contrast *c, struct why *why)
{
	uint8_t first[FRAME_MAX_DATA];
	enum err e;

	memcpy(first, c->have, c->len);
	e = boot_resync(run->boot, why);
	if (!e)
		e = boot_read(run->boot, c->addr, c->have, c->len, why);
	if (!e)
		e = check_words(run, c, why);
	return e == ERR_VERIFY && memcmp(first, c->have, c->len) != 0
		? run_cannot_tell(c->addr, why)
		: e;
}

enum err run_rewrite(struct run *run, uint32_t addr, uint32_t len, struct why *why)
{
	const struct chip *chip = run->plan->chip;
	struct contrast c = { .chip = chip,
		.addr = addr,
		.len = len,
		.word = chip->write_align > 4 ? chip->write_align : 4 };
	enum err e;

	plan_content(run->plan, addr, c.want, len);
	e = boot_read(run->boot, addr, c.have, len, why);
	if (!e)
		e = check_words(run, &c, why);
	if (e == ERR_VERIFY)
		e = look_again(run, &c, why);
	return e ? e : write_words(run, &c, why);
}

/* What an earlier try left there is looked at first. */
static enum err write_warily(struct run *run, struct why *why)
{
	struct why erase = { 0 };
	enum err e = run_rewrite(run, run->addr, run->len, why);

	if (!e)
		run->offset += run->len;
	if (e != ERR_VERIFY)
		return e;
	e = run_erase_again(run, why->addr, &erase);
	if (e && e != ERR_VERIFY)
		*why = erase;
	return e;
}

enum err run_write(struct run *run, const struct step *step, struct why *why)
{
	uint8_t block[FRAME_MAX_DATA];
	enum err e;

	run->addr = step->addr + run->offset;
	run->len = run_block_len(step, run->offset);
	if (run_is_wary(run))
		return write_warily(run, why);
	plan_content(run->plan, run->addr, block, run->len);
	e = boot_write(run->boot, run->addr, (struct span){ block, run->len }, why);
	if (e)
		return e;
	run->offset += run->len;
	run->written_bytes += run->len;
	return ERR_OK;
}
