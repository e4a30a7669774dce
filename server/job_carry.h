/* SPDX-License-Identifier: MIT */
/*
 * job_carry.h - a plan being carried out: what flash, verify and erase share. Internal to job_*.c;
 * the board's thread.
 */
#ifndef BENCHD_SERVER_JOB_CARRY_H
#define BENCHD_SERVER_JOB_CARRY_H

#include "protocol/neighbours.h"
#include "server/job_step.h"

/* Several in a row count as one. */
struct carry {
	struct work *w;
	struct plan plan; /* owned by who made it */
	struct run run;
	struct neighbour_reads beside; /* what keep_neighbours reads first */
	uint64_t done_before, total;   /* of an erase in several plans */
};

/* Carries the plan out. What it ends with decides whether the content can be trusted. */
enum err carry_out(struct carry *c, struct why *why);

#endif /* BENCHD_SERVER_JOB_CARRY_H */
