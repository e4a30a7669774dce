/* SPDX-License-Identifier: MIT */
/*
 * test_cable.c - a cable that turns bad in the middle of a job, at rates far above what it carries
 * from then on: as many steps down the ladder as it takes, and the right content at the end.
 */
#include "tests/protocol/bench.h"

#include "tests/cmocka_all.h"

enum { FAST = 921600, SEEDS = 4 };

/* Beyond what the job takes; a start at a bad rate is not given up at once. */
#define LONGEST_US 180000000ull

static const struct {
	const char *name;
	uint32_t product_id;
} parts[] = { { "f103rb", 0x410 }, { "g071rb", 0x460 }, { "h743zi", 0x450 } };

static const uint32_t carried[] = { 460800, 230400, 115200, 57600 };

static const enum stage stages[] = { STAGE_CONNECT, STAGE_ERASE, STAGE_WRITE, STAGE_VERIFY };

static void to_stage(struct bench *bench, const struct plan_options *options, enum stage stage)
{
	if (stage == STAGE_CONNECT)
		return;
	assert_int_equal(bench_plan(bench, options), ERR_OK);
	while (run_next_stage(&bench->run) != stage)
		assert_int_equal(run_piece(&bench->run, NULL), ERR_OK);
	/* in the middle of it, where it has more than one piece */
	if (stage != STAGE_ERASE)
		assert_int_equal(run_piece(&bench->run, NULL), ERR_OK);
}

static void play(size_t part, enum stage stage, uint32_t max_baud, uint64_t seed)
{
	const struct plan_options options = {
		.verify = PLAN_VERIFY_READ, .start = PLAN_START_RESET, .baud = FAST
	};
	struct bench bench;
	enum err e = ERR_OK;

	bench_open(&bench, &(struct sim_options){ .part = parts[part].name, .seed = seed });
	bench_add(&bench, chip_find(parts[part].product_id), 0, 6000, seed);
	bench_mends(&bench);
	bench.boot.options.settings.baud = FAST;
	to_stage(&bench, &options, stage);
	const uint64_t began_us = sim_now_us(bench.sim);

	sim_set_max_baud(bench.sim, max_baud);
	if (stage == STAGE_CONNECT)
		e = bench_plan(&bench, &options);
	while (!e && !run_is_done(&bench.run))
		e = run_piece(&bench.run, &bench.why);
	if (e)
		fail_msg("%s, %u baud from %s on, seed %u: %s in %s at %X: %s", parts[part].name,
			max_baud, stage_name(stage), (unsigned)seed, err_name(e),
			stage_name(bench.why.stage), bench.why.addr, bench.why.what);
	assert_in_range(bench.boot.options.settings.baud, 9600, max_baud);
	bench_assert_flashed(&bench);
	bench_assert_rest_untouched(&bench);
	assert_true(sim_runs_application(bench.sim));
	assert_true(sim_now_us(bench.sim) - began_us < LONGEST_US);
	bench_close(&bench);
}

static void the_ladder_is_gone_down_as_far_as_needed(void **state)
{
	(void)state;
	for (size_t part = 0; part < sizeof(parts) / sizeof(*parts); part++) {
		for (size_t s = 0; s < sizeof(stages) / sizeof(*stages); s++) {
			for (size_t c = 0; c < sizeof(carried) / sizeof(*carried); c++) {
				for (uint64_t seed = 1; seed <= SEEDS; seed++)
					play(part, stages[s], carried[c], seed);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_ladder_is_gone_down_as_far_as_needed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
