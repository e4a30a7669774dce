/* SPDX-License-Identifier: MIT */
/* test_frame.c - requests against the bytes of docs/facts/an3155.md section 4. */
#include "protocol/frame.h"

#include "tests/cmocka_all.h"

#include <string.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof(*(a)))

static const struct {
	uint8_t command, bytes[2];
	const char *name;
} commands[] = {
	{ COMMAND_GET, { 0x00, 0xFF }, "Get" },
	{ COMMAND_GET_VERSION, { 0x01, 0xFE }, "Get Version" },
	{ COMMAND_GET_ID, { 0x02, 0xFD }, "Get ID" },
	{ COMMAND_READ_MEMORY, { 0x11, 0xEE }, "Read Memory" },
	{ COMMAND_GO, { 0x21, 0xDE }, "Go" },
	{ COMMAND_WRITE_MEMORY, { 0x31, 0xCE }, "Write Memory" },
	{ COMMAND_ERASE, { 0x43, 0xBC }, "Erase" },
	{ COMMAND_EXTENDED_ERASE, { 0x44, 0xBB }, "Extended Erase" },
	{ COMMAND_SPECIAL, { 0x50, 0xAF }, "Special" },
	{ COMMAND_EXTENDED_SPECIAL, { 0x51, 0xAE }, "Extended Special" },
	{ COMMAND_WRITE_PROTECT, { 0x63, 0x9C }, "Write Protect" },
	{ COMMAND_WRITE_UNPROTECT, { 0x73, 0x8C }, "Write Unprotect" },
	{ COMMAND_READOUT_PROTECT, { 0x82, 0x7D }, "Readout Protect" },
	{ COMMAND_READOUT_UNPROTECT, { 0x92, 0x6D }, "Readout Unprotect" },
	{ COMMAND_GET_CHECKSUM, { 0xA1, 0x5E }, "Get Checksum" },
	{ 0x55, { 0x55, 0xAA }, "unknown command" },
};

static void every_command_is_code_and_complement(void **state)
{
	uint8_t out[FRAME_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		assert_int_equal(frame_command(out, commands[i].command), 2);
		assert_memory_equal(out, commands[i].bytes, 2);
		assert_string_equal(frame_command_name(commands[i].command), commands[i].name);
	}
}

static const struct {
	uint32_t addr;
	uint8_t bytes[5];
} addresses[] = {
	{ 0x08000000, { 0x08, 0x00, 0x00, 0x00, 0x08 } },
	{ 0x00000000, { 0x00, 0x00, 0x00, 0x00, 0x00 } },
	{ 0x1FFFF7E0, { 0x1F, 0xFF, 0xF7, 0xE0, 0xF7 } },
	{ 0xFFFF0000, { 0xFF, 0xFF, 0x00, 0x00, 0x00 } },
	{ 0x12345678, { 0x12, 0x34, 0x56, 0x78, 0x08 } },
};

static void addresses_go_most_significant_byte_first(void **state)
{
	uint8_t out[FRAME_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
		assert_int_equal(frame_address(out, addresses[i].addr), 5);
		assert_memory_equal(out, addresses[i].bytes, 5);
	}
}

static const struct {
	size_t len;
	uint8_t bytes[2];
} lengths[] = {
	{ 1, { 0x00, 0xFF } },
	{ 2, { 0x01, 0xFE } },
	{ 128, { 0x7F, 0x80 } },
	{ 256, { 0xFF, 0x00 } },
};

static void a_length_is_one_less_and_its_complement(void **state)
{
	uint8_t out[FRAME_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
		assert_int_equal(frame_length(out, lengths[i].len), 2);
		assert_memory_equal(out, lengths[i].bytes, 2);
	}
}

