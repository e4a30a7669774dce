/* SPDX-License-Identifier: MIT */
/* test_board.c - what a board does for each kind of job, on a simulated chip behind a real pty. */
#include "tests/server/workbench.h"

#include "server/clock.h"
#include "tests/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { IMAGE_LEN = 8 * 1024 };
static uint8_t image[128 * 1024];

static struct span image_of(size_t len)
{
	workbench_image(image, len);
	return (struct span){ image, len };
}

static struct job_request request_of(enum job_kind kind)
{
	struct job_request request = { .kind = kind, .run = true };

	strcpy(request.who, "test");
	return request;
}

static struct job_request flash_of(struct workbench *wb, size_t len)
{
	struct job_request request = request_of(JOB_FLASH);

	workbench_shelve(wb, image_of(len), request.sha256);
	return request;
}

static enum job_state flash(struct workbench *wb, size_t len)
{
	struct job_request request = flash_of(wb, len);

	return workbench_do(wb, &request, NULL, NULL);
}

static void assert_text(const struct json *json, const char *key, const char *want)
{
	const char *have = json_string(json_get(json, key));

	assert_non_null(have);
	assert_string_equal(have, want);
}

static int64_t number_of(const struct json *json, const char *key)
{
	int64_t value = -1;

	assert_true(json_integer(json_get(json, key), INT64_MIN, INT64_MAX, &value));
	return value;
}

static bool is_null(struct workbench *wb, const char *key)
{
	struct json *json = board_json(wb->board);
	const struct json *member = json_get(json, key);

	assert_non_null(member);
	const bool is = json_type(member) == JSON_NULL;

	json_free(json);
	return is;
}

static void assert_code(struct json *error, const char *code)
{
	assert_non_null(error);
	assert_text(error, "code", code);
	json_free(error);
}

static void test_flash(void **state)
{
	struct workbench wb;
	struct json *result = NULL;
	uint64_t mark = 0;

	(void)state;
	workbench_open(&wb, &(struct workbench_options){ .control = CONTROL_COMMAND });
	assert_true(is_null(&wb, "device"));
	struct job_request request = flash_of(&wb, IMAGE_LEN);
	const int64_t began = clock_monotonic_ms();

	assert_int_equal(workbench_do(&wb, &request, &result, NULL), JOB_DONE);
	print_message("flash of 8 KiB at 921600: %d ms\n", (int)(clock_monotonic_ms() - began));
	assert_text(result, "verified", "read");
	assert_text(result, "started", "reset");
	assert_int_equal(number_of(result, "written_bytes"), IMAGE_LEN);
	assert_int_equal(number_of(result, "baud"), 921600);
	json_free(result);
	workbench_wait_state(&wb, "idle");
	assert_true(console_find_mark(board_console(wb.board), CONSOLE_MARK_FLASH, &mark));
	assert_int_equal(workbench_wait_text(&wb, mark, WORKBENCH_GREETING), mark);
	assert_true(is_null(&wb, "quarantine"));
	assert_false(is_null(&wb, "image"));
	assert_false(is_null(&wb, "device"));
	workbench_close(&wb);
}

static void test_input_is_echoed(void **state)
{
	struct workbench wb;

	(void)state;
	workbench_open(&wb, &(struct workbench_options){ .control = CONTROL_COMMAND });
	assert_int_equal(flash(&wb, IMAGE_LEN), JOB_DONE);
	const uint64_t from = workbench_wait_text(&wb, 0, WORKBENCH_GREETING);

	assert_true(board_input(wb.board, span_of("is anybody there?"), NULL));
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
	assert_int_equal(flash(&wb, IMAGE_LEN), JOB_DONE);
	request = flash_of(&wb, IMAGE_LEN);
	request.kind = JOB_VERIFY;
	assert_int_equal(workbench_do(&wb, &request, &result, NULL), JOB_DONE);
	assert_true(json_bool(json_get(result, "match"), &match) && match);
	json_free(result);

	request = request_of(JOB_VERIFY);
	(void)image_of(IMAGE_LEN);
	image[5000] ^= 0x10;
	workbench_shelve(&wb, (struct span){ image, IMAGE_LEN }, request.sha256);
	assert_int_equal(workbench_do(&wb, &request, &result, NULL), JOB_DONE);
	assert_true(json_bool(json_get(result, "match"), &match) && !match);
	assert_text(result, "address", "0x08001388");
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
	struct job_request request = request_of(JOB_READ);

	(void)state;
	workbench_open(&wb, &(struct workbench_options){ .control = CONTROL_COMMAND });
	assert_int_equal(flash(&wb, 100 * 1024), JOB_DONE);
	request.has_address = request.has_length = true;
	request.address = 0x08000004;
	request.length = 100 * 1024 - 4; /* more than the pipe holds */
	reading.job = workbench_submit(&wb, &request);
	workbench_wait(take_all, &reading);
	assert_int_equal(workbench_finish(reading.job, NULL, NULL), JOB_DONE);
	assert_int_equal(reading.bytes.len, 100 * 1024 - 4);
	assert_memory_equal(reading.bytes.ptr, image + 4, reading.bytes.len);
	buf_release(&reading.bytes);
	job_unref(reading.job);
	workbench_close(&wb);
}

