/* SPDX-License-Identifier: MIT */
/*
 * test_doctor.c - every fault that the simulator can show, and the verdict that it gets; the
 * judging table by itself.
 */
#include "protocol/doctor.h"
#include "simulator/program.h"
#include "simulator/sim.h"

#include "tests/cmocka_all.h"

#include <string.h>

struct patient {
	struct sim *sim;
	struct boot boot;
	struct doctor doctor;
	unsigned ended[DOCTOR_STEPS], failed[DOCTOR_STEPS];
	size_t heard;
};

static void on_step(void *ctx, enum doctor_step step, bool ok, const char *said)
{
	struct patient *p = ctx;

	assert_non_null(said);
	p->ended[step]++;
	p->failed[step] += !ok;
}

static void on_hear(void *ctx, struct span bytes)
{
	struct patient *p = ctx;

	p->heard += bytes.len;
}

static enum err hold(void *ctx, bool held)
{
	struct patient *p = ctx;

	return sim_wire(p->sim).ops->line(p->sim, WIRE_DTR, held);
}

struct fault {
	const char *name;
	enum doctor_verdict verdict;
	struct sim_options options;
	bool has_application, is_in_step, is_read_protected, is_write_protected;
};

static void admit(struct patient *p, const struct fault *fault)
{
	static const struct boot_options boot = { .settings = { 115200, WIRE_8E1 } };
	struct sim_options options = fault->options;
	size_t len;

	options.seed = 1;
	options.part = options.part ? options.part : "f103rb";
	options.program = &program_talker;
	*p = (struct patient){ .sim = sim_new(&options) };
	assert_non_null(p->sim);
	if (fault->has_application)
		memcpy(sim_flash(p->sim, &len), "\x00\x50\x00\x20\x41\x00\x00\x08", 8);
	sim_set_readout_protected(p->sim, fault->is_read_protected);
	if (fault->is_write_protected)
		sim_set_write_protected(p->sim, 3, true);
	boot_init(&p->boot, sim_wire(p->sim), sim_control(p->sim), &boot);
	p->doctor = (struct doctor){ .boot = &p->boot,
		.console = { 115200, WIRE_8N1 },
		.may_start = true,
		.hold = options.wire_reset ? hold : NULL,
		.step = on_step,
		.hear = on_hear,
		.ctx = p };
}

static const struct fault faults[] = {
	{ .name = "nothing",
		.verdict = DOCTOR_FINE,
		.options = { .part = "f103rb" },
		.has_application = true },
	{ .name = "nothing, and a blank part",
		.verdict = DOCTOR_FINE,
		.options = { .part = "f103rb" } },
	{ .name = "an L412's two ACKs", .verdict = DOCTOR_FINE, .options = { .part = "l412kb" } },
	{ .name = "a slow start",
		.verdict = DOCTOR_FINE,
		.options = { .part = "l476rg", .add_quirks = SIM_NO_CRYSTAL } },
	{ .name = "the ROM was in step",
		.verdict = DOCTOR_IN_SYNC,
		.options = { .no_reset = true, .starts_in_bootloader = true },
		.is_in_step = true },
	{ .name = "a timer of 16 ms",
		.verdict = DOCTOR_SLOW_ADAPTER,
		.options = { .adapter_latency_us = 16000 } },
	{ .name = "readout protection",
		.verdict = DOCTOR_READ_PROTECTED,
		.options = { .part = "f103rb" },
		.is_read_protected = true },
	{ .name = "write protection",
		.verdict = DOCTOR_WRITE_PROTECTED,
		.options = { .part = "f103rb" },
		.is_write_protected = true },
	{ .name = "a jumper on flash",
		.verdict = DOCTOR_APPLICATION_TALKS,
		.options = { .miswires = SIM_BOOT0_LOW },
		.has_application = true },
	{ .name = "nobody moved the jumper",
		.verdict = DOCTOR_APPLICATION_TALKS,
		.options = { .no_reset = true },
		.has_application = true },
	{ .name = "joined wires",
		.verdict = DOCTOR_ECHO,
		.options = { .miswires = SIM_JOINED },
		.has_application = true },
	{ .name = "joined wires and no board",
		.verdict = DOCTOR_ECHO,
		.options = { .miswires = SIM_JOINED | SIM_NO_RX } },
	{ .name = "joined wires, by hand",
		.verdict = DOCTOR_ECHO,
		.options = { .miswires = SIM_JOINED, .no_reset = true } },
	{ .name = "no parity",
		.verdict = DOCTOR_NO_PARITY,
		.options = { .miswires = SIM_NO_PARITY } },
	{ .name = "another clock",
		.verdict = DOCTOR_WRONG_RATE,
		.options = { .miswires = SIM_BAD_CLOCK } },
	{ .name = "a rate it can't measure",
		.verdict = DOCTOR_WRONG_RATE,
		.options = { .part = "f378vc" } },
	{ .name = "another interface",
		.verdict = DOCTOR_WRONG_INTERFACE,
		.options = { .miswires = SIM_OTHER_INTERFACE },
		.has_application = true },
	{ .name = "our TX is loose",
		.verdict = DOCTOR_WRONG_INTERFACE,
		.options = { .miswires = SIM_NO_TX },
		.has_application = true },
	{ .name = "reset does nothing, the application runs",
		.verdict = DOCTOR_RESET_DOES_NOTHING,
		.options = { .miswires = SIM_NO_RESET, .wire_reset = "dtr", .wire_boot0 = "rts" },
		.has_application = true },
	{ .name = "reset does nothing, the ROM runs",
		.verdict = DOCTOR_RESET_DOES_NOTHING,
		.options = { .miswires = SIM_NO_RESET, .starts_in_bootloader = true },
		.is_in_step = true },
	{ .name = "no reset, and silence",
		.verdict = DOCTOR_NO_RESET,
		.options = { .no_reset = true } },
	{ .name = "no board", .verdict = DOCTOR_SILENT, .options = { .add_quirks = SIM_DEAF } },
	{ .name = "our RX is loose",
		.verdict = DOCTOR_SILENT,
		.options = { .miswires = SIM_NO_RX },
		.has_application = true },
};

