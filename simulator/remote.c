/* SPDX-License-Identifier: MIT */
/* remote.c - the commands of the control socket. */
#include "simulator/remote.h"

#include "simulator/machine_tx.h"
#include "simulator/options.h"
#include "simulator/quirk.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REMOTE_WORDS = 8, SAY_LINE = 64, SAY_MAX = 20000 };

/* One request: its words, and the answer so far. */
struct request {
	struct remote *remote;
	const char *line;
	char *words[REMOTE_WORDS];
	size_t count;
	char *answer;
};

__attribute__((format(printf, 2, 3))) static void refuse(
	const struct request *r, const char *format, ...)
{
	va_list args;
	const int at = snprintf(r->answer, REMOTE_ANSWER_MAX, "error ");

	va_start(args, format);
	vsnprintf(r->answer + at, (size_t)(REMOTE_ANSWER_MAX - at), format, args);
	va_end(args);
}

static bool number_of(const struct request *r, size_t word, unsigned long max, unsigned long *value)
{
	const char *const text = r->words[word];
	char *end;

	*value = strtoul(text, &end, 0);
	if (*text >= '0' && *text <= '9' && !*end && *value <= max)
		return true;
	refuse(r, "not a number up to %lu: %s", max, text);
	return false;
}

/* "0" or "off", "1" or "on". */
static bool flag_of(const struct request *r, size_t word, bool *value)
{
	const char *const text = r->words[word];

	*value = !strcmp(text, "1") || !strcmp(text, "on");
	if (*value || !strcmp(text, "0") || !strcmp(text, "off"))
		return true;
	refuse(r, "neither on nor off: %s", text);
	return false;
}

static uint64_t now_ns(const struct request *r)
{
	return r->remote->hooks.now_ns(r->remote->hooks.ctx);
}

static void do_bootloader(const struct request *r)
{
	machine_set_boot0(r->remote->machine, true);
	machine_pulse_reset(r->remote->machine, now_ns(r));
}

static void do_application(const struct request *r)
{
	machine_set_boot0(r->remote->machine, false);
	machine_pulse_reset(r->remote->machine, now_ns(r));
}

static void do_reset(const struct request *r)
{
	machine_pulse_reset(r->remote->machine, now_ns(r));
}

static void do_boot0(const struct request *r)
{
	bool high;

	if (flag_of(r, 1, &high))
		machine_set_boot0(r->remote->machine, high);
}

/* Held low, as a host's pin or a finger does, until it is let go. */
static void do_nrst(const struct request *r)
{
	bool high;

	if (flag_of(r, 1, &high))
		machine_set_reset(r->remote->machine, !high, now_ns(r));
}

static void do_power(const struct request *r)
{
	bool on;

	if (flag_of(r, 1, &on))
		machine_set_power(r->remote->machine, on, now_ns(r));
}

static void plug(const struct request *r, bool in)
{
	const char *const why = r->remote->hooks.plug(r->remote->hooks.ctx, in);

	if (why)
		refuse(r, "%s", why);
	else
		r->remote->is_plugged = in;
}

static void do_unplug(const struct request *r)
{
	plug(r, false);
}

static void do_replug(const struct request *r)
{
	plug(r, true);
}

/*
 * Numbered lines, as fast as a UART sends them, whatever runs: a test knows each byte of them. What
 * no host listens to is lost, as it is of any board.
 */
static void do_say(const struct request *r)
{
	static const struct wire_settings line = { 115200, WIRE_8N1 };
	unsigned long lines;
	char text[2 * SAY_LINE];

	if (!number_of(r, 1, SAY_MAX, &lines))
		return;
	for (unsigned long n = 0; n < lines; n++) {
		snprintf(text, sizeof(text), "%08lu %0*d\r\n", n, SAY_LINE - 11, 0);
		for (const char *at = text; *at; at++)
			machine_tx_send(r->remote->machine, (uint8_t)*at, &line, now_ns(r));
	}
}

static void do_dump(const struct request *r)
{
	const char *const why = r->remote->hooks.dump(r->remote->hooks.ctx, r->words[1]);

	if (why)
		refuse(r, "%s", why);
}

static void set_line(const struct request *r, enum wire_line line)
{
	bool set;

	if (flag_of(r, 1, &set))
		wiring_set_line(&r->remote->wiring, r->remote->machine, line, set, now_ns(r));
}

static void do_dtr(const struct request *r)
{
	set_line(r, WIRE_DTR);
}

static void do_rts(const struct request *r)
{
	set_line(r, WIRE_RTS);
}

/* Both at one time, as TIOCMSET does. */
static void do_lines(const struct request *r)
{
	bool dtr, rts;

	if (flag_of(r, 1, &dtr) && flag_of(r, 2, &rts))
		wiring_set(&r->remote->wiring, r->remote->machine, dtr, rts, now_ns(r));
}

