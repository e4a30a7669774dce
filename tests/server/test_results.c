/* SPDX-License-Identifier: MIT */
/* test_results.c - what test frameworks print, and what it says. */
#include "server/results.h"
#include "tests/cmocka_all.h"

#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

#define UNITY_PASSED                                                                               \
	"test/test_a.c:10:test_one:PASS\r\ntest/test_a.c:20:test_two:IGNORE: later\r\n\r\n"        \
	"-----------------------\r\n2 Tests 0 Failures 1 Ignored \r\nOK\r\n"
#define ZTEST_FAILED                                                                               \
	"*** Booting Zephyr OS ***\nRunning TESTSUITE math\n"                                      \
	"===================================================================\n"                    \
	"START - test_add\n PASS - test_add in 0.001 seconds\n"                                    \
	"===================================================================\n"                    \
	"START - test_sub\n\n    Assertion failed at src/main.c:25: math_test_sub: (a is false)\n" \
	" FAIL - test_sub in 0.020 seconds\n"                                                      \
	"START - test_mul\n SKIP - test_mul in 0.000 seconds\n"                                    \
	"TESTSUITE math failed.\n\n------ TESTSUITE SUMMARY START ------\n\n"                      \
	"SUITE FAIL -  50.00% [math]: pass = 1, fail = 1, skip = 1, total = 3\n"                   \
	" - PASS - [math.test_add] duration = 0.001 seconds\n\n"                                   \
	"------ TESTSUITE SUMMARY END ------\n\nPROJECT EXECUTION FAILED\n"

/* want: a row a case, "STATE SUITE/NAME FILE:LINE us MESSAGE" */
static const struct {
	const char *name, *text;
	enum results_format format;
	enum results_verdict verdict;
	const char *want;
} rows[] = {
	{ "Unity", UNITY_PASSED, RESULTS_UNITY, RESULTS_PASSED,
		"passed /test_one test/test_a.c:10 - \nskipped /test_two test/test_a.c:20 - "
		"later\n" },
	{ "Unity, a failure",
		"a.c:1:test_x:FAIL: Expected 1 Was 2: so\n1 Tests 1 Failures 0 Ignored\nFAIL\n",
		RESULTS_UNITY, RESULTS_FAILED, "failed /test_x a.c:1 - Expected 1 Was 2: so\n" },
	{ "Unity, a drive and a time", "C:\\a.c:1:test_x:PASS (12 ms)\n", RESULTS_UNITY,
		RESULTS_OPEN, "passed /test_x C:\\a.c:1 12000 \n" },
	{ "Unity, an OK before the counts", "OK\na.c:1:t:PASS\nOK\n", RESULTS_UNITY, RESULTS_OPEN,
		"passed /t a.c:1 - \n" },
	{ "Unity, counts that contradict OK", "1 Tests 1 Failures 0 Ignored\nOK\n", RESULTS_UNITY,
		RESULTS_FAILED, "" },
	{ "Unity in colours", "\x1B[32ma.c:1:t:PASS\x1B[0m\n", RESULTS_UNITY, RESULTS_OPEN,
		"passed /t a.c:1 - \n" },
	{ "a log line is no case", "main.c:12: PASS on to the next\n12:30:PASS\n", RESULTS_AUTO,
		RESULTS_OPEN, "" },
	{ "TAP, the plan first",
		"TAP version 14\n1..2\nok 1 - a\nok 2 - b # SKIP no sensor\nok 3\n", RESULTS_TAP,
		RESULTS_PASSED, "passed /a :0 - \nskipped /b :0 - SKIP no sensor\n" },
	{ "TAP, the plan last",
		"ok 1 - a\nnot ok 2 - b\n  ---\n  message: \"no\"\n  duration_ms: 7\n"
		"  ...\n1..2\n",
		RESULTS_TAP, RESULTS_FAILED, "passed /a :0 - \nfailed /b :0 7000 \"no\"\n" },
	{ "TAP, to be done", "1..1\nnot ok 1 - a # TODO one day\n", RESULTS_TAP, RESULTS_PASSED,
		"skipped /a :0 - TODO one day\n" },
	{ "TAP, more than planned", "ok 1\nok 2\n1..1\n", RESULTS_TAP, RESULTS_FAILED,
		"passed /1 :0 - \npassed /2 :0 - \n" },
	{ "TAP, nothing to do", "1..0 # SKIP no hardware\n", RESULTS_TAP, RESULTS_PASSED, "" },
	{ "TAP, given up", "1..9\nok 1 - a\nBail out! no supply\n", RESULTS_TAP, RESULTS_FAILED,
		"passed /a :0 - \n" },
	{ "TAP, cut short", "1..2\nok 1 - a\n", RESULTS_TAP, RESULTS_OPEN, "passed /a :0 - \n" },
	{ "ztest", ZTEST_FAILED, RESULTS_ZTEST, RESULTS_FAILED,
		"passed math/test_add :0 1000 \n"
		"failed math/test_sub src/main.c:25 20000 math_test_sub: (a is false)\n"
		"skipped math/test_mul :0 0 \n" },
	{ "ztest, good", "Running TESTSUITE x\nPROJECT EXECUTION SUCCESSFUL\n", RESULTS_ZTEST,
		RESULTS_PASSED, "" },
	{ "nothing", "hello\r\n> ", RESULTS_AUTO, RESULTS_OPEN, "" },
};

