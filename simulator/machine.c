/* SPDX-License-Identifier: MIT */
/* machine.c - power, pins, what runs, and the board's UART. */
#include "simulator/machine_tx.h"
#include "simulator/options.h"
#include "simulator/quirk.h"

#include <stdlib.h>
#include <string.h>

static uint64_t scaled_ns(const struct machine *machine, uint32_t us)
{
	return (uint64_t)us * 10 * machine->time_percent;
}

/* A stopped board: in reset or without power. */
static void stop(struct machine *machine, uint64_t now_ns)
{
	machine_tx_drop(machine, now_ns);
	rom_reset(&machine->rom);
	memory_reset(&machine->memory);
	machine->ops->stop(machine->program, now_ns);
	machine->is_rom = machine->is_starting = false;
	machine->wants_reset = machine->wants_rom = false;
	machine->busy_from_ns = machine->busy_until_ns = 0;
	machine->after = ROM_STAYS;
}

static bool is_boot0_high(const struct machine *machine)
{
	return machine->miswires & SIM_BOOT0_HIGH ||
		(machine->boot0 && !(machine->miswires & SIM_BOOT0_LOW));
}

/* The empty flag counts as the pin does (docs/facts/an3155.md 2.3, pattern 11; Q23, Q24). */
static bool enters_rom(struct machine *machine, enum program_reset cause)
{
	struct flash *flash = &machine->memory.flash;
	const unsigned quirks = machine->rom.quirks;

	if (cause == PROGRAM_POWER_ON || cause == PROGRAM_LAUNCH ||
		!(quirks & (SIM_EMPTY_LATCH | SIM_EMPTY_CLEARED)))
		flash->says_empty = flash_is_empty(flash);
	const bool enters = is_boot0_high(machine) ||
		(machine->memory.part->boots_rom_when_empty && flash->says_empty);

	if (enters && quirks & SIM_EMPTY_CLEARED)
		flash->says_empty = false;
	return enters;
}

static uint32_t startup_us(const struct machine *machine)
{
	const struct part_times *times = &machine->memory.part->times;

	if (machine->rom.quirks & SIM_NO_CRYSTAL && times->startup_no_crystal)
		return times->startup_no_crystal;
	return times->startup;
}

static void start(struct machine *machine, enum program_reset cause, uint64_t now_ns)
{
	if (!machine->has_power || machine->in_reset)
		return;
	/* Q15: a ROM that forgets to launch them; the pin does not either. */
	if (cause != PROGRAM_PIN || !(machine->rom.quirks & SIM_NO_OPTION_LAUNCH))
		options_load(&machine->memory, cause == PROGRAM_POWER_ON);
	if (cause == PROGRAM_POWER_ON)
		machine->rom.is_hung = false;
	machine->is_rom = enters_rom(machine, cause);
	machine->ops->reset(machine->program, cause, machine->is_rom, now_ns);
	machine->is_starting = true;
	machine->start_ns = now_ns + scaled_ns(machine, startup_us(machine));
	machine->stats.resets++;
}

static void restart(struct machine *machine, enum program_reset cause, uint64_t now_ns)
{
	stop(machine, now_ns);
	start(machine, cause, now_ns);
}

static void run_application(struct machine *machine, uint32_t base, bool is_go, uint64_t now_ns)
{
	machine->is_rom = false;
	machine->ops->start(machine->program, base, is_go, now_ns);
}

static void finish_start(struct machine *machine)
{
	machine->is_starting = false;
	if (machine->is_rom) {
		machine->line = (struct wire_settings){ 0,
			machine->memory.part->without_parity ? WIRE_8N1 : WIRE_8E1 };
		/* What it hears first is on another of its interfaces: this one is switched off. */
		machine->rom.is_deaf = machine->miswires & SIM_OTHER_INTERFACE;
		return;
	}
	run_application(machine, machine->memory.part->flash_base, false, machine->start_ns);
}

/* What the ROM said it would do after its last byte. */
static void finish_reply(struct machine *machine)
{
	const enum rom_after after = machine->after;
	const uint64_t at_ns = machine->after_ns;

	machine->after = ROM_STAYS;
	if (after == ROM_JUMPS) {
		run_application(machine, machine->jump_to, true, at_ns);
	} else if (after == ROM_LOSES_POWER) {
		stop(machine, at_ns);
		start(machine, PROGRAM_POWER_ON, at_ns + machine->down_ms * 1000000ull);
	} else if (after != ROM_STAYS) {
		restart(machine, after == ROM_LAUNCHES ? PROGRAM_LAUNCH : PROGRAM_PIN, at_ns);
	}
}

