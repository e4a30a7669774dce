/* SPDX-License-Identifier: MIT */
/*
 * test_mend.c - a flash, and a long read, that something goes wrong with at each stage: it is done
 * with the right content, or ends for a reason that is final, in bounded virtual time.
 */
#include "tests/protocol/bench.h"

#include "tests/cmocka_all.h"

#include <string.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof(*(a)))

static const char *const parts[] = { "f103rb", "f407vg", "l152re", "l476rg", "h743zi" };
static const uint32_t product_ids[] = { 0x410, 0x413, 0x437, 0x415, 0x450 };

enum { IMAGE_BYTES = 2400, FIRST_SEED = 7 };

/* An erase of a large sector, thrice, and a board that is waited for. */
#define LONGEST_US 180000000ull

/* What may go wrong once and be cured; %u is a byte, or a command, from when it is set on. */
static const struct {
	const char *format;
	bool counts_bytes;
} curable[] = {
	{ "drop to-host nth=%u", true },
	{ "drop to-board nth=%u", true },
	{ "corrupt to-host nth=%u", true },
	{ "corrupt to-board nth=%u", true },
	{ "insert to-host nth=%u byte=0x1F", true },
	{ "insert to-host nth=%u byte=0x55", true },
	{ "insert to-board nth=%u byte=0x00", true },
	{ "duplicate to-host nth=%u", true },
	{ "duplicate to-board nth=%u", true },
	{ "reset wire nth=%u", true },
	{ "brownout wire nth=%u ms=700", true },
	{ "unplug wire nth=%u ms=1500", true },
	{ "nack any nth=%u", false },
	{ "silence any nth=%u", false },
	{ "slow any nth=%u ms=900", false },
	{ "slow any nth=%u ms=60000", false },
	{ "reset any nth=%u us=300", false },
	{ "brownout any nth=%u us=400 ms=20", false },
	{ "unplug any nth=%u us=500 ms=300", false },
};

static const unsigned byte_positions[] = { 1, 2, 3, 4, 6, 8, 9, 11, 12, 14, 40, 263, 270, 275,
	540 };
static const unsigned command_positions[] = { 1, 2, 3 };

static const struct plan_options options = {
	.verify = PLAN_VERIFY_READ, .start = PLAN_START_RESET, .baud = 115200
};

/* The part's flash begins with what was there; the image with a gap goes over two sectors. */
static void open_part(struct bench *bench, size_t part, unsigned add_quirks)
{
	const struct chip *chip = chip_find(product_ids[part]);

	bench_open(bench,
		&(struct sim_options){
			.part = parts[part], .seed = FIRST_SEED, .add_quirks = add_quirks });
	bench_add(bench, chip, 0, IMAGE_BYTES, 1);
	bench_add(bench, chip, IMAGE_BYTES + 900, 700, 2);
	bench_mends(bench);
}

/* To the first piece of the stage; STAGE_CONNECT: to the very beginning. */
static void go_to(struct bench *bench, enum stage stage)
{
	if (stage == STAGE_CONNECT)
		return;
	assert_int_equal(bench_plan(bench, &options), ERR_OK);
	while (run_next_stage(&bench->run) != stage)
		assert_int_equal(run_piece(&bench->run, NULL), ERR_OK);
}

static enum err go_on(struct bench *bench)
{
	enum err e = bench->plan.count ? ERR_OK : bench_plan(bench, &options);

	while (!e && !run_is_done(&bench->run))
		e = run_piece(&bench->run, &bench->why);
	return e;
}

/* Plays one fault at one stage. */
static void play(size_t part, enum stage stage, const char *format, unsigned at)
{
	struct bench bench;
	uint64_t began_us;
	enum err e;

	open_part(&bench, part, 0);
	go_to(&bench, stage);
	began_us = sim_now_us(bench.sim);
	assert_true(sim_fault(bench.sim, format, at));
	e = go_on(&bench);
	if (e) {
		print_message("%s in %s: ", parts[part], stage_name(stage));
		print_message(format, at);
		fail_msg(": %s in %s at %X: %s", err_name(e), stage_name(bench.why.stage),
			bench.why.addr, bench.why.what);
	}
	bench_assert_flashed(&bench);
	assert_true(sim_runs_application(bench.sim));
	assert_int_equal(bench.run.unsure_len, 0);
	assert_true(sim_now_us(bench.sim) - began_us < LONGEST_US);
	bench_close(&bench);
}

static void whatever_strikes_once_is_cured(void **state)
{
	static const enum stage stages[] = { STAGE_CONNECT, STAGE_ERASE, STAGE_WRITE,
		STAGE_VERIFY };

	(void)state;
	for (size_t part = 0; part < ARRAY_LEN(parts); part++) {
		for (size_t s = 0; s < ARRAY_LEN(stages); s++) {
			for (size_t f = 0; f < ARRAY_LEN(curable); f++) {
				const unsigned *at = curable[f].counts_bytes ? byte_positions
									     : command_positions;
				const size_t count = curable[f].counts_bytes
					? ARRAY_LEN(byte_positions)
					: ARRAY_LEN(command_positions);

				for (size_t i = 0; i < count; i++)
					play(part, stages[s], curable[f].format, at[i]);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whatever_strikes_once_is_cured),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