static void test_erase_stays_and_reset_returns(void **state)
{
	struct workbench wb;
	struct json *result = NULL;
	struct job_request request = request_of(JOB_ERASE);
	struct problem problem = { 0 };

	(void)state;
	workbench_open(&wb, &(struct workbench_options){ .control = CONTROL_COMMAND });
	assert_int_equal(flash(&wb, IMAGE_LEN), JOB_DONE);
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
	assert_false(board_input(wb.board, span_of("x"), &problem));
	assert_string_equal(problem.code, "board_in_bootloader");
	request = request_of(JOB_RESET);
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
	workbench_open(&wb, &(struct workbench_options){ .control = CONTROL_COMMAND });
	assert_int_equal(flash(&wb, IMAGE_LEN), JOB_DONE);
	workbench_wait_text(&wb, 0, WORKBENCH_GREETING);
	request = request_of(JOB_RESET);
	request.into = INTO_BOOTLOADER;
	assert_int_equal(workbench_do(&wb, &request, NULL, NULL), JOB_DONE);
	workbench_wait_state(&wb, "bootloader");
	request = request_of(JOB_IDENTIFY);
	assert_int_equal(workbench_do(&wb, &request, NULL, NULL), JOB_DONE);
	workbench_wait_state(&wb, "bootloader"); /* it was left there */
	request = request_of(JOB_GO);
	const uint64_t head = console_head(board_console(wb.board));

	assert_int_equal(workbench_do(&wb, &request, NULL, NULL), JOB_DONE);
	workbench_wait_state(&wb, "idle");
	assert_int_equal(workbench_wait_text(&wb, head, WORKBENCH_GREETING), head);
	workbench_close(&wb);
}

static void test_identify_returns(void **state)
{
	struct workbench wb;
	struct json *result = NULL;
	struct job_request request = request_of(JOB_IDENTIFY);

	(void)state;
	workbench_open(&wb, &(struct workbench_options){ .control = CONTROL_COMMAND });
	assert_int_equal(flash(&wb, IMAGE_LEN), JOB_DONE);
	workbench_wait_text(&wb, 0, WORKBENCH_GREETING);
	const uint64_t head = console_head(board_console(wb.board));

	assert_int_equal(workbench_do(&wb, &request, &result, NULL), JOB_DONE);
	assert_text(result, "product_id", "0x410");
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
	assert_int_equal(flash(&wb, IMAGE_LEN), JOB_DONE);
	workbench_tell(&wb, "unplug");
	workbench_wait_state(&wb, "absent");
	request = flash_of(&wb, IMAGE_LEN);
	request.dry_run = true;
	assert_int_equal(workbench_do(&wb, &request, &result, NULL), JOB_DONE);
	const struct json *plan = json_get(result, "plan");
	size_t erases = 0;

	for (const struct json *s = json_first(json_get(plan, "erase")); s; s = json_next(s))
		erases++;
	assert_int_equal(erases, IMAGE_LEN / 1024);
	json_free(result);
	workbench_close(&wb);
}

/* What is refused before anything is changed. */
static const struct {
	const char *name, *quirk, *unique_id;
	size_t len;
	bool spoils_vectors, has_address;
	uint32_t address;
	const char *code;
} refusals[] = {
	{ "too large", NULL, NULL, 128 * 1024, false, true, 0x08000400, "out_of_range" },
	{ "no application", NULL, NULL, IMAGE_LEN, true, false, 0, "not_an_application" },
	{ "another chip", NULL, "000102030405060708090a0b", IMAGE_LEN, false, false, 0,
		"wrong_chip" },
	{ "silent board", "deaf", NULL, IMAGE_LEN, false, false, 0, "no_answer" },
};

static void test_refusals(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
		struct workbench wb;
		struct json *error = NULL;
		struct job_request request = request_of(JOB_FLASH);

		print_message("%s\n", refusals[i].name);
		workbench_open(&wb,
			&(struct workbench_options){ .control = CONTROL_COMMAND,
				.quirk = refusals[i].quirk,
				.expect_unique_id = refusals[i].unique_id });
		(void)image_of(refusals[i].len);
		if (refusals[i].spoils_vectors)
			memset(image, 0x80, 8);
		workbench_shelve(&wb, (struct span){ image, refusals[i].len }, request.sha256);
		request.has_address = refusals[i].has_address;
		request.address = refusals[i].address;
		assert_int_equal(workbench_do(&wb, &request, NULL, &error), JOB_FAILED);
		assert_code(error, refusals[i].code);
		assert_true(is_null(&wb, "quarantine"));
		workbench_wait_state(&wb, "idle");
		workbench_close(&wb);
	}
}

