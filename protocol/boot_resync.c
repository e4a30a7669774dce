/* SPDX-License-Identifier: MIT */
/* boot_resync.c - back in step after a lost byte (docs/facts/an3155.md section 8.2). */
#include "protocol/boot_internal.h"

/* Even, not zero, and small: refused in every fresh state. FF and 7F are not (section 8.2). */
#define FILLER 0x02

static bool is_transport(enum err e)
{
	return e == ERR_IO || e == ERR_GONE;
}

/* Sends one filler and looks for the NACK that it provokes. ERR_TIMEOUT: none yet. */
static enum err send_filler(struct boot *boot)
{
	const struct wire *wire = &boot->wire;
	const uint8_t filler = FILLER;
	const uint32_t wait_ms = FILLER_MS + 2 * boot_wire_ms(boot, 2);
	enum err e = wire->ops->send(wire->ctx, (struct span){ &filler, 1 }, ACK_MS);

	while (!e) {
		uint8_t reply = 0;
		size_t got = 0;

		e = wire->ops->recv(wire->ctx, &reply, 1, wait_ms, &got);
		if (!e && reply == FRAME_NACK)
			return ERR_OK;
		if (!e && reply != FRAME_ACK && reply != FRAME_BUSY)
			return ERR_TIMEOUT; /* the tail of data: the next filler tells */
	}
	return e;
}

/* A late NACK can leave one stray byte pending: it spoils the first Get ID, not the second. */
static enum err confirm(struct boot *boot, struct why *why)
{
	enum err e = ERR_NACK;
	struct why last;

	for (unsigned i = 0; i < 2 && e == ERR_NACK; i++) {
		uint32_t product_id = 0;

		last = (struct why){ 0 };
		e = boot_get_id(boot, &product_id, &last);
		if (!e && boot->device.product_id && product_id != boot->device.product_id)
			e = why_set(&last, ERR_REPLY, "another product id answers than before");
		if (e == ERR_NACK && !is_transport(boot_drain(boot, DRAIN_MS)))
			(void)send_filler(boot);
	}
	if (!e || e == ERR_NACK) /* a part without Get ID: its NACK is an answer too */
		return ERR_OK;
	boot_tell(why, &last);
	return e;
}

enum err boot_resync_within(struct boot *boot, unsigned fillers, struct why *why)
{
	enum err e = boot_drain(boot, DRAIN_MS);

	boot->is_connected = false;
	for (unsigned i = 0; !e && i < fillers; i++) {
		if (boot_is_cancelled(boot))
			return why_set(why, ERR_CANCELLED, NULL);
		e = send_filler(boot);
		if (!e)
			break;
		if (e == ERR_TIMEOUT && i + 1 < fillers)
			e = ERR_OK;
	}
	if (!e)
		e = boot_drain(boot, DRAIN_MS);
	if (e)
		return why_set(why, e,
			is_transport(e) ? "the port failed"
					: "the ROM could not be brought back in step");
	e = confirm(boot, why);
	boot->is_connected = !e;
	return e;
}

/* Where a restart is to be had, it is sooner done than a block of fillers sent. */
enum err boot_resync(struct boot *boot, struct why *why)
{
	const bool can_restart = boot->control.resets && !boot->options.resume_only;

	return boot_resync_within(boot, can_restart ? FILLERS_IDLE : FILLERS_WRITE, why);
}

bool boot_may_repeat(struct boot *boot, enum err e, unsigned tries)
{
	if (tries >= EXCHANGE_TRIES || boot->options.is_trial || boot_is_cancelled(boot))
		return false;
	if (e == ERR_NACK)
		e = boot_drain(
			boot, DRAIN_MS); /* noise on our bytes, or a refusal: ask once more */
	else if (e == ERR_TIMEOUT || e == ERR_REPLY)
		e = boot_resync_within(boot, FILLERS_IDLE, NULL);
	if (e) {
		boot->is_connected = false;
		return false;
	}
	boot->retries++;
	return true;
}
