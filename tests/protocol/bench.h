/* SPDX-License-Identifier: MIT */
/*
 * bench.h - a simulated board with a session, an image and a plan, for the scenario tests.
 * One bench_open() to one bench_close(). Asserts of its own fail the test that uses it.
 */
#ifndef BENCHD_TESTS_PROTOCOL_BENCH_H
#define BENCHD_TESTS_PROTOCOL_BENCH_H

#include "protocol/run.h"
#include "simulator/sim.h"

#define BENCH_MAX_SEGMENTS 64

struct bench {
	struct sim *sim;
	struct boot boot;
	struct image image;
	struct segment segments[BENCH_MAX_SEGMENTS];
	uint8_t *bytes;   /* of the image, over the whole flash */
	struct plan plan; /* empty until bench_flash() drew it */
	struct run run;
	struct mend mend; /* bench_mends() turned it on */
	bool has_mend;
	uint8_t *before; /* the flash as bench_remember() found it */
	uint8_t *cells;
	size_t flash_len;
	struct why why;
};

/* A repeatable number for scenario tests. */
uint32_t bench_random(uint64_t *state);

extern const char *const bench_parts[]; /* every part of the simulator; ends with NULL */

/* Flash is filled with bytes from the seed, as if something else had been there. */
void bench_open(struct bench *bench, const struct sim_options *options);
void bench_close(struct bench *bench);
/* Adds a segment of bytes from the seed at flash offset at; the first one gets vectors. */
void bench_add(
	struct bench *bench, const struct chip *chip, uint32_t at, uint32_t len, uint64_t seed);
/* From now on what fails is mended. */
void bench_mends(struct bench *bench);
/* The row of the simulated part. */
const struct chip *bench_chip(const struct bench *bench);
void bench_remember(struct bench *bench);
/* Connect and plan; bench->why tells of an error. The run stands at its first piece. */
enum err bench_plan(struct bench *bench, const struct plan_options *options);
/* The same, then run to the end or the first error. */
enum err bench_flash(struct bench *bench, const struct plan_options *options);
/* Every byte outside the planned erases and writes is as it was. */
void bench_assert_rest_untouched(const struct bench *bench);
/* The image is there, and nothing but erased cells between it in the sectors that were erased. */
void bench_assert_flashed(const struct bench *bench);
/* If the session says that it is connected, it answers without a restart. */
void bench_assert_connection_is_true(struct bench *bench);

#endif /* BENCHD_TESTS_PROTOCOL_BENCH_H */
