/* SPDX-License-Identifier: MIT */
/* route.c - patterns and paths. */
#include "server/route.h"

#include <string.h>

enum method method_parse(const char *text)
{
	static const struct {
		const char *text;
		enum method method;
	} rows[] = {
		{ "GET", METHOD_GET },
		{ "HEAD", METHOD_GET },
		{ "POST", METHOD_POST },
		{ "PUT", METHOD_PUT },
		{ "DELETE", METHOD_DELETE },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (!strcmp(rows[i].text, text))
			return rows[i].method;
	return METHOD_OTHER;
}

static bool capture(struct captures *captures, size_t i, const char *text, size_t len)
{
	if (!len || i >= ROUTE_CAPTURES || len >= CAPTURE_TEXT)
		return false;
	memcpy(captures->text[i], text, len);
	captures->text[i][len] = 0;
	return true;
}

bool route_fits(const char *pattern, const char *path, struct captures *captures)
{
	size_t captured = 0;

	for (;;) {
		size_t want = strcspn(pattern, "/"), have = strcspn(path, "/");

		if (*pattern == ':') {
			if (!capture(captures, captured++, path, have))
				return false;
		} else if (want != have || memcmp(pattern, path, want) != 0) {
			return false;
		}
		pattern += want;
		path += have;
		if (!*pattern || !*path)
			return *pattern == *path;
		pattern++;
		path++;
	}
}

static void allow_add(char *allow, const char *name)
{
	if (strstr(allow, name))
		return;
	if (*allow)
		strcat(allow, ", ");
	strcat(allow, name);
}

const struct route *route_find(const struct route *routes, size_t count, enum method method,
	const char *path, struct captures *captures, char allow_memory[ALLOW_TEXT],
	struct problem *problem)
{
	static const char *const names[] = { "GET, HEAD", "POST", "PUT", "DELETE" };

	*allow_memory = 0;
	for (size_t i = 0; i < count; i++) {
		if (!route_fits(routes[i].pattern, path, captures))
			continue;
		if (routes[i].method == method)
			return &routes[i];
		allow_add(allow_memory, names[routes[i].method]);
	}
	if (!*allow_memory) {
		problem_set(problem, "not_found", "There is nothing at \"%.200s\".", path);
		return NULL;
	}
	problem_set(problem, "method_not_allowed",
		"\"%.200s\" does not take this method. It takes: %s.", path, allow_memory);
	problem->allow = allow_memory;
	return NULL;
}
