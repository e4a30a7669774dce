/* SPDX-License-Identifier: MIT */
/* job_plan.c - flash and verify: image, plan and run strung together. */
#include "server/job_carry.h"
#include "server/job_record.h"

#include "server/clock.h"
#include "server/job_json.h"

#define DEFAULT_BASE 0x08000000u /* of the main flash of nearly every part */

struct loaded {
	struct shelf_file file;
	struct image image;
	uint32_t bin_addr;
};

static enum err parse(struct work *w, struct loaded *loaded, uint32_t bin_addr, struct why *why)
{
	const struct job_request *request = w->request;

	loaded->bin_addr = request->has_address ? request->address : bin_addr;
	enum err e = image_parse(
		&loaded->image, loaded->file.bytes, request->format, loaded->bin_addr, why);

	/* Failing to note it is logged there, and only makes the list longer. */
	if (e != ERR_NO_MEMORY)
		store_firmware_judge(w->scene->store, request->sha256, !e);
	w->image_format = loaded->image.format;
	w->image_address = loaded->bin_addr;
	if (!e && request->has_address && loaded->image.format != FORMAT_BIN)
		e = why_set(why, ERR_ARGUMENT,
			"an address is for raw images only, this file carries its own");
	if (!e)
		job_set_image(
			w->job, job_image_text(&loaded->image, request->sha256, request->name));
	return work_in_stage(e, STAGE_PLAN, why);
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

static struct plan_options plan_options(const struct work *w, const struct survey *survey)
{
	const struct job_request *request = w->request;
	const struct known_link link = work_link(w);
	enum plan_start start = PLAN_START_NONE;

	if (request->run)
		start = w->control.resets ? PLAN_START_RESET : PLAN_START_GO;
	return (struct plan_options){
		.erase = request->erase,
		.verify = request->verify,
		.skip_outside = request->skip_outside,
		.force = request->force,
		.start = start,
		.write = request->write,
		.survey = survey && survey->count ? survey : NULL,
		.baud = link.baud,
		.turnaround_us = link.turnaround_us,
		.bursts = link.bursts,
		.resumes = w->resumes,
		.restart_us = link.restart_us,
		.sync_us = link.sync_us,
		.supply_mv = w->scene->config->supply_mv,
	};
}

static uint32_t len_of(const struct plan *plan, enum step_kind kind)
{
	uint32_t len = 0;

	for (size_t i = 0; i < plan->count; i++)
		len += plan->steps[i].kind == kind ? plan->steps[i].len : 0;
	return len;
}

static const char *verified(const struct plan *plan)
{
	static const char *const names[] = {
		[PLAN_VERIFY_AUTO] = "none",
		[PLAN_VERIFY_CRC] = "crc",
		[PLAN_VERIFY_READ] = "read",
		[PLAN_VERIFY_NONE] = "none",
	};

	return names[plan->verified];
}

static void flash_result(struct carry *c)
{
	struct work *w = c->w;
	struct json *erased = json_array();

	job_push_erased(erased, &c->plan);
	json_add(w->result, "erased_sectors", erased);
	json_add_integer(w->result, "written_bytes", c->run.written_bytes);
	json_add_integer(w->result, "skipped_bytes", c->plan.skipped_bytes);
	json_add_string(w->result, "verified", verified(&c->plan));
	if (len_of(&c->plan, STEP_SAMPLE))
		json_add_integer(w->result, "sampled_bytes", len_of(&c->plan, STEP_SAMPLE));
	json_add_string(w->result, "started", c->run.started);
	work_add_figures(w, c->run.written_bytes);
	if (c->run.started && run_start_note(&c->run))
		work_warn(w, run_start_note(&c->run));
	if (c->run.started)
		json_add_bool(w->result, "console_spoke", work_hears_console(w));
}

/* The image as it came: what is kept of its neighbours is no part of it. */
static void count_neighbours(struct carry *c, const struct image *image,
	const struct device *device, const struct survey *survey)
{
	const struct job_request *request = c->w->request;

	if (request->keep_neighbours && request->erase == PLAN_ERASE_NEEDED && device->chip)
		c->beside = neighbours_count(image, device, survey);
}

/* What cannot be is refused by a first plan, before anything is looked at. */
static enum err plan(struct carry *c, const struct image *image, const struct device *device,
	const struct survey *survey, struct why *why)
{
	struct plan_options options = plan_options(c->w, survey);

	options.beside_reads = c->beside.reads;
	options.beside_bytes = c->beside.bytes;
	return work_in_stage(plan_flash(&c->plan, image, device, &options, why), STAGE_PLAN, why);
}

/* A dry run ends as the run would: with a plan, or refused by what protects the part. */
static enum err tell_plan(struct carry *c, const struct image *image, struct why *why)
{
	struct work *w = c->w;
	const enum err e = work_check_protection(w, &c->plan, why);

	if (!e)
		json_add(w->result, "plan", job_plan_json(&c->plan, image->notes));
	return e;
}

static enum err do_plan(
	struct carry *c, const struct image *image, const struct survey *survey, struct why *why)
{
	struct work *w = c->w;

	job_warnings(c->plan.notes, image->notes, work_warn, w);
	if (w->request->dry_run)
		return tell_plan(c, image, why);
	map_begin(w->scene->map, chip_sector_count(c->plan.chip, c->plan.flash_bytes));
	map_unchanged(w->scene->map, survey);
	map_plan(w->scene->map, &c->plan);
	const enum err e = carry_out(c, why);

	if (!e)
		flash_result(c);
	return e;
}

static enum err flash_to(
	struct work *w, struct loaded *loaded, const struct device *device, struct why *why)
{
	struct survey survey = { 0 };
	struct image merged = { 0 };
	struct carry c = { .w = w };
	enum err e = move_to_base(w, loaded, device, why);

	work_stage(w, STAGE_PLAN);
	count_neighbours(&c, &loaded->image, device, NULL);
	if (!e)
		e = plan(&c, &loaded->image, device, NULL, why);
	if (!e)
		e = work_survey(w, device, &loaded->image, &survey, why);
	if (!e)
		e = work_merge(w, &loaded->image, &survey, &merged, why);
	if (!e && (survey.count || merged.count)) {
		plan_release(&c.plan);
		count_neighbours(&c, &loaded->image, device, &survey);
		e = plan(&c, merged.count ? &merged : &loaded->image, device, &survey, why);
	}
	if (!e)
		e = do_plan(&c, &loaded->image, &survey, why);
	plan_release(&c.plan);
	image_release(&merged);
	survey_release(&survey);
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
			e = work_in_stage(work_check_chip(w, &device, why), STAGE_PLAN, why);
	}
	if (!e)
		e = flash_to(w, &loaded, &device, why);
	unload(&loaded);
	if (e || w->request->dry_run || !w->request->expect)
		return e;
	return work_expect(w, w->spoke_from, why);
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
		const struct plan_options options = plan_options(w, NULL);

		e = work_in_stage(
			plan_verify(&c.plan, &loaded.image, &w->boot->device, &options, why),
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
