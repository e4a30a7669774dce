/* SPDX-License-Identifier: MIT */
/*
 * job_session.c - into the ROM and out of it. The console's settings are in force, and its mark is
 * set, before the application may speak, so that its first byte is kept and found.
 */
#include "server/job_step.h"

#include "protocol/ladder.h"

#include "server/clock.h"
#include "server/device.h"

#include <string.h>

#define DEFAULT_BAUD 115200u

#define TO_BOOTLOADER                                                                              \
	"Set BOOT0 to select the bootloader and press reset; the job goes on when the ROM "        \
	"answers."
#define TO_APPLICATION "Set BOOT0 back to select the flash and press reset."
#define STILL_BOOTLOADER                                                                           \
	"BOOT0 still selects the bootloader: set it back, or the next reset lands there again."
#define SLOWER "The bootloader did not answer well at the rate last used: a lower one was taken."

bool work_should_stop(void *work)
{
	const struct work *w = work;

	return job_is_cancelled(w->job) || w->scene->is_stopping(w->scene->ctx);
}

void work_event(struct work *w, const char *type, const char *key, const char *text)
{
	struct json *event = json_object();

	json_add_string(event, key, text);
	job_add_event(w->job, w->scene->store, type, event);
}

void work_warn(void *work, const char *text)
{
	struct work *w = work;

	work_event(w, "warning", "text", text);
	if (!w->warnings)
		w->warnings = json_array();
	json_push_string(w->warnings, text);
}

void work_stage(struct work *w, enum stage stage)
{
	if (w->stage == stage)
		return;
	w->stage = stage;
	work_event(w, "stage", "stage", stage_name(stage));
	job_set_progress(w->job, stage, 0, 0, 0);
}

static void say_to_person(struct work *w, enum control_into into)
{
	const struct control *control = &w->scene->control;

	if (control->is_manual && !w->was_told) {
		struct json *event = json_object();

		json_add_string(
			event, "text", into == INTO_BOOTLOADER ? TO_BOOTLOADER : TO_APPLICATION);
		json_add_string(
			event, "into", into == INTO_BOOTLOADER ? "bootloader" : "application");
		json_add_time(event, "until", clock_wall_ms() + control->wait_ms);
		job_add_event(w->job, w->scene->store, "manual", event);
	}
	w->was_told = true;
}

static void mark_console(struct work *w)
{
	const bool was_flashed = w->request->kind == JOB_FLASH && w->has_changed;

	w->spoke_from = console_head(w->scene->console);
	console_mark(w->scene->console, was_flashed ? CONSOLE_MARK_FLASH : CONSOLE_MARK_RESET,
		clock_wall_ms());
}

/* What the application said before its reset belongs before the mark. */
static enum err take_last_words(struct work *w)
{
	const struct wire *wire = &w->scene->wire;
	uint8_t bytes[512];
	size_t got = sizeof(bytes);
	enum err e = ERR_OK;

	while (!e && got == sizeof(bytes)) {
		e = wire->ops->recv(wire->ctx, bytes, sizeof(bytes), 0, &got);
		console_write(w->scene->console, (struct span){ bytes, got }, clock_wall_ms());
	}
	return e == ERR_TIMEOUT ? ERR_OK : e;
}

static enum err to_console_settings(struct work *w)
{
	const struct wire *wire = &w->scene->wire;

	return wire->ops->configure(wire->ctx, &w->scene->settings);
}

static enum err restart_application(struct work *w, struct why *why)
{
	const struct wire *wire = &w->scene->wire;
	const struct control *control = &w->scene->control;
	enum err e;

	/* What is left of the ROM's answers is not the application's. */
	if (w->has_spoken || w->scene->was_in_bootloader)
		e = wire->ops->flush(wire->ctx);
	else
		e = take_last_words(w);
	if (!e)
		e = to_console_settings(w);
	if (e)
		return why_set(why, e, "the console's settings could not be made");
	say_to_person(w, INTO_APPLICATION);
	mark_console(w);
	e = control->restart(control->ctx, INTO_APPLICATION, why);
	w->has_started = !e;
	return e;
}

