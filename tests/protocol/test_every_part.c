/* SPDX-License-Identifier: MIT */
/*
 * test_every_part.c - every part of the table whose flash is known, as a ROM with its geometry:
 * identified, erased, written, verified and read, at its first and last sector and on both sides of
 * each border between sectors of different sizes.
 */
#include "tests/protocol/bench.h"
#include "tests/protocol/device_table.h"

#include "tests/cmocka_all.h"

#include <string.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof(*(a)))

static struct device_row rows[DEVICE_MAX];
static size_t row_count;

/* Those that cannot be programmed, each by its name, and why: all others must be. */
static const struct {
	uint32_t product_id;
	const char *title, *what;
} refused[] = {
	{ 0x486, "STM32N6xx", "no flash of its own" },
	{ 0x500, "STM32MP15xx", "no flash of its own" },
	{ 0x501, "STM32MP13xx", "no flash of its own" },
	{ 0x503, "STM32MP21xx", "no flash of its own" },
	{ 0x505, "STM32MP23xx/MP25xx", "no flash of its own" },
	{ 0x801, "Wiznet W7500 (SweetPeas bootloader)", "not known" },
};

static bool is_refused(const struct device_row *row)
{
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		if (refused[i].product_id == row->product_id)
			return true;
	}
	return false;
}

static void open_part(struct bench *bench, const struct device_row *row)
{
	const struct sim_options options = { .custom = &row->part, .seed = row->product_id };

	bench_open(bench, &options);
	if (!row->has_parity)
		bench->boot.options.settings.frame = WIRE_8N1;
}

/* Segments: the vectors at the base, both sides of each border, the end. */
static void add_segments(struct bench *bench, const struct device_row *row)
{
	const struct part *part = &row->part;
	uint32_t border = 0;

	bench_add(bench, bench_chip(bench), 0, 512, row->product_id);
	for (size_t i = 0; i + 1 < PART_SECTOR_RUNS && part->sectors[i + 1].count; i++) {
		border += part->sectors[i].count * part->sectors[i].bytes;
		bench_add(bench, bench_chip(bench), border - 300, 600, border);
	}
	bench_add(bench, bench_chip(bench), part->flash_bytes - 200, 200, row->product_id + 1);
}

static void assert_identified(const struct bench *bench, const struct device_row *row)
{
	const struct device *device = &bench->boot.device;

	if (!device->chip || device->product_id != row->product_id)
		fail_msg("%s: identified as 0x%03X", row->title, device->product_id);
	assert_string_equal(device->chip->name, row->title);
	assert_string_equal(device->chip->family, row->family);
	assert_int_equal(device->flash_bytes, row->part.flash_bytes);
	assert_int_equal(device->has_unique_id, row->part.unique_id != 0);
	assert_int_equal(chip_sector_count(device->chip, device->flash_bytes),
		part_sector_count(&row->part));
}

/* Sectors lie where the table has them, one after the other. */
static void assert_geometry(const struct bench *bench, const struct device_row *row)
{
	const struct chip *chip = bench_chip(bench);

	for (uint32_t i = 0; i < part_sector_count(&row->part); i++) {
		const struct sector sector = chip_sector(chip, i);
		uint32_t offset, bytes;

		assert_true(part_sector(&row->part, i, &offset, &bytes));
		assert_int_equal(sector.addr, chip->flash_base + offset);
		assert_int_equal(sector.len, bytes);
	}
}

static void assert_reads_back(struct bench *bench)
{
	for (size_t i = 0; i < bench->image.count; i++) {
		const struct segment *segment = &bench->segments[i];
		uint8_t have[600];

		assert_true(segment->data.len <= sizeof(have));
		assert_int_equal(mend_read(NULL, &bench->boot, segment->addr, have,
					 segment->data.len, &bench->why),
			ERR_OK);
		assert_memory_equal(have, segment->data.ptr, segment->data.len);
	}
}

