/* SPDX-License-Identifier: MIT */
/*
 * protection.h - what a part's option bytes say of its protection: the readout level, and which
 * sectors can't be erased and written. Known for the families whose option bytes lie in memory that
 * the ROM reads. One thread.
 */
#ifndef BENCHD_PROTOCOL_PROTECTION_H
#define BENCHD_PROTOCOL_PROTECTION_H

#include "protocol/option_bytes.h"
#include "protocol/plan.h"

struct protection {
	bool is_known;         /* the rest was read, and its layout is known */
	unsigned readout;      /* level 0, 1 or 2 */
	uint32_t told_sectors; /* the bits of so many sectors were read, from the first on */
	uint8_t sectors[CHIP_MAX_SECTORS / 8]; /* a bit for each write-protected one */
};

/* The layout of its option bytes is known. */
bool protection_has_layout(const struct chip *chip);
/*
 * From the option bytes as read. *protection is not known when bytes are missing; sectors are not
 * told of when their bits mean something else (PCROP).
 */
void protection_decode(struct protection *protection, const struct device *device,
	const struct option_bytes *options);
/*
 * Reads and decodes them; what goes wrong on the way is mended (mend may be NULL). A part that
 * refuses, or that is not known, gives ERR_OK and is_known false. *options (may be NULL) is what
 * was read, with len 0 where nothing was. Errors as of mend_session().
 */
enum err protection_read(struct protection *protection, struct option_bytes *options,
	struct boot *boot, struct mend *mend, struct why *why);
/* Whether the sector's bit was read. */
bool protection_tells(const struct protection *protection, uint32_t sector);
bool protection_holds(const struct protection *protection, uint32_t sector);
/* ERR_WRITE_PROTECTED: the plan erases or writes there; addr is the first such sector's. */
enum err protection_check(
	const struct protection *protection, const struct plan *plan, struct why *why);

#endif /* BENCHD_PROTOCOL_PROTECTION_H */
