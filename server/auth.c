/* SPDX-License-Identifier: MIT */
/* auth.c - tokens and sessions; only their hashes are kept, and compared in constant time. */
#include "server/auth.h"

#include "server/auth_site.h"
#include "server/clock.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SESSIONS_MAX 256
#define SESSION_MS (12 * 3600 * 1000LL)
#define TOKEN_PREFIX "benchd_"
#define SECRET_BYTES 32

struct session {
	char sha256[SHA256_TEXT]; /* of the cookie's value; "": a free place */
	int64_t began;            /* monotonic ms */
	struct identity identity;
};

struct auth {
	const struct config *config;
	pthread_mutex_t lock; /* guards what follows */
	struct session sessions[SESSIONS_MAX];
	uint64_t sessions_begun;
};

static const struct identity nobody = { .role = ROLE_NONE };

struct auth *auth_new(const struct config *config)
{
	struct auth *auth = calloc(1, sizeof(*auth));

	if (!auth)
		return NULL;
	auth->config = config;
	pthread_mutex_init(&auth->lock, NULL);
	return auth;
}

void auth_free(struct auth *auth)
{
	if (!auth)
		return;
	pthread_mutex_destroy(&auth->lock);
	free(auth);
}

bool auth_is_required(const struct auth *auth)
{
	return auth->config->token_count > 0;
}

enum auth_verdict auth_check_site(
	const struct auth *auth, const struct auth_headers *headers, bool changes, bool is_unix)
{
	return site_check(auth->config, headers, changes, is_unix);
}

static bool same_hash(const char *a, const char *b)
{
	return digest_equal((struct span){ (const uint8_t *)a, SHA256_TEXT - 1 },
		(struct span){ (const uint8_t *)b, SHA256_TEXT - 1 });
}

/* All tokens are looked at, whichever fits: the time tells nothing. */
static struct identity identity_of_token(const struct auth *auth, struct span token)
{
	char sha256[SHA256_TEXT];
	const struct config_token *found = NULL;
	struct identity identity = nobody;

	sha256_hex(token, sha256);
	for (size_t i = 0; i < auth->config->token_count; i++)
		if (same_hash(sha256, auth->config->tokens[i].sha256))
			found = &auth->config->tokens[i];
	if (!found)
		return nobody;
	identity.role = found->role;
	snprintf(identity.who, sizeof(identity.who), "%s", found->name);
	return identity;
}

static bool is_over(const struct session *session, int64_t now)
{
	return now - session->began > SESSION_MS;
}

/* The caller holds the lock. NULL: no such session, or it is over. */
static struct session *find_session(struct auth *auth, struct span cookie)
{
	char sha256[SHA256_TEXT];
	struct session *found = NULL;
	int64_t now = clock_monotonic_ms();

	sha256_hex(cookie, sha256);
	for (int i = 0; i < SESSIONS_MAX; i++) {
		struct session *session = &auth->sessions[i];

		if (*session->sha256 && is_over(session, now))
			*session = (struct session){ 0 };
		if (same_hash(sha256, session->sha256))
			found = session;
	}
	return found;
}

/* Our cookie's value in a Cookie header; empty: none. Borrowed. */
static struct span cookie_value(const char *header)
{
	static const char name[] = SESSION_COOKIE "=";

	for (const char *p = header; p && *p; p += strspn(p, "; \t")) {
		size_t len = strcspn(p, ";");

		if (!strncmp(p, name, sizeof(name) - 1))
			return (struct span){ (const uint8_t *)p + sizeof(name) - 1,
				len - (sizeof(name) - 1) };
		p += len;
	}
	return (struct span){ 0 };
}

/* The credentials of "Bearer TOKEN"; empty: none. Borrowed. */
static struct span bearer_token(const char *header)
{
	if (!header || strncasecmp(header, "Bearer ", 7))
		return (struct span){ 0 };
	return span_of(header + 7 + strspn(header + 7, " "));
}

struct identity auth_identify(struct auth *auth, const struct auth_headers *headers)
{
	if (!auth_is_required(auth))
		return (struct identity){ .role = ROLE_ADMIN, .who = "local" };
	/* Who names a token means that one: a cookie does not stand in for a wrong token. */
	if (headers->authorization)
		return identity_of_token(auth, bearer_token(headers->authorization));
	struct span cookie = cookie_value(headers->cookie);
	struct identity identity = nobody;

	if (!cookie.len)
		return nobody;
	pthread_mutex_lock(&auth->lock);
	const struct session *session = find_session(auth, cookie);

	if (session)
		identity = session->identity;
	pthread_mutex_unlock(&auth->lock);
	return identity;
}

static bool random_hex(char *out, size_t size)
{
	uint8_t bytes[SECRET_BYTES];

	if (!random_bytes(bytes, sizeof(bytes)))
		return false;
	/* The hash of random bytes is as good as they are, and comes as hex. */
	char hex[SHA256_TEXT];

	sha256_hex((struct span){ bytes, sizeof(bytes) }, hex);
	snprintf(out, size, "%s", hex);
	return true;
}

/* A free place, or that of the oldest. The caller holds the lock. */
static struct session *place_for_session(struct auth *auth)
{
	struct session *oldest = &auth->sessions[0];

	for (int i = 0; i < SESSIONS_MAX; i++) {
		if (!*auth->sessions[i].sha256)
			return &auth->sessions[i];
		if (auth->sessions[i].began < oldest->began)
			oldest = &auth->sessions[i];
	}
	return oldest;
}

struct identity auth_session_begin(struct auth *auth, const char *token, char cookie[SESSION_TEXT])
{
	struct identity identity = identity_of_token(auth, span_of(token));
	struct session session = { .began = clock_monotonic_ms(), .identity = identity };

	*cookie = '\0';
	if (identity.role == ROLE_NONE || !random_hex(cookie, SESSION_TEXT))
		return nobody;
	sha256_hex(span_of(cookie), session.sha256);
	pthread_mutex_lock(&auth->lock);
	session.identity.session = ++auth->sessions_begun;
	*place_for_session(auth) = session;
	pthread_mutex_unlock(&auth->lock);
	return identity;
}

void auth_session_end(struct auth *auth, const struct auth_headers *headers)
{
	struct span cookie = cookie_value(headers->cookie);

	if (!cookie.len)
		return;
	pthread_mutex_lock(&auth->lock);
	struct session *session = find_session(auth, cookie);

	if (session)
		*session = (struct session){ 0 };
	pthread_mutex_unlock(&auth->lock);
}

bool auth_still_holds(struct auth *auth, const struct identity *identity)
{
	int64_t now = clock_monotonic_ms();
	bool holds = !identity->session;

	pthread_mutex_lock(&auth->lock);
	for (int i = 0; !holds && i < SESSIONS_MAX; i++)
		holds = auth->sessions[i].identity.session == identity->session &&
			!is_over(&auth->sessions[i], now);
	pthread_mutex_unlock(&auth->lock);
	return holds;
}

bool auth_token_new(char token[80], char sha256[SHA256_TEXT])
{
	char secret[SHA256_TEXT];

	if (!random_hex(secret, sizeof(secret)))
		return false;
	snprintf(token, 80, TOKEN_PREFIX "%s", secret);
	sha256_hex(span_of(token), sha256);
	return true;
}
