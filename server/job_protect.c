/* SPDX-License-Identifier: MIT */
/*
 * job_protect.c - readout and write protection, put on and taken off. The part resets after it
 * (docs/facts/an3155.md section 4, "Reset" summary), so the ROM is entered anew, and it is looked
 * at whether it took.
 */
#include "server/job_step.h"

#include "protocol/protection.h"
#include "server/clock.h"

/* A part of megabytes erases itself for most of a minute, and some say ACK before (0x92). */
enum { REENTER_MS = 90000 };

enum err work_reenter(struct work *w, uint32_t wait_ms, struct why *why)
{
	const int64_t until_ms = clock_monotonic_ms() + wait_ms;
	enum err e;

	w->was_told = false; /* a person may have to do it again */
	do {
		*why = (struct why){ 0 };
		e = boot_connect(w->boot, why);
	} while ((e == ERR_TIMEOUT || e == ERR_REPLY) && !work_should_stop(w) &&
		clock_monotonic_ms() < until_ms);
	if (!e)
		work_keep_link(w);
	return work_in_stage(e, STAGE_CONNECT, why);
}

/* Q20: what was changed shows after a power cycle. ERR_OK too where nothing can switch it. */
static enum err power_anew(struct work *w, struct why *why)
{
	const struct control *control = &w->control;

	if (!control->power_cycle)
		return ERR_OK;
	const enum err e = control->power_cycle(control->ctx, why);

	return e ? e : work_reenter(w, REENTER_MS, why);
}

static enum err did_not_take(const struct work *w, struct why *why)
{
	return why_set(why, ERR_PROTECTION,
		w->boot->device.quirks & QUIRK_UNPROTECT_NEEDS_POWER
			? "this part needs its power off and on before it shows"
			: "the ROM said ACK, but nothing has changed");
}

static enum err readout(struct work *w, struct why *why)
{
	const bool on = w->request->readout;
	enum err e;

	if (w->boot->device.readout_protected == on) {
		work_warn(w,
			on ? "Readout protection was on already."
			   : "Readout protection was off already: nothing was erased.");
		return ERR_OK;
	}
	work_stage(w, on ? STAGE_WRITE : STAGE_ERASE);
	e = on ? ERR_OK : work_note_change(w, why);
	if (!e)
		e = on ? boot_readout_protect(w->boot, why) : boot_readout_unprotect(w->boot, why);
	if (e)
		return e;
	e = work_reenter(w, REENTER_MS, why);
	if (!e && w->boot->device.readout_protected != on &&
		w->boot->device.quirks & QUIRK_UNPROTECT_NEEDS_POWER)
		e = power_anew(w, why);
	if (!e && w->boot->device.readout_protected != on)
		e = did_not_take(w, why);
	w->is_good = !e && !on; /* the part has erased itself */
	if (!e)
		work_look_at_options(w);
	return e;
}

/* The units that hold the sectors asked for; each once. */
static size_t units_of(const struct work *w, uint8_t units[FRAME_MAX_DATA], struct why *why)
{
	const struct device *device = &w->boot->device;
	const uint32_t per_unit =
		device->chip->sectors_per_protection ? device->chip->sectors_per_protection : 1;
	const uint32_t sectors = chip_sector_count(device->chip, device->flash_bytes);
	bool is_asked[FRAME_MAX_DATA] = { false };
	size_t count = 0;

	for (size_t i = 0; i < w->request->sector_count; i++) {
		const uint32_t unit = w->request->sectors[i] / per_unit;

		if (w->request->sectors[i] >= sectors || unit >= FRAME_MAX_DATA) {
			why_set(why, ERR_RANGE, "the part has no sector of this number");
			return 0;
		}
		is_asked[unit] = true;
	}
	for (size_t unit = 0; unit < FRAME_MAX_DATA; unit++) {
		if (is_asked[unit])
			units[count++] = (uint8_t)unit;
	}
	return count;
}

/* Every sector whose bit can be read is as asked. */
static bool has_taken(
	const struct work *w, const struct protection *is, const uint8_t *units, size_t count)
{
	const struct device *device = &w->boot->device;
	const uint32_t per_unit =
		device->chip->sectors_per_protection ? device->chip->sectors_per_protection : 1;

	for (uint32_t i = 0; i < chip_sector_count(device->chip, device->flash_bytes); i++) {
		bool is_asked = false;

		for (size_t u = 0; u < count; u++)
			is_asked |= units[u] == i / per_unit;
		if (protection_tells(is, i) && protection_holds(is, i) != is_asked)
			return false;
	}
	return true;
}

static void tell_sectors(struct work *w, const struct protection *is)
{
	const struct device *device = &w->boot->device;
	struct json *sectors = json_array();

	for (uint32_t i = 0; i < chip_sector_count(device->chip, device->flash_bytes); i++) {
		if (protection_tells(is, i) && protection_holds(is, i))
			json_push_integer(sectors, i);
	}
	json_add(w->result, "write_protected_sectors", sectors);
}

static enum err write(struct work *w, struct why *why)
{
	const struct device *device = &w->boot->device;
	uint8_t units[FRAME_MAX_DATA];
	struct protection is;
	struct option_bytes options;
	size_t count;
	enum err e;

	if (device->readout_protected)
		return why_set(why, ERR_READ_PROTECTED, NULL);
	if (!device->chip || !chip_is_programmable(device->chip))
		return why_set(why, ERR_UNKNOWN_PART, "the sectors of this part are not known");
	count = units_of(w, units, why);
	if (!count && w->request->sector_count)
		return ERR_RANGE;
	work_stage(w, STAGE_WRITE);
	e = count ? boot_write_protect(w->boot, (struct span){ units, count }, why)
		  : boot_write_unprotect(w->boot, why);
	if (!e)
		e = work_reenter(w, REENTER_MS, why);
	if (!e)
		e = protection_read(&is, &options, w->boot, &w->mend, why);
	if (e)
		return e;
	work_keep_options(w, &options);
	if (!is.is_known) {
		work_warn(w,
			"How this part keeps its write protection is not known: what was "
			"asked for was confirmed, but could not be looked at.");
		return ERR_OK;
	}
	tell_sectors(w, &is);
	return has_taken(w, &is, units, count) ? ERR_OK : did_not_take(w, why);
}

enum err work_protect(struct work *w, struct why *why)
{
	enum err e = work_connect(w, why);

	if (!e)
		e = work_in_stage(
			w->request->has_readout ? readout(w, why) : write(w, why), w->stage, why);
	if (!e)
		json_add_bool(w->result, "readout_protected", w->boot->device.readout_protected);
	work_add_figures(w, 0);
	return e;
}
