/* SPDX-License-Identifier: MIT */
/* test_sim.c - the board behind the wire: rates, parity, time, power, the application, faults. */
#include "simulator/line.h"
#include "simulator/parts.h"
#include "simulator/sim.h"

#include "tests/cmocka_all.h"

#include <string.h>

static const struct wire_settings at_8e1 = { 115200, WIRE_8E1 };

/* A small program: plausible vectors and an endless loop. Nothing executes it here. */
static const char program[] = "\x00\x02\x00\x20\x09\x00\x00\x08"
			      "\x00\xBF\xFE\xE7";

static struct sim *board(const char *part, unsigned quirks)
{
	const struct sim_options options = { .part = part, .seed = 7, .add_quirks = quirks };
	struct sim *sim = sim_new(&options);

	assert_non_null(sim);
	return sim;
}

static void load(struct sim *sim)
{
	size_t len;

	memcpy(sim_flash(sim, &len), program, sizeof(program) - 1);
}

static enum err send(struct sim *sim, struct span bytes)
{
	const struct wire wire = sim_wire(sim);

	return wire.ops->send(wire.ctx, bytes, 1000);
}

static enum err recv(struct sim *sim, uint8_t *in, size_t want, uint32_t timeout_ms, size_t *got)
{
	const struct wire wire = sim_wire(sim);

	return wire.ops->recv(wire.ctx, in, want, timeout_ms, got);
}

static void set(struct sim *sim, uint32_t baud, enum wire_frame frame)
{
	const struct wire wire = sim_wire(sim);
	const struct wire_settings settings = { baud, frame };

	assert_int_equal(wire.ops->configure(wire.ctx, &settings), ERR_OK);
}

static void restart(struct sim *sim, enum control_into into)
{
	const struct control control = sim_control(sim);

	assert_int_equal(control.restart(control.ctx, into, NULL), ERR_OK);
}

/* Sends bytes and expects these and no others within 200 ms. */
static void exchange_of(struct sim *sim, struct span out, struct span want)
{
	uint8_t in[300];
	size_t got;

	assert_int_equal(send(sim, out), ERR_OK);
	assert_int_equal(recv(sim, in, sizeof(in), 200, &got), ERR_TIMEOUT);
	assert_int_equal(got, want.len);
	if (want.len)
		assert_memory_equal(in, want.ptr, want.len);
}

#define BYTES(s) ((struct span){ (const uint8_t *)(s), sizeof(s) - 1 })
#define exchange(sim, out, want) exchange_of(sim, BYTES(out), BYTES(want))

static void every_part_answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < part_count(); i++) {
		const struct part *part = part_at(i);
		const uint8_t id[] = { 0x79, 0x01, (uint8_t)(part->product_id >> 8),
			(uint8_t)part->product_id, 0x79 };
		struct sim *sim = board(part->name, 0);

		set(sim, 57600, WIRE_8E1); /* what all of them can do */
		restart(sim, INTO_BOOTLOADER);
		exchange_of(sim, BYTES("\x7F"),
			(struct span){ (const uint8_t *)"\x79\x79",
				part->quirks & SIM_DOUBLE_ACK_AT_SYNC ? 2 : 1 });
		exchange_of(sim, BYTES("\x02\xFD"), (struct span){ id, sizeof(id) });
		sim_free(sim);
	}
}

/* Each row of the table is sound in itself. */
static void the_table_is_sound(void **state)
{
	(void)state;
	for (size_t i = 0; i < part_count(); i++) {
		const struct part *part = part_at(i);
		uint32_t end = 0, offset, bytes;

		for (uint32_t s = 0; s < part_sector_count(part); s++) {
			assert_true(part_sector(part, s, &offset, &bytes));
			assert_int_equal(offset, end);
			assert_int_equal(part_sector_of(part, offset), s);
			assert_int_equal(part_sector_of(part, offset + bytes - 1), s);
			end += bytes;
		}
		assert_int_equal(end, part->flash_bytes);
		assert_false(part_sector(part, part_sector_count(part), &offset, &bytes));
		assert_ptr_equal(part_find(part->name), part);
		assert_in_range(part_command_count(part), 10, 12);
		assert_true(part_has_command(part, 0x43) != part_has_command(part, 0x44));
	}
	assert_null(part_find("f999"));
	assert_null(part_find(NULL));
}

