/* SPDX-License-Identifier: MIT */
/*
 * test_option_bytes.c - option bytes by name: the tables hold together, a change touches what it
 * names, and what could lock a part is told before a byte is sent.
 */
#include "protocol/option_bytes.h"
#include "protocol/protection.h"
#include "simulator/parts.h"
#include "tests/protocol/bench.h"

#include "tests/cmocka_all.h"

#include <string.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof(*(a)))

static struct option_bytes blank(const struct chip *chip)
{
	struct option_bytes options = { .len = chip->option_bytes_len };

	memset(options.bytes, 0xFF, options.len);
	option_bytes_seal(chip, &options);
	return options;
}

/* No two fields of a part share a bit, a name or a complement; each can be set and read. */
static void every_field_stands_alone(void **state)
{
	const struct chip *chip;
	size_t parts = 0;

	(void)state;
	for (size_t i = 0; (chip = chip_at(i)); i++) {
		uint8_t taken[OPTION_BYTES_MAX] = { 0 };
		const struct option_field *field;

		for (size_t n = 0; (field = option_field_at(chip, n)); n++) {
			struct option_bytes options = blank(chip), before = options;

			if (option_field_find(chip, field->name) != field)
				fail_msg("%s has %s twice", chip->name, field->name);
			option_field_set(field, &options, 0);
			assert_int_equal(option_field_get(field, &options), 0);
			for (size_t b = 0; b < options.len; b++) {
				const uint8_t mine = options.bytes[b] ^ before.bytes[b];

				if (taken[b] & mine)
					fail_msg("%s: %s overlaps", chip->name, field->name);
				taken[b] |= mine;
			}
			assert_true(field->text[0] && strlen(field->name) < 24);
			/* Sealing leaves fields alone: none lies in a complement. */
			option_bytes_seal(chip, &options);
			assert_int_equal(option_field_get(field, &options), 0);
			option_field_set(field, &options, option_field_max(field));
			assert_true(option_field_exists(field->name));
		}
		parts += option_field_at(chip, 0) != NULL;
		/* A part can be written by name where its readout level can be judged. */
		assert_int_equal(option_field_at(chip, 0) != NULL, protection_has_layout(chip));
		if (option_field_at(chip, 0))
			assert_int_equal(option_field_at(chip, 0)->risk, OPTION_READOUT);
	}
	assert_true(parts > 50);
	assert_false(option_field_exists("nBOOT7"));
}

/* As the reference manuals have them. */
static const struct {
	const char *name;
	uint32_t product_id;
	const char *field;
	uint32_t value;
	uint8_t at, bytes[4]; /* what is there, from a blank area on */
} places[] = {
	{ "F103 user byte and its complement", 0x410, "nRST_STOP", 0, 2,
		{ 0xFD, 0x02, 0xFF, 0x00 } },
	{ "F072", 0x448, "nBOOT1", 0, 2, { 0xEF, 0x10, 0xFF, 0x00 } },
	{ "F407, no complement", 0x413, "BOR_LEV", 0, 0, { 0xF3, 0xFF, 0xFF, 0xFF } },
	{ "F407, the level is the second byte", 0x413, "RDP", 0xAA, 0, { 0xFF, 0xAA, 0xFF, 0xFF } },
	{ "L152, two bytes each", 0x437, "nBFB2", 0, 4, { 0x7F, 0xFF, 0x80, 0x00 } },
	{ "L476, four", 0x415, "nBOOT1", 0, 0, { 0xFF, 0xFF, 0x7F, 0xFF } },
	{ "L476, their complements", 0x415, "nBOOT1", 0, 4, { 0x00, 0x00, 0x80, 0x00 } },
	{ "G071", 0x460, "nBOOT_SEL", 0, 0, { 0xFF, 0xFF, 0xFF, 0xFE } },
	{ "F746", 0x449, "BOOT_ADD0", 0x0040, 16, { 0x40, 0x00, 0xFF, 0xFF } },
	{ "WB55", 0x495, "BOR_LEV", 0, 0, { 0xFF, 0xF1, 0xFF, 0xFF } },
};

static void fields_lie_where_the_manuals_have_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		const struct chip *chip = chip_find(places[i].product_id);
		const struct option_field *field = option_field_find(chip, places[i].field);
		struct option_bytes options = blank(chip);

		assert_non_null(field);
		option_field_set(field, &options, places[i].value);
		option_bytes_seal(chip, &options);
		if (memcmp(options.bytes + places[i].at, places[i].bytes, 4) != 0)
			fail_msg("%s", places[i].name);
	}
}

