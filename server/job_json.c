/* SPDX-License-Identifier: MIT */
/* job_json.c - the JSON that jobs are kept and shown as (docs: api, Shapes). */
#include "server/job_json.h"

#include "server/clock.h"

#include <stdlib.h>

/* A file may have tens of thousands of segments; what is shown of them is bounded. */
enum { SHOWN_SEGMENTS = 256 };

char *job_text(struct json *json)
{
	char *text = json_text(json);

	json_free(json);
	return text;
}

struct json *job_record_json(const struct job_record *record)
{
	struct json *json = json_object();

	json_add_string(json, "id", record->id);
	json_add_string(json, "board", record->board);
	json_add_string(json, "kind", job_kind_name(record->kind));
	json_add_string(json, "state", job_state_name(record->state));
	json_add_time(json, "created", record->created);
	json_add_time(json, "started", record->started);
	json_add_time(json, "finished", record->finished);
	json_add_string(json, "who", record->who);
	json_add_string(json, "name", record->name);
	json_add_raw(json, "parameters", record->parameters);
	json_add_raw(json, "image", record->image);
	if (record->stage[0]) {
		struct json *progress = json_object();

		json_add_string(progress, "stage", record->stage);
		json_add_integer(progress, "done", (int64_t)record->done);
		json_add_integer(progress, "total", (int64_t)record->total);
		json_add(json, "progress", progress);
	} else {
		json_add_null(json, "progress");
	}
	json_add_raw(json, "result", record->result);
	json_add_raw(json, "error", record->error);
	return json;
}

struct json *job_json(struct job *job)
{
	struct job_record record = { 0 };
	struct json *json = NULL;

	if (job && job_copy(job, &record))
		json = job_record_json(&record);
	job_record_release(&record);
	return json;
}

struct json *progress_json(const struct progress *progress)
{
	struct json *json = json_object();

	json_add_string(json, "type", "progress");
	json_add_string(json, "stage", stage_name(progress->stage));
	json_add_hex32(json, "address", progress->addr);
	json_add_integer(json, "done", (int64_t)progress->done);
	json_add_integer(json, "total", (int64_t)progress->total);
	json_add_integer(json, "bytes_per_second", progress->bytes_per_second);
	if (progress->seconds_left == UINT32_MAX)
		json_add_null(json, "seconds_left");
	else
		json_add_integer(json, "seconds_left", progress->seconds_left);
	return json;
}

char *job_problem_text(const struct problem *problem, const char *board)
{
	struct problem copy = *problem;

	copy.board = board;
	return job_text(problem_json(&copy));
}

static const char *const erase_names[] = {
	[PLAN_ERASE_NEEDED] = "needed",
	[PLAN_ERASE_MASS] = "mass",
	[PLAN_ERASE_NONE] = "none",
};
static const char *const write_names[] = {
	[PLAN_WRITE_AUTO] = "auto",
	[PLAN_WRITE_CHANGED] = "changed",
	[PLAN_WRITE_ALL] = "all",
};
static const char *const verify_names[] = {
	[PLAN_VERIFY_AUTO] = "auto",
	[PLAN_VERIFY_CRC] = "crc",
	[PLAN_VERIFY_READ] = "read",
	[PLAN_VERIFY_NONE] = "none",
};

static void add_flash(struct json *json, const struct job_request *request)
{
	json_add_string(json, "firmware", request->sha256);
	json_add_string(json, "format", image_format_name(request->format));
	json_add_string(json, "outside", request->skip_outside ? "skip" : "refuse");
	json_add_string(json, "verify", verify_names[request->verify]);
	if (request->kind != JOB_FLASH)
		return;
	json_add_string(json, "erase", erase_names[request->erase]);
	json_add_string(json, "write", write_names[request->write]);
	json_add_bool(json, "keep_neighbours", request->keep_neighbours);
	json_add_bool(json, "run", request->run);
	json_add_bool(json, "force", request->force);
	json_add_bool(json, "dry_run", request->dry_run);
}

