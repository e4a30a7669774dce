/* SPDX-License-Identifier: MIT */
/*
 * job_expect.c - waits for what the application says. The console is served meanwhile, and what is
 * looked at is what it holds, by offset: from the reset that this job caused, or from where it was
 * asked to begin.
 */
#include "server/job_step.h"

#include "server/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How long a cancelled job, or a server that stops, may have to wait for this. */
enum { SLICE_MS = 100 };
enum { SEND_MS = 5000 };
/* Of the console around a place. */
enum { AROUND_BYTES = 400, AROUND_LINES = 4 };
/* A job is told to every viewer: so many failed tests have the console's lines with them. */
enum { SHOWN_FAILURES = 20 };

enum ending { ENDING_NONE, ENDING_PASSED, ENDING_FAILED, ENDING_TIMED_OUT, ENDING_TOO_HARD };
static const char *const ending_names[] = { NULL, "passed", "failed", "timed_out", "too_hard" };

/* One pattern, being looked for. */
struct seeker {
	struct pattern *pattern;
	struct scan *scan;
	bool is_found;
	uint64_t end; /* behind its match */
};

struct listener {
	struct work *w;
	const struct expect *expect;
	uint64_t from, at; /* offsets of the console: the first looked at, and the next */
	int64_t began_ms;
	struct seeker good, bad;
	struct results results;
	enum ending ending;
};

/* a pattern */

static bool seeker_init(struct seeker *s, const char *text, uint64_t offset)
{
	const struct scan_budget budget = { EXPECT_GRACE_MS, EXPECT_US_PER_BYTE };

	if (!text[0])
		return true;
	s->pattern = pattern_new(span_of(text), NULL);
	s->scan = s->pattern ? scan_new(s->pattern, offset, budget) : NULL;
	return s->scan != NULL;
}

static void seeker_release(struct seeker *s)
{
	scan_free(s->scan);
	pattern_free(s->pattern);
}

static void seeker_note(struct listener *l, struct seeker *s, enum scan_verdict verdict)
{
	if (verdict == SCAN_TOO_HARD)
		l->ending = ENDING_TOO_HARD;
	if (verdict != SCAN_FOUND)
		return;
	const struct pattern_match *match = scan_match(s->scan);

	s->is_found = true;
	s->end = match->offset + match->groups[0].text.len;
}

static void seeker_feed(struct listener *l, struct seeker *s, struct span bytes)
{
	if (s->scan && !s->is_found)
		seeker_note(l, s, scan_feed(s->scan, &bytes));
}

static void seeker_end(struct listener *l, struct seeker *s)
{
	if (s->scan && !s->is_found)
		seeker_note(l, s, scan_end(s->scan));
}

/* the stream */

/* What ends first is what was said first; of two that end together the bad one counts. */
static void judge(struct listener *l)
{
	const bool is_bad = l->bad.is_found && (!l->good.is_found || l->bad.end <= l->good.end);

	if (l->ending)
		return;
	if (is_bad || l->results.verdict == RESULTS_FAILED)
		l->ending = ENDING_FAILED;
	else if (l->good.is_found || l->results.verdict == RESULTS_PASSED)
		l->ending = ENDING_PASSED;
}

/* false: no memory. */
static bool look(struct listener *l)
{
	uint8_t bytes[1024];
	struct cut cut = { .len = 1 };
	bool ok = true;

	while (ok && !l->ending && cut.len) {
		cut = console_read(l->w->scene->console, l->at, bytes, sizeof(bytes));
		const struct span piece = { bytes, cut.len };

		l->at = cut.from + cut.len;
		seeker_feed(l, &l->good, piece);
		seeker_feed(l, &l->bad, piece);
		if (l->expect->results)
			ok = results_feed(&l->results, piece);
		judge(l);
	}
	return ok;
}

static enum err listen_on(struct listener *l, struct why *why)
{
	const struct job_scene *scene = l->w->scene;
	enum err e = ERR_OK;

	while (!e && !l->ending) {
		const int64_t left = l->began_ms + l->expect->timeout_ms - clock_monotonic_ms();

		if (!look(l))
			return why_set(why, ERR_NO_MEMORY, NULL);
		if (l->ending)
			break;
		if (work_should_stop(l->w))
			return why_set(why, ERR_CANCELLED, NULL);
		if (left <= 0) {
			seeker_end(l, &l->good);
			seeker_end(l, &l->bad);
			judge(l);
			l->ending = l->ending ? l->ending : ENDING_TIMED_OUT;
			break;
		}
		e = scene->listen(scene->ctx, left < SLICE_MS ? (int)left : SLICE_MS);
	}
	return e ? why_set(why, e, "while the application was listened to") : ERR_OK;
}

/* what is told */

static size_t lines_before(const uint8_t *text, size_t at)
{
	for (int lines = 0; at; at--)
		if (text[at - 1] == '\n' && ++lines == AROUND_LINES)
			break;
	return at;
}

