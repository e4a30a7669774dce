/* SPDX-License-Identifier: MIT */
/* plan_internal.h - what the plan*.c files share: a plan that is being drawn up. One thread. */
#ifndef BENCHD_PROTOCOL_PLAN_INTERNAL_H
#define BENCHD_PROTOCOL_PLAN_INTERNAL_H

#include "protocol/plan.h"

struct plan_draft {
	struct plan *plan;
	const struct device *device;
	const struct plan_options *options;
	size_t capacity;     /* of plan->steps */
	size_t first, count; /* the image's segments that lie in flash */
};

/* false: no memory. */
bool plan_draft_add(struct plan_draft *draft, struct step step);
/* What options->erase asks for. */
enum err plan_draft_erases(struct plan_draft *draft, struct why *why);
/* Everything; sector by sector where the part has no mass erase. */
enum err plan_draft_mass_erase(struct plan_draft *draft, struct why *why);
/* The sectors that [addr, addr+len) touches; it lies in flash. */
enum err plan_draft_erase_range(
	struct plan_draft *draft, uint32_t addr, uint32_t len, struct why *why);
enum err plan_draft_writes(struct plan_draft *draft, struct why *why);
enum err plan_draft_verifies(struct plan_draft *draft, struct why *why);
/* For the person who waits: typical times, not deadlines. */
uint32_t plan_estimate(const struct plan *plan, uint32_t baud);

#endif /* BENCHD_PROTOCOL_PLAN_INTERNAL_H */
