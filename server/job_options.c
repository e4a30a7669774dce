/* SPDX-License-Identifier: MIT */
/*
 * job_options.c - option bytes, read and written. A write erases the whole area first and the part
 * resets after it (docs/facts/an3155.md section 4, 0x31), so all that can be refused is refused
 * before; then the ROM is entered anew, and what is there is compared.
 */
#include "server/job_step.h"

#include "protocol/protection.h"
#include "server/clock.h"

#include <stdio.h>

enum { TRIES = 2, READINGS = 4, REENTER_MS = 10000 };

void work_keep_options(struct work *w, const struct option_bytes *options)
{
	const struct device *device = &w->boot->device;
	struct protection is;

	if (!options->len)
		return;
	/* Not on the disk is logged there; it is in memory all the same. */
	(void)known_set_options(w->scene->known, options);
	protection_decode(&is, device, options);
	map_lock(w->scene->map, chip_sector_count(device->chip, device->flash_bytes), &is);
}

enum err work_check_protection(struct work *w, const struct plan *plan, struct why *why)
{
	struct protection is = { 0 };
	struct option_bytes options = { 0 };
	struct option_record record;
	struct device device;
	enum err e = ERR_OK;

	if (w->has_spoken) {
		e = protection_read(&is, &options, w->boot, &w->mend, why);
		work_keep_options(w, &options);
	} else if (known_device(w->scene->known, &device) &&
		known_options(w->scene->known, &record)) {
		protection_decode(&is, &device, &record.options);
	}
	if (!e)
		e = protection_check(&is, plan, why);
	return work_in_stage(e, STAGE_PLAN, why);
}

void work_look_at_options(struct work *w)
{
	struct option_bytes options;

	if (!protection_has_layout(w->boot->device.chip))
		return;
	if (!option_bytes_read(&options, w->boot, &w->mend, NULL))
		work_keep_options(w, &options);
}

/* Read data carry no checksum (section 4, 0x11): what will be written back is read twice alike. */
static enum err read_surely(struct work *w, struct option_bytes *options, struct why *why)
{
	const struct chip *chip = w->boot->device.chip;
	struct option_bytes last;
	enum err e = option_bytes_read(&last, w->boot, &w->mend, why);

	for (unsigned i = 1; !e && i < READINGS; i++) {
		e = option_bytes_read(options, w->boot, &w->mend, why);
		if (!e && option_bytes_equal(chip, options, &last))
			return ERR_OK;
		last = *options;
	}
	return e ? e : why_set(why, ERR_REPLY, "the option bytes are read differently each time");
}

/* changed NULL: they were only read. */
static void tell(
	struct work *w, const struct option_bytes *options, struct json *changed, bool is_written)
{
	const struct option_record record = { *options, clock_wall_ms() };

	json_free(w->result);
	w->result = option_shape_json(&w->boot->device, &record);
	if (changed) {
		json_add(w->result, "changed", changed);
		json_add_bool(w->result, "written", is_written);
	}
	work_add_figures(w, 0);
}

/* What it would take, in the words of the contract. */
static void say_what_is_missing(struct work *w, unsigned missing)
{
	char members[160];

	snprintf(w->more, sizeof(w->more), "%s%s%s%sIf that is meant, add %s.",
		missing & OPTION_ERASE_EVERYTHING
			? "It takes readout protection off, which erases the part. "
			: "",
		missing & OPTION_PROTECT_READOUT
			? "It puts readout protection on; taking that off erases the part. "
			: "",
		missing & OPTION_LOSE_BOOTLOADER ? "It changes what the part starts: the "
						   "bootloader may be out of reach afterwards. "
						 : "",
		missing & OPTION_CHANGE_UNNAMED ? "It changes bits that no field names. " : "",
		option_words_text(missing, members, sizeof(members)));
}

static enum err decide(
	struct work *w, const struct option_bytes *from, struct option_bytes *to, struct why *why)
{
	const struct option_change *change = w->request->options;
	const struct chip *chip = w->boot->device.chip;
	const char *wrong = NULL;
	unsigned missing = 0;
	enum err e = option_change_apply(change, chip, from, to, &wrong, why);

