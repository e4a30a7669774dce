/* SPDX-License-Identifier: MIT */
/*
 * test_chip_layout.c - parts whose sectors hang on a bit of their option bytes, by name
 * (docs/facts/an3155.md Q26, Q27): the layout is found, and flash, erase and refusals follow it.
 */
#include "tests/protocol/bench.h"
#include "tests/protocol/device_table.h"

#include "tests/cmocka_all.h"

#include <string.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof(*(a)))
#define USUAL 0xFF /* every option byte that is not told otherwise */
#define BANKS_OF_512K                                                                              \
	{                                                                                          \
		{ 4, 16 * KIB }, { 1, 64 * KIB }, { 3, 128 * KIB }, { 4, 16 * KIB },               \
			{ 1, 64 * KIB }, { 3, 128 * KIB },                                         \
	}

static struct device_row rows[DEVICE_MAX];
static size_t row_count;

/* What the simulated part is; where and how big the last sector of it is, as the host must find. */
static const struct shape {
	const char *name;
	uint32_t product_id, option_bytes, option_addr;
	uint8_t option;
	struct sector_run sectors[PART_SECTOR_RUNS];
	uint32_t bank2_sector, bank2_number, gap_at, gap;
	uint32_t last_addr, last_len, sectors_in_all;
} shapes[] = {
	{ "F429, 1 MiB, one bank", 0x419, 0x1FFFC000, 0x1FFFC009, 0x0F,
		{ { 4, 16 * KIB }, { 1, 64 * KIB }, { 7, 128 * KIB } }, 0, 0, 0, 0, 0x080E0000,
		128 * KIB, 12 },
	{ "F429, 1 MiB, two banks", 0x419, 0x1FFFC000, 0x1FFFC009, 0x4F, BANKS_OF_512K, 8, 12, 0, 0,
		0x080E0000, 128 * KIB, 16 },
	{ "F469, 1 MiB, two banks", 0x434, 0x1FFFC000, 0x1FFFC009, 0x4F, BANKS_OF_512K, 8, 12, 0, 0,
		0x080E0000, 128 * KIB, 16 },
	{ "F767, 1 MiB, two banks", 0x451, 0x1FFF0000, 0x1FFF0009, 0xDF, BANKS_OF_512K, 8, 12, 0, 0,
		0x080E0000, 128 * KIB, 16 },
	{ "F767, 2 MiB, two banks", 0x451, 0x1FFF0000, 0x1FFF0009, 0xDF,
		{ { 4, 16 * KIB }, { 1, 64 * KIB }, { 7, 128 * KIB }, { 4, 16 * KIB },
			{ 1, 64 * KIB }, { 7, 128 * KIB } },
		12, 12, 0, 0, 0x081E0000, 128 * KIB, 24 },
	{ "F767, 2 MiB, one bank", 0x451, 0x1FFF0000, 0x1FFF0009, USUAL,
		{ { 4, 32 * KIB }, { 1, 128 * KIB }, { 7, 256 * KIB } }, 0, 0, 0, 0, 0x081C0000,
		256 * KIB, 12 },
	{ "G474, 512 KiB, two banks", 0x469, 0x1FFF7800, 0x1FFF7802, USUAL, { { 256, 2 * KIB } },
		128, 0, 0, 0, 0x0807F800, 2 * KIB, 256 },
	{ "G474, 512 KiB, one bank", 0x469, 0x1FFF7800, 0x1FFF7802, 0xBF, { { 128, 4 * KIB } }, 0,
		0, 0, 0, 0x0807F000, 4 * KIB, 128 },
	{ "G474, 256 KiB, two banks", 0x469, 0x1FFF7800, 0x1FFF7802, USUAL, { { 192, 2 * KIB } },
		128, 0, 128 * KIB, 128 * KIB, 0x0805F800, 2 * KIB, 192 },
	{ "G474, 128 KiB, two banks", 0x469, 0x1FFF7800, 0x1FFF7802, USUAL, { { 160, 2 * KIB } },
		128, 0, 64 * KIB, 192 * KIB, 0x0804F800, 2 * KIB, 160 },
	{ "L4R5, one bank", 0x470, 0x1FF00000, 0x1FF00002, 0xBF, { { 256, 8 * KIB } }, 0, 0, 0, 0,
		0x081FE000, 8 * KIB, 256 },
	{ "L4P5, one bank", 0x471, 0x1FF00000, 0x1FF00002, 0xBF, { { 128, 8 * KIB } }, 0, 0, 0, 0,
		0x080FE000, 8 * KIB, 128 },
};

static struct part part_of(const struct shape *shape)
{
	struct part part = { 0 };
	size_t i = 0;

	while (i < row_count && rows[i].product_id != shape->product_id)
		i++;
	assert_true(i < row_count);
	part = rows[i].part;
	memcpy(part.sectors, shape->sectors, sizeof(part.sectors));
	part.flash_bytes = shape->last_addr + shape->last_len - part.flash_base;
	part.bank2_sector = shape->bank2_sector;
	part.bank2_number = shape->bank2_number;
	part.gap_at = shape->gap_at;
	part.gap = shape->gap;
	for (i = 0; i < PART_AREAS && part.areas[i].kind; i++)
		assert_int_not_equal(part.areas[i].base, shape->option_bytes);
	assert_true(i < PART_AREAS);
	part.areas[i] = (struct area){ AREA_OPTIONS, shape->option_bytes, 16 };
	return part;
}

