/* SPDX-License-Identifier: MIT */
/* test_latency.c - adapters that hold each answer: measured, and read so that none is held. */
#include "protocol/boot.h"
#include "simulator/sim.h"

#include "tests/cmocka_all.h"

#include <string.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof(*(a)))

enum { BYTES = 64 * 1024, BITS_PER_BYTE = 11, BAUD = 115200 };

struct desk {
	struct sim *sim;
	struct boot boot;
};

static void connect_to(struct desk *desk, const char *part, uint32_t latency_us, bool may_burst)
{
	const struct boot_options options = { .settings = { BAUD, WIRE_8E1 },
		.may_burst = may_burst };
	struct why why = { 0 };

	desk->sim = sim_new(
		&(struct sim_options){ .part = part, .adapter_latency_us = latency_us, .seed = 5 });
	assert_non_null(desk->sim);
	boot_init(&desk->boot, sim_wire(desk->sim), sim_control(desk->sim), &options);
	if (boot_connect(&desk->boot, &why))
		fail_msg("%s: %s", part, why.what);
}

/* percent: of the line's own time for 268 bytes each 256, what a read of 64 KiB may take. */
static const struct {
	const char *part;
	uint32_t latency_us;
	bool may_burst;
	size_t read_size;
	unsigned most_percent;
} cases[] = {
	{ "f103rb", 0, false, 256, 101 },
	{ "f103rb", 0, true, 256, 101 },
	{ "f103rb", 1000, false, 256, 114 },
	{ "f103rb", 1000, true, 256, 105 },
	{ "f103rb", 16000, false, 247, 232 },
	{ "f103rb", 16000, true, 245, 101 },
	{ "f407vg", 16000, true, 245, 101 },
};

static void an_answer_fills_whole_packets(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const uint64_t line_us = BYTES / 256 * 268ull * BITS_PER_BYTE * 1000000 / BAUD;
		struct desk desk;
		uint8_t block[256], *cells;
		size_t len;

		connect_to(&desk, cases[i].part, cases[i].latency_us, cases[i].may_burst);
		cells = sim_flash(desk.sim, &len);
		for (size_t at = 0; at < BYTES; at++)
			cells[at] = (uint8_t)(at * 7 >> 3);
		const size_t size = boot_read_size(&desk.boot);
		const uint64_t began_us = sim_now_us(desk.sim);

		assert_int_equal(size, cases[i].read_size);
		for (uint32_t at = 0, part; at < BYTES; at += part) {
			part = BYTES - at < size ? BYTES - at : (uint32_t)size;
			assert_int_equal(
				boot_read(&desk.boot, 0x08000000 + at, block, part, NULL), ERR_OK);
			assert_memory_equal(block, cells + at, part);
		}
		const uint64_t percent = (sim_now_us(desk.sim) - began_us) * 100 / line_us;

		if (percent > cases[i].most_percent)
			fail_msg("case %zu: %u %%", i, (unsigned)percent);
		sim_free(desk.sim);
	}
}

static void the_turnaround_is_measured(void **state)
{
	static const uint32_t latencies_us[] = { 0, 1000, 4000, 16000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(latencies_us); i++) {
		for (unsigned may_burst = 0; may_burst < 2; may_burst++) {
			struct desk desk;

			connect_to(&desk, "f103rb", latencies_us[i], may_burst);
			assert_in_range(desk.boot.turnaround_us,
				latencies_us[i] ? latencies_us[i] : 1, latencies_us[i] + 100);
			sim_free(desk.sim);
		}
	}
}

/* L0's longest read is a page of 128 bytes: it is told so, and longer ones come in pieces. */
static void a_part_that_gives_less_at_once(void **state)
{
	struct desk desk;

	(void)state;
	connect_to(&desk, "f103rb", 16000, true);
	desk.boot.device.chip = chip_find(0x447);
	assert_non_null(desk.boot.device.chip);
	assert_int_equal(boot_read_size(&desk.boot), 121); /* 2 * 62 - 3 */
	desk.boot.bursts = false;
	assert_int_equal(boot_read_size(&desk.boot), 123);
	desk.boot.turnaround_us = 100;
	assert_int_equal(boot_read_size(&desk.boot), 128);
	sim_free(desk.sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_turnaround_is_measured),
		cmocka_unit_test(an_answer_fills_whole_packets),
		cmocka_unit_test(a_part_that_gives_less_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
