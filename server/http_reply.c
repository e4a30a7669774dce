/* SPDX-License-Identifier: MIT */
/* http_reply.c - the kinds of reply, and the headers that all of them have. */
#include "server/http_internal.h"
#include "server/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define STREAM_BLOCK (32 * KIB)

const char *request_header(const struct request *request, const char *name)
{
	return MHD_lookup_connection_value(request->exchange->connection, MHD_HEADER_KIND, name);
}

struct word {
	const char *name, *word;
	bool is_there;
};

/* "q=0" among the parameters: anything but that one. */
static bool is_declined(const char *p, const char *end)
{
	for (p = memchr(p, ';', (size_t)(end - p)); p; p = memchr(p, ';', (size_t)(end - p))) {
		p += 1 + strspn(p + 1, " \t");
		if (strncasecmp(p, "q=", 2))
			continue;
		p += 2;
		return strspn(p, "0.") == strcspn(p, " \t,;");
	}
	return false;
}

static enum MHD_Result find_word(
	void *ctx, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct word *word = ctx;
	size_t len = strlen(word->word);

	(void)kind;
	if (strcasecmp(name, word->name))
		return MHD_YES;
	for (const char *p = value; p && *p;) {
		p += strspn(p, " \t,");
		const char *end = p + strcspn(p, ",");

		if (strcspn(p, " \t,;") == len && !strncasecmp(p, word->word, len))
			word->is_there = word->is_there || !is_declined(p, end);
		p = end;
	}
	return MHD_YES;
}

bool request_header_has(const struct request *request, const char *name, const char *word)
{
	struct word sought = { .name = name, .word = word };

	MHD_get_connection_values(
		request->exchange->connection, MHD_HEADER_KIND, find_word, &sought);
	return sought.is_there;
}

struct auth_headers request_auth_headers(const struct request *request)
{
	return (struct auth_headers){
		.host = request_header(request, "Host"),
		.origin = request_header(request, "Origin"),
		.sec_fetch_site = request_header(request, "Sec-Fetch-Site"),
		.authorization = request_header(request, "Authorization"),
		.cookie = request_header(request, "Cookie"),
	};
}

void request_link(const struct request *request, char *out, size_t size, const char *rest)
{
	snprintf(out, size, "%s%s", request->bench->config->base_path, rest);
}

void reply_header(struct request *request, const char *name, const char *value)
{
	struct exchange *x = request->exchange;

	if (x->extra_count == EXTRA_HEADERS) {
		log_line(LOG_ERROR, "http: no room for the header %s", name);
		return;
	}
	struct header *header = &x->extra[x->extra_count++];

	snprintf(header->name, sizeof(header->name), "%s", name);
	snprintf(header->value, sizeof(header->value), "%s", value);
}

/* Takes *bytes over. */
static void set_bytes(struct exchange *x, unsigned status, const char *type, struct buf *bytes)
{
	x->status = status;
	x->response =
		MHD_create_response_from_buffer(bytes->len, bytes->ptr, MHD_RESPMEM_MUST_FREE);
	if (!x->response)
		buf_release(bytes);
	*bytes = (struct buf){ 0 };
	if (type)
		reply_header(&x->request, "Content-Type", type);
}

void reply_bytes(struct request *request, unsigned status, const char *type, struct buf *bytes)
{
	set_bytes(request->exchange, status, type, bytes);
}

/* Takes json over; false: no memory. */
static bool set_json(struct exchange *x, unsigned status, const char *type, struct json *json)
{
	struct buf text = { 0 };
	bool ok = json && json_print(json, &text) && buf_append(&text, span_of("\n"));

	json_free(json);
	if (ok)
		set_bytes(x, status, type, &text);
	else
		buf_release(&text);
	return ok;
}

static void set_no_memory(struct exchange *x)
{
	static const char text[] = "{\"type\":\"/problems/no_memory\",\"title\":\"Out of "
				   "memory\",\"status\":503,\"code\":\"no_memory\"}\n";

	x->status = 503;
	x->response = MHD_create_response_from_buffer(
		sizeof(text) - 1, (void *)text, MHD_RESPMEM_PERSISTENT);
	reply_header(&x->request, "Content-Type", "application/problem+json");
}

void reply_json(struct request *request, unsigned status, struct json *json)
{
	if (!set_json(request->exchange, status, "application/json", json))
		set_no_memory(request->exchange);
}

void reply_problem_json(struct request *request, const struct problem *problem, struct json *json)
{
	unsigned status = problem_status(problem);
	char seconds[16];

	if (status == 401)
		reply_header(request, "WWW-Authenticate", "Bearer realm=\"benchd\"");
	if (status == 426) {
		reply_header(request, "Upgrade", "websocket");
		reply_header(request, "Connection", "close");
	}
	if (problem->allow)
		reply_header(request, "Allow", problem->allow);
	if (problem->retry_after_s) {
		snprintf(seconds, sizeof(seconds), "%u", problem->retry_after_s);
		reply_header(request, "Retry-After", seconds);
	}
	if (!set_json(request->exchange, status, "application/problem+json", json))
		set_no_memory(request->exchange);
}

