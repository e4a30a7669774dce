/* SPDX-License-Identifier: MIT */
/* control_lines.c - reset and BOOT0 on DTR and RTS, either role, either polarity (an3155.md 2.5).
 */
#include "server/control_kind.h"

static const struct config_line *line_of(const struct control_memory *m, enum control_pin pin)
{
	return pin == CONTROL_RESET ? &m->config->reset : &m->config->boot0;
}

static enum err drive(struct control_memory *m, enum control_pin pin, bool active, struct why *why)
{
	const struct config_line *line = line_of(m, pin);
	const enum err e = m->wire.ops->line(m->wire.ctx, line->line, active == line->active_set);

	if (e == ERR_UNSUPPORTED)
		return why_set(why, e, "this port has no DTR and RTS to drive");
	return e ? why_set(why, e, "DTR or RTS can't be driven") : ERR_OK;
}

enum err control_lines_restart(void *ctx, enum control_into into, struct why *why)
{
	struct control_memory *m = ctx;
	const struct control_pins pins = { m->config->reset.is_wired, m->config->boot0.is_wired,
		drive };

	return control_pins_restart(m, &pins, into, why);
}

static void rest_line(const struct control_memory *m, enum control_pin pin)
{
	const struct config_line *line = line_of(m, pin);

	/* A port that is gone has no levels to set. */
	if (line->is_wired)
		(void)m->wire.ops->line(m->wire.ctx, line->line, !line->active_set);
}

void control_lines_rest(struct control_memory *m)
{
	rest_line(m, CONTROL_BOOT0);
	rest_line(m, CONTROL_RESET);
}

bool control_lines_resets(const struct config_control *config)
{
	return config->reset.is_wired;
}
