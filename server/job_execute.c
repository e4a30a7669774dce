/* SPDX-License-Identifier: MIT */
/* job_execute.c - each kind of job from begin to outcome. */
#include "server/job_step.h"

#include "server/clock.h"
#include "server/device.h"
#include "server/job_json.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

void work_add_figures(struct work *w, uint64_t bytes)
{
	const double seconds = (double)(clock_monotonic_ms() - w->began_ms) / 1000;

	json_add_integer(w->result, "baud", w->boot->options.settings.baud);
	json_add_integer(w->result, "retries", w->boot->retries);
	work_add_recoveries(w, w->result);
	if (w->boot->turnaround_us)
		json_add_double(w->result, "turnaround_ms", w->boot->turnaround_us / 1000.0);
	json_add_bool(w->result, "burst", w->began.bursts);
	json_add_double(w->result, "seconds", seconds);
	if (bytes)
		json_add_integer(w->result, "bytes_per_second",
			seconds > 0 ? (int64_t)((double)bytes / seconds) : 0);
}

static enum err identify(struct work *w, struct why *why)
{
	enum err e = work_connect(w, why);

	if (!e) {
		work_look_at_options(w);
		json_free(w->result);
		w->result = device_json(&w->boot->device, clock_wall_ms());
	}
	return e;
}

static enum err run_stage(enum err e, struct why *why)
{
	if (e && why->stage == STAGE_NONE)
		why->stage = STAGE_RUN;
	return e;
}

static enum err go(struct work *w, struct why *why)
{
	const struct job_request *request = w->request;
	enum err e = work_connect(w, why);

	if (e)
		return e;
	work_stage(w, STAGE_RUN);
	const struct chip *chip = w->boot->device.chip;

	if (!request->has_address && !chip)
		return run_stage(why_set(why, ERR_UNKNOWN_PART, "give the address to go to"), why);
	const uint32_t addr = request->has_address ? request->address : chip->flash_base;

	e = run_stage(work_go(w, addr, why), why);
	json_add_string(w->result, "started", "go");
	json_add_hex32(w->result, "address", addr);
	work_add_figures(w, 0);
	return e;
}

enum err work_reset(struct work *w, struct why *why)
{
	const bool into_rom = w->request->into == INTO_BOOTLOADER;
	enum err e;

	json_add_string(w->result, "into", into_rom ? "bootloader" : "application");
	if (into_rom) {
		e = work_connect(w, why);
		if (!e)
			work_add_figures(w, 0);
		return e;
	}
	/* Without a reset line the ROM starts it. */
	if (w->scene->control.by_firmware)
		return go(w, why);
	work_stage(w, STAGE_RUN);
	e = run_stage(w->control.restart(w->control.ctx, INTO_APPLICATION, why), why);
	if (!e && w->scene->control.is_manual && w->scene->was_in_bootloader)
		e = run_stage(work_await_person(w, why), why);
	json_add_string(w->result, "started", w->control.resets ? "reset" : NULL);
	return e;
}

/* What the request leaves open: to the end of the flash. */
static enum err read_range(struct work *w, uint32_t *addr, uint32_t *len, struct why *why)
{
	const struct job_request *request = w->request;
	const struct device *device = &w->boot->device;
	const uint32_t base = device->chip ? device->chip->flash_base : 0;
	const uint32_t flash_bytes = device->chip ? device->flash_bytes : 0;

	if (device->readout_protected)
		return why_set(why, ERR_READ_PROTECTED, NULL);
	*addr = request->has_address ? request->address : base;
	*len = request->length;
	if (!request->has_length) {
		if (!flash_bytes)
			return why_set(why, ERR_ARGUMENT, "say where to read and how many bytes");
		if (*addr < base || *addr - base >= flash_bytes)
			return why_at(why, ERR_ARGUMENT, *addr,
				"outside the flash, say how many bytes to read");
		*len = flash_bytes - (*addr - base);
	}
	if (!*len || *len - 1 > UINT32_MAX - *addr)
		return why_at(why, ERR_RANGE, *addr, "the range to read is empty or too long");
	return boot_check_read(w->boot, *addr, *len, why);
}

static enum err put(struct work *w, struct buf *text, struct why *why)
{
	enum err e = job_read_put(w->job, buf_span(text), work_should_stop, w, why);

	text->len = 0;
	return e;
}

/* To the next border of the hole between two banks, if there is one. */
static uint32_t piece_of(const struct chip *chip, uint32_t addr, uint32_t len)
{
	const uint32_t from = chip ? chip->flash_base + chip->hole_at : 0;
	const uint32_t borders[] = { from, chip ? from + chip->hole : 0 };

	for (size_t i = 0; chip && chip->hole && i < 2; i++) {
		if (addr < borders[i] && borders[i] - addr < len)
			return borders[i] - addr;
	}
	return len;
}

