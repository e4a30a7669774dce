/* SPDX-License-Identifier: MIT */
/* test_board_options.c - option bytes of a board: written through faults, and remembered. */
#include "server/board.h"
#include "tests/server/workbench.h"

#include "tests/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

/* A change of one field; the job takes it. */
static struct job_request change(const char *name, uint32_t value)
{
	struct job_request request = workbench_request(JOB_OPTION_BYTES);

	request.options = calloc(1, sizeof(*request.options));
	assert_non_null(request.options);
	strcpy(request.options->fields[0].name, name);
	request.options->fields[0].value = value;
	request.options->field_count = 1;
	return request;
}

/* As GET shows it; -1: never read. */
static int64_t kept_value(struct workbench *wb, const char *name)
{
	struct problem problem = { 0 };
	struct json *json = board_options_json(wb->board, &problem);
	int64_t value = -1;

	for (const struct json *field = json_first(json_get(json, "fields")); field;
		field = json_next(field))
		if (!strcmp(json_string(json_get(field, "name")), name))
			assert_true(json_integer(json_get(field, "value"), 0, 255, &value));
	json_free(json);
	return value;
}

static const struct {
	const char *name, *fault, *code; /* code NULL: it is done */
	int64_t value;                   /* that the part has then */
} faults[] = {
	{ "nothing", NULL, NULL, 42 },
	{ "refused once", "fault nack write nth=1", NULL, 42 },
	{ "no answer to it", "fault silence write nth=1", NULL, 42 },
	{ "a reset in the middle", "fault reset write nth=1", NULL, 42 },
	{ "always refused", "fault nack write every=1", "option_bytes_unchanged", 255 },
	{ "ACKed and not done", "quirk silent-write-failure on", "option_bytes_unchanged", 255 },
};

static void what_is_there_in_the_end_decides(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++) {
		struct workbench wb;
		struct json *error = NULL;

		workbench_open(&wb, &(struct workbench_options){ .control = CONTROL_COMMAND });
		struct job_request request = workbench_request(JOB_OPTION_BYTES);

		assert_int_equal(kept_value(&wb, "Data0"), -1);
		assert_int_equal(workbench_do(&wb, &request, NULL, NULL), JOB_DONE);
		assert_int_equal(kept_value(&wb, "Data0"), 255);
		if (faults[i].fault)
			workbench_tell(&wb, faults[i].fault);
		request = change("Data0", 42);
		const enum job_state got = workbench_do(&wb, &request, NULL, &error);

		if (got != (faults[i].code ? JOB_FAILED : JOB_DONE))
			fail_msg("%s: %s", faults[i].name, job_state_name(got));
		if (faults[i].code)
			workbench_assert_text(error, "code", faults[i].code);
		assert_int_equal(kept_value(&wb, "Data0"), faults[i].value);
		json_free(error);
		workbench_close(&wb);
	}
}

static void what_was_read_outlives_a_restart(void **state)
{
	struct workbench wb;
	struct json *map;

	(void)state;
	workbench_open(&wb, &(struct workbench_options){ .control = CONTROL_COMMAND });
	struct job_request request = change("WRP0", 0xFE);

	assert_int_equal(workbench_do(&wb, &request, NULL, NULL), JOB_DONE);
	workbench_restart(&wb);
	assert_int_equal(kept_value(&wb, "WRP0"), 0xFE);
	map = board_map_json(wb.board, 0);
	assert_non_null(map);
	for (const struct json *s = json_first(json_get(map, "sectors")); s; s = json_next(s))
		workbench_assert_text(s, "state", "locked");
	json_free(map);
	/* A dry run of what is known does not ask the part, and is refused all the same. */
	struct json *error = NULL;

	request = workbench_flash_request(&wb, WORKBENCH_IMAGE);
	request.dry_run = true;
	assert_int_equal(workbench_do(&wb, &request, NULL, &error), JOB_FAILED);
	workbench_assert_text(error, "code", "write_protected");
	workbench_assert_text(error, "address", "0x08000000");
	json_free(error);
	workbench_close(&wb);
}

static void an_image_that_is_there_is_unchanged(void **state)
{
	struct workbench wb;
	struct json *map;
	unsigned count = 0;

	(void)state;
	workbench_open(&wb, &(struct workbench_options){ .control = CONTROL_COMMAND });
	assert_int_equal(workbench_flash(&wb, WORKBENCH_IMAGE), JOB_DONE);
	struct job_request request = workbench_flash_request(&wb, WORKBENCH_IMAGE);

	request.write = PLAN_WRITE_CHANGED;
	assert_int_equal(workbench_do(&wb, &request, NULL, NULL), JOB_DONE);
	map = board_map_json(wb.board, 0);
	assert_non_null(map);
	for (const struct json *s = json_first(json_get(map, "sectors")); s; s = json_next(s)) {
		workbench_assert_text(s, "state", "unchanged");
		count++;
	}
	assert_int_equal(count, WORKBENCH_IMAGE / 1024);
	json_free(map);
	workbench_close(&wb);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_there_in_the_end_decides),
		cmocka_unit_test(what_was_read_outlives_a_restart),
		cmocka_unit_test(an_image_that_is_there_is_unchanged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
