/* SPDX-License-Identifier: MIT */
/* results.c - a line at a time: whose it is, and what it says. */
#include "server/results.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *results_format_name(enum results_format format)
{
	static const char *const names[] = { "none", "auto", "unity", "tap", "ztest" };

	static_assert(sizeof(names) / sizeof(*names) == RESULTS_FORMAT_COUNT, "each has a name");
	return names[format];
}

const char *case_state_name(enum case_state state)
{
	static const char *const names[] = { "passed", "failed", "skipped" };

	static_assert(sizeof(names) / sizeof(*names) == CASE_STATE_COUNT, "each has a name");
	return names[state];
}

void results_init(struct results *results, enum results_format format, uint64_t offset)
{
	*results = (struct results){ .format = format, .offset = offset, .line_offset = offset };
}

void results_release(struct results *results)
{
	free(results->cases);
	*results = (struct results){ 0 };
}

/* words */

static bool starts(const char *text, const char *word)
{
	return !strncmp(text, word, strlen(word));
}

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " \t");
}

/* What fits of [from, to), without blanks around it. */
static void copy(char *out, size_t size, const char *from, const char *to)
{
	from = from < to ? skip_blanks(from) : to;
	while (to > from && (to[-1] == ' ' || to[-1] == '\t'))
		to--;
	const size_t len = to > from ? (size_t)(to - from) : 0;

	snprintf(out, size, "%.*s", (int)len, len ? from : "");
}

#define COPY(out, from, to) copy(out, sizeof(out), from, to)
#define COPY_REST(out, from) copy(out, sizeof(out), from, (from) + strlen(from))

/* Digits at *text, which moves behind them; false: none, or too many. */
static bool take_number(const char **text, uint32_t *value)
{
	const size_t len = strspn(*text, "0123456789");

	if (!len || len > 9)
		return false;
	*value = (uint32_t)strtoul(*text, NULL, 10);
	*text += len;
	return true;
}

/* "0.012 seconds", "12.5 ms" behind text: microseconds. */
static bool take_duration(const char *text, uint32_t *us)
{
	char *end = NULL;
	const double value = strtod(text, &end);

	if (end == text || !(value >= 0 && value < 4000))
		return false;
	end += strspn(end, " ");
	*us = (uint32_t)(value * (starts(end, "ms") ? 1e3 : 1e6) + 0.5);
	return starts(end, "ms") || starts(end, "s");
}

static bool add_case(struct results *r, const struct test_case *c)
{
	r->totals[c->state]++;
	if (r->count == RESULTS_CASES)
		return true;
	if (!(r->count & (r->count - 1))) { /* at 0 and each power of two it doubles */
		const size_t cap = r->count ? 2 * r->count : 1;
		struct test_case *more = realloc(r->cases, cap * sizeof(*more));

		if (!more)
			return false;
		r->cases = more;
	}
	r->cases[r->count] = *c;
	r->cases[r->count++].offset = r->line_offset;
	return true;
}

static void decide(struct results *r, bool is_good, const char *line)
{
	r->verdict = is_good ? RESULTS_PASSED : RESULTS_FAILED;
	COPY_REST(r->summary, line);
}

/* Unity: FILE:LINE:NAME:PASS, :FAIL: MESSAGE, :IGNORE: MESSAGE */

static const struct {
	const char *word;
	enum case_state state;
} unity_words[] = { { ":PASS", CASE_PASSED }, { ":FAIL", CASE_FAILED },
	{ ":IGNORE", CASE_SKIPPED } };

static bool parse_unity_end(const char *text, struct test_case *c)
{
	for (size_t i = 0; i < sizeof(unity_words) / sizeof(*unity_words); i++) {
		if (!starts(text, unity_words[i].word))
			continue;
		const char *rest = text + strlen(unity_words[i].word);

		if (*rest && *rest != ':' && *rest != ' ')
			return false;
		c->state = unity_words[i].state;
		c->has_duration = starts(rest, " (") && take_duration(rest + 2, &c->duration_us);
		if (*rest == ':')
			COPY_REST(c->message, rest + 1);
		return true;
	}
	return false;
}

