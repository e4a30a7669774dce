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
enum err run_checksum(struct run *run, const struct step *step, struct why *why);
enum err run_sample(struct run *run, const struct step *step, struct why *why);
enum err run_start(struct run *run, const struct step *step, struct why *why);

/* Whether an earlier try may have left something at this place of the plan. */
bool run_is_wary(const struct run *run);
/*
 * Writes what of the content of [addr, addr+len) is not there; written_bytes tells how much that
 * was. ERR_VERIFY: that cannot help, why says at which byte.
 */
enum err run_rewrite(struct run *run, uint32_t addr, uint32_t len, struct why *why);
/*
 * The sector at addr is erased once more and the run goes back to its first block.
 * ERR_VERIFY, with why untouched: the plan does not erase it, or it was done too often.
 */
enum err run_erase_again(struct run *run, uint32_t addr, struct why *why);
/*
 * What can be done after the piece failed with e, so that it is worth another try. ERR_OK: do the
 * piece that is next now; after a write that may be the one before. tried is the caller's, zeroed
 * before the first try: the end of what was rewritten.
 */
enum err run_mend(struct run *run, enum err e, uint32_t *tried, struct why *why);
/* ERR_REPLY: what is read at addr is something else each time, so nothing is known of the flash. */
enum err run_cannot_tell(uint32_t addr, struct why *why);
/* Brings unsure_addr and unsure_len up to date after a piece. */
void run_note_unsure(struct run *run, enum err e);

/* From the step's offset to the next multiple of 256, or to the step's end. */
uint32_t run_block_len(const struct step *step, uint32_t offset);

#endif /* BENCHD_PROTOCOL_RUN_INTERNAL_H */
