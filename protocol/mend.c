/* SPDX-License-Identifier: MIT */
/*
 * mend.c - the ladder of cures for a session that failed, the cheapest first
 * (docs/facts/an3155.md sections 2, 3 and 8).
 */
#include "protocol/mend.h"

#include "protocol/ladder.h"
#include "protocol/quirk.h"

#include <assert.h>
#include <string.h>

enum {
	RESYNCS = 2,       /* failures in a row that are met with fillers ... */
	RESTARTS = 4,      /* ... then by a restart at the same rate, then at lower ones */
	MOST_FAILURES = 9, /* a dead board has failed so often within a minute */
	SLICE_MS = 500,    /* of waiting for a port, between two looks at who wants to cancel */
	/* After an answer that cannot be read: the longest that 256 bytes are seen to take, ... */
	SETTLE_MS = 150,
	/* ... and the deadline of a write, for a ROM that a byte too early would kill (Q20). */
	FRAGILE_SETTLE_MS = 5000,
};

static const char *const names[] = {
	[MEND_RESYNC] = "resync",
	[MEND_RESTART] = "restart",
	[MEND_SLOWER] = "slower",
	[MEND_POWER] = "power",
	[MEND_REATTACH] = "reattach",
	[MEND_REWRITE] = "rewrite",
};
static_assert(sizeof(names) / sizeof(*names) == MEND_KIND_COUNT, "every kind has a name");

const char *mend_kind_name(enum mend_kind kind)
{
	assert(kind < MEND_KIND_COUNT);
	return names[kind];
}

bool mend_is_for(enum err e)
{
	return e == ERR_NACK || e == ERR_TIMEOUT || e == ERR_REPLY || e == ERR_IO || e == ERR_GONE;
}

void mend_progress(struct mend *mend)
{
	mend->failures = 0;
	mend->tried = 0;
}

static bool is_port(enum err e)
{
	return e == ERR_IO || e == ERR_GONE;
}

/*
 * A filler may complete the request that was half sent. Of these it can do no harm beyond the block
 * that was to be written; the others are never filled up (section 8.2).
 */
static bool may_fill(const struct why *cause)
{
	static const uint8_t commands[] = { COMMAND_GET, COMMAND_GET_VERSION, COMMAND_GET_ID,
		COMMAND_READ_MEMORY, COMMAND_WRITE_MEMORY, COMMAND_GET_CHECKSUM };

	return cause->has_command && memchr(commands, cause->command, sizeof(commands));
}

static bool can_restart(const struct boot *boot)
{
	return boot->control.resets && !boot->options.resume_only;
}

/* A person may restart it, but nobody knows when they did: until then 7F would be a filler too. */
static bool may_ask_person(const struct boot *boot, const struct why *cause, unsigned tried)
{
	const unsigned restarts = 1u << MEND_RESTART | 1u << MEND_REATTACH;

	return boot->control.is_manual && !boot->options.resume_only && may_fill(cause) &&
		!(tried & restarts);
}

static uint32_t lower_rate(const struct mend *mend, const struct boot *boot)
{
	return mend->may_slow_down && can_restart(boot) ? ladder_below(boot->options.settings.baud)
							: 0;
}

static bool can_reattach(const struct mend *mend, const struct boot *boot)
{
	return boot->wire.ops->reattach && mend->reattach_ms;
}

/* A NACK ends a command on both sides (section 3, rule 5): the first is taken at its word. */
static bool is_in_step(const struct mend *mend, const struct boot *boot, const struct why *cause)
{
	return cause->err == ERR_NACK && boot->is_connected && !mend->failures;
}

/* The last cure: a reset has not brought it back, and it stays silent. */
static bool may_cycle(const struct mend *mend, const struct boot *boot, enum err e)
{
	return boot->control.power_cycle && !boot->options.resume_only && e == ERR_TIMEOUT &&
		mend->failures > RESTARTS && !(mend->tried & 1u << MEND_POWER);
}

