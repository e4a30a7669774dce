/* SPDX-License-Identifier: MIT */
/* test_clock.c - how times are written, and that ids only grow. */
#include "server/clock.h"

#include "tests/cmocka_all.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void times_are_written_in_utc(void **state)
{
	static const struct {
		int64_t ms;
		const char *text;
	} rows[] = {
		{ 0, "1970-01-01T00:00:00.000Z" },
		{ 1795341600007, "2026-11-22T10:00:00.007Z" },
		{ -1, "1969-12-31T23:59:59.999Z" },
		{ 951782400000, "2000-02-29T00:00:00.000Z" },
	};
	char text[CLOCK_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_string_equal(clock_format(text, rows[i].ms), rows[i].text);
}

static void times_are_read(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		int64_t ms;
	} rows[] = {
		{ "1970-01-01T00:00:00Z", true, 0 },
		{ "2026-11-22T10:00:00.007Z", true, 1795341600007 },
		{ "2026-11-22t11:00:00.0079+01:00", true, 1795341600007 },
		{ "2026-11-22 05:30:00-04:30", true, 1795341600000 },
		{ "2000-02-29T00:00:00z", true, 951782400000 },
		{ "2001-02-29T00:00:00Z", false, 0 },
		{ "2026-02-30T00:00:00Z", false, 0 },
		{ "2026-13-01T00:00:00Z", false, 0 },
		{ "2026-00-01T00:00:00Z", false, 0 },
		{ "2026-11-22T24:00:00Z", false, 0 },
		{ "2026-11-22T10:00:00", false, 0 },
		{ "2026-11-22T10:00:00.Z", false, 0 },
		{ "2026-11-22T10:00:00Zx", false, 0 },
		{ "2026-11-22", false, 0 },
		{ "", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int64_t ms = 0;

		print_message("%s\n", rows[i].text);
		assert_int_equal(clock_parse(rows[i].text, &ms), rows[i].ok);
		assert_int_equal(ms, rows[i].ms);
	}
}

#define THREADS 4
#define IDS 2000

static void *make_ids(void *ctx)
{
	char(*ids)[ID_TEXT] = ctx;

	for (int i = 0; i < IDS; i++)
		id_new(ids[i]);
	return NULL;
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void ids_grow_and_never_repeat(void **state)
{
	static char ids[THREADS * IDS][ID_TEXT];
	pthread_t threads[THREADS];

	(void)state;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, make_ids, ids[i * IDS]), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < THREADS * IDS; i++) {
		assert_int_equal(strspn(ids[i], "0123456789ABCDEFGHJKMNPQRSTVWXYZ"), ID_TEXT - 1);
		if (i % IDS)
			assert_true(strcmp(ids[i - 1], ids[i]) < 0);
	}
	qsort(ids, THREADS * IDS, ID_TEXT, compare);
	for (int i = 1; i < THREADS * IDS; i++)
		assert_string_not_equal(ids[i - 1], ids[i]);
}

/* The first ten digits are the time: what a ULID promises. */
static void an_id_starts_with_its_time(void **state)
{
	static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	int64_t before = clock_wall_ms(), ms = 0;
	char id[ID_TEXT];

	(void)state;
	id_new(id);
	for (int i = 0; i < 10; i++)
		ms = ms * 32 + (strchr(digits, id[i]) - digits);
	assert_true(ms >= before && ms <= clock_wall_ms());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_written_in_utc),
		cmocka_unit_test(times_are_read),
		cmocka_unit_test(an_id_starts_with_its_time),
		cmocka_unit_test(ids_grow_and_never_repeat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
