/* SPDX-License-Identifier: MIT */
/* job_plan.c - flash, verify and erase: image, plan and run strung together. */
#include "server/job_step.h"

#include "server/clock.h"
#include "server/job_json.h"

#include <stdlib.h>

#define DEFAULT_BASE 0x08000000u /* of the main flash of nearly every part */

/* A plan being carried out; several in a row count as one. */
struct carry {
	struct work *w;
	struct plan plan;
	struct run run;
	uint64_t done_before, total; /* of an erase in several plans */
};

struct loaded {
	struct shelf_file file;
	struct image image;
	uint32_t bin_addr;
};

static enum err in_stage(enum err e, enum stage stage, struct why *why)
{
	if (e && why->stage == STAGE_NONE)
		why->stage = stage;
	return e;
}

static enum err parse(struct work *w, struct loaded *loaded, uint32_t bin_addr, struct why *why)
{
	const struct job_request *request = w->request;

	loaded->bin_addr = request->has_address ? request->address : bin_addr;
	enum err e = image_parse(
		&loaded->image, loaded->file.bytes, request->format, loaded->bin_addr, why);

	/* Failing to note it is logged there, and only makes the list longer. */
	if (e != ERR_NO_MEMORY)
		store_firmware_judge(w->scene->store, request->sha256, !e);
	if (!e && request->has_address && loaded->image.format != FORMAT_BIN)
		e = why_set(why, ERR_ARGUMENT,
			"an address is for raw images only, this file carries its own");
	if (!e)
		job_set_image(
			w->job, job_image_text(&loaded->image, request->sha256, request->name));
	return in_stage(e, STAGE_PLAN, why);
}

static enum err load(struct work *w, struct loaded *loaded, struct why *why)
{
	struct device device;
	const bool is_known = known_device(w->scene->known, &device) && device.chip;

	if (!shelf_map(w->scene->shelf, w->request->sha256, &loaded->file))
		return why_set(why, ERR_IO, "the image is not on the shelf any more");
	return parse(w, loaded, is_known ? device.chip->flash_base : DEFAULT_BASE, why);
}

static void unload(struct loaded *loaded)
{
	image_release(&loaded->image);
	if (loaded->file.bytes.ptr)
		shelf_unmap(&loaded->file);
}

/* A raw image without an address belongs to the base of the part that was found. */
static enum err move_to_base(
	struct work *w, struct loaded *loaded, const struct device *device, struct why *why)
{
	if (loaded->image.format != FORMAT_BIN || w->request->has_address || !device->chip ||
		device->chip->flash_base == loaded->bin_addr)
		return ERR_OK;
	image_release(&loaded->image);
	return parse(w, loaded, device->chip->flash_base, why);
}

static struct plan_options plan_options(const struct work *w)
{
	const struct job_request *request = w->request;
	enum plan_start start = PLAN_START_NONE;

	if (request->run)
		start = w->control.resets ? PLAN_START_RESET : PLAN_START_GO;
	return (struct plan_options){
		.erase = request->erase,
		.verify = request->verify,
		.skip_outside = request->skip_outside,
		.force = request->force,
		.start = start,
		.baud = w->has_spoken ? w->boot->options.settings.baud
				      : known_baud(w->scene->known),
	};
}

static enum err note_change(struct work *w, struct why *why)
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

/* Told before its first piece: the rate counts from here. */
static void begin_stage(struct carry *c, enum stage stage)
{
	const struct plan *plan = &c->plan;
	const uint64_t totals[STAGE_COUNT] = {
		[STAGE_ERASE] = c->total ? c->total : plan->erase_bytes,
		[STAGE_WRITE] = plan->write_bytes,
		[STAGE_VERIFY] = plan->verify_bytes,
	};

	work_stage(c->w, stage);
	job_set_progress(c->w->job, stage, plan->steps[c->run.step].addr, 0, totals[stage]);
}

static enum err do_piece(struct carry *c, struct why *why)
{
	struct work *w = c->w;
	const enum stage stage = run_next_stage(&c->run);
	const bool goes = stage == STAGE_RUN && !w->control.resets;
	enum err e = ERR_OK;

	if (work_should_stop(w)) /* the stage that would follow has not begun */
		return in_stage(why_set(why, ERR_CANCELLED, NULL), w->stage, why);
	if (w->stage != stage)
		begin_stage(c, stage);
	if (stage == STAGE_ERASE || stage == STAGE_WRITE)
		e = note_change(w, why);
	if (e)
		return in_stage(e, stage, why);
	map_before(w->scene->map, &c->run);
	if (goes)
		work_before_go(w);
	e = run_piece(&c->run, why);
	if (!e)
		map_after(w->scene->map, &c->run);
	if (!e && goes)
		e = work_after_go(w, why);
	return in_stage(e, stage, why);
}

