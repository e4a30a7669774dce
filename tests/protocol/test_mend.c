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
	bool counts_bytes, spoils_data; /* nothing but parity guards what is read */
} curable[] = {
	{ "drop to-host nth=%u", true, false },
	{ "drop to-board nth=%u", true, false },
	{ "corrupt to-host nth=%u", true, true },
	{ "corrupt to-board nth=%u", true, false },
	{ "insert to-host nth=%u byte=0x1F", true, true },
	{ "insert to-host nth=%u byte=0x55", true, true },
	{ "insert to-board nth=%u byte=0x00", true, false },
	{ "duplicate to-host nth=%u", true, true },
	{ "duplicate to-board nth=%u", true, false },
	{ "reset wire nth=%u", true, false },
	{ "brownout wire nth=%u ms=700", true, false },
	{ "unplug wire nth=%u ms=1500", true, false },
	{ "nack any nth=%u", false, false },
	{ "silence any nth=%u", false, false },
	{ "slow any nth=%u ms=900", false, false },
	{ "slow any nth=%u ms=60000", false, false },
	{ "reset any nth=%u us=300", false, false },
	{ "brownout any nth=%u us=400 ms=20", false, false },
	{ "unplug any nth=%u us=500 ms=300", false, false },
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

static void a_long_read_is_mended_too(void **state)
{
	enum { LEN = 3000, FROM = 100 };
	static uint8_t out[LEN];

	(void)state;
	for (size_t f = 0; f < ARRAY_LEN(curable); f++) {
		struct bench bench;
		const uint32_t base = chip_find(product_ids[0])->flash_base;

		if (curable[f].spoils_data)
			continue;
		open_part(&bench, 0, 0);
		assert_int_equal(boot_connect(&bench.boot, NULL), ERR_OK);
		assert_true(sim_fault(
			bench.sim, curable[f].format, curable[f].counts_bytes ? 700u : 4u));
		assert_int_equal(
			mend_read(&bench.mend, &bench.boot, base + FROM, out, LEN, NULL), ERR_OK);
		assert_memory_equal(out, bench.cells + FROM, LEN);
		assert_int_equal(bench.mend.failures, 0);
		bench_close(&bench);
	}
}

/* Virtual time of a write and verify of 64 KiB with a fault on all the way. */
static uint64_t duration_us(size_t part, const char *fault, unsigned *cures)
{
	struct bench bench;
	uint64_t began_us;

	bench_open(&bench, &(struct sim_options){ .part = parts[part], .seed = FIRST_SEED });
	bench_add(&bench, chip_find(product_ids[part]), 0, 64 * KIB, 1);
	bench_mends(&bench);
	began_us = sim_now_us(bench.sim);
	if (fault)
		assert_true(sim_fault(bench.sim, "%s", fault));
	assert_int_equal(bench_flash(&bench, &options), ERR_OK);
	bench_assert_flashed(&bench);
	*cures = bench.mend.counts[MEND_RESYNC] + bench.boot.retries;
	assert_int_equal(bench.mend.counts[MEND_RESTART] + bench.mend.counts[MEND_SLOWER], 0);
	began_us = sim_now_us(bench.sim) - began_us;
	bench_close(&bench);
	return began_us;
}

static void one_block_in_a_hundred_refused_costs_a_tenth_at_most(void **state)
{
	static const char *const faults[] = { "nack write p=0.01", "nack read p=0.01" };

	(void)state;
	for (size_t part = 0; part < ARRAY_LEN(parts); part++) {
		unsigned cures = 0;
		const uint64_t well_us = duration_us(part, NULL, &cures);

		assert_int_equal(cures, 0);
		for (size_t f = 0; f < ARRAY_LEN(faults); f++) {
			const uint64_t us = duration_us(part, faults[f], &cures);

			print_message("%s, %s: %u cures, %.1f %% more\n", parts[part], faults[f],
				cures, 100.0 * (double)(us - well_us) / (double)well_us);
			assert_true(cures > 0);
			assert_true(us * 10 <= well_us * 11);
		}
	}
}

/* A ROM that hangs whatever the reset does comes back with its power, where that is to be had. */
static void what_no_reset_cures_its_power_does(void **state)
{
	static const char *const faults[] = { "hang write nth=3", "hang read nth=2" };

	(void)state;
	for (size_t f = 0; f < 2 * ARRAY_LEN(faults); f++) {
		const bool can_power = f % 2;
		struct bench bench;

		bench_open(&bench,
			&(struct sim_options){
				.part = parts[0], .seed = FIRST_SEED, .can_power = can_power });
		bench_add(&bench, chip_find(product_ids[0]), 0, IMAGE_BYTES, 1);
		bench_mends(&bench);
		assert_int_equal(bench_plan(&bench, &options), ERR_OK);
		assert_true(sim_fault(bench.sim, "%s", faults[f / 2]));
		assert_int_equal(go_on(&bench), can_power ? ERR_OK : ERR_TIMEOUT);
		assert_int_equal(bench.mend.counts[MEND_POWER], can_power);
		if (can_power)
			bench_assert_flashed(&bench);
		bench_assert_rest_untouched(&bench);
		bench_close(&bench);
	}
}

/* What nothing cures: told as what it is, where it is, and in time. */
static const struct {
	const char *fault;
	enum err want;
	uint32_t addr; /* 0: any */
	unsigned add_quirks;
} final[] = {
	{ "unplug wire nth=2500", ERR_GONE, 0, 0 },
	{ "silence any every=1", ERR_TIMEOUT, 0, 0 },
	{ "nack write every=1", ERR_NACK, 0, 0 },
	{ "stuck addr=0x08000104 bit=3 value=0", ERR_VERIFY, 0, 0 },
	{ "lie sector=0", ERR_VERIFY, 0, 0 },
	{ "nack go nth=1", ERR_VERIFY, 0x08000000, SIM_SILENT_WRITE_FAILURE },
};

static void what_is_final_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(final); i++) {
		struct bench bench;
		uint64_t began_us;
		enum err e;

		open_part(&bench, 0, final[i].add_quirks);
		go_to(&bench, STAGE_ERASE);
		bench_remember(&bench);
		began_us = sim_now_us(bench.sim);
		assert_true(sim_fault(bench.sim, "%s", final[i].fault));
		e = go_on(&bench);
		if (e != final[i].want)
			fail_msg("%s: %s: %s", final[i].fault, err_name(e), bench.why.what);
		assert_int_equal(bench.why.err, e);
		assert_non_null(bench.why.what);
		if (final[i].addr)
			assert_int_equal(bench.why.addr, final[i].addr);
		assert_true(sim_now_us(bench.sim) - began_us < LONGEST_US);
		if (bench.run.stage >= STAGE_WRITE && e != ERR_START) {
			assert_true(bench.run.unsure_len > 0);
			assert_true(bench.why.addr - bench.run.unsure_addr < bench.run.unsure_len);
		}
		bench_close(&bench);
	}
}

