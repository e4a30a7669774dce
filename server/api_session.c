/* SPDX-License-Identifier: MIT */
/* api_session.c - logging in and out of the page: a token for a cookie. */
#include "server/api.h"

#include <stdio.h>
#include <string.h>

static struct json *session_json(const struct request *request, const struct identity *identity)
{
	struct json *json = json_object();

	json_add_bool(json, "required", auth_is_required(request->bench->auth));
	json_add_string(json, "name", identity->role == ROLE_NONE ? NULL : identity->who);
	json_add_string(
		json, "role", identity->role == ROLE_NONE ? NULL : role_name(identity->role));
	return json;
}

void handle_session_get(struct request *request)
{
	reply_json(request, 200, session_json(request, &request->identity));
}

/* The value "" takes the cookie back. */
static void set_cookie(struct request *request, const char *value)
{
	const char *scheme = request_header(request, "X-Forwarded-Proto");
	bool is_tls = scheme && !strcmp(scheme, "https");
	char text[256];

	snprintf(text, sizeof(text), "%s=%s; Path=%s; HttpOnly; SameSite=Strict%s%s",
		SESSION_COOKIE, value, request->bench->config->base_path, is_tls ? "; Secure" : "",
		*value ? "" : "; Max-Age=0");
	reply_header(request, "Set-Cookie", text);
}

void handle_session_post(struct request *request)
{
	static const char *const known[] = { "token", NULL };
	const char *token = json_string(json_get(request->json, "token"));
	char cookie[SESSION_TEXT];
	struct problem problem = { 0 };

	if (!api_members_only(request->json, known, &problem)) {
		reply_problem(request, &problem);
		return;
	}
	if (!auth_is_required(request->bench->auth)) {
		handle_session_get(request);
		return;
	}
	struct identity identity = { 0 };

	if (token)
		identity = auth_session_begin(request->bench->auth, token, cookie);
	if (identity.role == ROLE_NONE) {
		problem_set(&problem, "unauthorized",
			"This is no token that the server knows. Send {\"token\":\"benchd_…\"}.");
		reply_problem(request, &problem);
		return;
	}
	set_cookie(request, cookie);
	reply_json(request, 200, session_json(request, &identity));
}

void handle_session_delete(struct request *request)
{
	struct auth_headers headers = request_auth_headers(request);

	auth_session_end(request->bench->auth, &headers);
	set_cookie(request, "");
	reply_nothing(request);
}