static void show_failure(struct carry *c, const struct why *why)
{
	if (why->has_addr && c->plan.chip)
		map_set_range(c->w->scene->map, c->plan.chip, c->plan.flash_bytes, why->addr, 1,
			SECTOR_FAILED);
}

static void report(struct carry *c)
{
	const struct run *run = &c->run;
	const uint64_t total = c->total ? c->total : run->total;

	job_set_progress(c->w->job, run->stage, run->addr, c->done_before + run->done, total);
}

/* Carries the plan out. What it ends with decides whether the content can be trusted. */
static enum err carry_out(struct carry *c, struct why *why)
{
	enum err e = ERR_OK;

	run_init(&c->run, &c->plan, c->w->boot);
	c->run.tolerate_mismatch = c->w->request->kind == JOB_VERIFY;
	while (!e && !c->run.has_mismatch && !run_is_done(&c->run)) {
		e = do_piece(c, why);
		if (e)
			show_failure(c, why);
		else
			report(c);
		const enum stage next = run_is_done(&c->run) ? STAGE_NONE : run_next_stage(&c->run);

		if (!e && (next == STAGE_RUN || next == STAGE_NONE) && c->plan.verify_bytes)
			c->w->is_good = c->w->request->kind == JOB_FLASH;
	}
	return e;
}

static void flash_result(struct carry *c)
{
	struct work *w = c->w;
	struct json *erased = json_array();

	job_push_erased(erased, &c->plan);
	json_add(w->result, "erased_sectors", erased);
	json_add_integer(w->result, "written_bytes", c->run.written_bytes);
	json_add_integer(w->result, "skipped_bytes", c->plan.skipped_bytes);
	json_add_string(w->result, "verified", c->plan.verify_bytes ? "read" : "none");
	json_add_string(w->result, "started", c->run.started);
	work_add_figures(w, c->run.written_bytes);
}

static enum err flash_to(
	struct work *w, struct loaded *loaded, const struct device *device, struct why *why)
{
	const struct plan_options options = plan_options(w);
	struct carry c = { .w = w };
	enum err e = move_to_base(w, loaded, device, why);

	work_stage(w, STAGE_PLAN);
	if (!e)
		e = in_stage(plan_flash(&c.plan, &loaded->image, device, &options, why), STAGE_PLAN,
			why);
	if (e)
		return e;
	job_warnings(c.plan.notes, loaded->image.notes, work_warn, w);
	if (w->request->dry_run) {
		json_add(w->result, "plan", job_plan_json(&c.plan, loaded->image.notes));
	} else {
		map_begin(w->scene->map, chip_sector_count(c.plan.chip, c.plan.flash_bytes));
		map_plan(w->scene->map, &c.plan);
		e = carry_out(&c, why);
		if (!e)
			flash_result(&c);
	}
	plan_release(&c.plan);
	return e;
}

enum err work_flash(struct work *w, struct why *why)
{
	struct loaded loaded = { 0 };
	struct device device;
	enum err e = load(w, &loaded, why);

	if (!e && job_needs_port(w->job, w->scene->known)) {
		e = work_connect(w, why);
		device = w->boot->device;
	} else {
		(void)known_device(w->scene->known, &device);
		if (!e)
			e = in_stage(work_check_chip(w, &device, why), STAGE_PLAN, why);
	}
	if (!e)
		e = flash_to(w, &loaded, &device, why);
	unload(&loaded);
	return e;
}

static void verify_result(struct carry *c)
{
	struct work *w = c->w;
	const struct run *run = &c->run;

	json_add_bool(w->result, "match", !run->has_mismatch);
	if (run->has_mismatch) {
		json_add_hex32(w->result, "address", run->mismatch_addr);
		json_add_integer(w->result, "expected", run->expected);
		json_add_integer(w->result, "found", run->found);
		map_set_range(w->scene->map, c->plan.chip, c->plan.flash_bytes, run->mismatch_addr,
			1, SECTOR_FAILED);
	}
	work_add_figures(w, run->done);
}

enum err work_verify(struct work *w, struct why *why)
{
	struct loaded loaded = { 0 };
	struct carry c = { .w = w };
	enum err e = load(w, &loaded, why);

	if (!e)
		e = work_connect(w, why);
	if (!e)
		e = move_to_base(w, &loaded, &w->boot->device, why);
	if (!e) {
		const struct plan_options options = plan_options(w);

		e = in_stage(plan_verify(&c.plan, &loaded.image, &w->boot->device, &options, why),
			STAGE_PLAN, why);
	}
	if (!e) {
		job_warnings(c.plan.notes, loaded.image.notes, work_warn, w);
		map_begin(w->scene->map, chip_sector_count(c.plan.chip, c.plan.flash_bytes));
		e = carry_out(&c, why);
	}
	if (!e)
		verify_result(&c);
	plan_release(&c.plan);
	unload(&loaded);
	return e;
}

