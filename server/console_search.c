/* SPDX-License-Identifier: MIT */
/* console_search.c - looks for a pattern in what a board printed. */
#include "server/console_search.h"

#include "server/console_view.h"

#include <string.h>

#define PIECE (16u * KIB)
#define AROUND 512u /* bytes of context on each side of a match that are looked at */
/* Of the processor's time, for a call: a catastrophic pattern holds nobody up. */
static const struct scan_budget budget = { .grace_ms = 200 };

struct search {
	struct past *past;
	const struct pattern *pattern;
	struct scan *scan;
	uint64_t to, line_end; /* up to line_end the line has its match */
	uint32_t left;
	struct json *matches;
};

/* What stands around a match; at is where text begins in the stream. */
struct scene {
	uint8_t text[2 * AROUND + AROUND];
	size_t len;
	uint64_t at;
	int64_t wall_ms;
};

static void read_scene(struct search *s, uint64_t offset, size_t match_len, struct scene *scene)
{
	const uint64_t start = offset > AROUND ? offset - AROUND : 0;
	const size_t inside = match_len < AROUND ? match_len : AROUND;
	const size_t want = (size_t)(offset - start) + inside + AROUND;
	uint8_t first;

	*scene = (struct scene){ .at = start };
	while (scene->len < want) {
		const struct cut cut = past_read(s->past, start + scene->len,
			scene->text + scene->len, want - scene->len, false);

		if (cut.lost && !scene->len && cut.from <= offset)
			scene->at = cut.from;
		else if (cut.lost)
			break;
		if (!cut.len)
			break;
		scene->len += cut.len;
		if (cut.lost)
			break;
	}
	scene->wall_ms = past_read(s->past, offset, &first, 1, true).wall_ms;
}

/* The line that holds position at: [*start, *end), without its end. */
static void find_line(const struct scene *scene, size_t at, size_t *start, size_t *end)
{
	*start = at;
	while (*start && scene->text[*start - 1] != '\n')
		(*start)--;
	*end = at;
	while (*end < scene->len && scene->text[*end] != '\n')
		(*end)++;
}

/* As harmless text. */
static void add_line(struct json *json, const char *key, const uint8_t *text, size_t len)
{
	struct cleaner cleaner = { 0 };
	struct buf out = { 0 };

	while (len && (text[len - 1] == '\n' || text[len - 1] == '\r'))
		len--;
	if (cleaner_add(&cleaner, (struct span){ text, len }, &out))
		json_add_text(json, key, buf_span(&out));
	buf_release(&out);
}

static void add_groups(struct json *json, const struct pattern_match *match)
{
	struct json *list;

	if (match->count < 2)
		return;
	list = json_array();
	for (size_t i = 1; i < match->count; i++) {
		const struct pattern_group *group = &match->groups[i];
		struct json *item = json_object();

		json_add_string(item, "name", group->name);
		if (group->is_set)
			add_line(item, "text", group->text.ptr, group->text.len);
		else
			json_add_null(item, "text");
		json_push(list, item);
	}
	json_add(json, "groups", list);
}

static void add_match(struct search *s, const struct pattern_match *match)
{
	const size_t len = match->groups[0].text.len;
	struct scene scene;
	struct json *json = json_object();
	size_t start, end, other;

	read_scene(s, match->offset, len, &scene);
	const size_t at = match->offset > scene.at ? (size_t)(match->offset - scene.at) : 0;

	find_line(&scene, at < scene.len ? at : scene.len, &start, &end);
	json_add_integer(json, "offset", (int64_t)match->offset);
	json_add_time(json, "time", scene.wall_ms);
	add_line(json, "line", scene.text + start, end - start);
	if (start) {
		size_t before_end;

		find_line(&scene, start - 1, &other, &before_end);
		add_line(json, "before", scene.text + other, start - 1 - other);
	}
	if (end + 1 < scene.len) {
		find_line(&scene, end + 1, &start, &other);
		add_line(json, "after", scene.text + end + 1, other - end - 1);
	}
	add_groups(json, match);
	json_push(s->matches, json);
	/* One match a line: the next is looked for behind the end of this match's last line. */
	const size_t last = at + (len ? len - 1 : 0);

	find_line(&scene, last < scene.len ? last : scene.len, &start, &end);
	s->line_end = scene.at + end + 1;
	if (s->line_end < match->offset + len)
		s->line_end = match->offset + len;
}

