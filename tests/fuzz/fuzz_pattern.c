/* SPDX-License-Identifier: MIT */
/*
 * fuzz_pattern.c - a pattern of a stranger and a stream: byte 0 is the pattern's length, byte 1 the
 * size of the pieces. Fed whole and in pieces the same is found, inside the stream, in bounded
 * time.
 */
#include "server/pattern.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static const struct scan_budget budget = { .grace_ms = 500, .us_per_byte = 20 };

/* What a way of feeding found, in order, mixed into one number. */
struct tally {
	size_t count;
	uint64_t mix;
	bool is_too_hard;
};

static void mix(struct tally *tally, uint64_t value)
{
	tally->mix = (tally->mix ^ value) * UINT64_C(0x100000001B3);
}

static void note(struct tally *tally, const struct scan *scan, struct span stream)
{
	const struct pattern_match *match = scan_match(scan);

	FUZZ_CHECK(match->count >= 1 && match->count <= PATTERN_GROUPS);
	FUZZ_CHECK(match->groups[0].text.len);
	FUZZ_CHECK(match->offset + match->groups[0].text.len <= stream.len);
	FUZZ_CHECK(!memcmp(
		stream.ptr + match->offset, match->groups[0].text.ptr, match->groups[0].text.len));
	tally->count++;
	mix(tally, match->offset);
	for (size_t i = 0; i < match->count; i++) {
		mix(tally, match->groups[i].is_set);
		for (size_t k = 0; k < match->groups[i].text.len; k++)
			mix(tally, match->groups[i].text.ptr[k]);
	}
}

static struct tally feed(const struct pattern *pattern, struct span stream, size_t step)
{
	struct scan *scan = scan_new(pattern, 0, budget);
	struct tally tally = { 0 };
	enum scan_verdict verdict = SCAN_MORE;

	FUZZ_CHECK(scan);
	for (size_t at = 0; at < stream.len && verdict != SCAN_TOO_HARD; at += step) {
		struct span bytes = { stream.ptr + at,
			step < stream.len - at ? step : stream.len - at };

		while ((verdict = scan_feed(scan, &bytes)) == SCAN_FOUND)
			note(&tally, scan, stream);
		FUZZ_CHECK(verdict == SCAN_TOO_HARD || !bytes.len);
	}
	while ((verdict = scan_end(scan)) == SCAN_FOUND)
		note(&tally, scan, stream);
	tally.is_too_hard = verdict == SCAN_TOO_HARD;
	scan_free(scan);
	return tally;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2 || size - 2 < data[0] || size > PATTERN_SPAN)
		return 0;
	const struct span text = { data + 2, data[0] };
	const struct span stream = { data + 2 + data[0], size - 2 - data[0] };
	struct pattern_error error = { 0 };
	struct pattern *pattern = pattern_new(text, &error);

	if (!pattern) {
		FUZZ_CHECK(error.what[0] && error.offset <= text.len);
		return 0;
	}
	const struct tally whole = feed(pattern, stream, stream.len ? stream.len : 1);
	const struct tally pieces = feed(pattern, stream, data[1] ? data[1] : 1);

	if (!whole.is_too_hard && !pieces.is_too_hard)
		FUZZ_CHECK(whole.count == pieces.count && whole.mix == pieces.mix);
	pattern_free(pattern);
	return 0;
}
