/* SPDX-License-Identifier: MIT */
/* control.c - the ways of restarting a board, as a table. */
#include "server/control_kind.h"

#include <assert.h>

static const struct control_kind_row {
	enum err (*restart)(void *ctx, enum control_into into, struct why *why);
	bool (*resets)(const struct config_control *config);
	/* The rest may be NULL: nothing to be done. */
	enum err (*open)(struct control_memory *memory, struct why *why);
	void (*close)(struct control_memory *memory);
	void (*rest)(struct control_memory *memory);
} kinds[] = {
	[CONTROL_MANUAL] = { .restart = control_manual_restart, .resets = control_manual_resets },
	[CONTROL_LINES] = { .restart = control_lines_restart,
		.resets = control_lines_resets,
		.rest = control_lines_rest },
	[CONTROL_COMMAND] = { .restart = control_command_restart,
		.resets = control_command_resets },
	[CONTROL_GPIO] = { control_gpio_restart, control_gpio_resets, control_gpio_open,
		control_gpio_close, control_gpio_rest },
	[CONTROL_CONSOLE] = { .restart = control_console_restart,
		.resets = control_console_resets },
};
static_assert(sizeof(kinds) / sizeof(*kinds) == CONTROL_KIND_COUNT, "every kind has a row");

/* How long the ROM may take to answer: the slowest start of AN2606 and a second try (2.2). */
enum { WAIT_MS = 3500 };

struct control control_make(
	struct control_memory *memory, const struct config_control *config, struct wire wire)
{
	*memory = (struct control_memory){ .config = config, .wire = wire };
	return (struct control){
		.restart = kinds[config->kind].restart,
		.ctx = memory,
		.resets = kinds[config->kind].resets(config),
		.is_manual = config->kind == CONTROL_MANUAL,
		.by_firmware = config->kind == CONTROL_CONSOLE,
		.wait_ms = config->kind == CONTROL_MANUAL ? config->wait_s * 1000 : WAIT_MS,
	};
}

enum err control_open(struct control_memory *memory, struct why *why)
{
	const struct control_kind_row *kind = &kinds[memory->config->kind];

	return kind->open ? kind->open(memory, why) : ERR_OK;
}

void control_close(struct control_memory *memory)
{
	if (memory->config && kinds[memory->config->kind].close)
		kinds[memory->config->kind].close(memory);
}

void control_rest(struct control_memory *memory)
{
	if (kinds[memory->config->kind].rest)
		kinds[memory->config->kind].rest(memory);
}

static void idle_line(const struct config_line *line, struct port_options *options)
{
	const bool level = !line->active_set;

	if (!line->is_wired)
		return;
	if (line->line == WIRE_DTR) {
		options->sets_dtr = true;
		options->dtr = level;
	} else {
		options->sets_rts = true;
		options->rts = level;
	}
}

void control_idle(const struct config_control *config, struct port_options *options)
{
	options->sets_dtr = options->sets_rts = false;
	options->last_line = config->reset.line;
	if (config->kind != CONTROL_LINES)
		return;
	idle_line(&config->boot0, options);
	idle_line(&config->reset, options);
}
