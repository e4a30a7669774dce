/* SPDX-License-Identifier: MIT */
/* api_meta.c - health, the description of the interface, what errors mean, the page's files. */
#include "server/api.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void handle_health(struct request *request)
{
	struct json *json = json_object();

	json_add_string(json, "status", "ok");
	json_add_string(json, "version", BENCHD_VERSION);
	reply_json(request, 200, json);
}

void handle_openapi(struct request *request)
{
	const struct asset *asset = asset_find("openapi.json");
	struct problem problem = { 0 };

	if (asset) {
		reply_asset(request, asset);
		return;
	}
	problem_set(&problem, "not_found", "This build carries no description. See /api/.");
	reply_problem(request, &problem);
}

void handle_asset(struct request *request)
{
	const struct asset *asset = asset_find(request->target.path + 1);
	struct problem problem = { 0 };

	if (asset) {
		reply_asset(request, asset);
		return;
	}
	problem_set(&problem, "not_found", "There is nothing at this address.");
	reply_problem(request, &problem);
}

static void add(struct buf *out, bool *ok, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static void add(struct buf *out, bool *ok, const char *format, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, format);
	int len = vasprintf(&text, format, args);

	va_end(args);
	*ok = *ok && len >= 0 && buf_append(out, span_of(text));
	if (len >= 0)
		free(text);
}

/* Takes *page over. */
static void reply_page(struct request *request, struct buf *page, bool ok)
{
	if (ok) {
		reply_bytes(request, 200, "text/html; charset=utf-8", page);
		return;
	}
	buf_release(page);
	reply_json(request, 503, NULL);
}

/* Of a page that stands one folder below the root. */
static void add_head(struct buf *page, bool *ok, const char *title)
{
	add(page, ok,
		"<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
		"<meta name=\"viewport\" content=\"width=device-width\">\n"
		"<link rel=\"icon\" href=\"../favicon.svg\">\n"
		"<link rel=\"stylesheet\" href=\"../reference.css\">\n"
		"<title>%s - benchd</title>\n<h1>%s</h1>\n",
		title, title);
}

void handle_reference(struct request *request)
{
	static const char *const methods[] = { "GET", "POST", "PUT", "DELETE" };
	struct buf page = { 0 };
	bool ok = true;
	const struct route *route;

	add_head(&page, &ok, "The interface of benchd " BENCHD_VERSION);
	add(&page, &ok,
		"<p>Whole, for programs: <a href=\"openapi.json\">openapi.json</a>. Errors are "
		"application/problem+json; each type is explained below.</p>\n<table>\n"
		"<tr><th>Method<th>Path<th>Role<th>What it does\n");
	for (size_t i = 0; (route = api_route_at(i)); i++)
		add(&page, &ok, "<tr><td>%s<td><code>%s</code><td>%s<td>%s\n",
			methods[route->method], route->pattern,
			route->role == ROLE_NONE ? "" : role_name(route->role), route->summary);
	add(&page, &ok,
		"<tr><td>GET<td><code>/ws/v1/boards/:id</code><td>view<td>WebSocket: a board's "
		"console and events; from=, "
		"stream=\n<tr><td>GET<td><code>/ws/v1/events</code><td>view<td>WebSocket: the "
		"events of all boards\n</table>\n<h2>Errors</h2>\n<ul>\n");
	const struct problem_kind *kind;

	for (size_t i = 0; (kind = problem_kind_at(i)); i++)
		add(&page, &ok, "<li>%u <a href=\"../problems/%s\">%s</a>: %s\n", kind->status,
			kind->code, kind->code, kind->title);
	add(&page, &ok, "</ul>\n</html>\n");
	reply_page(request, &page, ok);
}

void handle_problem_page(struct request *request)
{
	const char *slug = request->captures.text[0];
	const struct problem_kind *kind = NULL;
	struct problem problem = { 0 };
	struct buf page = { 0 };
	bool ok = true;
	size_t i = 0;

	while ((kind = problem_kind_at(i)) && strcmp(kind->code, slug))
		i++;
	if (!kind) {
		problem_set(&problem, "not_found", "There is no problem type \"%.64s\".", slug);
		reply_problem(request, &problem);
		return;
	}
	add_head(&page, &ok, kind->title);
	add(&page, &ok,
		"<p>%s</p>\n<p>Status %u, code <code>%s</code>. %s</p>\n"
		"<p><a href=\"../api/\">The interface</a></p>\n</html>\n",
		kind->explanation, kind->status, kind->code,
		kind->retryable ? "Trying again may help."
				: "Trying the same again will not help.");
	reply_page(request, &page, ok);
}
