/* SPDX-License-Identifier: MIT */
/* test_wire.c - names of line frames, errors and stages. */
#include "protocol/wire.h"

#include "tests/cmocka_all.h"

static void frame_names_round_trip(void **state)
{
	(void)state;
	for (int i = 0; i < WIRE_FRAME_COUNT; i++) {
		enum wire_frame frame = WIRE_FRAME_COUNT;

		assert_true(wire_frame_parse(wire_frame_name((enum wire_frame)i), &frame));
		assert_int_equal(frame, i);
	}
}

static void unknown_frame_is_refused(void **state)
{
	enum wire_frame frame = WIRE_8N2;

	(void)state;
	assert_false(wire_frame_parse("9X3", &frame));
	assert_int_equal(frame, WIRE_8N2);
}

static void every_error_and_stage_has_a_name(void **state)
{
	(void)state;
	for (int i = 0; i < ERR_COUNT; i++)
		assert_non_null(err_name((enum err)i));
	for (int i = 0; i < STAGE_COUNT; i++)
		assert_non_null(stage_name((enum stage)i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frame_names_round_trip),
		cmocka_unit_test(unknown_frame_is_refused),
		cmocka_unit_test(every_error_and_stage_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