/*
 * At the console's settings, and what the program has to say before it leaves is the console's. A
 * ROM that was left running is looked for first: words for a program could train it wrongly.
 */
static enum err ask_firmware(struct work *w, struct why *why)
{
	const struct wire *wire = &w->scene->wire;
	const struct control *control = &w->scene->control;

	if (w->scene->was_in_bootloader && !w->was_met) {
		w->was_met = true;
		return ERR_OK;
	}
	enum err e = to_console_settings(w);

	if (!e)
		e = take_last_words(w);
	if (!e)
		e = control->restart(control->ctx, INTO_BOOTLOADER, why);
	if (!e)
		e = take_last_words(w);
	if (!e)
		e = wire->ops->configure(wire->ctx, &w->boot->options.settings);
	return e && why && !why->what ? why_set(why, e, "the port failed") : e;
}

static enum err restart(void *ctx, enum control_into into, struct why *why)
{
	struct work *w = ctx;
	const struct control *control = &w->scene->control;

	if (into == INTO_APPLICATION)
		return restart_application(w, why);
	if (control->by_firmware)
		return ask_firmware(w, why);
	say_to_person(w, INTO_BOOTLOADER);
	return control->restart(control->ctx, into, why);
}

/* A live session goes on, unless what is asked or configured needs a fresh one that can be had. */
static bool may_resume(const struct work *w)
{
	const struct boot *boot = &w->scene->session->boot;
	const struct wire_settings *wanted = &w->scene->config->bootloader;
	const uint32_t baud = w->request->baud ? w->request->baud : wanted->baud;

	if (!w->scene->session->is_live || w->request->as_product_id || w->request->flash_bytes)
		return false;
	if (!w->control.resets)
		return true;
	if (w->request->has_burst && w->request->burst != boot->bursts)
		return false;
	return (!baud || baud == boot->options.settings.baud) &&
		wanted->frame == boot->options.settings.frame;
}

void work_init(struct work *w, struct job *job, const struct job_scene *scene)
{
	*w = (struct work){ .job = job,
		.request = job_request(job),
		.scene = scene,
		.boot = &scene->session->boot,
		.control = scene->control,
		.began_ms = clock_monotonic_ms() };
	w->control.restart = restart;
	w->control.power_cycle = scene->config->power.off_argv ? work_power_cycle : NULL;
	w->control.ctx = w;
	w->resumes = may_resume(w);
	work_mend_init(w);
}

static struct boot_options boot_options(struct work *w)
{
	const struct config_board *config = w->scene->config;
	const struct known_link link = known_link(w->scene->known);
	struct boot_options options = {
		.settings = config->bootloader,
		.as_product_id = w->request->as_product_id,
		.flash_bytes = w->request->flash_bytes,
		.may_burst = w->request->has_burst ? w->request->burst
						   : config->burst && !link.refuses_burst,
		.cancelled = work_should_stop,
		.cancelled_ctx = w,
	};

	if (w->request->baud)
		options.settings.baud = w->request->baud;
	if (!options.settings.baud)
		options.settings.baud = link.baud ? link.baud : DEFAULT_BAUD;
	return options;
}

/* The rate that is not fixed is found: by what is known of this board, else step by step. */
static enum err climb(struct work *w, struct why *why)
{
	const struct known_link link = known_link(w->scene->known);
	struct device device;
	const bool is_known = known_device(w->scene->known, &device);
	const struct ladder ladder = { .known_good = link.baud,
		.known_chip = is_known ? device.chip : NULL,
		.may_climb = w->control.resets };
	const enum err e = ladder_connect(w->boot, &ladder, why);

	if (!e && w->boot->options.settings.baud < link.baud)
		work_warn(w, SLOWER);
	return e;
}

void work_open_session(struct work *w)
{
	const struct boot_options options = boot_options(w);

	w->has_spoken = true;
	w->scene->session->is_live = false;
	boot_init(w->boot, w->scene->wire, w->control, &options);
}

static enum err connect(struct work *w, struct why *why)
{
	struct boot_options options = boot_options(w);
	const bool is_fixed = w->request->baud || w->scene->config->bootloader.baud;
	struct boot *boot = w->boot;

