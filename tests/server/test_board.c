/* SPDX-License-Identifier: MIT */
/* test_board.c - what a board does for each kind of job, on a simulated chip behind a real pty. */
#include "tests/server/workbench.h"

#include "server/clock.h"
#include "tests/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int64_t number_of(const struct json *json, const char *key)
{
	int64_t value = -1;

	assert_true(json_integer(json_get(json, key), INT64_MIN, INT64_MAX, &value));
	return value;
}

static bool spoke(const struct json *result)
{
	bool is_so = false;

	assert_true(json_bool(json_get(result, "console_spoke"), &is_so));
	return is_so;
}

static void test_flash(void **state)
{
	struct workbench wb;
	struct json *result = NULL;
	uint64_t mark = 0;

	(void)state;
	workbench_open(&wb, &(struct workbench_options){ .control = CONTROL_COMMAND });
	assert_true(workbench_is_null(&wb, "device"));
	struct job_request request = workbench_flash_request(&wb, WORKBENCH_IMAGE);

	const int64_t began = clock_monotonic_ms();

	assert_int_equal(workbench_do(&wb, &request, &result, NULL), JOB_DONE);
	print_message("flash of 8 KiB at 921600: %d ms\n", (int)(clock_monotonic_ms() - began));
	workbench_assert_text(result, "verified", "read");
	workbench_assert_text(result, "started", "reset");
	assert_int_equal(number_of(result, "written_bytes"), WORKBENCH_IMAGE);
	assert_int_equal(number_of(result, "baud"), 921600);
	assert_true(spoke(result));
	json_free(result);
	workbench_wait_state(&wb, "idle");
	assert_true(console_find_mark(board_console(wb.board), CONSOLE_MARK_FLASH, &mark));
	assert_int_equal(workbench_wait_text(&wb, mark, WORKBENCH_GREETING), mark);
	assert_true(workbench_is_null(&wb, "quarantine"));
	assert_false(workbench_is_null(&wb, "image"));
	assert_false(workbench_is_null(&wb, "device"));
	workbench_close(&wb);
}

/* The second time it is read, and found to be there. */
static void test_unchanged(void **state)
{
	struct workbench wb;
	struct json *result = NULL;

	(void)state;
	workbench_open(&wb, &(struct workbench_options){ .control = CONTROL_COMMAND });
	struct job_request request = workbench_flash_request(&wb, WORKBENCH_IMAGE);

	assert_int_equal(workbench_do(&wb, &request, NULL, NULL), JOB_DONE);
	request = workbench_flash_request(&wb, WORKBENCH_IMAGE);
	request.write = PLAN_WRITE_CHANGED;
	assert_int_equal(workbench_do(&wb, &request, &result, NULL), JOB_DONE);
	assert_int_equal(number_of(result, "written_bytes"), 0);
	assert_int_equal(number_of(result, "skipped_bytes"), WORKBENCH_IMAGE);
	assert_null(json_first(json_get(result, "erased_sectors")));
	workbench_assert_text(result, "verified", "read");
	workbench_assert_text(result, "started", "reset");
	json_free(result);
	assert_false(workbench_is_null(&wb, "image"));
	assert_true(workbench_is_null(&wb, "quarantine"));
	workbench_close(&wb);
}

/* It runs, and says nothing. */
static void test_a_silent_program(void **state)
{
	static const uint8_t program[] = {
		0x00, 0x50, 0x00, 0x20, /* its stack */
		0x09, 0x00, 0x00, 0x08, /* reset */
		0xFE, 0xE7,             /* b . */
	};
	struct workbench wb;
	struct json *result = NULL;
	struct job_request request = workbench_request(JOB_FLASH);

	(void)state;
	workbench_open(&wb, &(struct workbench_options){ .control = CONTROL_COMMAND });
	workbench_shelve(&wb, (struct span){ program, sizeof(program) }, request.sha256);
	assert_int_equal(workbench_do(&wb, &request, &result, NULL), JOB_DONE);
	workbench_assert_text(result, "started", "reset");
	assert_false(spoke(result));
	json_free(result);
	workbench_close(&wb);
}

static void test_input_is_echoed(void **state)
{
	struct workbench wb;

	(void)state;
	workbench_open(&wb, &(struct workbench_options){ .control = CONTROL_COMMAND });
	assert_int_equal(workbench_flash(&wb, WORKBENCH_IMAGE), JOB_DONE);
	const uint64_t from = workbench_wait_text(&wb, 0, WORKBENCH_GREETING);

	assert_true(board_input(wb.board, &workbench_writer, span_of("is anybody there?"), NULL));
	workbench_wait_text(&wb, from + 1, "is anybody there?");
	workbench_close(&wb);
}

