/* SPDX-License-Identifier: MIT */
/* test_ladder.c - the rate that a board and its cable can do is found, and soon. */
#include "protocol/ladder.h"
#include "simulator/sim.h"

#include "tests/cmocka_all.h"

#include <string.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof(*(a)))

static const struct {
	uint32_t product_id, baud;
} limits[] = {
	{ 0x410, 230400 }, /* F1 */
	{ 0x413, 115200 }, /* F4 */
	{ 0x411, 115200 }, /* F2 */
	{ 0x449, 115200 }, /* F7 */
	{ 0x415, 115200 }, /* L4 */
	{ 0x437, 230400 }, /* L1 */
	{ 0x447, 230400 }, /* L0 */
	{ 0x440, 460800 }, /* F0 */
	{ 0x446, 230400 }, /* F3 */
	{ 0x432, 57600 },  /* F373, F378 */
	{ 0x422, 115200 }, /* F303, F358 */
	{ 0x450, 921600 }, /* H7 */
	{ 0x460, 921600 }, /* G0 */
	{ 0x482, 921600 }, /* U5 */
	{ 0x03F, 115200 }, /* WB0: another ROM */
};

static void a_limit_for_each_family(void **state)
{
	(void)state;
	assert_int_equal(ladder_limit(NULL), 115200);
	for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
		const struct chip *chip = chip_find(limits[i].product_id);

		assert_non_null(chip);
		if (ladder_limit(chip) != limits[i].baud)
			fail_msg("%X: %u", limits[i].product_id, ladder_limit(chip));
	}
	for (size_t i = 0; chip_at(i); i++)
		assert_in_range(ladder_limit(chip_at(i)), 57600, 921600);
}

static void steps_lead_down_to_an_end(void **state)
{
	uint32_t baud = 4000000;

	(void)state;
	for (uint32_t below; (below = ladder_below(baud)) != 0; baud = below)
		assert_true(below < baud);
	assert_int_equal(baud, 9600);
	assert_int_equal(ladder_below(921600), 460800);
	assert_int_equal(ladder_below(115200), 57600);
}

static const struct climb {
	const char *name, *part;
	uint32_t max_baud, known_good, known_chip;
	unsigned quirks;
	bool no_reset;
	uint32_t want;
	uint32_t most_ms; /* of virtual time */
} climbs[] = {
	{ "not known: from 115200 up", "h743zi", 0, 0, 0, 0, false, 921600, 2000 },
	{ "known part: at once", "h743zi", 0, 0, 0x450, 0, false, 921600, 1000 },
	{ "known rate: at once", "h743zi", 0, 460800, 0x450, 0, false, 460800, 1000 },
	{ "a cable for 460800", "h743zi", 460800, 0, 0x450, 0, false, 460800, 5000 },
	{ "a cable for 230400", "h743zi", 230400, 0, 0x450, 0, false, 230400, 9000 },
	{ "a cable for 115200, part not known", "g071rb", 115200, 0, 0, 0, false, 115200, 15000 },
	{ "what was good is so no more", "g071rb", 230400, 921600, 0x460, 0, false, 230400, 9000 },
	{ "a part that should do no more", "f407vg", 0, 0, 0, 0, false, 115200, 1000 },
	{ "F1", "f103rb", 0, 0, 0, 0, false, 230400, 2000 },
	{ "a ROM that can't measure 115200", "f103rb", 0, 0, 0, SIM_LIMIT_57600, false, 57600,
		9000 },
	{ "nobody can restart it", "h743zi", 0, 0, 0x450, 0, true, 115200, 1000 },
};

static void run_climb(const struct climb *c)
{
	const struct ladder ladder = { .known_good = c->known_good,
		.known_chip = chip_find(c->known_chip),
		.may_climb = !c->no_reset };
	const struct boot_options options = { .settings = { 9600, WIRE_8E1 }, .may_burst = true };
	struct sim *sim = sim_new(&(struct sim_options){ .part = c->part,
		.max_baud = c->max_baud,
		.add_quirks = c->quirks,
		.no_reset = c->no_reset,
		.starts_in_bootloader = c->no_reset,
		.seed = 3 });
	struct boot boot;
	struct why why = { 0 };
	uint8_t block[256], *cells;
	size_t len;

	assert_non_null(sim);
	boot_init(&boot, sim_wire(sim), sim_control(sim), &options);
	cells = sim_flash(sim, &len);
	memset(cells, 0xA5, sizeof(block));
	const uint64_t began_us = sim_now_us(sim);

	if (ladder_connect(&boot, &ladder, &why))
		fail_msg("%s: %s", c->name, why.what);
	if (boot.options.settings.baud != c->want)
		fail_msg("%s: %u baud", c->name, boot.options.settings.baud);
	if (sim_now_us(sim) - began_us > c->most_ms * 1000ull)
		fail_msg("%s: %u ms", c->name, (unsigned)((sim_now_us(sim) - began_us) / 1000));
	assert_true(boot.is_connected);
	assert_true(boot.bursts);
	assert_int_equal(boot.control.wait_ms, sim_control(sim).wait_ms);
	assert_int_equal(
		boot_read(&boot, boot.device.chip->flash_base, block, sizeof(block), NULL), ERR_OK);
	assert_memory_equal(block, cells, sizeof(block));
	sim_free(sim);
}

static void the_best_rate_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(climbs); i++)
		run_climb(&climbs[i]);
}

static void a_board_that_is_not_there(void **state)
{
	const struct ladder ladder = { .known_good = 921600, .may_climb = true };
	const struct boot_options options = { .settings = { 115200, WIRE_8E1 } };
	struct sim *sim =
		sim_new(&(struct sim_options){ .part = "h743zi", .add_quirks = SIM_DEAF });
	struct boot boot;
	struct why why = { 0 };

	(void)state;
	boot_init(&boot, sim_wire(sim), sim_control(sim), &options);
	assert_int_equal(ladder_connect(&boot, &ladder, &why), ERR_TIMEOUT);
	assert_non_null(why.what);
	assert_false(boot.is_connected);
	assert_true(sim_now_us(sim) < 20000000);
	sim_free(sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_limit_for_each_family),
		cmocka_unit_test(steps_lead_down_to_an_end),
		cmocka_unit_test(the_best_rate_is_found),
		cmocka_unit_test(a_board_that_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