/* The flash was filled after power-on: a reset starts what is in it. */
static void start_it(struct patient *p)
{
	const struct wire wire = sim_wire(p->sim);

	sim_miswire(p->sim, 0);
	assert_true(sim_fault(p->sim, "reset wire nth=1"));
	assert_int_equal(
		wire.ops->send(wire.ctx, (struct span){ (const uint8_t *)"x", 1 }, 100), ERR_OK);
	sim_heal(p->sim);
	wire.ops->pause(wire.ctx, 10);
}

static void bring_in_step(struct patient *p)
{
	const struct wire wire = sim_wire(p->sim);
	uint8_t ack = 0;
	size_t got;

	assert_int_equal(wire.ops->configure(wire.ctx, &p->boot.options.settings), ERR_OK);
	assert_int_equal(
		wire.ops->send(wire.ctx, (struct span){ (const uint8_t *)"\x7F", 1 }, 100), ERR_OK);
	assert_int_equal(wire.ops->recv(wire.ctx, &ack, 1, 100, &got), ERR_OK);
	assert_int_equal(ack, 0x79);
}

static void each_fault_gets_its_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++) {
		struct patient p;
		struct why why = { 0 };

		admit(&p, &faults[i]);
		if (faults[i].has_application)
			start_it(&p);
		if (faults[i].is_in_step)
			bring_in_step(&p);
		sim_miswire(p.sim, faults[i].options.miswires);
		assert_int_equal(p.boot.wire.ops->flush(p.boot.wire.ctx), ERR_OK);
		const uint64_t began_us = sim_now_us(p.sim);

		assert_int_equal(doctor_examine(&p.doctor, &why), ERR_OK);
		const enum doctor_verdict verdict = doctor_judge(p.doctor.signs);

		if (verdict != faults[i].verdict)
			fail_msg("%s: %s, not %s (signs %X)", faults[i].name,
				doctor_verdict_name(verdict),
				doctor_verdict_name(faults[i].verdict), p.doctor.signs);
		assert_int_equal(sim_erases(p.sim) + sim_writes(p.sim), 0);
		if (p.boot.control.resets)
			assert_in_range(sim_now_us(p.sim) - began_us, 0, 15000000);
		sim_free(p.sim);
	}
}

