/* SPDX-License-Identifier: MIT */
/*
 * fuzz_chaos.c - any line for a fault. What is taken prints as a line that gives the same fault
 * again; what is refused says what was expected; and bytes come out in bounds.
 */
#include "simulator/chaos.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void check_same(const struct chaos_fault *a, const struct chaos_fault *b)
{
	FUZZ_CHECK(a->kind == b->kind && a->ways == b->ways && a->command == b->command);
	FUZZ_CHECK(a->given == b->given && !memcmp(a->values, b->values, sizeof(a->values)));
}

static void check_plays(const char *line)
{
	struct chaos chaos;
	struct chaos_strike strike;
	uint8_t out[CHAOS_OUT_MAX];
	enum chaos_way way;
	uint8_t byte;
	char why[256];

	chaos_init(&chaos, 1);
	FUZZ_CHECK(chaos_add(&chaos, line, 0, why, sizeof(why)));
	for (int i = 0; i < 50; i++) {
		FUZZ_CHECK(chaos_byte(&chaos, CHAOS_TO_HOST, 0x79, out, &strike) <= CHAOS_OUT_MAX);
		chaos_command(&chaos, 0x31);
	}
	if (chaos_next_ns(&chaos) != CHAOS_NEVER)
		FUZZ_CHECK(chaos_noise(&chaos, chaos_next_ns(&chaos), &way, &byte));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char line[2 * CHAOS_LINE_MAX], again[CHAOS_LINE_MAX], why[256] = "";
	struct chaos_fault fault, second;

	size = size < sizeof(line) - 1 ? size : sizeof(line) - 1;
	memcpy(line, data, size);
	line[size] = '\0';
	if (!chaos_parse(line, &fault, why, sizeof(why))) {
		FUZZ_CHECK(*why && strlen(why) < sizeof(why));
		return 0;
	}
	chaos_print(&fault, again, sizeof(again));
	FUZZ_CHECK(strlen(again) < sizeof(again) - 1);
	FUZZ_CHECK(chaos_parse(again, &second, why, sizeof(why)));
	check_same(&fault, &second);
	check_plays(again);
	return 0;
}