	if (w->resumes) {
		boot->wire = w->scene->wire;
		boot->control = w->control;
		boot->options.cancelled = work_should_stop;
		boot->options.cancelled_ctx = w;
		boot->has_changed = false;
		boot->retries = 0;
		if (w->request->has_burst && !w->request->burst)
			boot->bursts = boot->options.may_burst = false;
		return boot_reconnect(boot, why);
	}
	w->scene->session->is_live = false;
	boot_init(boot, w->scene->wire, w->control, &options);
	return is_fixed ? boot_connect(boot, why) : climb(w, why);
}

/* A port that vanished meanwhile is waited for here too. */
static enum err connect_mended(struct work *w, struct why *why)
{
	enum err e = connect(w, why);

	if (e != ERR_GONE) {
		w->not_entered =
			w->scene->control.by_firmware && (e == ERR_TIMEOUT || e == ERR_REPLY);
		return e;
	}
	why->err = e;
	return mend_session(&w->mend, w->boot, why, why);
}

/* Which rate and manner were good, for the next time. */
void work_keep_link(struct work *w)
{
	const struct boot *boot = w->boot;
	struct known_link link = { .baud = boot->options.settings.baud,
		.turnaround_us = boot->turnaround_us,
		.restart_us = boot->restart_us,
		.sync_us = boot->sync_us,
		.bursts = boot->bursts };
	const struct known_link before = known_link(w->scene->known);
	struct device known;

	if (boot->options.may_burst)
		link.refuses_burst = !boot->bursts;
	else if (known_device(w->scene->known, &known) && known.has_unique_id &&
		!memcmp(known.unique_id, boot->device.unique_id, sizeof(known.unique_id)))
		link.refuses_burst = before.refuses_burst;
	if (!link.turnaround_us)
		link.turnaround_us = before.turnaround_us;
	if (!link.restart_us) {
		link.restart_us = before.restart_us;
		link.sync_us = before.sync_us;
	}
	w->began = link;
	known_set_device(w->scene->known, &boot->device, &link);
	if (!known_options(w->scene->known, &(struct option_record){ 0 }))
		map_lock(w->scene->map, 0, &(struct protection){ 0 }); /* another chip's */
}

struct known_link work_link(const struct work *w)
{
	const struct config_board *config = w->scene->config;
	const struct boot *boot = w->boot;
	struct known_link link = known_link(w->scene->known);

	if (w->has_spoken)
		return (struct known_link){ .baud = boot->options.settings.baud,
			.turnaround_us = boot->turnaround_us,
			.restart_us = link.restart_us,
			.sync_us = link.sync_us,
			.bursts = boot->bursts };
	if (w->request->baud || config->bootloader.baud)
		link.baud = w->request->baud ? w->request->baud : config->bootloader.baud;
	if (!link.baud)
		link.baud = DEFAULT_BAUD;
	if (!(w->request->has_burst ? w->request->burst : config->burst))
		link.bursts = false;
	return link;
}

enum err work_check_chip(const struct work *w, const struct device *device, struct why *why)
{
	const char *want = w->scene->config->expect_unique_id;
	char have[UNIQUE_ID_TEXT];

	if (!want ||
		(w->request->kind != JOB_FLASH && w->request->kind != JOB_ERASE &&
			w->request->kind != JOB_PROTECT &&
			!(w->request->kind == JOB_OPTION_BYTES && w->request->options)))
		return ERR_OK;
	if (!device->has_unique_id)
		return why_set(why, ERR_WRONG_CHIP, "its unique id can't be read");
	if (strcmp(device_unique_id(device, have), want) != 0)
		return why_set(why, ERR_WRONG_CHIP, "its unique id is not the one expected");
	return ERR_OK;
}

/* Before something is changed; a ROM entered anew to mend it is slower, and no worse. */
static enum err use_supply(struct work *w, struct why *why)
{
	const enum job_kind kind = w->request->kind;
	enum err e = ERR_OK;

	if (kind == JOB_ERASE || (kind == JOB_FLASH && !w->request->dry_run))
		e = boot_set_supply(w->boot, w->scene->config->supply_mv, why);
	if (!mend_is_for(e))
		return e;
	why->err = e;
	return mend_session(&w->mend, w->boot, why, why);
}

