/* SPDX-License-Identifier: MIT */
/* test_console.c - the console's ring: wrap, gaps, marks, times, readers beside the writer. */
#include "server/console.h"

#include "tests/cmocka_all.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* What the stream holds at an offset: known to writer and readers alike. */
static uint8_t byte_at(uint64_t offset)
{
	return (uint8_t)(offset * 31 + (offset >> 8) + (offset >> 16));
}

static void write_stream(struct console *con, size_t len, int64_t wall_ms)
{
	uint8_t *bytes = malloc(len);
	const uint64_t head = console_head(con);

	assert_non_null(bytes);
	for (size_t i = 0; i < len; i++)
		bytes[i] = byte_at(head + i);
	console_write(con, (struct span){ bytes, len }, wall_ms);
	free(bytes);
}

static bool is_stream(const uint8_t *bytes, struct cut cut)
{
	for (size_t i = 0; i < cut.len; i++)
		if (bytes[i] != byte_at(cut.from + i))
			return false;
	return true;
}

/* written before, then a read of max from: what it must give */
static const struct {
	const char *name;
	uint64_t written, from;
	size_t max;
	uint64_t want_from, want_lost;
	size_t want_len;
} read_cases[] = {
	{ "nothing written", 0, 0, 10, 0, 0, 0 },
	{ "the beginning", 100, 0, 10, 0, 0, 10 },
	{ "the end", 100, 95, 10, 95, 0, 5 },
	{ "at the head", 100, 100, 10, 100, 0, 0 },
	{ "beyond the head", 100, 200, 10, 200, 0, 0 },
	{ "a full ring", CONSOLE_RING, 0, 10, 0, 0, 10 },
	{ "one byte fell off", CONSOLE_RING + 1, 0, 10, 1, 1, 10 },
	{ "across the ring's end", CONSOLE_RING + 100, CONSOLE_RING - 5, 10, CONSOLE_RING - 5, 0,
		10 },
	{ "three rings later", 3 * (uint64_t)CONSOLE_RING + 7, 5, 10,
		2 * (uint64_t)CONSOLE_RING + 7, 2 * (uint64_t)CONSOLE_RING + 2, 10 },
};

static void test_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(read_cases) / sizeof(*read_cases); i++) {
		struct console *con = console_new();
		uint8_t out[16];

		assert_non_null(con);
		for (uint64_t left = read_cases[i].written; left;) {
			const size_t len = left < 70001 ? (size_t)left : 70001;

			write_stream(con, len, 1);
			left -= len;
		}
		const struct cut cut =
			console_read(con, read_cases[i].from, out, read_cases[i].max);

		print_message("%s\n", read_cases[i].name);
		assert_int_equal(cut.from, read_cases[i].want_from);
		assert_int_equal(cut.lost, read_cases[i].want_lost);
		assert_int_equal(cut.len, read_cases[i].want_len);
		assert_true(is_stream(out, cut));
		console_free(con);
	}
}

static void test_write_larger_than_ring(void **state)
{
	struct console *con = console_new();
	uint8_t out[64];

	(void)state;
	write_stream(con, CONSOLE_RING + 1000, 1);
	assert_int_equal(console_head(con), CONSOLE_RING + 1000);
	assert_int_equal(console_oldest(con), 1000);
	const struct cut cut = console_read(con, 0, out, sizeof(out));

	assert_int_equal(cut.from, 1000);
	assert_true(is_stream(out, cut));
	console_free(con);
}

static void test_stamps(void **state)
{
	struct console *con = console_new();
	uint8_t out[64];

	(void)state;
	write_stream(con, 10, 1000);
	write_stream(con, 10, 1002); /* within the grain: shares the stamp */
	write_stream(con, 10, 2000);
	struct cut cut = console_read_stamped(con, 0, out, sizeof(out));

	assert_int_equal(cut.len, 20);
	assert_int_equal(cut.wall_ms, 1000);
	cut = console_read_stamped(con, 25, out, sizeof(out));
	assert_int_equal(cut.len, 5);
	assert_int_equal(cut.wall_ms, 2000);
	cut = console_read(con, 0, out, sizeof(out));
	assert_int_equal(cut.len, 30);
	console_free(con);
}

static void test_marks(void **state)
{
	struct console *con = console_new();
	struct mark marks[4];
	uint64_t offset = 0;

	(void)state;
	assert_false(console_find_mark(con, CONSOLE_MARK_RESET, &offset));
	write_stream(con, 10, 1);
	console_mark(con, CONSOLE_MARK_FLASH, 5);
	assert_true(console_find_mark(con, CONSOLE_MARK_RESET, &offset));
	assert_int_equal(offset, 10);
	write_stream(con, 10, 6);
	console_mark(con, CONSOLE_MARK_RESET, 7);
	assert_true(console_find_mark(con, CONSOLE_MARK_RESET, &offset));
	assert_int_equal(offset, 20);
	assert_true(console_find_mark(con, CONSOLE_MARK_FLASH, &offset));
	assert_int_equal(offset, 10);
	assert_int_equal(console_marks(con, 0, marks, 4), 2);
	assert_int_equal(marks[0].mark, CONSOLE_MARK_FLASH);
	assert_int_equal(marks[1].number, 2);
	assert_int_equal(console_marks(con, 1, marks, 4), 1);
	assert_int_equal(console_marks(con, 2, marks, 4), 0);
	write_stream(con, CONSOLE_RING, 8);
	assert_true(console_find_mark(con, CONSOLE_MARK_RESET, &offset));
	assert_false(console_find_mark(con, CONSOLE_MARK_FLASH, &offset));
	console_free(con);
}

#define RACE_BYTES (4ull * CONSOLE_RING)

/* Reads until the stream's end, and adds what it got to what it was told it lost. */
static void *follow(void *ctx)
{
	struct console *con = ctx;
	static _Thread_local uint8_t out[8192];
	uint64_t at = 0;

	while (at < RACE_BYTES) {
		const struct cut cut = console_read(con, at, out, sizeof(out));

		if (cut.from != at + cut.lost || !is_stream(out, cut))
			return "a byte is not where it belongs";
		at = cut.from + cut.len;
	}
	return NULL;
}

static void test_readers_beside_writer(void **state)
{
	struct console *con = console_new();
	pthread_t readers[3];

	(void)state;
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&readers[i], NULL, follow, con), 0);
	for (uint64_t left = RACE_BYTES; left;) {
		const size_t len = left < 997 ? (size_t)left : 997;

		write_stream(con, len, 1);
		left -= len;
	}
	for (size_t i = 0; i < 3; i++) {
		void *problem = "not joined";

		assert_int_equal(pthread_join(readers[i], &problem), 0);
		assert_null(problem);
	}
	console_free(con);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_write_larger_than_ring),
		cmocka_unit_test(test_stamps),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_readers_beside_writer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
