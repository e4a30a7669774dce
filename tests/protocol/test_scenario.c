/* SPDX-License-Identifier: MIT */
/*
 * test_scenario.c - thousands of flashes on simulated parts with seeded faults. What strikes once
 * is cured; the rest is told; nothing outside the plan is touched, a success is a success.
 */
#include "tests/protocol/bench.h"

#include "tests/cmocka_all.h"

#include <string.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof(*(a)))

enum { SCENARIOS_PER_PART = 300 };

enum fault {
	FAULT_NONE,
	FAULT_DROP_TO_HOST,
	FAULT_CORRUPT_TO_HOST,
	FAULT_DROP_TO_BOARD,
	FAULT_CORRUPT_TO_BOARD,
	FAULT_NACK,
	FAULT_MUTE,
	FAULT_VANISH,
	FAULT_SILENT_WRITES,
	FAULT_PROTECTED,
	FAULT_COUNT
};

struct scenario {
	uint64_t random;
	enum fault fault;
	unsigned nth;
	const char *command;
	struct plan_options options;
};

static const char *const commands[] = { "get", "version", "id", "read", "go", "write", "erase" };

static void draw_scenario(struct scenario *s, uint64_t seed)
{
	s->random = seed;
	s->fault = (enum fault)(bench_random(&s->random) % FAULT_COUNT);
	s->nth = 1 + bench_random(&s->random) % 6000;
	s->command = commands[bench_random(&s->random) % ARRAY_LEN(commands)];
	if (s->fault == FAULT_NACK || s->fault == FAULT_MUTE)
		s->nth = 1 + s->nth % 12;
	s->options = (struct plan_options){
		.erase = bench_random(&s->random) % 4 ? PLAN_ERASE_NEEDED : PLAN_ERASE_MASS,
		.verify = PLAN_VERIFY_READ,
		.start = bench_random(&s->random) % 2 ? PLAN_START_GO : PLAN_START_RESET,
		.baud = 115200,
	};
}

/* One to four segments in the first 64 KiB: the first begins the flash, gaps are of any size. */
static void draw_image(struct bench *bench, const struct chip *chip, uint64_t *random)
{
	const unsigned count = 1 + bench_random(random) % 4;
	uint32_t at = 0;

	for (unsigned i = 0; i < count; i++) {
		const uint32_t len = (i ? 1 : 64) + bench_random(random) % 900;

		bench_add(bench, chip, at, len, bench_random(random));
		at += len + 1 + bench_random(random) % (bench_random(random) % 2 ? 40 : 15000);
	}
}

/* The lines of the faults that have one. */
static const char *const fault_names[FAULT_COUNT] = {
	[FAULT_DROP_TO_HOST] = "drop to-host",
	[FAULT_CORRUPT_TO_HOST] = "corrupt to-host",
	[FAULT_DROP_TO_BOARD] = "drop to-board",
	[FAULT_CORRUPT_TO_BOARD] = "corrupt to-board",
	[FAULT_VANISH] = "unplug wire",
	[FAULT_NACK] = "nack",
	[FAULT_MUTE] = "silence",
};

static void arrange_fault(struct sim *sim, const struct scenario *s)
{
	const bool is_of_command = s->fault == FAULT_NACK || s->fault == FAULT_MUTE;

	if (fault_names[s->fault])
		assert_true(sim_fault(sim, "%s %s nth=%u", fault_names[s->fault],
			is_of_command ? s->command : "", s->nth));
	if (s->fault == FAULT_PROTECTED)
		sim_set_readout_protected(sim, true);
}

/* What comes of each fault. One that strikes once is cured. */
static const enum err outcomes[FAULT_COUNT][2] = {
	[FAULT_NONE] = { ERR_OK, ERR_OK },
	[FAULT_DROP_TO_HOST] = { ERR_OK, ERR_OK },
	[FAULT_CORRUPT_TO_HOST] = { ERR_OK, ERR_OK },
	[FAULT_DROP_TO_BOARD] = { ERR_OK, ERR_OK },
	[FAULT_CORRUPT_TO_BOARD] = { ERR_OK, ERR_OK },
	[FAULT_NACK] = { ERR_OK, ERR_OK },
	[FAULT_MUTE] = { ERR_OK, ERR_OK },
	[FAULT_VANISH] = { ERR_OK, ERR_GONE }, /* for good; ERR_OK: after the last byte */
	[FAULT_SILENT_WRITES] = { ERR_VERIFY, ERR_VERIFY },
	[FAULT_PROTECTED] = { ERR_READ_PROTECTED, ERR_READ_PROTECTED },
};

