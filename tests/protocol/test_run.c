/* SPDX-License-Identifier: MIT */
/* test_run.c - plans carried out on simulated parts, one thing at a time going wrong. */
#include "tests/protocol/bench.h"

#include "tests/cmocka_all.h"

#include <stdio.h>
#include <string.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof(*(a)))

static const struct plan_options flash_and_reset = {
	.verify = PLAN_VERIFY_READ, .start = PLAN_START_RESET, .baud = 115200
};
static const struct plan_options flash_and_go = {
	.verify = PLAN_VERIFY_READ, .start = PLAN_START_GO, .baud = 115200
};

/* A board that was identified, with an image of two segments for it. */
static void open_identified(struct bench *bench, const struct sim_options *options)
{
	bench_open(bench, options);
	assert_int_equal(boot_connect(&bench->boot, NULL), ERR_OK);
	bench_add(bench, bench_chip(bench), 0, 5000, 1);
	bench_add(bench, bench_chip(bench), 20000, 3001, 2);
}

static void every_part_is_flashed_verified_and_started(void **state)
{
	(void)state;
	for (size_t i = 0; bench_parts[i]; i++) {
		const struct sim_options options = { .part = bench_parts[i], .seed = i };
		struct bench bench;

		for (int go = 0; go < 2; go++) {
			open_identified(&bench, &options);
			if (bench_flash(&bench, go ? &flash_and_go : &flash_and_reset))
				fail_msg("%s: %s at %X", bench_parts[i], bench.why.what,
					bench.why.addr);
			bench_assert_flashed(&bench);
			assert_true(sim_runs_application(bench.sim));
			assert_string_equal(bench.run.started, go ? "go" : "reset");
			assert_false(bench.boot.is_connected);
			assert_true(bench.boot.has_changed);
			bench_close(&bench);
		}
	}
}

static void every_part_is_identified(void **state)
{
	(void)state;
	for (size_t i = 0; bench_parts[i]; i++) {
		const struct sim_options options = { .part = bench_parts[i], .seed = i };
		struct bench bench;
		const struct device *device = &bench.boot.device;

		bench_open(&bench, &options);
		assert_int_equal(boot_connect(&bench.boot, NULL), ERR_OK);
		assert_non_null(device->chip);
		if (!device->flash_size_is_read || !device->has_unique_id)
			fail_msg("%s: size %d, id %d", bench_parts[i], device->flash_size_is_read,
				device->has_unique_id);
		assert_int_equal(device->flash_bytes, bench.flash_len);
		assert_false(device->readout_protected);
		assert_false(bench.boot.has_changed);
		bench_close(&bench);
	}
}

/* Reading back in the pieces that a dump takes, and at odd places. */
static void every_part_reads_back(void **state)
{
	(void)state;
	for (size_t i = 0; bench_parts[i]; i++) {
		const struct sim_options options = { .part = bench_parts[i], .seed = 100 + i };
		struct bench bench;
		uint64_t random = i;

		bench_open(&bench, &options);
		assert_int_equal(boot_connect(&bench.boot, NULL), ERR_OK);
		for (int n = 0; n < 50; n++) {
			const uint32_t at = bench_random(&random) % (32 * KIB);
			const uint32_t len = 1 + bench_random(&random) % FRAME_MAX_DATA;
			uint8_t in[FRAME_MAX_DATA];

			assert_int_equal(boot_read(&bench.boot, bench_chip(&bench)->flash_base + at,
						 in, len, NULL),
				ERR_OK);
			assert_memory_equal(in, bench.cells + at, len);
		}
		assert_int_equal(bench.boot.retries, 0);
		bench_close(&bench);
	}
}

