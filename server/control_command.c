/* SPDX-License-Identifier: MIT */
/* control_command.c - a program of the user's restarts the chip. */
#include "server/control_kind.h"

/*
 * The program knows when reset was released, not when the ROM listens: most do so within 5 ms
 * (docs/facts/an3155.md section 2.2), and a 7F that comes too early costs a whole try.
 */
enum { START_UP_MS = 6 };

enum err control_command_restart(void *ctx, enum control_into into, struct why *why)
{
	struct control_memory *m = ctx;
	char **argv =
		into == INTO_BOOTLOADER ? m->config->bootloader_argv : m->config->application_argv;

	if (!argv || !argv[0])
		return why_set(why, ERR_UNSUPPORTED, "no control command is given for this");
	const enum err e = command_run(argv, "control", m->config->timeout_ms, m->said, why);

	if (!e && into == INTO_BOOTLOADER)
		m->wire.ops->pause(m->wire.ctx, START_UP_MS);
	return e;
}

bool control_command_resets(const struct config_control *config)
{
	return config->application_argv && config->application_argv[0];
}
