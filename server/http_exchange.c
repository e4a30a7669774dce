/* SPDX-License-Identifier: MIT */
/* http_exchange.c - the life of a request: checked, its body taken in, answered, ended. */
#include "server/http_internal.h"
#include "server/api.h"
#include "server/clock.h"

#include <stdlib.h>
#include <string.h>

struct exchange *exchange_new(
	struct listener *listener, struct MHD_Connection *connection, const char *target)
{
	struct exchange *x = calloc(1, sizeof(*x));

	if (!x)
		return NULL;
	x->raw_target = strdup(target);
	if (!x->raw_target) {
		free(x);
		return NULL;
	}
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	x->http = listener->http;
	x->is_unix = listener->is_unix;
	x->connection = connection;
	x->link = info ? info->socket_context : NULL;
	x->request.bench = listener->http->bench;
	x->request.exchange = x;
	watch_count(x->http, +1);
	return x;
}

static bool has_body(const struct exchange *x)
{
	const char *length = request_header(&x->request, "Content-Length");

	return request_header(&x->request, "Transfer-Encoding") || (length && strcmp(length, "0"));
}

/*
 * Can a refusal be shown only by answering before the body comes? Who sends without asking first
 * reads the answer at the end, if at all: as long as it may be taken in, it is.
 */
static bool refuses_at_once(const struct exchange *x)
{
	const char *length = request_header(&x->request, "Content-Length");
	uint64_t bytes = 0;

	if (x->is_misframed || request_header_has(&x->request, "Expect", "100-continue"))
		return true;
	return length && (!number_parse(length, UINT64_MAX, &bytes) || bytes > x->discard_limit);
}

static enum MHD_Result exchange_begin(struct exchange *x, const char *method)
{
	bool is_refused = !exchange_check(x, method);

	x->phase = PHASE_BODY;
	x->body_since_ms = clock_monotonic_ms();
	if (!has_body(x)) {
		link_deadline(x->http, x->link, INT64_MAX);
		return MHD_YES;
	}
	link_deadline(x->http, x->link, x->body_since_ms + BODY_GRACE_MS);
	if (!is_refused)
		return MHD_YES;
	x->is_discarding = true;
	if (!refuses_at_once(x))
		return MHD_YES;
	reply_header(&x->request, "Connection", "close");
	reply_problem(&x->request, &x->refusal);
	return reply_queue(x);
}

static void refuse_body(struct exchange *x, struct problem *problem)
{
	x->refusal = *problem;
	x->is_discarding = true;
	upload_abort(x->request.upload);
	x->request.upload = NULL;
	buf_release(&x->request.body);
}

static bool body_spool(struct exchange *x, struct span bytes)
{
	struct request *r = &x->request;

	if (!r->upload)
		r->upload = upload_begin(r->bench->shelf);
	return r->upload && upload_append(r->upload, bytes);
}

/* Takes bytes in; false: *problem, and they are lost. */
static bool body_take(struct exchange *x, struct span bytes, struct problem *problem)
{
	if (x->body_bytes > x->body_limit)
		return problem_set(problem, "too_large",
			"The body is larger than the %llu bytes that this call takes. Nothing was "
			"done.",
			(unsigned long long)x->body_limit);
	switch (x->route->body) {
	case BODY_NONE:
		return true;
	case BODY_JSON:
	case BODY_RAW:
		return buf_append(&x->request.body, bytes) ||
			problem_set(problem, "no_memory", "There is no memory for the body.");
	case BODY_UPLOAD:
		return body_spool(x, bytes) ||
			problem_set(problem, "store_failed",
				"The upload could not be written to disk. See the log of benchd "
				"for the reason.");
	}
	return true;
}

static enum MHD_Result exchange_body(struct exchange *x, struct span bytes)
{
	struct problem problem = { 0 };