void reply_problem(struct request *request, const struct problem *problem)
{
	reply_problem_json(request, problem, problem_json(problem));
}

void reply_nothing(struct request *request)
{
	struct buf none = { 0 };

	set_bytes(request->exchange, MHD_HTTP_NO_CONTENT, NULL, &none);
}

static bool etag_known(const struct request *request, const char *etag)
{
	const char *known = request_header(request, "If-None-Match");

	/* Without its closing quote the tag also fits that of its compressed form. */
	return known && memmem(known, strlen(known), etag, strlen(etag) - 1);
}

void reply_asset(struct request *request, const struct asset *asset)
{
	struct exchange *x = request->exchange;
	bool zip = asset->gzip.len && request_header_has(request, "Accept-Encoding", "gzip");
	struct span bytes = zip ? asset->gzip : asset->plain;
	char etag[80];

	snprintf(etag, sizeof(etag), "%.*s%s", (int)strlen(asset->etag) - 1, asset->etag,
		zip ? "-gzip\"" : "\"");
	reply_header(request, "ETag", etag);
	reply_header(request, "Vary", "Accept-Encoding");
	x->status = etag_known(request, asset->etag) ? MHD_HTTP_NOT_MODIFIED : MHD_HTTP_OK;
	if (x->status == MHD_HTTP_NOT_MODIFIED)
		bytes = (struct span){ 0 };
	else
		reply_header(request, "Content-Type", asset->type);
	if (zip && bytes.len)
		reply_header(request, "Content-Encoding", "gzip");
	x->response = MHD_create_response_from_buffer(
		bytes.len, (void *)(uintptr_t)bytes.ptr, MHD_RESPMEM_PERSISTENT);
}

static ssize_t stream_read(void *ctx, uint64_t pos, char *out, size_t max)
{
	struct exchange *x = ctx;
	size_t len = 0;

	(void)pos;
	if (x->is_gone)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	switch (x->stream->pull(x->ctx, (uint8_t *)out, max, &len)) {
	case PULL_BYTES:
		return (ssize_t)len;
	case PULL_WAIT: /* a reader that gives 0 is called again at once, unless it is suspended */
		return watch_park(x) ? 0 : MHD_CONTENT_READER_END_WITH_ERROR;
	case PULL_END:
		return MHD_CONTENT_READER_END_OF_STREAM;
	case PULL_CUT:
		break;
	}
	return MHD_CONTENT_READER_END_WITH_ERROR;
}

void reply_stream(
	struct request *request, const char *type, const struct stream_ops *ops, void *ctx)
{
	struct exchange *x = request->exchange;

	x->stream = ops;
	x->ctx = ctx;
	x->status = MHD_HTTP_OK;
	x->response = MHD_create_response_from_callback(
		MHD_SIZE_UNKNOWN, STREAM_BLOCK, stream_read, x, NULL);
	reply_header(request, "Content-Type", type);
	reply_header(request, "X-Accel-Buffering", "no"); /* nginx: pass it on as it comes */
}

void reply_later(struct request *request, const struct wait_ops *ops, void *ctx)
{
	struct exchange *x = request->exchange;

	x->wait = ops;
	x->ctx = ctx;
}

/* On every reply. The policy has no unsafe-inline: the page keeps scripts and styles in files. */
static const struct header common_headers[] = {
	{ "X-Content-Type-Options", "nosniff" },
	{ "Referrer-Policy", "no-referrer" },
	{ "Cross-Origin-Resource-Policy", "same-origin" },
	{ "Content-Security-Policy",
		"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
		"font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
		"form-action 'self'; frame-ancestors 'none'" },
};

static bool add_header(struct MHD_Response *response, const struct header *header)
{
	return MHD_add_response_header(response, header->name, header->value) == MHD_YES;
}

static bool add_headers(struct exchange *x)
{
	bool has_etag = false, ok = true;

	for (size_t i = 0; i < sizeof(common_headers) / sizeof(*common_headers); i++)
		ok = ok && add_header(x->response, &common_headers[i]);
	for (size_t i = 0; i < x->extra_count; i++) {
		has_etag = has_etag || !strcmp(x->extra[i].name, "ETag");
		ok = ok && add_header(x->response, &x->extra[i]);
	}
	return ok &&
		MHD_add_response_header(x->response, "Cache-Control",
			has_etag ? "no-cache" : "no-store") == MHD_YES;
}

enum MHD_Result reply_queue(struct exchange *x)
{
	enum MHD_Result result = MHD_NO;

	x->phase = PHASE_ANSWERED;
	if (!x->response)
		return MHD_NO;
	if (add_headers(x))
		result = MHD_queue_response(x->connection, x->status, x->response);
	MHD_destroy_response(x->response);
	x->response = NULL;
	return result;
}
