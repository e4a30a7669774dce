/* SPDX-License-Identifier: MIT */
/* test_json.c - what is read, what is refused and where, what is written. */
#include "server/json.h"

#include "tests/cmocka_all.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROWS(a) (sizeof(a) / sizeof(*(a)))

static const struct {
	const char *text, *printed;
} good[] = {
	{ "{}", "{}" },
	{ " [ ] ", "[]" },
	{ "null", "null" },
	{ "[true,false,null]", "[true,false,null]" },
	{ "[0,-1,12.5,1e3,1E-2]", "[0,-1,12.5,1000,0.01]" },
	{ "999999999999999", "999999999999999" },
	{ "\"\\u00e9\\ud83d\\ude00\\n\\/\"", "\"\xC3\xA9\xF0\x9F\x98\x80\\n/\"" },
	{ "{\"a\":{\"a\":1},\"A\":2}", "{\"a\":{\"a\":1},\"A\":2}" },
	{ "{\"\":[{\"x\":[]}]}", "{\"\":[{\"x\":[]}]}" },
};

static void good_text_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(good); i++) {
		struct json *root = json_parse(span_of(good[i].text), false, NULL);
		char *printed = json_text(root);

		assert_non_null(root);
		assert_string_equal(printed, good[i].printed);
		free(printed);
		json_free(root);
	}
}

static const struct {
	const char *text;
	unsigned line, column;
	const char *what;
} bad[] = {
	{ "", 1, 1, "the text ends too early" },
	{ "{", 1, 2, "expected a member's name in quotes" },
	{ "[1,]", 1, 4, "expected a value" },
	{ "[1 2]", 1, 4, "expected a comma or the array's ]" },
	{ "{\"a\" 1}", 1, 6, "expected a colon after the member's name" },
	{ "{\"a\":1,}", 1, 8, "expected a member's name in quotes" },
	{ "{\"a\":1,\n \"b\":2,\n \"a\":3}", 3, 2, "a second member of the same name" },
	{ "{\"a\":1,\"\\u0061\":2}", 1, 8, "a second member of the same name" },
	{ "{}\n x", 2, 2, "more text after the end" },
	{ "01", 1, 1, "not a number of JSON" },
	{ "[+1]", 1, 2, "expected a value" },
	{ "[1.]", 1, 2, "not a number of JSON" },
	{ "[.5]", 1, 2, "expected a value" },
	{ "[1e]", 1, 2, "not a number of JSON" },
	{ "-", 1, 1, "not a number of JSON" },
	{ "1e999", 1, 1, "this number is too large" },
	{ "10000000000000000000000000000000000000000000000000000000000000000", 1, 1,
		"this number is too long" },
	{ "NaN", 1, 1, "expected a value" },
	{ "tru", 1, 1, "expected a value" },
	{ "\"abc", 1, 1, "this string is never closed" },
	{ "\"a\\", 1, 3, "this string is never closed" },
	{ "\"\xC3\xA9\xFF\"", 1, 3, "not UTF-8" },
	{ "\"\xC0\x80\"", 1, 2, "not UTF-8" },
	{ "\"\xED\xA0\x80\"", 1, 2, "not UTF-8" },
	{ "\"\xF4\x90\x80\x80\"", 1, 2, "not UTF-8" },
	{ "\"a\tb\"", 1, 3, "a control character in a string must be escaped" },
	{ "\"\\u0000\"", 1, 2, "\\u0000 is not accepted" },
	{ "\"\\ud800\"", 1, 2, "half a surrogate pair" },
	{ "\"\\ud800\\u0041\"", 1, 2, "half a surrogate pair" },
	{ "\"\\udc00\"", 1, 2, "half a surrogate pair" },
	{ "\"\\u12G4\"", 1, 6, "\\u needs four hexadecimal digits" },
	{ "\"\\x\"", 1, 2, "no such escape" },
	{ "\xEF\xBB\xBF{}", 1, 1, "starts with a byte order mark: save it as UTF-8 without one" },
	{ "// x\n{}", 1, 1, "expected a value" },
};

static void bad_text_is_refused_with_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(bad); i++) {
		struct json_error error = { 0 };

		assert_null(json_parse(span_of(bad[i].text), false, &error));
		assert_string_equal(error.what, bad[i].what);
		assert_int_equal(error.line, bad[i].line);
		assert_int_equal(error.column, bad[i].column);
	}
}

static void a_nul_byte_is_refused(void **state)
{
	(void)state;
	assert_null(json_parse((struct span){ (const uint8_t *)"{}\0", 3 }, false, NULL));
	assert_null(json_parse((struct span){ (const uint8_t *)"\"a\0b\"", 5 }, false, NULL));
}

