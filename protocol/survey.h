/* SPDX-License-Identifier: MIT */
/*
 * survey.h - what the part holds already, sector by sector, found by reading alone, before the
 * plan is made: what is there need not be sent, what is blank need not be erased. One thread.
 */
#ifndef BENCHD_PROTOCOL_SURVEY_H
#define BENCHD_PROTOCOL_SURVEY_H

#include "protocol/boot.h"
#include "protocol/plan.h"

enum verdict {
	VERDICT_UNKNOWN, /* not looked at */
	VERDICT_SAME,    /* every byte that the image names there was compared, and is there */
	VERDICT_BLANK,   /* every byte of the sector is erased */
	VERDICT_DIFFERS,
};

struct survey {
	uint8_t *verdicts; /* enum verdict of each erase unit; owned */
	uint32_t count;
	bool by_checksum; /* what was compared was so by Get Checksum, else by reading */
	uint32_t took_us; /* to make it; 0: it is a record's, which nobody has compared yet */
};

struct survey_options {
	enum plan_write write;
	enum plan_erase erase;
	/*
	 * Sectors that differ as our record of this chip has it (a bit each, from bit 0 of byte 0):
	 * they are not read first. NULL: no record. A record is only ever used to read less of what
	 * differs, never to believe that something is the same.
	 */
	const uint8_t *differs;
	/* After each sector: how far it is, in bytes of the image; may be NULL. */
	void (*report)(void *ctx, uint32_t addr, uint32_t done, uint32_t total);
	void *ctx;
};

/* Whether the options ask for anything to be looked at on this part. */
bool survey_is_wanted(const struct device *device, const struct survey_options *options);
/* Whether it looks for sectors that hold what they should, and not for blank ones alone. */
bool survey_spares_same(const struct device *device, const struct survey_options *options);
/*
 * Fills *survey for the sectors that the image touches; the others stay unknown. Errors as
 * boot_read() and boot_checksum(); ERR_CANCELLED; ERR_NO_MEMORY. On error it is empty.
 */
enum err survey_make(struct survey *survey, struct boot *boot, const struct image *image,
	const struct survey_options *options, struct why *why);
void survey_release(struct survey *survey);

#endif /* BENCHD_PROTOCOL_SURVEY_H */