static void program_transmit(
	void *ctx, uint8_t byte, const struct wire_settings *line, uint64_t now_ns)
{
	machine_tx_send(ctx, byte, line, now_ns);
}

static void program_reset(void *ctx, uint64_t now_ns)
{
	struct machine *machine = ctx;

	machine->wants_reset = true;
	machine->reset_ns = now_ns;
}

static void program_enter_rom(void *ctx, uint64_t now_ns)
{
	struct machine *machine = ctx;

	machine->wants_rom = true;
	machine->reset_ns = now_ns;
}

static void program_report(void *ctx, const char *line)
{
	const struct machine *machine = ctx;

	if (machine->report)
		machine->report(machine->report_ctx, line);
}

/* Where the program cannot be this part, nothing is executed. */
static bool open_program(struct machine *machine, const struct program_ops *ops)
{
	machine->host = (struct program_host){ program_transmit, program_reset, program_enter_rom,
		program_report, machine, machine->time_percent };
	machine->ops = ops ? ops : &program_inert;
	machine->program = machine->ops->open(&machine->memory, &machine->host);
	if (!machine->program) {
		program_report(machine, "its programs are not executed, only its ROM is there");
		machine->ops = &program_inert;
		machine->program = machine->ops->open(&machine->memory, &machine->host);
	}
	if (!machine->program)
		memory_release(&machine->memory);
	return machine->program != NULL;
}

bool machine_init(struct machine *machine, const struct machine_options *options)
{
	const struct part *part = options->custom ? options->custom : part_find(options->part);

	*machine = (struct machine){
		.time_percent = options->time_percent,
		.boot0 = options->boot0,
		.miswires = options->miswires,
		.report = options->report,
		.report_ctx = options->report_ctx,
		.has_power = true,
	};
	if (!part || !memory_init(&machine->memory, part, options->seed, options->cells) ||
		!open_program(machine, options->program))
		return false;
	chaos_init(&machine->chaos, options->seed);
	rom_init(&machine->rom, &machine->memory);
	machine->rom.chaos = &machine->chaos;
	machine->rom.quirks |= options->add_quirks;
	machine->rom.quirks &= ~options->drop_quirks;
	if (options->product_id)
		machine->rom.product_id = (uint16_t)options->product_id;
	memory_reset(&machine->memory);
	start(machine, PROGRAM_POWER_ON, 0);
	machine->stats.resets = 0;
	return true;
}

void machine_release(struct machine *machine)
{
	if (machine->program)
		machine->ops->close(machine->program);
	memory_release(&machine->memory);
	free(machine->tx);
	*machine = (struct machine){ 0 };
}

void machine_set_power(struct machine *machine, bool on, uint64_t now_ns)
{
	if (on == machine->has_power)
		return;
	machine_advance(machine, now_ns);
	machine->has_power = on;
	restart(machine, PROGRAM_POWER_ON, now_ns);
}

void machine_set_reset(struct machine *machine, bool held, uint64_t now_ns)
{
	if (held == machine->in_reset || machine->miswires & SIM_NO_RESET)
		return;
	machine_advance(machine, now_ns);
	machine->in_reset = held;
	restart(machine, PROGRAM_PIN, now_ns);
}

void machine_set_boot0(struct machine *machine, bool high)
{
	machine->boot0 = high;
}

void machine_pulse_reset(struct machine *machine, uint64_t now_ns)
{
	machine_advance(machine, now_ns);
	if (!(machine->miswires & SIM_NO_RESET))
		restart(machine, PROGRAM_PIN, now_ns);
}

/* The ROM works, and hears nothing. Gives when it is done. */
static uint64_t be_busy(struct machine *machine, const struct rom_reply *reply, uint64_t at_ns)
{
	machine->busy_from_ns = at_ns;
	machine->busy_until_ns = (machine->free_ns > at_ns ? machine->free_ns : at_ns) +
		scaled_ns(machine, reply->busy_us) + reply->slow_ms * 1000000ull;
	return machine->busy_until_ns;
}

static bool is_busy(const struct machine *machine, uint64_t now_ns)
{
	return now_ns > machine->busy_from_ns && now_ns < machine->busy_until_ns;
}

/*
 * A ROM that does not look at its receiver until its reply has left: what began to come before that
 * is lost, what a host sends that waited is heard. A byte's half lies between the two.
 */
static void be_deaf_while_sending(struct machine *machine, uint64_t now_ns)
{
	const uint64_t until_ns = machine->free_ns + line_byte_ns(&machine->line) / 2;

	machine->busy_from_ns = now_ns;
	if (until_ns > machine->busy_until_ns)
		machine->busy_until_ns = until_ns;
}

