/* SPDX-License-Identifier: MIT */
/* config_control.c - what the configuration file says of how a board is restarted. */
#include "server/config_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KINDS "manual, lines, gpio, console, command"

enum { PIN_MAX = 65535 };

#define AT(type, field) offsetof(struct type, field)

static void read_line(
	struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	static const struct {
		const char *text;
		struct config_line line;
	} rows[] = {
		{ "dtr", { true, WIRE_DTR, true } },
		{ "!dtr", { true, WIRE_DTR, false } },
		{ "rts", { true, WIRE_RTS, true } },
		{ "!rts", { true, WIRE_RTS, false } },
	};
	const char *text = json_string(node);

	(void)member;
	for (size_t i = 0; text && i < sizeof(rows) / sizeof(*rows); i++) {
		if (!strcmp(rows[i].text, text)) {
			*(struct config_line *)slot = rows[i].line;
			return;
		}
	}
	reading_error(r, "must be \"dtr\", \"!dtr\", \"rts\" or \"!rts\"");
}

static void read_word(
	struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	const char *text = json_string(node);

	(void)member;
	if (text)
		push_text(r, slot, text, false);
	else
		reading_error(r, "must be a string");
}

static void read_argv(
	struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	static const struct member word = { .read = read_word };
	char ***argv = slot;

	(void)member;
	*argv = calloc(1, sizeof(**argv));
	if (!*argv) {
		reading_error(r, "out of memory");
		return;
	}
	read_elements(r, node, &word, argv);
	const char *program = json_string(json_first(node));

	if (json_type(node) == JSON_ARRAY && (!json_first(node) || (program && !*program)))
		reading_error(r, "must name a program");
}

/* 27, or "!27": a transistor inverts it. */
static void read_pin(
	struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	struct config_pin *pin = slot;
	const char *text = json_string(node);
	int64_t number = -1;
	char *end = NULL;
	bool is_good;

	(void)member;
	if (text && text[0] == '!' && text[1] >= '0' && text[1] <= '9') {
		number = strtoll(text + 1, &end, 10);
		is_good = !*end && number <= PIN_MAX;
	} else {
		is_good = json_integer(node, 0, PIN_MAX, &number);
	}
	if (!is_good) {
		reading_error(r,
			"must be a line of the chip such as 27, or \"!27\" where a "
			"transistor inverts it");
		return;
	}
	*pin = (struct config_pin){ true, text != NULL, (uint32_t)number };
}

static void read_chip(
	struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	const char *text = good_text(r, node, (size_t)member->max);

	if (text && *text != '/')
		reading_error(r, "a chip is an absolute path, such as /dev/gpiochip0");
	else if (text)
		set_text(r, slot, text, false);
}

/* Its line ends are meant: control characters are fine here. */
static void read_send(
	struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	const char *text = json_string(node);

	if (text && *text && strlen(text) <= (size_t)member->max)
		set_text(r, slot, text, false);
	else
		reading_error(r, "must be a string of 1 to %d bytes", (int)member->max);
}

/* read_control() has looked at it: it chooses the table. */
static void read_nothing(
	struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	(void)r;
	(void)node;
	(void)member;
	(void)slot;
}

static const struct member manual_members[] = {
	{ "kind", read_nothing, 0, 0, 0, true },
	{ "wait_s", read_number, AT(config_control, wait_s), 1, 3600, false },
};
static const struct member lines_members[] = {
	{ "kind", read_nothing, 0, 0, 0, true },
	{ "reset", read_line, AT(config_control, reset), 0, 0, false },
	{ "boot0", read_line, AT(config_control, boot0), 0, 0, false },
	{ "pulse_ms", read_number, AT(config_control, pulse_ms), 1, 10000, false },
	{ "settle_ms", read_number, AT(config_control, settle_ms), 0, 10000, false },
};
static const struct member command_members[] = {
	{ "kind", read_nothing, 0, 0, 0, true },
	{ "bootloader", read_argv, AT(config_control, bootloader_argv), 0, 0, true },
	{ "application", read_argv, AT(config_control, application_argv), 0, 0, true },
	{ "timeout_ms", read_number, AT(config_control, timeout_ms), 1, 600000, false },
};
static const struct member gpio_members[] = {
	{ "kind", read_nothing, 0, 0, 0, true },
	{ "chip", read_chip, AT(config_control, chip), 0, 4095, true },
	{ "reset", read_pin, AT(config_control, reset_pin), 0, 0, true },
	{ "boot0", read_pin, AT(config_control, boot0_pin), 0, 0, false },
	{ "pulse_ms", read_number, AT(config_control, pulse_ms), 1, 10000, false },
	{ "settle_ms", read_number, AT(config_control, settle_ms), 0, 10000, false },
};
static const struct member console_members[] = {
	{ "kind", read_nothing, 0, 0, 0, true },
	{ "send", read_send, AT(config_control, send), 0, 256, true },
	{ "wait_ms", read_number, AT(config_control, wait_ms), 0, 10000, false },
};
static const struct {
	const struct member *members;
	size_t count;
} control_tables[CONTROL_KIND_COUNT] = {
	[CONTROL_MANUAL] = { MEMBERS(manual_members) },
	[CONTROL_LINES] = { MEMBERS(lines_members) },
	[CONTROL_COMMAND] = { MEMBERS(command_members) },
	[CONTROL_GPIO] = { MEMBERS(gpio_members) },
	[CONTROL_CONSOLE] = { MEMBERS(console_members) },
};

/* false: told. */
static bool read_kind(struct reading *r, const struct json *node, enum control_kind *kind)
{
	const char *text = json_string(json_get(node, "kind"));

	for (int i = 0; text && i < CONTROL_KIND_COUNT; i++) {
		if (!strcmp(control_kind_name((enum control_kind)i), text)) {
			*kind = (enum control_kind)i;
			return true;
		}
	}
	size_t was = reading_enter(r, "kind", 0);

	if (text)
		reading_error(r, "\"%s\" is no kind of control; one of " KINDS, text);
	else
		reading_error(r, "must be one of " KINDS);
	reading_leave(r, was);
	return false;
}

static void check_lines(struct reading *r, const struct json *node, const struct config_control *c)
{
	if (!json_get(node, "reset") && !json_get(node, "boot0"))
		reading_error(r, "needs \"reset\" or \"boot0\"; without either it is \"manual\"");
	if (c->reset.is_wired && c->boot0.is_wired && c->reset.line == c->boot0.line)
		reading_error(r, "reset and boot0 cannot be on the same line");
}

void read_control(
	struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	struct config_control *control = slot;

	(void)member;
	if (json_type(node) != JSON_OBJECT) {
		reading_error(r, "must be an object");
		return;
	}
	if (!read_kind(r, node, &control->kind))
		return;
	read_object(r, node, control_tables[control->kind].members,
		control_tables[control->kind].count, control);
	if (control->kind == CONTROL_LINES)
		check_lines(r, node, control);
	if (control->kind == CONTROL_GPIO && control->reset_pin.is_wired &&
		control->boot0_pin.is_wired &&
		control->reset_pin.offset == control->boot0_pin.offset)
		reading_error(r, "reset and boot0 cannot be on the same line");
}

void read_power(struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	static const struct member members[] = {
		{ "off", read_argv, AT(config_power, off_argv), 0, 0, true },
		{ "on", read_argv, AT(config_power, on_argv), 0, 0, true },
		{ "timeout_ms", read_number, AT(config_power, timeout_ms), 1, 600000, false },
		{ "off_ms", read_number, AT(config_power, off_ms), 1, 60000, false },
	};

	(void)member;
	read_object(r, node, MEMBERS(members), slot);
}
