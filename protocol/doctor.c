/* SPDX-License-Identifier: MIT */
/*
 * doctor.c - connecting step by step, for what is heard on the way
 * (docs/facts/an3155.md sections 1, 2.1 to 2.4 and 3). The ROM never speaks unasked: whoever does
 * is an application. Nothing but 7F is sent until it was answered.
 */
#include "protocol/doctor.h"

#include "protocol/boot_internal.h"
#include "protocol/protection.h"

#include <string.h>

enum {
	LISTEN_MS = 1500, /* an application says something soon after its start */
	WATCH_MS = 700,   /* where the ROM was to run */
	ENOUGH = 16,      /* bytes */
	MIN_TALK = 4,     /* fewer are glitches of a line that was touched */
	SETTLE_MS = 60,   /* an adapter may still hold what came before */
	SYNC_MS = 300,    /* section 7 */
	TRIES = 2,        /* a ROM in step answers the second 7F only */
	SLOW_TRIES = 10,  /* L47x starts in 2.6 s: section 2.2 */
	MAX_TRIES = 100,  /* as in boot_connect.c: more could be a block */
	MAX_HEARD = 32,
	SLOW_US = 4000, /* an FTDI holds an answer for 16 ms */
};

static void end_step(struct doctor *d, enum doctor_step step, bool ok, const char *said)
{
	if (d->step)
		d->step(d->ctx, step, ok, said);
}

static enum err set(const struct doctor *d, const struct wire_settings *settings)
{
	const struct wire *wire = &d->boot->wire;

	return wire->ops->configure(wire->ctx, settings);
}

static void see(struct doctor *d, uint8_t byte)
{
	if (d->seen_len < DOCTOR_SEEN)
		d->seen[d->seen_len++] = byte;
}

/* How many bytes came in so long that are no glitches; stops when they are enough. */
static enum err count_talk(struct doctor *d, uint32_t ms, bool is_seen, size_t *count)
{
	const struct wire *wire = &d->boot->wire;
	const uint64_t until_us = wire->ops->now_us(wire->ctx) + ms * 1000ull;
	enum err e = ERR_OK;

	*count = 0;
	while (!e && *count < ENOUGH) {
		const uint64_t now_us = wire->ops->now_us(wire->ctx);
		uint8_t byte = 0;
		size_t got = 0;

		if (now_us >= until_us)
			break;
		e = wire->ops->recv(
			wire->ctx, &byte, 1, (uint32_t)((until_us - now_us) / 1000) + 1, &got);
		if (got && d->hear)
			d->hear(d->ctx, (struct span){ &byte, 1 });
		if (got && is_seen)
			see(d, byte);
		*count += got && byte != 0x00 && byte != 0xFF;
	}
	return e == ERR_TIMEOUT ? ERR_OK : e;
}

/* Control that has no BOOT0 leaves that to a jumper: then any reset will do. */
static enum err enter(struct doctor *d, struct why *why)
{
	const struct control *control = &d->boot->control;
	enum err e = control->restart(control->ctx, INTO_BOOTLOADER, why);

	if (e == ERR_UNSUPPORTED && control->resets)
		e = control->restart(control->ctx, INTO_APPLICATION, why);
	return e == ERR_UNSUPPORTED ? ERR_OK : e;
}

static enum err listen(struct doctor *d, struct why *why)
{
	const struct control *control = &d->boot->control;
	size_t count = 0;
	enum err e = set(d, &d->console);

	if (!e && d->may_start && control->resets)
		e = control->restart(control->ctx, INTO_APPLICATION, why);
	if (!e)
		e = count_talk(d, LISTEN_MS, false, &count);
	if (e)
		return e;
	if (count >= MIN_TALK)
		d->signs |= SIGN_HEARD;
	end_step(d, STEP_LISTEN, true,
		count >= MIN_TALK ? "the application was heard: its TX reaches us"
				  : "nothing was said, which need not mean anything");
	return ERR_OK;
}

/* At the console's own settings, so that an application is heard as what it is. */
static enum err enter_and_count(struct doctor *d, bool is_quiet, size_t *count, struct why *why)
{
	const struct wire *wire = &d->boot->wire;
	enum err e = set(d, &d->console);

	if (!e && is_quiet)
		e = wire->ops->flush(wire->ctx);
	if (!e)
		e = enter(d, why);
	if (!e)
		e = set(d, &d->console);
	if (!e && !is_quiet)
		e = wire->ops->flush(wire->ctx);
	return e ? e : count_talk(d, WATCH_MS, true, count);
}

