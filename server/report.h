/* SPDX-License-Identifier: MIT */
/*
 * report.h - a job that ended, as a test report. Pure; any thread.
 * A job with test cases has them; any other is one case, named after its kind.
 */
#ifndef BENCHD_SERVER_REPORT_H
#define BENCHD_SERVER_REPORT_H

#include "server/store.h"

/*
 * JUnit's XML as CI servers read it, appended to out: suites, cases, failures with their message
 * and the lines around, errors for what is no test's fault. Well-formed whatever the board printed.
 * The root's time is the job's; a suite or a case has one only where the firmware told it.
 * false: no memory.
 */
bool report_junit(const struct job_record *record, struct buf *out);

/* {"job","board","kind","state","error","expect","tests"}; NULL: no memory. */
struct json *report_json(const struct job_record *record);

#endif /* BENCHD_SERVER_REPORT_H */