/* Mass erase, and what stands for it where a part has none (Q8). */
static void every_part_is_erased(void **state)
{
	(void)state;
	for (size_t i = 0; bench_parts[i]; i++) {
		const struct sim_options options = { .part = bench_parts[i], .seed = i };
		struct bench bench;
		bool has_none;

		bench_open(&bench, &options);
		assert_int_equal(boot_connect(&bench.boot, NULL), ERR_OK);
		assert_int_equal(plan_erase(&bench.plan, &bench.boot.device, 0, 0, NULL), ERR_OK);
		has_none = bench_chip(&bench)->traits & CHIP_NO_MASS_ERASE;
		assert_int_equal(!!(bench.plan.notes & PLAN_NOTE_ERASE_ALL_SECTORS), has_none);
		run_init(&bench.run, &bench.plan, &bench.boot);
		while (!run_is_done(&bench.run)) {
			assert_int_equal(run_next_stage(&bench.run), STAGE_ERASE);
			assert_int_equal(run_piece(&bench.run, NULL), ERR_OK);
		}
		assert_int_equal(bench.run.done, bench.flash_len);
		bench_assert_flashed(&bench); /* with no image: all erased */
		bench_close(&bench);
	}
}

/* Work-arounds of section 9 that the host must have in it. */
static const struct {
	const char *name, *part;
	unsigned quirks;
} quirks[] = {
	{ "two ACKs at sync (Q1)", "l476rg", SIM_DOUBLE_ACK_AT_SYNC },
	{ "a wrong count in Get (Q2)", "h743zi", SIM_WRONG_GET_COUNT },
	{ "no NACK to a bad address (Q6)", "l152re", SIM_NO_NACK_BAD_ADDRESS },
	{ "short reads of registers refused (Q7)", "f407vg", SIM_REFUSE_SHORT_SYSTEM_READS },
	{ "the same in blocks of half the size (L0)", "l053r8", 0 },
	{ "the same on a part whose row does not tell", "l476rg", SIM_REFUSE_SHORT_SYSTEM_READS },
};

static void quirks_are_worked_around(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(quirks); i++) {
		const struct sim_options options = {
			.part = quirks[i].part, .seed = 9, .add_quirks = quirks[i].quirks
		};
		struct bench bench;

		open_identified(&bench, &options);
		if (bench_flash(&bench, &flash_and_reset))
			fail_msg("%s: %s", quirks[i].name, bench.why.what);
		if (!bench.boot.device.flash_size_is_read || !bench.boot.device.has_unique_id)
			fail_msg("%s: registers were not read", quirks[i].name);
		bench_assert_flashed(&bench);
		bench_close(&bench);
	}
}

/* Section 1: 7F and its ACK look right without parity; the next command does not. */
static void the_parity_trap_is_named(void **state)
{
	const struct sim_options options = { .part = "f103rb", .add_quirks = SIM_NEEDS_PARITY };
	struct bench bench;

	(void)state;
	bench_open(&bench, &options);
	bench.boot.options.settings.frame = WIRE_8N1;
	assert_int_equal(boot_connect(&bench.boot, &bench.why), ERR_TIMEOUT);
	assert_non_null(strstr(bench.why.what, "even parity"));
	bench_close(&bench);
}

static void an_unknown_part_is_flashed_as_another(void **state)
{
	const struct sim_options options = { .part = "f103rb", .product_id = 0x999 };
	struct bench bench;

	(void)state;
	bench_open(&bench, &options);
	bench_add(&bench, chip_find(0x410), 0, 5000, 1);
	assert_int_equal(bench_flash(&bench, &flash_and_reset), ERR_UNKNOWN_PART);
	assert_int_equal(sim_erases(bench.sim) + sim_writes(bench.sim), 0);
	bench.boot.options.as_product_id = 0x410;
	assert_int_equal(bench_flash(&bench, &flash_and_reset), ERR_OK);
	assert_int_equal(bench.boot.device.product_id, 0x999);
	assert_int_equal(bench.boot.device.flash_bytes, bench.flash_len);
	bench_assert_flashed(&bench);
	bench_close(&bench);
}