enum err work_connect(struct work *w, struct why *why)
{
	work_stage(w, STAGE_CONNECT);
	w->has_spoken = true;
	enum err e = connect_mended(w, why);

	if (!e) {
		work_keep_link(w);
		e = work_check_chip(w, &w->boot->device, why);
	}
	if (!e)
		e = use_supply(w, why);
	if (e && why->stage == STAGE_NONE)
		why->stage = STAGE_CONNECT;
	return e;
}

enum err work_note_change(struct work *w, struct why *why)
{
	if (w->has_changed)
		return ERR_OK;
	if (!job_note_change(w->job, w->scene->store)) {
		w->store_failed = true;
		return why_set(why, ERR_IO, "the store failed");
	}
	w->has_changed = true;
	return ERR_OK;
}

void work_before_go(struct work *w)
{
	mark_console(w);
}

enum err work_after_go(struct work *w, struct why *why)
{
	/* At once, before anything that may wait for a disk: the application speaks soon. */
	const enum err e = to_console_settings(w);

	w->has_started = true;
	if (w->scene->control.is_manual)
		work_warn(w, STILL_BOOTLOADER);
	return e ? why_set(why, e, "the console's settings could not be made") : ERR_OK;
}

enum err work_go(struct work *w, uint32_t addr, struct why *why)
{
	work_before_go(w);
	enum err e = boot_go(w->boot, addr, why);

	return e ? e : work_after_go(w, why);
}

/* Blank flash must not be jumped into. */
static bool has_vectors(struct work *w)
{
	const struct chip *chip = w->boot->device.chip;
	uint8_t vectors[8];
	bool is_blank = true;

	if (!chip || !w->boot->is_connected ||
		boot_read(w->boot, chip->flash_base, vectors, sizeof(vectors), NULL))
		return false;
	for (size_t i = 0; i < sizeof(vectors); i++)
		is_blank = is_blank && vectors[i] == chip->erased;
	return !is_blank;
}

/* Back to the application that ran before. */
static enum job_place go_back(struct work *w)
{
	struct why why = { 0 };

	if (w->control.resets) {
		if (!restart_application(w, &why))
			return PLACE_APPLICATION;
		work_warn(w, "The board could not be restarted.");
	} else if (has_vectors(w) && !work_go(w, w->boot->device.chip->flash_base, &why)) {
		return PLACE_APPLICATION;
	}
	/* Without the ROM's answer it is the application that runs, if anything does. */
	return w->boot->is_connected ? PLACE_BOOTLOADER : PLACE_APPLICATION;
}

static bool stays_in_rom(const struct work *w, enum err err)
{
	const struct job_request *request = w->request;

	if (w->scene->was_in_bootloader || known_is_quarantined(w->scene->known))
		return true;
	if (err)
		return w->has_changed && !w->is_good;
	return request->kind == JOB_ERASE || (request->kind == JOB_PROTECT && w->has_changed) ||
		(request->kind == JOB_FLASH && !request->dry_run) ||
		(request->kind == JOB_RESET && request->into == INTO_BOOTLOADER);
}

enum job_place work_leave(struct work *w, enum err err)
{
	enum job_place place;

	if (w->mend.counts[MEND_SLOWER]) {
		w->began.baud = w->boot->options.settings.baud;
		known_set_device(w->scene->known, &w->boot->device, &w->began);
	}
	if (err == ERR_GONE)
		return PLACE_GONE;
	if (w->has_started)
		place = PLACE_APPLICATION;
	else if (!w->has_spoken)
		return w->scene->was_in_bootloader ? PLACE_BOOTLOADER : PLACE_APPLICATION;
	else
		place = stays_in_rom(w, err) ? PLACE_BOOTLOADER : go_back(w);
	/* A part that became protected meanwhile is asked anew what it is. */
	w->scene->session->is_live =
		place == PLACE_BOOTLOADER && w->boot->is_connected && err != ERR_READ_PROTECTED;
	if (place == PLACE_APPLICATION && to_console_settings(w) == ERR_GONE)
		place = PLACE_GONE;
	return place;
}
