/* SPDX-License-Identifier: MIT */
/* doctor_words.h - what the doctor's verdicts mean, for people. Constant data; any thread. */
#ifndef BENCHD_SERVER_DOCTOR_WORDS_H
#define BENCHD_SERVER_DOCTOR_WORDS_H

#include "protocol/doctor.h"

#define DOCTOR_MAX_TRY 4u

struct doctor_words {
	const char *title;  /* one clause, no full stop */
	const char *detail; /* how that was concluded */
	const char
		*try[DOCTOR_MAX_TRY]; /* what to do, likeliest first; ends with NULL if shorter */
};
const struct doctor_words *doctor_words(enum doctor_verdict verdict);

#endif /* BENCHD_SERVER_DOCTOR_WORDS_H */
