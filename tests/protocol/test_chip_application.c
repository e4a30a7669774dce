/* SPDX-License-Identifier: MIT */
/* test_chip_application.c - what looks like a program: docs/facts/an3155.md section 11. */
#include "protocol/chip.h"

#include "tests/cmocka_all.h"

#include <string.h>

#define WORDS 20
#define F103 0x410
#define F407 0x413
#define H743 0x450
#define H563 0x484

/* A good start: reset at +41, the handlers at +45. */
#define TABLE(sp, base)                                                                            \
	{                                                                                          \
		sp, (base) + 0x41, (base) + 0x45, (base) + 0x45                                    \
	}

static const struct {
	const char *name;
	uint32_t product_id;
	uint32_t addr;
	uint32_t word[4];
	size_t words; /* 0: all */
	enum err want;
	uint32_t where;
} cases[] = {
	{ "stack at the end of RAM", F103, 0x08000000, TABLE(0x20005000, 0x08000000), 0, ERR_OK,
		0 },
	{ "stack within", F103, 0x08000000, TABLE(0x20000404, 0x08000000), 0, ERR_OK, 0 },
	{ "at an offset", F103, 0x08002000, TABLE(0x20005000, 0x08002000), 0, ERR_OK, 0 },
	{ "CCM", F407, 0x08000000, TABLE(0x10010000, 0x08000000), 0, ERR_OK, 0 },
	{ "AXI RAM", H743, 0x08000000, TABLE(0x24080000, 0x08000000), 0, ERR_OK, 0 },
	{ "D2 RAM", H743, 0x08000000, TABLE(0x30020000, 0x08000000), 0, ERR_OK, 0 },
	{ "secure alias", H563, 0x08000000, TABLE(0x300A0000, 0x08000000), 0, ERR_OK, 0 },
	{ "two vectors are enough", F103, 0x08000000, { 0x20005000, 0x08000101 }, 2, ERR_OK, 0 },
	{ "reset beyond the image, in flash", F103, 0x08000000, TABLE(0x20005000, 0x08001000), 0,
		ERR_OK, 0 },

	{ "stack past the end", F103, 0x08000000, TABLE(0x20005004, 0x08000000), 0,
		ERR_NOT_APPLICATION, 0x08000000 },
	{ "an F407's program", F103, 0x08000000, TABLE(0x20020000, 0x08000000), 0,
		ERR_NOT_APPLICATION, 0x08000000 },
	{ "stack at the base", F103, 0x08000000, TABLE(0x20000000, 0x08000000), 0,
		ERR_NOT_APPLICATION, 0x08000000 },
	{ "stack not aligned", F103, 0x08000000, TABLE(0x20001002, 0x08000000), 0,
		ERR_NOT_APPLICATION, 0x08000000 },
	{ "CCM on a part without", F103, 0x08000000, TABLE(0x10001000, 0x08000000), 0,
		ERR_NOT_APPLICATION, 0x08000000 },
	{ "MCUboot header", F103, 0x08000000, { 0x96F3B83D, 0, 0x200, 0x4000 }, 0,
		ERR_NOT_APPLICATION, 0x08000000 },
	{ "blank", F103, 0x08000000, { ~0u, ~0u, ~0u, ~0u }, 0, ERR_NOT_APPLICATION, 0x08000000 },
	{ "zeros", F103, 0x08000000, { 0 }, 0, ERR_NOT_APPLICATION, 0x08000000 },
	{ "even reset vector", F103, 0x08000000, { 0x20005000, 0x08000100 }, 0, ERR_NOT_APPLICATION,
		0x08000004 },
	{ "reset past the flash", F103, 0x08000000, { 0x20005000, 0x08020001 }, 0,
		ERR_NOT_APPLICATION, 0x08000004 },
	{ "reset in the alias at 0", F103, 0x08000000, { 0x20005000, 0x00000101 }, 0,
		ERR_NOT_APPLICATION, 0x08000004 },
	{ "reset in the table", F103, 0x08000000, { 0x20005000, 0x08000005 }, 0,
		ERR_NOT_APPLICATION, 0x08000004 },
	{ "reset before the image", F103, 0x08004000, { 0x20005000, 0x08000101 }, 0,
		ERR_NOT_APPLICATION, 0x08004004 },
	{ "even NMI vector", F103, 0x08000000, { 0x20005000, 0x08000101, 0x08000100 }, 0,
		ERR_NOT_APPLICATION, 0x08000008 },
	{ "HardFault outside flash", F103, 0x08000000,
		{ 0x20005000, 0x08000101, 0x08000101, 0x20000001 }, 0, ERR_NOT_APPLICATION,
		0x0800000C },
	{ "a single word", F103, 0x08000000, { 0x20005000 }, 1, ERR_NOT_APPLICATION, 0x08000000 },
	{ "not in flash", F103, 0x1FFFF800, { 0x00FF5AA5 }, 2, ERR_NOT_APPLICATION, 0x08000000 },
	{ "beyond the flash", F103, 0x08020000, TABLE(0x20005000, 0x08020000), 0,
		ERR_NOT_APPLICATION, 0x08000000 },
};

static void put_words(uint8_t *out, const uint32_t *words, size_t count)
{
	for (size_t i = 0; i < 4 * count; i++)
		out[i] = (uint8_t)(words[i / 4] >> 8 * (i % 4));
}

static void every_case(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct chip *chip = chip_find(cases[i].product_id);
		uint8_t bytes[4 * WORDS] = { 0 };
		struct segment segment = { cases[i].addr,
			{ bytes, 4 * (cases[i].words ? cases[i].words : WORDS) } };
		const struct image image = { .segments = &segment, .count = 1 };
		struct why why = { 0 };

		put_words(bytes, cases[i].word, 4);
		const enum err e = chip_check_application(chip, chip->flash_bytes, &image, &why);

		if (e != cases[i].want)
			fail_msg("%s: %s", cases[i].name, err_name(e));
		assert_int_equal(why.addr, cases[i].where);
		assert_int_equal(why.has_addr, e != ERR_OK);
		assert_true(!e == !why.what);
	}
}

/* Option bytes above flash and data below it do not count. */
static void the_lowest_segment_in_flash_is_looked_at(void **state)
{
	const struct chip *chip = chip_find(F103);
	const uint32_t words[] = { 0x20005000, 0x08001009 };
	uint8_t good[8], other[16] = { 0 };
	struct segment segments[] = {
		{ 0x00000000, { other, 16 } },
		{ 0x08001000, { good, 8 } },
		{ 0x1FFFF800, { other, 16 } },
	};
	const struct image image = { .segments = segments, .count = 3 };

	(void)state;
	put_words(good, words, 2);
	assert_int_equal(chip_check_application(chip, chip->flash_bytes, &image, NULL), ERR_OK);
	assert_int_equal(chip_check_application(chip, 4 * KIB, &image, NULL), ERR_NOT_APPLICATION);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case),
		cmocka_unit_test(the_lowest_segment_in_flash_is_looked_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