	if (wrong)
		snprintf(w->more, sizeof(w->more), "The field is \"%s\".", wrong);
	if (!e)
		e = option_bytes_check(chip, from, to, change->said, &missing, why);
	if (e == ERR_UNCONFIRMED)
		say_what_is_missing(w, missing);
	return work_in_stage(e, STAGE_PLAN, why);
}

/* ERR_OPTIONS: they are not as they were to be. Under readout protection nobody can read them. */
static enum err compare(struct work *w, const struct option_bytes *to, struct why *why)
{
	const struct device *device = &w->boot->device;
	struct option_bytes is;
	enum err e;

	if (device->readout_protected)
		return option_bytes_level(device->chip, to)
			? ERR_OK
			: why_set(why, ERR_READ_PROTECTED, "it was not before");
	e = read_surely(w, &is, why);
	if (e)
		return e;
	work_keep_options(w, &is);
	if (option_bytes_equal(device->chip, &is, to))
		return ERR_OK;
	return why_set(why, ERR_OPTIONS, "read back, they differ from what was written");
}

/* A reply that was lost says nothing of what was done: what is there now decides. */
static enum err write_and_look(struct work *w, const struct option_bytes *to, struct why *why)
{
	const struct span data = { to->bytes, to->len };
	enum err e = ERR_OPTIONS;

	for (unsigned i = 0; e == ERR_OPTIONS && i < TRIES; i++) {
		*why = (struct why){ 0 };
		work_stage(w, STAGE_WRITE);
		e = boot_write_options(w->boot, data, why);
		if (e && !mend_is_for(e))
			return work_in_stage(e, STAGE_WRITE, why);
		*why = (struct why){ 0 };
		work_stage(w, STAGE_VERIFY);
		e = work_reenter(w, REENTER_MS, why);
		if (e)
			snprintf(w->more, sizeof(w->more),
				"The option bytes were sent before; whether they took could not be "
				"looked at.");
		if (!e)
			e = work_in_stage(compare(w, to, why), STAGE_VERIFY, why);
	}
	return e;
}

static void warn_of_change(
	struct work *w, const struct option_bytes *from, const struct option_bytes *to)
{
	const struct chip *chip = w->boot->device.chip;
	const struct option_field *field;
	bool moves = false;

	for (size_t n = 0; (field = option_field_at(chip, n)); n++)
		moves |= field->risk == OPTION_GEOMETRY &&
			option_field_get(field, from) != option_field_get(field, to);
	if (moves)
		work_warn(w,
			"The banks of the flash change: the sectors may be others than those shown "
			"here.");
	if (w->boot->device.quirks & QUIRK_NO_OPTION_LAUNCH)
		work_warn(w,
			"This bootloader does not load them: they take effect once the power "
			"was off and on.");
}

static enum err write(struct work *w, const struct option_bytes *from, struct why *why)
{
	const struct chip *chip = w->boot->device.chip;
	struct option_bytes to;
	enum err e = decide(w, from, &to, why);
	struct json *changed;
	bool is_same;

	if (e)
		return e;
	changed = option_changes_json(chip, from, &to);
	if (w->request->dry_run) {
		tell(w, &to, changed, false);
		return ERR_OK;
	}
	warn_of_change(w, from, &to);
	is_same = option_bytes_equal(chip, from, &to);
	if (is_same)
		work_warn(w, "The option bytes were so already: nothing was written.");
	else
		e = write_and_look(w, &to, why);
	if (e) {
		json_free(changed);
		return e;
	}
	work_keep_options(w, &to);
	tell(w, &to, changed, !is_same);
	return ERR_OK;
}

enum err work_options(struct work *w, struct why *why)
{
	struct option_bytes is;
	enum err e = work_connect(w, why);

	if (!e)
		work_stage(w, STAGE_READ);
	if (!e)
		e = work_in_stage(read_surely(w, &is, why), STAGE_READ, why);
	if (e)
		return e;
	work_keep_options(w, &is);
	if (w->request->options)
		return write(w, &is, why);
	tell(w, &is, NULL, false);
	return ERR_OK;
}
