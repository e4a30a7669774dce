/* SPDX-License-Identifier: MIT */
/*
 * expect.h - what an application is expected to say, as it was asked for: part of a job's request.
 * Plain data; whoever has it owns it.
 */
#ifndef BENCHD_SERVER_EXPECT_H
#define BENCHD_SERVER_EXPECT_H

#include "server/pattern.h"
#include "server/results.h"

#define EXPECT_SEND 1024u        /* bytes of text to send */
#define EXPECT_TIMEOUT_MS 60000u /* unless it is said */
#define EXPECT_LONGEST_S 3600u
/* What a pattern may cost: what is common takes a hundredth of it. */
#define EXPECT_GRACE_MS 500u
#define EXPECT_US_PER_BYTE 20u

enum expect_from { EXPECT_FROM_NOW, EXPECT_FROM_RESET, EXPECT_FROM_OFFSET };

struct expect {
	char pattern[PATTERN_MAX + 1]; /* "": none, then results is not RESULTS_NONE */
	char fail[PATTERN_MAX + 1];    /* "": none */
	enum results_format results;
	uint32_t timeout_ms;
	/* of a job of its own; a flash's is heard from the reset that ends it */
	enum expect_from from;
	uint64_t offset; /* EXPECT_FROM_OFFSET */
	bool resets;
	char send[EXPECT_SEND + 1];
};

#endif /* BENCHD_SERVER_EXPECT_H */
