/* SPDX-License-Identifier: MIT */
/* test_board_console.c - whose turn it is to type, rate and frame while it runs, a break. */
#include "tests/server/workbench.h"

#include "tests/cmocka_all.h"

#include <string.h>

static const struct writer one = { .who = "one", .seat = 1 }, two = { .who = "two", .seat = 2 };

static struct json *console_of(struct workbench *wb, struct json **board)
{
	*board = board_json(wb->board);
	assert_non_null(*board);
	return (struct json *)json_get(*board, "console");
}

/* NULL: nobody. */
static bool is_writer(struct workbench *wb, const char *who)
{
	struct json *board;
	const struct json *writer = json_get(console_of(wb, &board), "writer");
	const char *name = json_string(json_get(writer, "who"));
	const bool is_so = who ? name && !strcmp(name, who) : json_type(writer) == JSON_NULL;

	json_free(board);
	return is_so;
}

static void assert_taken(struct workbench *wb, const struct writer *by)
{
	struct problem problem = { 0 };

	assert_false(board_input(wb->board, by, span_of("x"), &problem));
	assert_string_equal(problem.code, "console_taken");
}

static void test_one_types_at_a_time(void **state)
{
	struct workbench wb;
	struct writer taker = two;

	(void)state;
	workbench_open(&wb, &(struct workbench_options){ .control = CONTROL_COMMAND });
	assert_true(is_writer(&wb, NULL));
	assert_true(board_input(wb.board, &one, span_of("a"), NULL));
	assert_true(is_writer(&wb, "one"));
	assert_true(board_input(wb.board, &one, span_of("a"), NULL));
	assert_taken(&wb, &two);
	assert_true(is_writer(&wb, "one"));

	taker.takes = true;
	assert_true(board_input(wb.board, &taker, (struct span){ 0 }, NULL));
	assert_true(is_writer(&wb, "two"));
	assert_taken(&wb, &one);

	board_leave(wb.board, one.seat); /* not its turn: nothing */
	assert_true(is_writer(&wb, "two"));
	board_leave(wb.board, two.seat);
	assert_true(is_writer(&wb, NULL));
	assert_true(board_input(wb.board, &one, span_of("a"), NULL));
	workbench_close(&wb);
}

static void test_any_may_type(void **state)
{
	struct workbench wb;

	(void)state;
	workbench_open(&wb, &(struct workbench_options){ .control = CONTROL_COMMAND });
	wb.config.console_any_writer = true;
	assert_true(board_configure(wb.board, &wb.config));
	assert_true(board_input(wb.board, &one, span_of("a"), NULL));
	assert_true(board_input(wb.board, &two, span_of("a"), NULL));
	assert_true(is_writer(&wb, NULL));
	workbench_close(&wb);
}

static bool is_nobodys(void *ctx)
{
	return is_writer(ctx, NULL);
}

static void test_an_idle_turn_ends(void **state)
{
	struct workbench wb;

	(void)state;
	workbench_open(
		&wb, &(struct workbench_options){ .control = CONTROL_COMMAND, .turn_ms = 20 });
	assert_true(board_input(wb.board, &one, span_of("a"), NULL));
	workbench_wait(is_nobodys, &wb); /* told, without anybody's asking */
	assert_true(board_input(wb.board, &two, span_of("a"), NULL));
	workbench_close(&wb);
}

static bool has_ended(void *ctx)
{
	enum err err;

	return wish_has_ended(ctx, &err);
}

static enum err end_of(struct wish *wish)
{
	enum err err = ERR_CANCELLED;

	assert_non_null(wish);
	workbench_wait(has_ended, wish);
	wish_has_ended(wish, &err);
	wish_free(wish);
	return err;
}

static void assert_settings(struct workbench *wb, int64_t baud, const char *frame)
{
	struct json *board;
	const struct json *console = console_of(wb, &board);
	int64_t value = 0;

	assert_true(json_integer(json_get(console, "baud"), 0, INT64_MAX, &value));
	assert_int_equal(value, baud);
	assert_string_equal(json_string(json_get(console, "frame")), frame);
	json_free(board);
}

static void test_settings(void **state)
{
	const struct wire_settings slow = { 9600, WIRE_8N2 };
	struct workbench wb;
	struct problem problem = { 0 };

	(void)state;
	workbench_open(&wb, &(struct workbench_options){ .control = CONTROL_COMMAND });
	assert_settings(&wb, 115200, "8N1");
	assert_int_equal(end_of(board_wish_settings(wb.board, &slow, NULL)), ERR_OK);
	assert_settings(&wb, 9600, "8N2");

	/* A job uses its own, and comes back to these. */
	struct job_request request = workbench_request(JOB_IDENTIFY);

	assert_int_equal(workbench_do(&wb, &request, NULL, NULL), JOB_DONE);
	workbench_wait_state(&wb, "idle");
	assert_settings(&wb, 9600, "8N2");

	/* So does a port that was gone. */
	workbench_tell(&wb, "unplug");
	workbench_wait_state(&wb, "absent");
	assert_null(board_wish_settings(wb.board, &slow, &problem));
	assert_string_equal(problem.code, "board_absent");
	workbench_tell(&wb, "replug");
	workbench_wait_state(&wb, "idle");
	assert_settings(&wb, 9600, "8N2");

	workbench_restart(&wb);
	workbench_wait_state(&wb, "idle");
	assert_settings(&wb, 115200, "8N1");
	workbench_close(&wb);
}

static void test_break(void **state)
{
	struct workbench wb;
	struct problem problem = { 0 };

	(void)state;
	workbench_open(&wb, &(struct workbench_options){ .control = CONTROL_COMMAND });
	assert_int_equal(end_of(board_wish_break(wb.board, &one, NULL)), ERR_OK);
	assert_true(is_writer(&wb, "one")); /* it is typing, too */
	assert_null(board_wish_break(wb.board, &two, &problem));
	assert_string_equal(problem.code, "console_taken");
	workbench_close(&wb);
}

/* Nobody waits for it any more, and it is not carried out. */
static void test_a_wish_of_a_board_that_ends(void **state)
{
	struct workbench wb;
	struct wish *wish;

	(void)state;
	workbench_open(&wb, &(struct workbench_options){ .control = CONTROL_COMMAND });
	wish = board_wish_break(wb.board, &one, NULL);
	assert_non_null(wish);
	workbench_close(&wb);
	assert_true(has_ended(wish));
	wish_free(wish);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_types_at_a_time),
		cmocka_unit_test(test_any_may_type),
		cmocka_unit_test(test_an_idle_turn_ends),
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_break),
		cmocka_unit_test(test_a_wish_of_a_board_that_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