	x->body_bytes += bytes.len;
	link_deadline(x->http, x->link,
		x->body_since_ms + BODY_GRACE_MS +
			(int64_t)(x->body_bytes * 1000 / BODY_BYTES_PER_S));
	/* A reply cannot be queued in the middle of a body: count it to its end, or cut. */
	if (x->body_bytes > x->discard_limit)
		return MHD_NO;
	if (!x->is_discarding && !body_take(x, bytes, &problem))
		refuse_body(x, &problem);
	return MHD_YES;
}

static bool body_parse(struct exchange *x)
{
	struct request *r = &x->request;
	struct json_error error;

	if (x->route->body != BODY_JSON || !r->body.len)
		return true;
	r->json = json_parse(buf_span(&r->body), false, &error);
	if (!r->json)
		return problem_set(&x->refusal, "bad_request",
			"The body is not JSON: %s, at line %u, column %u.", error.what, error.line,
			error.column);
	if (json_type(r->json) == JSON_OBJECT)
		return true;
	return problem_set(&x->refusal, "bad_request",
		"The body is JSON, but not an object. Send {\"name\": value, …}.");
}

/* After a handler, or an answer that was waited for. */
static enum MHD_Result exchange_settle(struct exchange *x)
{
	if (x->response)
		return reply_queue(x);
	if (x->phase == PHASE_LENT || x->phase == PHASE_UNLENT)
		return MHD_YES;
	if (!x->wait)
		return MHD_NO; /* no memory for any response: the connection is cut */
	x->phase = PHASE_WAITING;
	return watch_park(x) ? MHD_YES : MHD_NO;
}

static enum MHD_Result exchange_finish(struct exchange *x)
{
	link_deadline(x->http, x->link, INT64_MAX);
	if (!x->refusal.code && body_parse(x))
		x->route->handle(&x->request);
	else
		reply_problem(&x->request, &x->refusal);
	return exchange_settle(x);
}

static enum MHD_Result exchange_resumed(struct exchange *x)
{
	const struct wait_ops *wait = x->wait;
	void *ctx = x->ctx;

	if (x->is_gone)
		return MHD_NO;
	x->wait = NULL;
	x->ctx = NULL;
	wait->answer(ctx, &x->request);
	wait->release(ctx);
	return exchange_settle(x);
}

static enum MHD_Result exchange_unlent(struct exchange *x)
{
	struct problem problem = { 0 };

	problem_set(&problem, "too_many_viewers",
		"There are as many viewers as this server takes, or no memory for one more. Close "
		"some, or try again later.");
	reply_problem(&x->request, &problem);
	return exchange_settle(x);
}

enum MHD_Result exchange_step(
	struct exchange *x, const char *method, const char *data, size_t *size)
{
	struct span bytes = { (const uint8_t *)data, *size };

	switch (x->phase) {
	case PHASE_NEW:
		return exchange_begin(x, method);
	case PHASE_BODY:
		*size = 0;
		return bytes.len ? exchange_body(x, bytes) : exchange_finish(x);
	case PHASE_WAITING:
		return exchange_resumed(x);
	case PHASE_UNLENT:
		return exchange_unlent(x);
	case PHASE_LENT: /* the viewer is gone: so is the connection */
	case PHASE_ANSWERED:
		break;
	}
	return MHD_NO;
}

static void exchange_release(struct exchange *x)
{
	struct request *r = &x->request;

	if (x->response)
		MHD_destroy_response(x->response);
	upload_abort(r->upload);
	json_free(r->json);
	buf_release(&r->body);
	target_release(&r->target);
	board_unref(r->board);
	free(x->raw_target);
	free(x);
}

void exchange_end(struct exchange *x, bool is_complete)
{
	bool left = x->is_gone || !is_complete;

	if (x->wait) {
		if (left && x->wait->gone)
			x->wait->gone(x->ctx);
		x->wait->release(x->ctx);
	}
	if (x->stream) {
		if (left && x->stream->gone)
			x->stream->gone(x->ctx);
		x->stream->release(x->ctx);
	}
	link_idle(x->http, x->link, clock_monotonic_ms() + NEXT_HEADER_MS);
	struct http *http = x->http;

	exchange_release(x);
	watch_count(http, -1);
}