static void add_expect(struct json *json, const struct job_request *request)
{
	const struct expect *expect = request->expect;
	const bool is_flash = request->kind == JOB_FLASH;

	if (expect->pattern[0])
		json_add_string(json, is_flash ? "expect" : "pattern", expect->pattern);
	if (expect->fail[0])
		json_add_string(json, "fail", expect->fail);
	if (expect->results)
		json_add_string(json, "results", results_format_name(expect->results));
	json_add_double(json, is_flash ? "timeout" : "timeout_s", expect->timeout_ms / 1000.0);
	if (is_flash)
		return;
	json_add_bool(json, "reset", expect->resets);
	if (expect->from == EXPECT_FROM_OFFSET)
		json_add_integer(json, "from", (int64_t)expect->offset);
	else
		json_add_string(json, "from", expect->from == EXPECT_FROM_RESET ? "reset" : "now");
}

static void add_erase(struct json *json, const struct job_request *request)
{
	if (request->mass)
		json_add_bool(json, "mass", true);
	if (!request->sector_count)
		return;
	struct json *sectors = json_array();

	for (size_t i = 0; i < request->sector_count; i++)
		json_push_integer(sectors, request->sectors[i]);
	json_add(json, "sectors", sectors);
}

static void add_protect(struct json *json, const struct job_request *request)
{
	struct json *sectors;

	if (request->has_readout) {
		json_add_bool(json, "readout", request->readout);
		return;
	}
	sectors = json_array();
	for (size_t i = 0; i < request->sector_count; i++)
		json_push_integer(sectors, request->sectors[i]);
	json_add(json, "write", sectors);
}

char *job_request_text(const struct job_request *request)
{
	struct json *json = json_object();

	if (request->kind == JOB_FLASH || request->kind == JOB_VERIFY)
		add_flash(json, request);
	if (request->kind == JOB_ERASE)
		add_erase(json, request);
	if (request->options) {
		json_add(json, "write", option_change_json(request->options));
		json_add_bool(json, "dry_run", request->dry_run);
	}
	if (request->kind == JOB_PROTECT)
		add_protect(json, request);
	if (request->expect)
		add_expect(json, request);
	if (request->kind == JOB_READ)
		json_add_string(json, "format", image_format_name(request->format));
	if (request->kind == JOB_POWER)
		json_add_string(json, "state", power_switch_name(request->power));
	if (request->kind == JOB_RESET)
		json_add_string(json, "into",
			request->into == INTO_BOOTLOADER ? "bootloader" : "application");
	if (request->has_address)
		json_add_hex32(json, "address", request->address);
	if (request->has_length)
		json_add_integer(json, "length", request->length);
	if (request->baud)
		json_add_integer(json, "baud", request->baud);
	if (request->has_burst)
		json_add_bool(json, "burst", request->burst);
	if (request->as_product_id)
		json_add_hex32(json, "as", request->as_product_id);
	if (request->flash_bytes)
		json_add_integer(json, "flash_bytes", request->flash_bytes);
	return job_text(json);
}

static struct json *image_json(const struct image *image, const char *sha256, const char *name)
{
	struct json *json = json_object(), *segments = json_array();

	json_add_string(json, "sha256", sha256);
	json_add_string(json, "format", image_format_name(image->format));
	json_add_integer(json, "bytes", image->bytes);
	json_add_string(json, "name", name[0] ? name : NULL);
	for (size_t i = 0; i < image->count && i < SHOWN_SEGMENTS; i++) {
		struct json *segment = json_object();

		json_add_hex32(segment, "address", image->segments[i].addr);
		json_add_integer(segment, "length", (int64_t)image->segments[i].data.len);
		json_push(segments, segment);
	}
	json_add(json, "segments", segments);
	return json;
}

char *job_image_text(const struct image *image, const char *sha256, const char *name)
{
	return job_text(image_json(image, sha256, name));
}

char *job_merged_text(
	const struct image *image, const char *sha256, const char *name, const char *merged)
{
	struct json *json = image_json(image, sha256, name);

	json_add_string(json, "merged", merged);
	return job_text(json);
}

