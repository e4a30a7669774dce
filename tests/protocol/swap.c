/* SPDX-License-Identifier: MIT */
/* swap.c - the wire of whichever board is there. */
#include "tests/protocol/swap.h"

static struct wire there(void *ctx)
{
	const struct swap *swap = ctx;

	return sim_wire(swap->now);
}

static enum err swap_send(void *ctx, struct span out, uint32_t timeout_ms)
{
	const struct wire wire = there(ctx);

	return wire.ops->send(wire.ctx, out, timeout_ms);
}

static enum err swap_recv(void *ctx, uint8_t *in, size_t want, uint32_t timeout_ms, size_t *got)
{
	const struct wire wire = there(ctx);

	return wire.ops->recv(wire.ctx, in, want, timeout_ms, got);
}

static enum err swap_configure(void *ctx, const struct wire_settings *settings)
{
	const struct wire wire = there(ctx);

	return wire.ops->configure(wire.ctx, settings);
}

static enum err swap_flush(void *ctx)
{
	const struct wire wire = there(ctx);

	return wire.ops->flush(wire.ctx);
}

static enum err swap_line(void *ctx, enum wire_line line, bool set)
{
	const struct wire wire = there(ctx);

	return wire.ops->line(wire.ctx, line, set);
}

static void swap_pause(void *ctx, uint32_t ms)
{
	const struct wire wire = there(ctx);

	wire.ops->pause(wire.ctx, ms);
}

static uint64_t swap_now_us(void *ctx)
{
	const struct wire wire = there(ctx);

	return wire.ops->now_us(wire.ctx);
}

struct wire swap_wire(struct swap *swap)
{
	static const struct wire_ops ops = {
		.send = swap_send,
		.recv = swap_recv,
		.configure = swap_configure,
		.flush = swap_flush,
		.line = swap_line,
		.pause = swap_pause,
		.now_us = swap_now_us,
	};

	return (struct wire){ &ops, swap };
}

/* The other board's clock is brought up to this one's, and its port is set as this one was. */
static enum err swap_restart(void *ctx, enum control_into into, struct why *why)
{
	static const struct wire_settings settings = { 115200, WIRE_8E1 };
	struct swap *swap = ctx;

	if (swap->next) {
		const struct wire wire = sim_wire(swap->next);
		const uint64_t now = sim_now_us(swap->now), then = sim_now_us(swap->next);

		wire.ops->pause(wire.ctx, now > then ? (uint32_t)((now - then) / 1000 + 1) : 0);
		swap->now = swap->next;
		swap->next = NULL;
		if (wire.ops->configure(wire.ctx, &settings))
			return ERR_IO;
	}
	return sim_control(swap->now).restart(swap->now, into, why);
}

struct control swap_control(struct swap *swap)
{
	struct control control = sim_control(swap->now);

	control.restart = swap_restart;
	control.ctx = swap;
	return control;
}
