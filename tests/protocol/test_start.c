/* SPDX-License-Identifier: MIT */
/* test_start.c - the firmware is started, whatever becomes of a Go or of the reset line. */
#include "tests/protocol/bench.h"

#include "tests/cmocka_all.h"

#include <string.h>

static const struct plan_options by_go = {
	.verify = PLAN_VERIFY_READ, .start = PLAN_START_GO, .baud = 115200
};
static const struct plan_options by_reset = {
	.verify = PLAN_VERIFY_READ, .start = PLAN_START_RESET, .baud = 115200
};

static void open_board(struct bench *bench, bool no_reset)
{
	bench_open(bench,
		&(struct sim_options){ .part = "f103rb",
			.seed = 3,
			.no_reset = no_reset,
			.starts_in_bootloader = true });
	bench_add(bench, chip_find(0x410), 0, 700, 1);
	bench_mends(bench);
}

static void to_the_start(struct bench *bench, const struct plan_options *options)
{
	assert_int_equal(bench_plan(bench, options), ERR_OK);
	while (run_next_stage(&bench->run) != STAGE_RUN)
		assert_int_equal(run_piece(&bench->run, NULL), ERR_OK);
}

/* Go alone can start it, and nobody can bring the ROM back: what its exchange may lose. */
static const struct lone_go {
	const char *fault;
	enum err want;
	bool has_note;
} lone_goes[] = {
	{ "drop to-host nth=1", ERR_OK, false }, /* of the command */
	{ "drop to-host nth=2", ERR_OK, true },  /* of the address: it has jumped */
	{ "corrupt to-host nth=2", ERR_OK, true },
	{ "corrupt to-host nth=1", ERR_OK, false },
	{ "drop to-board nth=1", ERR_OK, false },
	{ "drop to-board nth=2", ERR_OK, false },
	{ "drop to-board nth=4", ERR_OK, false },
	{ "drop to-board nth=7", ERR_OK, false },
	{ "duplicate to-board nth=1", ERR_OK, false },
	{ "insert to-board nth=3 byte=0x00", ERR_OK, false },
	{ "corrupt to-board nth=5", ERR_OK, false },
	{ "nack go nth=1", ERR_OK, false },
	{ "slow go nth=1 ms=900", ERR_OK, false },
	{ "nack go every=1", ERR_START, false },
	{ "silence any every=1", ERR_START, false },
};

static void play(const struct lone_go *row)
{
	struct bench bench;
	enum err e;

	open_board(&bench, true);
	to_the_start(&bench, &by_go);
	const uint64_t began_us = sim_now_us(bench.sim);

	assert_true(sim_fault(bench.sim, "%s", row->fault));
	e = run_piece(&bench.run, &bench.why);
	if (e != row->want)
		fail_msg("%s: %s: %s", row->fault, err_name(e), bench.why.what);
	if (!e && !sim_runs_application(bench.sim))
		fail_msg("%s: it does not run", row->fault);
	if (!e && (run_start_note(&bench.run) != NULL) != row->has_note)
		fail_msg("%s: note", row->fault);
	if (!e)
		assert_string_equal(bench.run.started, "go");
	else
		assert_null(bench.run.started);
	bench_assert_flashed(&bench);
	assert_int_equal(bench.run.unsure_len, 0);
	assert_true(sim_now_us(bench.sim) - began_us < 20000000);
	bench_close(&bench);
}

static void a_lone_go_gets_through(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lone_goes) / sizeof(*lone_goes); i++)
		play(&lone_goes[i]);
}

/* Somebody has brought it into the ROM by hand; what is said to reset it does nothing. */
static void a_reset_that_does_nothing(void **state)
{
	struct bench bench;

	(void)state;
	open_board(&bench, true);
	bench.boot.control.resets = true;
	bench.boot.control.is_manual = false;
	bench.boot.control.wait_ms = 3500;
	assert_int_equal(boot_connect(&bench.boot, NULL), ERR_OK);
	assert_false(bench.boot.was_resumed);
	to_the_start(&bench, &by_reset);
	assert_int_equal(run_start_kind(&bench.run), PLAN_START_GO);
	assert_int_equal(run_piece(&bench.run, NULL), ERR_OK);
	assert_string_equal(bench.run.started, "go");
	assert_non_null(strstr(run_start_note(&bench.run), "reset line"));
	assert_true(sim_runs_application(bench.sim));
	bench_assert_flashed(&bench);
	bench_close(&bench);
}

static void a_reset_that_works(void **state)
{
	struct bench bench;

	(void)state;
	open_board(&bench, false);
	to_the_start(&bench, &by_reset);
	assert_int_equal(run_piece(&bench.run, NULL), ERR_OK);
	assert_string_equal(bench.run.started, "reset");
	assert_null(run_start_note(&bench.run));
	assert_true(sim_runs_application(bench.sim));
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lone_go_gets_through),
		cmocka_unit_test(a_reset_that_does_nothing),
		cmocka_unit_test(a_reset_that_works),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