static void what_was_seen_is_kept(void **state)
{
	const struct fault fault = {
		.name = "", .verdict = DOCTOR_WRONG_RATE, .options = { .miswires = SIM_BAD_CLOCK }
	};
	struct patient p;

	(void)state;
	admit(&p, &fault);
	assert_int_equal(doctor_examine(&p.doctor, NULL), ERR_OK);
	assert_true(p.doctor.seen_len > 0);
	assert_int_equal(p.doctor.seen[0], 0xDC);
	assert_int_equal(p.ended[STEP_SYNC], 1);
	assert_int_equal(p.failed[STEP_SYNC], 1);
	assert_int_equal(p.ended[STEP_RATES], 1);
	assert_int_equal(p.ended[STEP_IDENTIFY], 0);
	sim_free(p.sim);
}

static void a_lower_rate_is_proposed(void **state)
{
	const struct fault fault = {
		.name = "", .verdict = DOCTOR_WRONG_RATE, .options = { .part = "f378vc" }
	};
	struct patient p;

	(void)state;
	admit(&p, &fault);
	assert_int_equal(doctor_examine(&p.doctor, NULL), ERR_OK);
	assert_int_equal(p.doctor.good_baud, 57600);
	sim_free(p.sim);
}

static void the_application_is_heard_by_others_too(void **state)
{
	struct patient p;

	(void)state;
	admit(&p, &faults[0]);
	start_it(&p);
	assert_int_equal(doctor_examine(&p.doctor, NULL), ERR_OK);
	assert_true(p.heard >= 8);
	sim_free(p.sim);
}

static void what_runs_is_left_alone_where_it_must_be(void **state)
{
	const struct fault fault = { .name = "",
		.verdict = DOCTOR_FINE,
		.options = { .starts_in_bootloader = true },
		.has_application = true };
	struct patient p;

	(void)state;
	admit(&p, &fault);
	p.doctor.may_start = false;
	assert_int_equal(doctor_examine(&p.doctor, NULL), ERR_OK);
	assert_int_equal(p.heard, 0);
	assert_int_equal(doctor_judge(p.doctor.signs), DOCTOR_FINE);
	sim_free(p.sim);
}

static void a_port_that_vanishes_is_a_sign(void **state)
{
	const struct fault fault = {
		.name = "", .verdict = DOCTOR_PORT_GONE, .options = { .part = "f103rb" }
	};
	struct patient p;
	struct why why = { 0 };

	(void)state;
	admit(&p, &fault);
	assert_true(sim_fault(p.sim, "unplug to-board nth=2"));
	assert_int_equal(doctor_examine(&p.doctor, &why), ERR_GONE);
	assert_int_equal(why.err, ERR_GONE);
	assert_int_equal(doctor_judge(p.doctor.signs), DOCTOR_PORT_GONE);
	sim_free(p.sim);
}

static void the_table_judges_what_the_bytes_cannot(void **state)
{
	static const struct {
		unsigned signs;
		enum doctor_verdict verdict;
	} rows[] = {
		{ SIGN_NO_PORT, DOCTOR_NO_PORT },
		{ SIGN_PORT_BUSY, DOCTOR_PORT_BUSY },
		{ SIGN_NO_PERMISSION, DOCTOR_NO_PERMISSION },
		{ SIGN_PORT_FAILED, DOCTOR_PORT_FAILED },
		{ SIGN_CONTROL_FAILED | SIGN_HEARD, DOCTOR_CONTROL_FAILED },
		{ SIGN_CAN_RESET | SIGN_ANSWERED, DOCTOR_NO_PARITY },
		{ SIGN_CAN_RESET | SIGN_ANSWERED | SIGN_JUNK, DOCTOR_WRONG_RATE },
		{ SIGN_COMMANDS | SIGN_UNSTEADY | SIGN_SLOW, DOCTOR_WRONG_RATE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(doctor_judge(rows[i].signs), rows[i].verdict);
	for (unsigned signs = 0; signs < 1u << 22; signs += 0x111)
		assert_in_range(doctor_judge(signs), 0, DOCTOR_VERDICTS - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_fault_gets_its_name),
		cmocka_unit_test(what_was_seen_is_kept),
		cmocka_unit_test(a_lower_rate_is_proposed),
		cmocka_unit_test(the_application_is_heard_by_others_too),
		cmocka_unit_test(what_runs_is_left_alone_where_it_must_be),
		cmocka_unit_test(a_port_that_vanishes_is_a_sign),
		cmocka_unit_test(the_table_judges_what_the_bytes_cannot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
