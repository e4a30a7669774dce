/* SPDX-License-Identifier: MIT */
/*
 * test_thousand.c - flashes of every simulated part with seeded faults, on the virtual clock. Each
 * scenario prints, when it fails, the lines that replay it: stm32sim --part P --seed S --fault L.
 * Whatever goes wrong: nothing outside the plan is erased or programmed, a success is a success,
 * the session tells the truth of itself, and it ends in time. What strikes once is cured.
 */
#include "simulator/parts.h"
#include "tests/protocol/bench.h"

#include "tests/cmocka_all.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof(*(a)))

enum { SCENARIOS_PER_PART = 40, MOST_FAULTS = 2, LINE_MAX_LEN = 100, IMAGE_SPAN = 24 * KIB };

/* Ten minutes, of which a slow answer or a mass erase may take one or two. */
#define LONGEST_US 600000000ull

/*
 * What goes wrong: %u is a position. A fault may hit often on the way to the host, whose checks are
 * the bytes' own; on the way to the board once, for two spoilt bytes may cancel out in a checksum.
 */
static const struct {
	const char *format;
	unsigned from, to;
} fault_kinds[] = {
	{ "drop to-host nth=%u", 1, 4000 },
	{ "drop to-board nth=%u", 1, 4000 },
	{ "corrupt to-host nth=%u", 1, 4000 },
	{ "corrupt to-board nth=%u", 1, 4000 },
	{ "insert to-host nth=%u byte=0x79", 1, 4000 },
	{ "insert to-board nth=%u byte=0x00", 1, 4000 },
	{ "duplicate to-host nth=%u", 1, 4000 },
	{ "duplicate to-board nth=%u", 1, 4000 },
	{ "drop to-host every=%u", 200, 4000 },
	{ "corrupt to-host every=%u xor=0x01", 200, 4000 },
	{ "drop to-board every=%u", 500, 4000 },
	{ "noise to-host rate=%u", 1, 20 },
	{ "nack write nth=%u", 1, 12 },
	{ "nack erase nth=%u", 1, 3 },
	{ "nack read nth=%u", 1, 20 },
	{ "nack any nth=%u", 1, 40 },
	{ "silence write nth=%u", 1, 12 },
	{ "silence erase nth=%u", 1, 3 },
	{ "silence any nth=%u", 1, 40 },
	{ "slow write nth=%u ms=900", 1, 12 },
	{ "slow erase nth=%u ms=20000", 1, 3 },
	{ "slow any nth=%u ms=60000", 1, 40 },
	{ "reset write nth=%u us=300", 1, 12 },
	{ "reset erase nth=%u us=2000", 1, 3 },
	{ "reset wire nth=%u", 1, 4000 },
	{ "brownout write nth=%u us=400 ms=20", 1, 12 },
	{ "brownout erase nth=%u us=15000 ms=200", 1, 3 },
	{ "brownout wire nth=%u ms=700", 1, 4000 },
	{ "unplug write nth=%u us=500 ms=300", 1, 12 },
	{ "unplug erase nth=%u ms=2000", 1, 3 },
	{ "unplug wire nth=%u", 1, 4000 },
	{ "stuck addr=0x0800%04X bit=3 value=1", 0, 0x2000 },
	{ "stuck addr=0x0800%04X bit=6 value=0", 0, 0x2000 },
	{ "lie sector=%u", 0, 4 },
};

struct scenario {
	const struct part *part;
	uint64_t seed, random;
	char lines[MOST_FAULTS][LINE_MAX_LEN];
	unsigned faults;
	struct plan_options options;
};

static unsigned draw(uint64_t *random, unsigned from, unsigned to)
{
	return from + bench_random(random) % (to - from + 1);
}

static void draw_scenario(struct scenario *s, const struct part *part, uint64_t seed)
{
	*s = (struct scenario){ .part = part, .seed = seed, .random = seed };
	s->faults = seed % 20 ? draw(&s->random, 1, MOST_FAULTS) : 0;
	for (unsigned i = 0; i < s->faults; i++) {
		const size_t kind = bench_random(&s->random) % ARRAY_LEN(fault_kinds);

		snprintf(s->lines[i], sizeof(s->lines[i]), fault_kinds[kind].format,
			draw(&s->random, fault_kinds[kind].from, fault_kinds[kind].to));
	}
	s->options = (struct plan_options){
		.erase = draw(&s->random, 0, 3) ? PLAN_ERASE_NEEDED : PLAN_ERASE_MASS,
		.verify = PLAN_VERIFY_READ,
		.start = draw(&s->random, 0, 2) ? PLAN_START_RESET : PLAN_START_GO,
		.baud = 57600,
	};
}

/* One to three segments; the first begins the flash. */
static void draw_image(struct bench *bench, const struct chip *chip, uint64_t *random)
{
	const unsigned count = draw(random, 1, 3);
	uint32_t at = 0;

	for (unsigned i = 0; i < count && at < IMAGE_SPAN; i++) {
		const uint32_t len = draw(random, i ? 1 : 64, 1200);

		bench_add(bench, chip, at, len, bench_random(random));
		at += len + draw(random, 1, draw(random, 0, 1) ? 40 : 7000);
	}
}

/* The scenario that is played, for when it fails. */
static char current[512];

static void remember(const struct scenario *s)
{
	int at = snprintf(current, sizeof(current), "--part %s --seed %llu", s->part->name,
		(unsigned long long)s->seed);

	for (unsigned i = 0; i < s->faults; i++)
		at += snprintf(
			current + at, sizeof(current) - (size_t)at, " --fault '%s'", s->lines[i]);
}

