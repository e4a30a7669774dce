/* SPDX-License-Identifier: MIT */
/* board_json.c - a board as the contract shows it (docs: api, Shapes). */
#include "server/board_state.h"

#include <assert.h>
#include <string.h>

static const char *const names[] = {
	[BOARD_ABSENT] = "absent",
	[BOARD_IDLE] = "idle",
	[BOARD_BUSY] = "busy",
	[BOARD_BOOTLOADER] = "bootloader",
};
static_assert(sizeof(names) / sizeof(*names) == BOARD_STATE_COUNT, "every state has a name");

const char *board_state_name(enum board_state state)
{
	assert(state < BOARD_STATE_COUNT);
	return names[state];
}

static struct json *tags_json(const struct config_board *config)
{
	struct json *tags = json_array();

	for (char **tag = config->tags; *tag; tag++)
		json_push_string(tags, *tag);
	return tags;
}

/* NULL: nothing switches it. */
static const char *power_name(struct board *board)
{
	static const char *const words[] = {
		[POWER_IS_UNKNOWN] = "unknown", [POWER_IS_ON] = "on", [POWER_IS_OFF] = "off"
	};

	return board_has_power(board) ? words[board->power] : NULL;
}

struct json *board_json(struct board *board)
{
	struct config_board *config = board_settings(board);
	struct json *json = json_object();

	pthread_mutex_lock(&board->lock);
	const enum board_state state = board->state;
	const int64_t since = board->since;
	char cause[CAUSE_TEXT];

	memcpy(cause, board->cause, sizeof(cause));
	struct job *job = board->current ? job_ref(board->current) : NULL;

	pthread_mutex_unlock(&board->lock);
	json_add_string(json, "id", config->id);
	json_add_string(json, "label", config->label);
	json_add(json, "tags", tags_json(config));
	json_add_string(json, "configured", config->by_api ? "api" : "file");
	json_add_string(json, "state", board_state_name(state));
	json_add_time(json, "since", since);
	json_add_string(json, "port", config->port);
	json_add_string(json, "control", control_kind_name(config->control.kind));
	json_add_string(json, "power", power_name(board));
	json_add_string(json, "cause", state == BOARD_ABSENT ? cause : NULL);
	json_add_string(json, "job", job ? job_id(job) : NULL);
	json_add_null(json, "lease");
	known_add_json(board->known, json);
	json_add(json, "console", board_console_json(board));
	job_unref(job);
	config_board_unref(config);
	return json;
}

struct json *board_device_json(struct board *board, bool *never)
{
	return known_device_json(board->known, never);
}

struct json *board_options_json(struct board *board, struct problem *why_not)
{
	struct option_record record;
	struct device device;
	const bool has_device = known_device(board->known, &device);
	struct json *json;

	why_not->board = board->id;
	if (!known_options(board->known, &record)) {
		const bool has_none = has_device && device.chip &&
			(!device.chip->option_bytes || device.chip->traits & CHIP_OPTION_REGISTERS);

		problem_set(why_not, "never_read",
			has_none ? "The part of the board \"%s\" has no option bytes in memory: "
				   "they are registers, which its bootloader does not read."
				 : "The option bytes of the board \"%s\" have not been read yet. "
				   "POST to this address reads them.",
			board->id);
		return NULL;
	}
	json = option_shape_json(&device, &record);
	json_add_bool(json, "readout_protected", device.readout_protected);
	return json;
}
