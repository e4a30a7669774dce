/* SPDX-License-Identifier: MIT */
/* talker.c - a program that is not executed and talks all the same, for tests of who is heard. */
#include "simulator/program.h"

#include <stdlib.h>

#define TICK_NS 100000000u

struct talker {
	const struct memory *memory;
	struct program_host host;
	bool is_running;
	uint64_t next_ns;
};

static void *open_talker(struct memory *memory, const struct program_host *host)
{
	struct talker *talker = calloc(1, sizeof(*talker));

	if (talker) {
		talker->memory = memory;
		talker->host = *host;
	}
	return talker;
}

static void say(struct talker *talker, const char *text, uint64_t now_ns)
{
	static const struct wire_settings line = { 115200, WIRE_8N1 };

	for (; *text; text++)
		talker->host.transmit(talker->host.ctx, (uint8_t)*text, &line, now_ns);
}

static void stop(void *ctx, uint64_t now_ns)
{
	struct talker *talker = ctx;

	(void)now_ns;
	talker->is_running = false;
}

static void reset(void *ctx, enum program_reset cause, bool is_rom, uint64_t now_ns)
{
	(void)ctx, (void)cause, (void)is_rom, (void)now_ns;
}

static void start(void *ctx, uint32_t base, bool is_go, uint64_t now_ns)
{
	struct talker *talker = ctx;

	(void)is_go;
	talker->is_running = memory_is_startable(talker->memory, base);
	talker->next_ns = now_ns + TICK_NS;
	if (talker->is_running)
		say(talker, "ready\r\n", now_ns);
}

static void receive(void *ctx, uint8_t byte, const struct wire_settings *from, uint64_t now_ns)
{
	(void)ctx, (void)byte, (void)from, (void)now_ns;
}

static void advance(void *ctx, uint64_t now_ns)
{
	struct talker *talker = ctx;

	for (; talker->is_running && talker->next_ns <= now_ns; talker->next_ns += TICK_NS)
		say(talker, "tick\r\n", talker->next_ns);
}

static uint64_t next_ns(const void *ctx)
{
	const struct talker *talker = ctx;

	return talker->is_running ? talker->next_ns : UINT64_MAX;
}

static bool is_running(const void *ctx)
{
	const struct talker *talker = ctx;

	return talker->is_running;
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

const struct program_ops program_talker = {
	.open = open_talker,
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
