/* SPDX-License-Identifier: MIT */
/* config_board.c - what the configuration file says of a board. */
#include "server/config_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT(type, field) offsetof(struct type, field)

static void read_frame(
	struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	const char *text = json_string(node);

	(void)member;
	if (!text || !wire_frame_parse(text, slot))
		reading_error(r, "must be one of \"8N1\", \"8E1\", \"8O1\", \"8N2\"");
}

static void read_auto_baud(
	struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	const char *text = json_string(node);
	int64_t baud;

	if (text && !strcmp(text, "auto"))
		*(uint32_t *)slot = 0;
	else if (json_integer(node, member->min, member->max, &baud))
		*(uint32_t *)slot = (uint32_t)baud;
	else
		reading_error(r, "must be \"auto\" or a whole number from %lld to %lld",
			(long long)member->min, (long long)member->max);
}

static void read_writers(
	struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	const char *text = json_string(node);

	(void)member;
	if (text && (!strcmp(text, "one") || !strcmp(text, "any")))
		*(bool *)slot = !strcmp(text, "any");
	else
		reading_error(r, "must be \"one\" or \"any\"");
}

static void read_console(
	struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	static const struct member members[] = {
		{ "baud", read_number, AT(config_board, console.baud), 50, 4000000, false },
		{ "frame", read_frame, AT(config_board, console.frame), 0, 0, false },
		{ "log", read_flag, AT(config_board, console_log), 0, 0, false },
		{ "log_bytes", read_number, AT(config_board, console_log_bytes), 1 * MIB,
			2048ll * MIB, false },
		{ "writers", read_writers, AT(config_board, console_any_writer), 0, 0, false },
	};

	(void)member;
	read_object(r, node, MEMBERS(members), slot);
}

static void read_bootloader(
	struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	static const struct member members[] = {
		{ "baud", read_auto_baud, AT(config_board, bootloader.baud), 1200, 2000000, false },
		{ "frame", read_frame, AT(config_board, bootloader.frame), 0, 0, false },
		{ "burst", read_flag, AT(config_board, burst), 0, 0, false },
	};

	(void)member;
	read_object(r, node, MEMBERS(members), slot);
}

static void read_recovery(
	struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	static const struct member members[] = {
		{ "reattach_s", read_number, AT(config_board, reattach_s), 0, 3600, false },
	};

	(void)member;
	read_object(r, node, MEMBERS(members), slot);
}

static void read_id(
	struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	const char *text = good_text(r, node, CONFIG_PATH_TEXT);
	const char *what = text ? config_check_id(text) : NULL;

	(void)member;
	if (what)
		reading_error(r, "%s", what);
	else if (text)
		snprintf(slot, BOARD_ID_TEXT, "%s", text);
}

static void read_port(
	struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	const char *text = good_text(r, node, (size_t)member->max);
	const char *what = text ? config_check_port(text) : NULL;

	if (what)
		reading_error(r, "%s", what);
	else if (text)
		set_text(r, slot, text, false);
}

static void read_tag(
	struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	const char *text = good_text(r, node, (size_t)member->max);

	if (text)
		push_text(r, slot, text, false);
}

static void read_tags(
	struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	static const struct member tag = { .read = read_tag, .max = 32 };

	(void)member;
	read_elements(r, node, &tag, slot);
}

static void read_unique_id(
	struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	const char *text = json_string(node);

	(void)member;
	if (json_type(node) == JSON_NULL)
		return;
	if (text && strlen(text) == 24 && strspn(text, "0123456789abcdefABCDEF") == 24)
		set_text(r, slot, text, true);
	else
		reading_error(r, "must be null or 24 hexadecimal digits");
}

static const struct member board_members[] = {
	{ "id", read_id, AT(config_board, id), 0, 0, true },
	{ "label", read_text, AT(config_board, label), 0, 100, false },
	{ "tags", read_tags, AT(config_board, tags), 0, 0, false },
	{ "port", read_port, AT(config_board, port), 0, 4095, true },
	{ "console", read_console, 0, 0, 0, false },
	{ "bootloader", read_bootloader, 0, 0, 0, false },
	{ "recovery", read_recovery, 0, 0, 0, false },
	{ "supply_mv", read_number, AT(config_board, supply_mv), 1650, 3600, false },
	{ "control", read_control, AT(config_board, control), 0, 0, false },
	{ "power", read_power, AT(config_board, power), 0, 0, false },
	{ "expect_unique_id", read_unique_id, AT(config_board, expect_unique_id), 0, 0, false },
};

struct config_board *config_board_read(
	const char *id, const struct json *settings, struct buf *errors, struct json *list)
{
	struct reading r = { .name = "settings", .errors = errors, .list = list };
	const size_t errors_before = errors->len;
	struct config config;
	struct config_board *board = config_init(&config) ? config_new_board(&config) : NULL;
	struct config_board *copy = NULL;

	if (board) {
		snprintf(board->id, sizeof(board->id), "%.*s", BOARD_ID_TEXT - 1, id);
		/* without the first row: the id is not the body's */
		read_object(&r, settings, board_members + 1,
			sizeof(board_members) / sizeof(*board_members) - 1, board);
		if (!board->label)
			set_text(&r, &board->label, id, false);
		board->by_api = true;
	}
	if (board && errors->len == errors_before)
		copy = config_board_copy(board);
	if (!copy && errors->len == errors_before)
		config_error(errors, "", "out of memory");
	config_release(&config);
	return copy;
}

void read_board(struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	struct config_board *board = config_new_board(slot);

	(void)member;
	if (!board) {
		reading_error(r, "out of memory");
		return;
	}
	read_object(r, node, MEMBERS(board_members), board);
	if (!board->label)
		set_text(r, &board->label, board->id, false);
}
