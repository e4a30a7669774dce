/* SPDX-License-Identifier: MIT */
/* computer.c - core, peripherals and the board's memory as one, and the time that passes in them.
 */
#include "simulator/computer.h"

#include "simulator/computer_rom.h"
#include "simulator/computer_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_MS 1000000u
#define SLICE_NS NS_PER_MS
/*
 * A program that has been silent for a while sleeps and ticks unwatched: what it does is seen up to
 * LAZY_NS late. That a byte comes in ends it at once, at the very time of the byte.
 */
#define LAZY_NS (20 * NS_PER_MS)
#define QUIET_NS (50 * NS_PER_MS)

/* The cores of the families, by the letters behind "STM32". */
static const struct core {
	const char *family;
	enum cpu_model model;
	unsigned priority_bits;
} cores[] = {
	{ "f0", CPU_M0, 2 },
	{ "f1", CPU_M3, 4 },
	{ "f2", CPU_M3, 4 },
	{ "f4", CPU_M4F, 4 },
	{ "g0", CPU_M0PLUS, 2 },
	{ "l1", CPU_M3, 4 },
	{ "l4", CPU_M4F, 4 },
};

static const struct core *core_of(const struct part *part)
{
	for (size_t i = 0; i < sizeof(cores) / sizeof(*cores); i++) {
		if (!strncmp(part->name, cores[i].family, 2))
			return &cores[i];
	}
	return NULL;
}

/* Each line is said once, however often the board is restarted. */
void computer_report(void *ctx, const char *line)
{
	struct computer *computer = ctx;
	uint32_t hash = 2166136261u;

	for (const char *c = line; *c; c++)
		hash = (hash ^ (uint8_t)*c) * 16777619u;
	for (unsigned i = 0; i < computer->said_count; i++) {
		if (computer->said[i] == hash)
			return;
	}
	if (computer->said_count == SAID_MAX)
		return;
	computer->said[computer->said_count++] = hash;
	computer->host->report(computer->host->ctx, line);
}

/* --- time --- */

static uint64_t cycles(const struct computer *computer)
{
	return cpu_cycles(computer->cpu) + computer->waited;
}

uint64_t computer_now_ns(const struct computer *computer)
{
	return computer->from_ns +
		(cycles(computer) - computer->from_cycles) * NS_PER_S / computer->hz;
}

/* Counts on from here, at the clock that RCC gives now. */
static void count_from(struct computer *computer, uint64_t at_ns)
{
	computer->from_ns = at_ns;
	computer->from_cycles = cycles(computer);
	computer->hz = soc_hclk(computer->soc);
}

/* After a change of the clock, and each second, lest numbers grow too large. */
void computer_keep_count(struct computer *computer)
{
	if (computer->hz != soc_hclk(computer->soc) ||
		cycles(computer) - computer->from_cycles > computer->hz)
		count_from(computer, computer_now_ns(computer));
}

/* How many cycles lie between now and then; at least one. */
static uint64_t cycles_until(const struct computer *computer, uint64_t then_ns)
{
	const uint64_t all =
		((then_ns - computer->from_ns) * computer->hz + NS_PER_S - 1) / NS_PER_S;
	const uint64_t gone = cycles(computer) - computer->from_cycles;

	return all > gone ? all - gone : 1;
}

void computer_ask_reset(struct computer *computer)
{
	computer->wants_reset = true;
	computer->host->reset(computer->host->ctx, computer_now_ns(computer));
}

/* --- the core --- */

static void add_region(
	struct cpu_options *options, size_t *count, uint32_t base, uint32_t size, uint8_t *bytes)
{
	if (size)
		options->regions[(*count)++] =
			(struct cpu_region){ base, size, bytes, base >= 0x10000000 };
}

/* A core that finds at address 0 what lies there now. */
static bool open_cpu(struct computer *computer)
{
	struct memory *memory = computer->memory;
	const struct part *part = memory->part;
	const struct core *core = core_of(part);
	struct cpu_options options = {
		.model = core->model,
		.irqs = soc_irqs(computer->soc),
		.priority_bits = core->priority_bits,
		.foreign_base = computer_system_memory(part),
		.foreign_size = computer_system_bytes(part),
		.bus = computer_bus(computer),
		.report = computer_report,
		.report_ctx = computer,
	};
	size_t count = 0;

	add_region(&options, &count, part->flash_base, part->flash_bytes, memory->flash.cells);
	if (computer->alias == part->flash_base)
		add_region(&options, &count, 0, part->flash_bytes, memory->flash.cells);
	for (int i = 0; i < PART_RAMS; i++)
		add_region(
			&options, &count, part->rams[i].base, part->rams[i].bytes, memory->rams[i]);
	computer->cpu = cpu_new(&options);
	return computer->cpu != NULL;
}