/* A board that another took the place of while the adapter was away. */
struct swap {
	struct bench *bench;
	struct sim *other;
};

static enum err restart_other(void *ctx, enum control_into into, struct why *why)
{
	struct swap *swap = ctx;
	const struct control control = sim_control(swap->other);

	swap->bench->boot.wire = sim_wire(swap->other);
	return control.restart(control.ctx, into, why);
}

static void another_chip_is_never_gone_on_with(void **state)
{
	static const struct {
		const char *part;
		uint64_t seed;
		enum err want;
	} others[] = {
		{ "f103rb", FIRST_SEED, ERR_OK }, /* the same unique id */
		{ "f103rb", FIRST_SEED + 1, ERR_WRONG_CHIP },
		{ "f407vg", FIRST_SEED, ERR_WRONG_CHIP },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		const struct why cause = { .err = ERR_TIMEOUT, .what = "silence" };
		struct bench bench;
		struct why why = { 0 };
		struct swap swap = { .bench = &bench };

		open_part(&bench, 0, 0);
		assert_int_equal(boot_connect(&bench.boot, NULL), ERR_OK);
		swap.other = sim_new(
			&(struct sim_options){ .part = others[i].part, .seed = others[i].seed });
		assert_non_null(swap.other);
		bench.boot.control.restart = restart_other;
		bench.boot.control.ctx = &swap;
		assert_int_equal(
			mend_session(&bench.mend, &bench.boot, &cause, &why), others[i].want);
		assert_int_equal(bench.boot.is_connected, !others[i].want);
		assert_int_equal(bench.boot.device.product_id, 0x410);
		assert_int_equal(sim_erases(swap.other) + sim_writes(swap.other), 0);
		sim_free(swap.other);
		bench_close(&bench);
	}
}