static void a_session_in_sync_is_resumed(void **state)
{
	const struct sim_options options = { .part = "f103rb" };
	struct bench bench;
	unsigned resets;

	(void)state;
	open_identified(&bench, &options);
	resets = sim_resets(bench.sim);
	bench.boot.options.resume_only = true;
	bench.boot.is_connected = false;
	assert_int_equal(bench_flash(&bench, &flash_and_go), ERR_OK);
	assert_true(bench.boot.was_resumed);
	assert_int_equal(sim_resets(bench.sim), resets);
	bench_assert_flashed(&bench);
	bench_close(&bench);
}

static void an_application_that_talks_is_no_bootloader(void **state)
{
	static const char text[] = "\r\nready.\r\ntemperature 21.5\r\n";
	const struct sim_options options = { .part = "f103rb" };
	struct bench bench;
	enum err e;

	(void)state;
	bench_open(&bench, &options);
	/* before the reset: dropped */
	sim_inject(bench.sim, span_of(text));
	assert_int_equal(boot_connect(&bench.boot, &bench.why), ERR_OK);
	bench_close(&bench);
	/* it never enters the ROM, and echoes what it hears */
	bench_open(&bench, &options);
	bench.boot.options.resume_only = true;
	e = boot_connect(&bench.boot, &bench.why);
	assert_true(e == ERR_TIMEOUT || e == ERR_REPLY);
	assert_false(bench.boot.is_connected);
	bench_close(&bench);
}

/* What goes wrong, and what is said of it. */
static void mute_write(struct bench *bench)
{
	assert_true(sim_fault(bench->sim, "silence write nth=3"));
}
static void refuse_write(struct bench *bench)
{
	assert_true(sim_fault(bench->sim, "nack write nth=3"));
}
static void refuse_erase(struct bench *bench)
{
	assert_true(sim_fault(bench->sim, "nack erase nth=1"));
}
static void mute_erase(struct bench *bench)
{
	assert_true(sim_fault(bench->sim, "silence erase nth=1"));
}
static void refuse_go(struct bench *bench)
{
	assert_true(sim_fault(bench->sim, "nack go nth=1"));
}
static void protect_reads(struct bench *bench)
{
	sim_set_readout_protected(bench->sim, true);
}
static void protect_sector(struct bench *bench)
{
	sim_set_write_protected(bench->sim, 20, true);
}

static const struct failure {
	const char *name;
	unsigned quirks;
	void (*arrange)(struct bench *bench);
	bool go;
	enum err want;
	enum stage stage;
	uint32_t addr; /* 0: none */
	bool has_changed, erases;
} failures[] = {
	{ "deaf", SIM_DEAF, NULL, false, ERR_TIMEOUT, STAGE_CONNECT, 0, false, false },
	{ "protected", 0, protect_reads, false, ERR_READ_PROTECTED, STAGE_PLAN, 0, false, false },
	{ "protected, two NACKs", SIM_DOUBLE_NACK_PROTECTED, protect_reads, false,
		ERR_READ_PROTECTED, STAGE_PLAN, 0, false, false },
	{ "erase refused", 0, refuse_erase, false, ERR_NACK, STAGE_ERASE, 0x08000000, true, false },
	{ "no answer to erase", 0, mute_erase, false, ERR_TIMEOUT, STAGE_ERASE, 0x08000000, false,
		false },
	{ "third write refused", 0, refuse_write, false, ERR_NACK, STAGE_WRITE, 0x08000200, true,
		true },
	{ "no answer to the third write", 0, mute_write, false, ERR_TIMEOUT, STAGE_WRITE,
		0x08000200, true, true },
	{ "writes change nothing", SIM_SILENT_WRITE_FAILURE, NULL, false, ERR_VERIFY, STAGE_VERIFY,
		0x08000000, true, true },
	{ "a sector is write-protected", 0, protect_sector, false, ERR_WRITE_PROTECTED, STAGE_PLAN,
		0x08000000 + 20480, false, false },
	{ "go refused", 0, refuse_go, true, ERR_START, STAGE_RUN, 0x08000000, true, true },
};