static void report_lockup(struct computer *computer)
{
	const struct cpu_fault fault = cpu_fault(computer->cpu);
	char line[160];

	if (flash_is_empty(&computer->memory->flash))
		return;
	snprintf(line, sizeof(line),
		"locked up: %s at pc 0x%08X, lr 0x%08X, cfsr 0x%08X, address 0x%08X",
		fault.what ? fault.what : "fault", (unsigned)fault.pc, (unsigned)fault.lr,
		(unsigned)fault.cfsr, (unsigned)fault.addr);
	computer_report(computer, line);
}

/*
 * The ROM expects what a reset leaves (AN2606): an interrupt would find its vectors, and a PLL that
 * runs keeps it from setting up its own.
 */
static void leave_for_rom(struct computer *computer)
{
	computer->is_running = false;
	computer->reset_ns = computer_now_ns(computer);
	if (!cpu_is_quiet(computer->cpu))
		computer_report(computer, "locked up: jumped into the ROM with interrupts on");
	else if (soc_hclk(computer->soc) != computer->reset_hz)
		computer_report(computer,
			"locked up: jumped into the ROM with another clock "
			"than a reset's");
	else
		computer->host->enter_rom(computer->host->ctx, computer->reset_ns);
}

static void run(struct computer *computer, uint64_t end_ns)
{
	const uint64_t before = cpu_cycles(computer->cpu) - cpu_idled(computer->cpu);

	computer->end_ns = end_ns;
	const enum cpu_state state = cpu_run(computer->cpu, cycles_until(computer, end_ns));

	computer->ran += cpu_cycles(computer->cpu) - cpu_idled(computer->cpu) - before;
	if (state == CPU_LEFT) {
		leave_for_rom(computer);
	} else if (state == CPU_LOCKED_UP) {
		report_lockup(computer);
		computer->is_running = false;
	} else if (state == CPU_RESETS && !computer->wants_reset) {
		computer_ask_reset(computer);
	} else if (computer->waited) {
		const uint64_t waited = computer->waited;

		computer->waited = 0;
		cpu_skip(computer->cpu, waited);
	}
}