static void a_payload_is_counted_and_checked(void **state)
{
	static const uint8_t four[] = { 0xDE, 0xAD, 0xBE, 0xEF };
	static const uint8_t want[] = { 0x03, 0xDE, 0xAD, 0xBE, 0xEF, 0x21 };
	uint8_t out[FRAME_MAX], full[FRAME_MAX_DATA];

	(void)state;
	assert_int_equal(frame_payload(out, (struct span){ four, sizeof(four) }), sizeof(want));
	assert_memory_equal(out, want, sizeof(want));
	memset(full, 0x55, sizeof(full));
	assert_int_equal(frame_payload(out, (struct span){ full, sizeof(full) }), 258);
	assert_int_equal(out[0], 0xFF);
	assert_int_equal(out[257], 0xFF); /* 256 equal bytes cancel out: N is left */
}

/* Section 4, 0x43, 0x44, 0x63. */
static const struct {
	const char *name;
	bool is_extended;
	uint32_t first;
	size_t count;
	uint8_t bytes[12];
	size_t len;
} erases[] = {
	{ "one page", false, 5, 1, { 0x00, 0x05, 0x05 }, 3 },
	{ "the last page", false, 255, 1, { 0x00, 0xFF, 0xFF }, 3 },
	{ "three pages", false, 1, 3, { 0x02, 1, 2, 3, 0x02 }, 5 },
	{ "one page", true, 5, 1, { 0, 0, 0, 5, 5 }, 5 },
	{ "across 255", true, 255, 2, { 0, 1, 0, 0xFF, 1, 0, 0xFF }, 7 },
};

static void erase_lists_are_exact(void **state)
{
	uint8_t out[FRAME_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(erases); i++) {
		const size_t len = erases[i].is_extended
			? frame_extended_erase(out, erases[i].first, erases[i].count)
			: frame_erase(out, erases[i].first, erases[i].count);

		assert_int_equal(len, erases[i].len);
		assert_memory_equal(out, erases[i].bytes, len);
	}
}

static void mass_erases_are_the_reserved_codes(void **state)
{
	uint8_t out[FRAME_MAX];

	(void)state;
	assert_int_equal(frame_erase_all(out), 2);
	assert_memory_equal(out, "\xFF\x00", 2);
	assert_int_equal(frame_extended_erase_special(out, EXTENDED_ERASE_MASS), 3);
	assert_memory_equal(out, "\xFF\xFF\x00", 3);
	assert_int_equal(frame_extended_erase_special(out, EXTENDED_ERASE_BANK1), 3);
	assert_memory_equal(out, "\xFF\xFE\x01", 3);
	assert_int_equal(frame_extended_erase_special(out, EXTENDED_ERASE_BANK2), 3);
	assert_memory_equal(out, "\xFF\xFD\x02", 3);
}

/* Section 3, rule 2: XOR over a block with its checksum is 0, whatever the block. */
static void every_block_checks_to_zero(void **state)
{
	uint8_t out[FRAME_MAX], data[FRAME_MAX_DATA];

	(void)state;
	for (size_t n = 1; n <= FRAME_MAX_DATA; n++) {
		const struct span span = { data, n };
		size_t len;

		data[n - 1] = (uint8_t)(n * 37);
		len = frame_payload(out, span);
		assert_int_equal(frame_xor((struct span){ out, len }), 0);
		len = frame_write_protect(out, span);
		assert_int_equal(frame_xor((struct span){ out, len }), 0);
		len = frame_extended_erase(out, (uint32_t)n, n);
		assert_int_equal(frame_xor((struct span){ out, len }), 0);
		assert_int_equal(len, 2 * n + 3);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_command_is_code_and_complement),
		cmocka_unit_test(addresses_go_most_significant_byte_first),
		cmocka_unit_test(a_length_is_one_less_and_its_complement),
		cmocka_unit_test(a_payload_is_counted_and_checked),
		cmocka_unit_test(erase_lists_are_exact),
		cmocka_unit_test(mass_erases_are_the_reserved_codes),
		cmocka_unit_test(every_block_checks_to_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
