/* SPDX-License-Identifier: MIT */
/* test_survey.c - what the part holds already is found, and is neither erased nor sent again. */
#include "protocol/survey.h"
#include "tests/protocol/bench.h"

#include "tests/cmocka_all.h"

#include <string.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof(*(a)))
enum { IMAGE_BYTES = 20000 };

static const char *const parts[] = { "f103rb", "c051c8", "l152re", "g071rb", "f407vg" };

static void open_part(struct bench *bench, const char *part)
{
	bench_open(bench, &(struct sim_options){ .part = part, .seed = 11 });
	assert_int_equal(boot_connect(&bench->boot, &bench->why), ERR_OK);
	bench_add(bench, bench_chip(bench), 0, IMAGE_BYTES, 1);
	bench_add(bench, bench_chip(bench), IMAGE_BYTES + 9, 3333, 2); /* off any word */
}

static void look(
	struct bench *bench, enum plan_write write, const uint8_t *differs, struct survey *survey)
{
	const struct survey_options options = { .write = write, .differs = differs };

	assert_true(survey_is_wanted(&bench->boot.device, &options));
	assert_int_equal(
		survey_make(survey, &bench->boot, &bench->image, &options, &bench->why), ERR_OK);
}

/* Flashes with what a survey found; gives the virtual time of survey and run. */
static uint64_t flash(struct bench *bench, enum plan_write write)
{
	struct plan_options options = { .write = write, .start = PLAN_START_NONE };
	struct survey survey = { 0 };
	uint64_t began_us;
	enum err e;

	assert_int_equal(boot_connect(&bench->boot, &bench->why), ERR_OK);
	began_us = sim_now_us(bench->sim);
	if (write != PLAN_WRITE_ALL) {
		look(bench, write, NULL, &survey);
		options.survey = &survey;
	}
	plan_release(&bench->plan);
	e = plan_flash(&bench->plan, &bench->image, &bench->boot.device, &options, &bench->why);
	assert_int_equal(e, ERR_OK);
	run_init(&bench->run, &bench->plan, &bench->boot);
	while (!e && !run_is_done(&bench->run))
		e = run_piece(&bench->run, &bench->why);
	if (e)
		fail_msg("%s at %X", bench->why.what, bench->why.addr);
	survey_release(&survey);
	bench_assert_rest_untouched(bench);
	return sim_now_us(bench->sim) - began_us;
}

static void what_is_there_is_not_sent_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		struct bench bench;

		open_part(&bench, parts[i]);
		const uint64_t first_us = flash(&bench, PLAN_WRITE_ALL);
		const unsigned erases = sim_erases(bench.sim), writes = sim_writes(bench.sim);
		const bool has_checksum = device_has(&bench.boot.device, COMMAND_GET_CHECKSUM);

		bench_remember(&bench);
		const uint64_t again_us =
			flash(&bench, has_checksum ? PLAN_WRITE_AUTO : PLAN_WRITE_CHANGED);

		assert_int_equal(sim_erases(bench.sim), erases);
		assert_int_equal(sim_writes(bench.sim), writes);
		assert_int_equal(bench.plan.write_bytes + bench.plan.erase_bytes, 0);
		assert_true(again_us <= (has_checksum ? 1000000 : first_us * 55 / 100));
		print_message("%s: %.2f s, unchanged %.2f s\n", parts[i], (double)first_us / 1e6,
			(double)again_us / 1e6);
		bench_close(&bench);
	}
}

static void only_what_differs_is_sent(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		struct bench bench;
		struct sector sector;

		open_part(&bench, parts[i]);
		flash(&bench, PLAN_WRITE_ALL);
		bench_remember(&bench);
		bench.bytes[IMAGE_BYTES - 7] ^= 0x81;
		flash(&bench, PLAN_WRITE_CHANGED);
		assert_true(chip_sector_at(bench_chip(&bench), bench.boot.device.flash_bytes,
			bench_chip(&bench)->flash_base + IMAGE_BYTES - 7, &sector));
		assert_int_equal(bench.plan.erase_bytes, sector.len);
		assert_int_equal(bench.plan.steps[0].addr, sector.addr);
		assert_memory_equal(bench.cells, bench.bytes, IMAGE_BYTES);
		bench_close(&bench);
	}
}

