/* SPDX-License-Identifier: MIT */
/*
 * test_estimate.c - what a plan says of its time, against what the run then takes on the
 * simulator's clock: every part, at rates, adapters, manners of sending and of verifying.
 */
#include "tests/protocol/bench.h"

#include "protocol/neighbours.h"
#include "protocol/survey.h"
#include "simulator/parts.h"

#include "tests/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof(*(a)))

enum { PERCENT = 15, LEAST_OFF_MS = 40, CRUMBS = 60 };

static const uint32_t bauds[] = { 9600, 57600, 115200, 460800 };
static const uint32_t latencies_us[] = { 0, 16000 };
static const enum plan_verify verifies[] = { PLAN_VERIFY_AUTO, PLAN_VERIFY_READ, PLAN_VERIFY_NONE };

struct trial {
	const struct part *part;
	uint32_t baud, latency_us;
	bool may_burst, keeps_neighbours, has_crumbs;
	struct plan_options options;
};

/* Some KiB in the first sectors, and a little in the one that begins in the middle. */
static void add_image(struct bench *bench)
{
	const uint32_t middle = (uint32_t)bench->flash_len / 2;

	bench_add(bench, bench_chip(bench), 0, 5 * KIB + 100, 1);
	bench_add(bench, bench_chip(bench), middle + 1000, 700, 2);
}

/* A few bytes here and there: what is sent then may be too short to be safe at once. */
static void add_crumbs(struct bench *bench)
{
	for (uint32_t i = 0; i < CRUMBS; i++)
		bench_add(bench, bench_chip(bench), i * 331, i ? 7 : 100, i);
}

/* The first half of the image is there already. */
static void look_first(
	struct bench *bench, const struct plan_options *options, struct survey *survey)
{
	const struct survey_options look = { .write = options->write, .erase = options->erase };

	memcpy(bench->cells, bench->bytes, 3 * KIB);
	assert_int_equal(
		survey_make(survey, &bench->boot, &bench->image, &look, &bench->why), ERR_OK);
}

static void read_neighbours(struct bench *bench, struct plan_options *options, struct image *merged)
{
	const struct neighbours how = { .boot = &bench->boot };
	const struct neighbour_reads count =
		neighbours_count(&bench->image, &bench->boot.device, NULL);
	uint32_t kept;

	options->beside_reads = count.reads;
	options->beside_bytes = count.bytes;
	assert_int_equal(neighbours_merge(merged, &bench->image, &how, &kept, &bench->why), ERR_OK);
}

/* Connects, plans with what that measured, and runs; the milliseconds that all of it took. */
static uint32_t run_trial(struct bench *bench, const struct trial *trial)
{
	uint64_t began_us = sim_now_us(bench->sim);
	struct plan_options options = trial->options;
	struct survey survey = { 0 };
	struct image merged = { 0 };
	enum err e;

	bench->boot.options.settings.baud = trial->baud;
	bench->boot.options.may_burst = trial->may_burst;
	e = boot_connect(&bench->boot, &bench->why);
	if (e)
		fail_msg("%s: %s", trial->part->name, bench->why.what);
	if (options.resumes) {
		began_us = sim_now_us(bench->sim);
		assert_int_equal(boot_reconnect(&bench->boot, &bench->why), ERR_OK);
	}
	e = boot_set_supply(&bench->boot, options.supply_mv, &bench->why);
	assert_int_equal(e, ERR_OK);
	(trial->has_crumbs ? add_crumbs : add_image)(bench);
	options.baud = trial->baud;
	options.turnaround_us = bench->boot.turnaround_us;
	options.restart_us = bench->boot.restart_us;
	options.sync_us = bench->boot.sync_us;
	options.bursts = bench->boot.bursts;
	if (options.write == PLAN_WRITE_CHANGED) {
		look_first(bench, &options, &survey);
		options.survey = &survey;
		survey.took_us = trial->has_crumbs ? 0 : survey.took_us; /* as a record has it */
	}
	if (trial->keeps_neighbours)
		read_neighbours(bench, &options, &merged);
	e = plan_flash(&bench->plan, merged.count ? &merged : &bench->image, &bench->boot.device,
		&options, &bench->why);
	run_init(&bench->run, &bench->plan, &bench->boot);
	if (!e)
		e = run_prepare(&bench->run, &bench->why);
	while (!e && !run_is_done(&bench->run))
		e = run_piece(&bench->run, &bench->why);
	survey_release(&survey);
	image_release(&merged);
	if (e)
		fail_msg("%s: %s", trial->part->name, bench->why.what);
	return (uint32_t)((sim_now_us(bench->sim) - began_us) / 1000);
}

