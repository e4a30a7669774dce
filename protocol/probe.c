/* SPDX-License-Identifier: MIT */
/*
 * probe.c - the wiring of DTR and RTS, by trial. The levels that a wrong wiring leaves behind may
 * make another one work by luck: hence the confirmation.
 */
#include "protocol/probe.h"

#include "protocol/boot_internal.h"

enum {
	PULSE_MS = 50,
	START_MS = 100, /* most ROMs are there by then: section 2.2 */
	SYNC_MS = 250,
	TRIES = 2,       /* a ROM in step answers the second 7F only */
	SLOW_TRIES = 11, /* L47x without its crystal: 2.6 s */
	HOLD_MS = 300,
	SPEAK_MS = 1500,
	TOGGLE_MS = 20,
	MIN_TALK = 4,
	TWO_LINES = 8, /* the rows with a BOOT0 */
	MAX_HEARD = 16,
};

#define SET(l)                                                                                     \
	{                                                                                          \
		true, WIRE_##l, true                                                               \
	}
#define CLEARED(l)                                                                                 \
	{                                                                                          \
		true, WIRE_##l, false                                                              \
	}

/* Straight (a set line is low), through a transistor each, both swapped; then what is left. */
static const struct probe_wiring wirings[] = {
	{ SET(DTR), CLEARED(RTS) },
	{ CLEARED(DTR), SET(RTS) },
	{ SET(RTS), CLEARED(DTR) },
	{ CLEARED(RTS), SET(DTR) },
	{ SET(DTR), SET(RTS) },
	{ SET(RTS), SET(DTR) },
	{ CLEARED(DTR), CLEARED(RTS) },
	{ CLEARED(RTS), CLEARED(DTR) },
	{ .reset = SET(DTR) },
	{ .reset = CLEARED(DTR) },
	{ .reset = SET(RTS) },
	{ .reset = CLEARED(RTS) },
};
#define WIRINGS (sizeof(wirings) / sizeof(*wirings))

const struct probe_wiring *probe_wiring_at(size_t index)
{
	return index < WIRINGS ? &wirings[index] : NULL;
}

static enum err drive(const struct probe *p, const struct probe_pin *pin, bool active)
{
	const struct wire *wire = &p->boot->wire;

	return pin->is_wired ? wire->ops->line(wire->ctx, pin->line, active == pin->active_set)
			     : ERR_OK;
}

static void pause_ms(const struct probe *p, uint32_t ms)
{
	p->boot->wire.ops->pause(p->boot->wire.ctx, ms);
}

enum err probe_restart(
	const struct probe *p, const struct probe_wiring *wiring, enum control_into into)
{
	enum err e = drive(p, &wiring->reset, true);

	if (!e)
		e = drive(p, &wiring->boot0, into == INTO_BOOTLOADER);
	if (e)
		return e;
	pause_ms(p, PULSE_MS);
	e = drive(p, &wiring->reset, false);
	if (!e)
		pause_ms(p, START_MS);
	return e;
}

enum answer { ANSWER_NONE, ANSWER_ACK, ANSWER_NACK, ANSWER_TALK };

/* In the middle of words 79 is a y. */
static enum err hear(const struct probe *p, enum answer *answer)
{
	const struct wire *wire = &p->boot->wire;
	uint32_t wait_ms = SYNC_MS + 2 * boot_wire_ms(p->boot, 2);
	uint8_t heard[MAX_HEARD];
	size_t len = 0;
	enum err e = ERR_OK;

	*answer = ANSWER_NONE;
	while (!e && len < MAX_HEARD) {
		size_t got = 0;

		e = wire->ops->recv(wire->ctx, &heard[len], 1, wait_ms, &got);
		if (got && *answer == ANSWER_NONE && heard[len] == FRAME_ACK)
			*answer = ANSWER_ACK;
		if (got && *answer == ANSWER_NONE && heard[len] == FRAME_NACK)
			*answer = ANSWER_NACK;
		if (*answer != ANSWER_NONE)
			wait_ms = DRAIN_MS + 2 * boot_wire_ms(p->boot, 1);
		len += got;
	}
	if (len >= MIN_TALK)
		*answer = ANSWER_TALK;
	return e == ERR_TIMEOUT ? ERR_OK : e;
}

/* 7F until something answers. */
static enum err sync(const struct probe *p, unsigned tries, enum answer *answer)
{
	const struct wire *wire = &p->boot->wire;
	const uint8_t byte = FRAME_SYNC;
	enum err e = wire->ops->flush(wire->ctx);

	*answer = ANSWER_NONE;
	for (unsigned i = 0; !e && i < tries && *answer == ANSWER_NONE; i++) {
		if (boot_is_cancelled(p->boot))
			return ERR_CANCELLED;
		e = wire->ops->send(wire->ctx, (struct span){ &byte, 1 }, ACK_MS);
		if (!e)
			e = hear(p, answer);
	}
	return e;
}

static enum err restart_and_sync(const struct probe *p, const struct probe_wiring *wiring,
	enum control_into into, unsigned tries, enum answer *answer)
{
	const enum err e = probe_restart(p, wiring, into);

	return e ? e : sync(p, tries, answer);
}

/* BOOT0 that moves alone restarts nothing: if it did, it is the reset, and the other one is not. */
static enum err toggle_boot0(const struct probe *p, const struct probe_wiring *wiring, bool *stays)
{
	enum err e = drive(p, &wiring->boot0, false);

