/* SPDX-License-Identifier: MIT */
/*
 * job_doctor.c - the doctor's visit as a job: the port first, then what protocol/doctor.h finds. A
 * fault that is found is what was asked for: the job is done.
 */
#include "server/job_doctor.h"

#include "server/clock.h"
#include "server/doctor_words.h"
#include "server/notify.h"

#include <stdio.h>
#include <string.h>

struct visit {
	struct work *w;
	struct json *steps;
	unsigned count;
};

static void on_step(void *ctx, enum doctor_step step, bool ok, const char *said)
{
	struct visit *visit = ctx;
	struct json *row = json_object(), *event = json_object();

	for (unsigned i = 0; i < 2; i++) {
		struct json *json = i ? event : row;

		json_add_string(json, "step", doctor_step_name(step));
		json_add_bool(json, "ok", ok);
		json_add_string(json, "said", said);
	}
	json_push(visit->steps, row);
	job_add_event(visit->w->job, visit->w->scene->store, "step", event);
	job_set_progress(visit->w->job, STAGE_CONNECT, 0, ++visit->count, DOCTOR_STEPS);
}

static void on_words(void *ctx, struct span bytes)
{
	const struct visit *visit = ctx;

	console_write(visit->w->scene->console, bytes, clock_wall_ms());
	notify();
}

static enum err hold(void *ctx, bool held)
{
	const struct visit *visit = ctx;
	const struct config_line *reset = &visit->w->scene->config->control.reset;
	const struct wire *wire = &visit->w->scene->wire;

	return wire->ops->line(wire->ctx, reset->line, held == reset->active_set);
}

static bool can_hold(const struct work *w)
{
	const struct config_control *control = &w->scene->config->control;

	return control->kind == CONTROL_LINES && control->reset.is_wired;
}

/* ERR_GONE and ERR_IO of the port are findings. */
static enum err examine(struct visit *visit, struct doctor *doctor, struct why *why)
{
	struct work *w = visit->w;

	work_open_session(w);
	*doctor = (struct doctor){ .boot = w->boot,
		.console = w->scene->config->console,
		.may_start = !w->scene->was_in_bootloader && !known_is_quarantined(w->scene->known),
		.hold = can_hold(w) ? hold : NULL,
		.step = on_step,
		.hear = on_words,
		.ctx = visit };
	on_step(visit, STEP_PORT, true, "the port is open, and nobody else has it");
	enum err e = doctor_examine(doctor, why);

	w->has_started = false; /* it was, and was restarted since */
	if (e == ERR_IO)
		doctor->signs |= SIGN_PORT_FAILED;
	if (!e && w->boot->is_connected)
		work_keep_link(w);
	return e == ERR_GONE || e == ERR_IO ? ERR_OK : e;
}

/* The details that only this case has. */
static void add_detail(
	const struct work *w, const struct doctor *doctor, const struct why *why, struct buf *text)
{
	const struct chip *chip = w->has_spoken ? w->boot->device.chip : NULL;
	char more[256] = "";

	if (doctor->signs & SIGN_PORT_BUSY)
		snprintf(more, sizeof(more), " It says: %s.", w->scene->cause);
	else if (doctor->signs & (SIGN_NO_PORT | SIGN_PORT_FAILED | SIGN_CONTROL_FAILED) &&
		why->what)
		snprintf(more, sizeof(more), " It says: %s.", why->what);
	else if (doctor->good_baud)
		snprintf(more, sizeof(more), " It answered at %u baud.",
			(unsigned)doctor->good_baud);
	else if (chip)
		snprintf(more, sizeof(more), " It is a %s.", chip->name);
	buf_append(text, (struct span){ (const uint8_t *)more, strlen(more) });
	buf_append(text, (struct span){ (const uint8_t *)"", 1 });
}

static struct json *tries(const struct work *w, enum doctor_verdict verdict)
{
	const struct doctor_words *words = doctor_words(verdict);
	struct json *list = json_array();
	char access[ACCESS_TEXT];

	if (verdict == DOCTOR_NO_PERMISSION) {
		doctor_access(w->scene->config->port, access);
		json_push_string(list, access);
	}
	for (size_t i = 0; i < DOCTOR_MAX_TRY && words->try[i]; i++)
		json_push_string(list, words->try[i]);
	return list;
}

static void add_seen(struct json *result, const struct doctor *doctor)
{
	char hex[3 * DOCTOR_SEEN + 1] = "";

	for (size_t i = 0; i < doctor->seen_len; i++)
		snprintf(hex + 3 * i, sizeof(hex) - 3 * i, "%s%02X", i ? " " : "", doctor->seen[i]);
	json_add_string(result, "seen", hex);
}

static void tell(struct visit *visit, const struct doctor *doctor, const struct why *why)
{
	struct work *w = visit->w;
	const enum doctor_verdict verdict = doctor_judge(doctor->signs);
	const struct doctor_words *words = doctor_words(verdict);
	struct buf detail = { 0 };

	buf_append(&detail, (struct span){ (const uint8_t *)words->detail, strlen(words->detail) });
	add_detail(w, doctor, why, &detail);
	json_add_string(w->result, "verdict", doctor_verdict_name(verdict));
	json_add_string(w->result, "title", words->title);
	json_add_string(w->result, "detail", detail.ptr ? (const char *)detail.ptr : "");
	json_add(w->result, "try", tries(w, verdict));
	json_add(w->result, "steps", visit->steps);
	add_seen(w->result, doctor);
	buf_release(&detail);
}

enum err work_doctor(struct work *w, struct why *why)
{
	struct visit visit = { .w = w, .steps = json_array() };
	struct doctor doctor = { 0 };
	enum err e = ERR_OK;

	work_stage(w, STAGE_CONNECT);
	if (w->scene->absence) {
		*why = *w->scene->absence;
		doctor.signs = doctor_absence_sign(why);
		on_step(&visit, STEP_PORT, false, w->scene->cause);
	} else {
		e = examine(&visit, &doctor, why);
	}
	if (e) {
		json_free(visit.steps);
		return e;
	}
	tell(&visit, &doctor, why);
	return ERR_OK;
}
