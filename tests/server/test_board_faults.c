/* SPDX-License-Identifier: MIT */
/*
 * test_board_faults.c - what a board does when it cannot do what is asked, or is stopped in the
 * middle: nothing is changed, or a quarantine tells that something was.
 */
#include "tests/server/workbench.h"

#include "tests/cmocka_all.h"

#include <string.h>

/* What is refused before anything is changed. */
static const struct {
	const char *name, *quirk, *unique_id;
	size_t len;
	bool spoils_vectors, has_address;
	uint32_t address;
	const char *code;
} refusals[] = {
	{ "too large", NULL, NULL, 128 * 1024, false, true, 0x08000400, "out_of_range" },
	{ "no application", NULL, NULL, WORKBENCH_IMAGE, true, false, 0, "not_an_application" },
	{ "another chip", NULL, "000102030405060708090a0b", WORKBENCH_IMAGE, false, false, 0,
		"wrong_chip" },
	{ "silent board", "deaf", NULL, WORKBENCH_IMAGE, false, false, 0, "no_answer" },
};

static void test_refusals(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
		struct workbench wb;
		struct json *error = NULL;
		struct job_request request = workbench_request(JOB_FLASH);

		print_message("%s\n", refusals[i].name);
		workbench_open(&wb,
			&(struct workbench_options){ .control = CONTROL_COMMAND,
				.quirk = refusals[i].quirk,
				.expect_unique_id = refusals[i].unique_id });
		(void)workbench_image(refusals[i].len);
		if (refusals[i].spoils_vectors)
			memset(workbench_bytes, 0x80, 8);
		workbench_shelve(
			&wb, (struct span){ workbench_bytes, refusals[i].len }, request.sha256);
		request.has_address = refusals[i].has_address;
		request.address = refusals[i].address;
		assert_int_equal(workbench_do(&wb, &request, NULL, &error), JOB_FAILED);
		workbench_assert_code(error, refusals[i].code);
		assert_true(workbench_is_null(&wb, "quarantine"));
		workbench_wait_state(&wb, "idle");
		workbench_close(&wb);
	}
}

/* What is asked of a good board and cannot be; nothing of it is done first. */
static const struct {
	const char *name, *say;
	enum job_kind kind;
	uint32_t address, length;
	const char *code, *stage;
} wrongs[] = {
	{ "read across the end", NULL, JOB_READ, 0x0801FF00, 0x200, "out_of_range", "read" },
	{ "read what is no memory", NULL, JOB_READ, 0x40000000, 4, "nack", "read" },
	{ "go to an entry point", NULL, JOB_GO, 0x08000101, 0, "bad_parameter", "run" },
	{ "go under read protection", "protect on", JOB_GO, 0x08000000, 0, "readout_protected",
		"run" },
	{ "read under read protection", "protect on", JOB_READ, 0x08000000, 4, "readout_protected",
		"read" },
	{ "erase beyond the end", NULL, JOB_ERASE, 0x08020000, 1024, "out_of_range", "plan" },
};

static void test_wrongs(void **state)
{
	struct workbench wb;

	(void)state;
	workbench_open(&wb, &(struct workbench_options){ .control = CONTROL_COMMAND });
	for (size_t i = 0; i < sizeof(wrongs) / sizeof(*wrongs); i++) {
		struct job_request request = workbench_request(wrongs[i].kind);
		struct json *error = NULL;
		uint8_t byte;
		bool ended;

		print_message("%s\n", wrongs[i].name);
		if (wrongs[i].say)
			workbench_tell(&wb, wrongs[i].say);
		request.has_address = true;
		request.address = wrongs[i].address;
		request.has_length = wrongs[i].length != 0;
		request.length = wrongs[i].length;
		struct job *job = workbench_submit(&wb, &request);

		assert_int_equal(workbench_finish(job, NULL, &error), JOB_FAILED);
		assert_int_equal(job_read_take(job, &byte, 1, &ended), 0);
		job_unref(job);
		workbench_assert_text(error, "stage", wrongs[i].stage);
		workbench_assert_code(error, wrongs[i].code);
		if (wrongs[i].say)
			workbench_tell(&wb, "protect off");
		workbench_wait_state(&wb, "idle");
		assert_true(workbench_is_null(&wb, "quarantine"));
	}
	workbench_close(&wb);
}

