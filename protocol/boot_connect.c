/* SPDX-License-Identifier: MIT */
/*
 * boot_connect.c - entering the ROM and synchronising (docs/facts/an3155.md section 2; quirk Q1).
 */
#include "protocol/boot_burst.h"

#include <assert.h>
#include <string.h>

enum {
	SYNC_MS = 300,         /* for the answer to one 7F: section 7 */
	FIRST_GROUP_TRIES = 2, /* a mis-trained ROM is reset soon ... */
	ASKED_TRIES = 5,       /* ... where a reset is to be had: what asks firmware spoils a ROM */
	GROUP_TRIES = 10,      /* ... a slow one (L47x: 2.6 s) gets its time: section 2.2 */
	MAX_HEARD = 64,        /* bytes kept to tell text from noise */
	MIN_TEXT = 4,
};
/*
 * Never more 7F than this without an answer: 130 of them are a valid block to a ROM that was left
 * in the middle of a Write (section 8.2). A longer wait is spread over as many.
 */
#define MAX_SYNC_BYTES 100u

#define WITHOUT_PARITY "it answered 7F but not the next command: does the adapter send even parity?"
#define SILENT "the board did not answer 7F"
#define IS_TEXT "the board talks, but not as the bootloader: is BOOT0 high?"
#define IS_NOISE "bytes came that are not the bootloader's: is the rate right, is BOOT0 high?"

/* What was heard while we looked for the ROM: the last words when it is not found. */
struct search {
	struct boot *boot;
	uint64_t until_ms; /* no new try after it */
	uint64_t sync_us;  /* when the last 7F left */
	uint32_t try_ms;
	uint8_t heard[MAX_HEARD]; /* in this try: junk, neither ACK nor NACK */
	size_t heard_len;
	uint8_t last_junk;
	bool has_junk, has_text; /* in any try */
	bool has_answered;       /* 7F was answered */
};

static void search_hear(struct search *search, uint8_t byte)
{
	search->has_junk = true;
	search->last_junk = byte;
	if (search->heard_len < MAX_HEARD)
		search->heard[search->heard_len++] = byte;
}

static bool is_text(const struct search *search)
{
	size_t printable = 0;

	for (size_t i = 0; i < search->heard_len; i++) {
		const uint8_t c = search->heard[i];

		printable +=
			(c >= ' ' && c < 0x7F) || c == '\r' || c == '\n' || c == '\t' || c == 0x1B;
	}
	return search->heard_len >= MIN_TEXT && printable * 4 >= search->heard_len * 3;
}

static enum err search_failed(const struct search *search, struct why *why)
{
	if (search->has_text)
		return why_set(why, ERR_REPLY, IS_TEXT);
	if (search->has_answered)
		return why_set(why, ERR_TIMEOUT, WITHOUT_PARITY);
	if (!search->has_junk)
		return why_set(why, ERR_TIMEOUT, SILENT);
	if (why)
		why->found = search->last_junk;
	return why_set(why, ERR_REPLY, IS_NOISE);
}

static uint64_t now_ms(const struct boot *boot)
{
	return boot->wire.ops->now_us(boot->wire.ctx) / 1000;
}

static enum err port_failed(enum err e, struct why *why)
{
	return e ? why_set(why, e, e == ERR_GONE ? "the port vanished" : "the port failed")
		 : ERR_OK;
}

/* Q1: two ACKs from an L412. Whatever else comes here is remembered as heard. */
static enum err swallow_rest(struct search *search)
{
	struct boot *boot = search->boot;
	const uint32_t wait_ms = DRAIN_MS + 2 * boot_wire_ms(boot, 1);
	enum err e = ERR_OK;

	for (size_t i = 0; !e && i < MAX_HEARD; i++) {
		uint8_t byte = 0;
		size_t got = 0;

		e = boot->wire.ops->recv(boot->wire.ctx, &byte, 1, wait_ms, &got);
		if (!e && byte != FRAME_ACK && byte != FRAME_NACK)
			search_hear(search, byte);
	}
	return e == ERR_TIMEOUT ? ERR_OK : e;
}

