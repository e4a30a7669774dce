/* SPDX-License-Identifier: MIT */
/* run_write.c - a block written. */
#include "protocol/run_internal.h"

enum err run_write(struct run *run, const struct step *step, struct why *why)
{
	uint8_t block[FRAME_MAX_DATA];
	enum err e;

	run->addr = step->addr + run->offset;
	run->len = run_block_len(step, run->offset);
	plan_content(run->plan, run->addr, block, run->len);
	e = boot_write(run->boot, run->addr, (struct span){ block, run->len }, why);
	if (e)
		return e;
	run->offset += run->len;
	run->written_bytes += run->len;
	return ERR_OK;
}
