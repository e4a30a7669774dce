/* SPDX-License-Identifier: MIT */
/* test_route.c - patterns, methods and what is allowed. */
#include "server/route.h"
#include "tests/cmocka_all.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static const struct {
	const char *pattern, *path, *first, *second;
	bool fits;
} fits[] = {
	{ "/a/b", "/a/b", NULL, NULL, true },
	{ "/a/b", "/a/bc", NULL, NULL, false },
	{ "/a/b", "/a", NULL, NULL, false },
	{ "/a/b", "/a/b/", NULL, NULL, false },
	{ "/a/b", "/a/b/c", NULL, NULL, false },
	{ "/a/:x", "/a/mouse", "mouse", NULL, true },
	{ "/a/:x", "/a/", NULL, NULL, false },
	{ "/a/:x/c", "/a/b/c", "b", NULL, true },
	{ "/a/:x/c", "/a//c", NULL, NULL, false },
	{ "/a/:x/c/:y", "/a/1/c/2", "1", "2", true },
	{ "/api/", "/api/", NULL, NULL, true },
	{ "/api/", "/api", NULL, NULL, false },
};

static void paths_fit_patterns(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(fits); i++) {
		struct captures captures = { 0 };

		assert_int_equal(
			route_fits(fits[i].pattern, fits[i].path, &captures), fits[i].fits);
		if (fits[i].fits && fits[i].first)
			assert_string_equal(captures.text[0], fits[i].first);
		if (fits[i].fits && fits[i].second)
			assert_string_equal(captures.text[1], fits[i].second);
	}
}

static void a_capture_is_bounded(void **state)
{
	char path[CAPTURE_TEXT + 4] = "/a/";
	struct captures captures;

	(void)state;
	memset(path + 3, 'x', CAPTURE_TEXT - 1);
	assert_true(route_fits("/a/:x", path, &captures));
	assert_int_equal(strlen(captures.text[0]), CAPTURE_TEXT - 1);
	path[CAPTURE_TEXT + 2] = 'x';
	assert_false(route_fits("/a/:x", path, &captures));
}

static const struct route routes[] = {
	{ .method = METHOD_GET, .pattern = "/jobs/:id" },
	{ .method = METHOD_DELETE, .pattern = "/jobs/:id" },
	{ .method = METHOD_POST, .pattern = "/flash" },
	{ .method = METHOD_PUT, .pattern = "/flash" },
};

static const struct {
	const char *method, *path, *code, *allow;
	int row;
} finds[] = {
	{ "GET", "/jobs/1", NULL, NULL, 0 },
	{ "HEAD", "/jobs/1", NULL, NULL, 0 },
	{ "DELETE", "/jobs/1", NULL, NULL, 1 },
	{ "PUT", "/flash", NULL, NULL, 3 },
	{ "POST", "/jobs/1", "method_not_allowed", "GET, HEAD, DELETE", -1 },
	{ "OPTIONS", "/flash", "method_not_allowed", "POST, PUT", -1 },
	{ "get", "/flash", "method_not_allowed", "POST, PUT", -1 },
	{ "GET", "/nothing", "not_found", NULL, -1 },
};

static void methods_find_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(finds); i++) {
		struct captures captures;
		struct problem problem = { 0 };
		char allow[ALLOW_TEXT];
		const struct route *route = route_find(routes, COUNT(routes),
			method_parse(finds[i].method), finds[i].path, &captures, allow, &problem);

		if (finds[i].row >= 0) {
			assert_ptr_equal(route, &routes[finds[i].row]);
			continue;
		}
		assert_null(route);
		assert_string_equal(problem.code, finds[i].code);
		assert_int_equal(problem.allow != NULL, finds[i].allow != NULL);
		if (problem.allow)
			assert_string_equal(problem.allow, finds[i].allow);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_fit_patterns),
		cmocka_unit_test(a_capture_is_bounded),
		cmocka_unit_test(methods_find_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
