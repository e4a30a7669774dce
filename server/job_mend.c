/* SPDX-License-Identifier: MIT */
/*
 * job_mend.c - a job's session that failed is mended (protocol/mend.h); here is what a person is
 * told of it, and of what the link costs.
 */
#include "server/job_step.h"

#include "protocol/frame.h"

#include <assert.h>
#include <stdio.h>

enum {
	TOLD = 64, /* recoveries that have an event; the result counts them all */
	/* An adapter that waits for more bytes before it hands on what came: an FTDI takes 16 ms.
	 */
	SLOW_US = 4000,
};

/* What had gone wrong. */
static const char *const happened[] = {
	[ERR_IO] = "the port failed",
	[ERR_GONE] = "the adapter vanished",
	[ERR_TIMEOUT] = "no answer came in time",
	[ERR_NACK] = "the bootloader refused",
	[ERR_REPLY] = "the answer could not be read",
	[ERR_VERIFY] = "the part held another byte than was sent",
};

/* What was done about it. */
static const char *const cured[] = {
	[MEND_RESYNC] = "both sides were brought back in step",
	[MEND_RESTART] = "the bootloader was entered anew",
	[MEND_SLOWER] = "the bootloader was entered anew at a lower rate",
	[MEND_POWER] = "its power was switched off and on, and the bootloader entered anew",
	[MEND_REATTACH] = "it is back, and the job goes on",
	[MEND_REWRITE] = "the block was written again",
};
static_assert(sizeof(cured) / sizeof(*cured) == MEND_KIND_COUNT, "every cure is put in words");

static const char *in_words(enum err e)
{
	const bool is_known = (size_t)e < sizeof(happened) / sizeof(*happened) && happened[e];

	return is_known ? happened[e] : "it failed";
}

static void tell(void *ctx, enum mend_kind kind, const struct why *cause)
{
	struct work *w = ctx;
	const enum stage stage = cause->stage ? cause->stage : w->stage;
	char text[256], where[24] = "", what[48] = "", address[11];

	if (w->recoveries++ >= TOLD)
		return;
	struct json *event = json_object();

	snprintf(address, sizeof(address), "0x%08X", (unsigned)cause->addr);
	if (cause->has_addr)
		snprintf(where, sizeof(where), " at %s", address);
	if (cause->has_command)
		snprintf(what, sizeof(what), " (%s)", frame_command_name(cause->command));
	snprintf(text, sizeof(text), "In the stage %s%s%s: %s; %s.", stage_name(stage), where, what,
		in_words(cause->err), cured[kind]);
	json_add_string(event, "kind", mend_kind_name(kind));
	json_add_string(event, "stage", stage_name(stage));
	if (cause->has_addr)
		json_add_string(event, "address", address);
	json_add_string(event, "text", text);
	job_add_event(w->job, w->scene->store, "recovery", event);
}

void work_mend_init(struct work *w)
{
	const struct config_board *config = w->scene->config;

	w->mend = (struct mend){ .may_slow_down = !w->request->baud && !config->bootloader.baud,
		.reattach_ms = config->reattach_s * 1000,
		.report = tell,
		.ctx = w };
}

void work_add_recoveries(const struct work *w, struct json *result)
{
	struct json *counts = NULL;

	for (unsigned kind = 0; kind < MEND_KIND_COUNT; kind++) {
		if (!w->mend.counts[kind])
			continue;
		if (!counts)
			counts = json_object();
		json_add_integer(
			counts, mend_kind_name((enum mend_kind)kind), w->mend.counts[kind]);
	}
	if (counts)
		json_add(result, "recoveries", counts);
}

void work_warn_of_link(struct work *w)
{
	const struct boot *boot = w->boot;
	char text[256];

	if (!w->began.baud) /* nobody was met */
		return;
	if (w->mend.counts[MEND_SLOWER]) {
		snprintf(text, sizeof(text),
			"The line was not good enough for %u baud: %u was used in the end. A "
			"shorter cable and a common ground help.",
			(unsigned)w->began.baud, (unsigned)boot->options.settings.baud);
		work_warn(w, text);
	}
	if (w->began.bursts && !boot->bursts)
		work_warn(w, "After trouble on the line blocks were no longer sent in one burst.");
	if (boot->turnaround_us >= SLOW_US) {
		snprintf(text, sizeof(text),
			"This adapter answers in %u ms; 1 ms is possible with many, and makes a "
			"job much quicker. See \"Slow adapters\" in docs/operations.md: the "
			"latency timer, and the rule in docs/99-benchd.rules.",
			(unsigned)((boot->turnaround_us + 500) / 1000));
		work_warn(w, text);
	}
}
