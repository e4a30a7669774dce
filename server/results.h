/* SPDX-License-Identifier: MIT */
/*
 * results.h - test results as a board prints them: Unity, TAP (13, 14) and Zephyr's ztest, read
 * line by line out of untrusted bytes, in pieces of any size. The verdict is the framework's own:
 * Unity's OK or FAIL below its counts, TAP's plan fulfilled or "Bail out!", ztest's "PROJECT
 * EXECUTION …". Pure; any thread, on objects it owns. What is kept is bounded: RESULTS_CASES cases,
 * texts of the sizes below, lines of RESULTS_LINE bytes; longer ones are cut.
 */
#ifndef BENCHD_SERVER_RESULTS_H
#define BENCHD_SERVER_RESULTS_H

#include "protocol/bytes.h"

#define RESULTS_CASES 500u
#define RESULTS_LINE 512u

/* RESULTS_AUTO: the first line that only one of them prints decides. */
enum results_format {
	RESULTS_NONE,
	RESULTS_AUTO,
	RESULTS_UNITY,
	RESULTS_TAP,
	RESULTS_ZTEST,
	RESULTS_FORMAT_COUNT
};
/* "none", "auto", "unity" ... */
const char *results_format_name(enum results_format format);

enum case_state { CASE_PASSED, CASE_FAILED, CASE_SKIPPED, CASE_STATE_COUNT };
/* "passed", "failed", "skipped" */
const char *case_state_name(enum case_state state);

/* One test. Texts are bytes as the board sent them, without control characters; "" is none. */
struct test_case {
	char suite[64], name[128], message[240], file[128];
	uint32_t line; /* 0: not said */
	uint32_t duration_us;
	bool has_duration;
	enum case_state state;
	uint64_t offset; /* of its line in the stream */
};

enum results_verdict { RESULTS_OPEN, RESULTS_PASSED, RESULTS_FAILED };

struct results {
	enum results_format format; /* RESULTS_AUTO until it is known */
	enum results_verdict verdict;
	struct test_case *cases;
	size_t count;
	uint32_t totals[CASE_STATE_COUNT]; /* of all cases, also those not kept */
	char summary[RESULTS_LINE];        /* the framework's own last word, or "" */

	/* the parser's own */
	uint64_t offset, line_offset;
	char text[RESULTS_LINE];
	size_t len;
	bool in_escape;
	char suite[64];
	bool has_plan, has_counts, is_bad;
	uint32_t planned, points;
	struct test_case said; /* ztest: what an assertion said before its test's line */
};

/* offset: of the first byte that will be fed. */
void results_init(struct results *results, enum results_format format, uint64_t offset);
void results_release(struct results *results);

/* Looks at bytes up to the line that gives the verdict, which is final. false: no memory. */
bool results_feed(struct results *results, struct span bytes);

#endif /* BENCHD_SERVER_RESULTS_H */
