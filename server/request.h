/* SPDX-License-Identifier: MIT */
/*
 * request.h - one HTTP request as the API sees it: what was asked, by whom, and the ways to answer.
 * Made by http.c; no word of libmicrohttpd here. A handler runs in a polling thread of http.c: it
 * never waits, and calls exactly one of the reply_…() functions.
 */
#ifndef BENCHD_SERVER_REQUEST_H
#define BENCHD_SERVER_REQUEST_H

#include "server/assets.h"
#include "server/bench.h"
#include "server/query.h"
#include "server/route.h"

#define SMALL_BODY_MAX (64 * KIB)

struct http;
struct reply; /* http_internal.h */
struct exchange;

struct request {
	struct bench *bench;
	enum method method;
	struct target target; /* its path is below the base path, with a leading slash */
	struct captures captures;
	struct board *board; /* that the path names, once it was looked for: a reference */
	struct identity identity;
	bool is_stopping;
	struct json *json;         /* BODY_JSON: NULL when there was no body */
	struct buf body;           /* BODY_RAW, BODY_JSON */
	struct upload *upload;     /* BODY_UPLOAD: NULL when there was no body */
	struct exchange *exchange; /* the connection behind it: http_internal.h */
};

/* NULL: not sent. Borrowed for the request. */
const char *request_header(const struct request *request, const char *name);
/* A header's list, in one or more lines, holds this word (any case) and not with "q=0". */
bool request_header_has(const struct request *request, const char *name, const char *word);
/* What auth.h looks at. */
struct auth_headers request_auth_headers(const struct request *request);
/* An absolute path on this server, below the base path, into out: "api/v1/jobs/ID". */
void request_link(const struct request *request, char *out, size_t size, const char *rest);
/* Extra header of the reply; before reply_…(). Values without control characters. */
void reply_header(struct request *request, const char *name, const char *value);

/* Takes json over; NULL or a marked tree is answered as out_of_memory. */
void reply_json(struct request *request, unsigned status, struct json *json);
void reply_problem(struct request *request, const struct problem *problem);
/* The same, with members added by the caller (the job): takes json over. */
void reply_problem_json(struct request *request, const struct problem *problem, struct json *json);
/* Takes *bytes over. */
void reply_bytes(struct request *request, unsigned status, const char *type, struct buf *bytes);
/* ETag, gzip and 304; borrows asset. */
void reply_asset(struct request *request, const struct asset *asset);
void reply_nothing(struct request *request); /* 204 */

/*
 * Bytes as they come. pull and release run in a polling thread, ready in the watcher's, never two
 * at once. gone (may be NULL) is called before release when the client left first.
 */
enum pull_verdict { PULL_BYTES, PULL_WAIT, PULL_END, PULL_CUT };
struct stream_ops {
	/* PULL_BYTES with *len > 0; PULL_WAIT: nothing now; PULL_CUT: end without the last chunk.
	 */
	enum pull_verdict (*pull)(void *ctx, uint8_t *out, size_t max, size_t *len);
	/* Would pull give something else than PULL_WAIT? */
	bool (*ready)(void *ctx, int64_t now_ms);
	void (*gone)(void *ctx);
	void (*release)(void *ctx);
	bool is_endless; /* ends only with its client: a server that stops does not wait for it */
};
/* Takes ctx over. */
void reply_stream(
	struct request *request, const char *type, const struct stream_ops *ops, void *ctx);

/* A reply that waits: when ready, answer makes the reply (another wait is not allowed). */
struct wait_ops {
	bool (*ready)(void *ctx, int64_t now_ms);
	void (*answer)(void *ctx, struct request *request);
	void (*gone)(void *ctx); /* may be NULL */
	void (*release)(void *ctx);
};
/* Takes ctx over. */
void reply_later(struct request *request, const struct wait_ops *ops, void *ctx);

#endif /* BENCHD_SERVER_REQUEST_H */
