/* SPDX-License-Identifier: MIT */
/* test_board_map.c - what a map shows of each unit, and what of it is news to a reader. */
#include "server/board_map.h"

#include "server/json.h"

#include "tests/cmocka_all.h"

#include <string.h>

enum { UNITS = 4 };

/* The state of a unit as a reader since a version hears it; NULL: nothing is said of it. */
static const char *heard(struct map *map, int64_t number, uint64_t since, char out[16])
{
	struct json *json = map_json(map, since);
	bool is_said = false;

	for (const struct json *row = json_first(json_get(json, "sectors")); row;
		row = json_next(row)) {
		int64_t n = -1;

		if (!json_integer(json_get(row, "number"), 0, UNITS, &n) || n != number)
			continue;
		strncpy(out, json_string(json_get(row, "state")), 15);
		is_said = true;
	}
	json_free(json);
	return is_said ? out : NULL;
}

#define assert_heard(map, number, since, want)                                                     \
	assert_string_equal(heard(map, number, since, (char[16]){ 0 }), want)
#define assert_silent(map, number, since) assert_null(heard(map, number, since, (char[16]){ 0 }))

static struct protection holding(uint8_t bits)
{
	return (struct protection){ .is_known = true, .told_sectors = UNITS, .sectors = { bits } };
}

static void a_lock_shows_where_nothing_else_does(void **state)
{
	const struct protection first = holding(0x03), none = holding(0);
	struct map *map = map_new();
	uint64_t version;

	(void)state;
	map_lock(map, UNITS, &first); /* an empty map takes the count */
	assert_heard(map, 0, 0, "locked");
	assert_heard(map, 1, 0, "locked");
	assert_silent(map, 2, 0);
	assert_true(map_begin(map, UNITS)); /* a job begins: the lock is still there */
	assert_heard(map, 1, 0, "locked");
	map_set(map, 0, 3, SECTOR_PLANNED, 1);
	assert_heard(map, 1, 0, "locked");
	assert_heard(map, 2, 0, "planned");
	map_set(map, 1, 1, SECTOR_FAILED, 1); /* what a job did says more */
	assert_heard(map, 1, 0, "failed");
	version = map_version(map);
	map_lock(map, UNITS, &first); /* no news */
	assert_silent(map, 0, version);
	map_lock(map, UNITS, &none);
	assert_heard(map, 0, version, "planned");
	assert_heard(map, 1, 0, "failed");
	map_free(map);
}

static void what_the_survey_found_is_unchanged(void **state)
{
	uint8_t verdicts[UNITS] = { VERDICT_SAME, VERDICT_DIFFERS, VERDICT_UNKNOWN, VERDICT_BLANK };
	const struct survey survey = { .verdicts = verdicts, .count = UNITS };
	struct map *map = map_new();

	(void)state;
	assert_true(map_begin(map, UNITS));
	map_unchanged(map, &survey);
	assert_heard(map, 0, 0, "unchanged");
	for (int n = 1; n < UNITS; n++)
		assert_silent(map, n, 0);
	map_free(map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lock_shows_where_nothing_else_does),
		cmocka_unit_test(what_the_survey_found_is_unchanged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