/* What lies between the banks of some parts is no flash: it is told as erased. */
static enum err read_piece(
	struct work *w, uint32_t addr, uint8_t *block, uint32_t len, struct why *why)
{
	const struct chip *chip = w->boot->device.chip;

	if (!chip || !chip_touches_hole(chip, addr, len))
		return mend_read(&w->mend, w->boot, addr, block, len, why);
	memset(block, chip->erased, len);
	return ERR_OK;
}

static enum err copy_out(struct work *w, struct image_writer *writer, struct buf *text,
	uint32_t addr, uint32_t len, struct why *why)
{
	enum err e = ERR_OK;

	for (uint32_t done = 0; !e && done < len;) {
		uint8_t block[FRAME_MAX_DATA];
		const uint32_t most = (uint32_t)boot_read_size(w->boot);
		const uint32_t piece = piece_of(
			w->boot->device.chip, addr + done, len - done < most ? len - done : most);

		e = read_piece(w, addr + done, block, piece, why);
		if (!e && !image_write_data(writer, (struct span){ block, piece }, text))
			e = why_set(why, ERR_NO_MEMORY, NULL);
		if (!e)
			e = put(w, text, why);
		if (!e && work_should_stop(w))
			e = why_set(why, ERR_CANCELLED, NULL);
		done += piece;
		if (!e)
			job_set_progress(w->job, STAGE_READ, addr + done - piece, done, len);
	}
	return e;
}

static enum err read_memory(struct work *w, struct why *why)
{
	const struct job_request *request = w->request;
	const enum image_format format =
		request->format == FORMAT_AUTO ? FORMAT_BIN : request->format;
	struct image_writer writer = { 0 };
	struct buf text = { 0 };
	uint32_t addr = 0, len = 0;
	enum err e = work_connect(w, why);

	if (e)
		return e;
	work_stage(w, STAGE_READ);
	e = read_range(w, &addr, &len, why);
	if (!e && !image_write_begin(&writer, format, addr, &text))
		e = why_set(why, ERR_NO_MEMORY, NULL);
	if (!e)
		e = copy_out(w, &writer, &text, addr, len, why);
	if (!e && !image_write_end(&writer, &text))
		e = why_set(why, ERR_NO_MEMORY, NULL);
	if (!e)
		e = put(w, &text, why);
	buf_release(&text);
	if (e && why->stage == STAGE_NONE)
		why->stage = STAGE_READ;
	json_add_hex32(w->result, "address", addr);
	json_add_integer(w->result, "length", len);
	json_add_string(w->result, "format", image_format_name(format));
	work_add_figures(w, len);
	return e;
}

static const struct {
	enum err (*execute)(struct work *w, struct why *why);
} kinds[] = {
	[JOB_FLASH] = { work_flash },
	[JOB_VERIFY] = { work_verify },
	[JOB_ERASE] = { work_erase },
	[JOB_READ] = { read_memory },
	[JOB_GO] = { go },
	[JOB_RESET] = { work_reset },
	[JOB_IDENTIFY] = { identify },
	[JOB_PROTECT] = { work_protect },
	[JOB_OPTION_BYTES] = { work_options },
	[JOB_POWER] = { work_power },
	[JOB_DOCTOR] = { work_doctor },
	[JOB_PROBE] = { work_probe },
	[JOB_EXPECT] = { work_expect_job },
};
static_assert(sizeof(kinds) / sizeof(*kinds) == JOB_KIND_COUNT, "every kind can be done");

bool job_needs_port(const struct job *job, struct known *known)
{
	const struct job_request *request = job_request(job);
	struct device device;

	if (request->kind == JOB_POWER)
		return false; /* off may be why it is absent */
	if (request->kind == JOB_DOCTOR)
		return false; /* finds out why it is absent */
	return request->kind != JOB_FLASH || !request->dry_run || request->as_product_id ||
		request->flash_bytes || !known_device(known, &device) || !device.chip;
}

/* It says what is unsure, as far as that is known. */
static void quarantine(struct work *w, enum err err)
{
	const char *kind = job_kind_name(w->request->kind), *stage = stage_name(w->stage);
	const uint32_t from = w->unsure_addr, len = w->unsure_len;
	char reason[240];

	if (len)
		snprintf(reason, sizeof(reason),
			"the %s was cut short in the stage %s (%s): what is from 0x%08X to 0x%08X "
			"is unsure",
			kind, stage, err_name(err), (unsigned)from, (unsigned)(from + len - 1));
	else
		snprintf(reason, sizeof(reason), "the %s was cut short in the stage %s (%s)", kind,
			stage, err_name(err));
	known_set_quarantine(w->scene->known,
		&(struct known_quarantine){ .job = job_id(w->job),
			.reason = reason,
			.address = from,
			.length = len,
			.merged = w->merged[0] ? w->merged : NULL });
}