static void heal_when_slower(void *ctx, enum mend_kind kind, const struct why *cause)
{
	assert_non_null(cause->what);
	if (kind == MEND_SLOWER)
		sim_heal(ctx);
}

/* As long as nothing longer than a connect comes through, the rate falls; then the rest goes well.
 */
static void a_rate_that_does_not_work_is_lowered(void **state)
{
	struct bench bench;

	(void)state;
	open_part(&bench, 0, 0);
	go_to(&bench, STAGE_WRITE);
	bench.mend.report = heal_when_slower;
	bench.mend.ctx = bench.sim;
	assert_true(sim_fault(bench.sim, "silence write every=1"));
	assert_int_equal(go_on(&bench), ERR_OK);
	assert_int_equal(bench.mend.counts[MEND_SLOWER], 1);
	assert_int_equal(bench.boot.options.settings.baud, 57600);
	bench_assert_flashed(&bench);
	bench_close(&bench);
	open_part(&bench, 0, 0);
	bench.mend.may_slow_down = false;
	go_to(&bench, STAGE_WRITE);
	assert_true(sim_fault(bench.sim, "silence write every=1"));
	assert_int_equal(go_on(&bench), ERR_TIMEOUT);
	assert_int_equal(bench.boot.options.settings.baud, 115200);
	bench_close(&bench);
}

/* A line that loses a byte of each block that is long: short ones come through. */
static void blocks_get_shorter_where_long_ones_fail(void **state)
{
	struct bench bench;

	(void)state;
	open_part(&bench, 0, 0);
	go_to(&bench, STAGE_WRITE);
	assert_true(sim_fault(bench.sim, "drop to-board every=240"));
	assert_int_equal(go_on(&bench), ERR_OK);
	bench_assert_flashed(&bench);
	bench_close(&bench);
}

