/* SPDX-License-Identifier: MIT */
/* test_flash.c - the rules of flash cells, part by part (docs/facts/an3155.md 4, 8.3). */
#include "simulator/flash.h"

#include "tests/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

enum { BASE = 0x08000000 };

static struct flash flash_of(const char *part)
{
	struct flash flash;
	const struct part *row = part_find(part);
	uint8_t *const cells = malloc(row->flash_bytes);

	assert_non_null(cells);
	memset(cells, row->erased, row->flash_bytes);
	flash_init(&flash, row, cells);
	return flash;
}

/* One or two programs at an offset, and what the cells hold then. */
static const struct program_case {
	const char *name, *part;
	uint32_t offset;
	size_t len;
	uint8_t first, second; /* repeated over len */
	bool first_ok, second_ok;
	uint8_t want;
} program_cases[] = {
	{ "bits are cleared", "f103rb", 0, 4, 0xF0, 0x3C, true, true, 0x30 },
	{ "bits are not set", "f407vg", 64, 4, 0x00, 0xFF, true, true, 0x00 },
	{ "L1 sets bits", "l152re", 0, 8, 0xF0, 0x0C, true, true, 0xFC },
	{ "G0: a word once", "g071rb", 8, 8, 0xF0, 0x30, true, false, 0xF0 },
	{ "L4: a word once", "l476rg", 8, 8, 0xF0, 0x30, true, false, 0xF0 },
	{ "H7: a word once", "h743zi", 32, 32, 0xF0, 0x30, true, false, 0xF0 },
	{ "G0: an address of 4", "g071rb", 4, 8, 0x11, 0x11, false, false, 0xFF },
	{ "L4: a length of 4", "l476rg", 0, 4, 0x11, 0x11, false, false, 0xFF },
	{ "H7: a length of 8", "h743zi", 0, 8, 0x11, 0x11, false, false, 0xFF },
	{ "F1: an address of 2", "f103rb", 2, 4, 0x11, 0x11, false, false, 0xFF },
	{ "beyond the end", "f103rb", 128 * KIB - 4, 8, 0x11, 0x11, false, false, 0xFF },
	{ "up to the end", "f103rb", 128 * KIB - 4, 4, 0x11, 0x01, true, true, 0x01 },
};

static void programming_follows_the_part(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(program_cases) / sizeof(*program_cases); i++) {
		const struct program_case *row = &program_cases[i];
		struct flash flash = flash_of(row->part);
		uint8_t data[32];

		memset(data, row->first, row->len);
		const bool first =
			flash_program(&flash, BASE + row->offset, (struct span){ data, row->len });

		memset(data, row->second, row->len);
		const bool second =
			flash_program(&flash, BASE + row->offset, (struct span){ data, row->len });

		if (first != row->first_ok || second != row->second_ok ||
			flash.cells[row->offset] != row->want)
			fail_msg("%s: %d %d %02X", row->name, first, second,
				flash.cells[row->offset]);
		free(flash.cells);
	}
}

static void misalignment_poisons_until_reset(void **state)
{
	static const uint8_t word[8] = { 1 };
	struct flash flash = flash_of("l476rg");

	(void)state;
	assert_false(flash_program(&flash, BASE + 4, (struct span){ word, 8 }));
	assert_false(flash_program(&flash, BASE, (struct span){ word, 8 }));
	assert_int_equal(flash.cells[0], 0xFF);
	flash_reset(&flash);
	assert_true(flash_program(&flash, BASE, (struct span){ word, 8 }));
	assert_int_equal(flash.cells[0], 1);
	free(flash.cells);
}

/* A sector's number, where it lies, and what erasing it takes. */
static const struct sector_case {
	const char *part;
	uint32_t sector, offset, bytes, erase_us;
} sector_cases[] = {
	{ "f103rb", 0, 0, 1 * KIB, 30000 },
	{ "f103rb", 127, 127 * KIB, 1 * KIB, 30000 },
	{ "f072rb", 63, 126 * KIB, 2 * KIB, 30000 },
	{ "f407vg", 3, 48 * KIB, 16 * KIB, 500000 }, /* byte by byte, until told otherwise */
	{ "f407vg", 4, 64 * KIB, 64 * KIB, 1100000 },
	{ "f407vg", 11, 896 * KIB, 128 * KIB, 2000000 },
	{ "l152re", 2047, 512 * KIB - 256, 256, 3280 },
	{ "l476rg", 511, 1022 * KIB, 2 * KIB, 22000 },
	{ "h743zi", 15, 1920 * KIB, 128 * KIB, 1000000 },
};

static void sectors_are_erased_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(sector_cases) / sizeof(*sector_cases); i++) {
		const struct sector_case *row = &sector_cases[i];
		struct flash flash = flash_of(row->part);
		const uint8_t used = (uint8_t)~flash.part->erased;
		const uint32_t end = row->offset + row->bytes;

		memset(flash.cells, used, flash.part->flash_bytes);
		assert_true(flash_erase(&flash, row->sector));
		assert_int_equal(flash_erase_us(&flash, row->sector), row->erase_us);
		assert_int_equal(flash.cells[row->offset], flash.part->erased);
		assert_int_equal(flash.cells[end - 1], flash.part->erased);
		if (row->offset)
			assert_int_equal(flash.cells[row->offset - 1], used);
		if (end < flash.part->flash_bytes)
			assert_int_equal(flash.cells[end], used);
		assert_false(flash_erase(&flash, part_sector_count(flash.part)));
		free(flash.cells);
	}
}

static void protected_sectors_stay(void **state)
{
	static const uint8_t word[4] = { 0 };
	struct flash flash = flash_of("f407vg");

	(void)state;
	memset(flash.cells, 0x55, flash.part->flash_bytes);
	flash_protect(&flash, 1, true);
	flash_protect(&flash, 99, true); /* no such sector: nothing happens */
	assert_true(flash_program(&flash, BASE + 16 * KIB, (struct span){ word, 4 }));
	assert_int_equal(flash.cells[16 * KIB], 0x55);
	assert_true(flash_erase(&flash, 1));
	assert_int_equal(flash.cells[16 * KIB], 0x55);
	assert_false(flash_erase_bank(&flash, 0, 12));
	assert_int_equal(flash.cells[0], 0x55);
	flash_unprotect_all(&flash);
	assert_true(flash_erase_bank(&flash, 0, 12));
	assert_int_equal(flash.cells[16 * KIB], 0xFF);
	assert_true(flash_is_empty(&flash));
	free(flash.cells);
}

/* Typical times for 256 bytes. */
static void programming_takes_its_time(void **state)
{
	static const struct {
		const char *part;
		bool is_fast;
		uint32_t us;
	} rows[] = {
		{ "f103rb", false, 128 * 53 },
		{ "f407vg", false, 256 * 16 },
		{ "f407vg", true, 64 * 16 },
		{ "l152re", false, 2 * 3280 },
		{ "g071rb", false, 32 * 85 },
		{ "h743zi", false, 8 * 100 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct flash flash = flash_of(rows[i].part);

		flash.is_fast = rows[i].is_fast;
		assert_int_equal(flash_program_us(&flash, 256), rows[i].us);
		free(flash.cells);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(programming_follows_the_part),
		cmocka_unit_test(misalignment_poisons_until_reset),
		cmocka_unit_test(sectors_are_erased_alone),
		cmocka_unit_test(protected_sectors_stay),
		cmocka_unit_test(programming_takes_its_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