/* The next to try after e. MEND_KIND_COUNT: there is nothing. */
static enum mend_kind pick(const struct mend *mend, const struct boot *boot,
	const struct why *cause, enum err e, bool has_resynced)
{
	if (is_port(e))
		return can_reattach(mend, boot) ? MEND_REATTACH : MEND_KIND_COUNT;
	if (may_fill(cause) && !has_resynced && (mend->failures < RESYNCS || !can_restart(boot)))
		return MEND_RESYNC;
	if (may_cycle(mend, boot, e))
		return MEND_POWER;
	if ((mend->failures >= RESTARTS || mend->stranger.product_id) && lower_rate(mend, boot))
		return MEND_SLOWER;
	return can_restart(boot) || may_ask_person(boot, cause, mend->tried) ? MEND_RESTART
									     : MEND_KIND_COUNT;
}

/*
 * An operation that runs hears nothing. After silence its deadline is over; after an answer that
 * could not be read it may still be at work. What a filler meets then is lost, and harmless.
 */
static enum err wait_out(struct boot *boot, const struct why *cause)
{
	const bool is_fragile = boot->device.quirks & QUIRK_FATAL_OVERRUN;
	const struct wire *wire = &boot->wire;
	uint8_t answer;
	size_t got;
	enum err e;

	if (cause->err != ERR_REPLY || cause->command != COMMAND_WRITE_MEMORY)
		return ERR_OK;
	e = wire->ops->recv(
		wire->ctx, &answer, 1, is_fragile ? FRAGILE_SETTLE_MS : SETTLE_MS, &got);
	return e == ERR_TIMEOUT ? ERR_OK : e;
}

static enum err resync(
	struct mend *mend, struct boot *boot, const struct why *cause, struct why *why)
{
	const enum err e = wait_out(boot, cause);

	(void)mend;
	return e ? why_set(why, e, "the port failed") : boot_resync(boot, why);
}

static bool is_same_chip(const struct device *a, const struct device *b)
{
	return a->product_id == b->product_id && a->readout_protected == b->readout_protected &&
		a->has_unique_id == b->has_unique_id &&
		!memcmp(a->unique_id, b->unique_id, sizeof(a->unique_id));
}

/* Not the same as before, and it was so at two restarts. */
static enum err judge_stranger(struct boot *boot, const struct device *now, struct why *why)
{
	const struct device *before = &boot->device;

	if (now->product_id != before->product_id)
		return why_set(why, ERR_WRONG_CHIP, "another part answers now than before");
	if (now->has_unique_id && before->has_unique_id &&
		memcmp(now->unique_id, before->unique_id, sizeof(now->unique_id)) != 0)
		return why_set(why, ERR_WRONG_CHIP, "another chip answers now than before");
	if (before->has_unique_id && !now->has_unique_id && !now->readout_protected)
		return why_set(why, ERR_REPLY, "its unique id cannot be read any more");
	boot->device.readout_protected = now->readout_protected;
	return ERR_OK;
}

/*
 * boot->device: as it was, for the plan hangs on it; but what protects the part may be new. A cable
 * that spoils what is read makes a stranger of any chip: it must look the same a second time.
 */
static enum err check_same(
	struct mend *mend, struct boot *boot, const struct device *before, struct why *why)
{
	const struct device now = boot->device;
	const bool was_seen = mend->stranger.product_id && is_same_chip(&mend->stranger, &now);

	if (!before->product_id) /* it was never identified */
		return ERR_OK;
	boot->device = *before;
	if (is_same_chip(before, &now)) {
		mend->stranger = (struct device){ 0 };
		return ERR_OK;
	}
	mend->stranger = now;
	return was_seen ? judge_stranger(boot, &now, why)
			: why_set(why, ERR_REPLY, "what answers now is not what answered before");
}

static enum err restart(
	struct mend *mend, struct boot *boot, const struct why *cause, struct why *why)
{
	const struct device before = boot->device;
	enum err e = boot_connect(boot, why);

	(void)cause;
	if (e && before.product_id)
		boot->device = before;
	if (!e)
		e = check_same(mend, boot, &before, why);
	if (e)
		boot->is_connected = false;
	return e;
}

