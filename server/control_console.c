/* SPDX-License-Identifier: MIT */
/*
 * control_console.c - the running firmware is asked to jump to the ROM by itself: nothing but the
 * console's two wires is needed. Back to the application it is the ROM's Go.
 */
#include "server/control_kind.h"

enum { SEND_MS = 1000 };

enum err control_console_restart(void *ctx, enum control_into into, struct why *why)
{
	const struct control_memory *m = ctx;
	const struct wire *wire = &m->wire;

	if (into == INTO_APPLICATION)
		return why_set(why, ERR_UNSUPPORTED, "no reset line is wired");
	const enum err e = wire->ops->send(wire->ctx, span_of(m->config->send), SEND_MS);

	if (e)
		return why_set(why, e, "the firmware could not be asked for its bootloader");
	wire->ops->pause(wire->ctx, m->config->wait_ms);
	return ERR_OK;
}

bool control_console_resets(const struct config_control *config)
{
	(void)config;
	return false;
}
