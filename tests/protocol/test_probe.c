/* SPDX-License-Identifier: MIT */
/* test_probe.c - every wiring of DTR and RTS is found, and nothing is found where nothing is. */
#include "protocol/probe.h"
#include "simulator/program.h"
#include "simulator/sim.h"

#include "tests/cmocka_all.h"

#include <string.h>

struct trial {
	struct sim *sim;
	struct boot boot;
	struct probe probe;
	unsigned told, answered;
};

static void on_tried(void *ctx, size_t index, bool answered)
{
	struct trial *t = ctx;

	assert_non_null(probe_wiring_at(index));
	t->told++;
	t->answered += answered;
}

static void begin(struct trial *t, const struct sim_options *options, bool has_application)
{
	static const struct boot_options boot = { .settings = { 115200, WIRE_8E1 } };
	size_t len;

	*t = (struct trial){ .sim = sim_new(options) };
	assert_non_null(t->sim);
	if (has_application)
		memcpy(sim_flash(t->sim, &len), "\x00\x50\x00\x20\x41\x00\x00\x08", 8);
	boot_init(&t->boot, sim_wire(t->sim), (struct control){ 0 }, &boot);
	t->probe = (struct probe){ .boot = &t->boot,
		.console = { 115200, WIRE_8N1 },
		.rest_dtr = true,
		.rest_rts = true,
		.tried = on_tried,
		.ctx = t };
}

static const char *name_of(const struct probe_pin *pin)
{
	static const char *const names[2][2] = { { "!dtr", "dtr" }, { "!rts", "rts" } };

	return pin->is_wired ? names[pin->line == WIRE_RTS][pin->active_set] : NULL;
}

static void assert_pin(const struct probe_pin *pin, const char *name)
{
	const char *have = name_of(pin);

	if (!have || !name)
		assert_ptr_equal(have, name);
	else
		assert_string_equal(have, name);
}

static const char *const both[][2] = { { "dtr", "rts" }, { "dtr", "!rts" }, { "!dtr", "rts" },
	{ "!dtr", "!rts" }, { "rts", "dtr" }, { "rts", "!dtr" }, { "!rts", "dtr" },
	{ "!rts", "!dtr" } };
#define BOTH (sizeof(both) / sizeof(*both))

/* A program that talks, a silent one, a slow ROM; from any levels that were there before. */
static void every_wiring_is_found(void **state)
{
	static const struct program_ops *const programs[] = { NULL, &program_talker };
	static const char *const parts[] = { "f103rb", "f407vg", "l476rg" };

	(void)state;
	for (size_t i = 0; i < BOTH * 2 * 3 * 4; i++) {
		const char *const *names = both[i % BOTH];
		const unsigned levels = (unsigned)(i / BOTH / 6);
		struct trial t;

		begin(&t,
			&(struct sim_options){ .part = parts[i / BOTH / 2 % 3],
				.seed = i,
				.program = programs[i / BOTH % 2],
				.add_quirks = SIM_NO_CRYSTAL,
				.wire_reset = names[0],
				.wire_boot0 = names[1] },
			true);
		t.boot.wire.ops->line(t.sim, WIRE_DTR, levels & 1);
		t.boot.wire.ops->line(t.sim, WIRE_RTS, levels & 2);
		assert_int_equal(probe_run(&t.probe, NULL), ERR_OK);
		if (t.probe.find != PROBE_BOTH)
			fail_msg("%s %s: %d", names[0], names[1], t.probe.find);
		assert_pin(&t.probe.wiring.reset, names[0]);
		assert_pin(&t.probe.wiring.boot0, names[1]);
		t.boot.wire.ops->pause(t.sim, 3000);
		assert_true(sim_runs_application(t.sim));
		assert_int_equal(sim_erases(t.sim) + sim_writes(t.sim), 0);
		assert_true(t.told >= 1 && t.answered >= 1);
		sim_free(t.sim);
	}
}

static void reset_alone_is_told(void **state)
{
	static const char *const names[] = { "dtr", "!dtr", "rts", "!rts" };
	static const unsigned jumpers[] = { SIM_BOOT0_HIGH, SIM_BOOT0_LOW };

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		struct trial t;

		begin(&t,
			&(struct sim_options){ .part = "f103rb",
				.seed = i,
				.program = &program_talker,
				.miswires = jumpers[i / 4],
				.wire_reset = names[i % 4] },
			true);
		assert_int_equal(probe_run(&t.probe, NULL), ERR_OK);
		assert_int_equal(t.probe.find, PROBE_ONLY_RESET);
		assert_pin(&t.probe.wiring.reset, names[i % 4]);
		assert_pin(&t.probe.wiring.boot0, NULL);
		assert_int_equal(t.probe.is_in_rom, i < 4);
		sim_free(t.sim);
	}
}

/* An F103 whose BOOT0 is wired, and whose reset is not. */
static void nothing_is_found_where_nothing_is(void **state)
{
	static const struct {
		bool runs_rom, is_deaf;
		enum probe_find find;
	} rows[] = {
		{ false, false, PROBE_NOTHING },
		{ true, false, PROBE_NO_RESET },
		{ false, true, PROBE_NOTHING },
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct trial t;

		begin(&t,
			&(struct sim_options){ .part = "f103rb",
				.program = &program_talker,
				.miswires = SIM_NO_RESET,
				.starts_in_bootloader = rows[i].runs_rom,
				.add_quirks = rows[i].is_deaf ? SIM_DEAF : 0,
				.wire_reset = "dtr",
				.wire_boot0 = "rts" },
			true);
		assert_int_equal(probe_run(&t.probe, NULL), ERR_OK);
		assert_int_equal(t.probe.find, rows[i].find);
		assert_in_range(sim_now_us(t.sim), 0, 70000000);
		sim_free(t.sim);
	}
}

static void a_port_without_lines_says_so(void **state)
{
	struct why why = { 0 };
	struct trial t;

	(void)state;
	begin(&t, &(struct sim_options){ .part = "f103rb" }, true);
	assert_int_equal(probe_run(&t.probe, &why), ERR_UNSUPPORTED);
	assert_non_null(why.what);
	sim_free(t.sim);
}

static bool yes(void *ctx)
{
	(void)ctx;
	return true;
}

static void it_can_be_cancelled(void **state)
{
	struct trial t;

	(void)state;
	begin(&t,
		&(struct sim_options){ .part = "f103rb", .wire_reset = "dtr", .wire_boot0 = "rts" },
		true);
	t.boot.options.cancelled = yes;
	assert_int_equal(probe_run(&t.probe, NULL), ERR_CANCELLED);
	sim_free(t.sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_wiring_is_found),
		cmocka_unit_test(reset_alone_is_told),
		cmocka_unit_test(nothing_is_found_where_nothing_is),
		cmocka_unit_test(a_port_without_lines_says_so),
		cmocka_unit_test(it_can_be_cancelled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