/* The content of a block is spoilt between its write and its verify. */
static void what_can_be_written_again_is(void **state)
{
	static const struct {
		const char *name;
		size_t part;
		uint8_t set, clear; /* bits of the byte at 0x105 */
		bool is_blank;      /* the whole block instead */
		enum err want;
		unsigned rewrites;
	} cases[] = {
		{ "blank, bits to clear", 0, 0, 0, true, ERR_OK, 1 },
		{ "blank, words with ECC", 3, 0, 0, true, ERR_OK, 1 },
		{ "a bit to clear", 0, 0xFF, 0, false, ERR_OK, 1 },
		{ "a bit to clear in a word with ECC", 3, 0xFF, 0, false, ERR_VERIFY, 0 },
		{ "bits to set", 0, 0, 0xFF, false, ERR_VERIFY, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct bench bench;
		enum err e;

		open_part(&bench, cases[i].part, 0);
		go_to(&bench, STAGE_VERIFY);
		if (cases[i].is_blank)
			memset(bench.cells + 0x100, 0xFF, 0x100);
		bench.cells[0x105] |= cases[i].set;
		bench.cells[0x105] &= (uint8_t)~cases[i].clear;
		e = go_on(&bench);
		if (e != cases[i].want || bench.mend.counts[MEND_REWRITE] != cases[i].rewrites)
			fail_msg("%s: %s, %u rewritten", cases[i].name, err_name(e),
				bench.mend.counts[MEND_REWRITE]);
		if (e) {
			assert_int_equal(bench.why.addr, 0x08000105);
			assert_int_equal(bench.why.expected, bench.bytes[0x105]);
			assert_int_equal(bench.why.found, bench.cells[0x105]);
			assert_int_equal(bench.run.unsure_addr, 0x08000100);
		} else {
			bench_assert_flashed(&bench);
		}
		bench_close(&bench);
	}
}

/* A supply that gives way in the middle of a word with ECC: only an erase cures the sector. */
static void a_torn_word_has_its_sector_erased_again(void **state)
{
	struct bench bench;
	unsigned erases;

	(void)state;
	open_part(&bench, 3, 0);
	go_to(&bench, STAGE_WRITE);
	erases = sim_erases(bench.sim);
	assert_true(sim_fault(bench.sim, "brownout write nth=5 us=700 ms=50"));
	assert_int_equal(go_on(&bench), ERR_OK);
	assert_int_equal(sim_erases(bench.sim), erases + 1);
	assert_int_equal(bench.mend.counts[MEND_RESTART], 1);
	bench_assert_flashed(&bench);
	bench_close(&bench);
}

static void open_by_hand(struct bench *bench)
{
	bench_open(bench,
		&(struct sim_options){ .part = parts[0],
			.seed = FIRST_SEED,
			.no_reset = true,
			.starts_in_bootloader = true });
	bench_add(bench, chip_find(product_ids[0]), 0, IMAGE_BYTES, 1);
	bench_mends(bench);
	assert_int_equal(bench_plan(bench, &options), ERR_OK);
}

/* Nobody resets it: a lost byte is cured all the same, an erase that may be half sent is not. */
static void by_hand_only_what_is_safe_is_tried(void **state)
{
	struct bench bench;

	(void)state;
	open_by_hand(&bench);
	while (run_next_stage(&bench.run) != STAGE_WRITE)
		assert_int_equal(run_piece(&bench.run, NULL), ERR_OK);
	assert_true(sim_fault(bench.sim, "drop to-board nth=100"));
	while (run_next_stage(&bench.run) != STAGE_RUN)
		assert_int_equal(run_piece(&bench.run, &bench.why), ERR_OK);
	assert_int_equal(bench.mend.counts[MEND_RESYNC], 1);
	bench_close(&bench);
	open_by_hand(&bench);
	assert_true(sim_fault(bench.sim, "drop to-board nth=4"));
	assert_int_equal(go_on(&bench), ERR_TIMEOUT);
	assert_non_null(strstr(bench.why.what, "by hand"));
	assert_memory_equal(bench.before, bench.cells, bench.flash_len);
	bench_close(&bench);
}

static bool is_cancelled(void *ctx)
{
	return ++*(unsigned *)ctx > 3;
}

static void waiting_for_a_port_can_be_cancelled(void **state)
{
	struct bench bench;
	unsigned asked = 0;

	(void)state;
	open_part(&bench, 0, 0);
	go_to(&bench, STAGE_WRITE);
	bench.mend.reattach_ms = 3600000;
	bench.boot.options.cancelled = is_cancelled;
	bench.boot.options.cancelled_ctx = &asked;
	assert_true(sim_fault(bench.sim, "unplug wire nth=50"));
	assert_int_equal(go_on(&bench), ERR_CANCELLED);
	assert_int_equal(bench.why.stage, STAGE_WRITE);
	assert_true(bench.run.unsure_len > 0);
	bench_close(&bench);
}

static void every_kind_has_its_name(void **state)
{
	static const char *const names[] = { "resync", "restart", "slower", "power", "reattach",
		"rewrite" };

	(void)state;
	assert_int_equal(ARRAY_LEN(names), MEND_KIND_COUNT);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		assert_string_equal(mend_kind_name((enum mend_kind)i), names[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whatever_strikes_once_is_cured),
		cmocka_unit_test(a_long_read_is_mended_too),
		cmocka_unit_test(one_block_in_a_hundred_refused_costs_a_tenth_at_most),
		cmocka_unit_test(what_no_reset_cures_its_power_does),
		cmocka_unit_test(what_is_final_is_told),
		cmocka_unit_test(another_chip_is_never_gone_on_with),
		cmocka_unit_test(a_rate_that_does_not_work_is_lowered),
		cmocka_unit_test(blocks_get_shorter_where_long_ones_fail),
		cmocka_unit_test(what_can_be_written_again_is),
		cmocka_unit_test(a_torn_word_has_its_sector_erased_again),
		cmocka_unit_test(by_hand_only_what_is_safe_is_tried),
		cmocka_unit_test(waiting_for_a_port_can_be_cancelled),
		cmocka_unit_test(every_kind_has_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
