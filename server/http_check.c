/* SPDX-License-Identifier: MIT */
/* http_check.c - what can be refused before a body comes, in one order for every request. */
#include "server/http_internal.h"
#include "server/api.h"

#include <string.h>
#include <strings.h>

struct count {
	const char *name;
	unsigned seen;
};

static enum MHD_Result count_header(
	void *ctx, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct count *count = ctx;

	(void)kind;
	(void)value;
	count->seen += !strcasecmp(name, count->name);
	return MHD_YES;
}

/* Two of these would let two readers see two different requests. */
static bool check_single(struct exchange *x)
{
	static const char *const names[] = { "Host", "Origin", "Sec-Fetch-Site", "Authorization",
		"Content-Length", "Transfer-Encoding" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct count count = { names[i], 0 };

		MHD_get_connection_values(x->connection, MHD_HEADER_KIND, count_header, &count);
		if (count.seen > 1)
			return problem_set(&x->refusal, "bad_request",
				"The header %s is given more than once.", names[i]);
	}
	return true;
}

/* Where the body ends must be sure: else its bytes could be read as a request of their own. */
static bool check_framing(struct exchange *x)
{
	const char *coding = request_header(&x->request, "Transfer-Encoding");

	if (!coding)
		return true;
	if (request_header(&x->request, "Content-Length"))
		return problem_set(&x->refusal, "bad_request",
			"Both Content-Length and Transfer-Encoding are given. Send one of them.");
	return !strcasecmp(coding, "chunked") ||
		problem_set(&x->refusal, "bad_request",
			"The only Transfer-Encoding taken here is \"chunked\".");
}

/* The spare connections are there to say so. */
static bool check_room(struct exchange *x)
{
	if (!link_is_surplus(x->http, x->link))
		return true;
	reply_header(&x->request, "Connection", "close");
	x->refusal.retry_after_s = 5;
	return problem_set(&x->refusal, "too_many_requests",
		"As many connections are busy as this server takes. Close some, or try again "
		"later.");
}

/* Strips the base path: what is left starts with "/". */
static bool check_base(struct exchange *x)
{
	struct target *target = &x->request.target;
	const char *base = x->http->bench->config->base_path;
	size_t len = strlen(base);

	if (!strncmp(target->path, base, len)) {
		target->path += len - 1;
		return true;
	}
	return problem_set(&x->refusal, "not_found",
		"This server answers below \"%.100s\" only: mind the slash at its end.", base);
}

static bool check_site(struct exchange *x, bool changes)
{
	struct auth_headers headers = request_auth_headers(&x->request);

	switch (auth_check_site(x->http->bench->auth, &headers, changes, x->is_unix)) {
	case AUTH_OK:
		return true;
	case AUTH_WRONG_HOST:
		return problem_set(&x->refusal, "wrong_host",
			"This server does not answer to the host \"%.100s\". If it should, add it "
			"to \"allowed_hosts\" in the configuration.",
			headers.host ? headers.host : "");
	case AUTH_CROSS_SITE:
		break;
	}
	return problem_set(&x->refusal, "cross_site",
		"The request comes from a page of another site (%.100s), and such a page may not "
		"change anything here. If it is yours, add its host to \"allowed_hosts\".",
		headers.origin ? headers.origin : "no Origin");
}

static const struct route *find_route(struct exchange *x)
{
	struct request *r = &x->request;
	const struct route *route = upgrade_route(r->target.path, &r->captures);

	if (route && r->method == METHOD_GET)
		return route;
	if (route) {
		problem_set(&x->refusal, "method_not_allowed",
			"This address speaks WebSocket: GET with an upgrade.");
		x->refusal.allow = "GET";
		return NULL;
	}
	route = api_route(r->method, r->target.path, &r->captures, x->allow, &x->refusal);
	if (!route)
		return NULL;
	x->refusal.code = NULL;
	return route;
}

static bool check_role(struct exchange *x, const struct route *route)
{
	struct request *r = &x->request;
	struct auth_headers headers = request_auth_headers(r);

	r->identity = auth_identify(x->http->bench->auth, &headers);
	if (route && route->role == ROLE_NONE)
		return true;
	if (r->identity.role == ROLE_NONE)
		return problem_set(&x->refusal, "unauthorized",
			"This needs a token: send \"Authorization: Bearer TOKEN\", or log in on "
			"the page. \"benchd --new-token NAME\" makes one.");
	if (!route)
		return false; /* the refusal says what was not found */
	if (r->identity.role >= route->role)
		return true;
	return problem_set(&x->refusal, "forbidden",
		"The token \"%s\" has the role %s, and this needs %s.", r->identity.who,
		role_name(r->identity.role), role_name(route->role));
}

static bool check_type(struct exchange *x, const struct route *route)
{
	const char *type = request_header(&x->request, "Content-Type");
	const char *encoding = request_header(&x->request, "Content-Encoding");

	if (route->body == BODY_NONE)
		return true;
	if (encoding && strcasecmp(encoding, "identity"))
		return problem_set(&x->refusal, "unsupported_encoding",
			"The body is encoded (Content-Encoding: %.40s). Send the bytes as they "
			"are: curl --data-binary @FILE URL",
			encoding);
	if (type && !strncasecmp(type, "multipart/", 10))
		return problem_set(&x->refusal, "form_body",
			"The body is a form (%.40s). Send the file's bytes alone: curl "
			"--data-binary @FILE URL, not curl -F.",
			type);
	return true;
}

static uint64_t limit_of(const struct exchange *x, const struct route *route)
{
	return route->body == BODY_UPLOAD ? x->http->bench->config->limits.upload_bytes
					  : SMALL_BODY_MAX;
}

static bool check_length(struct exchange *x)
{
	const char *text = request_header(&x->request, "Content-Length");
	uint64_t bytes = 0;

	if (text && !number_parse(text, UINT64_MAX, &bytes))
		return problem_set(&x->refusal, "bad_request", "Content-Length is not a number.");
	if (bytes > x->body_limit)
		return problem_set(&x->refusal, "too_large",
			"The body has %llu bytes; this call takes at most %llu. Nothing was done.",
			(unsigned long long)bytes, (unsigned long long)x->body_limit);
	return true;
}

static bool check_running(struct exchange *x)
{
	x->request.is_stopping = atomic_load(&x->http->is_stopping);
	if (!x->request.is_stopping)
		return true;
	x->refusal.retry_after_s = 5;
	return problem_set(
		&x->refusal, "stopping", "This server is stopping. Try again in a moment.");
}

bool exchange_check(struct exchange *x, const char *method)
{
	struct request *r = &x->request;

	x->discard_limit = REFUSED_BODY_MAX;
	r->method = method_parse(method);
	if (!check_single(x) || !check_framing(x)) {
		x->is_misframed = true;
		return false;
	}
	if (!check_room(x) || !target_parse(&r->target, x->raw_target, &x->refusal) ||
		!check_base(x))
		return false;
	struct captures captures;
	bool is_upgrade = upgrade_route(r->target.path, &captures) != NULL;

	if (!check_site(x, r->method != METHOD_GET || is_upgrade))
		return false;
	const struct route *route = find_route(x);

	if (!check_role(x, route) || !check_running(x))
		return false;
	x->route = route;
	x->body_limit = limit_of(x, route);
	/* Who is known may send all of a body that is refused; then the line is cut. */
	x->discard_limit = x->body_limit * 2 + DISCARDED_BODY_MAX;
	return check_type(x, route) && check_length(x) &&
		(!route->check || route->check(r, &x->refusal));
}