static void test_verify(void **state)
{
	struct workbench wb;
	struct json *result = NULL;
	struct job_request request;
	bool match = false;

	(void)state;
	workbench_open(&wb, &(struct workbench_options){ .control = CONTROL_COMMAND });
	assert_int_equal(workbench_flash(&wb, WORKBENCH_IMAGE), JOB_DONE);
	request = workbench_flash_request(&wb, WORKBENCH_IMAGE);
	request.kind = JOB_VERIFY;
	assert_int_equal(workbench_do(&wb, &request, &result, NULL), JOB_DONE);
	assert_true(json_bool(json_get(result, "match"), &match) && match);
	json_free(result);

	request = workbench_request(JOB_VERIFY);
	(void)workbench_image(WORKBENCH_IMAGE);
	workbench_bytes[5000] ^= 0x10;
	workbench_shelve(&wb, (struct span){ workbench_bytes, WORKBENCH_IMAGE }, request.sha256);
	assert_int_equal(workbench_do(&wb, &request, &result, NULL), JOB_DONE);
	assert_true(json_bool(json_get(result, "match"), &match) && !match);
	workbench_assert_text(result, "address", "0x08001388");
	json_free(result);
	workbench_wait_state(&wb, "idle");
	workbench_close(&wb);
}

struct reading {
	struct job *job;
	struct buf bytes;
};

static bool take_all(void *ctx)
{
	struct reading *reading = ctx;
	uint8_t bytes[1000];
	bool ended = false;

	for (size_t len = 1; len && !ended;) {
		len = job_read_take(reading->job, bytes, sizeof(bytes), &ended);
		assert_true(buf_append(&reading->bytes, (struct span){ bytes, len }));
	}
	return ended;
}

static void test_read(void **state)
{
	struct workbench wb;
	struct reading reading = { 0 };
	struct job_request request = workbench_request(JOB_READ);

	(void)state;
	workbench_open(&wb, &(struct workbench_options){ .control = CONTROL_COMMAND });
	assert_int_equal(workbench_flash(&wb, 100 * 1024), JOB_DONE);
	request.has_address = request.has_length = true;
	request.address = 0x08000004;
	request.length = 100 * 1024 - 4; /* more than the pipe holds */
	reading.job = workbench_submit(&wb, &request);
	workbench_wait(take_all, &reading);
	assert_int_equal(workbench_finish(reading.job, NULL, NULL), JOB_DONE);
	assert_int_equal(reading.bytes.len, 100 * 1024 - 4);
	assert_memory_equal(reading.bytes.ptr, workbench_bytes + 4, reading.bytes.len);
	buf_release(&reading.bytes);
	job_unref(reading.job);
	workbench_close(&wb);
}

static void test_erase_stays_and_reset_returns(void **state)
{
	struct workbench wb;
	struct json *result = NULL;
	struct job_request request = workbench_request(JOB_ERASE);
	struct problem problem = { 0 };

	(void)state;
	workbench_open(&wb, &(struct workbench_options){ .control = CONTROL_COMMAND });
	assert_int_equal(workbench_flash(&wb, WORKBENCH_IMAGE), JOB_DONE);
	request.sectors = calloc(3, sizeof(uint32_t));
	request.sector_count = 3;
	memcpy(request.sectors, (uint32_t[]){ 6, 3, 4 }, 3 * sizeof(uint32_t));
	assert_int_equal(workbench_do(&wb, &request, &result, NULL), JOB_DONE);
	const struct json *first = json_first(json_get(result, "erased_sectors"));
	int64_t number = 0;

	assert_true(json_integer(first, 0, 100, &number));
	assert_int_equal(number, 3);
	json_free(result);
	workbench_wait_state(&wb, "bootloader");
	assert_false(board_input(wb.board, &workbench_writer, span_of("x"), &problem));
	assert_string_equal(problem.code, "board_in_bootloader");
	request = workbench_request(JOB_RESET);
	request.into = INTO_APPLICATION;
	const uint64_t head = console_head(board_console(wb.board));

	assert_int_equal(workbench_do(&wb, &request, NULL, NULL), JOB_DONE);
	workbench_wait_state(&wb, "idle");
	assert_int_equal(workbench_wait_text(&wb, head, WORKBENCH_GREETING), head);
	workbench_close(&wb);
}