static enum err slower(
	struct mend *mend, struct boot *boot, const struct why *cause, struct why *why)
{
	boot->options.settings.baud = lower_rate(mend, boot);
	return restart(mend, boot, cause, why);
}

/* In slices: who waits may cancel. */
static enum err wait_for_port(const struct mend *mend, struct boot *boot, struct why *why)
{
	const struct wire *wire = &boot->wire;
	enum err e = ERR_TIMEOUT;

	for (uint32_t waited = 0; e == ERR_TIMEOUT && waited < mend->reattach_ms;) {
		const uint32_t left = mend->reattach_ms - waited;
		const uint32_t slice = left < SLICE_MS ? left : SLICE_MS;

		if (boot->options.cancelled && boot->options.cancelled(boot->options.cancelled_ctx))
			return why_set(why, ERR_CANCELLED, NULL);
		e = wire->ops->reattach(wire->ctx, slice);
		waited += slice;
	}
	if (e == ERR_TIMEOUT)
		return why_set(why, ERR_GONE, "the port vanished and did not come back in time");
	return e ? why_set(why, e, "the port came back and could not be used") : ERR_OK;
}

/* The ROM may have been left anywhere: restarted if that is to be had, else brought in step. */
static enum err reattach(
	struct mend *mend, struct boot *boot, const struct why *cause, struct why *why)
{
	const struct wire *wire = &boot->wire;
	enum err e = wait_for_port(mend, boot, why);

	if (e)
		return e;
	e = wire->ops->configure(wire->ctx, &boot->options.settings);
	if (e)
		return why_set(why, e, "the port came back and could not be used");
	if (can_restart(boot)) {
		e = restart(mend, boot, cause, why);
		return e == ERR_GONE ? why_set(why, ERR_IO, "the port vanished again") : e;
	}
	e = may_fill(cause) && boot->device.product_id ? boot_resync(boot, why) : ERR_TIMEOUT;
	if (e && !is_port(e) && may_ask_person(boot, cause, mend->tried))
		e = restart(mend, boot, cause, why);
	return e;
}

/* A port that hangs on the same supply is back a little later. */
static enum err power(
	struct mend *mend, struct boot *boot, const struct why *cause, struct why *why)
{
	enum err e = boot->control.power_cycle(boot->control.ctx, why);

	if (!e)
		e = restart(mend, boot, cause, why);
	if (!is_port(e) || !can_reattach(mend, boot))
		return e;
	e = wait_for_port(mend, boot, why);
	return e ? e : restart(mend, boot, cause, why);
}

static enum err (*const cures[])(struct mend *, struct boot *, const struct why *, struct why *) = {
	[MEND_RESYNC] = resync,
	[MEND_RESTART] = restart,
	[MEND_SLOWER] = slower,
	[MEND_POWER] = power,
	[MEND_REATTACH] = reattach,
};

/* What was tried, the furthest of it: in vain, or with success but the piece failed again. */
static const struct {
	unsigned kinds;
	const char *in_vain, *failed_again;
} phrases[] = {
	{ 1u << MEND_POWER, "its power was switched off and on, and it did not answer again",
		"it went on failing after its power was off" },
	{ 1u << MEND_SLOWER, "the bootloader could not be entered again, nor at lower rates",
		"it went on failing after restarts of the bootloader and at lower rates" },
	{ 1u << MEND_RESTART | 1u << MEND_REATTACH,
		"the bootloader was restarted, and did not answer again",
		"it went on failing after the bootloader had been restarted" },
	{ 1u << MEND_RESYNC,
		"the ROM could not be brought back in step, and nothing can restart it",
		"it went on failing after the two sides were brought in step" },
};

static const char *phrase(const struct mend *mend, const struct why *cause, enum err last)
{
	for (size_t i = 0; i < sizeof(phrases) / sizeof(*phrases); i++) {
		if (mend->tried & phrases[i].kinds)
			return last ? phrases[i].in_vain : phrases[i].failed_again;
	}
	if (is_port(cause->err) || cause->err == ERR_NACK || may_fill(cause))
		return cause->what;
	return "the ROM may be in the middle of it: only a reset by hand is safe now";
}

