/* SPDX-License-Identifier: MIT */
/* inert.c - a program that is not executed, for tests of what happens around it. */
#include "simulator/program.h"

#include <stdlib.h>

struct inert {
	const struct memory *memory;
	bool is_running;
};

static void *open_inert(struct memory *memory, const struct program_host *host)
{
	struct inert *inert = calloc(1, sizeof(*inert));

	(void)host;
	if (inert)
		inert->memory = memory;
	return inert;
}

static void stop(void *ctx, uint64_t now_ns)
{
	struct inert *inert = ctx;

	(void)now_ns;
	inert->is_running = false;
}

static void reset(void *ctx, enum program_reset cause, bool is_rom, uint64_t now_ns)
{
	(void)ctx, (void)cause, (void)is_rom, (void)now_ns;
}

static void start(void *ctx, uint32_t base, bool is_go, uint64_t now_ns)
{
	struct inert *inert = ctx;

	(void)is_go, (void)now_ns;
	inert->is_running = memory_is_startable(inert->memory, base);
}

static void receive(void *ctx, uint8_t byte, const struct wire_settings *from, uint64_t now_ns)
{
	(void)ctx, (void)byte, (void)from, (void)now_ns;
}

static void advance(void *ctx, uint64_t now_ns)
{
	(void)ctx, (void)now_ns;
}

static uint64_t next_ns(const void *ctx)
{
	(void)ctx;
	return UINT64_MAX;
}

static bool is_running(const void *ctx)
{
	const struct inert *inert = ctx;

	return inert->is_running;
}

static bool pin(const void *ctx, char port, unsigned number, struct program_pin *is)
{
	(void)ctx, (void)port, (void)number, (void)is;
	return false;
}

static uint64_t cycles(const void *ctx)
{
	(void)ctx;
	return 0;
}

const struct program_ops program_inert = {
	.open = open_inert,
	.close = free,
	.stop = stop,
	.reset = reset,
	.start = start,
	.receive = receive,
	.advance = advance,
	.next_ns = next_ns,
	.is_running = is_running,
	.pin = pin,
	.cycles = cycles,
};