static void other_rates_are_trained(void **state)
{
	struct sim *sim = board("f103rb", 0);

	(void)state;
	set(sim, 57600, WIRE_8E1);
	restart(sim, INTO_BOOTLOADER);
	exchange(sim, "\x7F", "\x79");
	exchange(sim, "\x02\xFD", "\x79\x01\x04\x10\x79");
	/* Once trained, another rate is not understood. */
	set(sim, 115200, WIRE_8E1);
	exchange(sim, "\x02\xFD", "");
	restart(sim, INTO_BOOTLOADER);
	exchange(sim, "\x7F", "\x79");
	sim_free(sim);
}

/* Section 1: with parity off sync appears to work and the next command fails. */
static void parity_trap(void **state)
{
	struct sim *sim = board("f103rb", 0);
	const struct sim_options tolerant = { .part = "f103rb", .drop_quirks = SIM_NEEDS_PARITY };

	(void)state;
	set(sim, 115200, WIRE_8N1);
	restart(sim, INTO_BOOTLOADER);
	exchange(sim, "\x7F", "\x79");
	exchange(sim, "\x00\xFF", "");
	sim_free(sim);
	sim = sim_new(&tolerant);
	set(sim, 115200, WIRE_8N1);
	restart(sim, INTO_BOOTLOADER);
	exchange(sim, "\x7F", "\x79");
	assert_int_equal(send(sim, BYTES("\x00\xFF")), ERR_OK);
	sim_free(sim);
}

static void an_application_needs_vectors(void **state)
{
	struct sim *sim = board("f103rb", 0);

	(void)state;
	restart(sim, INTO_APPLICATION);
	assert_false(sim_runs_application(sim));
	exchange(sim, "anyone?", "");
	load(sim);
	restart(sim, INTO_APPLICATION);
	assert_true(sim_runs_application(sim));
	exchange(sim, "abc", "");
	restart(sim, INTO_BOOTLOADER);
	assert_false(sim_runs_application(sim));
	sim_free(sim);
}

static void go_starts_the_application(void **state)
{
	struct sim *sim = board("f103rb", 0);

	(void)state;
	load(sim);
	set(sim, 115200, WIRE_8E1);
	restart(sim, INTO_BOOTLOADER);
	exchange(sim, "\x7F", "\x79");
	exchange(sim, "\x21\xDE", "\x79");
	assert_int_equal(send(sim, BYTES("\x08\x00\x00\x00\x08")), ERR_OK);
	exchange(sim, "", "\x79");
	assert_true(sim_runs_application(sim));
	sim_free(sim);
}

/* 2.3, pattern 11: a blank G0 comes up in the ROM even with BOOT0 low. */
static void empty_check(void **state)
{
	struct sim *sim = board("g071rb", 0);

	(void)state;
	set(sim, 115200, WIRE_8E1);
	restart(sim, INTO_APPLICATION);
	exchange(sim, "\x7F", "\x79");
	load(sim);
	restart(sim, INTO_APPLICATION);
	assert_true(sim_runs_application(sim));
	sim_free(sim);
}

