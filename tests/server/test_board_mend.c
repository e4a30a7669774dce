/* SPDX-License-Identifier: MIT */
/*
 * test_board_mend.c - faults in the middle of a job on a real pty: it ends done with the right
 * content and says what was done about it; or it fails, and the quarantine says what is unsure.
 */
#include "tests/server/workbench.h"

#include "tests/cmocka_all.h"

#include <string.h>

#define LONG_IMAGE (16 * KIB) /* a second and a half at 115200 */

/* Each strikes once in a flash; a byte's fault when blocks are being written. */
static const struct {
	const char *name, *fault, *kind;
	bool in_write;
} faults[] = {
	{ "a NACK to a write", "fault nack write nth=3", "resync", false },
	{ "an ACK that is lost in a write", "fault drop to-host nth=4", "resync", true },
	{ "a byte that is turned on its way there", "fault corrupt to-board nth=600", "resync",
		true },
	{ "a write that is never answered", "fault silence write nth=4", "restart", false },
	{ "a reset in a write", "fault reset write nth=5", "restart", false },
	{ "unplugged in the erase", "fault unplug erase nth=1 us=100 ms=300", "reattach", false },
	{ "unplugged in a write", "fault unplug write nth=3 ms=300", "reattach", false },
	{ "unplugged in the verify", "fault unplug read nth=25 ms=300", "reattach", false },
	{ "unplugged while connecting", "fault unplug get nth=1 ms=300", "reattach", false },
};

struct seen {
	bool recovery, absence;
};

static void look(void *ctx, unsigned seq, const char *json)
{
	struct seen *seen = ctx;

	(void)seq;
	seen->recovery = seen->recovery || strstr(json, "\"type\":\"recovery\"");
	seen->absence = seen->absence || strstr(json, "The adapter vanished");
}

/* What the part holds, as a verify of the same image says. */
static void assert_content(struct workbench *wb, size_t len)
{
	struct job_request request = workbench_flash_request(wb, len);
	struct json *result = NULL;
	bool match = false;

	request.kind = JOB_VERIFY;
	assert_int_equal(workbench_do(wb, &request, &result, NULL), JOB_DONE);
	assert_true(json_bool(json_get(result, "match"), &match) && match);
	json_free(result);
}

static void assert_counts(const struct json *result, const char *kind)
{
	const struct json *counts = json_get(result, "recoveries");
	int64_t count = 0;

	assert_non_null(json_first(counts));
	if (kind)
		assert_true(json_integer(json_get(counts, kind), 1, 100, &count));
}

static bool is_writing(void *job)
{
	const struct progress progress = job_progress(job);

	return progress.stage == STAGE_WRITE && progress.done;
}

static struct job *begin(struct workbench *wb, const char *fault, bool in_write)
{
	struct job_request request =
		workbench_flash_request(wb, in_write ? LONG_IMAGE : WORKBENCH_IMAGE);

	request.baud = in_write ? 115200 : 0;
	if (!in_write)
		workbench_tell(wb, fault);
	struct job *job = workbench_submit(wb, &request);

	if (in_write) {
		workbench_wait(is_writing, job);
		workbench_tell(wb, fault);
	}
	return job;
}

static void test_each_fault_is_mended(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++) {
		struct workbench wb;
		struct seen seen = { 0 };
		struct json *result = NULL;

		print_message("%s\n", faults[i].name);
		workbench_open(&wb,
			&(struct workbench_options){
				.control = CONTROL_COMMAND, .reattach_s = 20 });
		struct job *job = begin(&wb, faults[i].fault, faults[i].in_write);

		assert_int_equal(workbench_finish(job, &result, NULL), JOB_DONE);
		assert_counts(result, faults[i].kind);
		json_free(result);
		job_events(job, 0, look, &seen);
		job_unref(job);
		assert_true(seen.recovery);
		assert_int_equal(seen.absence, strstr(faults[i].fault, "unplug") != NULL);
		assert_true(workbench_is_null(&wb, "quarantine"));
		workbench_wait_state(&wb, "idle");
		workbench_tell(&wb, "fault clear");
		assert_content(&wb, faults[i].in_write ? LONG_IMAGE : WORKBENCH_IMAGE);
		workbench_close(&wb);
	}
}

static bool is_waiting(void *job)
{
	struct seen seen = { 0 };

	job_events(job, 0, look, &seen);
	return seen.absence;
}

/* Busy as long as it waits; then absent, and the quarantine says from where to where. */
static void test_an_adapter_that_stays_away(void **state)
{
	struct workbench wb;
	struct json *error = NULL;
	int64_t length = 0;

	(void)state;
	workbench_open(
		&wb, &(struct workbench_options){ .control = CONTROL_COMMAND, .reattach_s = 1 });
	struct job_request request = workbench_flash_request(&wb, WORKBENCH_IMAGE);

	workbench_tell(&wb, "fault unplug write nth=3");
	struct job *job = workbench_submit(&wb, &request);

	workbench_wait(is_waiting, job);
	workbench_wait_state(&wb, "busy");
	assert_int_equal(workbench_finish(job, NULL, &error), JOB_FAILED);
	workbench_assert_code(error, "port_absent");
	job_unref(job);
	workbench_wait_state(&wb, "absent");

	struct json *board = board_json(wb.board);
	const struct json *quarantine = json_get(board, "quarantine");
	const char *reason = json_string(json_get(quarantine, "reason"));

	workbench_assert_text(quarantine, "address", "0x08000000");
	assert_true(json_integer(
		json_get(quarantine, "length"), WORKBENCH_IMAGE, WORKBENCH_IMAGE, &length));
	assert_non_null(reason);
	assert_non_null(strstr(reason, "0x08000000 to 0x08001FFF is unsure"));
	json_free(board);
	workbench_close(&wb);
}

static void test_waiting_can_be_cancelled(void **state)
{
	struct workbench wb;

	(void)state;
	workbench_open(
		&wb, &(struct workbench_options){ .control = CONTROL_COMMAND, .reattach_s = 3600 });
	struct job_request request = workbench_flash_request(&wb, WORKBENCH_IMAGE);

	workbench_tell(&wb, "fault unplug write nth=3");
	struct job *job = workbench_submit(&wb, &request);

	workbench_wait(is_waiting, job);
	assert_true(job_cancel(job));
	assert_int_equal(workbench_finish(job, NULL, NULL), JOB_CANCELLED);
	job_unref(job);
	workbench_wait_state(&wb, "absent");
	assert_false(workbench_is_null(&wb, "quarantine"));
	workbench_close(&wb);
}

/* An FTDI as it comes: it costs the user, who is told, with what to do. */
static void test_a_slow_adapter_is_told(void **state)
{
	struct workbench wb;
	struct json *result = NULL;
	bool is_told = false;

	(void)state;
	workbench_open(&wb, &(struct workbench_options){ .control = CONTROL_COMMAND });
	workbench_tell(&wb, "adapter-latency 16");
	struct job_request request = workbench_flash_request(&wb, WORKBENCH_IMAGE);

	assert_int_equal(workbench_do(&wb, &request, &result, NULL), JOB_DONE);
	for (const struct json *w = json_first(json_get(result, "warnings")); w; w = json_next(w))
		is_told = is_told || strstr(json_string(w), "This adapter answers in ");
	assert_true(is_told);
	assert_non_null(json_get(result, "turnaround_ms"));
	json_free(result);
	workbench_close(&wb);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_fault_is_mended),
		cmocka_unit_test(test_an_adapter_that_stays_away),
		cmocka_unit_test(test_waiting_can_be_cancelled),
		cmocka_unit_test(test_a_slow_adapter_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