static bool is_writing(void *job)
{
	const struct progress progress = job_progress(job);

	return progress.stage == STAGE_WRITE && progress.done;
}

/* A flash of 64 KiB at 115200 takes six seconds: it is met in the middle. */
static struct job *begin_long_flash(struct workbench *wb)
{
	struct job_request request = flash_of(wb, 64 * 1024);

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
	struct job_request request = request_of(JOB_GO);

	(void)state;
	workbench_open(&wb, &(struct workbench_options){ .control = CONTROL_COMMAND });
	struct job *job = begin_long_flash(&wb);

	assert_false(board_input(wb.board, span_of("x"), &problem));
	assert_string_equal(problem.code, "board_busy");
	assert_true(job_cancel(job));
	assert_int_equal(workbench_finish(job, NULL, &error), JOB_CANCELLED);
	assert_code(error, "cancelled");
	job_unref(job);
	assert_false(is_null(&wb, "quarantine"));
	workbench_wait_state(&wb, "bootloader");

	job = job_new(&request, "mouse");
	assert_false(board_submit(wb.board, job, &problem));
	assert_string_equal(problem.code, "quarantined");
	job_unref(job);
	assert_int_equal(flash(&wb, IMAGE_LEN), JOB_DONE);
	assert_true(is_null(&wb, "quarantine"));
	workbench_close(&wb);
}

static void test_stop_interrupts_and_is_remembered(void **state)
{
	struct workbench wb;
	struct job_record record = { 0 };
	struct job_request request = request_of(JOB_ERASE);

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
	assert_false(is_null(&wb, "quarantine"));
	request.mass = true;
	assert_int_equal(workbench_do(&wb, &request, NULL, NULL), JOB_DONE);
	assert_true(is_null(&wb, "quarantine"));
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
	assert_code(error, "port_absent");
	job_unref(job);
	workbench_wait_state(&wb, "absent");
	assert_false(is_null(&wb, "quarantine"));
	workbench_tell(&wb, "replug");
	workbench_wait_state(&wb, "idle");
	assert_int_equal(flash(&wb, IMAGE_LEN), JOB_DONE);
	assert_true(is_null(&wb, "quarantine"));
	workbench_close(&wb);
}

static void test_absent_then_there(void **state)
{
	struct workbench wb;
	struct job_request request = request_of(JOB_IDENTIFY);
	struct problem problem = { 0 };

	(void)state;
	workbench_open(
		&wb, &(struct workbench_options){ .control = CONTROL_COMMAND, .no_port = true });
	struct job *job = job_new(&request, "mouse");

	assert_false(board_submit(wb.board, job, &problem));
	assert_string_equal(problem.code, "port_absent");
	assert_false(board_input(wb.board, span_of("x"), &problem));
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

static void test_manual_waits_for_a_person(void **state)
{
	struct workbench wb;
	struct json *result = NULL;

	(void)state;
	workbench_open(&wb, &(struct workbench_options){ .control = CONTROL_MANUAL });
	struct job_request request = flash_of(&wb, IMAGE_LEN);
	struct job *job = workbench_submit(&wb, &request);

	workbench_wait(has_told, job);
	workbench_tell(&wb, "bootloader");
	assert_int_equal(workbench_finish(job, &result, NULL), JOB_DONE);
	assert_text(result, "started", "go");
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
		struct job_request request = request_of(JOB_IDENTIFY);

		waiting[i] = workbench_submit(&wb, &request);
	}
	struct job_request request = request_of(JOB_IDENTIFY);
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

static void test_map_follows(void **state)
{
	struct workbench wb;
	unsigned verified = 0;

	(void)state;
	workbench_open(&wb, &(struct workbench_options){ .control = CONTROL_COMMAND });
	assert_int_equal(flash(&wb, IMAGE_LEN), JOB_DONE);
	struct json *map = board_map_json(wb.board, 0);

	assert_non_null(map);
	for (const struct json *s = json_first(json_get(map, "sectors")); s; s = json_next(s)) {
		assert_text(s, "state", "verified");
		verified++;
	}
	assert_int_equal(verified, IMAGE_LEN / 1024);
	assert_null(board_map_json(wb.board, board_map_version(wb.board)));
	json_free(map);
	workbench_close(&wb);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flash),
		cmocka_unit_test(test_input_is_echoed),
		cmocka_unit_test(test_verify),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_erase_stays_and_reset_returns),
		cmocka_unit_test(test_reset_into_bootloader_and_go),
		cmocka_unit_test(test_identify_returns),
		cmocka_unit_test(test_dry_run_of_known_part_leaves_the_port),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_cancel_quarantines_until_verified),
		cmocka_unit_test(test_stop_interrupts_and_is_remembered),
		cmocka_unit_test(test_unplugged_in_a_job),
		cmocka_unit_test(test_absent_then_there),
		cmocka_unit_test(test_manual_waits_for_a_person),
		cmocka_unit_test(test_queue),
		cmocka_unit_test(test_map_follows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
