/* SPDX-License-Identifier: MIT */
/* control_lines.c - reset and BOOT0 on DTR and RTS, either role, either polarity (an3155.md 2.5).
 */
#include "server/control_kind.h"

static enum err drive(const struct control_memory *m, const struct config_line *line, bool active,
	struct why *why)
{
	if (!line->is_wired)
		return ERR_OK;
	enum err e = m->wire.ops->line(m->wire.ctx, line->line, active == line->active_set);

	if (e == ERR_UNSUPPORTED)
		return why_set(why, e, "this port has no DTR and RTS to drive");
	return e ? why_set(why, e, "DTR or RTS can't be driven") : ERR_OK;
}

/*
 * Reset is held before BOOT0 moves, so that the running program never sees it, and BOOT0 is there
 * when reset is released, which is when the chip looks at it.
 */
enum err control_lines_restart(void *ctx, enum control_into into, struct why *why)
{
	const struct control_memory *m = ctx;
	const struct config_control *config = m->config;
	const bool boot0 = into == INTO_BOOTLOADER;

	if (!config->reset.is_wired)
		return why_set(why, ERR_UNSUPPORTED, "no reset line is wired");
	if (boot0 && !config->boot0.is_wired)
		return why_set(why, ERR_UNSUPPORTED, "no BOOT0 line is wired");
	enum err e = drive(m, &config->reset, true, why);

	if (!e)
		e = drive(m, &config->boot0, boot0, why);
	if (!e)
		m->wire.ops->pause(m->wire.ctx, config->pulse_ms);
	if (!e)
		e = drive(m, &config->reset, false, why);
	if (!e)
		m->wire.ops->pause(m->wire.ctx, config->settle_ms);
	return e;
}

bool control_lines_resets(const struct config_control *config)
{
	return config->reset.is_wired;
}
