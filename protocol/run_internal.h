/* SPDX-License-Identifier: MIT */
/* run_internal.h - what the run*.c files share: the pieces that a run is made of. One thread. */
#ifndef BENCHD_PROTOCOL_RUN_INTERNAL_H
#define BENCHD_PROTOCOL_RUN_INTERNAL_H

#include "protocol/run.h"

/*
 * Each does one piece of the step: sets addr and len first, and moves offset only when it
 * succeeds, so that it can be done again. The stage in why is the caller's.
 */
enum err run_mass_erase(struct run *run, const struct step *step, struct why *why);
enum err run_erase(struct run *run, const struct step *step, struct why *why);
enum err run_write(struct run *run, const struct step *step, struct why *why);
enum err run_verify(struct run *run, const struct step *step, struct why *why);
enum err run_start(struct run *run, const struct step *step, struct why *why);

/* From the step's offset to the next multiple of 256, or to the step's end. */
uint32_t run_block_len(const struct step *step, uint32_t offset);

#endif /* BENCHD_PROTOCOL_RUN_INTERNAL_H */