static void test_reset_into_bootloader_and_go(void **state)
{
	struct workbench wb;
	struct job_request request;

	(void)state;
	workbench_open(
		&wb, &(struct workbench_options){ .control = CONTROL_COMMAND, .baud = 115200 });
	assert_int_equal(workbench_flash(&wb, WORKBENCH_IMAGE), JOB_DONE);
	workbench_wait_text(&wb, 0, WORKBENCH_GREETING);
	request = workbench_request(JOB_RESET);
	request.into = INTO_BOOTLOADER;
	assert_int_equal(workbench_do(&wb, &request, NULL, NULL), JOB_DONE);
	workbench_wait_state(&wb, "bootloader");
	request = workbench_request(JOB_IDENTIFY);
	assert_int_equal(workbench_do(&wb, &request, NULL, NULL), JOB_DONE);
	workbench_wait_state(&wb, "bootloader"); /* it was left there */
	request = workbench_request(JOB_GO);
	const uint64_t head = console_head(board_console(wb.board));

	struct job *job = workbench_submit(&wb, &request);

	assert_int_equal(workbench_finish(job, NULL, NULL), JOB_DONE);
	assert_int_equal(job_progress(job).stage, STAGE_RUN);
	job_unref(job);
	workbench_wait_state(&wb, "idle");
	assert_int_equal(workbench_wait_text(&wb, head, WORKBENCH_GREETING), head);
	workbench_close(&wb);
}

static void assert_bootloader_rate(struct workbench *wb, int64_t want)
{
	bool never;
	struct json *json = board_device_json(wb->board, &never);
	int64_t baud = 0;

	assert_true(json_integer(json_get(json_get(json, "link"), "baud"), 0, UINT32_MAX, &baud));
	assert_int_equal(baud, want);
	json_free(json);
}

/* The session that was left open began at another rate. */
static void test_rate_changes_in_bootloader(void **state)
{
	struct workbench wb;
	struct job_request request = workbench_request(JOB_RESET);

	(void)state;
	workbench_open(
		&wb, &(struct workbench_options){ .control = CONTROL_COMMAND, .baud = 115200 });
	request.into = INTO_BOOTLOADER;
	assert_int_equal(workbench_do(&wb, &request, NULL, NULL), JOB_DONE);
	workbench_wait_state(&wb, "bootloader");
	assert_bootloader_rate(&wb, 115200);
	struct config_board other = wb.config;

	other.bootloader.baud = 57600;
	assert_true(board_configure(wb.board, &other));
	request = workbench_request(JOB_IDENTIFY);
	assert_int_equal(workbench_do(&wb, &request, NULL, NULL), JOB_DONE);
	assert_bootloader_rate(&wb, 57600);
	workbench_close(&wb);
}

/* A ROM does not speak unasked: what comes is the application, shown from its first byte. */
static void test_restart_by_hand_is_noticed(void **state)
{
	struct workbench wb;
	struct job_request request = workbench_request(JOB_RESET);
	uint64_t mark = 0;

	(void)state;
	workbench_open(
		&wb, &(struct workbench_options){ .control = CONTROL_COMMAND, .baud = 115200 });
	assert_int_equal(workbench_flash(&wb, WORKBENCH_IMAGE), JOB_DONE);
	workbench_wait_text(&wb, 0, WORKBENCH_GREETING);
	request.into = INTO_BOOTLOADER;
	assert_int_equal(workbench_do(&wb, &request, NULL, NULL), JOB_DONE);
	workbench_wait_state(&wb, "bootloader");
	const uint64_t head = console_head(board_console(wb.board));

	workbench_tell(&wb, "application");
	workbench_wait_state(&wb, "idle");
	assert_int_equal(workbench_wait_text(&wb, head, WORKBENCH_GREETING), head);
	assert_true(console_find_mark(board_console(wb.board), CONSOLE_MARK_RESET, &mark));
	assert_int_equal(mark, head);
	request = workbench_request(JOB_IDENTIFY);
	assert_int_equal(workbench_do(&wb, &request, NULL, NULL), JOB_DONE);
	workbench_wait_state(&wb, "idle"); /* as it was found */
	workbench_close(&wb);
}