static bool is_possible(enum fault fault, enum err e)
{
	if (e == ERR_START)
		return fault == FAULT_VANISH;
	for (size_t i = 0; i < ARRAY_LEN(outcomes[fault]); i++) {
		if (outcomes[fault][i] == e)
			return true;
	}
	return false;
}

static void check_failure(const struct bench *bench, enum err e)
{
	const struct why *why = &bench->why;
	const struct plan *plan = &bench->plan;

	assert_int_equal(why->err, e);
	assert_non_null(why->what);
	assert_int_not_equal(why->stage, STAGE_NONE);
	if (why->stage == STAGE_WRITE || why->stage == STAGE_VERIFY) {
		assert_true(why->has_addr);
		assert_true(why->addr - plan->chip->flash_base < plan->flash_bytes);
		assert_true(why->addr - bench->run.addr < bench->run.len);
	}
	if (why->stage == STAGE_WRITE && e != ERR_NACK)
		assert_false(bench->boot.is_connected);
	if (why->stage < STAGE_ERASE)
		assert_false(bench->boot.has_changed);
}

static uint32_t product_id_of(const char *part)
{
	static const uint32_t ids[] = { 0x410, 0x448, 0x413, 0x437, 0x415, 0x460, 0x450 };

	for (size_t i = 0; bench_parts[i]; i++) {
		if (!strcmp(part, bench_parts[i]))
			return ids[i];
	}
	return 0;
}

static void play(const char *part, uint64_t seed, unsigned *failed)
{
	const struct chip *chip = chip_find(product_id_of(part));
	struct scenario s;
	struct bench bench;
	enum err e;

	draw_scenario(&s, seed);
	bench_open(&bench,
		&(struct sim_options){ .part = part,
			.seed = seed,
			.add_quirks =
				s.fault == FAULT_SILENT_WRITES ? SIM_SILENT_WRITE_FAILURE : 0 });
	assert_non_null(chip);
	draw_image(&bench, chip, &s.random);
	bench_mends(&bench);
	arrange_fault(bench.sim, &s);
	e = bench_flash(&bench, &s.options);
	if (!is_possible(s.fault, e))
		fail_msg("%s, seed %llu, fault %d at %u (%s): %s in %s at %X: %s", part,
			(unsigned long long)seed, s.fault, s.nth, s.command, err_name(e),
			stage_name(bench.why.stage), bench.why.addr, bench.why.what);
	bench_assert_rest_untouched(&bench);
	if (!e || e == ERR_START)
		bench_assert_flashed(&bench);
	if (!e)
		assert_true(sim_runs_application(bench.sim));
	else
		check_failure(&bench, e);
	bench_assert_connection_is_true(&bench);
	*failed += !!e;
	bench_close(&bench);
}

static void what_strikes_once_is_cured_the_rest_is_told(void **state)
{
	unsigned failed = 0, played = 0;

	(void)state;
	for (size_t i = 0; bench_parts[i]; i++) {
		for (uint64_t seed = 1; seed <= SCENARIOS_PER_PART; seed++, played++)
			play(bench_parts[i], seed, &failed);
	}
	print_message("%u scenarios, %u of them failed as they had to\n", played, failed);
	assert_true(failed > played / 6);
}

