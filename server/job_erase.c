/* SPDX-License-Identifier: MIT */
/* job_erase.c - erase: of the whole part, of sectors, or of a range. */
#include "server/job_carry.h"

#include "server/job_json.h"

#include <stdlib.h>

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
	return work_in_stage(e, STAGE_PLAN, why);
}

/* All of them, for the first one's erase cannot be taken back. */
static enum err check_protection(
	struct work *w, const struct carry *carries, size_t count, struct why *why)
{
	struct protection protection;
	struct option_bytes options;
	enum err e = protection_read(&protection, &options, w->boot, &w->mend, why);

	work_keep_options(w, &options);
	for (size_t i = 0; !e && i < count; i++)
		e = protection_check(&protection, &carries[i].plan, why);
	return work_in_stage(e, STAGE_PLAN, why);
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
		e = work_in_stage(ranges_to_erase(w, ranges, &count, why), STAGE_PLAN, why);
	if (!e)
		e = plan_ranges(w, ranges, count, carries, why);
	if (!e && count > 1)
		e = check_protection(w, carries, count, why);
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
