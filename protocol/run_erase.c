/* SPDX-License-Identifier: MIT */
/* run_erase.c - the pieces of an erase, and what would not be erased. */
#include "protocol/run_internal.h"

#include <string.h>

enum { LOOK_LEN = 16 };

/* Where it can be seen whether an erase did anything: bytes that had not been erased. */
struct look {
	uint32_t addr;
	uint8_t before[LOOK_LEN];
	bool is_of_use;
};

enum err run_prepare(struct run *run, struct why *why)
{
	struct protection *protection = &run->protection;
	bool changes = false;
	enum err e;

	for (size_t i = 0; i < run->plan->count; i++)
		changes |= run->plan->steps[i].kind <= STEP_WRITE;
	if (!changes)
		return ERR_OK;
	e = protection_read(protection, &run->options, run->boot, run->mend, why);
	if (!e && protection_check(protection, run->plan, NULL) == ERR_WRITE_PROTECTED) {
		/* Read data carry no checksum (section 4, 0x11): what refuses is read twice. */
		e = protection_read(protection, &run->options, run->boot, run->mend, why);
		if (!e)
			e = protection_check(protection, run->plan, why);
	}
	return e;
}

/* Where the option bytes tell all of it, or nothing is there to see, it costs nothing. */
static enum err look_before(
	struct run *run, struct look *look, uint32_t first, uint32_t count, struct why *why)
{
	const struct chip *chip = run->plan->chip;
	uint32_t n = first;
	enum err e;

	while (n < first + count && protection_tells(&run->protection, n))
		n++;
	if (n == first + count)
		return ERR_OK;
	look->addr = chip_sector(chip, n).addr;
	e = boot_read(run->boot, look->addr, look->before, sizeof(look->before), why);
	for (size_t i = 0; !e && i < sizeof(look->before); i++)
		look->is_of_use |= look->before[i] != chip->erased;
	return e;
}

/* ERR_WRITE_PROTECTED: not a bit has changed. */
static enum err look_after(struct run *run, const struct look *look, struct why *why)
{
	uint8_t now[LOOK_LEN];
	enum err e;

	if (!look->is_of_use)
		return ERR_OK;
	e = boot_read(run->boot, look->addr, now, sizeof(now), why);
	if (!e && !memcmp(now, look->before, sizeof(now)))
		e = why_at(why, ERR_WRITE_PROTECTED, look->addr,
			"the sector did not change when it was erased: is it write-protected?");
	return e;
}

/* An erase of a protected sector is confirmed all the same (section 4): twice, then it is one. */
static enum err erase_and_look(struct run *run, uint32_t first, uint32_t count, struct why *why)
{
	struct look look = { 0 };
	struct why last = { 0 };
	enum err e = look_before(run, &look, first, count, why);

	if (!e)
		e = boot_erase(run->boot, first, count, why);
	if (e)
		return e;
	e = look_after(run, &look, &last);
	if (e == ERR_WRITE_PROTECTED) {
		run->boot->retries++;
		last = (struct why){ 0 };
		e = boot_erase(run->boot, first, count, &last);
		if (!e)
			e = look_after(run, &look, &last);
	}
	if (e && why)
		*why = last;
	return e;
}

static enum err erase_chunk(struct run *run, uint32_t first, uint32_t left, struct why *why)
{
	const uint32_t count = boot_erase_chunk(run->boot, first, left);
	const struct sector from = chip_sector(run->plan->chip, first);
	const struct sector to = chip_sector(run->plan->chip, first + count - 1);
	enum err e;

	run->addr = from.addr;
	run->len = to.addr + to.len - from.addr;
	e = erase_and_look(run, first, count, why);
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