static void do_parity(const struct request *r)
{
	static const struct {
		const char *name;
		enum wire_frame frame;
	} frames[] = { { "8n1", WIRE_8N1 }, { "8e1", WIRE_8E1 }, { "8o1", WIRE_8O1 },
		{ "8n2", WIRE_8N2 }, { "none", LINE_ANY_FRAME } };

	for (size_t i = 0; i < sizeof(frames) / sizeof(*frames); i++) {
		if (!strcmp(r->words[1], frames[i].name)) {
			r->remote->host_frame = frames[i].frame;
			return;
		}
	}
	refuse(r, "no such frame: %s", r->words[1]);
}

static void do_protect(const struct request *r)
{
	bool on;

	if (!flag_of(r, 1, &on))
		return;
	options_protect_readout(&r->remote->machine->memory, on);
	options_load(&r->remote->machine->memory, true);
}

static void do_write_protect(const struct request *r)
{
	struct memory *memory = &r->remote->machine->memory;
	unsigned long sector;
	bool on;

	if (number_of(r, 1, part_sector_count(memory->part) - 1, &sector) && flag_of(r, 2, &on))
		options_set_unit(memory, (uint32_t)sector / memory->part->protect_sectors, on);
}

static void do_quirk(const struct request *r)
{
	const unsigned bit = quirk_find(r->words[1]);
	unsigned *const set = &r->remote->machine->rom.quirks;
	bool on;

	if (!bit)
		refuse(r, "no such quirk: %s", r->words[1]);
	else if (flag_of(r, 2, &on))
		*set = on ? *set | bit : *set & ~bit;
}

static void do_miswire(const struct request *r)
{
	const unsigned bit = miswire_find(r->words[1]);
	unsigned *const set = &r->remote->machine->miswires;
	bool on;

	if (!bit)
		refuse(r, "no such thing: %s", r->words[1]);
	else if (flag_of(r, 2, &on))
		*set = on ? *set | bit : *set & ~bit;
}

static void do_adapter_latency(const struct request *r)
{
	unsigned long ms;

	if (number_of(r, 1, ADAPTER_MAX_LATENCY_MS, &ms))
		r->remote->adapter->latency_ns = ms * 1000000ull;
}

/* What follows the first word, as it was sent. */
static const char *rest_of(const struct request *r)
{
	const char *at = r->line + strspn(r->line, " \t");

	at += strcspn(at, " \t");
	return at + strspn(at, " \t");
}

/* fault clear, or a line of chaos.h. */
static void do_fault(const struct request *r)
{
	char why[REMOTE_ANSWER_MAX / 2];

	if (!strcmp(r->words[1], "clear"))
		machine_clear_faults(r->remote->machine);
	else if (!machine_add_fault(r->remote->machine, rest_of(r), now_ns(r), why, sizeof(why)))
		refuse(r, "%s", why);
}

static void do_faults(const struct request *r)
{
	const struct chaos *chaos = &r->remote->machine->chaos;
	int at = snprintf(r->answer, REMOTE_ANSWER_MAX, "ok");

	for (size_t i = 0; i < chaos->count && at < REMOTE_ANSWER_MAX; i++) {
		char line[CHAOS_LINE_MAX];

		chaos_print(&chaos->faults[i], line, sizeof(line));
		at += snprintf(r->answer + at, (size_t)(REMOTE_ANSWER_MAX - at), "%s %s (hit %u)",
			i ? ";" : "", line, chaos->faults[i].hits);
	}
}

/* "PA5" */
static void do_pin(const struct request *r)
{
	const char *const name = r->words[1];
	struct program_pin is;
	char *end = NULL;
	const unsigned long number =
		name[0] == 'P' && name[1] && name[2] ? strtoul(name + 2, &end, 10) : 0;

	if (!end || *end || number > 15 ||
		!machine_pin(r->remote->machine, name[1], (unsigned)number, &is))
		refuse(r, "no such pin: %s", name);
	else
		snprintf(r->answer, REMOTE_ANSWER_MAX, "ok %s %s %s changes=%" PRIu32, name,
			is.is_output ? "output" : "input", is.is_high ? "high" : "low", is.changes);
}

/* A port's outputs, from pin 15 down: 0 and 1, and - for what is no output. */
static void do_gpio(const struct request *r)
{
	const char *const name = r->words[1];
	struct program_pin is;
	char levels[17] = "";

	for (unsigned pin = 0; pin < 16; pin++) {
		if (name[1] || !machine_pin(r->remote->machine, name[0], pin, &is)) {
			refuse(r, "no such port: %s", name);
			return;
		}
		levels[15 - pin] = (char)(!is.is_output ? '-' : is.is_high ? '1' : '0');
	}
	snprintf(r->answer, REMOTE_ANSWER_MAX, "ok %s %s", name, levels);
}