static void time_is_the_wire_s(void **state)
{
	struct sim *sim = board("f103rb", 0);
	uint8_t in[1];
	size_t got;

	(void)state;
	set(sim, 9600, WIRE_8E1);
	restart(sim, INTO_BOOTLOADER);
	uint64_t from = sim_now_us(sim);

	send(sim, BYTES("\x7F"));
	assert_int_equal(recv(sim, in, 1, 1000, &got), ERR_OK);
	/* two bytes of 11 bits */
	assert_in_range(sim_now_us(sim) - from, 2 * 1145, 2 * 1147);
	assert_int_equal(sim_wire_bytes(sim), 2);
	from = sim_now_us(sim);
	assert_int_equal(recv(sim, in, 1, 30000, &got), ERR_TIMEOUT);
	assert_int_equal(sim_now_us(sim) - from, 30000000);
	sim_free(sim);
}

/* Section 3, rule 7: what comes during an erase is lost; the ACK comes when it is over. */
static void busy_while_erasing(void **state)
{
	struct sim *sim = board("f407vg", 0);
	uint8_t in[1];
	size_t got;

	(void)state;
	set(sim, 115200, WIRE_8E1);
	restart(sim, INTO_BOOTLOADER);
	exchange(sim, "\x7F", "\x79");
	exchange(sim, "\x44\xBB", "\x79");
	const uint64_t from = sim_now_us(sim);

	send(sim, BYTES("\x00\x00\x00\x00\x00"));
	send(sim, BYTES("\x02\xFD"));
	assert_int_equal(recv(sim, in, 1, 400, &got), ERR_TIMEOUT);
	assert_int_equal(recv(sim, in, 1, 1000, &got), ERR_OK);
	assert_int_equal(in[0], 0x79);
	/* 16 KB, byte by byte */
	assert_in_range(sim_now_us(sim) - from, 500000, 502000);
	assert_int_equal(sim_erases(sim), 1);
	exchange(sim, "\x02\xFD", "\x79\x01\x04\x13\x79");
	sim_free(sim);
}

static void bytes_before_start_up_are_lost(void **state)
{
	const struct sim_options options = {
		.part = "f407vg", .wire_reset = "dtr", .wire_boot0 = "!rts"
	};
	struct sim *sim = sim_new(&options);
	const struct wire wire = sim_wire(sim);

	(void)state;
	set(sim, 115200, WIRE_8E1);
	assert_int_equal(wire.ops->line(wire.ctx, WIRE_RTS, false), ERR_OK);
	assert_int_equal(wire.ops->line(wire.ctx, WIRE_DTR, true), ERR_OK);
	exchange(sim, "\x7F", "");
	assert_int_equal(wire.ops->line(wire.ctx, WIRE_DTR, false), ERR_OK);
	assert_int_equal(sim_resets(sim), 1);
	send(sim, BYTES("\x7F")); /* needs 80 ms */
	wire.ops->pause(wire.ctx, 80);
	exchange(sim, "\x7F", "\x79");
	sim_free(sim);
}

static void lines_without_wires(void **state)
{
	struct sim *sim = board("f103rb", 0);
	const struct wire wire = sim_wire(sim);
	const struct sim_options wrong = { .part = "f103rb", .wire_reset = "cts" };

	(void)state;
	assert_int_equal(wire.ops->line(wire.ctx, WIRE_DTR, true), ERR_UNSUPPORTED);
	sim_free(sim);
	assert_null(sim_new(&wrong));
}

static void fresh_rom(struct sim *sim)
{
	set(sim, 115200, WIRE_8E1);
	restart(sim, INTO_BOOTLOADER);
	exchange(sim, "\x7F", "\x79");
}

