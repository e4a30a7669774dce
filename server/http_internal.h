/* SPDX-License-Identifier: MIT */
/*
 * http_internal.h - what the files of http share; only http*.c include it, and only they speak to
 * libmicrohttpd (design: one-port).
 *
 * Threads: one polling thread per listener runs every callback of its connections; the watcher
 * looks at parked exchanges and at connections that dribble. A parked exchange (its connection is
 * suspended) belongs to the watcher until that resumes it; one that is lent belongs to the
 * WebSocket thread. Nobody touches it meanwhile.
 */
#ifndef BENCHD_SERVER_HTTP_INTERNAL_H
#define BENCHD_SERVER_HTTP_INTERNAL_H

#include "server/http.h"
#include "server/request.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

/* Which bytes a client may still send, and how slowly; milliseconds. */
#define FIRST_HEADER_MS 10000 /* from the connection to the end of the first header */
#define NEXT_HEADER_MS 40000  /* from a reply to the end of the next header: idle, then as above */
#define BODY_GRACE_MS 30000   /* a body may take this and */
#define BODY_BYTES_PER_S 512  /* as long as this rate gives it */
#define LAST_WORDS_S 3        /* at the stop: for the jobs of those that wait to end */
#define IDLE_TIMEOUT_S 30     /* no byte in either direction */
/* Just above 32 KiB: libmicrohttpd then maps it and gives it back, and does not keep it in a heap.
 */
#define CONNECTION_MEMORY (36 * KIB)
#define CONNECTIONS_BESIDE_VIEWERS 512
#define CONNECTIONS_SPARE 32 /* of them: at the full limit nobody would be answered at all */
#define DISCARDED_BODY_MAX (256ull * MIB) /* beside twice the limit, before the line is cut */
#define REFUSED_BODY_MAX (1 * MIB) /* taken in to show a refusal to who sends before reading */

/* A connection, for the reaper. http->lock guards it. */
struct link {
	struct link *prev, *next;
	struct listener *listener;
	int fd;
	int64_t deadline_ms; /* when it is cut; INT64_MAX: never */
	bool is_idle;        /* no request's header has come in whole */
	bool is_surplus;     /* one too many: its request is refused */
};

enum phase {
	PHASE_NEW,
	PHASE_BODY,     /* its bytes come, or are discarded */
	PHASE_WAITING,  /* parked before the reply */
	PHASE_LENT,     /* to the WebSocket thread */
	PHASE_UNLENT,   /* that one would not take it */
	PHASE_ANSWERED, /* a response is queued; a stream may be parked */
};

struct header {
	char name[32], value[256];
};
#define EXTRA_HEADERS 6

struct exchange {
	struct request request;
	struct http *http;
	bool is_unix;
	struct MHD_Connection *connection;
	struct link *link;
	char *raw_target;
	const struct route *route; /* NULL: refused */
	enum phase phase;
	struct problem refusal; /* code NULL: none */
	char allow[ALLOW_TEXT];
	int64_t body_since_ms;
	uint64_t body_bytes, body_limit, discard_limit;
	bool is_discarding;
	bool is_misframed; /* where its body ends is not sure: nothing more is read */

	struct header extra[EXTRA_HEADERS];
	size_t extra_count;
	struct MHD_Response *response; /* to be queued */
	unsigned status;

	const struct wait_ops *wait;
	const struct stream_ops *stream;
	void *ctx;    /* of wait or stream */
	bool is_gone; /* set by the watcher */
	struct exchange *next_parked;
};

struct listener {
	struct http *http;
	struct MHD_Daemon *daemon;
	bool is_unix;
	unsigned room;     /* connections, without the spare ones */
	size_t link_count; /* http->lock guards it */
	char *url;
	const char *unix_path; /* borrowed from the configuration; NULL: TCP */
};

struct http {
	struct bench *bench;
	struct ws *ws;
	struct listener *listeners;
	size_t listener_count;
	atomic_bool is_stopping; /* new requests are refused */

	pthread_mutex_t lock;    /* guards what follows */
	pthread_cond_t unparked; /* parked_count or live_count went down */
	struct link *links;
	struct exchange *parked; /* handed to the watcher */
	size_t parked_count;     /* parked or lent */
	size_t live_count;       /* exchanges that have not ended */
	bool is_ending;          /* nothing may park any more */
	bool watcher_ends;

	pthread_t watcher;
	bool has_watcher;
	int wake_fd;
};

/* http_listen.c: a bound, listening, non-blocking socket and its URL (owned); -1: reason says why.
 */
int listen_open(const struct config_listen *listen, char **url, char *reason, size_t reason_len);

/* http_watch.c */
bool watch_start(struct http *http);
/*
 * Waits until nothing is parked or lent: first for what ends by itself, then what is left is
 * resumed as gone.
 */
void watch_drain(struct http *http);
/* After that: gives the replies that were begun a second to leave. */
void watch_flush(struct http *http);
/* An exchange begins (+1) or has ended (-1). */
void watch_count(struct http *http, int change);
void watch_stop(struct http *http);
/* Suspends the connection and hands it to the watcher. false: the server is ending. */
bool watch_park(struct exchange *x);
/* The same for a loan, which http_upgrade.c hands on itself. */
bool watch_lend(struct exchange *x);
/* The end of a loan; any thread. */
void watch_unlend(struct exchange *x);
/* http_link.c: connections, and who of them is cut. */
void link_reap(struct http *http);
/* Where there is no more room, the one that is idle for longest goes. */
struct link *link_new(struct listener *listener, int fd);
void link_free(struct http *http, struct link *link);
/* A request is under way: when it is cut. */
void link_deadline(struct http *http, struct link *link, int64_t deadline_ms);
/* It is over: when the next one's header must have come. */
void link_idle(struct http *http, struct link *link, int64_t deadline_ms);
bool link_is_surplus(struct http *http, struct link *link);

/* http_exchange.c: the life of a request. */
struct exchange *exchange_new(
	struct listener *listener, struct MHD_Connection *connection, const char *target);
enum MHD_Result exchange_step(
	struct exchange *x, const char *method, const char *data, size_t *size);
void exchange_end(struct exchange *x, bool is_complete);
/* http_check.c: site, credentials, route, body announced. false: x->refusal. */
bool exchange_check(struct exchange *x, const char *method);

/* http_reply.c: queues x->response with the headers that every reply has. */
enum MHD_Result reply_queue(struct exchange *x);

/* http_upgrade.c: is it a WebSocket's path? Then route is its row. */
const struct route *upgrade_route(const char *path, struct captures *captures);
/* Lends the connection, or makes a refusal. */
void upgrade_handle(struct request *request);

#endif /* BENCHD_SERVER_HTTP_INTERNAL_H */
