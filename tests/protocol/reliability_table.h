/* SPDX-License-Identifier: MIT */
/*
 * reliability_table.h - what was seen of each fault at each stage, as the table of
 * docs/reliability.md. One thread.
 */
#ifndef BENCHD_TESTS_PROTOCOL_RELIABILITY_TABLE_H
#define BENCHD_TESTS_PROTOCOL_RELIABILITY_TABLE_H

#include "protocol/mend.h"

enum { RELIABILITY_TEXT_MAX = 16384 };

extern const enum stage reliability_stages[]; /* the columns */
enum { RELIABILITY_STAGES = 6 };

/* All that was played for one cell. */
struct seen {
	unsigned played, done;
	unsigned kinds;    /* a bit for each enum mend_kind that was reported */
	bool misread;      /* data that was read was wrong, and nobody noticed */
	bool asked_again;  /* done without one, but something was asked twice */
	uint64_t failures; /* a bit for each enum err it ended with */
};

struct seen_row {
	const char *name;
	struct seen cells[RELIABILITY_STAGES];
	uint64_t longest_us; /* from the fault to the end, beyond what it takes without one */
};

/* The table in Markdown; text is always ended. */
void reliability_print(const struct seen_row *rows, size_t count, char *text, size_t len);
/*
 * The part of the file between the marks, compared with text or replaced by it. false: it cannot
 * be read or written, has no marks, or differs; standard error says which.
 */
bool reliability_check(const char *path, const char *mark, const char *text);
bool reliability_write(const char *path, const char *mark, const char *text);

#endif /* BENCHD_TESTS_PROTOCOL_RELIABILITY_TABLE_H */
