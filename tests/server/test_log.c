/* SPDX-License-Identifier: MIT */
/* test_log.c - a line stays one line, and lines of threads do not mix. */
#include "server/log.h"

#include "tests/cmocka_all.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int kept_stderr;

/* Standard error goes to a file of no name from here to read_lines(). */
static FILE *capture(void)
{
	FILE *file = tmpfile();

	assert_non_null(file);
	kept_stderr = dup(STDERR_FILENO);
	assert_true(kept_stderr >= 0);
	assert_int_equal(dup2(fileno(file), STDERR_FILENO), STDERR_FILENO);
	return file;
}

static void release(FILE *file)
{
	assert_int_equal(dup2(kept_stderr, STDERR_FILENO), STDERR_FILENO);
	close(kept_stderr);
	rewind(file);
}

static const struct {
	const char *text, *shown;
} rows[] = {
	{ "plain", "plain" },
	{ "caf\xC3\xA9 \xE2\x82\xAC", "caf\xC3\xA9 \xE2\x82\xAC" },
	{ "a\nb\r", "a\\x0Ab\\x0D" },
	{ "\x1B[31mred", "\\x1B[31mred" },
	{ "\xC2\x9B"
	  "31m",
		"\\xC2\\x9B31m" },
	{ "\xFF\x7F", "\\xFF\\x7F" },
};

static void what_a_terminal_obeys_is_escaped(void **state)
{
	FILE *file = capture();
	char line[256];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		log_line(LOG_WARNING, "%s", rows[i].text);
	release(file);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_non_null(fgets(line, sizeof(line), file));
		line[strcspn(line, "\n")] = '\0';
		/* "2026-11-22T10:00:00.000Z warning: " */
		assert_int_equal(line[10], 'T');
		assert_memory_equal(line + 25, "warning: ", 9);
		assert_string_equal(line + 34, rows[i].shown);
	}
	fclose(file);
}

static void a_long_line_is_cut_and_levels_are_kept(void **state)
{
	FILE *file = capture();
	char text[8000], line[8000];

	(void)state;
	memset(text, '\x01', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	log_line(LOG_ERROR, "%s", text);
	log_line(LOG_DEBUG, "not shown");
	log_set_level(LOG_DEBUG);
	log_line(LOG_DEBUG, "shown");
	log_set_level(LOG_INFO);
	release(file);
	assert_non_null(fgets(line, sizeof(line), file));
	assert_int_equal(line[strlen(line) - 1], '\n');
	assert_true(strlen(line) <= 4096);
	assert_non_null(fgets(line, sizeof(line), file));
	assert_non_null(strstr(line, "debug: shown\n"));
	assert_null(fgets(line, sizeof(line), file));
	fclose(file);
}

#define THREADS 4
#define LINES 200

static void *write_lines(void *ctx)
{
	for (int i = 0; i < LINES; i++)
		log_line(LOG_INFO, "thread %s line %d end", (const char *)ctx, i);
	return NULL;
}

static void lines_of_threads_do_not_mix(void **state)
{
	static const char *const names[THREADS] = { "a", "b", "c", "d" };
	FILE *file = capture();
	pthread_t threads[THREADS];
	char line[256];
	int count = 0;

	(void)state;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, write_lines, (void *)names[i]), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	release(file);
	for (; fgets(line, sizeof(line), file); count++) {
		char name, end[4];
		int number;

		assert_int_equal(
			sscanf(line + 25, "info: thread %c line %d %3s", &name, &number, end), 3);
		assert_string_equal(end, "end");
	}
	assert_int_equal(count, THREADS * LINES);
	fclose(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_terminal_obeys_is_escaped),
		cmocka_unit_test(a_long_line_is_cut_and_levels_are_kept),
		cmocka_unit_test(lines_of_threads_do_not_mix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