static bool parse_unity_case(const char *line, struct test_case *c)
{
	for (const char *colon = strchr(line, ':'); colon; colon = strchr(colon + 1, ':')) {
		const char *name = colon + 1;

		if (colon == line || !take_number(&name, &c->line) || *name++ != ':')
			continue;
		for (const char *end = strchr(name, ':'); end; end = strchr(end + 1, ':')) {
			if (end == name || !parse_unity_end(end, c))
				continue;
			COPY(c->file, line, colon);
			COPY(c->name, name, end);
			return true;
		}
	}
	return false;
}

/* "3 Tests 1 Failures 0 Ignored" */
static bool is_unity_counts(const char *line, bool *is_bad)
{
	uint32_t tests, failures, ignored;

	if (!take_number(&line, &tests) || !starts(line, " Tests "))
		return false;
	line += 7;
	if (!take_number(&line, &failures) || !starts(line, " Failures "))
		return false;
	line += 10;
	*is_bad = failures > 0;
	return take_number(&line, &ignored) && starts(line, " Ignored");
}

static bool read_unity(struct results *r, const char *line)
{
	struct test_case c = { 0 };

	if (is_unity_counts(line, &r->is_bad)) {
		r->has_counts = true;
		COPY_REST(r->summary, line);
	} else if (r->has_counts && (!strcmp(line, "OK") || starts(line, "FAIL"))) {
		r->verdict = line[0] == 'O' && !r->is_bad ? RESULTS_PASSED : RESULTS_FAILED;
	} else if (parse_unity_case(line, &c)) {
		return add_case(r, &c);
	}
	return true;
}

/* TAP: 1..N, ok N - NAME # SKIP REASON, not ok N, a block of YAML, Bail out! */

static bool is_tap_plan(const char *line, uint32_t *planned)
{
	return starts(line, "1..") && (line += 3, take_number(&line, planned)) &&
		(!*line || *line == ' ');
}

static bool is_tap_point(const char *line)
{
	if (starts(line, "not "))
		line += 4;
	return starts(line, "ok") && (!line[2] || line[2] == ' ');
}

static const char *tap_directive(const char *name)
{
	const char *hash = strstr(name, " #");

	return hash ? hash : name + strlen(name);
}

static bool read_tap_point(struct results *r, const char *line)
{
	struct test_case c = { .state = starts(line, "not ") ? CASE_FAILED : CASE_PASSED };
	const char *name = skip_blanks(strstr(line, "ok") + 2);
	uint32_t number;

	if (take_number(&name, &number))
		name = skip_blanks(name);
	if (starts(name, "- "))
		name += 2;
	const char *end = name[0] == '#' ? name : tap_directive(name);
	const char *directive = skip_blanks(end + strspn(end, " #"));

	/* A test that is still to be written may fail. */
	if (!strncasecmp(directive, "SKIP", 4) || !strncasecmp(directive, "TODO", 4)) {
		c.state = CASE_SKIPPED;
		COPY_REST(c.message, directive);
	}
	COPY(c.name, name, end);
	if (!c.name[0])
		snprintf(c.name, sizeof(c.name), "%u", (unsigned)r->points + 1);
	r->points++;
	r->is_bad = r->is_bad || c.state == CASE_FAILED;
	return add_case(r, &c);
}

/* Of the block below a point, what belongs into its case. */
static void read_tap_yaml(struct results *r, const char *line)
{
	struct test_case *c = r->count ? &r->cases[r->count - 1] : NULL;

	line = skip_blanks(line);
	if (!c || r->count == RESULTS_CASES)
		return;
	if (starts(line, "message:"))
		COPY_REST(c->message, line + 8);
	else if (starts(line, "file:"))
		COPY_REST(c->file, line + 5);
	else if (starts(line, "line:"))
		c->line = (uint32_t)strtoul(line + 5, NULL, 10);
	else if (starts(line, "duration_ms:"))
		c->has_duration =
			(c->duration_us = (uint32_t)(strtoul(line + 12, NULL, 10) % 4000000 * 1000),
				true);
}

/* A plan that stands first is fulfilled by its last point, one that stands last by itself. */
static bool read_tap(struct results *r, const char *line)
{
	bool ok = true;
	char text[64];

	if (starts(line, "Bail out!")) {
		decide(r, false, line);
		return true;
	}
	if (is_tap_plan(line, &r->planned))
		r->has_plan = true;
	else if (is_tap_point(line))
		ok = read_tap_point(r, line);
	else if (line[0] == ' ')
		read_tap_yaml(r, line);
	if (r->has_plan && r->points >= r->planned) {
		snprintf(text, sizeof(text), "%u of %u, %u not ok", (unsigned)r->points,
			(unsigned)r->planned, (unsigned)r->totals[CASE_FAILED]);
		decide(r, !r->is_bad && r->points == r->planned, text);
	}
	return ok;
}

