/* SPDX-License-Identifier: MIT */
/* control_pins.c - the order in which reset and BOOT0 move, whatever moves them (an3155.md 2.5). */
#include "server/control_kind.h"

/*
 * Reset is held before BOOT0 moves, so that the running program never sees it, and BOOT0 is there
 * when reset is released, which is when the chip looks at it.
 */
enum err control_pins_restart(struct control_memory *m, const struct control_pins *pins,
	enum control_into into, struct why *why)
{
	const struct config_control *config = m->config;
	const bool boot0 = into == INTO_BOOTLOADER;

	if (!pins->has_reset)
		return why_set(why, ERR_UNSUPPORTED, "no reset line is wired");
	if (boot0 && !pins->has_boot0)
		return why_set(why, ERR_UNSUPPORTED, "no BOOT0 line is wired");
	enum err e = pins->drive(m, CONTROL_RESET, true, why);

	if (!e && pins->has_boot0)
		e = pins->drive(m, CONTROL_BOOT0, boot0, why);
	if (!e)
		m->wire.ops->pause(m->wire.ctx, config->pulse_ms);
	if (!e)
		e = pins->drive(m, CONTROL_RESET, false, why);
	if (!e)
		m->wire.ops->pause(m->wire.ctx, config->settle_ms);
	return e;
}
