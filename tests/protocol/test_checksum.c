/* SPDX-License-Identifier: MIT */
/* test_checksum.c - Get Checksum: both readings of its ACKs, both polynomials, lost bytes. */
#include "protocol/crc.h"
#include "tests/protocol/bench.h"
#include "tests/protocol/scripted_wire.h"

#include "tests/cmocka_all.h"

#include <string.h>

/* The four ACKed words and the ACK of the command; the result is each case's own. */
#define ASKED                                                                                      \
	"> A1 5E < 79 > 08 00 00 00 08 < 79 > 00 00 00 04 04 < 79 > 04 C1 1D B7 6F < 79 "          \
	"> FF FF FF FF 00 < 79 "

static const struct {
	const char *name, *script;
	uint32_t want;
} answers[] = {
	{ "one ACK", ASKED "< 08 1B 46 CA 9F", 0x081B46CA },
	{ "two ACKs", ASKED "< 79 08 1B 46 CA 9F", 0x081B46CA },
	{ "one ACK, and the result begins like one", ASKED "< 79 11 22 33 79", 0x79112233 },
	{ "two ACKs, and the first five bytes are in order too", ASKED "< 79 01 02 03 79 79",
		0x01020379 },
	{ "two ACKs, and the result begins like one", ASKED "< 79 79 11 22 33 79", 0x79112233 },
};

static struct boot scripted_boot(struct scripted *s, const char *script)
{
	static const struct boot_options options = { .settings = { 115200, WIRE_8E1 },
		.resume_only = true };
	struct boot boot;

	scripted_init(s, script);
	boot_init(&boot, scripted_wire(s), scripted_control(s, 3500), &options);
	boot.is_connected = true;
	boot.device.commands[COMMAND_GET_CHECKSUM / 8] |= 1u << COMMAND_GET_CHECKSUM % 8;
	return boot;
}

static void both_readings_are_understood(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++) {
		struct scripted s;
		struct boot boot = scripted_boot(&s, answers[i].script);
		uint32_t crc = 0;
		struct why why = { 0 };
		const enum err e = boot_checksum(&boot, 0x08000000, 16, &crc, &why);

		if (e || crc != answers[i].want || !scripted_is_finished(&s))
			fail_msg("%s: %s, %08X", answers[i].name, err_name(e), crc);
	}
}

static const struct {
	const char *name;
	uint32_t addr, len;
	enum err want;
} refusals[] = {
	{ "no word", 0x08000000, 0, ERR_ALIGNMENT },
	{ "half a word", 0x08000000, 6, ERR_ALIGNMENT },
	{ "between two words", 0x08000002, 4, ERR_ALIGNMENT },
};

static void odd_ranges_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
		struct scripted s;
		struct boot boot = scripted_boot(&s, "");
		uint32_t crc;

		assert_int_equal(
			boot_checksum(&boot, refusals[i].addr, refusals[i].len, &crc, NULL),
			refusals[i].want);
	}
}

static void a_rom_without_it_is_not_asked(void **state)
{
	struct scripted s;
	struct boot boot = scripted_boot(&s, "");
	struct why why = { 0 };
	uint32_t crc;

	(void)state;
	memset(boot.device.commands, 0, sizeof(boot.device.commands));
	assert_int_equal(boot_checksum(&boot, 0x08000000, 4, &crc, &why), ERR_UNSUPPORTED);
	assert_int_equal(why.command, COMMAND_GET_CHECKSUM);
}

static const struct {
	const char *name;
	unsigned quirks;
	const char *fault; /* NULL: none */
} boards[] = {
	{ "as it is", 0, NULL },
	{ "one ACK", SIM_ONE_CHECKSUM_ACK, NULL },
	{ "a polynomial of its own", SIM_FIXED_POLYNOMIAL, NULL },
	{ "a request loses a byte", 0, "drop to-board nth=9" },
	{ "the result loses a byte", 0, "drop to-host nth=8" },
	{ "the result loses a byte, one ACK", SIM_ONE_CHECKSUM_ACK, "drop to-host nth=8" },
	{ "the result is spoilt", 0, "corrupt to-host nth=8 xor=0x10" },
	{ "it is refused once", 0, "nack checksum nth=1" },
};

static void boards_agree_with_crc_stm32(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(boards) / sizeof(*boards); i++) {
		const struct sim_options options = {
			.part = "c051c8", .seed = i + 1, .add_quirks = boards[i].quirks
		};
		struct bench bench;
		uint32_t crc = 0;
		enum err e;

		bench_open(&bench, &options);
		e = boot_connect(&bench.boot, &bench.why);
		assert_int_equal(e, ERR_OK);
		if (boards[i].fault)
			assert_true(sim_fault(bench.sim, "%s", boards[i].fault));
		e = boot_checksum(&bench.boot, 0x08000400, 40 * KIB, &crc, &bench.why);
		if (e ||
			crc !=
				crc_stm32(CRC_STM32_START,
					(struct span){ bench.cells + 0x400, 40 * KIB }))
			fail_msg("%s: %s %s", boards[i].name, err_name(e), bench.why.what);
		assert_int_equal(bench.boot.retries != 0, boards[i].fault != NULL);
		bench_assert_connection_is_true(&bench);
		bench_close(&bench);
	}
}

static void beyond_the_flash_is_refused_here(void **state)
{
	const struct sim_options options = { .part = "c051c8", .seed = 1 };
	struct bench bench;
	uint32_t crc;

	(void)state;
	bench_open(&bench, &options);
	assert_int_equal(boot_connect(&bench.boot, NULL), ERR_OK);
	assert_int_equal(boot_checksum(&bench.boot, 0x0800FFFC, 8, &crc, &bench.why), ERR_RANGE);
	assert_int_equal(bench.why.addr, 0x08010000);
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_readings_are_understood),
		cmocka_unit_test(odd_ranges_are_refused),
		cmocka_unit_test(a_rom_without_it_is_not_asked),
		cmocka_unit_test(boards_agree_with_crc_stm32),
		cmocka_unit_test(beyond_the_flash_is_refused_here),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