/* ztest: START - NAME, PASS - NAME in 0.001 seconds, Assertion failed at FILE:LINE: …, suites */

static const struct {
	const char *word;
	enum case_state state;
} ztest_words[] = { { "PASS - ", CASE_PASSED }, { "FAIL - ", CASE_FAILED },
	{ "SKIP - ", CASE_SKIPPED } };

static bool add_ztest_case(struct results *r, const char *text, enum case_state state)
{
	const char *in = strstr(text, " in ");
	struct test_case c = r->said;

	c.state = state;
	COPY(c.name, text, in ? in : text + strlen(text));
	memcpy(c.suite, r->suite, sizeof(c.suite));
	c.has_duration = in && take_duration(in + 4, &c.duration_us);
	r->said = (struct test_case){ 0 };
	return add_case(r, &c);
}

static void read_ztest_assertion(struct results *r, const char *text)
{
	const char *colon = strchr(text, ':');

	COPY_REST(r->said.message, text);
	if (!colon)
		return;
	const char *rest = colon + 1;

	if (take_number(&rest, &r->said.line) && *rest == ':') {
		COPY(r->said.file, text, colon);
		COPY_REST(r->said.message, rest + 1);
	}
}

static bool read_ztest(struct results *r, const char *line)
{
	static const char running[] = "Running TESTSUITE ", failed[] = "Assertion failed at ";

	line = skip_blanks(line);
	if (starts(line, "PROJECT EXECUTION "))
		decide(r, starts(line + 18, "SUCCESSFUL"), line);
	else if (starts(line, running))
		COPY_REST(r->suite, line + sizeof(running) - 1);
	else if (starts(line, failed))
		read_ztest_assertion(r, line + sizeof(failed) - 1);
	else if (starts(line, "START - "))
		r->said = (struct test_case){ 0 };
	for (size_t i = 0; i < sizeof(ztest_words) / sizeof(*ztest_words); i++)
		if (starts(line, ztest_words[i].word))
			return add_ztest_case(r, line + 7, ztest_words[i].state);
	return true;
}

/* lines */

static enum results_format recognise(const char *line)
{
	struct test_case c = { 0 };
	uint32_t planned;
	bool is_bad;

	if (starts(line, "Running TESTSUITE ") || starts(line, "PROJECT EXECUTION "))
		return RESULTS_ZTEST;
	if (parse_unity_case(line, &c) || is_unity_counts(line, &is_bad))
		return RESULTS_UNITY;
	if (starts(line, "TAP version ") || is_tap_plan(line, &planned) || starts(line, "ok 1") ||
		starts(line, "not ok 1"))
		return RESULTS_TAP;
	return RESULTS_AUTO;
}

static bool read_line(struct results *r)
{
	static bool (*const readers[])(struct results * r, const char *line) = {
		[RESULTS_UNITY] = read_unity, [RESULTS_TAP] = read_tap, [RESULTS_ZTEST] = read_ztest
	};

	r->text[r->len] = '\0';
	if (r->format == RESULTS_AUTO)
		r->format = recognise(r->text);
	return r->format < RESULTS_UNITY || !r->len || readers[r->format](r, r->text);
}

/* Colours are left out, what else is no text becomes a blank. */
static void push(struct results *r, uint8_t byte)
{
	const bool is_text = byte >= ' ' && byte != 0x7F;

	if (r->in_escape)
		r->in_escape = !(byte >= '@' && byte <= '~' && byte != '[');
	else if (byte == 0x1B)
		r->in_escape = true;
	else if (r->len < RESULTS_LINE - 1)
		r->text[r->len++] = is_text ? (char)byte : ' ';
}

bool results_feed(struct results *r, struct span bytes)
{
	for (size_t i = 0; i < bytes.len && r->verdict == RESULTS_OPEN; i++) {
		const uint8_t byte = bytes.ptr[i];

		r->offset++;
		if (byte != '\n' && byte != '\r') {
			push(r, byte);
			continue;
		}
		if (!read_line(r))
			return false;
		r->len = 0;
		r->in_escape = false;
		r->line_offset = r->offset;
	}
	return true;
}
