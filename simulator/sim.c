/* SPDX-License-Identifier: MIT */
/* sim.c - a machine behind a struct wire whose clock is virtual. */
#include "simulator/sim.h"

#include "simulator/adapter.h"
#include "simulator/options.h"
#include "simulator/wiring.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	CONTROL_WAIT_MS = 3500,
	MANUAL_WAIT_MS = 60000,
	RESET_PULSE_MS = 50,
	SETTLE_MS = 100,
	OFF_MS = 1000,
	POWER_UP_MS = 1000
};

#define NS_PER_MS 1000000u

struct sim {
	struct machine machine;
	struct adapter adapter;
	struct wiring wiring;
	struct wire_settings host;
	uint64_t now_ns;
	struct buf heard; /* received by the host, not yet read ... */
	size_t read;      /* ... from here on */
	bool no_reset, can_power;
};

void sim_free(struct sim *sim)
{
	if (!sim)
		return;
	machine_release(&sim->machine);
	buf_release(&sim->heard);
	free(sim);
}

static bool is_gone(const struct sim *sim)
{
	return sim->machine.chaos.is_unplugged;
}

/* What the board has sent by now reaches the host. Without memory the byte is lost. */
static void collect(struct sim *sim)
{
	uint8_t byte;

	machine_advance(&sim->machine, sim->now_ns);
	while (adapter_take(&sim->adapter, &sim->machine, &sim->host, sim->now_ns, &byte))
		buf_append(&sim->heard, (struct span){ &byte, 1 });
}

static uint64_t next_ns(const struct sim *sim)
{
	const uint64_t machine = machine_next_ns(&sim->machine);
	const uint64_t adapter = adapter_next_ns(&sim->adapter);

	return machine < adapter ? machine : adapter;
}

/* Time passes, and on the way all happens in its order. */
static void pass_until(struct sim *sim, uint64_t until_ns)
{
	uint64_t next;

	while ((next = next_ns(sim)) <= until_ns) {
		if (next > sim->now_ns)
			sim->now_ns = next;
		collect(sim);
	}
	if (until_ns > sim->now_ns)
		sim->now_ns = until_ns;
}

static size_t unread(const struct sim *sim)
{
	return sim->heard.len - sim->read;
}

static enum err sim_send(void *ctx, struct span out, uint32_t timeout_ms)
{
	struct sim *sim = ctx;
	const uint64_t deadline = sim->now_ns + (uint64_t)timeout_ms * NS_PER_MS;
	const uint64_t byte_ns = line_byte_ns(&sim->host);

	for (size_t i = 0; i < out.len; i++) {
		if (is_gone(sim))
			return ERR_GONE;
		if (sim->now_ns + byte_ns > deadline) {
			pass_until(sim, deadline);
			return ERR_TIMEOUT;
		}
		pass_until(sim, sim->now_ns + byte_ns);
		adapter_send(&sim->adapter, &sim->machine, out.ptr[i], &sim->host, sim->now_ns);
	}
	return is_gone(sim) ? ERR_GONE : ERR_OK;
}

static size_t read_heard(struct sim *sim, uint8_t *in, size_t want)
{
	size_t got = 0;

	while (got < want && unread(sim))
		in[got++] = sim->heard.ptr[sim->read++];
	if (!unread(sim))
		sim->heard.len = sim->read = 0;
	return got;
}

static enum err sim_recv(void *ctx, uint8_t *in, size_t want, uint32_t timeout_ms, size_t *got)
{
	struct sim *sim = ctx;
	const uint64_t deadline = sim->now_ns + (uint64_t)timeout_ms * NS_PER_MS;
	uint64_t next;

	collect(sim);
	while (unread(sim) < want && !is_gone(sim) && (next = next_ns(sim)) <= deadline)
		pass_until(sim, next);
	*got = read_heard(sim, in, want);
	if (*got == want)
		return ERR_OK;
	if (is_gone(sim))
		return ERR_GONE;
	pass_until(sim, deadline);
	return ERR_TIMEOUT;
}

static enum err sim_configure(void *ctx, const struct wire_settings *settings)
{
	struct sim *sim = ctx;

	if (is_gone(sim))
		return ERR_GONE;
	if (!settings->baud)
		return ERR_UNSUPPORTED;
	collect(sim);
	sim->host = *settings;
	return ERR_OK;
}

static enum err sim_flush(void *ctx)
{
	struct sim *sim = ctx;

	collect(sim);
	sim->heard.len = sim->read = 0;
	return is_gone(sim) ? ERR_GONE : ERR_OK;
}

static enum err sim_line(void *ctx, enum wire_line line, bool set)
{
	struct sim *sim = ctx;

	if (is_gone(sim))
		return ERR_GONE;
	if (!sim->wiring.reset.is_wired && !sim->wiring.boot0.is_wired)
		return ERR_UNSUPPORTED;
	wiring_set_line(&sim->wiring, &sim->machine, line, set, sim->now_ns);
	return ERR_OK;
}

static void sim_pause(void *ctx, uint32_t ms)
{
	struct sim *sim = ctx;

	pass_until(sim, sim->now_ns + (uint64_t)ms * NS_PER_MS);
}

struct sim *sim_new(const struct sim_options *options)
{
	const struct machine_options machine = {
		.part = options->part,
		.custom = options->custom,
		.seed = options->seed,
		.add_quirks = options->add_quirks,
		.drop_quirks = options->drop_quirks,
		.product_id = options->product_id,
		.time_percent = 100,
		.boot0 = options->starts_in_bootloader,
		.miswires = options->miswires,
		.program = options->program,
	};
	struct sim *sim = calloc(1, sizeof(*sim));

