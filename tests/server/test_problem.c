/* SPDX-License-Identifier: MIT */
/* test_problem.c - the table is whole, and every protocol error is put in words. */
#include "server/problem.h"

#include "server/assets.h"

#include "tests/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void every_kind_is_whole(void **state)
{
	const struct problem_kind *kind;
	size_t count = 0;

	(void)state;
	for (; (kind = problem_kind_at(count)); count++) {
		assert_in_range(kind->status, 400, 599);
		assert_int_equal(
			strspn(kind->code, "abcdefghijklmnopqrstuvwxyz_"), strlen(kind->code));
		assert_in_range(strlen(kind->title), 5, 70);
		assert_true(strlen(kind->explanation) > 20);
		assert_int_equal(kind->explanation[strlen(kind->explanation) - 1], '.');
		/* The first of this name: no slug stands twice. */
		assert_ptr_equal(problem_kind(kind->code), kind);
	}
	assert_true(count > 40);
	assert_null(problem_kind_at(count + 100));
}

/* Who writes a client finds each slug in the description, quoted or in a list. */
static void every_kind_is_described(void **state)
{
	const struct asset *openapi = asset_find("openapi.json");
	const struct problem_kind *kind;
	char quoted[64];

	(void)state;
	assert_non_null(openapi);
	for (size_t i = 0; (kind = problem_kind_at(i)); i++) {
		snprintf(quoted, sizeof(quoted), "\"%s\"", kind->code);
		if (!memmem(openapi->plain.ptr, openapi->plain.len, quoted, strlen(quoted)))
			fail_msg("docs/openapi.yaml does not name %s", kind->code);
	}
}

static void every_error_is_put_in_words(void **state)
{
	(void)state;
	for (int e = 0; e < ERR_COUNT; e++) {
		struct why why = {
			.err = (enum err)e, .stage = STAGE_WRITE, .has_addr = 1, .addr = 0x08001234
		};
		struct problem problem = { 0 };

		problem_from_why(&problem, &why, "STM32F103", "/dev/ttyUSB0");
		assert_non_null(problem.code);
		assert_in_range(problem_status(&problem), 400, 599);
		assert_non_null(strstr(problem.detail, "STM32F103"));
		assert_non_null(strstr(problem.detail, "0x08001234"));
		assert_non_null(strstr(problem.detail, "\"write\""));
		assert_int_equal(problem.detail[strlen(problem.detail) - 1], '.');
	}
}

static const struct {
	struct why why;
	const char *port, *code, *detail;
	unsigned status;
} sayings[] = {
	{ { .err = ERR_IMAGE, .line = 7, .what = "the record's checksum is wrong" }, NULL,
		"bad_image",
		"The image is damaged at line 7: the record's checksum is wrong. Build or download "
		"it again. "
		"Nothing was erased.",
		422 },
	{ { .err = ERR_VERIFY,
		  .stage = STAGE_VERIFY,
		  .has_addr = 1,
		  .addr = 0x08000100,
		  .expected = 0xAB,
		  .found = 0xFF },
		"/dev/x", "verify_failed",
		"The part's content differs from the image at 0x08000100, in the stage \"verify\": "
		"0xAB was expected, 0xFF was read. Flash it again. If the same address fails "
		"again, "
		"its sector may be write-protected (PUT {\"write\":[]} to …/protection removes "
		"that), or the supply or "
		"the part is bad.",
		502 },
	{ { .err = ERR_NACK, .has_command = 1, .command = 0x31 }, NULL, "nack",
		"The bootloader refused, command Write Memory (0x31). If it was an address, this "
		"part has no memory there that can be used so; else restart the board and try "
		"again.",
		502 },
	{ { .err = ERR_GONE }, "/dev/ttyUSB0", "port_absent",
		"The serial port is absent (/dev/ttyUSB0). Plug the adapter in; the port is "
		"opened by itself when it comes back.",
		503 },
	{ { .err = ERR_TIMEOUT, .stage = STAGE_CONNECT, .what = "is it on?" }, "/dev/x",
		"no_answer",
		"The board did not answer (/dev/x), in the stage \"connect\": is it on? Check its "
		"power, that TX and RX are crossed, that BOOT0 selects the bootloader and that the "
		"board was reset.",
		504 },
	{ { .err = ERR_TIMEOUT, .stage = STAGE_WRITE }, NULL, "no_answer",
		"The board did not answer, in the stage \"write\". A byte was lost, or the board "
		"was "
		"reset or lost its power: check cable and supply, or try a lower baud rate.",
		504 },
};

static void words_say_where_and_what_to_do(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(sayings) / sizeof(*sayings); i++) {
		struct problem problem = { 0 };

		problem_from_why(&problem, &sayings[i].why, NULL, sayings[i].port);
		assert_string_equal(problem.code, sayings[i].code);
		assert_string_equal(problem.detail, sayings[i].detail);
		assert_int_equal(problem_status(&problem), sayings[i].status);
	}
}

static void the_object_of_rfc_9457(void **state)
{
	struct problem problem = {
		.board = "f103", .stage = STAGE_PLAN, .has_address = true, .address = 0x08020000
	};

	(void)state;
	assert_false(problem_set(&problem, "out_of_range", "too big by %d", 5));
	assert_false(problem_set(NULL, "out_of_range", "nobody listens"));
	struct json *json = problem_json(&problem);
	char *text = json_text(json);

	assert_string_equal(text,
		"{\"type\":\"/problems/out_of_range\",\"title\":\"It does not fit the part's "
		"memory\","
		"\"status\":422,\"detail\":\"too big by "
		"5\",\"code\":\"out_of_range\",\"retryable\":false,"
		"\"board\":\"f103\",\"stage\":\"plan\",\"address\":\"0x08020000\"}");
	free(text);
	json_free(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_is_whole),
		cmocka_unit_test(every_kind_is_described),
		cmocka_unit_test(every_error_is_put_in_words),
		cmocka_unit_test(words_say_where_and_what_to_do),
		cmocka_unit_test(the_object_of_rfc_9457),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