static void flash(const struct device_row *row)
{
	const struct plan_options options = {
		.verify = PLAN_VERIFY_READ, .start = PLAN_START_NONE, .baud = 115200, .force = true
	};
	struct bench bench;
	enum err e;

	open_part(&bench, row);
	e = boot_connect(&bench.boot, &bench.why);
	if (e)
		fail_msg("%s: %s", row->title, bench.why.what);
	assert_identified(&bench, row);
	assert_geometry(&bench, row);
	add_segments(&bench, row);
	e = bench_flash(&bench, &options);
	if (e)
		fail_msg("%s: %s at %08X: %s", row->title, err_name(e), bench.why.addr,
			bench.why.what ? bench.why.what : "");
	bench_assert_flashed(&bench);
	bench_assert_rest_untouched(&bench);
	assert_reads_back(&bench);
	bench_close(&bench);
}

static void every_part_is_flashed(void **state)
{
	size_t done = 0;

	(void)state;
	for (size_t i = 0; i < row_count; i++) {
		if (!is_refused(&rows[i])) {
			flash(&rows[i]);
			done++;
		}
	}
	print_message("%zu of %zu parts flashed\n", done, row_count);
	assert_int_equal(done + ARRAY_LEN(refused), row_count);
}

/* What answers with such an id, should it have flash after all: that is left as it is. */
static void assert_refused(uint32_t product_id, const char *title, const char *what)
{
	const struct sim_options sim = { .part = "f103rb", .product_id = product_id, .seed = 3 };
	const struct plan_options options = { .force = true, .baud = 115200 };
	struct bench bench;
	struct plan plan;
	enum err errors[4];

	bench_open(&bench, &sim);
	assert_int_equal(boot_connect(&bench.boot, &bench.why), ERR_OK);
	assert_string_equal(bench.boot.device.chip->name, title);
	bench_add(&bench, chip_find(0x410), 0, 512, 1);
	errors[0] = bench_flash(&bench, &options);
	if (!bench.why.what || !strstr(bench.why.what, what))
		fail_msg("%s: refused, but says \"%s\"", title, bench.why.what);
	errors[1] = plan_verify(&plan, &bench.image, &bench.boot.device, &options, NULL);
	errors[2] = plan_erase(&plan, &bench.boot.device, 0x08000000, 1024, NULL);
	errors[3] = plan_erase(&plan, &bench.boot.device, 0, 0, NULL);
	for (size_t i = 0; i < ARRAY_LEN(errors); i++) {
		if (errors[i] != ERR_UNKNOWN_PART)
			fail_msg("%s: %zu gives %s", title, i, err_name(errors[i]));
	}
	assert_int_equal(sim_erases(bench.sim) + sim_writes(bench.sim), 0);
	assert_memory_equal(bench.cells, bench.before, bench.flash_len);
	bench_close(&bench);
}

static void what_cannot_be_programmed_is_refused_by_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(refused); i++)
		assert_refused(refused[i].product_id, refused[i].title, refused[i].what);
}

/* The odd ones, by name: which sectors a write near each border erases. */
static void odd_geometries_by_name(void **state)
{
	static const struct {
		uint32_t product_id, number, addr, len;
	} sectors[] = {
		{ 0x413, 4, 0x08010000, 64 * KIB }, /* F405/F407: 16, 64, 128 */
		{ 0x413, 5, 0x08020000, 128 * KIB },
		{ 0x419, 12, 0x08100000, 16 * KIB }, /* F42x: bank 2 begins small again */
		{ 0x449, 4, 0x08020000, 128 * KIB }, /* F74x: 32, 128, 256 */
		{ 0x449, 5, 0x08040000, 256 * KIB }, { 0x416, 1, 0x08000100, 256 }, /* L1: 256 */
		{ 0x417, 1, 0x08000080, 128 },                                      /* L0: 128 */
		{ 0x450, 15, 0x081E0000, 128 * KIB },                               /* H74x */
		{ 0x480, 255, 0x081FE000, 8 * KIB },                                /* H7A3 */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sectors); i++) {
		const struct chip *chip = chip_find(sectors[i].product_id);

		assert_non_null(chip);
		const struct sector sector = chip_sector(chip, sectors[i].number);

		if (sector.addr != sectors[i].addr || sector.len != sectors[i].len)
			fail_msg("%s: sector %u is %08X, %u bytes", chip->name, sectors[i].number,
				sector.addr, sector.len);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_part_is_flashed),
		cmocka_unit_test(what_cannot_be_programmed_is_refused_by_name),
		cmocka_unit_test(odd_geometries_by_name),
	};

	if (argc != 2)
		return 2;
	row_count = device_table_read(argv[1], rows);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