static void test_identify_returns(void **state)
{
	struct workbench wb;
	struct json *result = NULL;
	struct job_request request = workbench_request(JOB_IDENTIFY);

	(void)state;
	workbench_open(&wb, &(struct workbench_options){ .control = CONTROL_COMMAND });
	assert_int_equal(workbench_flash(&wb, WORKBENCH_IMAGE), JOB_DONE);
	workbench_wait_text(&wb, 0, WORKBENCH_GREETING);
	const uint64_t head = console_head(board_console(wb.board));

	assert_int_equal(workbench_do(&wb, &request, &result, NULL), JOB_DONE);
	workbench_assert_text(result, "product_id", "0x410");
	assert_int_equal(number_of(result, "flash_bytes"), 128 * 1024);
	json_free(result);
	workbench_wait_state(&wb, "idle");
	assert_int_equal(workbench_wait_text(&wb, head, WORKBENCH_GREETING), head);
	workbench_close(&wb);
}

static void test_dry_run_of_known_part_leaves_the_port(void **state)
{
	struct workbench wb;
	struct json *result = NULL;
	struct job_request request;

	(void)state;
	workbench_open(&wb, &(struct workbench_options){ .control = CONTROL_COMMAND });
	assert_int_equal(workbench_flash(&wb, WORKBENCH_IMAGE), JOB_DONE);
	workbench_tell(&wb, "unplug");
	workbench_wait_state(&wb, "absent");
	request = workbench_flash_request(&wb, WORKBENCH_IMAGE);
	request.dry_run = true;
	assert_int_equal(workbench_do(&wb, &request, &result, NULL), JOB_DONE);
	const struct json *plan = json_get(result, "plan");
	size_t erases = 0;

	for (const struct json *s = json_first(json_get(plan, "erase")); s; s = json_next(s))
		erases++;
	assert_int_equal(erases, WORKBENCH_IMAGE / 1024);
	json_free(result);
	workbench_close(&wb);
}

static void test_map_follows(void **state)
{
	struct workbench wb;
	unsigned verified = 0;

	(void)state;
	workbench_open(&wb, &(struct workbench_options){ .control = CONTROL_COMMAND });
	assert_int_equal(workbench_flash(&wb, WORKBENCH_IMAGE), JOB_DONE);
	struct json *map = board_map_json(wb.board, 0);

	assert_non_null(map);
	for (const struct json *s = json_first(json_get(map, "sectors")); s; s = json_next(s)) {
		workbench_assert_text(s, "state", "verified");
		verified++;
	}
	assert_int_equal(verified, WORKBENCH_IMAGE / 1024);
	assert_null(board_map_json(wb.board, board_map_version(wb.board)));
	json_free(map);
	workbench_close(&wb);
}

static bool has_ended(void *board)
{
	return board_has_ended(board);
}

/* New settings keep what they do not touch; another port is tried before a job is refused for it.
 */
static void test_settings_change(void **state)
{
	struct workbench wb;
	struct problem problem = { 0 };
	char elsewhere[] = "/nowhere/tty";

	(void)state;
	workbench_open(&wb, &(struct workbench_options){ .control = CONTROL_COMMAND });
	struct config_board other = wb.config;

	other.label = (char *)"Cat";
	assert_true(board_configure(wb.board, &other));
	struct json *json = board_json(wb.board);

	workbench_assert_text(json, "label", "Cat");
	workbench_assert_text(json, "state", "idle");
	json_free(json);
	other.port = elsewhere;
	assert_true(board_configure(wb.board, &other));
	workbench_wait_state(&wb, "absent");
	assert_true(board_configure(wb.board, &wb.config));
	workbench_wait_state(&wb, "idle");
	struct job_request request = workbench_request(JOB_IDENTIFY);

	assert_int_equal(workbench_do(&wb, &request, NULL, NULL), JOB_DONE);
	assert_true(board_remove(wb.board));
	workbench_wait(has_ended, wb.board);
	request = workbench_request(JOB_IDENTIFY);
	struct job *job = job_new(&request, "mouse");

	assert_false(board_submit(wb.board, job, &problem));
	assert_string_equal(problem.code, "no_such_board");
	job_unref(job);
	workbench_close(&wb);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flash),
		cmocka_unit_test(test_settings_change),
		cmocka_unit_test(test_unchanged),
		cmocka_unit_test(test_a_silent_program),
		cmocka_unit_test(test_input_is_echoed),
		cmocka_unit_test(test_verify),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_erase_stays_and_reset_returns),
		cmocka_unit_test(test_reset_into_bootloader_and_go),
		cmocka_unit_test(test_rate_changes_in_bootloader),
		cmocka_unit_test(test_restart_by_hand_is_noticed),
		cmocka_unit_test(test_identify_returns),
		cmocka_unit_test(test_dry_run_of_known_part_leaves_the_port),
		cmocka_unit_test(test_map_follows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
