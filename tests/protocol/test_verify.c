/* SPDX-License-Identifier: MIT */
/* test_verify.c - what is compared after a flash, and what a comparison finds. */
#include "simulator/parts.h"
#include "tests/protocol/bench.h"

#include "tests/cmocka_all.h"

#include <string.h>

static const struct {
	const char *name;
	enum plan_verify verify;
} ways[] = {
	{ "auto", PLAN_VERIFY_AUTO },
	{ "read", PLAN_VERIFY_READ },
	{ "crc", PLAN_VERIFY_CRC },
	{ "none", PLAN_VERIFY_NONE },
};

static void open_with_image(struct bench *bench, const struct sim_options *options)
{
	bench_open(bench, options);
	if (part_find(options->part)->quirks & SIM_LIMIT_57600)
		bench->boot.options.settings.baud = 57600;
	assert_int_equal(boot_connect(&bench->boot, NULL), ERR_OK);
	bench_add(bench, bench_chip(bench), 0, 5000, 1);
	bench_add(bench, bench_chip(bench), 9000, 3001, 2);
}

static enum plan_verify come_to(const struct bench *bench, enum plan_verify verify)
{
	if (verify == PLAN_VERIFY_AUTO)
		return device_has(&bench->boot.device, COMMAND_GET_CHECKSUM) ? PLAN_VERIFY_CRC
									     : PLAN_VERIFY_READ;
	return verify;
}

static void check_part(const struct part *part, size_t way)
{
	/* an erase that is not waited for is another test's */
	const struct sim_options options = {
		.part = part->name, .seed = 5, .drop_quirks = SIM_EARLY_ERASE_ACK
	};
	const struct plan_options plan = {
		.verify = ways[way].verify, .start = PLAN_START_NONE, .baud = 115200
	};
	struct bench bench;
	enum err e;

	open_with_image(&bench, &options);
	e = bench_flash(&bench, &plan);
	if (plan.verify == PLAN_VERIFY_CRC && !part_has_command(part, COMMAND_GET_CHECKSUM)) {
		assert_int_equal(e, ERR_UNSUPPORTED);
		assert_int_equal(sim_erases(bench.sim), 0);
	} else if (e) {
		fail_msg("%s, %s: %s at %X", part->name, ways[way].name, bench.why.what,
			bench.why.addr);
	} else {
		bench_assert_flashed(&bench);
		assert_int_equal(bench.plan.verified, come_to(&bench, plan.verify));
		assert_int_equal(bench.run.unsure_len, 0);
	}
	bench_close(&bench);
}

static void every_part_in_every_way(void **state)
{
	(void)state;
	for (size_t i = 0; i < part_count(); i++) {
		for (size_t way = 0; way < sizeof(ways) / sizeof(*ways); way++)
			check_part(part_at(i), way);
	}
}

static uint32_t first_not_blank(const struct bench *bench, uint32_t addr)
{
	const struct chip *chip = bench_chip(bench);
	size_t len;
	const uint8_t *cells = sim_flash(bench->sim, &len);

	while (cells[addr - chip->flash_base] == chip->erased)
		addr++;
	return addr;
}

/* Sectors whose erase does nothing, where the image has few bytes or none but blank ones. */
static void an_erase_that_lied_is_found(void **state)
{
	static const char *const parts[] = { "f103rb", "f407vg", "l053r8", "l152re", "g071rb",
		"c051c8" };

	(void)state;
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		const struct sim_options options = { .part = parts[i], .seed = 5 };
		const struct plan_options plan = { .baud = 115200 };
		struct sector sector;
		struct bench bench;
		uint32_t first;
		enum err e;

		bench_open(&bench, &options);
		assert_int_equal(boot_connect(&bench.boot, NULL), ERR_OK);
		sector = chip_sector(bench_chip(&bench), 2);
		bench_add(&bench, bench_chip(&bench), 0, 64, 1);
		bench_add(&bench, bench_chip(&bench), sector.addr - bench_chip(&bench)->flash_base,
			sector.len, 2);
		memset(bench.bytes + bench.segments[1].addr - bench_chip(&bench)->flash_base,
			bench_chip(&bench)->erased, sector.len);
		assert_true(sim_fault(bench.sim, "lie sector=2"));
		first = first_not_blank(&bench, sector.addr);
		e = bench_flash(&bench, &plan);
		if (e != ERR_VERIFY || bench.why.addr != first)
			fail_msg("%s: %s at %X", parts[i], err_name(e), bench.why.addr);
		assert_int_equal(bench.why.expected, bench_chip(&bench)->erased);
		assert_int_not_equal(bench.why.found, bench.why.expected);
		bench_close(&bench);
	}
}

static void a_wrong_checksum_is_traced_to_its_byte(void **state)
{
	const struct sim_options options = { .part = "c051c8", .seed = 5 };
	const struct plan_options plan = { .baud = 115200 };
	struct bench bench;
	uint32_t at = 4097;

	(void)state;
	open_with_image(&bench, &options);
	while (bench.bytes[at] & 8)
		at++;
	assert_true(sim_fault(bench.sim, "stuck addr=0x%08X bit=3 value=1", 0x08000000 + at));
	assert_int_equal(bench_flash(&bench, &plan), ERR_VERIFY);
	assert_int_equal(bench.why.addr, 0x08000000 + at);
	assert_int_equal(bench.why.expected, bench.bytes[at]);
	assert_int_equal(bench.why.found, bench.bytes[at] | 8);
	bench_close(&bench);
}

static void a_mass_erase_that_is_refused_goes_sector_by_sector(void **state)
{
	const struct sim_options options = { .part = "f030r8", .seed = 5 };
	const struct plan_options plan = { .baud = 115200 };
	struct bench bench;

	(void)state;
	bench_open(&bench, &options);
	assert_int_equal(boot_connect(&bench.boot, NULL), ERR_OK);
	bench_add(&bench, bench_chip(&bench), 0, (uint32_t)bench.flash_len, 1);
	assert_true(sim_fault(bench.sim, "nack erase nth=1"));
	assert_int_equal(bench_flash(&bench, &plan), ERR_OK);
	assert_int_equal(bench.plan.steps[0].kind, STEP_MASS_ERASE);
	assert_int_equal(sim_erases(bench.sim), 4); /* 16 sectors a request */
	bench_assert_flashed(&bench);
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_part_in_every_way),
		cmocka_unit_test(an_erase_that_lied_is_found),
		cmocka_unit_test(a_wrong_checksum_is_traced_to_its_byte),
		cmocka_unit_test(a_mass_erase_that_is_refused_goes_sector_by_sector),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
