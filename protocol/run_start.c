/* SPDX-License-Identifier: MIT */
/*
 * run_start.c - the firmware is started: BOOT0 released and a reset, where that is wired; else Go.
 * A part whose emptiness was latched lands in the ROM again at each reset until its power was off
 * (docs/facts/an3155.md section 2.3, Q23), and nothing tells whether it was: such parts get a Go.
 * Where the supply can be switched it is. A ROM whose Go is dead (Q3) is reset. Where a reset did
 * not bring the ROM out of its session it does nothing for the application either: that is a Go.
 */
#include "protocol/run_internal.h"

/* Blank when we connected, and the ROM's idea of that ends with its power. */
static bool needs_power(const struct run *run)
{
	return run->plan->start == PLAN_START_RESET && run->boot->device.was_blank &&
		run->boot->device.quirks & QUIRK_EMPTY_LATCH && run->boot->control.power_cycle;
}

/* It was reset to be entered, and went on where it was. */
static bool resets_in_vain(const struct run *run)
{
	const struct boot *boot = run->boot;

	return boot->was_resumed && boot->control.resets && !boot->options.resume_only &&
		device_has(&boot->device, COMMAND_GO) && !(boot->device.quirks & QUIRK_DEAD_GO);
}

enum plan_start run_start_kind(const struct run *run)
{
	const struct device *device = &run->boot->device;

	if (needs_power(run))
		return PLAN_START_RESET;
	if (run->plan->start == PLAN_START_RESET &&
		(device->quirks & QUIRK_EMPTY_LATCH || resets_in_vain(run)))
		return PLAN_START_GO;
	if (run->plan->start == PLAN_START_GO && device->quirks & QUIRK_DEAD_GO &&
		run->boot->control.resets)
		return PLAN_START_RESET;
	return run->plan->start;
}

const char *run_start_note(const struct run *run)
{
	const struct boot *boot = run->boot;

	if (boot->go_is_unconfirmed)
		return "The ROM did not confirm Go and answers no more: it has jumped, as far as "
		       "can be told.";
	if (run_start_kind(run) == run->plan->start)
		return NULL;
	if (run->plan->start == PLAN_START_GO)
		return "This ROM's Go starts nothing: the board was reset.";
	if (boot->device.quirks & QUIRK_EMPTY_LATCH)
		return boot->device.was_blank
			? "The part was blank, and boots its ROM at each reset until its power was "
			  "off once: the firmware was started by Go."
			: NULL;
	return "The ROM went on where it was when the board was reset, so a reset does nothing: "
	       "the firmware was started by Go. Is the reset line wired?";
}

/* Worth so many tries: the content is good, and a ROM that has no Go will not learn it. */
enum { START_TRIES = 3 };

static enum err start_once(struct run *run, const struct step *step, struct why *why)
{
	const struct control *control = &run->boot->control;
	enum err e;

	if (run_start_kind(run) == PLAN_START_GO)
		return boot_go(run->boot, step->addr, why);
	e = control->restart(control->ctx, INTO_APPLICATION, why);
	if (!e && needs_power(run))
		e = control->power_cycle(control->ctx, why);
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
	if (run_start_kind(run) == PLAN_START_GO)
		run->started = "go";
	else
		run->started = needs_power(run) ? "power" : "reset";
	return ERR_OK;
}