/* One range to erase; len 0: the whole part. */
struct range {
	uint32_t addr, len;
};

static int by_number(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Sectors that follow each other become one range. ERR_RANGE: there is no such sector. */
static enum err ranges_of_sectors(const struct work *w, const struct device *device,
	struct range *ranges, size_t *count, struct why *why)
{
	const struct job_request *request = w->request;
	uint32_t *sectors = request->sectors;
	const uint32_t most = chip_sector_count(device->chip, device->flash_bytes);

	qsort(sectors, request->sector_count, sizeof(*sectors), by_number);
	for (size_t i = 0; i < request->sector_count; i++) {
		if (sectors[i] >= most)
			return why_set(why, ERR_RANGE, "the part has no sector of this number");
		const struct sector sector = chip_sector(device->chip, sectors[i]);
		struct range *last = *count ? &ranges[*count - 1] : NULL;

		if (last && last->addr + last->len > sector.addr)
			continue; /* named twice */
		if (last && last->addr + last->len == sector.addr)
			last->len += sector.len;
		else
			ranges[(*count)++] = (struct range){ sector.addr, sector.len };
	}
	return ERR_OK;
}

static enum err ranges_to_erase(
	const struct work *w, struct range *ranges, size_t *count, struct why *why)
{
	const struct job_request *request = w->request;
	const struct device *device = &w->boot->device;

	if (request->sector_count && !device->chip)
		return why_set(why, ERR_UNKNOWN_PART, NULL);
	if (request->sector_count)
		return ranges_of_sectors(w, device, ranges, count, why);
	if (!request->mass && !request->length)
		return why_set(why, ERR_ARGUMENT, "nothing to erase is named");
	ranges[(*count)++] = request->mass ? (struct range){ 0, 0 }
					   : (struct range){ request->address, request->length };
	return ERR_OK;
}

/* All plans before the first erase: what can be refused is refused before anything is sent. */
static enum err plan_ranges(const struct work *w, const struct range *ranges, size_t count,
	struct carry *carries, struct why *why)
{
	uint64_t total = 0;
	enum err e = ERR_OK;

	for (size_t i = 0; !e && i < count; i++) {
		carries[i].w = (struct work *)w;
		carries[i].done_before = total;
		e = plan_erase(
			&carries[i].plan, &w->boot->device, ranges[i].addr, ranges[i].len, why);
		total += carries[i].plan.erase_bytes;
	}
	for (size_t i = 0; !e && i < count; i++)
		carries[i].total = total;
	return in_stage(e, STAGE_PLAN, why);
}

static enum err erase_ranges(struct work *w, struct carry *carries, size_t count, struct why *why)
{
	const struct device *device = &w->boot->device;
	struct json *erased = json_array();
	enum err e = ERR_OK;

	map_begin(w->scene->map,
		device->chip ? chip_sector_count(device->chip, device->flash_bytes) : 0);
	for (size_t i = 0; i < count; i++)
		map_plan(w->scene->map, &carries[i].plan);
	for (size_t i = 0; !e && i < count; i++) {
		job_warnings(carries[i].plan.notes, 0, work_warn, w);
		e = carry_out(&carries[i], why);
		if (!e && device->chip)
			job_push_erased(erased, &carries[i].plan);
	}
	w->is_good = !e && w->request->mass;
	json_add(w->result, "erased_sectors", erased);
	return e;
}

enum err work_erase(struct work *w, struct why *why)
{
	const size_t most = w->request->sector_count ? w->request->sector_count : 1;
	struct range *ranges = calloc(most, sizeof(*ranges));
	struct carry *carries = calloc(most, sizeof(*carries));
	size_t count = 0;
	enum err e = ranges && carries ? ERR_OK : why_set(why, ERR_NO_MEMORY, NULL);

	if (!e)
		e = work_connect(w, why);
	if (!e)
		e = in_stage(ranges_to_erase(w, ranges, &count, why), STAGE_PLAN, why);
	if (!e)
		e = plan_ranges(w, ranges, count, carries, why);
	if (!e)
		e = erase_ranges(w, carries, count, why);
	if (!e) {
		json_add_bool(w->result, "mass", w->request->mass);
		work_add_figures(w, 0);
	}
	for (size_t i = 0; i < count; i++)
		plan_release(&carries[i].plan);
	free(carries);
	free(ranges);
	return e;
}