/* The error of the last cure, else of the piece; its command and address are the piece's. */
static enum err give_up(const struct mend *mend, struct boot *boot, const struct why *cause,
	const struct why *last, struct why *why)
{
	const bool is_told = last->err && (!mend_is_for(last->err) || is_port(last->err));

	boot->is_connected = false;
	if (why)
		*why = *cause;
	return why_set(why, last->err ? last->err : cause->err,
		is_told ? last->what : phrase(mend, cause, last->err));
}

static enum err succeed(
	struct mend *mend, struct boot *boot, enum mend_kind kind, const struct why *cause)
{
	mend->counts[kind]++;
	boot->retries++;
	if (mend->report)
		mend->report(mend->ctx, kind, cause);
	return ERR_OK;
}

/* Whether another cure may help after this one ended in e; a port that stays away is final. */
static bool may_go_on(enum mend_kind kind, enum err e)
{
	return mend_is_for(e) && !(kind == MEND_REATTACH && e == ERR_GONE);
}

enum err mend_session(
	struct mend *mend, struct boot *boot, const struct why *cause, struct why *why)
{
	const struct why first = *cause;
	struct why last = { 0 };
	enum err e = first.err;
	bool has_resynced = false;

	assert(mend_is_for(e));
	boot->bursts = boot->options.may_burst = false;
	if (is_in_step(mend, boot, &first)) {
		mend->failures++;
		return succeed(mend, boot, MEND_RESYNC, &first);
	}
	while (mend->failures < MOST_FAILURES) {
		const enum mend_kind kind = pick(mend, boot, &first, e, has_resynced);

		if (kind == MEND_KIND_COUNT)
			break;
		mend->failures++;
		last = (struct why){ 0 };
		e = cures[kind](mend, boot, &first, &last);
		mend->tried |= 1u << kind;
		last.err = e;
		if (!e)
			return succeed(mend, boot, kind, &first);
		if (!may_go_on(kind, e))
			break;
		has_resynced = true;
	}
	return give_up(mend, boot, &first, &last, why);
}

/* What the ROM goes on refusing when both sides are in step is refused for good. */
static bool is_refusal(const struct mend *mend, enum err e)
{
	return e == ERR_NACK && mend->failures >= RESYNCS;
}

/* It could be read when we connected: out of step by a byte, the ROM refuses all. */
static enum err read_in_step(
	struct boot *boot, uint32_t addr, uint8_t *out, size_t len, struct why *why)
{
	const enum err e = boot_read(boot, addr, out, len, why);

	return e == ERR_READ_PROTECTED && !boot->device.readout_protected ? ERR_NACK : e;
}

/* A session that cannot be mended ends it, whatever for. */
static enum err read_block(struct mend *mend, struct boot *boot, uint32_t addr, uint8_t *out,
	size_t len, struct why *why)
{
	struct why last = { 0 };
	enum err e = mend ? read_in_step(boot, addr, out, len, &last)
			  : boot_read(boot, addr, out, len, &last);
	enum err mended = ERR_OK;

	while (!mended && e && mend && mend_is_for(e) && !is_refusal(mend, e)) {
		last.err = e;
		mended = mend_session(mend, boot, &last, &last);
		if (!mended) {
			last = (struct why){ 0 };
			e = read_in_step(boot, addr, out, len, &last);
		}
	}
	if (mended)
		e = mended;
	if (e && why)
		*why = last;
	if (!e && mend)
		mend_progress(mend);
	return e;
}

enum err mend_read(struct mend *mend, struct boot *boot, uint32_t addr, uint8_t *out, size_t len,
	struct why *why)
{
	const enum stage stage = why ? why->stage : STAGE_NONE;
	enum err e = ERR_OK;

	while (!e && len) {
		const size_t most = boot_read_size(boot), part = len < most ? len : most;

		e = read_block(mend, boot, addr, out, part, why);
		addr += (uint32_t)part;
		out += part;
		len -= part;
	}
	if (e && why)
		why->stage = stage;
	return e;
}
