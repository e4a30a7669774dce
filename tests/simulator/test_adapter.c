/* SPDX-License-Identifier: MIT */
/* test_adapter.c - packets that wait for more, a cable with a highest rate, blocks sent at once. */
#include "simulator/sim.h"

#include "tests/cmocka_all.h"

#include <string.h>

#define BYTES(s) ((struct span){ (const uint8_t *)(s), sizeof(s) - 1 })

static struct sim *in_bootloader(uint32_t latency_us, uint32_t max_baud, uint32_t baud)
{
	const struct sim_options options = {
		.part = "f103rb", .seed = 7, .adapter_latency_us = latency_us, .max_baud = max_baud
	};
	const struct wire_settings settings = { baud, WIRE_8E1 };
	struct sim *sim = sim_new(&options);

	assert_non_null(sim);
	assert_int_equal(sim_wire(sim).ops->configure(sim, &settings), ERR_OK);
	assert_int_equal(sim_control(sim).restart(sim, INTO_BOOTLOADER, NULL), ERR_OK);
	return sim;
}

/* Sends, receives want bytes, and gives the microseconds from the last byte sent. */
static uint64_t answer(struct sim *sim, struct span out, uint8_t *in, size_t want)
{
	const struct wire wire = sim_wire(sim);
	size_t got;

	assert_int_equal(wire.ops->send(wire.ctx, out, 1000), ERR_OK);
	const uint64_t sent = sim_now_us(sim);

	assert_int_equal(wire.ops->recv(wire.ctx, in, want, 1000, &got), ERR_OK);
	return sim_now_us(sim) - sent;
}

static void an_ack_waits_for_the_timer(void **state)
{
	struct sim *sim = in_bootloader(16000, 0, 115200);
	uint8_t in[1];

	(void)state;
	assert_in_range(answer(sim, BYTES("\x7F"), in, 1), 16000, 16300);
	assert_int_equal(in[0], 0x79);
	sim_free(sim);
}

/* 3 ACKs and 245 bytes are four packets; one byte more waits. */
static void a_full_packet_does_not_wait(void **state)
{
	static const struct {
		const char *request;
		size_t want;
		uint32_t from_us, to_us;
	} rows[] = {
		{ "\x11\xEE\x08\x00\x00\x00\x08\xF4\x0B", 248, 20000, 24000 },
		{ "\x11\xEE\x08\x00\x00\x00\x08\xF5\x0A", 249, 36000, 40000 },
	};
	struct sim *sim = in_bootloader(16000, 0, 115200);
	uint8_t in[256];

	(void)state;
	answer(sim, BYTES("\x7F"), in, 1);
	for (size_t i = 0; i < 2; i++) {
		const uint64_t us = answer(sim,
			(struct span){ (const uint8_t *)rows[i].request, 9 }, in, rows[i].want);

		assert_in_range(us, rows[i].from_us, rows[i].to_us);
		assert_memory_equal(in, "\x79\x79\x79\xFF", 4);
	}
	sim_free(sim);
}

static void a_block_may_come_at_once(void **state)
{
	struct sim *sim = in_bootloader(0, 0, 115200);
	uint8_t in[3];
	size_t len;

	(void)state;
	answer(sim, BYTES("\x7F"), in, 1);
	answer(sim,
		BYTES("\x31\xCE\x08\x00\x01\x00\x09\x03"
		      "abcd"
		      "\x07"),
		in, 3);
	assert_memory_equal(in, "\x79\x79\x79", 3);
	assert_memory_equal(sim_flash(sim, &len) + 0x100, "abcd", 4);
	sim_free(sim);
}

static unsigned spoilt(uint32_t max_baud)
{
	struct sim *sim = in_bootloader(0, max_baud, 57600);
	const struct wire wire = sim_wire(sim);
	unsigned count = 0;

	for (unsigned i = 0; i < 100; i++) {
		uint8_t in[5] = { 0 };
		size_t got;

		assert_int_equal(sim_control(sim).restart(sim, INTO_BOOTLOADER, NULL), ERR_OK);
		wire.ops->send(wire.ctx, BYTES("\x7F"), 1000);
		(void)wire.ops->recv(wire.ctx, in, 1, 100, &got);
		wire.ops->send(wire.ctx, BYTES("\x02\xFD"), 1000);
		(void)wire.ops->recv(wire.ctx, in, 5, 100, &got);
		count += memcmp(in, "\x79\x01\x04\x10\x79", 5) != 0;
	}
	sim_free(sim);
	return count;
}

static void a_cable_spoils_what_is_too_fast(void **state)
{
	(void)state;
	assert_int_equal(spoilt(0), 0);
	assert_int_equal(spoilt(57600), 0);
	assert_in_range(spoilt(38400), 10, 90);
}

static void what_is_held_is_lost_with_the_cable(void **state)
{
	struct sim *sim = in_bootloader(16000, 0, 115200);
	const struct wire wire = sim_wire(sim);
	uint8_t in[1];
	size_t got;

	(void)state;
	assert_true(sim_fault(sim, "unplug wire nth=2 ms=50"));
	wire.ops->send(wire.ctx, BYTES("\x7F"), 1000);
	assert_int_equal(wire.ops->recv(wire.ctx, in, 1, 1000, &got), ERR_GONE);
	assert_int_equal(wire.ops->reattach(wire.ctx, 10), ERR_TIMEOUT);
	assert_int_equal(wire.ops->reattach(wire.ctx, 1000), ERR_OK);
	assert_int_equal(wire.ops->recv(wire.ctx, in, 1, 100, &got), ERR_TIMEOUT);
	sim_free(sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_ack_waits_for_the_timer),
		cmocka_unit_test(a_full_packet_does_not_wait),
		cmocka_unit_test(a_block_may_come_at_once),
		cmocka_unit_test(a_cable_spoils_what_is_too_fast),
		cmocka_unit_test(what_is_held_is_lost_with_the_cable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
