/* SPDX-License-Identifier: MIT */
/* run_erase.c - the pieces of an erase. */
#include "protocol/run_internal.h"

static enum err erase_chunk(struct run *run, uint32_t first, uint32_t left, struct why *why)
{
	const uint32_t count = boot_erase_chunk(run->boot, first, left);
	const struct sector from = chip_sector(run->plan->chip, first);
	const struct sector to = chip_sector(run->plan->chip, first + count - 1);
	enum err e;

	run->addr = from.addr;
	run->len = to.addr + to.len - from.addr;
	e = boot_erase(run->boot, first, count, why);
	if (!e)
		run->offset += count;
	return e;
}

/* Refused (a protected sector, a ROM that can't): the sectors one after the other are the same. */
enum err run_mass_erase(struct run *run, const struct step *step, struct why *why)
{
	struct why refusal = { 0 };
	enum err e;

	if (run->mass_refused)
		return erase_chunk(run, run->offset, step->count - run->offset, why);
	run->addr = step->addr;
	run->len = step->len;
	e = boot_mass_erase(run->boot, &refusal);
	if (!e)
		run->offset = step->count;
	if (e != ERR_NACK || !step->count) {
		if (e && why)
			*why = refusal;
		return e;
	}
	run->mass_refused = true;
	return erase_chunk(run, 0, step->count, why);
}

enum err run_erase(struct run *run, const struct step *step, struct why *why)
{
	return erase_chunk(run, step->sector + run->offset, step->count - run->offset, why);
}