/* Nothing is executed until something is due. */
static void pass(struct computer *computer, uint64_t end_ns)
{
	const uint64_t tick = cpu_next_systick(computer->cpu);
	const uint64_t left = cycles_until(computer, end_ns);

	cpu_skip(computer->cpu, tick && tick < left ? tick : left);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void step(struct computer *computer, uint64_t until_ns)
{
	const uint64_t now = computer_now_ns(computer);

	soc_advance(computer->soc, now);
	computer_keep_count(computer);
	if (computer->wants_reset)
		return;
	const uint64_t end = earlier(until_ns, soc_next_ns(computer->soc));

	if (now < computer->stall_ns)
		pass(computer, earlier(end, computer->stall_ns));
	else if (cpu_state(computer->cpu) == CPU_SLEEPS)
		pass(computer, earlier(end, now + NS_PER_S));
	else
		run(computer, earlier(end, now + SLICE_NS));
}

/* --- a program like others --- */

static void *open_computer(struct memory *memory, const struct program_host *host)
{
	struct computer *computer = calloc(1, sizeof(*computer));

	if (!computer)
		return NULL;
	const struct soc_hooks hooks = computer_hooks(computer);

	computer->memory = memory;
	computer->host = host;
	computer->soc = core_of(memory->part) ? soc_new(memory, &hooks) : NULL;
	if (!computer->soc) {
		free(computer);
		return NULL;
	}
	soc_set_flash_percent(computer->soc, host->time_percent);
	return computer;
}

static void close_computer(void *ctx)
{
	struct computer *computer = ctx;

	if (computer->cpu)
		cpu_free(computer->cpu);
	soc_free(computer->soc);
	free(computer);
}

static void stop(void *ctx, uint64_t at_ns)
{
	struct computer *computer = ctx;

	(void)at_ns;
	computer->is_running = false;
}

static void reset(void *ctx, enum program_reset cause, bool is_rom, uint64_t at_ns)
{
	static const enum soc_cause causes[] = {
		[PROGRAM_POWER_ON] = SOC_POWER_ON,
		[PROGRAM_PIN] = SOC_PIN,
		[PROGRAM_SYSTEM] = SOC_SOFTWARE,
		[PROGRAM_LAUNCH] = SOC_SOFTWARE,
	};
	struct computer *computer = ctx;

	if (cause == PROGRAM_POWER_ON)
		memset(computer->changes, 0, sizeof(computer->changes));
	computer->reset_ns = at_ns;
	soc_set_boot(computer->soc,
		is_rom ? computer_system_memory(computer->memory->part)
		       : computer->memory->part->flash_base);
	soc_reset(computer->soc, causes[cause], at_ns);
	computer->reset_hz = soc_hclk(computer->soc);
}

static void start(void *ctx, uint32_t base, bool is_go, uint64_t at_ns)
{
	struct computer *computer = ctx;
	const uint32_t alias = soc_boot_alias(computer->soc);

	if (is_go)
		computer_leave_rom(computer->soc, computer->memory->part, computer->reset_ns);
	soc_advance(computer->soc, at_ns);
	if (computer->cpu && computer->alias != alias) {
		cpu_free(computer->cpu);
		computer->cpu = NULL;
	}
	computer->alias = alias;
	computer->wants_reset = false;
	computer->stall_ns = computer->waited = 0;
	computer->event_ns = at_ns;
	computer->is_running = computer->cpu || open_cpu(computer);
	if (!computer->is_running) {
		computer_report(computer, "no memory for a processor");
		return;
	}
	cpu_reset(computer->cpu, base, 0);
	count_from(computer, at_ns);
}

static void advance(void *ctx, uint64_t until_ns)
{
	struct computer *computer = ctx;

	while (computer->is_running && !computer->wants_reset &&
		computer_now_ns(computer) < until_ns)
		step(computer, until_ns);
}

static void receive(void *ctx, uint8_t byte, const struct wire_settings *from, uint64_t at_ns)
{
	struct computer *computer = ctx;

	if (!computer->is_running || computer->wants_reset)
		return;
	computer->event_ns = at_ns;
	spin_write(&computer->spin);
	soc_receive(computer->soc, byte, from, at_ns);
}

static uint64_t next_ns(const void *ctx)
{
	const struct computer *computer = ctx;

	if (!computer->is_running)
		return UINT64_MAX;
	const uint64_t now = computer_now_ns(computer);
	const bool is_quiet = now > computer->event_ns + QUIET_NS;
	uint64_t next = now + SLICE_NS;

	if (cpu_state(computer->cpu) == CPU_SLEEPS) {
		const uint64_t tick = cpu_next_systick(computer->cpu);

		next = soc_next_ns(computer->soc);
		if (tick != UINT64_MAX)
			next = earlier(next, now + tick * NS_PER_S / computer->hz);
	}
	return is_quiet && next < now + LAZY_NS ? now + LAZY_NS : next;
}

static bool is_running(const void *ctx)
{
	const struct computer *computer = ctx;

	return computer->is_running;
}

static bool pin(const void *ctx, char port, unsigned number, struct program_pin *is)
{
	const struct computer *computer = ctx;
	uint16_t levels, is_output;

	if (port < 'A' || port >= 'A' + PORTS || number >= PINS ||
		!soc_port(computer->soc, port, &levels, &is_output))
		return false;
	*is = (struct program_pin){ is_output >> number & 1, levels >> number & 1,
		computer->changes[port - 'A'][number] };
	return true;
}

static uint64_t cycles_run(const void *ctx)
{
	const struct computer *computer = ctx;

	return computer->ran;
}

const struct program_ops program_computer = {
	.open = open_computer,
	.close = close_computer,
	.stop = stop,
	.reset = reset,
	.start = start,
	.receive = receive,
	.advance = advance,
	.next_ns = next_ns,
	.is_running = is_running,
	.pin = pin,
	.cycles = cycles_run,
};
