/* SPDX-License-Identifier: MIT */
/* test_neighbours.c - what stands beside an image in its sectors outlives their erase. */
#include "protocol/neighbours.h"
#include "tests/protocol/bench.h"

#include "tests/cmocka_all.h"

#include <string.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof(*(a)))

static void open_part(struct bench *bench, const char *part)
{
	bench_open(bench, &(struct sim_options){ .part = part, .seed = 21 });
	assert_int_equal(boot_connect(&bench->boot, &bench->why), ERR_OK);
}

/* Flashes the merged image; everything but the image's own bytes must be as it was. */
static void flash_and_compare(struct bench *bench, const struct survey *survey)
{
	const struct plan_options options = {
		.start = PLAN_START_NONE, .force = true, .survey = survey
	};
	const struct neighbours how = { .boot = &bench->boot, .survey = survey };
	const struct image image = bench->image;
	struct image merged;
	uint32_t kept = 0;
	enum err e = neighbours_merge(&merged, &image, &how, &kept, &bench->why);

	assert_int_equal(e, ERR_OK);
	assert_int_equal(merged.bytes, image.bytes + kept);
	for (size_t i = 0; i < image.count; i++) {
		const struct segment *s = &image.segments[i];

		memcpy(bench->before + (s->addr - bench_chip(bench)->flash_base), s->data.ptr,
			s->data.len);
	}
	assert_int_equal(
		plan_flash(&bench->plan, &merged, &bench->boot.device, &options, &bench->why),
		ERR_OK);
	run_init(&bench->run, &bench->plan, &bench->boot);
	while (!e && !run_is_done(&bench->run))
		e = run_piece(&bench->run, &bench->why);
	if (e)
		fail_msg("%s at %X", bench->why.what, bench->why.addr);
	assert_memory_equal(bench->cells, bench->before, bench->flash_len);
	image_release(&merged);
}

static void what_is_beside_it_stays(void **state)
{
	static const struct {
		const char *part;
		uint32_t at, len, second, second_len;
	} rows[] = {
		{ "f103rb", 100, 50, 0, 0 },       /* inside a page */
		{ "f103rb", 0, 64, 1000, 1100 },   /* two in one page, over a border */
		{ "f103rb", 1020, 8, 5000, 3 },    /* over a border, bytes of a word */
		{ "f103rb", 1024, 1024, 2048, 1 }, /* a whole page, and the next one */
		{ "f407vg", 16380, 10, 40000, 7 }, /* sectors of 16 KB */
		{ "l152re", 300, 9, 1000, 1 },     /* erased is 0 */
		{ "g071rb", 7, 1, 2047, 2 },       /* words of 8, written once */
		{ "f103rb", 131072 - 5, 5, 0, 0 }, /* at the end of the flash */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct bench bench;

		open_part(&bench, rows[i].part);
		bench_add(&bench, bench_chip(&bench), rows[i].at, rows[i].len, i);
		if (rows[i].second_len)
			bench_add(&bench, bench_chip(&bench), rows[i].second, rows[i].second_len,
				i + 100);
		flash_and_compare(&bench, NULL);
		bench_close(&bench);
	}
}

static void blank_neighbours_are_not_kept(void **state)
{
	const struct neighbours none = { 0 };
	struct neighbours how = none;
	struct image merged;
	struct bench bench;
	uint32_t kept = 1;

	(void)state;
	open_part(&bench, "f103rb");
	memset(bench.cells, 0xFF, bench.flash_len);
	bench_add(&bench, bench_chip(&bench), 10, 300, 1);
	how.boot = &bench.boot;
	assert_int_equal(neighbours_merge(&merged, &bench.image, &how, &kept, &bench.why), ERR_OK);
	assert_int_equal(kept, 0);
	assert_int_equal(merged.count, 1);
	assert_memory_equal(merged.segments[0].data.ptr, bench.bytes + 10, 300);
	image_release(&merged);
	bench_close(&bench);
}

static void sectors_that_stay_are_not_read(void **state)
{
	uint8_t verdicts[128] = { VERDICT_SAME };
	const struct survey survey = { .verdicts = verdicts, .count = 128 };
	struct bench bench;

	(void)state;
	open_part(&bench, "f103rb");
	bench_add(&bench, bench_chip(&bench), 100, 50, 1);
	memcpy(bench.cells + 100, bench.bytes + 100, 50);
	bench_remember(&bench);
	const uint64_t bytes = sim_wire_bytes(bench.sim);

	flash_and_compare(&bench, &survey);
	assert_int_equal(sim_wire_bytes(bench.sim), bytes);
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_beside_it_stays),
		cmocka_unit_test(blank_neighbours_are_not_kept),
		cmocka_unit_test(sectors_that_stay_are_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