static void check_failure(const struct failure *f)
{
	const struct sim_options options = { .part = "f103rb", .seed = 7 };
	const struct sim_options bad = { .part = "f103rb", .seed = 7, .add_quirks = f->quirks };
	struct bench bench, good;
	enum err e;

	open_identified(&good, &options);
	bench_open(&bench, &bad);
	bench_add(&bench, bench_chip(&good), 0, 5000, 1);
	bench_add(&bench, bench_chip(&good), 20000, 3001, 2);
	if (f->arrange)
		f->arrange(&bench);
	e = bench_flash(&bench, f->go ? &flash_and_go : &flash_and_reset);
	if (e != f->want || bench.why.stage != f->stage || bench.why.addr != f->addr)
		fail_msg("%s: %s in %s at %X: %s", f->name, err_name(e),
			stage_name(bench.why.stage), bench.why.addr, bench.why.what);
	assert_int_equal(bench.why.err, e);
	assert_non_null(bench.why.what);
	if (bench.boot.has_changed != f->has_changed || (sim_erases(bench.sim) > 0) != f->erases)
		fail_msg("%s: changed %d, %u erases", f->name, bench.boot.has_changed,
			sim_erases(bench.sim));
	if (e == ERR_VERIFY)
		assert_int_not_equal(bench.why.expected, bench.why.found);
	bench_assert_rest_untouched(&bench);
	bench_assert_connection_is_true(&bench);
	bench_close(&bench);
	bench_close(&good);
}

static void failures_are_told_with_stage_and_address(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(failures); i++)
		check_failure(&failures[i]);
}

static void a_mismatch_is_recorded_where_it_is_tolerated(void **state)
{
	const struct plan_options options = { .baud = 115200 };
	const struct sim_options sim = { .part = "f103rb", .seed = 3 };
	struct bench bench;

	(void)state;
	open_identified(&bench, &sim);
	assert_int_equal(bench_flash(&bench, &flash_and_go), ERR_OK);
	bench.cells[300] ^= 0x10;
	assert_int_equal(boot_connect(&bench.boot, NULL), ERR_OK);
	plan_release(&bench.plan);
	assert_int_equal(
		plan_verify(&bench.plan, &bench.image, &bench.boot.device, &options, NULL), ERR_OK);
	run_init(&bench.run, &bench.plan, &bench.boot);
	bench.run.tolerate_mismatch = true;
	while (!run_is_done(&bench.run))
		assert_int_equal(run_piece(&bench.run, &bench.why), ERR_OK);
	assert_true(bench.run.has_mismatch);
	assert_int_equal(bench.run.mismatch_addr, 0x08000000 + 300);
	assert_int_equal(bench.run.expected, bench.bytes[300]);
	assert_int_equal(bench.run.found, bench.cells[300]);
	assert_int_equal(bench.why.err, ERR_OK);
	bench_close(&bench);
}

/* A byte of read data spoilt on the line is no mismatch. */
static void noise_while_verifying_is_read_again(void **state)
{
	const struct sim_options options = { .part = "f103rb", .seed = 3 };
	struct bench bench;

	(void)state;
	open_identified(&bench, &options);
	assert_int_equal(bench_flash(&bench, &flash_and_go), ERR_OK);
	assert_int_equal(boot_connect(&bench.boot, NULL), ERR_OK);
	run_init(&bench.run, &bench.plan, &bench.boot);
	while (!run_is_done(&bench.run)) {
		if (run_next_stage(&bench.run) == STAGE_VERIFY && bench.run.stage != STAGE_VERIFY)
			assert_true(sim_fault(bench.sim, "corrupt to-host nth=40"));
		assert_int_equal(run_piece(&bench.run, &bench.why), ERR_OK);
	}
	assert_int_equal(bench.boot.retries, 1);
	bench_close(&bench);
}

