/* SPDX-License-Identifier: MIT */
/* plan_internal.h - what the plan*.c files share: a plan that is being drawn up. One thread. */
#ifndef BENCHD_PROTOCOL_PLAN_INTERNAL_H
#define BENCHD_PROTOCOL_PLAN_INTERNAL_H

#include "protocol/plan.h"

/* What becomes of a sector. */
enum fate {
	FATE_UNTOUCHED,
	FATE_SAME,  /* it holds already what the image has there: neither erased nor written */
	FATE_BLANK, /* written without an erase */
	FATE_KEPT,  /* written over what it holds: erase=none */
	FATE_ERASED,
};

struct plan_draft {
	struct plan *plan;
	const struct device *device;
	const struct plan_options *options;
	size_t capacity;     /* of plan->steps */
	size_t first, count; /* the image's segments that lie in flash */
	uint8_t fates[CHIP_MAX_SECTORS];
};

/* Flash words from one or more segments, without a hole as long as a word. */
struct plan_range {
	uint64_t start, end;
	size_t segment, next; /* the segments in it: segment..next-1 */
};
/*
 * The range that begins with segment i. Two segments in one flash word are one range: a word
 * can be written but once, so neither may be padded over the other.
 */
struct plan_range plan_range_from(const struct plan_draft *draft, size_t i);
/* addr lies in flash. */
struct sector plan_sector_at(const struct plan *plan, uint32_t addr);

/* false: no memory. */
bool plan_draft_add(struct plan_draft *draft, struct step step);
/* What options->erase asks for, and what a survey spares. */
enum err plan_draft_erases(struct plan_draft *draft, struct why *why);
/* Everything; sector by sector where the part has no mass erase. */
enum err plan_draft_mass_erase(struct plan_draft *draft, struct why *why);
/* The sectors that [addr, addr+len) touches; it lies in flash. */
enum err plan_draft_erase_range(
	struct plan_draft *draft, uint32_t addr, uint32_t len, struct why *why);
/* ERR_ALIGNMENT: without an erase, one would be torn. */
enum err plan_check_whole_words(const struct plan_draft *draft, struct why *why);
enum err plan_draft_writes(struct plan_draft *draft, struct why *why);
/* What options->verify asks for, of a flash ... */
enum err plan_draft_verifies(struct plan_draft *draft, struct why *why);
/* ... and of what the image names, whether or not anything was written. */
enum err plan_draft_compare(struct plan_draft *draft, struct why *why);
/* For the person who waits: milliseconds from connecting to the end, by typical times. */
uint32_t plan_estimate(
	const struct plan *plan, const struct device *device, const struct plan_options *options);

/* All of the part is erased about as soon as a page of it. */
bool plan_has_quick_mass_erase(const struct chip *chip);

#endif /* BENCHD_PROTOCOL_PLAN_INTERNAL_H */
