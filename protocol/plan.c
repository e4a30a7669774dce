/* SPDX-License-Identifier: MIT */
/* plan.c - image and part to steps; what can be refused is refused here. */
#include "protocol/chip_layout.h"
#include "protocol/plan_internal.h"

#include <stdlib.h>
#include <string.h>

void plan_release(struct plan *plan)
{
	free(plan->steps);
	*plan = (struct plan){ 0 };
}

void plan_content(const struct plan *plan, uint32_t addr, uint8_t *out, size_t len)
{
	memset(out, plan->chip->erased, len);
	image_copy(plan->image, addr, out, len);
}

bool plan_draft_add(struct plan_draft *draft, struct step step)
{
	struct plan *plan = draft->plan;

	if (plan->count == draft->capacity) {
		const size_t capacity = draft->capacity ? draft->capacity * 2 : 16;
		struct step *steps = realloc(plan->steps, capacity * sizeof(*steps));

		if (!steps)
			return false;
		plan->steps = steps;
		draft->capacity = capacity;
	}
	plan->steps[plan->count++] = step;
	return true;
}

static enum err check_device(const struct device *device, struct why *why)
{
	if (!device->chip)
		return why_set(why, ERR_UNKNOWN_PART, "the product id is not known");
	if (device->chip->traits & CHIP_NO_FLASH)
		return why_set(why, ERR_UNKNOWN_PART,
			"this part has no flash of its own, and its ROM loads by another protocol");
	if (!chip_is_programmable(device->chip) || !device->flash_bytes)
		return why_set(why, ERR_UNKNOWN_PART, "the flash of this part is not known");
	if (device->readout_protected)
		return why_set(why, ERR_READ_PROTECTED, "read protection is on");
	return ERR_OK;
}

static enum err need(const struct device *device, uint8_t command, struct why *why)
{
	if (device_has(device, command))
		return ERR_OK;
	if (why) {
		why->command = command;
		why->has_command = 1;
	}
	return why_set(why, ERR_UNSUPPORTED, "the ROM lacks a command that is needed");
}

static enum err check_commands(
	const struct device *device, const struct plan_options *options, struct why *why)
{
	enum err e = need(device, COMMAND_WRITE_MEMORY, why);

	if (!e && options->verify != PLAN_VERIFY_NONE)
		e = need(device, COMMAND_READ_MEMORY, why);
	if (!e && options->verify == PLAN_VERIFY_CRC)
		e = need(device, COMMAND_GET_CHECKSUM, why);
	if (!e && options->erase != PLAN_ERASE_NONE && !device_has(device, COMMAND_EXTENDED_ERASE))
		e = need(device, COMMAND_ERASE, why);
	if (!e && options->start == PLAN_START_GO)
		e = need(device, COMMAND_GO, why);
	return e;
}

/* Which segments lie in flash: as sorted segments do, they are first..last of the image's. */
static enum err pick_segments(struct plan_draft *draft, struct why *why)
{
	const struct plan *plan = draft->plan;
	const uint64_t base = plan->chip->flash_base, end = base + plan->flash_bytes;

	for (size_t i = 0; i < plan->image->count; i++) {
		const struct segment *s = &plan->image->segments[i];
		const uint64_t s_end = s->addr + (uint64_t)s->data.len;

		if (chip_touches_hole(plan->chip, s->addr, s->data.len))
			return why_at(why, ERR_RANGE, s->addr,
				"the image reaches into the gap between the banks of this part");
		if (s->addr >= base && s_end <= end) {
			draft->first = draft->count ? draft->first : i;
			draft->count++;
		} else if (!draft->options->skip_outside || (s->addr < end && s_end > base)) {
			return why_at(why, ERR_RANGE,
				s->addr < base || s->addr >= end ? s->addr : (uint32_t)end,
				"the image does not fit the flash of this part");
		} else {
			draft->plan->notes |= PLAN_NOTE_OUTSIDE_SKIPPED;
			draft->plan->skipped_bytes += (uint32_t)s->data.len;
		}
	}
	if (!draft->count)
		return why_set(why, ERR_EMPTY, "nothing of the image is for the flash");
	draft->plan->start_addr = plan->image->segments[draft->first].addr;
	return ERR_OK;
}

static enum err check_application(struct plan_draft *draft, struct why *why)
{
	struct plan *plan = draft->plan;
	const bool force = draft->options->force;
	const enum err e = chip_check_application(
		plan->chip, plan->flash_bytes, plan->image, force ? NULL : why);

	if (e && force)
		plan->notes |= PLAN_NOTE_NOT_APPLICATION;
	return force ? ERR_OK : e;
}

/* What auto comes to on this ROM. */
static enum plan_verify verify_of(const struct device *device, enum plan_verify verify)
{
	if (verify == PLAN_VERIFY_AUTO)
		return device_has(device, COMMAND_GET_CHECKSUM) ? PLAN_VERIFY_CRC
								: PLAN_VERIFY_READ;
	return verify;
}