/*
 * What came before the restart is on its way still, and so are the first words after it: the first
 * time all of it is dropped. Where it is quiet then, what comes after another restart is its doing.
 */
static enum err watch_rom(struct doctor *d, struct why *why)
{
	size_t count = 0;
	enum err e = enter_and_count(d, false, &count, why);

	if (!e && count < MIN_TALK && d->boot->control.resets)
		e = enter_and_count(d, true, &count, why);
	if (e)
		return e;
	if (count >= MIN_TALK)
		d->signs |= SIGN_TALKS;
	end_step(d, STEP_RESTART, count < MIN_TALK,
		count < MIN_TALK ? "nobody talks unasked, as it is with the ROM"
				 : "somebody talks unasked: this is not the ROM");
	return ERR_OK;
}

static enum err hold_it(struct doctor *d, size_t *count)
{
	const struct wire *wire = &d->boot->wire;
	enum err e = d->hold(d->ctx, true);

	if (e)
		return e;
	wire->ops->pause(wire->ctx, SETTLE_MS);
	e = wire->ops->flush(wire->ctx);
	if (!e)
		e = count_talk(d, WATCH_MS, false, count);
	const enum err released = d->hold(d->ctx, false);

	return e ? e : released;
}

static enum err hold_while_it_talks(struct doctor *d)
{
	size_t count = 0;
	enum err e = ERR_OK;

	if (!(d->signs & SIGN_TALKS) || !d->hold)
		return ERR_OK;
	e = hold_it(d, &count);
	if (e)
		return e;
	if (count >= MIN_TALK)
		d->signs |= SIGN_HELD_TALKS;
	end_step(d, STEP_HOLD, count < MIN_TALK,
		count < MIN_TALK ? "it is quiet while reset is held"
				 : "it goes on talking while reset is held");
	return ERR_OK;
}

/* Sends 7F and takes what comes, up to an answer and what follows it at once (Q1). */
static enum err send_sync(struct doctor *d, uint8_t heard[MAX_HEARD], size_t *len)
{
	const struct wire *wire = &d->boot->wire;
	const uint8_t sync = FRAME_SYNC;
	uint32_t wait_ms = SYNC_MS + 2 * boot_wire_ms(d->boot, 2);
	enum err e = wire->ops->send(wire->ctx, (struct span){ &sync, 1 }, ACK_MS);

	for (*len = 0; !e && *len < MAX_HEARD;) {
		size_t got = 0;

		e = wire->ops->recv(wire->ctx, &heard[*len], 1, wait_ms, &got);
		if (got)
			see(d, heard[*len]);
		if (got && (heard[*len] == FRAME_ACK || heard[*len] == FRAME_NACK))
			wait_ms = DRAIN_MS + 2 * boot_wire_ms(d->boot, 1);
		*len += got;
	}
	return e == ERR_TIMEOUT ? ERR_OK : e;
}

/* What a sync was answered with. */
static unsigned signs_of(const uint8_t *heard, size_t len)
{
	unsigned signs = 0;

	if (len && heard[0] == FRAME_SYNC) {
		signs |= SIGN_ECHO;
		heard++;
		len--;
	}
	while (len && (*heard == 0x00 || *heard == 0xFF)) {
		heard++;
		len--;
	}
	if (!len)
		return signs;
	if (len >= MIN_TALK)
		return signs | SIGN_TALKS;
	if (*heard == FRAME_ACK)
		return signs | SIGN_ANSWERED;
	return signs | (*heard == FRAME_NACK ? SIGN_ANSWERED | SIGN_IN_SYNC : SIGN_JUNK);
}

/* Until it is answered, or an echo was heard twice. */
static enum err sync_group(struct doctor *d, unsigned tries, unsigned *signs)
{
	const struct wire *wire = &d->boot->wire;
	unsigned echoes = 0, junk = 0;
	enum err e = wire->ops->flush(wire->ctx);

	*signs = 0;
	for (unsigned i = 0; !e && i < tries && echoes < TRIES; i++) {
		uint8_t heard[MAX_HEARD];
		size_t len = 0;

		if (boot_is_cancelled(d->boot))
			return ERR_CANCELLED;
		e = send_sync(d, heard, &len);
		*signs = signs_of(heard, len);
		echoes += (*signs & SIGN_ECHO) != 0;
		junk |= *signs & SIGN_JUNK;
		if (*signs & SIGN_ANSWERED && !(*signs & SIGN_ECHO))
			break;
	}
	*signs |= junk;
	if (echoes < TRIES)
		*signs &= ~(unsigned)SIGN_ECHO;
	return e;
}