static void open_shape(struct bench *bench, const struct shape *shape, const struct part *part)
{
	bench_open(bench, &(struct sim_options){ .custom = part, .seed = 5 });
	sim_set_option_byte(bench->sim, shape->option_addr, shape->option);
	memset(bench->cells, 0x5A, bench->flash_len); /* so that a sector not erased shows */
	bench_remember(bench);
	if (boot_connect(&bench->boot, &bench->why))
		fail_msg("%s: %s", shape->name, bench->why.what);
}

static void assert_layout(const struct bench *bench, const struct shape *shape)
{
	const struct device *device = &bench->boot.device;
	const uint32_t count = chip_sector_count(device->chip, device->flash_bytes);
	const struct sector last = chip_sector(device->chip, count - 1);

	if (count != shape->sectors_in_all || last.addr != shape->last_addr ||
		last.len != shape->last_len)
		fail_msg("%s: %u sectors, the last at 0x%08X of %u bytes", shape->name, count,
			last.addr, last.len);
}

/* In the first sector, at the begin of bank 2, and at the very end. */
static void add_segments(struct bench *bench, const struct shape *shape)
{
	const uint32_t end = shape->last_addr + shape->last_len - 0x08000000;
	uint32_t offset = 0, bytes = 0;
	const struct part part = part_of(shape);

	bench_add(bench, bench_chip(bench), 0, 1024, 1);
	if (part_sector(&part, shape->bank2_sector, &offset, &bytes) && offset)
		bench_add(bench, bench_chip(bench), offset, 512, 2);
	bench_add(bench, bench_chip(bench), end - 256, 256, 3);
}

static void each_shape_is_flashed(void **state)
{
	const struct plan_options options = {
		.verify = PLAN_VERIFY_AUTO, .baud = 115200, .force = true
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
		const struct part part = part_of(&shapes[i]);
		struct bench bench;

		open_shape(&bench, &shapes[i], &part);
		assert_layout(&bench, &shapes[i]);
		add_segments(&bench, &shapes[i]);
		if (bench_flash(&bench, &options))
			fail_msg("%s: %s at %08X: %s", shapes[i].name, err_name(bench.why.err),
				bench.why.addr, bench.why.what);
		bench_assert_flashed(&bench);
		bench_assert_rest_untouched(&bench);
		bench_close(&bench);
	}
}

/* Refused by the plan: nothing was sent that changes the part. */
static void what_lies_between_the_banks_is_refused(void **state)
{
	const struct plan_options options = { .baud = 115200, .force = true };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
		const uint32_t gap = 0x08000000 + shapes[i].gap_at;
		const struct part part = part_of(&shapes[i]);
		struct bench bench;
		struct plan plan;

		if (!shapes[i].gap)
			continue;
		open_shape(&bench, &shapes[i], &part);
		bench_add(&bench, bench_chip(&bench), shapes[i].gap_at - 128, 256, 1);
		assert_int_equal(bench_flash(&bench, &options), ERR_RANGE);
		assert_int_equal(plan_erase(&plan, &bench.boot.device, gap, 4096, NULL), ERR_RANGE);
		assert_int_equal(
			boot_erase(&bench.boot, shapes[i].gap_at / (2 * KIB), 1, &bench.why),
			ERR_RANGE);
		assert_int_equal(sim_erases(bench.sim) + sim_writes(bench.sim), 0);
		assert_memory_equal(bench.cells, bench.before, bench.flash_len);
		bench_close(&bench);
	}
}

/* All of it goes, and what is looked at afterwards lies in the banks. */
static void a_mass_erase_minds_the_gap(void **state)
{
	const struct plan_options options = {
		.baud = 115200, .force = true, .erase = PLAN_ERASE_MASS
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
		const struct part part = part_of(&shapes[i]);
		struct bench bench;

		open_shape(&bench, &shapes[i], &part);
		add_segments(&bench, &shapes[i]);
		if (bench_flash(&bench, &options))
			fail_msg("%s: %s at %08X: %s", shapes[i].name, err_name(bench.why.err),
				bench.why.addr, bench.why.what);
		bench_close(&bench);
	}
}

static unsigned notes_of(struct bench *bench)
{
	const struct plan_options options = { .baud = 115200, .force = true };

	bench_add(bench, bench_chip(bench), 0, 512, 1);
	assert_int_equal(bench_plan(bench, &options), ERR_OK);
	return bench->plan.notes;
}

static void open_row(struct bench *bench, uint32_t product_id)
{
	size_t n = 0;

	while (n < row_count && rows[n].product_id != product_id)
		n++;
	assert_true(n < row_count);
	bench_open(bench, &(struct sim_options){ .custom = &rows[n].part, .seed = 9 });
	assert_int_equal(boot_connect(&bench->boot, &bench->why), ERR_OK);
}

/* L552's bit is in a register; this G474 refuses its option bytes; this one gives them. */
static void a_layout_that_is_assumed_is_said(void **state)
{
	static const uint32_t unread[] = { 0x472, 0x469 };
	const struct part part = part_of(&shapes[6]);
	struct bench bench;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(unread); i++) {
		open_row(&bench, unread[i]);
		assert_true(notes_of(&bench) & PLAN_NOTE_LAYOUT_ASSUMED);
		bench_close(&bench);
	}
	open_shape(&bench, &shapes[6], &part);
	assert_false(notes_of(&bench) & PLAN_NOTE_LAYOUT_ASSUMED);
	bench_close(&bench);
}

static int read_table(void **state)
{
	(void)state;
	row_count = device_table_read(DEVICES_FILE, rows);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_shape_is_flashed),
		cmocka_unit_test(what_lies_between_the_banks_is_refused),
		cmocka_unit_test(a_mass_erase_minds_the_gap),
		cmocka_unit_test(a_layout_that_is_assumed_is_said),
	};

	return cmocka_run_group_tests(tests, read_table, NULL);
}