static void depth_is_bounded(void **state)
{
	char text[2 * JSON_MAX_DEPTH + 3];
	struct json_error error;

	(void)state;
	memset(text, '[', JSON_MAX_DEPTH);
	memset(text + JSON_MAX_DEPTH, ']', JSON_MAX_DEPTH);
	text[2 * JSON_MAX_DEPTH] = '\0';
	struct json *root = json_parse(span_of(text), false, NULL);

	assert_non_null(root);
	json_free(root);
	memset(text, '[', JSON_MAX_DEPTH + 1);
	memset(text + JSON_MAX_DEPTH + 1, ']', JSON_MAX_DEPTH + 1);
	text[2 * JSON_MAX_DEPTH + 2] = '\0';
	assert_null(json_parse(span_of(text), false, &error));
	assert_string_equal(error.what, "nested too deeply");
	assert_int_equal(error.column, JSON_MAX_DEPTH + 1);
}

static void comments_keep_positions(void **state)
{
	struct json_error error;
	struct json *root =
		json_parse(span_of("// one\n{ /* two\n */ \"a\": \"//no\" } // three"), true, NULL);

	(void)state;
	assert_string_equal(json_string(json_get(root, "a")), "//no");
	json_free(root);
	assert_null(json_parse(span_of("{ // x\n /* \xC3\xA9 */ 1 }"), true, &error));
	assert_int_equal(error.line, 2);
	assert_int_equal(error.column, 10);
	assert_null(json_parse(span_of("{}\n /* x"), true, &error));
	assert_string_equal(error.what, "this comment is never closed");
	assert_int_equal(error.line, 2);
}

static void members_are_looked_up_with_their_case(void **state)
{
	struct json *root = json_parse(
		span_of("{\"a\":1,\"B\":[1.5,-3,9007199254740993,\"x\",true]}"), false, NULL);
	const struct json *list = json_get(root, "B"), *child = json_first(list);
	int64_t value = 7;
	bool truth = false;

	(void)state;
	assert_null(json_get(root, "A"));
	assert_null(json_get(list, "a"));
	assert_null(json_get(NULL, "a"));
	assert_int_equal(json_type(list), JSON_ARRAY);
	assert_string_equal(json_key(json_first(root)), "a");
	assert_null(json_key(child));
	assert_false(json_integer(child, 0, 10, &value));
	child = json_next(child);
	assert_false(json_integer(child, 0, 10, &value));
	assert_int_equal(value, 7);
	assert_true(json_integer(child, -3, 10, &value));
	assert_int_equal(value, -3);
	child = json_next(child);
	assert_false(json_integer(child, INT64_MIN, INT64_MAX, &value));
	child = json_next(child);
	assert_string_equal(json_string(child), "x");
	assert_false(json_bool(child, &truth));
	child = json_next(child);
	assert_true(json_bool(child, &truth));
	assert_true(truth);
	assert_null(json_string(child));
	assert_null(json_next(child));
	json_free(root);
}

static void what_is_written(void **state)
{
	struct json *root = json_object(), *list = json_array();
	struct buf out = { 0 };

	(void)state;
	json_add_string(root, "none", NULL);
	json_add_string(root, "bad", "a\xFF\xC3\xA9\x01");
	json_add_text(root, "nul", (struct span){ (const uint8_t *)"a\0b", 3 });
	json_add_integer(root, "big", 9007199254740991);
	json_add_double(root, "seconds", 2.71049);
	json_add_double(root, "infinite", (double)INFINITY);
	json_add_bool(root, "yes", true);
	json_add_hex32(root, "address", 0x08000000);
	json_add_time(root, "time", 1795341600123);
	json_add_time(root, "never", 0);
	json_add_raw(root, "raw", "{\"x\":[1]}");
	json_add_raw(root, "damaged", "{\"x\":[1");
	json_push_integer(list, -5);
	json_push_string(list, "s");
	json_push(list, NULL);
	json_add(root, "list", list);
	json_add(root, "null", NULL);
	assert_true(json_print(root, &out));
	assert_true(buf_append(&out, (struct span){ (const uint8_t *)"", 1 }));
	assert_string_equal((char *)out.ptr,
		"{\"none\":null,\"bad\":\"a\xEF\xBF\xBD\xC3\xA9\\u0001\",\"nul\":\"a\xEF\xBF\xBD"
		"b\",\"big\":9007199254740991,\"seconds\":2.71,\"infinite\":null,\"yes\":true,"
		"\"address\":\"0x08000000\",\"time\":\"2026-11-22T10:00:00.123Z\",\"never\":null,"
		"\"raw\":{\"x\":[1]},\"damaged\":null,\"list\":[-5,\"s\",null],\"null\":null}");
	buf_release(&out);
	json_free(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_text_is_read),
		cmocka_unit_test(bad_text_is_refused_with_its_place),
		cmocka_unit_test(a_nul_byte_is_refused),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(comments_keep_positions),
		cmocka_unit_test(members_are_looked_up_with_their_case),
		cmocka_unit_test(what_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