static unsigned patient_tries(const struct doctor *d)
{
	const unsigned tries = d->boot->control.wait_ms / SYNC_MS;

	if (!d->boot->control.is_manual)
		return SLOW_TRIES;
	return tries < MAX_TRIES ? tries : MAX_TRIES;
}

static const char *sync_said(unsigned signs)
{
	if (signs & SIGN_ECHO)
		return "our own 7F came back";
	if (signs & SIGN_IN_SYNC)
		return "7F was answered by NACK: the ROM was in step already";
	if (signs & SIGN_ANSWERED)
		return "7F was answered by ACK";
	if (signs & SIGN_TALKS)
		return "7F was answered by a stream of bytes: this is not the ROM";
	return signs & SIGN_JUNK ? "7F was answered by something that is neither ACK nor NACK"
				 : "7F was not answered";
}

/* A NACK right after a restart: it was none. Once may be a byte on the line, twice is not. */
static enum err sync_again(struct doctor *d, struct why *why)
{
	unsigned signs = 0;
	enum err e = enter(d, why);

	if (!e)
		e = set(d, &d->boot->options.settings);
	if (!e)
		e = sync_group(d, TRIES, &signs);
	if (e)
		return e;
	if (signs & SIGN_IN_SYNC)
		d->signs |= SIGN_NOT_RESET;
	else if (signs & SIGN_ANSWERED)
		d->signs &= ~(unsigned)SIGN_IN_SYNC;
	return ERR_OK;
}

static enum err synchronise(struct doctor *d, struct why *why)
{
	const bool resets = d->boot->control.resets;
	unsigned signs = 0;
	enum err e = set(d, &d->boot->options.settings);

	if (!e)
		e = sync_group(d, resets ? TRIES : patient_tries(d), &signs);
	if (!e && resets && !(signs & (SIGN_ANSWERED | SIGN_ECHO))) {
		unsigned again = 0;

		e = enter(d, why);
		if (!e)
			e = set(d, &d->boot->options.settings);
		if (!e)
			e = sync_group(d, patient_tries(d), &again);
		signs = again | (again & SIGN_ANSWERED ? 0 : signs);
	}
	if (e)
		return e;
	d->signs |= signs;
	if (signs & SIGN_IN_SYNC && resets)
		e = sync_again(d, why);
	end_step(d, STEP_SYNC, (signs & (SIGN_ANSWERED | SIGN_ECHO)) == SIGN_ANSWERED,
		sync_said(signs));
	return e;
}

static bool is_fatal(enum err e)
{
	return e == ERR_GONE || e == ERR_IO || e == ERR_CANCELLED || e == ERR_NO_MEMORY;
}

/* Get has even bytes, Get ID has odd ones only: without parity just these are heard (section 1). */
static enum err ask_without_parity(struct doctor *d)
{
	uint32_t id = 0;
	const enum err e = boot_get_id(d->boot, &id, NULL);

	if (!e)
		d->signs |= SIGN_ODD_ONLY;
	return is_fatal(e) ? e : ERR_OK;
}

static enum err ask(struct doctor *d, struct why *why)
{
	enum err e = boot_ask_commands(d->boot, NULL);

	if (e == ERR_NACK) /* a stray byte before it */
		e = boot_ask_commands(d->boot, NULL);
	if (!e)
		d->signs |= SIGN_COMMANDS;
	if (!e || is_fatal(e))
		return e;
	e = ask_without_parity(d);
	if (e || d->signs & SIGN_ODD_ONLY || !d->boot->control.resets)
		return e;
	unsigned signs = 0;

	e = enter(d, why);
	if (!e)
		e = set(d, &d->boot->options.settings);
	if (!e)
		e = sync_group(d, TRIES, &signs);
	if (e || !(signs & SIGN_ANSWERED))
		return e;
	e = boot_ask_commands(d->boot, NULL);
	if (!e)
		d->signs |= SIGN_COMMANDS;
	return is_fatal(e) ? e : ERR_OK;
}

static enum err ask_commands(struct doctor *d, struct why *why)
{
	const enum err e = ask(d, why);

	if (e)
		return e;
	end_step(d, STEP_COMMANDS, d->signs & SIGN_COMMANDS,
		d->signs & SIGN_COMMANDS ? "the ROM answers its first command"
			: d->signs & SIGN_ODD_ONLY
			? "only commands whose bytes need no parity bit are answered"
			: "the first command was not answered");
	return ERR_OK;
}

