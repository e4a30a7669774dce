/* SPDX-License-Identifier: MIT */
/*
 * http_upgrade.c - a WebSocket's request, checked in full (libwebsockets hangs up without a word
 * on what it does not like), then lent: the connection is suspended, its descriptor duplicated,
 * and a minimal request handed over to be read again.
 */
#include "server/http_internal.h"
#include "server/api.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define VIEWER_SNDBUF                                                                              \
	(64 * (int)KIB) /* else the kernel takes 2 MB for a viewer that never reads                \
			 */
#define KEY_TEXT 24

static bool check_query(struct request *request, struct problem *problem)
{
	static const char *const known[] = { "from", "stream", NULL };
	uint64_t from;

	return query_only(&request->target.query, known, problem) &&
		query_number(&request->target.query, "from", INT64_MAX, &from, NULL, problem);
}

static bool check_board_viewer(struct request *request, struct problem *problem)
{
	return api_board(request, problem) && check_query(request, problem);
}

static bool check_events_viewer(struct request *request, struct problem *problem)
{
	static const char *const known[] = { NULL };

	return query_only(&request->target.query, known, problem);
}

static const struct route routes[] = {
	{ METHOD_GET, "/ws/v1/boards/:id", ROLE_VIEW, BODY_NONE, check_board_viewer, upgrade_handle,
		"" },
	{ METHOD_GET, "/ws/v1/events", ROLE_VIEW, BODY_NONE, check_events_viewer, upgrade_handle,
		"" },
};

const struct route *upgrade_route(const char *path, struct captures *captures)
{
	for (size_t i = 0; i < sizeof(routes) / sizeof(*routes); i++)
		if (route_fits(routes[i].pattern, path, captures))
			return &routes[i];
	return NULL;
}

/* Base64 of 16 bytes. */
static bool key_is_good(const char *key)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	return key && strlen(key) == KEY_TEXT && strspn(key, digits) == KEY_TEXT - 2 &&
		!strcmp(key + KEY_TEXT - 2, "==");
}

static bool check_handshake(struct request *request, struct problem *problem)
{
	const char *version = request_header(request, "Sec-WebSocket-Version");

	if (!request_header_has(request, "Upgrade", "websocket") ||
		!request_header_has(request, "Connection", "upgrade"))
		return problem_set(problem, "upgrade_required",
			"This address speaks WebSocket: connect with ws:// and the subprotocol "
			"benchd.v1. If a proxy stands in front, let it pass the Upgrade and "
			"Connection headers.");
	if (!version || strcmp(version, "13")) {
		reply_header(request, "Sec-WebSocket-Version", "13");
		return problem_set(problem, "upgrade_required",
			"Only version 13 of WebSocket is spoken here.");
	}
	if (!key_is_good(request_header(request, "Sec-WebSocket-Key")))
		return problem_set(
			problem, "bad_request", "Sec-WebSocket-Key is not 16 bytes in base64.");
	if (request_header(request, "Sec-WebSocket-Protocol") &&
		!request_header_has(request, "Sec-WebSocket-Protocol", "benchd.v1"))
		return problem_set(problem, "bad_request",
			"The subprotocol spoken here is benchd.v1; the request offers others "
			"only.");
	return true;
}

static int duplicate_socket(const struct exchange *x)
{
	static const int yes = 1, sndbuf = VIEWER_SNDBUF;
	int fd = x->link ? fcntl(x->link->fd, F_DUPFD_CLOEXEC, 0) : -1;

	if (fd < 0)
		return -1;
	/* Not there on a Unix socket, and only a matter of speed. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &sndbuf, sizeof(sndbuf));
	return fd;
}

static void on_loan_ended(void *ctx)
{
	watch_unlend(ctx);
}

/* The request as libwebsockets is to read it. 0: it does not fit. */
static size_t minimal_request(const struct request *request, char *out, size_t size)
{
	bool has_protocol = request_header(request, "Sec-WebSocket-Protocol");
	int len = snprintf(out, size,
		"GET / HTTP/1.1\r\nHost: benchd\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
		"Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n%s\r\n",
		request_header(request, "Sec-WebSocket-Key"),
		has_protocol ? "Sec-WebSocket-Protocol: benchd.v1\r\n" : "");

	return len > 0 && (size_t)len < size ? (size_t)len : 0;
}

static void fill_loan(struct request *request, struct ws_loan *loan)
{
	const struct query *query = &request->target.query;
	const char *stream = query_get(query, "stream");

	loan->board = request->board;
	query_number(query, "from", INT64_MAX, &loan->from, &loan->has_from, NULL);
	loan->other_stream =
		stream && loan->board && strcmp(stream, console_stream(board_console(loan->board)));
	loan->identity = request->identity;
	loan->ended = on_loan_ended;
	loan->ctx = request->exchange;
}

/* From here on the exchange belongs to the WebSocket thread, which may end it at once. */
static void lend(struct exchange *x, const struct ws_loan *loan)
{
	x->phase = PHASE_LENT;
	if (!watch_lend(x)) {
		close(loan->fd);
		x->phase = PHASE_NEW; /* no reply: the server is ending */
		return;
	}
	if (ws_lend(x->http->ws, loan))
		return;
	close(loan->fd);
	x->phase = PHASE_UNLENT;
	watch_unlend(x);
}

void upgrade_handle(struct request *request)
{
	struct exchange *x = request->exchange;
	struct problem problem = { 0 };
	struct ws_loan loan = { 0 };
	char text[256];
	size_t len = 0;

	if (!check_handshake(request, &problem)) {
		reply_problem(request, &problem);
		return;
	}
	len = minimal_request(request, text, sizeof(text));
	loan.request = (struct span){ (const uint8_t *)text, len };
	loan.fd = len ? duplicate_socket(x) : -1;
	if (loan.fd >= 0 && ws_viewers(x->http->ws) < x->http->bench->config->limits.viewers) {
		fill_loan(request, &loan);
		lend(x, &loan);
		return;
	}
	if (loan.fd >= 0)
		close(loan.fd);
	problem.retry_after_s = 30;
	problem_set(&problem, "too_many_viewers",
		"There are as many viewers as this server takes (limits.viewers). Close some, or "
		"try again later.");
	reply_problem(request, &problem);
}
