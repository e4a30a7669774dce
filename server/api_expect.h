/* SPDX-License-Identifier: MIT */
/* api_expect.h - what a flash or a call of its own expects the application to say. Any thread. */
#ifndef BENCHD_SERVER_API_EXPECT_H
#define BENCHD_SERVER_API_EXPECT_H

#include "server/job.h"
#include "server/query.h"

/*
 * expect=, fail=, results= and timeout= of a flash into what->expect, which stays NULL without
 * them; run of *what is known by then. false: *problem; what is to be released.
 */
bool expect_parse_query(
	const struct query *query, struct job_request *what, struct problem *problem);

#endif /* BENCHD_SERVER_API_EXPECT_H */
