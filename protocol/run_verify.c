/* SPDX-License-Identifier: MIT */
/* run_verify.c - what was written, compared. */
#include "protocol/run_internal.h"

static enum err mismatch(
	struct run *run, uint32_t addr, uint8_t expected, uint8_t found, struct why *why)
{
	run->has_mismatch = true;
	run->mismatch_addr = addr;
	run->expected = expected;
	run->found = found;
	if (run->tolerate_mismatch)
		return ERR_OK;
	if (why) {
		why->expected = expected;
		why->found = found;
	}
	return why_at(why, ERR_VERIFY, addr, "the flash holds something else than the image");
}

/* The first byte that differs; len: none. */
static uint32_t first_difference(const uint8_t *want, const uint8_t *have, uint32_t len)
{
	uint32_t i = 0;

	while (i < len && want[i] == have[i])
		i++;
	return i;
}

/* As many bytes as are best read at once, to the step's end. */
static uint32_t part_len(const struct run *run, const struct step *step)
{
	const uint32_t left = step->len - run->offset, most = (uint32_t)boot_read_size(run->boot);

	return left < most ? left : most;
}

/* Read data carry no checksum (section 4, 0x11): what differs is read again before it is told. */
enum err run_verify(struct run *run, const struct step *step, struct why *why)
{
	uint8_t want[FRAME_MAX_DATA], have[FRAME_MAX_DATA];
	uint32_t i = 0;

	run->addr = step->addr + run->offset;
	run->len = part_len(run, step);
	plan_content(run->plan, run->addr, want, run->len);
	for (unsigned tries = 0; tries < 2; tries++) {
		const enum err e = boot_read(run->boot, run->addr, have, run->len, why);

		if (e)
			return e;
		i = first_difference(want, have, run->len);
		if (i == run->len)
			break;
		run->boot->retries += !tries;
	}
	if (i < run->len)
		return mismatch(run, run->addr + i, want[i], have[i], why);
	run->offset += run->len;
	return ERR_OK;
}