/* Q27: its option bit is in a register, or was not to be read. */
static bool is_layout_assumed(const struct device *device)
{
	uint32_t addr;

	if (!device->chip)
		return false;
	return device->chip->traits & CHIP_LAYOUT_UNREAD ||
		(chip_layout_option(device->chip, &addr) && !device->has_layout_option);
}

static void begin(struct plan_draft *draft, struct plan *plan, const struct image *image,
	const struct device *device, const struct plan_options *options)
{
	*draft = (struct plan_draft){ .plan = plan, .device = device, .options = options };
	*plan = (struct plan){ .image = image,
		.chip = device->chip,
		.flash_bytes = device->flash_bytes,
		.verified = verify_of(device, options->verify),
		.start = options->start };
	if (!device->flash_size_is_read)
		plan->notes |= PLAN_NOTE_SIZE_ASSUMED;
	if (is_layout_assumed(device))
		plan->notes |= PLAN_NOTE_LAYOUT_ASSUMED;
}

static enum err end(struct plan_draft *draft, enum err e)
{
	if (e)
		plan_release(draft->plan);
	else
		draft->plan->estimated_ms =
			plan_estimate(draft->plan, draft->device, draft->options);
	return e;
}

static enum err add_start(struct plan_draft *draft, struct why *why)
{
	const struct step step = { .kind = STEP_START, .addr = draft->plan->start_addr };

	if (draft->options->start == PLAN_START_NONE || plan_draft_add(draft, step))
		return ERR_OK;
	return why_set(why, ERR_NO_MEMORY, NULL);
}

enum err plan_flash(struct plan *plan, const struct image *image, const struct device *device,
	const struct plan_options *options, struct why *why)
{
	struct plan_draft draft;
	enum err e;

	begin(&draft, plan, image, device, options);
	e = check_device(device, why);
	if (!e)
		e = check_commands(device, options, why);
	if (!e)
		e = pick_segments(&draft, why);
	if (!e)
		e = check_application(&draft, why);
	if (!e)
		e = plan_draft_erases(&draft, why);
	if (!e)
		e = plan_draft_writes(&draft, why);
	if (!e && options->verify != PLAN_VERIFY_NONE)
		e = plan_draft_verifies(&draft, why);
	if (!e && options->verify == PLAN_VERIFY_NONE)
		plan->notes |= PLAN_NOTE_NOT_VERIFIED;
	if (!e)
		e = add_start(&draft, why);
	return end(&draft, e);
}

enum err plan_verify(struct plan *plan, const struct image *image, const struct device *device,
	const struct plan_options *options, struct why *why)
{
	struct plan_options only = { .skip_outside = options->skip_outside,
		.verify = options->verify,
		.baud = options->baud,
		.turnaround_us = options->turnaround_us,
		.bursts = options->bursts,
		.supply_mv = options->supply_mv };
	struct plan_draft draft;
	enum err e;

	begin(&draft, plan, image, device, &only);
	e = check_device(device, why);
	if (!e)
		e = need(device, COMMAND_READ_MEMORY, why);
	if (!e && plan->verified == PLAN_VERIFY_CRC)
		e = need(device, COMMAND_GET_CHECKSUM, why);
	if (!e)
		e = pick_segments(&draft, why);
	if (!e)
		e = plan_draft_compare(&draft, why);
	return end(&draft, e);
}

static enum err plan_draft_area(
	struct plan_draft *draft, uint32_t addr, uint32_t len, struct why *why)
{
	const struct plan *plan = draft->plan;
	const uint64_t flash_end = plan->chip->flash_base + (uint64_t)plan->flash_bytes;

	if (addr < plan->chip->flash_base || addr >= flash_end)
		return why_at(why, ERR_RANGE, addr, "it is not in the flash of this part");
	if (addr + (uint64_t)len > flash_end)
		return why_at(why, ERR_RANGE, (uint32_t)flash_end, "it ends beyond the flash");
	return plan_draft_erase_range(draft, addr, len, why);
}

enum err plan_erase(struct plan *plan, const struct device *device, uint32_t addr, uint32_t len,
	struct why *why)
{
	static const struct plan_options options = { .erase = PLAN_ERASE_MASS,
		.verify = PLAN_VERIFY_NONE };
	struct plan_draft draft;
	enum err e = ERR_OK;

	begin(&draft, plan, NULL, device, &options);
	if (device->readout_protected)
		e = why_set(why, ERR_READ_PROTECTED, "read protection is on");
	if (!e && (device->chip || len))
		e = check_device(device, why);
	if (!e && !device_has(device, COMMAND_EXTENDED_ERASE))
		e = need(device, COMMAND_ERASE, why);
	if (!e && len && chip_touches_hole(device->chip, addr, len))
		e = why_at(why, ERR_RANGE, addr,
			"it reaches into the gap between the banks of this part");
	if (!e)
		e = len ? plan_draft_area(&draft, addr, len, why)
			: plan_draft_mass_erase(&draft, why);
	return end(&draft, e);
}
