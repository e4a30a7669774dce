/* SPDX-License-Identifier: MIT */
/* test_crc.c - the test values of docs/facts/an3155.md section 4, 0xA1. */
#include "protocol/crc.h"

#include "tests/cmocka_all.h"

static const struct {
	const char *name;
	uint8_t bytes[16];
	size_t len;
	uint32_t want;
} cases[] = {
	{ "nothing", { 0 }, 0, CRC_STM32_START },
	{ "00 to 0F", { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 }, 16, 0x081B46CA },
	{ "16 times FF",
		{ 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 },
		16, 0xA79C3203 },
	{ "4 times 00", { 0 }, 4, 0xC704DD7B },
	{ "12345678", { '1', '2', '3', '4', '5', '6', '7', '8' }, 8, 0xFEFC54F9 },
};

static void values_of_the_document(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct span bytes = { cases[i].bytes, cases[i].len };
		const uint32_t crc = crc_stm32(CRC_STM32_START, bytes);

		if (crc != cases[i].want)
			fail_msg("%s: %08X", cases[i].name, crc);
	}
}

static void pieces_give_the_same(void **state)
{
	const uint8_t *bytes = cases[1].bytes;

	(void)state;
	for (size_t cut = 0; cut <= 16; cut += 4) {
		const uint32_t first = crc_stm32(CRC_STM32_START, (struct span){ bytes, cut });
		const struct span rest = { bytes + cut, 16 - cut };

		assert_int_equal(crc_stm32(first, rest), cases[1].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_of_the_document),
		cmocka_unit_test(pieces_give_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
