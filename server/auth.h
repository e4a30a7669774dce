/* SPDX-License-Identifier: MIT */
/*
 * auth.h - who may do what: tokens, session cookies, and the Host, Origin and Sec-Fetch-Site rules
 * that keep a foreign page from flashing a board on localhost (docs: api, Conventions).
 * Any thread; one lock guards the sessions.
 */
#ifndef BENCHD_SERVER_AUTH_H
#define BENCHD_SERVER_AUTH_H

#include "server/config.h"

struct auth;
/* Borrows config. NULL: no memory. */
struct auth *auth_new(const struct config *config);
void auth_free(struct auth *auth);

/* The headers that decide; NULL where absent. Borrowed for the call. */
struct auth_headers {
	const char *host, *origin, *sec_fetch_site, *authorization, *cookie;
};

#define WHO_TEXT 64
struct identity {
	enum role role;     /* ROLE_NONE: no or wrong credentials */
	char who[WHO_TEXT]; /* the token's name; "local" where none is needed */
	uint64_t session;   /* which one gave it; 0: a token, or none is needed */
};

enum auth_verdict { AUTH_OK, AUTH_WRONG_HOST, AUTH_CROSS_SITE };
/*
 * Host is checked on every request (421); Origin and Sec-Fetch-Site on a WebSocket upgrade and on
 * everything that changes something (403). A Host is good when it is loopback (any port), one of
 * the listen addresses, or in allowed_hosts; is_unix skips the Host check.
 */
enum auth_verdict auth_check_site(
	const struct auth *auth, const struct auth_headers *headers, bool changes, bool is_unix);
/* Without tokens configured everyone (on loopback) is admin. Constant time in the secret. */
struct identity auth_identify(struct auth *auth, const struct auth_headers *headers);
bool auth_is_required(const struct auth *auth);

#define SESSION_COOKIE "benchd_session"
#define SESSION_TEXT 65
/*
 * A session for a good token: fills cookie and gives its identity; role ROLE_NONE: wrong token.
 * Sessions are bounded (the oldest goes) and end after 12 h or with the process.
 */
struct identity auth_session_begin(struct auth *auth, const char *token, char cookie[SESSION_TEXT]);
void auth_session_end(struct auth *auth, const struct auth_headers *headers);
/* For what outlives a request: has the session that gave this identity not ended since? */
bool auth_still_holds(struct auth *auth, const struct identity *identity);

/* A fresh token "benchd_…" and its hash, for --new-token. false: no random bytes. */
bool auth_token_new(char token[80], char sha256[SHA256_TEXT]);

#endif /* BENCHD_SERVER_AUTH_H */