static const char *running(const struct machine *machine)
{
	if (machine_runs_rom(machine))
		return "rom";
	return machine_runs_application(machine) ? "application" : "nothing";
}

static void do_stats(const struct request *r)
{
	const struct machine *machine = r->remote->machine;

	snprintf(r->answer, REMOTE_ANSWER_MAX,
		"ok part=%s runs=%s plugged=%d protected=%d resets=%u erases=%u writes=%u "
		"to_host=%" PRIu64 " to_board=%" PRIu64 " lost=%" PRIu64 " cycles=%" PRIu64
		" frame=%s dtr=%d rts=%d",
		machine->memory.part->name, running(machine), r->remote->is_plugged,
		machine->memory.flash.is_readout_protected, machine->stats.resets,
		machine->rom.erases, machine->rom.writes, machine->stats.to_host,
		machine->stats.to_board, machine->stats.lost, machine_cycles(machine),
		r->remote->host_frame == LINE_ANY_FRAME ? "none"
							: wire_frame_name(r->remote->host_frame),
		r->remote->wiring.is_set[WIRE_DTR], r->remote->wiring.is_set[WIRE_RTS]);
}

static const struct command {
	const char *name;
	size_t min, max; /* words, with the name */
	void (*run)(const struct request *request);
	const char *usage;
} commands[] = {
	{ "bootloader", 1, 1, do_bootloader, "" },
	{ "application", 1, 1, do_application, "" },
	{ "reset", 1, 1, do_reset, "" },
	{ "boot0", 2, 2, do_boot0, " 0|1" },
	{ "nrst", 2, 2, do_nrst, " 0|1" },
	{ "power", 2, 2, do_power, " on|off" },
	{ "unplug", 1, 1, do_unplug, "" },
	{ "replug", 1, 1, do_replug, "" },
	{ "say", 2, 2, do_say, " LINES" },
	{ "dump", 2, 2, do_dump, " FILE" },
	{ "dtr", 2, 2, do_dtr, " 0|1" },
	{ "rts", 2, 2, do_rts, " 0|1" },
	{ "lines", 3, 3, do_lines, " DTR RTS" },
	{ "parity", 2, 2, do_parity, " 8e1|8n1|8o1|8n2|none" },
	{ "protect", 2, 2, do_protect, " on|off" },
	{ "write-protect", 3, 3, do_write_protect, " SECTOR on|off" },
	{ "quirk", 3, 3, do_quirk, " NAME on|off" },
	{ "miswire", 3, 3, do_miswire, " NAME on|off" },
	{ "adapter-latency", 2, 2, do_adapter_latency, " MS" },
	{ "fault", 2, REMOTE_WORDS, do_fault, " clear|LINE" },
	{ "faults", 1, 1, do_faults, "" },
	{ "pin", 2, 2, do_pin, " NAME, as PA5" },
	{ "gpio", 2, 2, do_gpio, " PORT, as A" },
	{ "stats", 1, 1, do_stats, "" },
};

static void dispatch(const struct request *r)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		const struct command *command = &commands[i];

		if (strcmp(r->words[0], command->name))
			continue;
		if (r->count < command->min || r->count > command->max)
			refuse(r, "usage: %s%s", command->name, command->usage);
		else
			command->run(r);
		return;
	}
	refuse(r, "no such command: %s", r->words[0]);
}

/* An answer is one line: what was quoted into it may hold anything. */
static void end_line(char answer[REMOTE_ANSWER_MAX])
{
	const size_t len = strnlen(answer, REMOTE_ANSWER_MAX - 2);

	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)answer[i] < 0x20 || answer[i] == 0x7F)
			answer[i] = '?';
	}
	answer[len] = '\n';
	answer[len + 1] = '\0';
}

void remote_do(struct remote *remote, const char *line, char answer[REMOTE_ANSWER_MAX])
{
	struct request r = { .remote = remote, .line = line, .answer = answer };
	char copy[REMOTE_LINE_MAX];
	char *rest = NULL;
	const int len = snprintf(copy, sizeof(copy), "%s", line);

	snprintf(answer, REMOTE_ANSWER_MAX, "ok");
	if (len < 0 || (size_t)len >= sizeof(copy)) {
		refuse(&r, "the line is too long");
	} else {
		char *word = strtok_r(copy, " \t\r", &rest);

		for (; word && r.count < REMOTE_WORDS; word = strtok_r(NULL, " \t\r", &rest))
			r.words[r.count++] = word;
		if (word)
			refuse(&r, "too many words");
		else if (!r.count)
			refuse(&r, "no command");
		else
			dispatch(&r);
	}
	end_line(answer);
}
