/* SPDX-License-Identifier: MIT */
/* test_console_view.c - console bytes as text, hex and CSV, however they are cut into pieces. */
#include "server/console_view.h"

#include "tests/cmocka_all.h"

#include "server/json.h"

#include <stdio.h>
#include <string.h>

#define T0 1795341600000 /* 2026-11-22T10:00:00Z */
#define AT "2026-11-22T10:00:00.000Z"

static const struct {
	const char *name;
	enum view view;
	const char *in, *want;
} rows[] = {
	{ "plain", VIEW_TEXT, "one\r\ntwo\n", "one\ntwo\n" },
	{ "colours", VIEW_TEXT, "\033[1;31mred\033[0m\n", "red\n" },
	{ "a title, ended by BEL", VIEW_TEXT, "\033]0;evil\007ok\n", "ok\n" },
	{ "a title, ended by ST", VIEW_TEXT, "\033]0;evil\033\\ok\n", "ok\n" },
	{ "a torn sequence ends with its line", VIEW_TEXT, "\033[12\nnext\n", "\nnext\n" },
	{ "a charset", VIEW_TEXT, "\033(Bx\n", "x\n" },
	{ "control characters are shown", VIEW_TEXT, "a\007b\010c\177\n", "a␇b␈c␡\n" },
	{ "a tab stays", VIEW_TEXT, "a\tb\n", "a\tb\n" },
	{ "UTF-8 stays", VIEW_TEXT, "20 °C €\U0001F600\n", "20 °C €\U0001F600\n" },
	{ "no UTF-8", VIEW_TEXT, "a\xff\xc3(\xe2\x82\n", "a��(�\n" },
	{ "8-bit control characters", VIEW_TEXT,
		"\xc2\x9b"
		"31m\n",
		"�31m\n" },
	{ "a line printed over", VIEW_TEXT, "10%\r20%\r\r\n", "10%\n20%\n" },
	{ "open at the end", VIEW_TEXT, "x\xe2\x82", "x�" },
	{ "a row and a bit", VIEW_HEX, "0123456789abcdef\n~\x80",
		"00000007  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|\n"
		"00000017  0a 7e 80                                          |.~.|\n" },
	{ "nothing", VIEW_HEX, "", "" },
	{ "pairs", VIEW_CSV, "boot\nspeed:1.2 left:3\r\nspeed:-1e3 left:4\n",
		"time,offset,speed,left\n" AT ",12,1.2,3\n" AT ",30,-1e3,4\n" },
	{ "bare numbers", VIEW_CSV, "1.2,3.4\n5 6\n",
		"time,offset,c1,c2\n" AT ",7,1.2,3.4\n" AT ",15,5,6\n" },
	{ "units, spaces, words between", VIEW_CSV, "adc: 12mV at t=5%\n",
		"time,offset,adc,t\n" AT ",7,12,5\n" },
	{ "no numbers", VIEW_CSV, "hello 12\n12:30:01 started\n", "" },
	{ "the last line lacks its end", VIEW_CSV, "a=1\na=2",
		"time,offset,a\n" AT ",7,1\n" AT ",11,2\n" },
	{ "colours around a number", VIEW_CSV, "\033[32mv=1\033[0m\n",
		"time,offset,v\n" AT ",7,1\n" },
	{ "times before lines", VIEW_STAMPED, "a\nb", AT " a\n" AT " b" },
};

static void show(size_t row, size_t piece)
{
	static struct view_state view;
	const size_t len = strlen(rows[row].in);

	memset(&view, 0, sizeof(view));
	view.view = rows[row].view;
	for (size_t at = 0; at < len; at += piece) {
		const size_t n = len - at < piece ? len - at : piece;

		view_add(&view, (struct span){ (const uint8_t *)rows[row].in + at, n }, 7 + at, T0);
	}
	view_end(&view);
	assert_false(view.is_broken);
	assert_true(buf_append(&view.out, (struct span){ (const uint8_t *)"", 1 }));
	assert_string_equal((const char *)view.out.ptr, rows[row].want);
	buf_release(&view.out);
}

static void views_are_the_same_however_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		print_message("%s\n", rows[i].name);
		for (size_t piece = 1; piece < 70; piece++)
			show(i, piece);
	}
}

