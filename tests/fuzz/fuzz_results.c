/* SPDX-License-Identifier: MIT */
/*
 * fuzz_results.c - test results of a stranger: byte 0 is the format, byte 1 the size of the pieces.
 * Whole and in pieces the same is read, within its bounds, and texts hold no control characters.
 */
#include "server/results.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void check_text(const char *text)
{
	for (; *text; text++)
		FUZZ_CHECK((uint8_t)*text >= ' ' && *text != 0x7F);
}

static void feed(struct results *r, enum results_format format, struct span bytes, size_t step)
{
	results_init(r, format, 0);
	for (size_t at = 0; at < bytes.len; at += step)
		FUZZ_CHECK(results_feed(r,
			(struct span){
				bytes.ptr + at, step < bytes.len - at ? step : bytes.len - at }));
	FUZZ_CHECK(r->count <= RESULTS_CASES);
	for (size_t i = 0; i < r->count; i++) {
		FUZZ_CHECK(r->cases[i].offset < bytes.len);
		check_text(r->cases[i].name);
		check_text(r->cases[i].message);
		check_text(r->cases[i].file);
		check_text(r->cases[i].suite);
	}
	check_text(r->summary);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct results whole, pieces;

	if (size < 3)
		return 0;
	const enum results_format format = data[0] % RESULTS_FORMAT_COUNT;
	const struct span bytes = { data + 2, size - 2 };

	feed(&whole, format, bytes, bytes.len);
	feed(&pieces, format, bytes, data[1] ? data[1] : 1);
	FUZZ_CHECK(whole.verdict == pieces.verdict && whole.count == pieces.count);
	FUZZ_CHECK(!memcmp(whole.totals, pieces.totals, sizeof(whole.totals)));
	for (size_t i = 0; i < whole.count; i++)
		FUZZ_CHECK(!strcmp(whole.cases[i].name, pieces.cases[i].name) &&
			whole.cases[i].state == pieces.cases[i].state);
	results_release(&whole);
	results_release(&pieces);
	return 0;
}