/* One 7F and its answer; junk before it is swallowed. ERR_TIMEOUT: no ACK, no NACK. */
static enum err send_sync(struct search *search)
{
	struct boot *boot = search->boot;
	const struct wire *wire = &boot->wire;
	const uint8_t sync = FRAME_SYNC;
	const uint64_t until_ms = now_ms(boot) + search->try_ms + 2 * boot_wire_ms(boot, 2);
	search->sync_us = wire->ops->now_us(wire->ctx);
	enum err e = wire->ops->send(wire->ctx, (struct span){ &sync, 1 }, ACK_MS);

	while (!e) {
		const uint64_t now = now_ms(boot);
		uint8_t reply = 0;
		size_t got = 0;

		if (now >= until_ms)
			return ERR_TIMEOUT;
		e = wire->ops->recv(wire->ctx, &reply, 1, (uint32_t)(until_ms - now), &got);
		if (!e && (reply == FRAME_ACK || reply == FRAME_NACK)) {
			boot->was_resumed = reply == FRAME_NACK;
			return swallow_rest(search);
		}
		if (!e)
			search_hear(search, reply);
	}
	return e;
}

/* A 'y' is 79: in the middle of text it is no ACK, and what follows an ACK would go astray. */
static enum err sync_once(struct search *search)
{
	enum err e;

	search->heard_len = 0;
	e = send_sync(search);
	if (!is_text(search))
		return e;
	search->has_text = true;
	return e ? e : ERR_TIMEOUT;
}

/* 7F, then Get: only that shows that it is the ROM, and that it hears us well. */
static enum err try_once(struct search *search, struct why *why)
{
	struct boot *boot = search->boot;
	enum err e = sync_once(search);

	if (e)
		return e;
	search->has_answered = true;
	e = boot_ask_commands(boot, why);
	return e == ERR_NACK ? ERR_TIMEOUT : e;
}

static bool is_fatal(enum err e)
{
	return e && e != ERR_TIMEOUT && e != ERR_REPLY;
}

static enum err try_group(struct search *search, unsigned tries, struct why *why)
{
	enum err e = port_failed(search->boot->wire.ops->flush(search->boot->wire.ctx), why);

	if (e)
		return e;
	e = ERR_TIMEOUT;
	for (unsigned i = 0; i < tries && e; i++) {
		if (boot_is_cancelled(search->boot))
			return why_set(why, ERR_CANCELLED, NULL);
		/* After a restart of ours a slow ROM gets its time (Q18). */
		if (i && tries > GROUP_TRIES && now_ms(search->boot) >= search->until_ms)
			break;
		e = try_once(search, why);
		if (is_fatal(e))
			return port_failed(e, why);
	}
	return e;
}

/* *ended_us: when the control was done. */
static enum err restart(struct boot *boot, uint64_t *ended_us, struct why *why)
{
	const struct control *control = &boot->control;
	const uint64_t began_us = boot->wire.ops->now_us(boot->wire.ctx);
	const enum err e = control->restart(control->ctx, INTO_BOOTLOADER, why);

	*ended_us = boot->wire.ops->now_us(boot->wire.ctx);
	boot->restart_us = (uint32_t)(*ended_us - began_us);
	return e;
}

/* Groups of tries, with a restart before each where one is to be had. */
static enum err find_rom(struct search *search, struct why *why)
{
	struct boot *boot = search->boot;
	const struct control *control = &boot->control;
	const bool restarts = !boot->options.resume_only && !control->is_manual;
	const bool asks_person = control->is_manual && !boot->options.resume_only;
	const bool asks_firmware = restarts && control->by_firmware;
	unsigned tries = asks_person ? MAX_SYNC_BYTES
		: asks_firmware      ? ASKED_TRIES
				     : FIRST_GROUP_TRIES;
	uint64_t restarted_us = 0;
	enum err e = ERR_OK;