static size_t lines_behind(const uint8_t *text, size_t at, size_t len)
{
	for (int lines = 0; at < len; at++)
		if (text[at] == '\n' && ++lines == AROUND_LINES)
			break;
	return at;
}

/* The lines around what stands at an offset of the console, as far as it holds them. */
static void add_lines(struct listener *l, struct json *json, uint64_t offset, size_t len)
{
	uint8_t text[2 * AROUND_BYTES + 1024];
	const uint64_t first = offset - l->from > AROUND_BYTES ? offset - AROUND_BYTES : l->from;
	const size_t room = sizeof(text) - AROUND_BYTES;
	const size_t shown = len < room - AROUND_BYTES ? len : room - AROUND_BYTES;
	const struct cut cut = console_read(
		l->w->scene->console, first, text, (size_t)(offset - first) + shown + AROUND_BYTES);
	const size_t at = cut.from <= offset ? (size_t)(offset - cut.from) : 0;

	if (at > cut.len)
		return;
	const size_t begin = lines_before(text, at);
	const size_t end = lines_behind(text, at + shown < cut.len ? at + shown : cut.len, cut.len);

	json_add_text(json, "lines", (struct span){ text + begin, end - begin });
}

static struct json *groups_json(const struct pattern_match *match)
{
	struct json *groups = json_array();

	for (size_t i = 1; i < match->count; i++) {
		const struct pattern_group *group = &match->groups[i];
		struct json *json = json_object();

		json_add_integer(json, "number", (int64_t)i);
		json_add_string(json, "name", group->name);
		if (group->is_set)
			json_add_text(json, "text", group->text);
		else
			json_add_null(json, "text");
		json_push(groups, json);
	}
	return groups;
}

static void add_match(struct listener *l, struct json *json)
{
	const struct seeker *s = l->ending == ENDING_FAILED ? &l->bad : &l->good;

	if (!s->is_found) {
		const uint64_t head = console_head(l->w->scene->console);

		json_add_null(json, "offset");
		if (l->ending != ENDING_PASSED)
			add_lines(l, json, head > l->from ? head : l->from, 0);
		return;
	}
	const struct pattern_match *match = scan_match(s->scan);

	json_add_integer(json, "offset", (int64_t)match->offset);
	json_add_text(json, "text", match->groups[0].text);
	json_add(json, "groups", groups_json(match));
	add_lines(l, json, match->offset, match->groups[0].text.len);
}

static struct json *case_json(struct listener *l, const struct test_case *c, bool has_lines)
{
	struct json *json = json_object();

	json_add_string(json, "suite", c->suite[0] ? c->suite : NULL);
	json_add_string(json, "name", c->name);
	json_add_string(json, "state", case_state_name(c->state));
	json_add_string(json, "message", c->message[0] ? c->message : NULL);
	json_add_string(json, "file", c->file[0] ? c->file : NULL);
	if (c->line)
		json_add_integer(json, "line", c->line);
	else
		json_add_null(json, "line");
	if (c->has_duration)
		json_add_double(json, "seconds", c->duration_us / 1e6);
	else
		json_add_null(json, "seconds");
	json_add_integer(json, "offset", (int64_t)c->offset);
	if (has_lines)
		add_lines(l, json, c->offset, 0);
	return json;
}

static struct json *tests_json(struct listener *l)
{
	const struct results *r = &l->results;
	struct json *json = json_object(), *cases = json_array();

	json_add_string(
		json, "format", r->format == RESULTS_AUTO ? NULL : results_format_name(r->format));
	json_add_string(json, "summary", r->summary[0] ? r->summary : NULL);
	for (int i = 0; i < CASE_STATE_COUNT; i++)
		json_add_integer(json, case_state_name((enum case_state)i), r->totals[i]);
	for (size_t i = 0, failed = 0; i < r->count; i++) {
		const bool is_failed = r->cases[i].state == CASE_FAILED;

		failed += is_failed;
		json_push(cases, case_json(l, &r->cases[i], is_failed && failed <= SHOWN_FAILURES));
	}
	json_add(json, "cases", cases);
	return json;
}

static void add_result(struct listener *l)
{
	struct json *json = json_object();

	json_add_string(json, "outcome", ending_names[l->ending]);
	json_add_string(json, "stream", console_stream(l->w->scene->console));
	json_add_integer(json, "from", (int64_t)l->from);
	json_add_double(json, "seconds", (double)(clock_monotonic_ms() - l->began_ms) / 1000);
	add_match(l, json);
	json_add(l->w->result, "expect", json);
	if (l->expect->results)
		json_add(l->w->result, "tests", tests_json(l));
}

