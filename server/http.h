/* SPDX-License-Identifier: MIT */
/*
 * http.h - the fence around libmicrohttpd: one listening port, requests, bodies, streams
 * (design: one-port). Its polling thread never waits for a board: a request that waits is
 * suspended and looked at again after http_wake().
 */
#ifndef BENCHD_SERVER_HTTP_H
#define BENCHD_SERVER_HTTP_H

#include "server/ws.h"

struct http;
/*
 * Binds and listens on every address of bench->config (port 0: a free one). NULL: reason says
 * which address and why. Prints nothing. Borrows bench and ws, to which it lends the WebSockets; ws
 * is started before and stopped between http_quiesce() and http_stop().
 */
struct http *http_start(struct bench *bench, struct ws *ws, char *reason, size_t reason_len);
/* "http://127.0.0.1:8080" of listener i, or NULL past the last. Borrowed. */
const char *http_url(const struct http *http, size_t i);
/* No new requests (503 stopping); those that wait are answered as their jobs end. */
void http_quiesce(struct http *http);
/* After ws_stop(): ends every connection and frees. */
void http_stop(struct http *http);
/* Any thread, cheap, never blocks: requests that wait are looked at again. */
void http_wake(struct http *http);

#endif /* BENCHD_SERVER_HTTP_H */