static enum err try_rate(struct doctor *d, struct why *why)
{
	unsigned signs = 0;
	enum err e = set(d, &d->boot->options.settings);

	if (!e)
		e = enter(d, why);
	if (!e)
		e = set(d, &d->boot->options.settings);
	if (!e)
		e = sync_group(d, TRIES, &signs);
	if (e || !(signs & SIGN_ANSWERED))
		return e;
	e = boot_ask_commands(d->boot, NULL);
	if (!e)
		d->good_baud = d->boot->options.settings.baud;
	return is_fatal(e) ? e : ERR_OK;
}

/* A ROM that cannot measure this rate, or a cable that cannot carry it (section 2.1). */
static enum err try_rates(struct doctor *d, struct why *why)
{
	static const uint32_t rates[] = { 57600, 19200, 9600, 1200 };
	const struct wire_settings settings = d->boot->options.settings;
	enum err e = ERR_OK;

	for (size_t i = 0; !e && !d->good_baud && i < sizeof(rates) / sizeof(*rates); i++) {
		if (rates[i] >= settings.baud)
			continue;
		if (boot_is_cancelled(d->boot))
			return ERR_CANCELLED;
		d->boot->options.settings.baud = rates[i];
		e = try_rate(d, why);
	}
	if (e)
		return e;
	if (d->good_baud)
		d->signs |= SIGN_OTHER_RATE | SIGN_COMMANDS;
	else
		d->boot->options.settings = settings;
	end_step(d, STEP_RATES, d->good_baud,
		d->good_baud ? "the ROM answers at a lower rate"
			     : "the ROM does not answer at a lower rate either");
	return ERR_OK;
}

static bool protects_a_sector(const struct protection *protection)
{
	for (uint32_t i = 0; i < protection->told_sectors; i++)
		if (protection_holds(protection, i))
			return true;
	return false;
}

static enum err identify(struct doctor *d)
{
	struct boot *boot = d->boot;
	struct protection protection = { 0 };

	boot->is_connected = true;
	enum err e = boot_identify(boot, NULL);

	if (!e && boot->device.readout_protected)
		d->signs |= SIGN_READ_PROTECTED;
	else if (!e)
		e = protection_read(&protection, NULL, boot, NULL, NULL);
	if (is_fatal(e))
		return e;
	boot->is_connected = !e;
	if (e)
		d->signs |= SIGN_UNSTEADY;
	if (protection.is_known && protects_a_sector(&protection))
		d->signs |= SIGN_WRITE_PROTECTED;
	if (boot->turnaround_us >= SLOW_US)
		d->signs |= SIGN_SLOW;
	end_step(d, STEP_IDENTIFY, !(d->signs & (SIGN_UNSTEADY | SIGN_READ_PROTECTED)),
		d->signs & SIGN_UNSTEADY                 ? "some answers are garbled"
			: d->signs & SIGN_READ_PROTECTED ? "it is read-protected"
			: d->signs & SIGN_WRITE_PROTECTED
			? "it is known who it is, and some of it is write-protected"
			: "it is known who it is, and nothing protects it");
	return ERR_OK;
}

static enum err examine(struct doctor *d, struct why *why)
{
	enum err e = listen(d, why);

	if (!e)
		e = watch_rom(d, why);
	if (!e)
		e = hold_while_it_talks(d);
	if (!e && (!(d->signs & SIGN_TALKS) || !d->boot->control.resets))
		e = synchronise(d, why);
	if (!e && (d->signs & (SIGN_ANSWERED | SIGN_ECHO)) == SIGN_ANSWERED)
		e = ask_commands(d, why);
	if (!e && d->boot->control.resets &&
		!(d->signs & (SIGN_COMMANDS | SIGN_ECHO | SIGN_TALKS | SIGN_ODD_ONLY)))
		e = try_rates(d, why);
	if (!e && d->signs & SIGN_COMMANDS && !(d->signs & SIGN_ECHO))
		e = identify(d);
	return e;
}

enum err doctor_examine(struct doctor *doctor, struct why *why)
{
	struct why last = { 0 };

	if (doctor->boot->control.resets)
		doctor->signs |= SIGN_CAN_RESET;
	const enum err e = examine(doctor, &last);

	if (!e)
		return ERR_OK;
	boot_tell(why, &last);
	if (e == ERR_GONE)
		doctor->signs |= SIGN_PORT_GONE;
	if (e == ERR_CONTROL)
		doctor->signs |= SIGN_CONTROL_FAILED;
	why_set(why, e, last.what);
	return e == ERR_CONTROL ? ERR_OK : e;
}