/* Whatever our record says, what is taken for the same was compared. */
static void nothing_is_believed(void **state)
{
	static const uint8_t all_same[CHIP_MAX_SECTORS / 8];
	struct survey survey;
	struct bench bench;

	(void)state;
	open_part(&bench, "f103rb");
	flash(&bench, PLAN_WRITE_ALL);
	bench.cells[5000] ^= 1;
	look(&bench, PLAN_WRITE_CHANGED, all_same, &survey);
	for (uint32_t i = 0; i * 1024 < IMAGE_BYTES - 1024; i++)
		assert_int_equal(
			survey.verdicts[i], i == 5000 / 1024 ? VERDICT_DIFFERS : VERDICT_SAME);
	survey_release(&survey);
	bench_close(&bench);
}

static void what_differs_by_the_record_is_not_read(void **state)
{
	uint8_t differs[CHIP_MAX_SECTORS / 8];
	struct survey survey;
	struct bench bench;

	(void)state;
	memset(differs, 0xFF, sizeof(differs));
	open_part(&bench, "f103rb");
	const uint64_t bytes = sim_wire_bytes(bench.sim);

	look(&bench, PLAN_WRITE_CHANGED, differs, &survey);
	assert_int_equal(sim_wire_bytes(bench.sim), bytes);
	survey_release(&survey);
	bench_close(&bench);
}

static void blank_sectors_are_not_erased(void **state)
{
	static const struct {
		const char *part;
		uint32_t baud;
		bool is_found;
	} rows[] = {
		{ "c051c8", 115200, true },  /* a checksum costs nothing */
		{ "f103rb", 115200, false }, /* a page is erased sooner than it is read */
		{ "f407vg", 115200, false },
		{ "f407vg", 921600, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct survey survey = { 0 };
		struct bench bench;

		bench_open(&bench, &(struct sim_options){ .part = rows[i].part, .seed = 12 });
		memset(bench.cells, 0xFF, bench.flash_len);
		bench_remember(&bench);
		bench.boot.options.settings.baud = rows[i].baud;
		assert_int_equal(boot_connect(&bench.boot, &bench.why), ERR_OK);
		bench_add(&bench, bench_chip(&bench), 0, 700, 1);
		const struct survey_options options = { .write = PLAN_WRITE_AUTO };

		if (survey_is_wanted(&bench.boot.device, &options))
			look(&bench, PLAN_WRITE_AUTO, NULL, &survey);
		assert_int_equal(
			survey.count && survey.verdicts[0] == VERDICT_BLANK, rows[i].is_found);
		survey_release(&survey);
		flash(&bench, PLAN_WRITE_CHANGED);
		bench_assert_flashed(&bench);
		assert_int_equal(sim_erases(bench.sim) == 0, rows[i].is_found);
		bench_close(&bench);
	}
}

static bool at_once(void *ctx)
{
	(void)ctx;
	return true;
}

static void it_can_be_cancelled(void **state)
{
	const struct survey_options options = { .write = PLAN_WRITE_CHANGED };
	struct survey survey;
	struct bench bench;

	(void)state;
	open_part(&bench, "f103rb");
	bench.boot.options.cancelled = at_once;
	assert_int_equal(survey_make(&survey, &bench.boot, &bench.image, &options, &bench.why),
		ERR_CANCELLED);
	assert_null(survey.verdicts);
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_there_is_not_sent_again),
		cmocka_unit_test(only_what_differs_is_sent),
		cmocka_unit_test(nothing_is_believed),
		cmocka_unit_test(what_differs_by_the_record_is_not_read),
		cmocka_unit_test(blank_sectors_are_not_erased),
		cmocka_unit_test(it_can_be_cancelled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
