/* SPDX-License-Identifier: MIT */
/* test_query.c - request targets and parameters. */
#include "server/query.h"
#include "tests/cmocka_all.h"

#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static const struct {
	const char *target, *path, *name, *value, *code;
} targets[] = {
	{ "/", "/", "a", NULL, NULL },
	{ "/a/b?x=1&y=2", "/a/b", "y", "2", NULL },
	{ "/a?x", "/a", "x", "", NULL },
	{ "/a?x=1=2", "/a", "x", "1=2", NULL },
	{ "/a?&&x=1&", "/a", "x", "1", NULL },
	{ "/a?n=a+b%20c%26", "/a", "n", "a b c&", NULL },
	{ "/a+b%20c", "/a+b c", "x", NULL, NULL },
	{ "/%C3%A9?n=%E2%82%AC", "/\xC3\xA9", "n", "\xE2\x82\xAC", NULL },
	{ "http://host:1/a?x=1", "/a", "x", "1", NULL },
	{ "HTTPS://host/a", "/a", "x", NULL, NULL },
	{ "http://host", NULL, NULL, NULL, "bad_request" },
	{ "*", NULL, NULL, NULL, "bad_request" },
	{ "", NULL, NULL, NULL, "bad_request" },
	{ "/a%", NULL, NULL, NULL, "bad_request" },
	{ "/a%4", NULL, NULL, NULL, "bad_request" },
	{ "/a%g0", NULL, NULL, NULL, "bad_request" },
	{ "/a%00", NULL, NULL, NULL, "bad_request" },
	{ "/a%2Fb", NULL, NULL, NULL, "bad_request" },
	{ "/a%0A", NULL, NULL, NULL, "bad_request" },
	{ "/a%FF", NULL, NULL, NULL, "bad_request" },
	{ "/a?x=%00", NULL, NULL, NULL, "bad_request" },
	{ "/a?x=%C0%80", NULL, NULL, NULL, "bad_request" },
	{ "/a?x=1&x=1", NULL, NULL, NULL, "bad_parameter" },
	{ "/a?x=1&%78=1", NULL, NULL, NULL, "bad_parameter" },
};

static void targets_are_taken_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(targets); i++) {
		struct target target;
		struct problem problem = { 0 };
		bool ok = target_parse(&target, targets[i].target, &problem);

		assert_int_equal(ok, targets[i].code == NULL);
		if (!ok) {
			assert_string_equal(problem.code, targets[i].code);
			assert_null(target.text);
			continue;
		}
		const char *value = query_get(&target.query, targets[i].name);

		assert_string_equal(target.path, targets[i].path);
		assert_int_equal(value != NULL, targets[i].value != NULL);
		if (value)
			assert_string_equal(value, targets[i].value);
		target_release(&target);
	}
}

static void a_target_is_bounded(void **state)
{
	char text[TARGET_MAX + 2], many[8 * QUERY_MAX] = "/?";
	struct target target;
	struct problem problem = { 0 };

	(void)state;
	memset(text, 'a', sizeof(text));
	text[0] = '/';
	text[sizeof(text) - 1] = 0;
	assert_false(target_parse(&target, text, &problem));
	assert_string_equal(problem.code, "bad_request");
	for (int i = 0; i <= QUERY_MAX; i++)
		snprintf(many + strlen(many), sizeof(many) - strlen(many), "p%d&", i);
	assert_false(target_parse(&target, many, &problem));
	assert_string_equal(problem.code, "bad_parameter");
}

static const struct {
	const char *text;
	uint64_t max, value;
	bool ok;
} numbers[] = {
	{ "0", 10, 0, true },
	{ "10", 10, 10, true },
	{ "11", 10, 0, false },
	{ "0x08000000", UINT32_MAX, 0x08000000, true },
	{ "0XfF", 255, 255, true },
	{ "18446744073709551615", UINT64_MAX, UINT64_MAX, true },
	{ "18446744073709551616", UINT64_MAX, 0, false },
	{ "0x10000000000000000", UINT64_MAX, 0, false },
	{ "", 10, 0, false },
	{ "0x", 10, 0, false },
	{ "-1", 10, 0, false },
	{ "+1", 10, 0, false },
	{ " 1", 10, 0, false },
	{ "1 ", 10, 0, false },
	{ "1e3", UINT32_MAX, 0, false },
	{ "0b1", UINT32_MAX, 0, false },
};

static void numbers_are_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(numbers); i++) {
		uint64_t value = 0;

		assert_int_equal(
			number_parse(numbers[i].text, numbers[i].max, &value), numbers[i].ok);
		assert_int_equal(value, numbers[i].value);
	}
}

static void a_typing_error_is_named(void **state)
{
	static const char *const known[] = { "erase", "run", NULL };
	struct target target;
	struct problem problem = { 0 };

	(void)state;
	assert_true(target_parse(&target, "/?run=true&eraze=mass", &problem));
	assert_false(query_only(&target.query, known, &problem));
	assert_string_equal(problem.code, "unknown_parameter");
	assert_non_null(strstr(problem.detail, "\"eraze\""));
	assert_non_null(strstr(problem.detail, "erase, run"));
	target_release(&target);
}

static const struct {
	const char *target;
	bool ok, value;
} bools[] = {
	{ "/", true, true },
	{ "/?run=true", true, true },
	{ "/?run=false", true, false },
	{ "/?run=yes", false, true },
	{ "/?run=1", false, true },
	{ "/?run=", false, true },
};

static void booleans_are_two_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bools); i++) {
		struct target target;
		struct problem problem = { 0 };
		bool value = true;

		assert_true(target_parse(&target, bools[i].target, &problem));
		assert_int_equal(query_bool(&target.query, "run", &value, &problem), bools[i].ok);
		assert_int_equal(value, bools[i].value);
		if (!bools[i].ok)
			assert_string_equal(problem.code, "bad_parameter");
		target_release(&target);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(targets_are_taken_apart),
		cmocka_unit_test(a_target_is_bounded),
		cmocka_unit_test(numbers_are_whole),
		cmocka_unit_test(a_typing_error_is_named),
		cmocka_unit_test(booleans_are_two_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