/* A plan for a chip that must not be flashed would mislead. */
static void test_dry_run_minds_the_chip(void **state)
{
	struct workbench wb;
	struct json *error = NULL;
	struct job_request request = workbench_request(JOB_IDENTIFY);

	(void)state;
	workbench_open(&wb,
		&(struct workbench_options){ .control = CONTROL_COMMAND,
			.expect_unique_id = "000102030405060708090a0b" });
	assert_int_equal(workbench_do(&wb, &request, NULL, NULL), JOB_DONE);
	request = workbench_flash_request(&wb, WORKBENCH_IMAGE);
	request.dry_run = true;
	assert_int_equal(workbench_do(&wb, &request, NULL, &error), JOB_FAILED);
	workbench_assert_code(error, "wrong_chip");
	workbench_close(&wb);
}

static bool is_erasing(void *job)
{
	return job_progress(job).stage == STAGE_ERASE;
}

/* The request that runs is waited for; the stage after it does not begin. */
static void test_cancel_while_it_erases(void **state)
{
	struct workbench wb;
	struct json *error = NULL;

	(void)state;
	workbench_open(
		&wb, &(struct workbench_options){ .control = CONTROL_COMMAND, .time_scale = "1" });
	struct job_request request = workbench_flash_request(&wb, WORKBENCH_IMAGE);
	struct job *job = workbench_submit(&wb, &request);

	workbench_wait(is_erasing, job);
	assert_true(job_cancel(job));
	assert_int_equal(workbench_finish(job, NULL, &error), JOB_CANCELLED);
	workbench_assert_text(error, "stage", "erase");
	workbench_assert_code(error, "cancelled");
	assert_int_equal(job_progress(job).stage, STAGE_ERASE);
	job_unref(job);
	assert_false(workbench_is_null(&wb, "quarantine"));
	workbench_close(&wb);
}

static bool is_writing(void *job)
{
	const struct progress progress = job_progress(job);

	return progress.stage == STAGE_WRITE && progress.done;
}

/* A flash of 64 KiB at 115200 takes six seconds: it is met in the middle. */
static struct job *begin_long_flash(struct workbench *wb)
{
	struct job_request request = workbench_flash_request(wb, 64 * 1024);

	request.baud = 115200;
	struct job *job = workbench_submit(wb, &request);

	workbench_wait(is_writing, job);
	return job;
}

static void test_cancel_quarantines_until_verified(void **state)
{
	struct workbench wb;
	struct json *error = NULL;
	struct problem problem = { 0 };
	struct job_request request = workbench_request(JOB_GO);

	(void)state;
	workbench_open(&wb, &(struct workbench_options){ .control = CONTROL_COMMAND });
	struct job *job = begin_long_flash(&wb);

	assert_false(board_input(wb.board, &workbench_writer, span_of("x"), &problem));
	assert_string_equal(problem.code, "board_busy");
	assert_true(job_cancel(job));
	assert_int_equal(workbench_finish(job, NULL, &error), JOB_CANCELLED);
	workbench_assert_code(error, "cancelled");
	job_unref(job);
	assert_false(workbench_is_null(&wb, "quarantine"));
	workbench_wait_state(&wb, "bootloader");

	job = job_new(&request, "mouse");
	assert_false(board_submit(wb.board, job, &problem));
	assert_string_equal(problem.code, "quarantined");
	job_unref(job);
	assert_int_equal(workbench_flash(&wb, WORKBENCH_IMAGE), JOB_DONE);
	assert_true(workbench_is_null(&wb, "quarantine"));
	workbench_close(&wb);
}

static void test_stop_interrupts_and_is_remembered(void **state)
{
	struct workbench wb;
	struct job_record record = { 0 };
	struct job_request request = workbench_request(JOB_ERASE);

	(void)state;
	workbench_open(&wb, &(struct workbench_options){ .control = CONTROL_COMMAND });
	struct job *job = begin_long_flash(&wb);

	board_stop(wb.board);
	assert_int_equal(workbench_finish(job, NULL, NULL), JOB_INTERRUPTED);
	workbench_restart(&wb);
	assert_true(store_job_get(wb.store, job_id(job), &record));
	assert_int_equal(record.state, JOB_INTERRUPTED);
	assert_true(record.changed);
	job_record_release(&record);
	job_unref(job);
	assert_false(workbench_is_null(&wb, "quarantine"));
	request.mass = true;
	assert_int_equal(workbench_do(&wb, &request, NULL, NULL), JOB_DONE);
	assert_true(workbench_is_null(&wb, "quarantine"));
	workbench_close(&wb);
}