static void hear_rom(struct machine *machine, uint8_t byte, uint64_t now_ns)
{
	struct rom_reply reply;
	uint64_t at_ns = now_ns;

	rom_receive(&machine->rom, byte, &reply);
	for (size_t i = 0; i <= reply.len; i++) {
		if (i == reply.busy_at && (reply.busy_us || reply.slow_ms))
			at_ns = be_busy(machine, &reply, at_ns);
		if (i < reply.len)
			machine_tx_send(machine, reply.bytes[i], &machine->line, at_ns);
	}
	if (reply.len && machine->rom.quirks & SIM_NO_BURST)
		be_deaf_while_sending(machine, now_ns);
	if (reply.after != ROM_STAYS) {
		machine->after = reply.after;
		machine->after_ns = machine->free_ns > at_ns ? machine->free_ns : at_ns;
		machine->jump_to = reply.jump_to;
		machine->down_ms = reply.down_ms;
	}
	if (reply.unplugs)
		chaos_unplug(&machine->chaos, now_ns + scaled_ns(machine, reply.unplug_us),
			reply.down_ms);
}

/* The first byte after reset sets the ROM's rate; later ones must fit it, or they are lost. */
static bool rom_hears(struct machine *machine, uint8_t *byte, const struct wire_settings *from)
{
	if (!machine->rom.is_synced) {
		machine->line.baud =
			machine->miswires & SIM_BAD_CLOCK ? from->baud / 5 * 4 : from->baud;
		/* Too fast to be measured: what it takes for 7F is another byte. */
		if (machine->rom.quirks & SIM_LIMIT_57600 && from->baud > 57600)
			*byte = 0x01;
		return true;
	}
	switch (line_carry(byte, from, &machine->line)) {
	case LINE_CLEAN:
		return true;
	case LINE_PARITY:
		return !(machine->rom.quirks & SIM_NEEDS_PARITY);
	default:
		return false;
	}
}

/* At a byte, or when the ROM says so: the cable, the reset pin or the supply fails. */
static void strike(struct machine *machine, const struct chaos_strike *strike, uint64_t now_ns)
{
	if (strike->kind == CHAOS_UNPLUG) {
		chaos_unplug(&machine->chaos, now_ns + strike->us * 1000ull, strike->ms);
		chaos_advance(&machine->chaos, now_ns);
	} else if (strike->kind) {
		machine->after = strike->kind == CHAOS_RESET ? ROM_RESETS : ROM_LOSES_POWER;
		machine->after_ns = now_ns + strike->us * 1000ull;
		machine->down_ms = strike->ms;
	}
}

static bool is_listening(const struct machine *machine, uint64_t now_ns)
{
	return machine->has_power && !machine->in_reset && !machine->is_starting &&
		!is_busy(machine, now_ns) && machine->after == ROM_STAYS;
}

static void hear(
	struct machine *machine, uint8_t byte, const struct wire_settings *from, uint64_t now_ns)
{
	if (!is_listening(machine, now_ns)) {
		machine->stats.lost++;
		if (machine->is_rom && is_busy(machine, now_ns))
			rom_overrun(&machine->rom);
	} else if (machine->is_rom) {
		if (rom_hears(machine, &byte, from))
			hear_rom(machine, byte, now_ns);
		else
			machine->stats.lost++;
	} else {
		machine->ops->receive(machine->program, byte, from, now_ns);
	}
}

/* By a jump: no reset, so what the program has sent still leaves. */
static void enter_rom(struct machine *machine, uint64_t now_ns)
{
	machine->wants_rom = false;
	machine->ops->stop(machine->program, now_ns);
	rom_reset(&machine->rom);
	machine->is_rom = machine->is_starting = true;
	machine->start_ns = now_ns + scaled_ns(machine, startup_us(machine));
}

/* Runs it; a reset that it asks for may start it again before now_ns. */
static void advance_program(struct machine *machine, uint64_t now_ns)
{
	while (machine->ops->is_running(machine->program)) {
		machine->ops->advance(machine->program, now_ns);
		if (machine->wants_reset)
			restart(machine, PROGRAM_SYSTEM, machine->reset_ns);
		else if (machine->wants_rom)
			enter_rom(machine, machine->reset_ns);
		else
			return;
		if (machine->is_starting && now_ns >= machine->start_ns)
			finish_start(machine);
	}
}