static void faults_strike_once(void **state)
{
	struct sim *sim = board("f103rb", 0);

	(void)state;
	fresh_rom(sim);
	assert_true(sim_fault(sim, "drop to-host nth=2"));
	exchange(sim, "\x02\xFD", "\x79\x04\x10\x79");
	exchange(sim, "\x02\xFD", "\x79\x01\x04\x10\x79");
	assert_true(sim_fault(sim, "corrupt to-host nth=1"));
	exchange(sim, "\x02\xFD", "\x69\x01\x04\x10\x79");
	assert_true(sim_fault(sim, "drop to-board nth=2"));
	exchange(sim, "\x02\xFD", "");
	exchange(sim, "\x02", "\x1F");
	assert_true(sim_fault(sim, "corrupt to-board nth=2"));
	exchange(sim, "\x02\xFD", "\x1F");
	assert_true(sim_fault(sim, "nack read nth=1"));
	exchange(sim, "\x11\xEE", "\x79");
	exchange(sim, "\x08\x00\x00\x00\x08", "\x79");
	exchange(sim, "\x00\xFF", "\x1F");
	assert_true(sim_fault(sim, "silence id nth=2"));
	exchange(sim, "\x02\xFD", "\x79\x01\x04\x10\x79");
	exchange(sim, "\x02\xFD", "");
	exchange(sim, "\x02\xFD", "");
	fresh_rom(sim);
	sim_inject(sim, BYTES("noise"));
	exchange(sim, "\x02\xFD", "noise\x79\x01\x04\x10\x79");
	sim_free(sim);
}

static void a_board_that_vanishes(void **state)
{
	struct sim *sim = board("f103rb", 0);
	const struct wire wire = sim_wire(sim);
	uint8_t in[8];
	size_t got;

	(void)state;
	fresh_rom(sim);
	assert_true(sim_fault(sim, "unplug wire nth=4"));
	assert_int_equal(send(sim, BYTES("\x02\xFD")), ERR_OK);
	assert_int_equal(recv(sim, in, 5, 100, &got), ERR_GONE);
	assert_int_equal(got, 2);
	assert_int_equal(send(sim, BYTES("\x02\xFD")), ERR_GONE);
	assert_int_equal(wire.ops->configure(wire.ctx, &at_8e1), ERR_GONE);
	assert_int_equal(wire.ops->flush(wire.ctx), ERR_GONE);
	sim_free(sim);
}

static void identities_follow_the_seed(void **state)
{
	uint8_t in[3][14];
	size_t got;

	(void)state;
	for (uint64_t i = 0; i < 3; i++) {
		const struct sim_options options = { .part = "f103rb", .seed = i / 2 };
		struct sim *sim = sim_new(&options);

		fresh_rom(sim);
		exchange(sim, "\x11\xEE", "\x79");
		exchange(sim, "\x1F\xFF\xF7\xE8\xFF", "\x79");
		send(sim, BYTES("\x0B\xF4"));
		assert_int_equal(recv(sim, in[i], 13, 100, &got), ERR_OK);
		sim_free(sim);
	}
	assert_memory_equal(in[0], in[1], 13);
	assert_memory_not_equal(in[0], in[2], 13);
}

static void manual_boards_are_not_restarted(void **state)
{
	const struct sim_options options = { .part = "f103rb",
		.no_reset = true,
		.starts_in_bootloader = true,
		.product_id = 0x999 };
	struct sim *sim = sim_new(&options);

	(void)state;
	assert_true(sim_control(sim).is_manual);
	assert_false(sim_control(sim).resets);
	fresh_rom(sim);
	restart(sim, INTO_APPLICATION);
	exchange(sim, "\x02\xFD", "\x79\x01\x09\x99\x79");
	sim_free(sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_sound),
		cmocka_unit_test(every_part_answers),
		cmocka_unit_test(other_rates_are_trained),
		cmocka_unit_test(parity_trap),
		cmocka_unit_test(an_application_needs_vectors),
		cmocka_unit_test(go_starts_the_application),
		cmocka_unit_test(empty_check),
		cmocka_unit_test(time_is_the_wire_s),
		cmocka_unit_test(busy_while_erasing),
		cmocka_unit_test(bytes_before_start_up_are_lost),
		cmocka_unit_test(lines_without_wires),
		cmocka_unit_test(faults_strike_once),
		cmocka_unit_test(a_board_that_vanishes),
		cmocka_unit_test(identities_follow_the_seed),
		cmocka_unit_test(manual_boards_are_not_restarted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