static void test_unplugged_in_a_job(void **state)
{
	struct workbench wb;
	struct json *error = NULL;

	(void)state;
	workbench_open(&wb, &(struct workbench_options){ .control = CONTROL_COMMAND });
	struct job *job = begin_long_flash(&wb);

	workbench_tell(&wb, "unplug");
	assert_int_equal(workbench_finish(job, NULL, &error), JOB_FAILED);
	workbench_assert_code(error, "port_absent");
	job_unref(job);
	workbench_wait_state(&wb, "absent");
	assert_false(workbench_is_null(&wb, "quarantine"));
	workbench_tell(&wb, "replug");
	workbench_wait_state(&wb, "idle");
	assert_int_equal(workbench_flash(&wb, WORKBENCH_IMAGE), JOB_DONE);
	assert_true(workbench_is_null(&wb, "quarantine"));
	workbench_close(&wb);
}

static void test_absent_then_there(void **state)
{
	struct workbench wb;
	struct job_request request = workbench_request(JOB_IDENTIFY);
	struct problem problem = { 0 };

	(void)state;
	workbench_open(
		&wb, &(struct workbench_options){ .control = CONTROL_COMMAND, .no_port = true });
	struct job *job = job_new(&request, "mouse");

	assert_false(board_submit(wb.board, job, &problem));
	assert_string_equal(problem.code, "port_absent");
	assert_false(board_input(wb.board, &workbench_writer, span_of("x"), &problem));
	assert_string_equal(problem.code, "board_absent");
	job_unref(job);
	workbench_tell(&wb, "replug");
	workbench_wait_state(&wb, "idle");
	workbench_close(&wb);
}

static void note_manual(void *ctx, unsigned seq, const char *json)
{
	(void)seq;
	*(bool *)ctx = *(bool *)ctx || strstr(json, "\"type\":\"manual\"");
}

static bool has_told(void *job)
{
	bool told = false;

	job_events(job, 0, note_manual, &told);
	return told;
}

/* After Go the rate cannot be changed before the application speaks: it is the console's. */
static void test_manual_waits_for_a_person(void **state)
{
	struct workbench wb;
	struct json *result = NULL;

	(void)state;
	workbench_open(
		&wb, &(struct workbench_options){ .control = CONTROL_MANUAL, .baud = 115200 });
	struct job_request request = workbench_flash_request(&wb, WORKBENCH_IMAGE);
	struct job *job = workbench_submit(&wb, &request);

	workbench_wait(has_told, job);
	workbench_tell(&wb, "bootloader");
	assert_int_equal(workbench_finish(job, &result, NULL), JOB_DONE);
	workbench_assert_text(result, "started", "go");
	const char *warning = json_string(json_first(json_get(result, "warnings")));

	assert_non_null(warning);
	assert_non_null(strstr(warning, "BOOT0 still selects the bootloader"));
	json_free(result);
	job_unref(job);
	workbench_wait_text(&wb, 0, WORKBENCH_GREETING);
	workbench_close(&wb);
}

static void test_queue(void **state)
{
	struct workbench wb;
	struct problem problem = { 0 };
	struct job *waiting[2];

	(void)state;
	workbench_open(&wb, &(struct workbench_options){ .control = CONTROL_COMMAND, .queue = 2 });
	struct job *running = begin_long_flash(&wb);

	for (size_t i = 0; i < 2; i++) {
		struct job_request request = workbench_request(JOB_IDENTIFY);

		waiting[i] = workbench_submit(&wb, &request);
	}
	struct job_request request = workbench_request(JOB_IDENTIFY);
	struct job *refused = job_new(&request, "mouse");

	assert_false(board_submit(wb.board, refused, &problem));
	assert_string_equal(problem.code, "queue_full");
	job_unref(refused);
	assert_true(job_cancel(waiting[0]));
	assert_int_equal(workbench_finish(waiting[0], NULL, NULL), JOB_CANCELLED);
	assert_false(job_cancel(waiting[0]));
	assert_true(job_cancel(running));
	assert_int_equal(workbench_finish(running, NULL, NULL), JOB_CANCELLED);
	assert_int_equal(workbench_finish(waiting[1], NULL, NULL), JOB_DONE);
	job_unref(running);
	job_unref(waiting[0]);
	job_unref(waiting[1]);
	workbench_close(&wb);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_wrongs),
		cmocka_unit_test(test_dry_run_minds_the_chip),
		cmocka_unit_test(test_cancel_while_it_erases),
		cmocka_unit_test(test_cancel_quarantines_until_verified),
		cmocka_unit_test(test_stop_interrupts_and_is_remembered),
		cmocka_unit_test(test_unplugged_in_a_job),
		cmocka_unit_test(test_absent_then_there),
		cmocka_unit_test(test_manual_waits_for_a_person),
		cmocka_unit_test(test_queue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