/* false: enough was found. */
static bool take_match(struct search *s)
{
	const struct pattern_match *match = scan_match(s->scan);

	if (match->offset < s->line_end || match->offset >= s->to)
		return true;
	add_match(s, match);
	return --s->left;
}

/* The first line's start in the last span of a slice: what begins before it has been found. */
static uint64_t border(struct search *s, uint64_t from, uint64_t end)
{
	uint8_t bytes[PATTERN_SPAN];
	const uint64_t start = end - from > sizeof(bytes) ? end - sizeof(bytes) : from;
	const struct cut cut = past_read(s->past, start, bytes, (size_t)(end - start), false);
	const uint8_t *line = memchr(bytes, '\n', cut.len);
	const uint64_t at = line ? cut.from + (uint64_t)(line - bytes) + 1 : end;

	return at > from && at < end ? at : end;
}

static enum search_verdict start_scan(struct search *s, uint64_t offset)
{
	scan_free(s->scan);
	s->scan = scan_new(s->pattern, offset, budget);
	return s->scan ? SEARCH_DONE : SEARCH_NO_MEMORY;
}

static enum scan_verdict feed(struct search *s, struct span bytes)
{
	enum scan_verdict verdict;

	while ((verdict = scan_feed(s->scan, &bytes)) == SCAN_FOUND)
		if (!take_match(s))
			break;
	return verdict;
}

/* Looks at [*at, end), which moves *at on. SCAN_FOUND: enough was found. */
static enum scan_verdict scan_to(
	struct search *s, uint64_t *at, uint64_t end, enum search_verdict *verdict)
{
	uint8_t piece[PIECE];
	enum scan_verdict said = SCAN_MORE;

	while (said == SCAN_MORE && *at < end) {
		const size_t max = end - *at < PIECE ? (size_t)(end - *at) : PIECE;
		const struct cut cut = past_read(s->past, *at, piece, max, false);

		if (!cut.len || cut.from >= end)
			break;
		if (cut.lost)
			*verdict = start_scan(s, cut.from);
		if (*verdict)
			break;
		said = feed(s, (struct span){ piece, cut.len });
		*at = cut.from + cut.len;
	}
	return said;
}

enum search_verdict console_search(struct past *past, const struct pattern *pattern, uint64_t from,
	uint64_t to, uint32_t limit, struct json *matches, uint64_t *next)
{
	struct search s = {
		.past = past, .pattern = pattern, .to = to, .left = limit, .matches = matches
	};
	const bool is_cut = to > from && to - from > SEARCH_SLICE;
	const uint64_t end = is_cut ? from + SEARCH_SLICE : to;
	enum search_verdict verdict = start_scan(&s, from);
	enum scan_verdict said = SCAN_MORE;
	uint64_t at = from;

	*next = OFFSET_NONE;
	if (is_cut)
		s.to = border(&s, from, end);
	if (!verdict)
		said = scan_to(&s, &at, end, &verdict);
	while (!verdict && said == SCAN_MORE && !is_cut && (said = scan_end(s.scan)) == SCAN_FOUND)
		said = take_match(&s) ? SCAN_MORE : SCAN_FOUND;
	if (said == SCAN_FOUND)
		*next = s.line_end < to ? s.line_end : OFFSET_NONE;
	else if (is_cut)
		*next = s.line_end > s.to ? s.line_end : s.to;
	scan_free(s.scan);
	return said == SCAN_TOO_HARD ? SEARCH_TOO_HARD : verdict;
}