/* The part of [addr, addr+len) that lies in each sector. */
static void push_ranges(struct json *list, const struct plan *plan, uint32_t addr, uint32_t len)
{
	struct sector sector;

	while (len && chip_sector_at(plan->chip, plan->flash_bytes, addr, &sector)) {
		const uint32_t room = sector.addr + sector.len - addr;
		const uint32_t part = len < room ? len : room;
		struct json *range = json_object();

		json_add_integer(range, "sector", sector.number);
		json_add_hex32(range, "address", addr);
		json_add_integer(range, "length", part);
		json_push(list, range);
		addr += part;
		len -= part;
	}
}

static void push_warning(void *ctx, const char *text)
{
	json_push_string(ctx, text);
}

struct json *job_plan_json(const struct plan *plan, unsigned image_notes)
{
	struct json *json = json_object();
	struct json *erase = json_array(), *write = json_array(), *warnings = json_array();

	for (size_t i = 0; i < plan->count; i++) {
		const struct step *step = &plan->steps[i];

		if (step->kind == STEP_MASS_ERASE)
			push_ranges(erase, plan, plan->chip->flash_base, plan->flash_bytes);
		else if (step->kind == STEP_ERASE)
			push_ranges(erase, plan, step->addr, step->len);
		else if (step->kind == STEP_WRITE)
			push_ranges(write, plan, step->addr, step->len);
	}
	job_warnings(plan->notes, image_notes, push_warning, warnings);
	json_add(json, "erase", erase);
	json_add(json, "write", write);
	json_add_integer(json, "skipped_bytes", plan->skipped_bytes);
	json_add_double(json, "estimated_seconds", plan->estimated_ms / 1000.0);
	json_add(json, "warnings", warnings);
	return json;
}

void job_push_erased(struct json *numbers, const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct step *step = &plan->steps[i];
		uint32_t first = step->sector, count = step->kind == STEP_ERASE ? step->count : 0;

		if (step->kind == STEP_MASS_ERASE) {
			first = 0;
			count = chip_sector_count(plan->chip, plan->flash_bytes);
		}
		for (uint32_t n = 0; n < count; n++)
			json_push_integer(numbers, first + n);
	}
}

struct note {
	unsigned bit;
	const char *text;
};

static const struct note plan_notes[] = {
	{ PLAN_NOTE_OUTSIDE_SKIPPED, "Parts of the image outside the main flash are left out." },
	{ PLAN_NOTE_NOT_APPLICATION, "The image does not look like a program for this part." },
	{ PLAN_NOTE_NOT_VERIFIED, "The content is not verified: a write that fails goes unseen." },
	{ PLAN_NOTE_SIZE_ASSUMED,
		"The flash size could not be read; that of the largest variant "
		"is assumed." },
	{ PLAN_NOTE_LAYOUT_ASSUMED,
		"The option bit that sets how this part's flash is cut into sectors was not read; "
		"the "
		"usual layout is taken. If the board has the other one, erase all of it "
		"(erase=mass)." },
	{ PLAN_NOTE_ERASE_ALL_SECTORS, "This part has no mass erase; all sectors are erased." },
};

static const struct note image_notes_table[] = {
	{ IMAGE_NOTE_AFTER_END, "Records after the end record were not used." },
	{ IMAGE_NOTE_RECORD_COUNT, "The record count in the file does not match." },
	{ IMAGE_NOTE_RAM_SEGMENT, "A segment that belongs into RAM was left out." },
	{ IMAGE_NOTE_DFU_TARGET, "A DfuSe target other than the internal flash was left out." },
	{ IMAGE_NOTE_DFU_SUFFIX, "A DFU suffix was taken off the raw image." },
};

void job_warnings(unsigned plan_bits, unsigned image_bits,
	void (*each)(void *ctx, const char *text), void *ctx)
{
	for (size_t i = 0; i < sizeof(plan_notes) / sizeof(*plan_notes); i++)
		if (plan_bits & plan_notes[i].bit)
			each(ctx, plan_notes[i].text);
	for (size_t i = 0; i < sizeof(image_notes_table) / sizeof(*image_notes_table); i++)
		if (image_bits & image_notes_table[i].bit)
			each(ctx, image_notes_table[i].text);
}