static int tell_the_last(void **state)
{
	(void)state;
	print_message("the last one: %s\n", current);
	return 0;
}

static bool has_fault(const struct scenario *s, const char *const kinds[], size_t count)
{
	for (unsigned i = 0; i < s->faults; i++) {
		for (size_t k = 0; k < count; k++) {
			if (!strncmp(s->lines[i], kinds[k], strlen(kinds[k])))
				return true;
		}
	}
	return false;
}

/* An erase that lies and a bit that is stuck may show where nothing was written. */
static bool is_broken(const struct scenario *s)
{
	static const char *const kinds[] = { "lie", "stuck" };

	return has_fault(s, kinds, ARRAY_LEN(kinds));
}

/* Of a byte too many, or a reset after the last one, nobody knows before the next exchange. */
static bool is_news_to_come(const struct scenario *s)
{
	static const char *const kinds[] = { "insert", "duplicate", "noise", "reset wire",
		"brownout wire" };

	return has_fault(s, kinds, ARRAY_LEN(kinds));
}

/* Cells that are broken, a cable that stays out, and what strikes again and again. */
static bool may_be_beyond_cure(const struct scenario *s)
{
	static const char *const kinds[] = { "lie", "stuck", "unplug wire", "noise" };

	for (unsigned i = 0; i < s->faults; i++) {
		if (strstr(s->lines[i], " every="))
			return true;
	}
	return has_fault(s, kinds, ARRAY_LEN(kinds));
}

static void check_image_is_there(const struct bench *bench)
{
	for (size_t i = 0; i < bench->image.count; i++) {
		const struct segment *seg = &bench->image.segments[i];

		assert_memory_equal(bench->cells + (seg->addr - bench->plan.chip->flash_base),
			seg->data.ptr, seg->data.len);
	}
}

static void check(struct bench *bench, const struct scenario *s, enum err e)
{
	const bool is_flashed = !e || e == ERR_START;
	const bool changed = memcmp(bench->before, bench->cells, bench->flash_len) != 0;

	if (bench->plan.count)
		bench_assert_rest_untouched(bench);
	else
		assert_false(changed);
	if (is_flashed)
		check_image_is_there(bench);
	if (is_flashed && !is_broken(s))
		bench_assert_flashed(bench);
	assert_true(!changed || bench->boot.has_changed);
	assert_true(sim_now_us(bench->sim) < LONGEST_US);
	if (e) {
		assert_int_equal(bench->why.err, e);
		assert_non_null(bench->why.what);
		assert_int_not_equal(bench->why.stage, STAGE_NONE);
	}
	if (e && !may_be_beyond_cure(s))
		fail_msg("not cured: %s in %s at %X: %s", err_name(e), stage_name(bench->why.stage),
			bench->why.addr, bench->why.what);
}

/* H74x V9.0 does not start what has its stack at the end of the RAM, and says nothing (section 4).
 */
static bool may_start(const struct scenario *s)
{
	return s->options.start != PLAN_START_GO || !(s->part->quirks & SIM_GO_STACK_LIMIT);
}

struct tally {
	unsigned played, failed, cured;
	uint64_t virtual_us;
};

static bool was_cured(const struct bench *bench)
{
	unsigned cures = 0;

	for (size_t i = 0; i < MEND_KIND_COUNT; i++)
		cures += bench->mend.counts[i];
	return cures != 0;
}

static void play(const struct scenario *scenario, struct tally *tally)
{
	struct scenario s = *scenario;
	struct bench bench;
	enum err e;

	remember(&s);
	bench_open(&bench, &(struct sim_options){ .part = s.part->name, .seed = s.seed });
	bench.boot.options.settings.baud = 57600;
	bench_mends(&bench);
	draw_image(&bench, chip_find(s.part->product_id), &s.random);
	for (unsigned i = 0; i < s.faults; i++)
		assert_true(sim_fault(bench.sim, "%s", s.lines[i]));
	bench_remember(&bench); /* a stuck bit shows at once */
	e = bench_flash(&bench, &s.options);
	check(&bench, &s, e);
	tally->virtual_us += sim_now_us(bench.sim);
	sim_heal(bench.sim);
	if (is_news_to_come(&s))
		assert_true(!bench.boot.is_connected || !boot_reconnect(&bench.boot, NULL));
	else
		bench_assert_connection_is_true(&bench);
	if (!e && !s.faults && may_start(&s))
		assert_true(sim_runs_application(bench.sim));
	tally->played++;
	tally->failed += !!e;
	tally->cured += !e && was_cured(&bench);
	bench_close(&bench);
}

static void whatever_goes_wrong_is_told_and_does_no_harm(void **state)
{
	struct tally tally = { 0 };
	const clock_t from = clock();

	(void)state;
	for (size_t i = 0; i < part_count(); i++) {
		for (uint64_t n = 0; n < SCENARIOS_PER_PART; n++) {
			struct scenario s;

			draw_scenario(&s, part_at(i), i * SCENARIOS_PER_PART + n);
			play(&s, &tally);
		}
	}
	print_message("%u scenarios on %zu parts, %u cured, %u failed as they had to: %.1f hours "
		      "in %.1f s\n",
		tally.played, part_count(), tally.cured, tally.failed,
		(double)tally.virtual_us / 3.6e9, (double)(clock() - from) / CLOCKS_PER_SEC);
	assert_true(tally.played >= 1000);
	assert_true(tally.cured > tally.played / 4);
	assert_true(tally.failed > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(
			whatever_goes_wrong_is_told_and_does_no_harm, tell_the_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
