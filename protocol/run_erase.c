/* SPDX-License-Identifier: MIT */
/* run_erase.c - the pieces of an erase. */
#include "protocol/run_internal.h"

enum err run_mass_erase(struct run *run, const struct step *step, struct why *why)
{
	const enum err e = boot_mass_erase(run->boot, why);

	run->addr = step->addr;
	run->len = step->len;
	if (!e)
		run->offset = step->count;
	return e;
}

enum err run_erase(struct run *run, const struct step *step, struct why *why)
{
	const uint32_t first = step->sector + run->offset;
	const uint32_t count = boot_erase_chunk(run->boot, first, step->count - run->offset);
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
