/* SPDX-License-Identifier: MIT */
/*
 * boot.c - one exchange with the ROM: request, ACK, data
 * (docs/facts/an3155.md sections 3 and 7).
 */
#include "protocol/boot_internal.h"

#include <assert.h>
#include <string.h>

#define BITS_PER_BYTE 11u     /* start, eight, parity, stop */
#define MAX_BUSY 1000u        /* BUSY bytes before we call it nonsense */
#define MAX_DRAIN_US 3000000u /* an application that never stops talking, noise that never ends */

const struct meaning meaning_data = { "the ROM refused the data",
	"the ROM did not confirm the data" };
static const struct meaning meaning_command = { "the ROM refused the command",
	"the ROM did not answer the command" };
static const struct meaning meaning_address = { "the ROM refused the address",
	"the ROM did not answer the address" };

bool device_has(const struct device *device, uint8_t command)
{
	return device->commands[command / 8] >> (command % 8) & 1;
}

void boot_init(struct boot *boot, struct wire wire, struct control control,
	const struct boot_options *options)
{
	assert(options->settings.baud);
	*boot = (struct boot){ .wire = wire, .control = control, .options = *options };
}

uint32_t boot_wire_ms(const struct boot *boot, size_t bytes)
{
	return (uint32_t)((uint64_t)bytes * BITS_PER_BYTE * 1000 / boot->options.settings.baud) + 1;
}

bool boot_is_cancelled(const struct boot *boot)
{
	return boot->options.cancelled && boot->options.cancelled(boot->options.cancelled_ctx);
}

static const char *port_phrase(enum err e)
{
	return e == ERR_GONE ? "the port vanished" : "the port failed";
}

enum err exchange_fail(struct exchange *x, enum err e, const char *what)
{
	if (e != ERR_NACK)
		x->boot->is_connected = false;
	if (x->why) {
		x->why->command = x->command;
		x->why->has_command = 1;
		if (x->has_addr) {
			x->why->addr = x->addr;
			x->why->has_addr = 1;
		}
	}
	return why_set(x->why, e, e == ERR_IO || e == ERR_GONE ? port_phrase(e) : what);
}

enum err exchange_send(struct exchange *x, struct span out, const char *what)
{
	const struct wire *wire = &x->boot->wire;
	const uint32_t wait_ms = ACK_MS + 2 * boot_wire_ms(x->boot, out.len);
	const enum err e = wire->ops->send(wire->ctx, out, wait_ms);

	return e ? exchange_fail(x, e, what) : ERR_OK;
}

static enum err unexpected(struct exchange *x, uint8_t found)
{
	if (x->why)
		x->why->found = found;
	return exchange_fail(x, ERR_REPLY, "the answer is neither ACK nor NACK");
}

/* BUSY is not documented for a USART, but stm32flash has met it: go on waiting (section 1). */
enum err exchange_ack(struct exchange *x, uint32_t wait_ms, const struct meaning *meaning)
{
	const struct wire *wire = &x->boot->wire;

	for (unsigned i = 0; i < MAX_BUSY; i++) {
		uint8_t reply = 0;
		size_t got = 0;
		const enum err e = wire->ops->recv(wire->ctx, &reply, 1, wait_ms, &got);

		if (e)
			return exchange_fail(x, e, meaning->silence);
		if (reply == FRAME_ACK)
			return ERR_OK;
		if (reply == FRAME_NACK)
			return exchange_fail(x, ERR_NACK, meaning->nack);
		if (reply != FRAME_BUSY)
			return unexpected(x, reply);
	}
	return unexpected(x, FRAME_BUSY);
}

enum err exchange_block(
	struct exchange *x, struct span block, uint32_t wait_ms, const struct meaning *meaning)
{
	enum err e = exchange_send(x, block, meaning->silence);

	/* A send may return before the last byte is on the line: its time counts here too. */
	if (!e)
		e = exchange_ack(x, wait_ms + boot_wire_ms(x->boot, block.len + 1), meaning);
	return e;
}

enum err exchange_command(struct exchange *x)
{
	const struct wire *wire = &x->boot->wire;
	enum err e = wire->ops->flush(wire->ctx);
	uint8_t frame[FRAME_MAX];
	const size_t len = frame_command(frame, x->command);

	if (e)
		return exchange_fail(x, e, NULL);
	const uint64_t began_us = wire->ops->now_us(wire->ctx);

	e = exchange_block(x, (struct span){ frame, len }, ACK_MS, &meaning_command);
	if (!e)
		boot_note_turnaround(x->boot, began_us, len + 1);
	return e;
}

enum err exchange_address(struct exchange *x)
{
	uint8_t frame[FRAME_MAX];

	return exchange_block(
		x, (struct span){ frame, frame_address(frame, x->addr) }, ACK_MS, &meaning_address);
}

enum err exchange_data(struct exchange *x, uint8_t *in, size_t want)
{
	const struct wire *wire = &x->boot->wire;
	const uint32_t wait_ms = READ_MS + 2 * boot_wire_ms(x->boot, want);
	size_t got = 0;
	const enum err e = wire->ops->recv(wire->ctx, in, want, wait_ms, &got);

	if (e)
		return exchange_fail(
			x, e, got ? "the answer came in part only" : "the ROM sent no data");
	return ERR_OK;
}

enum err exchange_until_quiet(
	struct exchange *x, uint8_t *in, size_t want, uint32_t gap_ms, size_t *got)
{
	const struct wire *wire = &x->boot->wire;
	const uint32_t wait_ms = gap_ms + 2 * boot_wire_ms(x->boot, 1);

	for (*got = 0; *got < want;) {
		size_t one = 0;
		const enum err e = wire->ops->recv(wire->ctx, in + *got, 1, wait_ms, &one);

		if (e == ERR_TIMEOUT)
			break;
		if (e)
			return exchange_fail(x, e, NULL);
		*got += one;
	}
	return ERR_OK;
}

enum err boot_drain(struct boot *boot, uint32_t quiet_ms)
{
	const struct wire *wire = &boot->wire;
	const uint32_t wait_ms = quiet_ms + 2 * boot_wire_ms(boot, 1);
	const uint64_t until_us = wire->ops->now_us(wire->ctx) + MAX_DRAIN_US;
	enum err e = ERR_OK;

	while (!e && wire->ops->now_us(wire->ctx) < until_us) {
		uint8_t junk = 0;
		size_t got = 0;

		e = wire->ops->recv(wire->ctx, &junk, 1, wait_ms, &got);
	}
	if (!e)
		e = wire->ops->flush(wire->ctx);
	return e == ERR_TIMEOUT ? ERR_OK : e;
}

enum err boot_check_command(struct boot *boot, uint8_t command, struct why *why)
{
	if (boot->is_connected && device_has(&boot->device, command))
		return ERR_OK;
	if (why) {
		why->command = command;
		why->has_command = 1;
	}
	if (!boot->is_connected)
		return why_set(why, ERR_ARGUMENT, "the bootloader is not connected");
	return why_set(why, ERR_UNSUPPORTED, "this ROM does not have the command");
}

void boot_tell(struct why *why, const struct why *last)
{
	enum stage stage;

	if (!why)
		return;
	stage = why->stage;
	*why = *last;
	why->stage = stage;
}
