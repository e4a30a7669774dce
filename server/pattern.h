/* SPDX-License-Identifier: MIT */
/*
 * pattern.h - the fence around PCRE2: regular expressions that strangers write, looked for in
 * bytes that arrive in pieces. Where a piece ends makes no difference to what is found.
 *
 * Bytes, not characters: a pattern in UTF-8 matches the same bytes, and a dot is one byte. `^` and
 * `$` stand at the lines of the stream, whose ends are CR, LF or both; a dot is neither of them.
 * A match of no bytes is none, and \G, which stands where a search goes on, is refused.
 *
 * A pattern never changes once made: scans in several threads may share it. A scan belongs to one
 * thread at a time.
 */
#ifndef BENCHD_SERVER_PATTERN_H
#define BENCHD_SERVER_PATTERN_H

#include "protocol/bytes.h"

#define PATTERN_MAX 1024u       /* bytes of a pattern's text */
#define PATTERN_GROUPS 32u      /* with group 0, which is the whole match */
#define PATTERN_LOOKBEHIND 255u /* bytes that a pattern may look back */
/*
 * One that grows to at least so many bytes, and is at its end not known to match, is given up: what
 * begins inside it is skipped with it. None longer than twice as many is found.
 */
#define PATTERN_SPAN (8u * KIB)

struct pattern;

/* Why a text is no pattern. */
struct pattern_error {
	size_t offset;  /* where in the text, from 0 */
	char what[128]; /* a phrase: "missing closing parenthesis" */
};

/*
 * Borrows text for the call. NULL: it is empty, too long, no regular expression or one that asks
 * for more than the bounds above, and *error (may be NULL) says so; or there is no memory.
 */
struct pattern *pattern_new(struct span text, struct pattern_error *error);
void pattern_free(struct pattern *pattern);

/* One group of a match. */
struct pattern_group {
	const char *name; /* NULL: it has a number only; borrowed from the pattern */
	bool is_set;      /* false: it took no part, and text is empty */
	struct span text; /* borrowed from the scan, until its next call */
};

struct pattern_match {
	uint64_t offset; /* of its first byte in the stream */
	size_t count;    /* of groups, at least 1; groups[0].text is the match */
	struct pattern_group groups[PATTERN_GROUPS];
};

enum scan_verdict {
	SCAN_MORE,    /* nothing in what was fed: feed the next bytes */
	SCAN_FOUND,   /* scan_match() says what */
	SCAN_TOO_HARD /* the pattern needs more time or memory than it may have: final */
};

/*
 * What a scan may cost of the processor's time (the thread's, so that a busy machine changes
 * nothing): grace_ms in all, and us_per_byte more for each byte that was fed. What goes beyond is
 * SCAN_TOO_HARD, at most about a quarter of a second late.
 */
struct scan_budget {
	uint32_t grace_ms, us_per_byte;
};

struct scan;

/*
 * Looks for a pattern in the stream whose first byte, at this offset, is fed first: `^` holds
 * there. Borrows the pattern until scan_free(). NULL: no memory.
 */
struct scan *scan_new(const struct pattern *pattern, uint64_t offset, struct scan_budget budget);
void scan_free(struct scan *scan); /* NULL is fine */

/*
 * Looks at more bytes; *bytes becomes what it did not take. SCAN_MORE: it took all. SCAN_FOUND: the
 * earliest match, which no later byte could have changed; called again it goes on behind it.
 */
enum scan_verdict scan_feed(struct scan *scan, struct span *bytes);

/*
 * Nothing more comes: what could have gone on, as "[0-9]+" at the end of what was fed, is a match
 * now. Called again it goes on behind it. SCAN_MORE: no (more) match.
 */
enum scan_verdict scan_end(struct scan *scan);

/* The last SCAN_FOUND's; borrowed, and what it points to, until the scan's next call. */
const struct pattern_match *scan_match(const struct scan *scan);

#endif /* BENCHD_SERVER_PATTERN_H */
