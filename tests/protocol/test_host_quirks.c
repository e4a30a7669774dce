/* SPDX-License-Identifier: MIT */
/*
 * test_host_quirks.c - every quirk of docs/facts/an3155.md section 9: how the host meets it, and a
 * flash of a simulated part that has it.
 */
#include "simulator/parts.h"
#include "tests/protocol/bench.h"

#include "tests/cmocka_all.h"

#include <string.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof(*(a)))

/* How a quirk is met; part: one of the simulator's that has it; NULL: why none is flashed here. */
static const struct {
	unsigned number;
	const char *how, *part;
	unsigned add;    /* quirks that the part does not have by itself */
	unsigned trait;  /* of its row in chips.inc */
	unsigned quirks; /* of its row in quirk.c */
} meets[] = {
	{ 1, "a second ACK after 7F is swallowed", "l412kb", 0, 0, 0 },
	{ 2, "Get is read until silence; Go's first ACK may be missing", "h743zi-v90", 0, 0,
		QUIRK_NO_FIRST_GO_ACK },
	{ 3, "Go is not used, bank erase never is", "h743zi-v132", 0, 0, QUIRK_DEAD_GO },
	{ 3, "the same", "h743zi-v133", 0, 0, 0 },
	{ 4, "PB15 is wiring; RAM that the ROM keeps is not written", NULL, 0, 0, 0 },
	{ 5, "a second NACK is swallowed", "f030r8", 0, CHIP_DOUBLE_NACK, 0 },
	{ 6, "addresses are checked before they are sent", "f205rg-v2", 0, CHIP_NO_BAD_ADDRESS_NACK,
		0 },
	{ 7, "registers are cut out of whole blocks", "f407vg", 0, CHIP_WHOLE_BLOCK_READS, 0 },
	{ 8, "all sectors instead of a mass erase; erased is 0", "l152re", 0, CHIP_NO_MASS_ERASE,
		0 },
	{ 9, "write protection units are the row's", NULL, 0, 0, 0 },
	{ 10, "the speed register, when the supply is known", "f407vg", 0, CHIP_SPEED_REGISTER, 0 },
	{ 11, "words of 32 bytes", "h743zi", 0, 0, 0 },
	{ 12, "words of 8 bytes, written once", "g431rb", 0, 0, 0 },
	{ 13, "words of 16 bytes", "u575zi", 0, 0, 0 },
	{ 14, "one page a request, then 40 ms", "g071rb-v113", 0, 0, QUIRK_SINGLE_PAGE_ERASE },
	{ 15, "reset after option bytes", "g071rb-v112", 0, 0, QUIRK_NO_OPTION_LAUNCH },
	{ 16, "PA3 is wiring", NULL, 0, 0, 0 },
	{ 17, "bank erase is never sent", "l496zg", 0, 0, 0 },
	{ 18, "the ROM is looked for longer than it takes to start", "l476rg", SIM_NO_CRYSTAL, 0,
		0 },
	{ 19, "the version decides nothing", "f107vc", SIM_OLD_VERSION_NUMBER, 0, 0 },
	{ 20, "no burst", "wb55rg", SIM_FATAL_OVERRUN, 0, QUIRK_FATAL_OVERRUN },
	{ 21, "the registers of WL55's options are not touched", NULL, 0, 0, 0 },
	{ 22, "what Get does not list is not sent", "h563zi", 0, 0, 0 },
	{ 23, "Go, since a reset would land in the ROM", "f030cc", 0, 0, QUIRK_EMPTY_LATCH },
	{ 23, "the same", "l452re", 0, 0, QUIRK_EMPTY_LATCH },
	{ 24, "every reset of ours says by BOOT0 where it leads", "c051c8", 0, 0, 0 },
	{ 25, "the frame is the board's setting: test_every_part.c", NULL, 0, 0, 0 },
	{ 26, "sectors are those of the row: test_chip.c", NULL, 0, 0, 0 },
	{ 27, "the row's default", NULL, 0, 0, 0 },
	{ 28, "what is stale is dropped before 7F: test_boot.c", NULL, 0, 0, 0 },
};

