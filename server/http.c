/* SPDX-License-Identifier: MIT */
/* http.c - the fence around libmicrohttpd: listeners, start and stop (design: one-port). */
#include "server/http_internal.h"
#include "server/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void *on_target(void *ctx, const char *target, struct MHD_Connection *connection)
{
	return exchange_new(ctx, connection, target);
}

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *connection, const char *url,
	const char *method, const char *version, const char *data, size_t *size, void **request)
{
	(void)ctx;
	(void)connection;
	(void)url;
	(void)version;
	/* NULL: there was no memory for it. */
	return *request ? exchange_step(*request, method, data, size) : MHD_NO;
}

static void on_completed(void *ctx, struct MHD_Connection *connection, void **request,
	enum MHD_RequestTerminationCode how)
{
	(void)ctx;
	(void)connection;
	if (*request)
		exchange_end(*request, how == MHD_REQUEST_TERMINATED_COMPLETED_OK);
	*request = NULL;
}

static void on_connection(void *ctx, struct MHD_Connection *connection, void **link,
	enum MHD_ConnectionNotificationCode what)
{
	struct listener *listener = ctx;

	if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
		link_free(listener->http, *link);
		*link = NULL;
		return;
	}
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	*link = info ? link_new(listener, info->connect_fd) : NULL;
}

static void on_log(void *ctx, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));
static void on_log(void *ctx, const char *format, va_list args)
{
	char text[256];

	(void)ctx;
	vsnprintf(text, sizeof(text), format, args);
	log_line(LOG_DEBUG, "libmicrohttpd: %s", text);
}

/* The poll variant: with epoll this version leaves closed peers behind (design: one-port). */
static struct MHD_Daemon *daemon_start(struct listener *listener, int fd)
{
	unsigned limit = listener->room + CONNECTIONS_SPARE;

	return MHD_start_daemon(MHD_USE_POLL_INTERNAL_THREAD | MHD_USE_ITC |
			MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG,
		0, NULL, NULL, on_request, listener, MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,
		MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT, limit,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_TIMEOUT_S,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
		MHD_OPTION_URI_LOG_CALLBACK, on_target, listener, MHD_OPTION_NOTIFY_COMPLETED,
		on_completed, listener, MHD_OPTION_NOTIFY_CONNECTION, on_connection, listener,
		MHD_OPTION_END);
}

static bool listener_start(
	struct http *http, const struct config_listen *listen_at, char *reason, size_t reason_len)
{
	struct listener *listener = &http->listeners[http->listener_count];

	*listener = (struct listener){ .http = http,
		.is_unix = listen_at->kind == LISTEN_UNIX,
		.room = http->bench->config->limits.viewers + CONNECTIONS_BESIDE_VIEWERS -
			CONNECTIONS_SPARE };
	int fd = listen_open(listen_at, &listener->url, reason, reason_len);

	if (fd < 0)
		return false;
	http->listener_count++;
	if (listener->is_unix)
		listener->unix_path = listen_at->host;
	listener->daemon = daemon_start(listener, fd);
	if (listener->daemon)
		return true;
	close(fd);
	snprintf(reason, reason_len, "cannot serve %s: no memory or no thread", listen_at->text);
	return false;
}

struct http *http_start(struct bench *bench, struct ws *ws, char *reason, size_t reason_len)
{
	const struct config *config = bench->config;
	struct http *http = calloc(1, sizeof(*http));

	if (http)
		http->listeners = calloc(config->listen_count, sizeof(*http->listeners));
	if (!http || !http->listeners) {
		free(http);
		snprintf(reason, reason_len, "no memory");
		return NULL;
	}
	http->bench = bench;
	http->ws = ws;
	http->wake_fd = -1;
	pthread_mutex_init(&http->lock, NULL);
	pthread_cond_init(&http->unparked, NULL);
	bool ok = watch_start(http);

	if (!ok)
		snprintf(reason, reason_len, "cannot start the watcher's thread");
	for (size_t i = 0; ok && i < config->listen_count; i++)
		ok = listener_start(http, &config->listen[i], reason, reason_len);
	if (ok)
		return http;
	http_stop(http);
	return NULL;
}

const char *http_url(const struct http *http, size_t i)
{
	return i < http->listener_count ? http->listeners[i].url : NULL;
}

void http_quiesce(struct http *http)
{
	atomic_store(&http->is_stopping, true);
	http_wake(http);
}

static void listener_stop(struct listener *listener)
{
	if (listener->daemon)
		MHD_stop_daemon(listener->daemon);
	if (listener->unix_path)
		unlink(listener->unix_path);
	free(listener->url);
}

void http_stop(struct http *http)
{
	http_quiesce(http);
	/* MHD_stop_daemon() aborts the program when it finds a suspended connection. */
	if (http->has_watcher) {
		watch_drain(http);
		watch_flush(http);
	}
	for (size_t i = 0; i < http->listener_count; i++)
		listener_stop(&http->listeners[i]);
	watch_stop(http);
	pthread_cond_destroy(&http->unparked);
	pthread_mutex_destroy(&http->lock);
	free(http->listeners);
	free(http);
}
