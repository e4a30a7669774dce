/* SPDX-License-Identifier: MIT */
/*
 * route.h - which row of a table of patterns a method and a path belong to.
 * Pure; any thread.
 */
#ifndef BENCHD_SERVER_ROUTE_H
#define BENCHD_SERVER_ROUTE_H

#include "server/config.h"
#include "server/problem.h"

#define ROUTE_CAPTURES 2
#define CAPTURE_TEXT 128

struct request;

enum method { METHOD_GET, METHOD_POST, METHOD_PUT, METHOD_DELETE, METHOD_OTHER };

enum body_mode {
	BODY_NONE,   /* at most 64 KiB, and not looked at */
	BODY_JSON,   /* a JSON object of at most 64 KiB; may be absent */
	BODY_RAW,    /* at most 64 KiB */
	BODY_UPLOAD, /* spooled to the shelf, up to limits.upload_bytes */
};

struct route {
	enum method method;
	const char *pattern; /* ":" starts a captured segment */
	enum role role;      /* the least; ROLE_NONE: without credentials */
	enum body_mode body;
	/* Looks at the query before the body comes; may be NULL. false: *problem. */
	bool (*check)(struct request *request, struct problem *problem);
	/* Answers the request by exactly one reply_…() of request.h. */
	void (*handle)(struct request *request);
	const char *summary; /* a line for the readable reference */
};

struct captures {
	char text[ROUTE_CAPTURES][CAPTURE_TEXT];
};

/* "GET" and "HEAD" are METHOD_GET. */
enum method method_parse(const char *text);

/* Does the path fit the pattern? Captures are filled when it does. An empty segment fits none. */
bool route_fits(const char *pattern, const char *path, struct captures *captures);

/*
 * NULL: *problem is not_found, or method_not_allowed with allow set to a text in allow_memory.
 */
#define ALLOW_TEXT 40
const struct route *route_find(const struct route *routes, size_t count, enum method method,
	const char *path, struct captures *captures, char allow_memory[ALLOW_TEXT],
	struct problem *problem);

#endif /* BENCHD_SERVER_ROUTE_H */