	if (!sim)
		return NULL;
	if (!wiring_parse(options->wire_reset, &sim->wiring.reset) ||
		!wiring_parse(options->wire_boot0, &sim->wiring.boot0) ||
		!machine_init(&sim->machine, &machine)) {
		free(sim);
		return NULL;
	}
	sim->host = (struct wire_settings){ 115200, WIRE_8N1 };
	sim->no_reset = options->no_reset;
	sim->can_power = options->can_power;
	adapter_init(&sim->adapter, options->adapter_latency_us, options->max_baud, options->seed);
	sim_pause(sim, POWER_UP_MS);
	return sim;
}

static uint64_t wire_now_us(void *ctx)
{
	return sim_now_us(ctx);
}

static enum err sim_reattach(void *ctx, uint32_t timeout_ms)
{
	struct sim *sim = ctx;
	const uint64_t deadline = sim->now_ns + (uint64_t)timeout_ms * NS_PER_MS;
	uint64_t next;

	while (is_gone(sim) && (next = next_ns(sim)) <= deadline)
		pass_until(sim, next);
	if (is_gone(sim)) {
		pass_until(sim, deadline);
		return ERR_TIMEOUT;
	}
	adapter_drop(&sim->adapter);
	return sim_flush(sim);
}

struct wire sim_wire(struct sim *sim)
{
	static const struct wire_ops ops = {
		.send = sim_send,
		.recv = sim_recv,
		.configure = sim_configure,
		.flush = sim_flush,
		.line = sim_line,
		.pause = sim_pause,
		.now_us = wire_now_us,
		.reattach = sim_reattach,
	};

	return (struct wire){ &ops, sim };
}

/* A person at the bench is only told (wire.h); the others pulse reset and wait. */
static enum err sim_restart(void *ctx, enum control_into into, struct why *why)
{
	struct sim *sim = ctx;

	if (is_gone(sim))
		return why_set(why, ERR_GONE, "the board is gone");
	if (sim->no_reset)
		return ERR_OK;
	machine_set_boot0(&sim->machine, into == INTO_BOOTLOADER);
	machine_set_reset(&sim->machine, true, sim->now_ns);
	sim_pause(sim, RESET_PULSE_MS);
	machine_set_reset(&sim->machine, false, sim->now_ns);
	sim_pause(sim, SETTLE_MS);
	return ERR_OK;
}

static enum err sim_power_cycle(void *ctx, struct why *why)
{
	struct sim *sim = ctx;

	(void)why;
	machine_set_power(&sim->machine, false, sim->now_ns);
	sim_pause(sim, OFF_MS);
	machine_set_power(&sim->machine, true, sim->now_ns);
	return ERR_OK;
}

struct control sim_control(struct sim *sim)
{
	return (struct control){
		.restart = sim_restart,
		.power_cycle = sim->can_power ? sim_power_cycle : NULL,
		.ctx = sim,
		.resets = !sim->no_reset,
		.is_manual = sim->no_reset,
		.wait_ms = sim->no_reset ? MANUAL_WAIT_MS : CONTROL_WAIT_MS,
	};
}

void sim_miswire(struct sim *sim, unsigned miswires)
{
	sim->machine.miswires = miswires;
}

uint8_t *sim_flash(struct sim *sim, size_t *len)
{
	*len = sim->machine.memory.part->flash_bytes;
	return sim->machine.memory.flash.cells;
}

void sim_set_readout_protected(struct sim *sim, bool on)
{
	options_protect_readout(&sim->machine.memory, on);
	options_load(&sim->machine.memory, true);
}

void sim_set_write_protected(struct sim *sim, uint32_t sector, bool on)
{
	struct memory *memory = &sim->machine.memory;

	options_set_unit(memory, sector / memory->part->protect_sectors, on);
}

bool sim_runs_application(const struct sim *sim)
{
	return machine_runs_application(&sim->machine);
}

unsigned sim_erases(const struct sim *sim)
{
	return sim->machine.rom.erases;
}

unsigned sim_writes(const struct sim *sim)
{
	return sim->machine.rom.writes;
}

unsigned sim_resets(const struct sim *sim)
{
	return sim->machine.stats.resets;
}

uint64_t sim_wire_bytes(const struct sim *sim)
{
	return sim->machine.stats.to_host + sim->machine.stats.to_board;
}

uint64_t sim_now_us(const struct sim *sim)
{
	return sim->now_ns / 1000;
}

void sim_inject(struct sim *sim, struct span bytes)
{
	buf_append(&sim->heard, bytes);
}

bool sim_fault(struct sim *sim, const char *format, ...)
{
	char line[CHAOS_LINE_MAX], why[512];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (machine_add_fault(&sim->machine, line, sim->now_ns, why, sizeof(why)))
		return true;
	fprintf(stderr, "%s: %s\n", line, why);
	return false;
}

void sim_heal(struct sim *sim)
{
	machine_clear_faults(&sim->machine);
}

void sim_set_option_byte(struct sim *sim, uint32_t addr, uint8_t value)
{
	struct memory *memory = &sim->machine.memory;

	for (int i = 0; i < PART_AREAS; i++) {
		const struct area *area = &memory->part->areas[i];

		if (area->kind == AREA_OPTIONS && addr - area->base < area->size)
			memory->bytes[i][addr - area->base] = value;
	}
}

void sim_set_max_baud(struct sim *sim, uint32_t max_baud)
{
	sim->adapter.max_baud = max_baud;
}
