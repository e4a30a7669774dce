/* SPDX-License-Identifier: MIT */
/* job_hear.c - what the application says while a job has the port is the console's, and a sign. */
#include "server/job_step.h"

#include "server/clock.h"

#define FIRST_WORD_MS 250u /* most firmware that speaks at all has done so by then */
#define HEAR_SLICE_MS 250u /* between two looks at who wants to cancel */
#define MIN_WORDS 4u       /* bytes that are no glitch of a line that somebody touches */

#define NOT_HEARD                                                                                  \
	"Nothing was heard of the board yet: it is taken to be in its bootloader until it speaks."

bool work_hears_console(struct work *w)
{
	const struct wire *wire = &w->scene->wire;
	uint8_t byte;
	size_t got = 0;

	(void)wire->ops->recv(wire->ctx, &byte, 1, FIRST_WORD_MS, &got);
	console_write(w->scene->console, (struct span){ &byte, got }, clock_wall_ms());
	return got > 0;
}

enum err work_hear(struct work *w, uint32_t ms)
{
	const struct wire *wire = &w->scene->wire;
	const int64_t until_ms = clock_monotonic_ms() + ms;
	unsigned words = 0;
	enum err e = ERR_TIMEOUT;

	while (e == ERR_TIMEOUT && !work_should_stop(w)) {
		const int64_t left = until_ms - clock_monotonic_ms();
		uint8_t byte;
		size_t got = 0;

		e = wire->ops->recv(wire->ctx, &byte, 1,
			left > HEAR_SLICE_MS ? HEAR_SLICE_MS
				: left > 0   ? (uint32_t)left
					     : 0,
			&got);
		console_write(w->scene->console, (struct span){ &byte, got }, clock_wall_ms());
		words += got && byte != 0x00 && byte != 0xFF;
		if (e == ERR_TIMEOUT && left <= 0)
			return e;
		if (!e && words < MIN_WORDS)
			e = ERR_TIMEOUT;
	}
	return e == ERR_TIMEOUT ? ERR_CANCELLED : e;
}

/* The ROM is silent, so what speaks is the program that a person has started. */
enum err work_await_person(struct work *w, struct why *why)
{
	const enum err e = work_hear(w, w->scene->control.wait_ms);

	if (!e)
		return ERR_OK;
	/* It may speak yet: the board's thread hears that, and knows it for the application. */
	w->scene->session->is_live = false;
	w->has_started = false;
	if (e != ERR_TIMEOUT)
		return why_set(why, e, NULL);
	work_warn(w, NOT_HEARD);
	return ERR_OK;
}
