/* SPDX-License-Identifier: MIT */
/* run_start.c - the firmware is started: by a reset, or by Go. */
#include "protocol/run_internal.h"

/* The content is good: whatever fails here is ERR_START, and what says how. */
enum err run_start(struct run *run, const struct step *step, struct why *why)
{
	const struct control *control = &run->boot->control;
	const bool by_reset = run->plan->start == PLAN_START_RESET;
	enum err e;

	run->addr = step->addr;
	run->len = 0;
	if (by_reset)
		e = control->restart(control->ctx, INTO_APPLICATION, why);
	else
		e = boot_go(run->boot, step->addr, why);
	if (by_reset)
		run->boot->is_connected = false;
	if (e)
		return why_at(why, ERR_START, step->addr,
			why && why->what ? why->what : "it could not be started");
	run->started = by_reset ? "reset" : "go";
	return ERR_OK;
}
