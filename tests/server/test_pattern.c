/* SPDX-License-Identifier: MIT */
/* test_pattern.c - patterns of strangers, in bytes that arrive in pieces. */
#include "server/pattern.h"
#include "tests/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static const struct scan_budget plenty = { .grace_ms = 5000, .us_per_byte = 1000 };

static struct pattern *good_pattern(const char *text)
{
	struct pattern_error error = { 0 };
	struct pattern *pattern = pattern_new(span_of(text), &error);

	if (!pattern)
		print_error("%s: %s at %zu\n", text, error.what, error.offset);
	assert_non_null(pattern);
	return pattern;
}

/* name, pattern, stream, its matches each in <> */
static const struct {
	const char *name, *pattern, *stream, *want;
} rows[] = {
	{ "a word", "PASS", "..PASS..", "<PASS>" },
	{ "nothing", "PASS", "FAIL PAS", "" },
	{ "an almost first", "aab", "aaab", "<aab>" },
	{ "several", "[0-9]+", "1 22 333\n", "<1><22><333>" },
	{ "as long as it gets", "[0-9]+", "a12345", "<12345>" },
	{ "as short as it gets", "a.*?c", "abcabc", "<abc><abc>" },
	{ "the first alternative", "abc|b", "abcb", "<abc><b>" },
	{ "the first alternative in vain", "abcd|b", "abcb", "<b><b>" },
	{ "a line", "^OK$", "1\nOK\n2 OK\n", "<OK>" },
	{ "a line with CR LF", "^OK$", "1\r\nOK\r\n", "<OK>" },
	{ "a line with CR", "^OK$", "1\rOK\r", "<OK>" },
	{ "a line that begins", "\\R^", "a\r\nb", "<\r\n>" },
	{ "a line at the end", "^OK$", "1\nOK", "<OK>" },
	{ "a line not at the end", "^OK$", "OKAY", "" },
	{ "the stream's first line", "\\AOK", "OK\nOK\n", "<OK>" },
	{ "a dot is no line end", "a.b", "a\rb a\nb a\xFF\x62 a b", "<a\xFF\x62><a b>" },
	{ "over lines", "(?s)BEGIN.*END", "BEGIN\r\nx\r\nEND\r\n", "<BEGIN\r\nx\r\nEND>" },
	{ "looks back", "(?<=foo)bar", "bar foobar", "<bar>" },
	{ "looks back from a match", "c(?<=abc)x", "abcx", "<cx>" },
	{ "looks ahead", "foo(?=bar)", "foob foobar", "<foo>" },
	{ "looks ahead in vain", "foo(?!bar)", "foobar foo", "<foo>" },
	{ "at a word's border", "\\bOK\\b", "OKAY OK", "<OK>" },
	{ "any case", "(?i)pass", "Pass", "<Pass>" },
	{ "UTF-8 is bytes", "\xC3\xA9t\xC3\xA9", "\xC3\xA9t\xC3\xA9", "<\xC3\xA9t\xC3\xA9>" },
	{ "an empty match is none", "x*", "axxb", "<xx>" },
	{ "only a border", "^", "a\nb\n", "" },
	{ "what was kept out", "abc\\Kd", "abcd", "<d>" },
	{ "the same again", "(a+)-\\1", "aa-aaa", "<aa-aa>" },
	{ "a backslash and a G", "\\\\G", "\\G", "<\\G>" },
};

static void add_match(char *out, size_t size, const struct pattern_match *match)
{
	const struct span text = match->groups[0].text;
	const size_t len = strlen(out);

	snprintf(out + len, size - len, "<%.*s>", (int)text.len, (const char *)text.ptr);
}

static void feed(struct scan *scan, struct span bytes, const char *stream, char *out, size_t size)
{
	while (scan_feed(scan, &bytes) == SCAN_FOUND) {
		const struct pattern_match *match = scan_match(scan);

		add_match(out, size, match);
		assert_memory_equal(stream + match->offset - 100, match->groups[0].text.ptr,
			match->groups[0].text.len);
	}
	assert_int_equal(bytes.len, 0);
}

