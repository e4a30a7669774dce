/* SPDX-License-Identifier: MIT */
/* job_json.h - the JSON that jobs are kept and shown as. Pure; any thread. NULL: no memory. */
#ifndef BENCHD_SERVER_JOB_JSON_H
#define BENCHD_SERVER_JOB_JSON_H

#include "server/job.h"

/* Texts that the caller frees. */
char *job_request_text(const struct job_request *request);
char *job_problem_text(const struct problem *problem, const char *board);
char *job_image_text(const struct image *image, const char *sha256, const char *name);
/* The same of an image with what stood beside it; merged: its own SHA-256. */
char *job_merged_text(
	const struct image *image, const char *sha256, const char *name, const char *merged);
/* Prints and frees it. */
char *job_text(struct json *json);

/* {"erase":[...],"write":[...],...}, the contract's plan. */
struct json *job_plan_json(const struct plan *plan, unsigned image_notes);
/* Appends the numbers of the sectors that the plan erases. */
void job_push_erased(struct json *numbers, const struct plan *plan);
/* What a plan and an image deserve to be warned of, one at a time. */
void job_warnings(unsigned plan_notes, unsigned image_notes,
	void (*each)(void *ctx, const char *text), void *ctx);

#endif /* BENCHD_SERVER_JOB_JSON_H */
