/* SPDX-License-Identifier: MIT */
/* test_record.c - an image against the one that the chip was last flashed with. */
#include "server/job_record.h"

#include "tests/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#define BASE 0x08000000u
#define PAGE 1024u
#define PAGES 4u

/* What is changed in an image of PAGES pages, and what each page is then. */
static const struct {
	const char *name;
	uint32_t old_len, at;
	bool changes;
	enum verdict want[PAGES + 1];
} cases[] = {
	{ "the same", PAGES *PAGE, 0, false,
		{ VERDICT_SAME, VERDICT_SAME, VERDICT_SAME, VERDICT_SAME, VERDICT_UNKNOWN } },
	{ "its last byte", PAGES *PAGE, PAGES *PAGE - 1, true,
		{ VERDICT_SAME, VERDICT_SAME, VERDICT_SAME, VERDICT_DIFFERS, VERDICT_UNKNOWN } },
	{ "a byte of the second page", PAGES *PAGE, PAGE, true,
		{ VERDICT_SAME, VERDICT_DIFFERS, VERDICT_SAME, VERDICT_SAME, VERDICT_UNKNOWN } },
	{ "the old one was shorter", 2 * PAGE, 0, false,
		{ VERDICT_SAME, VERDICT_SAME, VERDICT_UNKNOWN, VERDICT_UNKNOWN, VERDICT_UNKNOWN } },
	{ "the old one ended within a page", 2 * PAGE + 10, 0, false,
		{ VERDICT_SAME, VERDICT_SAME, VERDICT_DIFFERS, VERDICT_UNKNOWN, VERDICT_UNKNOWN } },
	{ "the old one was longer", (PAGES + 1) * PAGE, 0, false,
		{ VERDICT_SAME, VERDICT_SAME, VERDICT_SAME, VERDICT_SAME, VERDICT_UNKNOWN } },
};

static void every_case(void **state)
{
	const struct device device = { .chip = chip_find(0x410), .flash_bytes = 128 * KIB };
	uint8_t old_bytes[(PAGES + 1) * PAGE], new_bytes[PAGES * PAGE];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct segment old_segment = { BASE, { old_bytes, cases[i].old_len } };
		struct segment new_segment = { BASE, { new_bytes, sizeof(new_bytes) } };
		const struct image old = { .segments = &old_segment, .count = 1 };
		const struct image new = { .segments = &new_segment, .count = 1 };
		uint8_t bits[CHIP_MAX_SECTORS / 8];
		struct survey recalled;

		print_message("%s\n", cases[i].name);
		for (size_t k = 0; k < sizeof(old_bytes); k++)
			old_bytes[k] = (uint8_t)(k * 7);
		memcpy(new_bytes, old_bytes, sizeof(new_bytes));
		new_bytes[cases[i].at] ^= cases[i].changes;
		assert_true(record_compare(&recalled, &old, &new, &device));
		assert_int_equal(recalled.count, 128);
		record_differs(&recalled, bits);
		for (size_t k = 0; k <= PAGES; k++) {
			assert_int_equal(recalled.verdicts[k], cases[i].want[k]);
			assert_int_equal(
				bits[k / 8] >> k % 8 & 1, cases[i].want[k] == VERDICT_DIFFERS);
		}
		free(recalled.verdicts);
	}
}

static void an_unknown_part_has_no_sectors(void **state)
{
	const struct device device = { .flash_bytes = 128 * KIB };
	const struct image none = { 0 };
	struct survey recalled;

	(void)state;
	assert_false(record_compare(&recalled, &none, &none, &device));
	assert_null(recalled.verdicts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case),
		cmocka_unit_test(an_unknown_part_has_no_sectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