/* Fed in pieces of step bytes, the first of them shorter by less. */
static void check_row(size_t row, size_t step, size_t less)
{
	struct pattern *pattern = good_pattern(rows[row].pattern);
	struct scan *scan = scan_new(pattern, 100, plenty);
	const char *stream = rows[row].stream;
	const size_t len = strlen(stream);
	char out[256] = "";

	assert_non_null(scan);
	for (size_t at = 0, size = step - less; at < len; at += size, size = step) {
		if (size > len - at)
			size = len - at;
		/* a copy of its very size, so that a look past it is seen */
		uint8_t *piece = malloc(size);

		assert_non_null(piece);
		memcpy(piece, stream + at, size);
		feed(scan, (struct span){ piece, size }, stream, out, sizeof(out));
		free(piece);
	}
	while (scan_end(scan) == SCAN_FOUND)
		add_match(out, sizeof(out), scan_match(scan));
	if (strcmp(out, rows[row].want) != 0)
		print_error("%s, in pieces of %zu\n", rows[row].name, step);
	assert_string_equal(out, rows[row].want);
	scan_free(scan);
	pattern_free(pattern);
}

static void pieces_make_no_difference(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const size_t len = strlen(rows[i].stream);

		for (size_t step = 1; step <= len; step++)
			for (size_t less = 0; less < step; less++)
				check_row(i, step, less);
	}
}

static const struct {
	const char *text, *what;
	size_t offset;
} refused[] = {
	{ "", "empty", 0 },
	{ "(", "missing closing parenthesis", 1 },
	{ "a|*", "quantifier does not follow a repeatable item", 2 },
	{ "[z-a]", "range out of order in character class", 3 },
	{ "(*UTF)a", "using UTF is disabled by the application", 6 },
	{ "(*UCP)a", "using UCP is disabled by the application", 6 },
	{ "a\\Gb", "\\G has no meaning in a stream", 1 },
	{ "(?<=.{256})a", "looks back more than 255 bytes", 0 },
	{ "()()()()()()()()()()()()()()()()()()()()()()()()()()()()()()()()", "more groups than 31",
		0 },
	{ "(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:"
	  "(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:a",
		"parentheses are too deeply nested", 153 },
	{ "(?:(?:(?:a{999}){999}){999}){999}", "regular expression is too large", 33 },
};

static void what_is_no_pattern_is_refused(void **state)
{
	char text[PATTERN_MAX + 2];

	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct pattern_error error = { 0 };

		assert_null(pattern_new(span_of(refused[i].text), &error));
		assert_string_equal(error.what, refused[i].what);
		assert_int_equal(error.offset, refused[i].offset);
		assert_null(pattern_new(span_of(refused[i].text), NULL));
	}
	memset(text, 'a', sizeof(text));
	text[PATTERN_MAX] = 0;
	pattern_free(good_pattern(text));
	text[PATTERN_MAX] = 'a';
	text[PATTERN_MAX + 1] = 0;
	assert_null(pattern_new(span_of(text), NULL));
}

static void groups_have_numbers_and_names(void **state)
{
	struct pattern *pattern = good_pattern("(?<what>\\w+)=(-)?(\\d+)(?<unit>V|A)");
	struct scan *scan = scan_new(pattern, 7, plenty);
	struct span bytes = span_of("... u=12V");
	const struct pattern_match *match;

	(void)state;
	assert_int_equal(scan_feed(scan, &bytes), SCAN_FOUND);
	match = scan_match(scan);
	assert_int_equal(match->offset, 11);
	assert_int_equal(match->count, 5);
	assert_null(match->groups[0].name);
	assert_string_equal(match->groups[1].name, "what");
	assert_memory_equal(match->groups[1].text.ptr, "u", 1);
	assert_false(match->groups[2].is_set);
	assert_int_equal(match->groups[2].text.len, 0);
	assert_null(match->groups[3].name);
	assert_int_equal(match->groups[3].text.len, 2);
	assert_string_equal(match->groups[4].name, "unit");
	scan_free(scan);
	pattern_free(pattern);
}

/* Fed once, in pieces that do not divide the window. */
static enum scan_verdict flood(struct scan *scan, const char *text, size_t times)
{
	enum scan_verdict verdict = SCAN_MORE;

	for (size_t i = 0; verdict == SCAN_MORE && i < times; i++) {
		struct span bytes = span_of(text);

		verdict = scan_feed(scan, &bytes);
	}
	return verdict;
}