static const struct {
	const char *name;
	uint32_t product_id;
	const char *field; /* "": a bit of no field */
	uint32_t from, to;
	unsigned said;
	enum err want;
	unsigned missing;
} checks[] = {
	{ "plain", 0x410, "nRST_STOP", 1, 0, 0, ERR_OK, 0 },
	{ "the same", 0x410, "RDP", 0xA5, 0xA5, 0, ERR_OK, 0 },
	{ "protect", 0x410, "RDP", 0xA5, 0, 0, ERR_UNCONFIRMED, OPTION_PROTECT_READOUT },
	{ "protect, said", 0x410, "RDP", 0xA5, 0, OPTION_PROTECT_READOUT, ERR_OK, 0 },
	{ "protect, wrong words", 0x410, "RDP", 0xA5, 0, OPTION_ERASE_EVERYTHING, ERR_UNCONFIRMED,
		OPTION_PROTECT_READOUT },
	{ "take off", 0x448, "RDP", 0, 0xAA, 0, ERR_UNCONFIRMED, OPTION_ERASE_EVERYTHING },
	{ "take off, said", 0x448, "RDP", 0, 0xAA, OPTION_ERASE_EVERYTHING, ERR_OK, 0 },
	{ "level 2, all words", 0x448, "RDP", 0xAA, 0xCC, ~0u, ERR_IRREVERSIBLE, 0 },
	{ "level 2 from 1", 0x413, "RDP", 0, 0xCC, ~0u, ERR_IRREVERSIBLE, 0 },
	{ "F1 has no level 2", 0x410, "RDP", 0xA5, 0xCC, ~0u, ERR_OK, 0 },
	{ "boot", 0x448, "nBOOT1", 1, 0, 0, ERR_UNCONFIRMED, OPTION_LOSE_BOOTLOADER },
	{ "boot, said", 0x448, "nBOOT1", 1, 0, OPTION_LOSE_BOOTLOADER, ERR_OK, 0 },
	{ "boot lock, all words", 0x460, "BOOT_LOCK", 0, 1, ~0u, ERR_IRREVERSIBLE, 0 },
	{ "boot lock, off", 0x460, "BOOT_LOCK", 1, 0, 0, ERR_UNCONFIRMED, OPTION_LOSE_BOOTLOADER },
	{ "no name", 0x413, "", 1, 0, 0, ERR_UNCONFIRMED, OPTION_CHANGE_UNNAMED },
	{ "no name, said", 0x413, "", 1, 0, OPTION_CHANGE_UNNAMED, ERR_OK, 0 },
};

static void what_costs_something_needs_its_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
		const struct chip *chip = chip_find(checks[i].product_id);
		const struct option_field *field = option_field_find(chip, checks[i].field);
		struct option_bytes from = blank(chip), to = from;
		unsigned missing = 99;

		if (field) {
			option_field_set(field, &from, checks[i].from);
			to = from;
			option_field_set(field, &to, checks[i].to);
		} else {
			to.bytes[4] ^= 1;
		}
		if (option_bytes_check(chip, &from, &to, checks[i].said, &missing, NULL) !=
				checks[i].want ||
			missing != checks[i].missing)
			fail_msg("%s: missing %u", checks[i].name, missing);
	}
}

static void registers_and_strangers_are_left_alone(void **state)
{
	const struct option_bytes none = { 0 };
	unsigned missing;

	(void)state;
	assert_int_equal(option_bytes_check(chip_find(0x482), &none, &none, ~0u, &missing, NULL),
		ERR_UNSUPPORTED);
	assert_int_equal(option_bytes_check(chip_find(0x9A8), &none, &none, ~0u, &missing, NULL),
		ERR_UNSUPPORTED);
	assert_int_equal(
		option_bytes_check(NULL, &none, &none, ~0u, &missing, NULL), ERR_UNSUPPORTED);
}

/* On every simulated part that has them in memory: read, a watchdog bit changed, read again. */
static void every_part_takes_a_change(void **state)
{
	size_t changed = 0;

	(void)state;
	for (size_t i = 0; i < part_count(); i++) {
		const struct sim_options options = { .part = part_at(i)->name, .seed = 5 };
		struct option_bytes is, to;
		const struct option_field *field;
		struct bench bench;
		enum err e;

		bench_open(&bench, &options);
		bench.boot.options.settings.baud = 57600;
		assert_int_equal(boot_connect(&bench.boot, NULL), ERR_OK);
		e = option_bytes_read(&is, &bench.boot, NULL, NULL);
		const struct chip *chip = bench.boot.device.chip;

		if (!protection_has_layout(chip)) {
			assert_int_equal(e, ERR_UNSUPPORTED);
			bench_close(&bench);
			continue;
		}
		assert_int_equal(e, ERR_OK);
		assert_int_equal(option_bytes_level(chip, &is), 0);
		field = option_field_find(chip, "nRST_STOP");
		to = is;
		option_field_set(field, &to, 0);
		option_bytes_seal(chip, &to);
		assert_int_equal(
			boot_write_options(&bench.boot, (struct span){ to.bytes, to.len }, NULL),
			ERR_OK);
		assert_false(bench.boot.is_connected);
		assert_int_equal(boot_connect(&bench.boot, NULL), ERR_OK);
		assert_int_equal(option_bytes_read(&is, &bench.boot, NULL, NULL), ERR_OK);
		if (!option_bytes_equal(chip, &is, &to) || option_field_get(field, &is))
			fail_msg("%s: it did not take", options.part);
		changed++;
		bench_close(&bench);
	}
	assert_true(changed > 15);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_stands_alone),
		cmocka_unit_test(fields_lie_where_the_manuals_have_them),
		cmocka_unit_test(what_costs_something_needs_its_words),
		cmocka_unit_test(registers_and_strangers_are_left_alone),
		cmocka_unit_test(every_part_takes_a_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
