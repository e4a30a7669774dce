/* SPDX-License-Identifier: MIT */
/* test_report.c - jobs as JUnit's XML. */
#include "server/report.h"
#include "tests/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define HEAD(counts)                                                                               \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"b\" " counts ">\n"

static const struct {
	const char *name;
	enum job_state state;
	const char *result, *error, *want;
} rows[] = {
	{ "a flash that was done", JOB_DONE, "{}", NULL,
		HEAD("tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\" "
		     "time=\"2.500\"") " <testsuite name=\"b\" tests=\"1\" "
				       "failures=\"0\" errors=\"0\" skipped=\"0\" "
				       "time=\"2.500\">\n"
				       "  <testcase name=\"flash\" classname=\"b\" "
				       "time=\"2.500\">\n  </testcase>\n"
				       " </testsuite>\n</testsuites>\n" },
	{ "a flash that failed", JOB_FAILED, NULL,
		"{\"code\":\"no_answer\",\"detail\":\"say \\\"<hi>\\\" & "
		"\\u0001bye\\uffff\"}",
		HEAD("tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\" "
		     "time=\"2.500\"") " <testsuite name=\"b\" tests=\"1\" "
				       "failures=\"0\" errors=\"1\" skipped=\"0\" "
				       "time=\"2.500\">\n"
				       "  <testcase name=\"flash\" classname=\"b\" "
				       "time=\"2.500\">\n"
				       "   <error message=\"say &quot;&lt;hi&gt;&quot; "
				       "&amp; bye\" "
				       "type=\"no_answer\"></error>\n"
				       "  </testcase>\n </testsuite>\n</testsuites>\n" },
	{ "cases of two suites", JOB_FAILED,
		"{\"tests\":{\"cases\":[{\"suite\":\"s\",\"name\":\"x\",\"state\":"
		"\"passed\","
		"\"seconds\":0.5},{\"suite\":null,\"name\":\"y\",\"state\":\"failed\","
		"\"file\":"
		"\"a.c\",\"line\":7,\"message\":\"no\",\"lines\":\"1\\n2\"},{\"suite\":"
		"null,"
		"\"name\":\"z\",\"state\":\"skipped\",\"message\":null}]}}",
		"{\"code\":\"test_failed\",\"detail\":\"d\"}",
		HEAD("tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\" "
		     "time=\"2.500\"") " <testsuite name=\"s\" tests=\"1\" "
				       "failures=\"0\" errors=\"0\" skipped=\"0\" "
				       "time=\"0.500\">\n"
				       "  <testcase name=\"x\" classname=\"s\" "
				       "time=\"0.500\">\n  </testcase>\n"
				       " </testsuite>\n"
				       " <testsuite name=\"b\" tests=\"2\" "
				       "failures=\"1\" errors=\"0\" skipped=\"1\">\n"
				       "  <testcase name=\"y\" classname=\"b\" "
				       "file=\"a.c\" line=\"7\">\n"
				       "   <failure message=\"no\" "
				       "type=\"failed\">1&#10;2</failure>\n  "
				       "</testcase>\n"
				       "  <testcase name=\"z\" classname=\"b\">\n   "
				       "<skipped></skipped>\n  </testcase>\n"
				       " </testsuite>\n</testsuites>\n" },
};

static void jobs_are_reported(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct job_record record = { .board = "b",
			.kind = JOB_FLASH,
			.state = rows[i].state,
			.started = 1000,
			.finished = 3500,
			.result = (char *)rows[i].result,
			.error = (char *)rows[i].error };
		struct buf out = { 0 };

		assert_true(report_junit(&record, &out));
		assert_true(buf_append(&out, (struct span){ (const uint8_t *)"", 1 }));
		if (strcmp((const char *)out.ptr, rows[i].want) != 0)
			print_error("%s\n", rows[i].name);
		assert_string_equal((const char *)out.ptr, rows[i].want);
		buf_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(jobs_are_reported) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