static void say_failed(struct listener *l, struct problem *problem)
{
	const struct results *r = &l->results;

	if (l->bad.is_found) {
		const struct span text = scan_match(l->bad.scan)->groups[0].text;

		problem_set(problem, "test_failed",
			"The application runs, and said what must not be: \"%.*s\" at offset %llu "
			"of the console.",
			text.len < 200 ? (int)text.len : 200, (const char *)text.ptr,
			(unsigned long long)scan_match(l->bad.scan)->offset);
		return;
	}
	problem_set(problem, "test_failed", "%u of %u tests failed (%s)",
		(unsigned)r->totals[CASE_FAILED],
		(unsigned)(r->totals[CASE_PASSED] + r->totals[CASE_FAILED] +
			r->totals[CASE_SKIPPED]),
		r->summary);
	for (size_t i = 0, named = 0; i < r->count && named < 5; i++) {
		char text[420];

		if (r->cases[i].state != CASE_FAILED)
			continue;
		snprintf(text, sizeof(text), "%s %s%s%s", named++ ? ";" : ":", r->cases[i].name,
			r->cases[i].message[0] ? ": " : "", r->cases[i].message);
		problem_add(problem, text);
	}
	problem_add(problem, ". The job's report has all of them.");
}

static void say_timed_out(struct listener *l, struct problem *problem)
{
	const struct results *r = &l->results;
	const uint64_t heard = l->at - l->from;

	problem_set(problem, "expect_timeout",
		"In %.1f s the application said neither what was expected nor what must not be; "
		"%llu bytes came since%s.",
		l->expect->timeout_ms / 1000.0, (unsigned long long)heard,
		heard ? "" : ": is the console's rate that of the firmware, and does it start");
	if (r->count) {
		char text[260];

		snprintf(text, sizeof(text), " %zu tests had ended, the last was \"%s\".", r->count,
			r->cases[r->count - 1].name);
		problem_add(problem, text);
	}
}

static enum err conclude(struct listener *l, struct why *why)
{
	struct problem *problem = &l->w->unexpected;

	if (l->ending == ENDING_PASSED)
		return ERR_OK;
	if (l->ending == ENDING_FAILED)
		say_failed(l, problem);
	else if (l->ending == ENDING_TIMED_OUT)
		say_timed_out(l, problem);
	else
		problem_set(problem, "pattern_too_hard",
			"To look for the pattern took more of the processor than it may have. "
			"Nested repeats, such as (a+)+, are what makes one so hard.");
	problem->stage = STAGE_EXPECT;
	return why_set(why, ERR_EXPECT, NULL);
}

enum err work_expect(struct work *w, uint64_t from, struct why *why)
{
	struct listener l = { .w = w,
		.expect = w->request->expect,
		.from = from,
		.at = from,
		.began_ms = clock_monotonic_ms() };
	const struct wire *wire = &w->scene->wire;
	const struct span send = span_of(l.expect->send);
	enum err e = ERR_OK;

	work_stage(w, STAGE_EXPECT);
	results_init(&l.results, l.expect->results, from);
	if (!seeker_init(&l.good, l.expect->pattern, from) ||
		!seeker_init(&l.bad, l.expect->fail, from))
		e = why_set(why, ERR_NO_MEMORY, NULL);
	if (!e && send.len)
		e = wire->ops->send(wire->ctx, send, SEND_MS);
	if (!e)
		e = listen_on(&l, why);
	add_result(&l);
	if (!e)
		e = conclude(&l, why);
	if (e && why->stage == STAGE_NONE)
		why->stage = STAGE_EXPECT;
	seeker_release(&l.good);
	seeker_release(&l.bad);
	results_release(&l.results);
	return e;
}

/* a job of its own */

static uint64_t first_offset(struct work *w)
{
	const struct expect *expect = w->request->expect;
	struct console *console = w->scene->console;
	uint64_t reset = 0, flash = 0;

	if (expect->resets)
		return w->spoke_from;
	if (expect->from == EXPECT_FROM_OFFSET) {
		const uint64_t oldest = console_oldest(console);

		return expect->offset > oldest ? expect->offset : oldest;
	}
	if (expect->from == EXPECT_FROM_NOW)
		return console_head(console);
	const bool was_reset = console_find_mark(console, CONSOLE_MARK_RESET, &reset);
	const bool was_flashed = console_find_mark(console, CONSOLE_MARK_FLASH, &flash);

	if (was_reset || was_flashed)
		return reset > flash ? reset : flash;
	return console_head(console);
}

enum err work_expect_job(struct work *w, struct why *why)
{
	enum err e = ERR_OK;

	if (w->request->expect->resets) {
		e = work_reset(w, why);
	} else if (w->scene->was_in_bootloader) {
		problem_set(&w->unexpected, "board_in_bootloader",
			"The board is in its bootloader and says nothing: add \"reset\":true, or "
			"reset it into its application first.");
		return why_set(why, ERR_EXPECT, NULL);
	}
	return e ? e : work_expect(w, first_offset(w), why);
}
