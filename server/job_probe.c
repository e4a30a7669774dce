/* SPDX-License-Identifier: MIT */
/* job_probe.c - the wiring of DTR and RTS is found out (protocol/probe.h), and told as it goes. */
#include "server/job_step.h"

#include "protocol/probe.h"
#include "server/clock.h"

#include <assert.h>
#include <string.h>

enum { PIN_TEXT = 5 };

static const char *const texts[] = {
	[PROBE_NOTHING] = "No wiring of DTR and RTS brought the bootloader up, and none restarted "
			  "an application that speaks. Is the board powered, are TX and RX "
			  "crossed? The doctor finds out.",
	[PROBE_BOTH] = "Found, and confirmed: into the application, and into the bootloader again.",
	[PROBE_ONLY_RESET] =
		"Only reset is wired. What starts after it is up to the BOOT0 jumper, or to a "
		"flash that is blank: with a program in it and the jumper off, try again.",
	[PROBE_NO_RESET] = "The bootloader runs, and neither DTR nor RTS restarts it: no reset is "
			   "wired. BOOT0 alone can't be found out.",
};
static_assert(sizeof(texts) / sizeof(*texts) == PROBE_FINDS, "every find is put in words");

struct trial {
	struct work *w;
	struct json *tried;
	size_t total;
};

/* "dtr", "!rts". */
static void add_pin(struct json *json, const char *name, const struct probe_pin *pin)
{
	char text[PIN_TEXT] = "!";

	if (!pin->is_wired)
		return;
	strcpy(text + !pin->active_set, pin->line == WIRE_DTR ? "dtr" : "rts");
	json_add_string(json, name, text);
}

static struct json *control_json(const struct probe_wiring *wiring)
{
	struct json *json = json_object();

	json_add_string(json, "kind", "lines");
	add_pin(json, "reset", &wiring->reset);
	add_pin(json, "boot0", &wiring->boot0);
	return json;
}

static void on_tried(void *ctx, size_t index, bool answered)
{
	struct trial *trial = ctx;
	const struct probe_wiring *wiring = probe_wiring_at(index);
	struct json *row = json_object(), *event = json_object();

	json_add(row, "control", control_json(wiring));
	json_add_bool(row, "answered", answered);
	json_push(trial->tried, row);
	add_pin(event, "reset", &wiring->reset);
	add_pin(event, "boot0", &wiring->boot0);
	json_add_bool(event, "answered", answered);
	job_add_event(trial->w->job, trial->w->scene->store, "tried", event);
	job_set_progress(trial->w->job, STAGE_CONNECT, 0, index + 1, trial->total);
}

/* As benchd leaves them when it opens the port: a kind without lines, as the system does. */
static bool rests_at(const struct work *w, enum wire_line line)
{
	const struct config_control *control = &w->scene->config->control;

	if (control->kind != CONTROL_LINES)
		return true;
	if (control->reset.is_wired && control->reset.line == line)
		return !control->reset.active_set;
	return !control->boot0.is_wired || control->boot0.line != line ||
		!control->boot0.active_set;
}

/* Where the probe left it, and then where it was: the console hears the application's first byte.
 */
static enum err bring_back(struct work *w, const struct probe *probe)
{
	const struct wire *wire = &w->scene->wire;
	const bool is_found = probe->find == PROBE_BOTH || probe->find == PROBE_ONLY_RESET;
	const bool to_rom = w->scene->was_in_bootloader || known_is_quarantined(w->scene->known);

	w->boot->is_connected = probe->is_in_rom;
	if (!is_found)
		return ERR_OK;
	if (to_rom)
		return probe_restart(probe, &probe->wiring, INTO_BOOTLOADER);
	if (probe->is_in_rom && probe->find == PROBE_ONLY_RESET)
		return ERR_OK; /* the jumper has it there */
	enum err e = wire->ops->flush(wire->ctx);

	if (!e)
		e = wire->ops->configure(wire->ctx, &w->scene->config->console);
	if (e)
		return e;
	console_mark(w->scene->console, CONSOLE_MARK_RESET, clock_wall_ms());
	e = probe_restart(probe, &probe->wiring, INTO_APPLICATION);
	w->has_started = !e;
	return e;
}

static void tell(struct work *w, const struct probe *probe, struct json *tried)
{
	const bool is_found = probe->find == PROBE_BOTH || probe->find == PROBE_ONLY_RESET;

	json_add_bool(w->result, "found", is_found);
	json_add(w->result, "control", is_found ? control_json(&probe->wiring) : NULL);
	json_add(w->result, "tried", tried);
	json_add_string(w->result, "text", texts[probe->find]);
}

enum err work_probe(struct work *w, struct why *why)
{
	struct trial trial = { .w = w, .tried = json_array() };
	struct probe probe = { .boot = w->boot,
		.console = w->scene->config->console,
		.rest_dtr = rests_at(w, WIRE_DTR),
		.rest_rts = rests_at(w, WIRE_RTS),
		.tried = on_tried,
		.ctx = &trial };

	while (probe_wiring_at(trial.total))
		trial.total++;
	work_stage(w, STAGE_CONNECT);
	work_open_session(w);
	enum err e = probe_run(&probe, why);

	if (!e) {
		e = bring_back(w, &probe);
		if (e)
			why_set(why, e, "the port failed");
	}
	if (e) {
		json_free(trial.tried);
		return work_in_stage(e, STAGE_CONNECT, why);
	}
	tell(w, &probe, trial.tried);
	return ERR_OK;
}
