/* SPDX-License-Identifier: MIT */
/* control_manual.c - a person moves BOOT0 and presses reset: the job tells them, we only wait. */
#include "server/control_kind.h"

enum err control_manual_restart(void *ctx, enum control_into into, struct why *why)
{
	(void)ctx;
	(void)into;
	(void)why;
	return ERR_OK;
}

bool control_manual_resets(const struct config_control *config)
{
	(void)config;
	return false;
}