static void progress_counts_up_to_its_total(void **state)
{
	const struct sim_options options = { .part = "f407vg", .seed = 3 };
	struct bench bench;
	enum stage stage = STAGE_NONE;
	uint32_t done = 0;

	(void)state;
	open_identified(&bench, &options);
	assert_int_equal(
		plan_flash(&bench.plan, &bench.image, &bench.boot.device, &flash_and_reset, NULL),
		ERR_OK);
	run_init(&bench.run, &bench.plan, &bench.boot);
	while (!run_is_done(&bench.run)) {
		const enum stage next = run_next_stage(&bench.run);

		assert_true(next >= stage);
		if (next != stage)
			assert_int_equal(done, bench.run.total);
		done = next == stage ? done : 0;
		stage = next;
		assert_int_equal(run_piece(&bench.run, NULL), ERR_OK);
		assert_int_equal(bench.run.stage, stage);
		done += bench.run.len;
		assert_int_equal(bench.run.done, done);
		assert_true(done <= bench.run.total);
	}
	assert_int_equal(run_next_stage(&bench.run), STAGE_NONE);
	assert_int_equal(bench.run.written_bytes, bench.plan.write_bytes);
	bench_close(&bench);
}

/* Section 1: 268 bytes on the line for 256; what we add to it is what could be saved. */
static void the_wire_is_used_well(void **state)
{
	const struct sim_options options = { .part = "f103rb", .seed = 3 };
	uint64_t bytes[STAGE_COUNT] = { 0 }, us[STAGE_COUNT] = { 0 };
	struct bench bench;

	(void)state;
	bench_open(&bench, &options);
	assert_int_equal(boot_connect(&bench.boot, NULL), ERR_OK);
	bench_add(&bench, bench_chip(&bench), 0, 64 * KIB, 1);
	assert_int_equal(
		plan_flash(&bench.plan, &bench.image, &bench.boot.device, &flash_and_reset, NULL),
		ERR_OK);
	run_init(&bench.run, &bench.plan, &bench.boot);
	while (!run_is_done(&bench.run)) {
		const enum stage stage = run_next_stage(&bench.run);
		const uint64_t bytes_before = sim_wire_bytes(bench.sim);
		const uint64_t us_before = sim_now_us(bench.sim);

		assert_int_equal(run_piece(&bench.run, NULL), ERR_OK);
		bytes[stage] += sim_wire_bytes(bench.sim) - bytes_before;
		us[stage] += sim_now_us(bench.sim) - us_before;
	}
	print_message("write: %.4f bytes on the wire a byte, %.2f s; verify: %.4f, %.2f s; "
		      "estimated %.2f s\n",
		(double)bytes[STAGE_WRITE] / (64 * KIB), (double)us[STAGE_WRITE] / 1e6,
		(double)bytes[STAGE_VERIFY] / (64 * KIB), (double)us[STAGE_VERIFY] / 1e6,
		bench.plan.estimated_ms / 1e3);
	assert_int_equal(bytes[STAGE_WRITE], 268 * 256);
	assert_int_equal(bytes[STAGE_VERIFY], 268 * 256);
	bench_close(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_part_is_identified),
		cmocka_unit_test(every_part_is_flashed_verified_and_started),
		cmocka_unit_test(every_part_reads_back),
		cmocka_unit_test(every_part_is_erased),
		cmocka_unit_test(quirks_are_worked_around),
		cmocka_unit_test(the_parity_trap_is_named),
		cmocka_unit_test(an_unknown_part_is_flashed_as_another),
		cmocka_unit_test(a_session_in_sync_is_resumed),
		cmocka_unit_test(an_application_that_talks_is_no_bootloader),
		cmocka_unit_test(failures_are_told_with_stage_and_address),
		cmocka_unit_test(a_mismatch_is_recorded_where_it_is_tolerated),
		cmocka_unit_test(noise_while_verifying_is_read_again),
		cmocka_unit_test(progress_counts_up_to_its_total),
		cmocka_unit_test(the_wire_is_used_well),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
