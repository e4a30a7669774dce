/* SPDX-License-Identifier: MIT */
/* report.c - what a job's record holds, as JUnit's XML. */
#include "server/report.h"

#include "server/json.h"
#include "server/utf8.h"

#include <stdio.h>
#include <string.h>

struct xml {
	struct buf *out;
	bool failed; /* no memory */
};

static void put(struct xml *xml, struct span text)
{
	xml->failed = xml->failed || !buf_append(xml->out, text);
}

static void put_text(struct xml *xml, const char *text)
{
	put(xml, span_of(text));
}

static const struct {
	char character;
	const char *entity;
} entities[] = { { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" },
	{ '\n', "&#10;" }, { '\t', "&#9;" } };

/* XML 1.0 knows no other control characters, nor U+FFFE and U+FFFF. */
static bool is_character(const uint8_t *c, size_t len)
{
	return len && (len > 1 || (*c >= ' ' && *c != 0x7F)) &&
		!(len == 3 && c[0] == 0xEF && c[1] == 0xBF && c[2] >= 0xBE);
}

static void put_escaped(struct xml *xml, const char *text)
{
	for (struct span rest = span_of(text ? text : ""); rest.len;) {
		const size_t len = utf8_char(rest) ? utf8_char(rest) : 1;
		const char *entity = NULL;

		for (size_t i = 0; i < sizeof(entities) / sizeof(*entities); i++)
			if ((char)*rest.ptr == entities[i].character)
				entity = entities[i].entity;
		if (entity)
			put_text(xml, entity);
		else if (is_character(rest.ptr, utf8_char(rest)))
			put(xml, (struct span){ rest.ptr, len });
		rest = (struct span){ rest.ptr + len, rest.len - len };
	}
}

static void put_attribute(struct xml *xml, const char *name, const char *value)
{
	if (!value)
		return;
	put_text(xml, " ");
	put_text(xml, name);
	put_text(xml, "=\"");
	put_escaped(xml, value);
	put_text(xml, "\"");
}

static void put_number(struct xml *xml, const char *name, double value, int decimals)
{
	char text[32];

	snprintf(text, sizeof(text), "%.*f", decimals, value);
	put_attribute(xml, name, text);
}

/* What a case, or a run of them, counts. */
struct counts {
	unsigned tests, failures, errors, skipped;
	bool is_timed; /* a case said how long it took: Unity and most TAP do not */
	double seconds;
};

static void put_counts(struct xml *xml, const struct counts *counts)
{
	put_number(xml, "tests", counts->tests, 0);
	put_number(xml, "failures", counts->failures, 0);
	put_number(xml, "errors", counts->errors, 0);
	put_number(xml, "skipped", counts->skipped, 0);
	if (counts->is_timed)
		put_number(xml, "time", counts->seconds, 3);
}

static const char *member(const struct json *json, const char *name)
{
	return json_string(json_get(json, name));
}

static void put_verdict(struct xml *xml, const char *element, const char *type, const char *message,
	const char *lines)
{
	put_text(xml, "   <");
	put_text(xml, element);
	put_attribute(xml, "message", message);
	put_attribute(xml, "type", type);
	put_text(xml, ">");
	put_escaped(xml, lines);
	put_text(xml, "</");
	put_text(xml, element);
	put_text(xml, ">\n");
}

static bool is_state(const struct json *c, const char *state)
{
	const char *text = member(c, "state");

	return text && !strcmp(text, state);
}

static void put_case(struct xml *xml, const struct job_record *record, const struct json *c)
{
	const char *suite = member(c, "suite");
	int64_t line = 0;
	double seconds = 0;

	put_text(xml, "  <testcase");
	put_attribute(xml, "name", member(c, "name"));
	put_attribute(xml, "classname", suite ? suite : record->board);
	put_attribute(xml, "file", member(c, "file"));
	if (json_integer(json_get(c, "line"), 0, INT64_MAX, &line))
		put_number(xml, "line", (double)line, 0);
	if (json_number(json_get(c, "seconds"), &seconds))
		put_number(xml, "time", seconds, 3);
	put_text(xml, ">\n");
	if (is_state(c, "failed"))
		put_verdict(xml, "failure", "failed", member(c, "message"), member(c, "lines"));
	else if (is_state(c, "skipped"))
		put_verdict(xml, "skipped", NULL, member(c, "message"), NULL);
	put_text(xml, "  </testcase>\n");
}

static void count_case(struct counts *counts, const struct json *c)
{
	double seconds = 0;

	counts->tests++;
	counts->failures += is_state(c, "failed");
	counts->skipped += is_state(c, "skipped");
	if (json_number(json_get(c, "seconds"), &seconds)) {
		counts->is_timed = true;
		counts->seconds += seconds;
	}
}

static bool same_suite(const struct json *a, const struct json *b)
{
	const char *x = member(a, "suite"), *y = member(b, "suite");

	return x && y ? !strcmp(x, y) : x == y;
}

/* The case that a job itself is: where it has none, or ended badly for none of theirs. */
struct whole {
	bool is_shown, is_failure, is_error;
	const char *code, *detail, *lines;
};

static struct whole whole_of(const struct job_record *record, const struct counts *cases,
	const struct json *error, const struct json *expect)
{
	struct whole whole = { .code = member(error, "code"),
		.detail = member(error, "detail"),
		.lines = member(expect, "lines") };
	const bool is_bad = record->state != JOB_DONE;

	whole.is_failure = is_bad && whole.code && !strcmp(whole.code, "test_failed");
	whole.is_error = is_bad && !whole.is_failure;
	whole.is_shown = !cases->tests || whole.is_error || (is_bad && !cases->failures);
	return whole;
}

static double seconds_of(const struct job_record *record)
{
	return record->started ? (double)(record->finished - record->started) / 1000 : 0;
}

static void put_whole(struct xml *xml, const struct job_record *record, const struct whole *whole)
{
	const double seconds = seconds_of(record);
	const struct counts counts = { 1, whole->is_failure, whole->is_error, 0, true, seconds };

	put_text(xml, " <testsuite");
	put_attribute(xml, "name", record->board);
	put_counts(xml, &counts);
	put_text(xml, ">\n  <testcase");
	put_attribute(xml, "name", job_kind_name(record->kind));
	put_attribute(xml, "classname", record->board);
	put_number(xml, "time", seconds, 3);
	put_text(xml, ">\n");
	if (whole->is_failure || whole->is_error)
		put_verdict(xml, whole->is_failure ? "failure" : "error", whole->code,
			whole->detail ? whole->detail : job_state_name(record->state),
			whole->lines);
	else if (whole->lines) {
		put_text(xml, "   <system-out>");
		put_escaped(xml, whole->lines);
		put_text(xml, "</system-out>\n");
	}
	put_text(xml, "  </testcase>\n </testsuite>\n");
}

static void put_suites(struct xml *xml, const struct job_record *record, const struct json *cases)
{
	for (const struct json *c = json_first(cases); c;) {
		const struct json *first = c, *end = c;
		struct counts counts = { 0 };

		for (; end && same_suite(first, end); end = json_next(end))
			count_case(&counts, end);
		put_text(xml, " <testsuite");
		put_attribute(xml, "name",
			member(first, "suite") ? member(first, "suite") : record->board);
		put_counts(xml, &counts);
		put_text(xml, ">\n");
		for (; c != end; c = json_next(c))
			put_case(xml, record, c);
		put_text(xml, " </testsuite>\n");
	}
}

static struct json *parse(const char *text)
{
	return text ? json_parse(span_of(text), false, NULL) : NULL;
}

bool report_junit(const struct job_record *record, struct buf *out)
{
	struct json *result = parse(record->result), *error = parse(record->error);
	const struct json *cases = json_get(json_get(result, "tests"), "cases");
	struct xml xml = { .out = out };
	struct counts counts = { 0 };

	for (const struct json *c = json_first(cases); c; c = json_next(c))
		count_case(&counts, c);
	const struct whole whole = whole_of(record, &counts, error, json_get(result, "expect"));

	counts.tests += whole.is_shown;
	counts.failures += whole.is_shown && whole.is_failure;
	counts.errors += whole.is_shown && whole.is_error;
	counts.is_timed = true;
	counts.seconds = seconds_of(record);
	put_text(&xml, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
	put_attribute(&xml, "name", record->name ? record->name : record->board);
	put_counts(&xml, &counts);
	put_text(&xml, ">\n");
	put_suites(&xml, record, cases);
	if (whole.is_shown)
		put_whole(&xml, record, &whole);
	put_text(&xml, "</testsuites>\n");
	json_free(result);
	json_free(error);
	return !xml.failed;
}

struct json *report_json(const struct job_record *record)
{
	struct json *json = json_object(), *result = parse(record->result);

	json_add_string(json, "job", record->id);
	json_add_string(json, "board", record->board);
	json_add_string(json, "kind", job_kind_name(record->kind));
	json_add_string(json, "state", job_state_name(record->state));
	json_add_raw(json, "error", record->error);
	json_add(json, "expect", json_take(result, "expect"));
	json_add(json, "tests", json_take(result, "tests"));
	json_free(result);
	return json;
}