	pause_ms(p, TOGGLE_MS);
	if (!e)
		e = drive(p, &wiring->boot0, true);
	pause_ms(p, TOGGLE_MS);
	if (e)
		return e;
	e = boot_ask_commands(p->boot, NULL);
	*stays = !e;
	return e == ERR_TIMEOUT || e == ERR_REPLY || e == ERR_NACK ? ERR_OK : e;
}

/* The ROM answered after this restart: was that its doing? */
static enum err confirm(struct probe *p, const struct probe_wiring *wiring, unsigned tries)
{
	enum answer answer;
	bool stays = false;
	enum err e = toggle_boot0(p, wiring, &stays);

	if (e || !stays)
		return e;
	e = restart_and_sync(p, wiring, INTO_APPLICATION, TRIES, &answer);
	p->is_in_rom = !e && (answer == ANSWER_NACK || answer == ANSWER_ACK);
	if (e || answer == ANSWER_NACK)
		return e;
	if (answer == ANSWER_ACK) {
		p->find = PROBE_ONLY_RESET;
		p->wiring = (struct probe_wiring){ .reset = wiring->reset };
		return ERR_OK;
	}
	e = restart_and_sync(p, wiring, INTO_BOOTLOADER, tries, &answer);
	if (!e && answer == ANSWER_ACK) {
		p->find = PROBE_BOTH;
		p->wiring = *wiring;
	}
	return e;
}

static void tell(const struct probe *p, size_t index, bool answered)
{
	if (p->tried)
		p->tried(p->ctx, index, answered);
}

static enum err try_two_lines(struct probe *p, unsigned tries)
{
	const struct wire *wire = &p->boot->wire;
	enum err e = wire->ops->configure(wire->ctx, &p->boot->options.settings);

	for (size_t i = 0; !e && !p->find && i < TWO_LINES; i++) {
		enum answer answer = ANSWER_NONE;

		e = restart_and_sync(p, &wirings[i], INTO_BOOTLOADER, tries, &answer);
		if (!e && answer == ANSWER_ACK)
			e = confirm(p, &wirings[i], tries);
		if (!e)
			tell(p, i, answer == ANSWER_ACK);
	}
	return e;
}

static enum err count_words(const struct probe *p, uint32_t ms, size_t *count)
{
	const struct wire *wire = &p->boot->wire;
	uint8_t words[MIN_TALK];
	const enum err e = wire->ops->recv(wire->ctx, words, sizeof(words), ms, count);

	return e == ERR_TIMEOUT ? ERR_OK : e;
}

/* Quiet while it is held, and words when it is let go. */
static enum err is_reset_of_words(
	const struct probe *p, const struct probe_pin *reset, bool *is_reset)
{
	const struct wire *wire = &p->boot->wire;
	size_t held = 0, free = 0;
	enum err e = drive(p, reset, true);

	pause_ms(p, PULSE_MS);
	if (!e)
		e = wire->ops->flush(wire->ctx);
	if (!e)
		e = count_words(p, HOLD_MS, &held);
	const enum err released = drive(p, reset, false);

	if (!e)
		e = released;
	if (!e)
		e = count_words(p, SPEAK_MS, &free);
	*is_reset = !held && free == MIN_TALK;
	return e;
}

static enum err try_reset_alone(struct probe *p)
{
	const struct wire *wire = &p->boot->wire;
	enum err e = wire->ops->configure(wire->ctx, &p->console);

	for (size_t i = TWO_LINES; !e && !p->find && i < WIRINGS; i++) {
		bool once = false, twice = false;

		if (boot_is_cancelled(p->boot))
			return ERR_CANCELLED;
		e = is_reset_of_words(p, &wirings[i].reset, &once);
		if (!e && once)
			e = is_reset_of_words(p, &wirings[i].reset, &twice);
		if (e)
			return e;
		if (twice) {
			p->find = PROBE_ONLY_RESET;
			p->wiring = wirings[i];
		}
		tell(p, i, false);
	}
	return e;
}

static enum err rest(const struct probe *p)
{
	const struct wire *wire = &p->boot->wire;
	enum err e;

	if (p->find == PROBE_BOTH || p->find == PROBE_ONLY_RESET)
		return probe_restart(p, &p->wiring, INTO_APPLICATION);
	e = wire->ops->line(wire->ctx, WIRE_RTS, p->rest_rts);
	return e ? e : wire->ops->line(wire->ctx, WIRE_DTR, p->rest_dtr);
}

enum err probe_run(struct probe *p, struct why *why)
{
	enum err e = try_two_lines(p, TRIES);

	if (!e && !p->find && !p->is_in_rom)
		e = try_two_lines(p, SLOW_TRIES);
	if (!e && !p->find && !p->is_in_rom)
		e = try_reset_alone(p);
	if (!e && !p->find && p->is_in_rom)
		p->find = PROBE_NO_RESET;
	const enum err rested = e == ERR_UNSUPPORTED ? e : rest(p);

	if (!e)
		e = rested;
	if (e == ERR_UNSUPPORTED)
		return why_set(why, e, "this port has no DTR and RTS to try");
	return e ? why_set(why, e, e == ERR_CANCELLED ? NULL : "the port failed") : ERR_OK;
}
