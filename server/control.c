/* SPDX-License-Identifier: MIT */
/* control.c - the ways of restarting a board, as a table. */
#include "server/control_kind.h"

#include <assert.h>

static const struct control_kind_row {
	enum err (*restart)(void *ctx, enum control_into into, struct why *why);
	bool (*resets)(const struct config_control *config);
} kinds[] = {
	[CONTROL_MANUAL] = { control_manual_restart, control_manual_resets },
	[CONTROL_LINES] = { control_lines_restart, control_lines_resets },
	[CONTROL_COMMAND] = { control_command_restart, control_command_resets },
};
static_assert(sizeof(kinds) / sizeof(*kinds) == CONTROL_KIND_COUNT, "every kind has a row");

/* How long the ROM may take to answer: the slowest start of AN2606 and a second try (2.2). */
enum { WAIT_MS = 3500 };

struct control control_make(
	struct control_memory *memory, const struct config_control *config, struct wire wire)
{
	memory->config = config;
	memory->wire = wire;
	memory->said[0] = '\0';
	return (struct control){
		.restart = kinds[config->kind].restart,
		.ctx = memory,
		.resets = kinds[config->kind].resets(config),
		.is_manual = config->kind == CONTROL_MANUAL,
		.wait_ms = config->kind == CONTROL_MANUAL ? config->wait_s * 1000 : WAIT_MS,
	};
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

static void rest_line(const struct config_line *line, struct wire wire)
{
	/* A port that is gone has no levels to set. */
	if (line->is_wired)
		(void)wire.ops->line(wire.ctx, line->line, !line->active_set);
}

void control_rest(const struct config_control *config, struct wire wire)
{
	if (config->kind != CONTROL_LINES)
		return;
	rest_line(&config->boot0, wire);
	rest_line(&config->reset, wire);
}
