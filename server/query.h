/* SPDX-License-Identifier: MIT */
/*
 * query.h - a request target taken apart: the path and the parameters behind "?", percent-decoded,
 * bounded, without duplicates; and the readers of parameter values.
 * Pure; any thread.
 */
#ifndef BENCHD_SERVER_QUERY_H
#define BENCHD_SERVER_QUERY_H

#include "server/problem.h"

#define QUERY_MAX 32    /* parameters */
#define TARGET_MAX 4096 /* bytes of a request target */

struct parameter {
	const char *name, *value; /* decoded, valid UTF-8, without NUL and control characters */
};

struct query {
	struct parameter items[QUERY_MAX];
	size_t count;
};

/* A target with the memory that path and query point into. */
struct target {
	char *text;       /* owned */
	const char *path; /* decoded, starts with "/" */
	struct query query;
};

/*
 * Takes "/path?a=b&c", or the absolute form "http://host/path". false: *problem is bad_request
 * (a target that is too long, not a path, wrongly escaped, not UTF-8, or holds a control
 * character or an escaped "/") or bad_parameter (a name given twice, or too many); *target is
 * empty.
 */
bool target_parse(struct target *target, const char *text, struct problem *problem);
void target_release(struct target *target);

/* NULL: not given. */
const char *query_get(const struct query *query, const char *name);

/* known ends with NULL. false: *problem is unknown_parameter, naming it and those known. */
bool query_only(const struct query *query, const char *const *known, struct problem *problem);

/*
 * Readers: true when the parameter is absent (*value stays) or good; false: *problem is
 * bad_parameter, naming it and what it may be.
 */
bool query_bool(const struct query *query, const char *name, bool *value, struct problem *problem);
/* Decimal or 0x. *given (may be NULL) says whether it was there. */
bool query_number(const struct query *query, const char *name, uint64_t max, uint64_t *value,
	bool *given, struct problem *problem);
bool query_u32(const struct query *query, const char *name, uint32_t *value, bool *given,
	struct problem *problem);
/* One word of names (its index is the value); a NULL name ends them. */
bool query_choice(const struct query *query, const char *name, const char *const *names, int *value,
	struct problem *problem);

/* Decimal or 0x… of a whole text; false: not one, or above max. */
bool number_parse(const char *text, uint64_t max, uint64_t *value);

#endif /* BENCHD_SERVER_QUERY_H */