static void none_is_forgotten(void **state)
{
	unsigned number = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(meets); i++) {
		assert_in_range(meets[i].number, number, number + 1);
		number = meets[i].number;
	}
	assert_int_equal(number, 28);
}

static enum err flash(size_t i, enum plan_start start, struct bench *bench)
{
	const struct sim_options options = {
		.part = meets[i].part, .seed = 40 + i, .add_quirks = meets[i].add
	};
	const struct plan_options plan = { .verify = PLAN_VERIFY_READ, .start = start };
	const struct part *part = part_find(meets[i].part);
	const uint32_t sector = part->sectors[0].bytes;

	bench_open(bench, &options);
	bench_add(bench, chip_find(part->product_id), 0, 700, i);
	bench_add(bench, chip_find(part->product_id), 3 * sector + 12, sector, i + 1);
	return bench_flash(bench, &plan);
}

static void each_is_met(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(meets); i++) {
		struct bench bench;

		if (!meets[i].part)
			continue;
		if (flash(i, PLAN_START_RESET, &bench))
			fail_msg("Q%u on %s: %s", meets[i].number, meets[i].part, bench.why.what);
		assert_int_equal(bench_chip(&bench)->traits & meets[i].trait, meets[i].trait);
		assert_int_equal(bench.boot.device.quirks & meets[i].quirks, meets[i].quirks);
		bench_assert_flashed(&bench);
		bench_assert_rest_untouched(&bench);
		bench.boot.wire.ops->pause(bench.boot.wire.ctx, 3000); /* Q18 again */
		if (!sim_runs_application(bench.sim))
			fail_msg("Q%u on %s: it does not run", meets[i].number, meets[i].part);
		bench_close(&bench);
	}
}

static void go_where_it_works(void **state)
{
	static const struct {
		const char *part, *started;
		bool has_note;
	} rows[] = {
		{ "h743zi-v90", "go", false },
		{ "h743zi-v132", "reset", true },
		{ "g071rb-v113", "go", false },
	};

	(void)state;
	for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
		struct bench bench;
		size_t i = 0;

		while (!meets[i].part || strcmp(meets[i].part, rows[r].part) != 0)
			i++;
		assert_int_equal(flash(i, PLAN_START_GO, &bench), ERR_OK);
		assert_string_equal(bench.run.started, rows[r].started);
		assert_int_equal(run_start_note(&bench.run) != NULL, rows[r].has_note);
		bench_close(&bench);
	}
}

/* Where nothing can reset the board, a dead Go is told. */
static void a_dead_go_is_told(void **state)
{
	const struct sim_options options = {
		.part = "h743zi-v132", .starts_in_bootloader = true, .no_reset = true
	};
	const struct plan_options plan = { .verify = PLAN_VERIFY_READ, .start = PLAN_START_GO };
	struct bench bench;

	(void)state;
	bench_open(&bench, &options);
	bench_add(&bench, chip_find(0x450), 0, 700, 1);
	assert_int_equal(bench_flash(&bench, &plan), ERR_START);
	assert_non_null(strstr(bench.why.what, "reset the board"));
	bench_assert_flashed(&bench);
	bench_close(&bench);
}

/* A part that was blank at power-on, and is flashed for the first time. */
static void a_blank_part_is_started_by_go(void **state)
{
	const struct sim_options options = { .part = "f030cc", .seed = 3 };
	const struct plan_options plan = { .verify = PLAN_VERIFY_READ, .start = PLAN_START_RESET };
	struct bench bench;

	(void)state;
	bench_open(&bench, &options);
	memset(bench.cells, 0xFF, bench.flash_len);
	bench_remember(&bench);
	bench_add(&bench, chip_find(0x442), 0, 700, 1);
	assert_int_equal(bench_flash(&bench, &plan), ERR_OK);
	assert_string_equal(bench.run.started, "go");
	assert_non_null(strstr(run_start_note(&bench.run), "power"));
	assert_true(sim_runs_application(bench.sim));
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(none_is_forgotten),
		cmocka_unit_test(each_is_met),
		cmocka_unit_test(go_where_it_works),
		cmocka_unit_test(a_dead_go_is_told),
		cmocka_unit_test(a_blank_part_is_started_by_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
