/* SPDX-License-Identifier: MIT */
/*
 * problem.h - every refusal that a person or a script can meet: RFC 9457, one table.
 * Pure; any thread.
 */
#ifndef BENCHD_SERVER_PROBLEM_H
#define BENCHD_SERVER_PROBLEM_H

#include "protocol/err.h"
#include "server/json.h"

#define PROBLEM_DETAIL 1024

struct problem {
	const char *code;            /* the slug; NULL: no problem */
	char detail[PROBLEM_DETAIL]; /* what happened, where, and what a person can do now */
	const char *board;           /* borrowed; NULL: none */
	enum stage stage;
	bool has_address;
	uint32_t address;
	const char *allow;      /* 405 */
	unsigned retry_after_s; /* 429, 503; 0: none */
};

/* One row of the table: what a slug means. */
struct problem_kind {
	const char *code;
	unsigned status;
	const char *title;
	bool retryable;
	const char *explanation; /* a paragraph for /problems/SLUG */
};
/* NULL past the last. */
const struct problem_kind *problem_kind_at(size_t i);
/* code must be of the table (asserted). */
const struct problem_kind *problem_kind(const char *code);

/* Fills *problem (if not NULL) and gives false, for `return problem_set(...)`. */
bool problem_set(struct problem *problem, const char *code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Appends to the detail what fits. */
void problem_add(struct problem *problem, const char *text);

/*
 * Says a protocol error in plain words: which slug, and a detail with stage, address, line or
 * offset and what to try next. subject: the part's name or NULL. port: the board's port or NULL.
 */
void problem_from_why(
	struct problem *problem, const struct why *why, const char *subject, const char *port);

/* The application/problem+json object; the caller adds "job" where one belongs. */
struct json *problem_json(const struct problem *problem);
unsigned problem_status(const struct problem *problem);

#endif /* BENCHD_SERVER_PROBLEM_H */
