/* SPDX-License-Identifier: MIT */
/*
 * job_merge.c - keep_neighbours: what stands beside an image becomes part of what is written, and
 * is on the shelf before the first erase, so that a power cut takes nothing with it.
 */
#include "server/job_record.h"

#include "protocol/neighbours.h"
#include "server/job_json.h"

static void report(void *ctx, uint32_t addr)
{
	struct work *w = ctx;

	job_set_progress(w->job, STAGE_PLAN, addr, 0, 0);
}

static bool write_hex(const struct image *image, struct buf *text)
{
	struct image_writer writer = { 0 };
	bool ok = image_write_begin(&writer, FORMAT_HEX, image->segments[0].addr, text);

	for (size_t i = 0; ok && i < image->count; i++)
		ok = image_write_seek(&writer, image->segments[i].addr, text) &&
			image_write_data(&writer, image->segments[i].data, text);
	return ok && image_write_end(&writer, text);
}

/* The shelf's copy is made durable by the same wait as the image of any flash. */
static enum err put_on_shelf(struct work *w, const struct image *merged, struct why *why)
{
	struct shelf_file file;
	struct buf text = { 0 };
	struct upload *upload = NULL;
	enum err e = ERR_OK;

	if (!write_hex(merged, &text))
		e = why_set(why, ERR_NO_MEMORY, NULL);
	if (!e)
		upload = upload_begin(w->scene->shelf);
	if (!e && (!upload || !upload_append(upload, buf_span(&text)))) {
		upload_abort(upload);
		w->store_failed = true;
		e = why_set(why, ERR_IO, "the merged image could not be kept");
	} else if (!e &&
		(!upload_finish(upload, "merged.hex", w->merged) ||
			!shelf_map(w->scene->shelf, w->merged, &file))) {
		w->store_failed = true;
		e = why_set(why, ERR_IO, "the merged image could not be kept");
	} else if (!e) {
		shelf_unmap(&file);
		store_firmware_judge(w->scene->store, w->merged, true);
	}
	buf_release(&text);
	return e;
}

enum err work_merge(struct work *w, const struct image *image, const struct survey *survey,
	struct image *merged, struct why *why)
{
	const struct neighbours how = {
		.boot = w->boot, .mend = &w->mend, .survey = survey, .report = report, .ctx = w
	};
	uint32_t kept_bytes = 0;
	enum err e = ERR_OK;

	*merged = (struct image){ 0 };
	if (!w->request->keep_neighbours || w->request->erase != PLAN_ERASE_NEEDED)
		return ERR_OK;
	if (!w->has_spoken) {
		work_warn(w,
			"The part was not asked: what stands beside the image is written "
			"back too, which takes longer.");
		return ERR_OK;
	}
	e = neighbours_merge(merged, image, &how, &kept_bytes, why);
	if (!e && !w->request->dry_run && kept_bytes)
		e = put_on_shelf(w, merged, why);
	if (!e) {
		json_add_integer(w->result, "kept_bytes", kept_bytes);
		if (w->merged[0])
			json_add_string(w->result, "merged", w->merged);
	}
	if (!e && w->merged[0])
		job_set_image(w->job,
			job_merged_text(merged, w->request->sha256, w->request->name, w->merged));
	return work_in_stage(e, STAGE_PLAN, why);
}
