/* SPDX-License-Identifier: MIT */
/* test_console_search.c - a pattern in what a board printed: its lines, slices, bounds. */
#include "server/console_search.h"

#include "tests/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define T0 1795341600000 /* 2026-11-22T10:00:00Z */

static struct pattern *pattern_of(const char *text)
{
	struct pattern *pattern = pattern_new(span_of(text), NULL);

	assert_non_null(pattern);
	return pattern;
}

/* All that is found in con, call after call, as "offset:line" joined by "|". */
static unsigned found(struct console *con, const char *text, uint32_t limit, char *out, size_t size)
{
	struct pattern *pattern = pattern_of(text);
	struct past past;
	unsigned calls = 0;

	*out = 0;
	assert_true(past_open(&past, con, NULL, NULL));
	for (uint64_t at = past_oldest(&past), next; at != OFFSET_NONE; at = next, calls++) {
		struct json *matches = json_array();

		assert_int_equal(
			console_search(&past, pattern, at, past_head(&past), limit, matches, &next),
			SEARCH_DONE);
		for (const struct json *m = json_first(matches); m; m = json_next(m)) {
			int64_t offset = -1;
			const size_t len = strlen(out);

			json_integer(json_get(m, "offset"), 0, INT64_MAX, &offset);
			snprintf(out + len, size - len, "%s%lld:%s", len ? "|" : "",
				(long long)offset, json_string(json_get(m, "line")));
		}
		json_free(matches);
		assert_true(next > at);
	}
	past_close(&past);
	pattern_free(pattern);
	return calls;
}

static const struct {
	const char *name, *text, *pattern, *want;
} rows[] = {
	{ "none", "one\r\ntwo\r\n", "three", "" },
	{ "a line", "one\r\ntwo\r\n", "tw", "5:two" },
	{ "once a line", "aa aa\naa\n", "a", "0:aa aa|6:aa" },
	{ "anchors stand at lines", "xa\nab\n", "^a", "3:ab" },
	{ "at the very end", "n=1\nn=22", "[0-9]+$", "2:n=1|6:n=22" },
	{ "over a line's end", "one\ntwo\nthree\n", "e\ntwo", "2:one" },
	{ "what a terminal obeys is taken out", "\033[31mred\033[0m\n", "red", "5:red" },
	{ "ignoring case", "Error\nerror\n", "(?i)ERROR", "0:Error|6:error" },
};

static void the_lines_are_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct console *con = console_new();
		char out[256];

		console_write(con, span_of(rows[i].text), T0);
		for (uint32_t limit = 1; limit < 3; limit++) {
			found(con, rows[i].pattern, limit, out, sizeof(out));
			if (strcmp(out, rows[i].want) != 0)
				print_error("%s\n", rows[i].name);
			assert_string_equal(out, rows[i].want);
		}
		console_free(con);
	}
}

/* A line at every place around the borders between slices is found, and once. */
static void slices_hide_nothing(void **state)
{
	(void)state;
	struct console *con = console_new();
	char line[64], *out = malloc(512 * KIB), *want = malloc(512 * KIB);
	size_t want_len = 0;

	assert_true(out && want);
	*want = 0;
	for (uint64_t at = 0; at < 1 * MIB - 4096;) {
		const int len = snprintf(line, sizeof(line), "tick %llu%s\n",
			(unsigned long long)at, at % 97 == 0 ? " here" : "");

		if (at % 97 == 0)
			want_len += (size_t)snprintf(want + want_len, 512 * KIB - want_len,
				"%s%llu:tick %llu here", want_len ? "|" : "",
				(unsigned long long)at, (unsigned long long)at);
		console_write(con, (struct span){ (uint8_t *)line, (size_t)len }, T0);
		at += (uint64_t)len;
	}
	assert_true(found(con, "^tick [0-9]+ here$", SEARCH_LIMIT, out, 512 * KIB) >= 2);
	assert_true(want_len > 1000);
	assert_string_equal(out, want);
	free(out);
	free(want);
	console_free(con);
}

static void what_stands_around_it(void **state)
{
	struct console *con = console_new();
	struct pattern *pattern = pattern_of("(?<name>[a-z]+)=([0-9]+)(x)?");
	struct json *matches = json_array();
	struct buf text = { 0 };
	struct past past;
	uint64_t next;

	(void)state;
	console_write(con, span_of("first\r\n"), T0);
	console_write(con, span_of("speed=12\r\n"), T0 + 1000);
	console_write(con, span_of("last\r\n"), T0 + 2000);
	assert_true(past_open(&past, con, NULL, NULL));
	assert_int_equal(console_search(&past, pattern, 0, past_head(&past), 10, matches, &next),
		SEARCH_DONE);
	assert_true(next == OFFSET_NONE);
	assert_true(json_print(matches, &text) &&
		buf_append(&text, (struct span){ (const uint8_t *)"", 1 }));
	assert_string_equal((char *)text.ptr,
		"[{\"offset\":7,\"time\":\"2026-11-22T10:00:01.000Z\",\"line\":\"speed=12\","
		"\"before\":\"first\",\"after\":\"last\",\"groups\":[{\"name\":\"name\","
		"\"text\":\"speed\"},{\"name\":null,\"text\":\"12\"},"
		"{\"name\":null,\"text\":null}]}]");
	buf_release(&text);
	json_free(matches);
	past_close(&past);
	pattern_free(pattern);
	console_free(con);
}

static void a_catastrophic_pattern_is_cut(void **state)
{
	struct console *con = console_new();
	struct pattern *pattern = pattern_of("^(a+)+(a+)+(a+)+$");
	struct json *matches = json_array();
	uint8_t line[4000];
	struct past past;
	uint64_t next;

	(void)state;
	memset(line, 'a', sizeof(line));
	line[sizeof(line) - 1] = '!';
	console_write(con, (struct span){ line, sizeof(line) }, T0);
	console_write(con, span_of("\n"), T0);
	assert_true(past_open(&past, con, NULL, NULL));
	assert_int_equal(console_search(&past, pattern, 0, past_head(&past), 10, matches, &next),
		SEARCH_TOO_HARD);
	json_free(matches);
	past_close(&past);
	pattern_free(pattern);
	console_free(con);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_lines_are_found),
		cmocka_unit_test(slices_hide_nothing),
		cmocka_unit_test(what_stands_around_it),
		cmocka_unit_test(a_catastrophic_pattern_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