/* A cable that is pulled at every fiftieth byte of a flash. */
static void vanishing_at_every_fiftieth_byte(void **state)
{
	const struct plan_options options = {
		.verify = PLAN_VERIFY_READ, .start = PLAN_START_RESET, .baud = 115200
	};
	const struct sim_options sim = { .part = "f103rb", .seed = 5 };
	enum stage last = STAGE_NONE;
	unsigned gone = 0;

	(void)state;
	for (unsigned at = 1;; at += 50) {
		struct bench bench;
		enum err e;

		bench_open(&bench, &sim);
		bench_add(&bench, chip_find(0x410), 0, 6000, 1);
		assert_true(sim_fault(bench.sim, "unplug wire nth=%u", at));
		e = bench_flash(&bench, &options);
		bench_assert_rest_untouched(&bench);
		if (e) {
			assert_int_equal(e, bench.why.stage == STAGE_RUN ? ERR_START : ERR_GONE);
			check_failure(&bench, e);
			assert_true(bench.why.stage >= last);
			assert_false(bench.boot.is_connected);
			last = bench.why.stage;
		}
		bench_close(&bench);
		if (!e)
			break;
		gone++;
	}
	assert_true(last >= STAGE_VERIFY);
	assert_true(gone > 200);
}

/* Each write refused in turn; and each ACK of a write lost in turn. */
static void each_write_refused_or_its_end_lost(void **state)
{
	const struct plan_options options = { .verify = PLAN_VERIFY_READ, .baud = 115200 };
	const struct sim_options sim = { .part = "l476rg", .seed = 5 };

	(void)state;
	for (int n = 1; n <= 24; n++) {
		for (int lost = 0; lost < 2; lost++) {
			struct bench bench;
			enum err e;

			bench_open(&bench, &sim);
			bench_add(&bench, chip_find(0x415), 0, 24 * 256, 1);
			assert_int_equal(boot_connect(&bench.boot, NULL), ERR_OK);
			assert_int_equal(plan_flash(&bench.plan, &bench.image, &bench.boot.device,
						 &options, NULL),
				ERR_OK);
			run_init(&bench.run, &bench.plan, &bench.boot);
			while (run_next_stage(&bench.run) == STAGE_ERASE)
				assert_int_equal(run_piece(&bench.run, NULL), ERR_OK);
			if (lost)
				assert_true(sim_fault(bench.sim, "drop to-host nth=%d",
					3 * n)); /* three ACKs each */
			else
				assert_true(sim_fault(bench.sim, "nack write nth=%d", n));
			do
				e = run_piece(&bench.run, &bench.why);
			while (!e && !run_is_done(&bench.run));
			assert_int_equal(e, lost ? ERR_TIMEOUT : ERR_NACK);
			assert_int_equal(bench.why.stage, STAGE_WRITE);
			assert_int_equal(bench.why.addr, 0x08000000u + (unsigned)(n - 1) * 256);
			assert_int_equal(bench.why.command, COMMAND_WRITE_MEMORY);
			assert_int_equal((int)sim_writes(bench.sim), lost ? n : n - 1);
			bench_assert_rest_untouched(&bench);
			bench_assert_connection_is_true(&bench);
			bench_close(&bench);
		}
	}
}

static void an_image_too_large_costs_nothing(void **state)
{
	const struct plan_options options = { .verify = PLAN_VERIFY_READ, .baud = 115200 };

	(void)state;
	for (size_t i = 0; bench_parts[i]; i++) {
		const struct chip *chip = chip_find(product_id_of(bench_parts[i]));
		struct bench bench;

		bench_open(&bench, &(struct sim_options){ .part = bench_parts[i] });
		bench_add(&bench, chip, 0, (uint32_t)bench.flash_len, 1);
		bench.segments[0].addr += 4; /* four bytes too far */
		assert_int_equal(bench_flash(&bench, &options), ERR_RANGE);
		assert_int_equal(bench.why.addr, chip->flash_base + bench.flash_len);
		assert_int_equal(bench.why.stage, STAGE_PLAN);
		assert_int_equal(sim_erases(bench.sim) + sim_writes(bench.sim), 0);
		assert_true(bench.boot.is_connected);
		bench_assert_connection_is_true(&bench);
		bench_close(&bench);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_strikes_once_is_cured_the_rest_is_told),
		cmocka_unit_test(vanishing_at_every_fiftieth_byte),
		cmocka_unit_test(each_write_refused_or_its_end_lost),
		cmocka_unit_test(an_image_too_large_costs_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