static void assert_estimated(const struct trial *trial)
{
	const struct sim_options sim = {
		.part = trial->part->name, .adapter_latency_us = trial->latency_us, .seed = 7
	};
	struct bench bench;

	bench_open(&bench, &sim);
	const uint32_t took = run_trial(&bench, trial), said = bench.plan.estimated_ms;
	const uint32_t off = took > said ? took - said : said - took;

	if ((uint64_t)off * 100 > (uint64_t)took * PERCENT && off > LEAST_OFF_MS)
		fail_msg("%s at %u, latency %u us, burst %d, erase %d, verify %d, start %d: "
			 "%u ms said, %u taken",
			trial->part->name, trial->baud, trial->latency_us, trial->may_burst,
			trial->options.erase, trial->options.verify, trial->options.start, said,
			took);
	bench_close(&bench);
}

/* By whatever adapter and manner. */
static void assert_estimated_at(const struct part *part, uint32_t baud)
{
	for (size_t i = 0; i < ARRAY_LEN(latencies_us) * 2 * ARRAY_LEN(verifies); i++) {
		const struct trial trial = { .part = part,
			.baud = baud,
			.latency_us = latencies_us[i % 2],
			.may_burst = i / 2 % 2,
			.options = { .verify = verifies[i / 4], .start = PLAN_START_RESET } };

		assert_estimated(&trial);
	}
}

static void every_part_is_estimated(void **state)
{
	(void)state;
	for (size_t i = 0; i < part_count(); i++) {
		for (size_t k = 0; k < ARRAY_LEN(bauds); k++) {
			const struct part *part = part_at(i);

			if (!(part->quirks & SIM_LIMIT_57600) || bauds[k] <= 57600)
				assert_estimated_at(part, bauds[k]);
		}
	}
}

/* All of the part erased, started by Go: where its ROM can't, by what is done instead. */
static void mass_erase_and_go_are_estimated(void **state)
{
	(void)state;
	for (size_t i = 0; i < part_count(); i++) {
		const struct trial trial = { .part = part_at(i),
			.baud = 57600,
			.options = { .erase = PLAN_ERASE_MASS,
				.verify = PLAN_VERIFY_NONE,
				.start = PLAN_START_GO } };

		assert_estimated(&trial);
	}
}

static void what_is_looked_at_first_is_estimated(void **state)
{
	(void)state;
	for (size_t i = 0; i < part_count(); i++) {
		const struct trial trial = { .part = part_at(i),
			.baud = 57600,
			.options = { .write = PLAN_WRITE_CHANGED, .start = PLAN_START_RESET } };

		assert_estimated(&trial);
	}
}

static void the_supply_is_reckoned_with(void **state)
{
	static const char *const parts[] = { "f205rg", "f407vg", "f429zi" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		struct trial trial = { .part = part_find(parts[i]),
			.baud = 115200,
			.options = { .verify = PLAN_VERIFY_AUTO, .supply_mv = 3300 } };

		assert_estimated(&trial);
		trial.options.erase = PLAN_ERASE_MASS;
		assert_estimated(&trial);
	}
}

static void what_stands_beside_is_counted(void **state)
{
	static const char *const parts[] = { "f103rb", "f429zi", "l053r8", "u575zi" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(parts) * ARRAY_LEN(latencies_us); i++) {
		const struct trial trial = { .part = part_find(parts[i / ARRAY_LEN(latencies_us)]),
			.baud = 115200,
			.latency_us = latencies_us[i % ARRAY_LEN(latencies_us)],
			.may_burst = true,
			.keeps_neighbours = true,
			.options = { .start = PLAN_START_RESET } };

		assert_estimated(&trial);
	}
}

/* A session that is still open costs no restart, and nobody is identified anew. */
static void a_session_that_goes_on_is_cheaper(void **state)
{
	(void)state;
	for (size_t i = 0; i < part_count(); i++) {
		const struct trial trial = { .part = part_at(i),
			.baud = 57600,
			.latency_us = latencies_us[i % 2],
			.options = { .resumes = true, .verify = PLAN_VERIFY_NONE } };

		assert_estimated(&trial);
	}
}

static void crumbs_are_counted(void **state)
{
	static const char *const parts[] = { "l476rg", "l152re", "g071rb", "f103rb" };
	enum { WAYS = 4 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(parts) * WAYS; i++) {
		const struct trial trial = { .part = part_find(parts[i / WAYS]),
			.baud = 230400,
			.latency_us = latencies_us[i % 2],
			.may_burst = true,
			.has_crumbs = true,
			.options = {
				.write = i % WAYS < 2 ? PLAN_WRITE_ALL : PLAN_WRITE_CHANGED } };

		assert_estimated(&trial);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_part_is_estimated),
		cmocka_unit_test(mass_erase_and_go_are_estimated),
		cmocka_unit_test(what_is_looked_at_first_is_estimated),
		cmocka_unit_test(the_supply_is_reckoned_with),
		cmocka_unit_test(what_stands_beside_is_counted),
		cmocka_unit_test(a_session_that_goes_on_is_cheaper),
		cmocka_unit_test(crumbs_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