static void a_match_may_be_as_long_as_said(void **state)
{
	struct pattern *pattern = good_pattern("(?s)BEGIN(.|\\n)*?END");
	struct scan *scan = scan_new(pattern, 0, plenty);

	(void)state;
	assert_int_equal(flood(scan, "0123456789\n", 5000), SCAN_MORE);
	assert_int_equal(flood(scan, "BEGIN", 1), SCAN_MORE);
	assert_int_equal(flood(scan, "abcdefghi\r\n", (PATTERN_SPAN - 8) / 11), SCAN_MORE);
	assert_int_equal(flood(scan, "END!", 1), SCAN_FOUND);
	assert_int_equal(scan_match(scan)->offset, 55000);
	assert_int_equal(scan_match(scan)->groups[0].text.len, 8 + (PATTERN_SPAN - 8) / 11 * 11);
	scan_free(scan);
	pattern_free(pattern);
}

static void one_that_grows_too_long_is_given_up(void **state)
{
	struct pattern *pattern = good_pattern("(?s)BEGIN.*?END");
	struct scan *scan = scan_new(pattern, 0, plenty);

	(void)state;
	assert_int_equal(flood(scan, "BEGIN", 1), SCAN_MORE);
	assert_int_equal(flood(scan, "0123456789abcde", 2000), SCAN_MORE);
	assert_int_equal(flood(scan, "END", 1), SCAN_MORE);
	assert_int_equal(flood(scan, "BEGIN END!", 1), SCAN_FOUND);
	assert_int_equal(scan_match(scan)->offset, 5 + 30000 + 3);
	scan_free(scan);
	pattern_free(pattern);
}

static const char *const hard[] = {
	"(a+)+$",
	"(a|aa)+$",
	"(?:a?){60}a{60}$",
	"(?R)|a",
	"a(?R)?(?R)?$",
	"(?=(a+))*(a+)*(?2)*$",
	"(.|\\n)+(.|\\n)+(.|\\n)+(.|\\n)+x{900}?!",
};

/* In a machine's time, however long the stream: the test's own limit is what shows it. */
static void a_catastrophe_is_told(void **state)
{
	const char *text =
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab";

	(void)state;
	for (size_t i = 0; i < COUNT(hard); i++) {
		struct pattern *pattern = good_pattern(hard[i]);
		struct scan *scan = scan_new(
			pattern, 0, (struct scan_budget){ .grace_ms = 200, .us_per_byte = 5 });
		enum scan_verdict verdict = flood(scan, text, 1000);
		struct span more = span_of("b");

		if (verdict == SCAN_MORE)
			verdict = scan_end(scan);
		if (verdict != SCAN_TOO_HARD)
			print_error("%s is not too hard\n", hard[i]);
		assert_int_equal(verdict, SCAN_TOO_HARD);
		assert_int_equal(scan_feed(scan, &more), SCAN_TOO_HARD);
		assert_int_equal(scan_end(scan), SCAN_TOO_HARD);
		scan_free(scan);
		pattern_free(pattern);
	}
}

/* A board's worst minute, in ones and twos: what a common pattern costs is within the budget. */
static void what_is_common_is_cheap(void **state)
{
	struct pattern *pattern = good_pattern("^(\\w+):(\\d+): (PASS|FAIL)(: .*)?$");
	struct scan *scan =
		scan_new(pattern, 0, (struct scan_budget){ .grace_ms = 1000, .us_per_byte = 20 });

	(void)state;
	for (size_t i = 0; i < 5000; i++)
		assert_int_equal(
			flood(scan, "main.c:12 nothing to see here, so it is\r\n", 1), SCAN_MORE);
	assert_int_equal(flood(scan, "main:12: FAIL: Expected 1 Was 2\r\n", 1), SCAN_FOUND);
	assert_int_equal(scan_match(scan)->groups[3].text.len, 4);
	scan_free(scan);
	pattern_free(pattern);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_make_no_difference),
		cmocka_unit_test(what_is_no_pattern_is_refused),
		cmocka_unit_test(groups_have_numbers_and_names),
		cmocka_unit_test(a_match_may_be_as_long_as_said),
		cmocka_unit_test(one_that_grows_too_long_is_given_up),
		cmocka_unit_test(a_catastrophe_is_told),
		cmocka_unit_test(what_is_common_is_cheap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
