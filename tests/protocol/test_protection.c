/* SPDX-License-Identifier: MIT */
/*
 * test_protection.c - write protection found before the erase, or told from a failure after it; and
 * the programming width that a supply allows.
 */
#include "protocol/protection.h"
#include "simulator/parts.h"
#include "tests/protocol/bench.h"

#include "tests/cmocka_all.h"

#include <string.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof(*(a)))

static const struct plan_options read_back = { .verify = PLAN_VERIFY_READ, .baud = 115200 };

/* Bytes as the reference manuals have them; every other one is as fresh. */
static const struct {
	const char *name;
	uint32_t product_id, flash_bytes;
	struct {
		uint8_t at, value;
	} set[4];
	unsigned readout;
	uint32_t told, first, count; /* sectors: how many are told of, which are protected */
} layouts[] = {
	{ "F1, nothing", 0x410, 128 * KIB, { { 0, 0xA5 }, { 1, 0x5A } }, 0, 128, 0, 0 },
	{ "F1, unit 1", 0x410, 128 * KIB, { { 0, 0xA5 }, { 8, 0xFD }, { 9, 0x02 } }, 0, 128, 4, 4 },
	{ "F1, no complement", 0x410, 128 * KIB, { { 0, 0xA5 }, { 8, 0xFD } }, 0, 128, 0, 0 },
	{ "F1 high density, the last bit is the rest", 0x414, 512 * KIB,
		{ { 0, 0xA5 }, { 14, 0x7F }, { 15, 0x80 } }, 0, 256, 62, 194 },
	{ "F0, level 1", 0x448, 128 * KIB, { { 0, 0x00 }, { 1, 0xFF } }, 1, 64, 0, 0 },
	{ "F3, level 2", 0x422, 256 * KIB, { { 0, 0xCC }, { 1, 0x33 } }, 2, 128, 0, 0 },
	{ "F407, sector 9", 0x413, 1 * MIB, { { 1, 0xAA }, { 9, 0x0D } }, 0, 12, 9, 1 },
	{ "F411, PCROP", 0x431, 512 * KIB, { { 1, 0xAA }, { 9, 0x8D } }, 0, 0, 0, 0 },
	{ "F746, sector 3", 0x449, 1 * MIB, { { 1, 0xAA }, { 8, 0xF7 } }, 0, 8, 3, 1 },
	{ "L476, pages 5 to 9", 0x415, 1 * MIB, { { 0, 0xAA }, { 0x18, 5 }, { 0x1A, 9 } }, 0, 256,
		5, 5 },
	{ "G071, the second area", 0x460, 128 * KIB, { { 0, 0xAA }, { 0x20, 60 }, { 0x22, 63 } }, 0,
		64, 60, 4 },
};

static void option_bytes_are_read_as_the_manuals_have_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(layouts); i++) {
		const struct device device = { .chip = chip_find(layouts[i].product_id),
			.flash_bytes = layouts[i].flash_bytes };
		struct protection protection;
		struct option_bytes options = { .len = 0 };
		uint8_t *const bytes = options.bytes;
		uint32_t count = 0;

		memset(bytes, 0xFF, sizeof(options.bytes));
		options.len = device.chip->option_bytes_len;
		bytes[0x1A] = bytes[0x22] = 0x00; /* a range that ends before it begins */
		for (size_t n = 0; n < ARRAY_LEN(layouts[i].set); n++) {
			if (layouts[i].set[n].at || layouts[i].set[n].value)
				bytes[layouts[i].set[n].at] = layouts[i].set[n].value;
		}
		if (layouts[i].readout == 1)
			bytes[0] = 0x00;
		protection_decode(&protection, &device, &options);
		for (uint32_t n = 0; n < protection.told_sectors; n++)
			count += protection_holds(&protection, n);
		if (!protection.is_known || protection.readout != layouts[i].readout ||
			protection.told_sectors != layouts[i].told || count != layouts[i].count ||
			(count && !protection_holds(&protection, layouts[i].first)))
			fail_msg("%s: level %u, %u told, %u held", layouts[i].name,
				protection.readout, protection.told_sectors, count);
	}
}