void machine_receive(
	struct machine *machine, uint8_t byte, const struct wire_settings *from, uint64_t now_ns)
{
	uint8_t bytes[CHAOS_OUT_MAX];
	struct chaos_strike hit;

	machine_advance(machine, now_ns);
	if (machine->chaos.is_unplugged)
		return;
	machine->stats.to_board++;
	const size_t count = chaos_byte(&machine->chaos, CHAOS_TO_BOARD, byte, bytes, &hit);

	machine->stats.lost += count == 0;
	for (size_t i = 0; i < count; i++)
		hear(machine, bytes[i], from, now_ns);
	strike(machine, &hit, now_ns);
}

/* Stray bytes, as one who talks at the right rate would send them. */
static void make_noise(struct machine *machine, uint64_t now_ns)
{
	const struct wire_settings from = { machine->line.baud ? machine->line.baud : 115200,
		machine->line.frame };
	enum chaos_way way;
	uint8_t byte;

	while (chaos_noise(&machine->chaos, now_ns, &way, &byte)) {
		if (way == CHAOS_TO_HOST)
			machine_tx_send(machine, byte, &from, now_ns);
		else
			hear(machine, byte, &from, now_ns);
	}
}

void machine_advance(struct machine *machine, uint64_t now_ns)
{
	if (machine->after != ROM_STAYS && now_ns >= machine->after_ns)
		finish_reply(machine);
	if (machine->is_starting && now_ns >= machine->start_ns)
		finish_start(machine);
	advance_program(machine, now_ns);
	chaos_advance(&machine->chaos, now_ns);
	make_noise(machine, now_ns);
}

uint64_t machine_next_ns(const struct machine *machine)
{
	const uint64_t program = machine->ops->next_ns(machine->program);
	uint64_t next = chaos_next_ns(&machine->chaos);

	if (program < next)
		next = program;
	if (machine->tx_count && machine_tx_at(machine, 0)->end_ns < next)
		next = machine_tx_at(machine, 0)->end_ns;
	if (machine->after != ROM_STAYS && machine->after_ns < next)
		next = machine->after_ns;
	if (machine->is_starting && machine->start_ns < next)
		next = machine->start_ns;
	return next;
}

/* What became of the byte on its way is in extra. */
static void pass_to_host(struct machine *machine, uint8_t byte, uint64_t now_ns)
{
	struct chaos_strike hit;

	if (machine->chaos.is_unplugged)
		return;
	machine->stats.to_host++;
	machine->extra_count =
		chaos_byte(&machine->chaos, CHAOS_TO_HOST, byte, machine->extra, &hit);
	strike(machine, &hit, now_ns);
}

static uint8_t take_extra(struct machine *machine)
{
	const uint8_t byte = machine->extra[0];

	machine->extra_count--;
	memmove(machine->extra, machine->extra + 1, machine->extra_count);
	return byte;
}

bool machine_take(
	struct machine *machine, const struct wire_settings *host, uint64_t now_ns, uint8_t *byte)
{
	while (!machine->extra_count && machine->tx_count &&
		machine_tx_at(machine, 0)->end_ns <= now_ns) {
		const struct wire_settings line = machine_tx_at(machine, 0)->line;
		uint8_t sent = machine_tx_at(machine, 0)->byte;

		machine->tx_first = (machine->tx_first + 1) % machine->tx_cap;
		machine->tx_count--;
		/* A tty gives a byte with a wrong stop or parity bit as 0. */
		if (line_carry(&sent, &line, host) == LINE_PARITY)
			sent = 0;
		pass_to_host(machine, sent, now_ns);
	}
	if (!machine->extra_count)
		return false;
	*byte = take_extra(machine);
	return true;
}

bool machine_add_fault(
	struct machine *machine, const char *line, uint64_t now_ns, char *why, size_t why_len)
{
	if (!chaos_add(&machine->chaos, line, now_ns, why, why_len))
		return false;
	chaos_settle(&machine->chaos, &machine->memory.flash);
	return true;
}

void machine_clear_faults(struct machine *machine)
{
	chaos_clear(&machine->chaos);
	chaos_settle(&machine->chaos, &machine->memory.flash);
}

bool machine_runs_rom(const struct machine *machine)
{
	return machine->has_power && !machine->in_reset && machine->is_rom;
}

bool machine_pin(const struct machine *machine, char port, unsigned pin, struct program_pin *is)
{
	return machine->ops->pin(machine->program, port, pin, is);
}

uint64_t machine_cycles(const struct machine *machine)
{
	return machine->ops->cycles(machine->program);
}

bool machine_runs_application(const struct machine *machine)
{
	return machine->ops->is_running(machine->program);
}
