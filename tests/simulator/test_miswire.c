/* SPDX-License-Identifier: MIT */
/* test_miswire.c - a jumper, a wire or an adapter that is wrong: what a host hears of each. */
#include "simulator/program.h"
#include "simulator/sim.h"

#include "tests/cmocka_all.h"

#include <string.h>

#define BYTES(s) ((struct span){ (const uint8_t *)(s), sizeof(s) - 1 })

static const struct wire_settings rom = { 115200, WIRE_8E1 }, console = { 115200, WIRE_8N1 };

/* A vector table that can be started from. */
static void fill_flash(struct sim *sim)
{
	size_t len;

	memcpy(sim_flash(sim, &len), "\x00\x50\x00\x20\x41\x00\x00\x08", 8);
}

static struct sim *open_sim(unsigned miswires)
{
	struct sim *sim = sim_new(&(struct sim_options){
		.part = "f103rb", .seed = 1, .program = &program_talker, .miswires = miswires });

	assert_non_null(sim);
	fill_flash(sim);
	return sim;
}

static void set(struct sim *sim, const struct wire_settings *settings)
{
	assert_int_equal(sim_wire(sim).ops->configure(sim, settings), ERR_OK);
}

static void restart(struct sim *sim, enum control_into into)
{
	assert_int_equal(sim_control(sim).restart(sim, into, NULL), ERR_OK);
	assert_int_equal(sim_wire(sim).ops->flush(sim), ERR_OK);
}

/* What comes within 50 ms of out. */
static size_t ask(struct sim *sim, struct span out, uint8_t in[16])
{
	const struct wire wire = sim_wire(sim);
	size_t got = 0;

	assert_int_equal(wire.ops->send(wire.ctx, out, 1000), ERR_OK);
	(void)wire.ops->recv(wire.ctx, in, 16, 50, &got);
	return got;
}

static void what_a_sync_is_answered(void **state)
{
	static const struct {
		const char *name;
		unsigned miswires;
		const char *heard;
	} rows[] = {
		{ "nothing is wrong", 0, "\x79" },
		{ "joined: our own byte, and the ROM's", SIM_JOINED, "\x7F\x79" },
		{ "joined, and no board", SIM_JOINED | SIM_NO_RX, "\x7F" },
		{ "our byte does not arrive", SIM_NO_TX, "" },
		{ "its byte does not", SIM_NO_RX, "" },
		{ "no parity: 7F and 79 look as if", SIM_NO_PARITY, "\x79" },
		{ "BOOT0 is high anyway", SIM_BOOT0_HIGH, "\x79" },
		{ "it listens elsewhere", SIM_OTHER_INTERFACE, "" },
		{ "another rate: not 79", SIM_BAD_CLOCK, "\xDC" },
	};
	uint8_t in[16];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct sim *sim = open_sim(rows[i].miswires);

		set(sim, &rom);
		restart(sim, INTO_BOOTLOADER);
		const size_t got = ask(sim, BYTES("\x7F"), in);

		if (got != strlen(rows[i].heard) || memcmp(in, rows[i].heard, got) != 0)
			fail_msg("%s: %zu bytes, %02X %02X", rows[i].name, got, in[0], in[1]);
		sim_free(sim);
	}
}

static void without_parity_even_bytes_are_lost(void **state)
{
	struct sim *sim = open_sim(SIM_NO_PARITY);
	uint8_t in[16];

	(void)state;
	set(sim, &rom);
	restart(sim, INTO_BOOTLOADER);
	assert_int_equal(ask(sim, BYTES("\x7F"), in), 1);
	assert_int_equal(ask(sim, BYTES("\x00\xFF"), in), 0);
	assert_int_equal(ask(sim, BYTES("\x02\xFD"), in), 5); /* both are odd */
	sim_free(sim);
}

static void a_jumper_decides(void **state)
{
	static const struct {
		unsigned miswires;
		enum control_into into;
		bool runs_application;
	} rows[] = {
		{ 0, INTO_BOOTLOADER, false },
		{ SIM_BOOT0_LOW, INTO_BOOTLOADER, true },
		{ 0, INTO_APPLICATION, true },
		{ SIM_BOOT0_HIGH, INTO_APPLICATION, false },
	};
	uint8_t in[16];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct sim *sim = open_sim(rows[i].miswires);

		set(sim, &console);
		restart(sim, rows[i].into);
		sim_wire(sim).ops->pause(sim, 200);
		assert_int_equal(sim_runs_application(sim), rows[i].runs_application);
		assert_int_equal(ask(sim, BYTES(""), in) > 0, rows[i].runs_application);
		sim_free(sim);
	}
}

static void a_loose_reset_does_nothing(void **state)
{
	struct sim *sim = open_sim(0);
	uint8_t in[16];

	(void)state;
	set(sim, &rom);
	restart(sim, INTO_BOOTLOADER);
	assert_int_equal(ask(sim, BYTES("\x7F"), in), 1);
	sim_miswire(sim, SIM_NO_RESET);
	restart(sim, INTO_BOOTLOADER);
	assert_int_equal(ask(sim, BYTES("\x7F\x7F"), in), 1);
	assert_int_equal(in[0], 0x1F);
	sim_free(sim);
}

static void every_name_is_found(void **state)
{
	unsigned bits = 0;

	(void)state;
	for (size_t i = 0; miswire_at(i); i++) {
		assert_int_equal(miswire_find(miswire_at(i)->name), miswire_at(i)->bit);
		assert_false(bits & miswire_at(i)->bit);
		bits |= miswire_at(i)->bit;
	}
	assert_int_equal(miswire_find("luck"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_sync_is_answered),
		cmocka_unit_test(without_parity_even_bytes_are_lost),
		cmocka_unit_test(a_jumper_decides),
		cmocka_unit_test(a_loose_reset_does_nothing),
		cmocka_unit_test(every_name_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
