/* SPDX-License-Identifier: MIT */
/*
 * console_search.h - looks for a pattern in a stream's past, files and ring: bounded work a call,
 * and a place from which the next one goes on. At most one match a line. One thread.
 */
#ifndef BENCHD_SERVER_CONSOLE_SEARCH_H
#define BENCHD_SERVER_CONSOLE_SEARCH_H

#include "server/console_past.h"
#include "server/pattern.h"

#define SEARCH_SLICE (512u * KIB) /* of bytes that a call looks at */
#define SEARCH_LIMIT 1000u        /* of matches that it may give */

enum search_verdict {
	SEARCH_DONE,
	SEARCH_TOO_HARD, /* the pattern needs too much time; what was found before stands */
	SEARCH_NO_MEMORY
};

/*
 * Borrows past and pattern. Appends {"offset":…,"time":…,"line":…, and as there is "before",
 * "after", "groups"} to matches for each in [from, to), at most limit. *next: where another call
 * goes on, a line's start; OFFSET_NONE: all was looked at.
 */
enum search_verdict console_search(struct past *past, const struct pattern *pattern, uint64_t from,
	uint64_t to, uint32_t limit, struct json *matches, uint64_t *next);

#endif /* BENCHD_SERVER_CONSOLE_SEARCH_H */