/* What the board is known to hold, on the disk before the outcome is. */
static void keep_content(struct work *w, enum err err)
{
	const struct job_request *request = w->request;
	struct known *known = w->scene->known;
	const struct known_image image = { .sha256 = request->sha256,
		.by = request->who,
		.name = request->name[0] ? request->name : NULL,
		.format = w->image_format,
		.address = w->image_address };

	/* Found unchanged and compared: what the part holds is known again all the same. */
	if (!w->has_changed && !(request->kind == JOB_FLASH && !request->dry_run && w->is_good))
		return;
	if (request->kind == JOB_FLASH && (!err || w->is_good))
		known_set_image(known, &image);
	else
		known_set_image(known, &(struct known_image){ 0 });
	if (w->is_good)
		known_end_quarantine(known);
	else if (err)
		quarantine(w, err);
}

/* While the application is listened to, it is whole. */
static bool is_unsure(const struct work *w)
{
	return w->has_changed && !w->is_good && w->stage != STAGE_EXPECT;
}

static void fill_cut_short(const struct work *w, const struct why *why, struct problem *problem)
{
	const bool is_stopped = w->scene->is_stopping(w->scene->ctx);

	problem_set(problem, is_stopped ? "interrupted" : "cancelled",
		"%s in the stage \"%s\"%s%s. %s",
		is_stopped ? "The server was stopped" : "The job was cancelled",
		stage_name(w->stage), why->what ? ": " : "", why->what ? why->what : "",
		is_unsure(w) ? "The part had been changed already: flash it again."
			     : "Nothing of the part is left half done.");
	problem->stage = w->stage;
}

static void fill_not_entered(const struct why *why, struct problem *problem)
{
	problem_set(problem, "bootloader_not_entered",
		"The firmware did not enter the bootloader: what control.send says was sent to it, "
		"and no ROM answered (%s). Does the program that runs know it, and does it jump to "
		"system memory with clocks and interrupts as a reset leaves them? Raise wait_ms if "
		"it needs longer, or start the ROM once by BOOT0 and reset.",
		why->what ? why->what : "it answered wrongly");
	problem->stage = STAGE_CONNECT;
}

static void fill_problem(const struct work *w, const struct why *why, struct problem *problem)
{
	const struct chip *chip = w->has_spoken ? w->boot->device.chip : NULL;

	if (w->store_failed)
		problem_set(problem, "store_failed",
			"The store could not be written, so nothing was sent that changes the "
			"part. See the server's log; is the disk full?");
	else if (w->unexpected.code)
		*problem = w->unexpected;
	else if (w->not_entered)
		fill_not_entered(why, problem);
	else if (why->err == ERR_CANCELLED)
		fill_cut_short(w, why, problem);
	else
		problem_from_why(problem, why, chip ? chip->name : NULL, w->scene->config->port);
	if (w->more[0]) {
		problem_add(problem, " ");
		problem_add(problem, w->more);
	}
	if (why->err != ERR_CANCELLED && is_unsure(w))
		problem_add(problem, " The part was changed and its content is unsure now.");
}

static enum job_state state_after(const struct work *w, enum err err)
{
	if (!err)
		return JOB_DONE;
	if (err != ERR_CANCELLED)
		return JOB_FAILED;
	return w->scene->is_stopping(w->scene->ctx) ? JOB_INTERRUPTED : JOB_CANCELLED;
}

/* It was cancelled in the queue, or could not be stored as running. */
static struct job_outcome unbegun(const struct job_scene *scene)
{
	struct job_outcome outcome = { .state = JOB_FAILED,
		.place = scene->was_in_bootloader ? PLACE_BOOTLOADER : PLACE_APPLICATION };

	problem_set(&outcome.problem, "store_failed",
		"The store could not be written, so the job was not begun. Is the disk full?");
	return outcome;
}

struct job_outcome job_execute(struct job *job, const struct job_scene *scene)
{
	struct job_outcome outcome = { 0 };
	struct work w;
	struct why why = { 0 };

	if (!job_begin(job, scene->store))
		return unbegun(scene);
	work_init(&w, job, scene);
	w.result = json_object();
	why.err = kinds[w.request->kind].execute(&w, &why);
	const enum err e = why.err;

	keep_content(&w, w.stage == STAGE_EXPECT ? ERR_OK : e);
	work_warn_of_link(&w);
	outcome.place = work_leave(&w, e);
	if (w.warnings)
		json_add(w.result, "warnings", w.warnings);
	outcome.state = state_after(&w, e);
	if (e)
		fill_problem(&w, &why, &outcome.problem);
	/* What it did before it listened stands. */
	if (!e || w.stage == STAGE_EXPECT)
		outcome.result = job_text(w.result);
	else
		json_free(w.result);
	return outcome;
}
