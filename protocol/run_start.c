/* SPDX-License-Identifier: MIT */
/* run_start.c - the firmware is started: by a reset, or by Go. */
#include "protocol/run_internal.h"

/* Worth so many tries: the content is good, and a ROM that has no Go will not learn it. */
enum { START_TRIES = 3 };

static enum err start_once(struct run *run, const struct step *step, struct why *why)
{
	const struct control *control = &run->boot->control;
	enum err e;

	if (run->plan->start == PLAN_START_GO)
		return boot_go(run->boot, step->addr, why);
	e = control->restart(control->ctx, INTO_APPLICATION, why);
	run->boot->is_connected = false;
	return e;
}

/* The content is good: whatever fails here is ERR_START, and what says how. */
enum err run_start(struct run *run, const struct step *step, struct why *why)
{
	struct why last = { 0 };
	enum err e;

	run->addr = step->addr;
	run->len = 0;
	e = start_once(run, step, &last);
	for (unsigned i = 1; e && i < START_TRIES && run->mend && mend_is_for(e); i++) {
		last.err = e;
		e = mend_session(run->mend, run->boot, &last, &last);
		if (e)
			break;
		last = (struct why){ 0 };
		e = start_once(run, step, &last);
	}
	if (e) {
		if (why)
			*why = last;
		return why_at(why, ERR_START, step->addr,
			last.what ? last.what : "it could not be started");
	}
	run->started = run->plan->start == PLAN_START_GO ? "go" : "reset";
	return ERR_OK;
}