static void describe(const struct results *r, char *out, size_t size)
{
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < r->count; i++) {
		const struct test_case *c = &r->cases[i];
		char duration[16] = "-";

		if (c->has_duration)
			snprintf(duration, sizeof(duration), "%u", (unsigned)c->duration_us);
		len += (size_t)snprintf(out + len, size - len, "%s %s/%s %s:%u %s %s\n",
			case_state_name(c->state), c->suite, c->name, c->file, (unsigned)c->line,
			duration, c->message);
		assert_true(len < size);
	}
}

static void check_row(size_t i, enum results_format format, size_t step)
{
	struct results r;
	char out[1024];

	results_init(&r, format, 0);
	for (size_t at = 0, len = strlen(rows[i].text); at < len; at += step)
		assert_true(results_feed(&r,
			(struct span){ (const uint8_t *)rows[i].text + at,
				step < len - at ? step : len - at }));
	describe(&r, out, sizeof(out));
	if (r.verdict != rows[i].verdict || strcmp(out, rows[i].want) != 0)
		print_error("%s\n", rows[i].name);
	assert_string_equal(out, rows[i].want);
	assert_int_equal(r.verdict, rows[i].verdict);
	assert_int_equal(r.format, rows[i].format);
	results_release(&r);
}

static void results_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t step = 1; step < 40; step += 6) {
			check_row(i, rows[i].format, step);
			/* and recognised */
			if (rows[i].want[0])
				check_row(i, RESULTS_AUTO, step);
		}
}

static void cases_know_their_place(void **state)
{
	struct results r;

	(void)state;
	results_init(&r, RESULTS_AUTO, 1000);
	assert_true(results_feed(&r, span_of("boot\r\na.c:1:t:PASS\r\na.c:2:u:PASS\r\n")));
	assert_int_equal(r.count, 2);
	assert_int_equal(r.cases[0].offset, 1006);
	assert_int_equal(r.cases[1].offset, 1020);
	results_release(&r);
}

static void what_is_kept_is_bounded(void **state)
{
	struct results r;
	char line[2 * RESULTS_LINE + 32];

	(void)state;
	results_init(&r, RESULTS_TAP, 0);
	memset(line, 'x', sizeof(line));
	memcpy(line, "ok 1 - ", 7);
	memcpy(line + sizeof(line) - 2, "\n", 2);
	for (size_t i = 0; i < RESULTS_CASES + 100; i++)
		assert_true(results_feed(&r, span_of(line)));
	assert_int_equal(r.count, RESULTS_CASES);
	assert_int_equal(r.totals[CASE_PASSED], RESULTS_CASES + 100);
	assert_int_equal(strlen(r.cases[0].name), sizeof(r.cases[0].name) - 1);
	results_release(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(results_are_read),
		cmocka_unit_test(cases_know_their_place),
		cmocka_unit_test(what_is_kept_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
