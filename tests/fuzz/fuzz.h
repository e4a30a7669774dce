/* SPDX-License-Identifier: MIT */
/* fuzz.h - what a fuzz target defines, and how it says that something is wrong. */
#ifndef BENCHD_TESTS_FUZZ_FUZZ_H
#define BENCHD_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An assert that no build takes out. */
#define FUZZ_CHECK(claim)                                                                          \
	do {                                                                                       \
		if (!(claim))                                                                      \
			abort();                                                                   \
	} while (0)

#endif /* BENCHD_TESTS_FUZZ_FUZZ_H */