/* An image that touches the sector, which is full and protected. */
static enum err flash_protected(struct bench *bench, const char *part, uint32_t sector)
{
	const struct sim_options options = { .part = part, .seed = 3 };
	const struct chip *chip = chip_find(part_find(part)->product_id);
	const struct sector s = chip_sector(chip, sector);

	bench_open(bench, &options);
	bench->boot.options.settings.baud = 57600; /* as fast as all of them can */
	memset(bench->cells + (s.addr - chip->flash_base), 0x5A, s.len);
	bench_remember(bench);
	sim_set_write_protected(bench->sim, sector, true);
	bench_add(bench, chip, 0, 64, 1);
	bench_add(bench, chip, s.addr - chip->flash_base, 300, 2);
	return bench_flash(bench, &read_back);
}

static void every_part_refuses_before_it_erases_or_says_why(void **state)
{
	unsigned refused = 0, found = 0;

	(void)state;
	for (size_t i = 0; i < part_count(); i++) {
		const char *name = part_at(i)->name;
		struct bench bench;
		const enum err e = flash_protected(&bench, name, 3);
		const bool was_erased = sim_erases(bench.sim) != 0;

		if (e != ERR_WRITE_PROTECTED || !bench.why.has_addr)
			fail_msg("%s: %s: %s", name, err_name(e), bench.why.what);
		assert_int_equal(bench.why.stage, was_erased ? STAGE_ERASE : STAGE_PLAN);
		if (!was_erased) {
			assert_memory_equal(bench.before, bench.cells, bench.flash_len);
			assert_false(bench.boot.has_changed);
		}
		if (!was_erased != protection_tells(&bench.run.protection, 3))
			fail_msg("%s: found at the wrong time", name);
		refused += !was_erased;
		found += was_erased;
		bench_assert_rest_untouched(&bench);
		bench_close(&bench);
	}
	assert_true(refused > 0 && found > 0);
}

static void what_the_plan_leaves_alone_may_be_protected(void **state)
{
	const struct sim_options options = { .part = "f103rb", .seed = 4 };
	struct bench bench;

	(void)state;
	bench_open(&bench, &options);
	sim_set_write_protected(bench.sim, 100, true);
	bench_add(&bench, chip_find(0x410), 0, 3000, 1);
	assert_int_equal(bench_flash(&bench, &read_back), ERR_OK);
	bench_assert_flashed(&bench);
	bench_close(&bench);
}

static uint64_t time_with_supply(const char *part, uint32_t supply_mv)
{
	const struct sim_options options = { .part = part };
	struct bench bench;
	uint64_t us;

	bench_open(&bench, &options);
	bench_add(&bench, chip_find(part_find(part)->product_id), 0, 8000, 1);
	assert_int_equal(boot_connect(&bench.boot, NULL), ERR_OK);
	assert_int_equal(boot_set_supply(&bench.boot, supply_mv, NULL), ERR_OK);
	assert_true(bench.boot.is_connected);
	assert_false(bench.boot.has_changed);
	assert_int_equal(
		plan_flash(&bench.plan, &bench.image, &bench.boot.device, &read_back, NULL),
		ERR_OK);
	run_init(&bench.run, &bench.plan, &bench.boot);
	while (!run_is_done(&bench.run))
		assert_int_equal(run_piece(&bench.run, NULL), ERR_OK);
	bench_assert_flashed(&bench);
	us = sim_now_us(bench.sim);
	bench_close(&bench);
	return us;
}

/* Q10, on the simulator's clock. */
static void a_known_supply_makes_it_faster_where_that_is_to_be_had(void **state)
{
	(void)state;
	assert_true(time_with_supply("f407vg", 3300) < time_with_supply("f407vg", 0));
	assert_true(time_with_supply("f407vg", 1800) == time_with_supply("f407vg", 0));
	assert_true(time_with_supply("f103rb", 3300) == time_with_supply("f103rb", 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(option_bytes_are_read_as_the_manuals_have_them),
		cmocka_unit_test(every_part_refuses_before_it_erases_or_says_why),
		cmocka_unit_test(what_the_plan_leaves_alone_may_be_protected),
		cmocka_unit_test(a_known_supply_makes_it_faster_where_that_is_to_be_had),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