static void columns_are_learned_ahead(void **state)
{
	static struct view_state view = { .view = VIEW_CSV };

	(void)state;
	view_learn(&view, span_of("a=1\nb=2\n"));
	view_add(&view, span_of("a=1\nb=2\nc=3\n"), 0, T0);
	assert_true(buf_append(&view.out, (struct span){ (const uint8_t *)"", 1 }));
	assert_string_equal(
		(const char *)view.out.ptr, "time,offset,a,b\n" AT ",0,1,\n" AT ",4,,2\n");
	buf_release(&view.out);
}

static void a_loss_is_told_on_a_line_of_its_own(void **state)
{
	static struct view_state view = { .view = VIEW_TEXT };

	(void)state;
	view_add(&view, span_of("half"), 0, T0);
	view_lost(&view, 12, T0);
	view_add(&view, span_of("on\n"), 16, T0);
	assert_true(buf_append(&view.out, (struct span){ (const uint8_t *)"", 1 }));
	assert_string_equal((const char *)view.out.ptr, "half\n[12 bytes lost]\non\n");
	buf_release(&view.out);
}

/* Whatever a board prints: nothing that a terminal obeys, and always UTF-8. */
static void no_byte_gets_through_that_a_terminal_obeys(void **state)
{
	uint32_t seed = 1;

	(void)state;
	for (unsigned round = 0; round < 2000; round++) {
		struct cleaner cleaner = { 0 };
		struct buf out = { 0 };
		uint8_t bytes[64];

		for (size_t i = 0; i < sizeof(bytes); i++) {
			static const uint8_t favourites[] = { 0x1B, '[', ']', 'm', 0xC2, 0x9B, '\\',
				0xE2, '\r', '\n', 7 };

			seed = seed * 1664525u + 1013904223u;
			bytes[i] = seed >> 31 ? favourites[(seed >> 16) % sizeof(favourites)]
					      : (uint8_t)(seed >> 20);
		}
		assert_true(cleaner_add(&cleaner, (struct span){ bytes, sizeof(bytes) }, &out));
		for (size_t i = 0; i < out.len; i++) {
			assert_true(out.ptr[i] >= 0x20 || out.ptr[i] == '\n' || out.ptr[i] == '\t');
			assert_true(out.ptr[i] != 0x7F);
			assert_false(i && out.ptr[i - 1] == 0xC2 && out.ptr[i] < 0xA0);
		}
		buf_release(&out);
	}
}

static bool is_text(struct span bytes, const char *text)
{
	return bytes.len == strlen(text) && (!bytes.len || !memcmp(bytes.ptr, text, bytes.len));
}

/* The page reads the same lines (web/test/numbers.test.mjs): a plot and its CSV agree. */
static void numbers_are_read_as_the_page_reads_them(void **state)
{
	static uint8_t bytes[16 * KIB];
	FILE *file = fopen(NUMBERS_JSON, "rb");

	(void)state;
	assert_non_null(file);
	const size_t len = fread(bytes, 1, sizeof(bytes), file);

	fclose(file);
	struct json *rows_json = json_parse((struct span){ bytes, len }, false, NULL);
	size_t count = 0;

	assert_non_null(rows_json);
	for (const struct json *row = json_first(rows_json); row; row = json_next(row), count++) {
		const char *line = json_string(json_get(row, "line"));
		const struct json *want = json_first(json_get(row, "numbers"));
		struct number got[NUMBERS_MAX];
		const size_t found = numbers_parse(span_of(line), got);

		for (size_t i = 0; i < found; i++, want = json_next(want)) {
			const struct json *name = json_first(want);

			assert_non_null(name);
			assert_true(
				is_text(got[i].name, json_string(name) ? json_string(name) : ""));
			assert_true(is_text(got[i].text, json_string(json_next(name))));
		}
		assert_null(want);
	}
	assert_true(count > 10);
	json_free(rows_json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_read_as_the_page_reads_them),
		cmocka_unit_test(views_are_the_same_however_cut),
		cmocka_unit_test(columns_are_learned_ahead),
		cmocka_unit_test(a_loss_is_told_on_a_line_of_its_own),
		cmocka_unit_test(no_byte_gets_through_that_a_terminal_obeys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
