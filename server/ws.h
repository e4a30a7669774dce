/* SPDX-License-Identifier: MIT */
/*
 * ws.h - the fence around libwebsockets: viewers of consoles and events. One thread of its own.
 * Connections are lent to it by http.c (design: one-port). Nothing is queued per viewer: each has
 * cursors into the board's console, version numbers of what it has seen, and pulls when writable.
 */
#ifndef BENCHD_SERVER_WS_H
#define BENCHD_SERVER_WS_H

#include "server/bench.h"

struct ws;
/* NULL: no memory or no thread. Borrows bench. */
struct ws *ws_start(const struct bench *bench);
/* Closes every viewer (1001) and ends the thread; from then on ws_lend() takes nothing. */
void ws_stop(struct ws *ws);
/* After ws_stop(), and after http_stop(): until then a request may still try to lend. */
void ws_free(struct ws *ws);
/* Any thread, cheap: the only caller of lws_cancel_service(). */
void ws_wake(struct ws *ws);

/* A checked upgrade request, lent by http.c. */
struct ws_loan {
	int fd;              /* a duplicate; ws owns it from here on */
	struct span request; /* the minimal request to inject; copied */
	struct board *board; /* borrowed; NULL: /ws/v1/events */
	bool has_from;
	bool other_stream; /* from counts in a stream that is gone: a gap first */
	uint64_t from;
	struct identity identity;
	void (*ended)(void *ctx); /* called once, by the ws thread, when the viewer is gone */
	void *ctx;
};
/* false: too many viewers or no memory; nothing was taken. */
bool ws_lend(struct ws *ws, const struct ws_loan *loan);
size_t ws_viewers(struct ws *ws);

#endif /* BENCHD_SERVER_WS_H */
