/* SPDX-License-Identifier: MIT */
/*
 * pattern.c - PCRE2, interpreted: its just-in-time code keeps neither the limit of memory nor an
 * exact one of steps, and needs pages that are both written and run.
 *
 * A scan holds a window of the stream:
 *
 *   | looked at, kept to look back on | start: no match begins before | fed bytes, not settled |
 *
 * PCRE2_PARTIAL_HARD makes the end of the window "not known yet" instead of an end, so a match that
 * is reported is one that did not look past it.
 */
#define PCRE2_CODE_UNIT_WIDTH 8

#include "server/pattern.h"

#include <assert.h>
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WINDOW = 2 * PATTERN_SPAN };
/* Besides what the pattern looks back itself, `^` looks at a line's end of two bytes. */
enum { MARGIN = PATTERN_LOOKBEHIND + 2 };
static_assert(MARGIN < PATTERN_SPAN, "what is kept leaves room for what comes");

/* One match from one place in the window: steps of the matcher and memory for going back. */
enum { MATCH_STEPS = 200000, MATCH_KIB = 4096 };
/* So many beginnings are tried between two looks at the clock. */
enum { STRIDE = 128 };
enum { MAX_NESTING = 50 };

struct pattern {
	pcre2_code *code;
	uint32_t groups;
	const char *names[PATTERN_GROUPS];
};

struct scan {
	const struct pattern *pattern;
	struct scan_budget budget;
	uint64_t fed, used_ns;
	pcre2_match_data *data;
	pcre2_match_context *limits;
	bool is_too_hard;
	uint64_t base; /* the stream's offset of window[0] */
	size_t start, len;
	uint8_t window[WINDOW];
	struct pattern_match match;
};

/* patterns */

static void say(struct pattern_error *error, size_t offset, const char *what)
{
	if (!error)
		return;
	error->offset = offset;
	snprintf(error->what, sizeof(error->what), "%s", what);
}

static void say_pcre2(struct pattern_error *error, int number, size_t offset)
{
	PCRE2_UCHAR what[sizeof(error->what)] = "";

	pcre2_get_error_message(number, what, sizeof(what));
	say(error, offset, (const char *)what);
}

static pcre2_code *compile(struct span text, struct pattern_error *error)
{
	/* ALT_CIRCUMFLEX: a line begins behind the window's last byte, though nothing is there yet.
	 */
	const uint32_t options = PCRE2_MULTILINE | PCRE2_ALT_CIRCUMFLEX | PCRE2_NEVER_UTF |
		PCRE2_NEVER_UCP | PCRE2_USE_OFFSET_LIMIT;
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	pcre2_code *code = NULL;
	PCRE2_SIZE offset = 0;
	int number = PCRE2_ERROR_NOMEMORY;

	if (context) {
		pcre2_set_newline(context, PCRE2_NEWLINE_ANYCRLF);
		pcre2_set_parens_nest_limit(context, MAX_NESTING);
		code = pcre2_compile(text.ptr, text.len, options, &number, &offset, context);
	}
	if (!code)
		say_pcre2(error, number, offset);
	pcre2_compile_context_free(context);
	return code;
}

static uint32_t info(const pcre2_code *code, uint32_t what)
{
	uint32_t value = 0;

	pcre2_pattern_info(code, what, &value);
	return value;
}

/* A row of PCRE2's table: the group's number in two bytes, its name, NUL. */
static void find_names(struct pattern *pattern)
{
	const uint32_t count = info(pattern->code, PCRE2_INFO_NAMECOUNT);
	const uint32_t size = info(pattern->code, PCRE2_INFO_NAMEENTRYSIZE);
	PCRE2_SPTR row = NULL;

	pcre2_pattern_info(pattern->code, PCRE2_INFO_NAMETABLE, &row);
	for (uint32_t i = 0; i < count; i++, row += size)
		pattern->names[get_be16(row)] = (const char *)row + 2;
}

/* \G; a literal one after \Q is taken for it too. */
static bool has_resumption(struct span text, size_t *offset)
{
	for (size_t i = 0; i + 1 < text.len; i++) {
		if (text.ptr[i] != '\\')
			continue;
		*offset = i++;
		if (text.ptr[i] == 'G')
			return true;
	}
	return false;
}

static bool is_within_bounds(const struct pattern *pattern, struct pattern_error *error)
{
	if (pattern->groups > PATTERN_GROUPS)
		say(error, 0, "more groups than 31");
	else if (info(pattern->code, PCRE2_INFO_MAXLOOKBEHIND) > PATTERN_LOOKBEHIND)
		say(error, 0, "looks back more than 255 bytes");
	else
		return true;
	return false;
}

static bool is_taken(struct span text, struct pattern_error *error)
{
	size_t offset = 0;

	say_pcre2(error, PCRE2_ERROR_NOMEMORY, 0); /* unless something else is said */
	if (!text.len)
		say(error, 0, "empty");
	else if (text.len > PATTERN_MAX)
		say(error, PATTERN_MAX, "longer than 1024 bytes");
	else if (has_resumption(text, &offset))
		say(error, offset, "\\G has no meaning in a stream");
	else
		return true;
	return false;
}

struct pattern *pattern_new(struct span text, struct pattern_error *error)
{
	struct pattern *pattern = is_taken(text, error) ? calloc(1, sizeof(*pattern)) : NULL;

