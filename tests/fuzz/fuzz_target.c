/* SPDX-License-Identifier: MIT */
/* fuzz_target.c - request targets: taken apart and matched, whatever they hold. */
#include "server/query.h"
#include "server/route.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static const struct route routes[] = {
	{ .method = METHOD_GET, .pattern = "/api/v1/boards/:id/console" },
	{ .method = METHOD_POST, .pattern = "/a/:x/b/:y" },
	{ .method = METHOD_GET, .pattern = "/api/" },
};

static void read_values(const struct query *query)
{
	static const char *const words[] = { "one", "two", NULL };
	struct problem problem = { 0 };

	for (size_t i = 0; i < query->count; i++) {
		const char *name = query->items[i].name;
		uint64_t number = 0;
		uint32_t small = 0;
		bool truth = false;
		int choice = 0;

		query_number(query, name, UINT64_MAX, &number, NULL, &problem);
		query_u32(query, name, &small, NULL, &problem);
		query_bool(query, name, &truth, &problem);
		query_choice(query, name, words, &choice, &problem);
	}
	query_only(query, words, &problem);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = strndup((const char *)data, len);
	struct target target;
	struct captures captures;
	struct problem problem = { 0 };
	char allow[ALLOW_TEXT];

	if (text && target_parse(&target, text, &problem)) {
		for (int method = METHOD_GET; method <= METHOD_OTHER; method++)
			route_find(routes, sizeof(routes) / sizeof(*routes), (enum method)method,
				target.path, &captures, allow, &problem);
		read_values(&target.query);
		target_release(&target);
	}
	free(text);
	return 0;
}