	if (asks_person)
		e = control->restart(control->ctx, INTO_BOOTLOADER, why);
	while (!e) {
		struct why last = { 0 };

		if (restarts)
			e = restart(boot, &restarted_us, why);
		if (e)
			break;
		e = try_group(search, tries, &last);
		if (!e) {
			boot->sync_us = restarts ? (uint32_t)(search->sync_us - restarted_us) : 0;
			return ERR_OK;
		}
		if (is_fatal(e)) {
			boot_tell(why, &last);
			return e;
		}
		e = now_ms(boot) >= search->until_ms ? search_failed(search, why) : ERR_OK;
		/* Deaf to two 7F, but said to be running: it may wait for the rest of a block. */
		if (!e && boot->options.resume_only && tries == FIRST_GROUP_TRIES)
			(void)boot_resync_within(boot, FILLERS_IDLE, NULL);
		tries = restarts ? GROUP_TRIES : MAX_SYNC_BYTES;
	}
	return e;
}

static void start_anew(struct boot *boot)
{
	boot->device = (struct device){ 0 };
	boot->is_connected = boot->was_resumed = boot->bursts = false;
	boot->turnaround_us = boot->restart_us = boot->sync_us = 0;
	boot->turnaround_count = 0;
}

static enum err connect_once(struct boot *boot, struct why *why)
{
	const uint32_t wait_ms = boot->control.wait_ms;
	struct search search = {
		.boot = boot,
		.until_ms = now_ms(boot) + wait_ms,
		.try_ms = wait_ms / MAX_SYNC_BYTES > SYNC_MS ? wait_ms / MAX_SYNC_BYTES : SYNC_MS,
	};
	struct why last = { 0 };
	enum err e;

	start_anew(boot);
	e = find_rom(&search, why);
	boot->is_connected = !e;
	if (e)
		return e;
	e = boot_identify(boot, &last); /* last: some refusals in it are no failure */
	if (!e)
		e = boot_probe_burst(boot, &last);
	boot->is_connected = !e;
	if (e)
		boot_tell(why, &last);
	return e;
}

enum err boot_connect(struct boot *boot, struct why *why)
{
	const struct wire *wire = &boot->wire;
	const bool can_restart = boot->control.resets && !boot->options.resume_only;
	struct why last = { 0 };
	enum err e = wire->ops->configure(wire->ctx, &boot->options.settings);

	if (e)
		return why_set(why, e, "the port does not take the bootloader's rate and frame");
	e = connect_once(boot, &last);
	/* It was there, and is gone: a reset, or a supply that gave way. */
	for (unsigned i = 1; i < EXCHANGE_TRIES && can_restart && !boot->options.is_trial &&
		boot->device.version && (e == ERR_TIMEOUT || e == ERR_REPLY);
		i++) {
		boot->retries++;
		last = (struct why){ 0 };
		e = connect_once(boot, &last);
	}
	if (e)
		boot_tell(why, &last);
	return e;
}

/*
 * Nobody but a person restarts this board, and they may have done so: then the ROM waits for 7F and
 * must hear nothing else first (section 2.1). One in step takes two of them for a wrong command.
 */
static enum err rejoin(struct boot *boot)
{
	const struct wire *wire = &boot->wire;
	struct search search = { .boot = boot,
		.until_ms = now_ms(boot) + FIRST_GROUP_TRIES * SYNC_MS,
		.try_ms = SYNC_MS };
	enum err e = wire->ops->configure(wire->ctx, &boot->options.settings);

	start_anew(boot);
	if (!e)
		e = try_group(&search, FIRST_GROUP_TRIES, NULL);
	if (!e)
		e = boot_identify(boot, NULL);
	if (!e)
		e = boot_probe_burst(boot, NULL);
	boot->is_connected = !e;
	return e;
}

enum err boot_reconnect(struct boot *boot, struct why *why)
{
	uint32_t product_id = 0;
	enum err e = ERR_TIMEOUT;

	if (boot->is_connected && boot->control.is_manual) {
		e = rejoin(boot);
	} else if (boot->is_connected) {
		e = boot_get_id(boot, &product_id, NULL);
		if ((!e || e == ERR_NACK) && product_id != boot->device.product_id)
			e = ERR_REPLY;
		else if (e == ERR_NACK)
			e = ERR_OK;
	}
	return e ? boot_connect(boot, why) : ERR_OK;
}