	if (!pattern)
		return NULL;
	pattern->code = compile(text, error);
	if (pattern->code)
		pattern->groups = info(pattern->code, PCRE2_INFO_CAPTURECOUNT) + 1;
	if (!pattern->code || !is_within_bounds(pattern, error)) {
		pattern_free(pattern);
		return NULL;
	}
	find_names(pattern);
	return pattern;
}

void pattern_free(struct pattern *pattern)
{
	if (!pattern)
		return;
	pcre2_code_free(pattern->code);
	free(pattern);
}

/* scans */

struct scan *scan_new(const struct pattern *pattern, uint64_t offset, struct scan_budget budget)
{
	struct scan *scan = calloc(1, sizeof(*scan));

	if (!scan)
		return NULL;
	scan->pattern = pattern;
	scan->budget = budget;
	scan->base = offset;
	scan->data = pcre2_match_data_create_from_pattern(pattern->code, NULL);
	scan->limits = pcre2_match_context_create(NULL);
	if (!scan->data || !scan->limits) {
		scan_free(scan);
		return NULL;
	}
	pcre2_set_match_limit(scan->limits, MATCH_STEPS);
	pcre2_set_heap_limit(scan->limits, MATCH_KIB);
	return scan;
}

void scan_free(struct scan *scan)
{
	if (!scan)
		return;
	pcre2_match_data_free(scan->data);
	pcre2_match_context_free(scan->limits);
	free(scan);
}

static uint64_t thread_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static bool is_spent(const struct scan *scan)
{
	return scan->used_ns / 1000 >
		scan->budget.grace_ms * UINT64_C(1000) + scan->fed * scan->budget.us_per_byte;
}

/* The bytes before start that nothing looks back on go. */
static void slide(struct scan *scan)
{
	const size_t gone = scan->start > MARGIN ? scan->start - MARGIN : 0;

	memmove(scan->window, scan->window + gone, scan->len - gone);
	scan->base += gone;
	scan->start -= gone;
	scan->len -= gone;
}

static void note_match(struct scan *scan)
{
	const PCRE2_SIZE *pairs = pcre2_get_ovector_pointer(scan->data);
	struct pattern_match *match = &scan->match;

	match->offset = scan->base + pairs[0];
	match->count = scan->pattern->groups;
	for (size_t i = 0; i < match->count; i++, pairs += 2) {
		const bool is_set = pairs[0] != PCRE2_UNSET && pairs[1] >= pairs[0];

		match->groups[i] =
			(struct pattern_group){ .name = scan->pattern->names[i], .is_set = is_set };
		if (is_set)
			match->groups[i].text =
				(struct span){ scan->window + pairs[0], pairs[1] - pairs[0] };
	}
}

/* Beginnings from start on, STRIDE of them; what PCRE2 says. */
static int try_stride(struct scan *scan, uint32_t partial)
{
	const uint64_t began = thread_ns();

	pcre2_set_offset_limit(scan->limits, scan->start + STRIDE - 1);
	const int rc = pcre2_match(scan->pattern->code, scan->window, scan->len, scan->start,
		partial | PCRE2_NOTEMPTY, scan->data, scan->limits);

	scan->used_ns += thread_ns() - began;
	return rc;
}

/*
 * SCAN_MORE: start stands where a match may begin that needs later bytes, or at the end. partial:
 * PCRE2_PARTIAL_HARD while there may be such.
 */
static enum scan_verdict search(struct scan *scan, uint32_t partial)
{
	int rc = PCRE2_ERROR_NOMATCH;

	while (rc == PCRE2_ERROR_NOMATCH && scan->start < scan->len && !is_spent(scan)) {
		rc = try_stride(scan, partial);
		if (rc == PCRE2_ERROR_NOMATCH)
			scan->start += STRIDE;
	}
	if (scan->start > scan->len)
		scan->start = scan->len;
	if (rc == PCRE2_ERROR_PARTIAL) {
		scan->start = pcre2_get_ovector_pointer(scan->data)[0];
	} else if (rc >= 0) {
		note_match(scan);
		scan->start = pcre2_get_ovector_pointer(scan->data)[1];
		return SCAN_FOUND;
	}
	scan->is_too_hard =
		is_spent(scan) || (rc != PCRE2_ERROR_NOMATCH && rc != PCRE2_ERROR_PARTIAL);
	return scan->is_too_hard ? SCAN_TOO_HARD : SCAN_MORE;
}

static void take(struct scan *scan, struct span *bytes)
{
	const size_t room = WINDOW - scan->len;
	const size_t len = bytes->len < room ? bytes->len : room;

	if (len)
		memcpy(scan->window + scan->len, bytes->ptr, len);
	scan->len += len;
	scan->fed += len;
	*bytes = (struct span){ bytes->ptr + len, bytes->len - len };
}

enum scan_verdict scan_feed(struct scan *scan, struct span *bytes)
{
	enum scan_verdict verdict;

	if (scan->is_too_hard)
		return SCAN_TOO_HARD;
	for (;;) {
		slide(scan);
		take(scan, bytes);
		verdict = search(scan, PCRE2_PARTIAL_HARD);
		if (verdict != SCAN_MORE || !bytes->len)
			return verdict;
		slide(scan);
		if (scan->len == WINDOW)
			scan->start = WINDOW - PATTERN_SPAN; /* what began before is too long */
	}
}

enum scan_verdict scan_end(struct scan *scan)
{
	return scan->is_too_hard ? SCAN_TOO_HARD : search(scan, 0);
}

const struct pattern_match *scan_match(const struct scan *scan)
{
	return &scan->match;
}
