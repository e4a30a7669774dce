/* SPDX-License-Identifier: MIT */
/*
 * ws.c - the fence around libwebsockets: its thread, the adoption of lent connections, and the
 * callbacks, which only dispatch (design: one-port).
 */
#include "server/ws_internal.h"
#include "server/log.h"

#include <libwebsockets.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROGRESS_MS 15000 /* a viewer that takes nothing for so long is closed */
#define CHECK_US (2 * LWS_US_PER_SEC)
#define CLOSE_TOO_SLOW ((enum lws_close_status)1013) /* "try again later" */
#define CLOSE_REMOVED ((enum lws_close_status)4404)
#define STOP_MS 1000 /* for the close frames to leave */

struct ws {
	const struct bench *bench;
	struct lws_context *context;
	struct lws_vhost *vhost;
	pthread_t thread;
	pthread_mutex_t lock; /* guards pending and is_closed */
	struct viewer *pending;
	bool is_closed; /* the thread and the context are gone: nothing more is lent */
	atomic_size_t count;
	atomic_bool is_stopping;
	/* The thread's own: */
	struct viewer *viewers;
	struct viewer *adopting; /* not yet claimed by its new struct lws */
	struct buf frame;
	lws_sorted_usec_list_t stop_timer;
	bool is_late; /* the close frames have had their time */
};

static void viewer_end(struct ws *ws, struct viewer *v)
{
	struct ws_loan loan = v->loan;

	if (v->prev)
		v->prev->next = v->next;
	else if (ws->viewers == v)
		ws->viewers = v->next;
	if (v->next)
		v->next->prev = v->prev;
	viewer_free(v);
	atomic_fetch_sub(&ws->count, 1);
	loan.ended(loan.ctx);
}

static void adopt(struct ws *ws, struct viewer *v)
{
	int fd = v->loan.fd;

	ws->adopting = v;
	lws_adopt_socket_vhost_readbuf(ws->vhost, fd, (const char *)v->request.ptr, v->request.len);
	if (!ws->adopting)
		return; /* claimed; it ends with its struct lws */
	ws->adopting = NULL;
	viewer_end(ws, v);
}

static void claim(struct ws *ws, struct lws *wsi)
{
	struct viewer *v = ws->adopting;

	if (!v)
		return;
	ws->adopting = NULL;
	v->wsi = wsi;
	v->next = ws->viewers;
	if (v->next)
		v->next->prev = v;
	ws->viewers = v;
	lws_set_opaque_user_data(wsi, v);
}

static void ask_to_write(struct viewer *v)
{
	if (!v->asked_ms)
		v->asked_ms = clock_monotonic_ms();
	lws_callback_on_writable(v->wsi);
}

/* Woken: takes new loans, and asks for a chance to write where there is something to say. */
static void on_wake(struct ws *ws)
{
	bool stops = atomic_load(&ws->is_stopping);

	pthread_mutex_lock(&ws->lock);
	struct viewer *v = ws->pending;

	ws->pending = NULL;
	pthread_mutex_unlock(&ws->lock);
	while (v) {
		struct viewer *next = v->next;

		v->next = NULL;
		adopt(ws, v);
		v = next;
	}
	for (v = ws->viewers; v; v = v->next) {
		v->is_closing = v->is_closing || stops;
		if (v->is_open && (v->is_closing || viewer_is_bereft(v) || viewer_has_news(v)))
			ask_to_write(v);
	}
}

static int close_with(struct lws *wsi, enum lws_close_status code, const char *reason)
{
	unsigned char text[64];
	size_t len = strlen(reason);

	memcpy(text, reason, len);
	lws_close_reason(wsi, code, text, len);
	return -1;
}

static int on_open(struct viewer *v, struct lws *wsi)
{
	v->is_open = true;
	buf_release(&v->request);
	lws_set_timer_usecs(wsi, CHECK_US);
	ask_to_write(v);
	return 0;
}

/* Sends one message. <0: close; 0: nothing is left; 1: there may be more. */
static int write_one(struct ws *ws, struct viewer *v, struct lws *wsi)
{
	static const uint8_t room[LWS_PRE];
	struct buf *frame = &ws->frame;

	frame->len = 0;
	if (!buf_append(frame, (struct span){ room, LWS_PRE }))
		return -1;
	enum message message = viewer_next(v, frame);

	if (message == MESSAGE_NONE)
		return 0;
	if (message == MESSAGE_FAILED)
		return close_with(wsi, LWS_CLOSE_STATUS_UNEXPECTED_CONDITION, "out of memory");
	size_t len = frame->len - LWS_PRE;
	int sent = lws_write(wsi, frame->ptr + LWS_PRE, len,
		message == MESSAGE_TEXT ? LWS_WRITE_TEXT : LWS_WRITE_BINARY);

	return sent < (int)len ? -1 : 1;
}

static int on_writable(struct ws *ws, struct viewer *v, struct lws *wsi)
{
	int more = 1;

	v->asked_ms = 0;
	if (v->is_closing)
		return close_with(wsi, LWS_CLOSE_STATUS_GOINGAWAY, "benchd is stopping");
	if (viewer_is_bereft(v))
		return close_with(wsi, CLOSE_REMOVED, "the board was removed");
	while (more > 0 && !lws_send_pipe_choked(wsi))
		more = write_one(ws, v, wsi);
	if (more < 0)
		return -1;
	if (v->reply_count < WS_REPLIES_MAX)
		lws_rx_flow_control(wsi, 1);
	if (more)
		ask_to_write(v);
	return 0;
}

static int on_timer(struct ws *ws, struct viewer *v, struct lws *wsi)
{
	if (!auth_still_holds(ws->bench->auth, &v->loan.identity))
		return close_with(wsi, LWS_CLOSE_STATUS_POLICY_VIOLATION, "logged out");
	if (v->asked_ms && clock_monotonic_ms() - v->asked_ms > PROGRESS_MS)
		return close_with(wsi, CLOSE_TOO_SLOW, "too slow");
	lws_set_timer_usecs(wsi, CHECK_US);
	return 0;
}

static int on_receive(struct viewer *v, struct lws *wsi, struct span piece)
{
	if (lws_is_first_fragment(wsi)) {
		v->in.len = 0;
		v->in_is_binary = lws_frame_is_binary(wsi);
	}
	if (v->in.len + piece.len > WS_FRAME_MAX)
		return close_with(wsi, LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE, "over 64 KiB");
	if (!buf_append(&v->in, piece))
		return -1;
	if (!lws_is_final_fragment(wsi) || lws_remaining_packet_payload(wsi))
		return 0;
	if (!viewer_take(v))
		return -1;
	if (v->reply_count)
		ask_to_write(v);
	if (v->reply_count >= WS_REPLIES_MAX)
		lws_rx_flow_control(wsi, 0);
	return 0;
}

static void on_destroy(struct ws *ws, struct lws *wsi)
{
	struct viewer *v = lws_get_opaque_user_data(wsi);

	if (!v)
		return;
	lws_set_opaque_user_data(wsi, NULL);
	viewer_end(ws, v);
}

static int callback(
	struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct ws *ws = lws_context_user(lws_get_context(wsi));
	struct viewer *v = NULL;

	(void)user;
	switch (reason) {
	case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
		on_wake(ws);
		return 0;
	case LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED:
		claim(ws, wsi);
		return 0;
	case LWS_CALLBACK_WSI_DESTROY:
		on_destroy(ws, wsi);
		return 0;
	case LWS_CALLBACK_ESTABLISHED:
	case LWS_CALLBACK_SERVER_WRITEABLE:
	case LWS_CALLBACK_RECEIVE:
	case LWS_CALLBACK_TIMER:
		v = lws_get_opaque_user_data(wsi);
		break;
	default:
		return 0;
	}
	if (!v)
		return -1;
	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
		return on_open(v, wsi);
	case LWS_CALLBACK_SERVER_WRITEABLE:
		return on_writable(ws, v, wsi);
	case LWS_CALLBACK_RECEIVE:
		return on_receive(v, wsi, (struct span){ in, len });
	default:
		return on_timer(ws, v, wsi);
	}
}

/* It calls an error what is none of ours, such as a request that was read before. */
static void on_log(int level, const char *line)
{
	(void)level;
	log_line(LOG_DEBUG, "libwebsockets: %.*s", (int)strcspn(line, "\n"), line);
}

static bool make_context(struct ws *ws)
{
	static const struct lws_protocols protocols[] = {
		{ .name = "benchd.v1", .callback = callback, .rx_buffer_size = WS_FRAME_MAX },
		{ 0 },
	};
	static const lws_retry_bo_t policy = { .secs_since_valid_ping = 20,
		.secs_since_valid_hangup = 30 };
	struct lws_context_creation_info info = {
		.port = CONTEXT_PORT_NO_LISTEN_SERVER,
		.protocols = protocols,
		.gid = -1,
		.uid = -1,
		.max_http_header_pool = 64,
		.timeout_secs = 10,
		.retry_and_idle_policy = &policy,
		.user = ws,
		.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS,
	};

	lws_set_log_level(LLL_ERR | LLL_WARN, on_log);
	ws->context = lws_create_context(&info);
	if (ws->context)
		ws->vhost = lws_create_vhost(ws->context, &info);
	return ws->vhost;
}

static void on_stop_timer(lws_sorted_usec_list_t *timer)
{
	struct ws *ws = lws_container_of(timer, struct ws, stop_timer);

	ws->is_late = true;
}

/* Until every viewer has had its close frame, or STOP_MS are over. */
static void *thread_main(void *ctx)
{
	struct ws *ws = ctx;
	bool is_ending = false;

	while (!ws->is_late && lws_service(ws->context, 0) >= 0) {
		if (!atomic_load(&ws->is_stopping))
			continue;
		if (!atomic_load(&ws->count))
			break;
		if (!is_ending)
			lws_sul_schedule(ws->context, 0, &ws->stop_timer, on_stop_timer,
				STOP_MS * LWS_US_PER_MS);
		is_ending = true;
	}
	lws_sul_cancel(&ws->stop_timer);
	return NULL;
}

struct ws *ws_start(const struct bench *bench)
{
	struct ws *ws = calloc(1, sizeof(*ws));

	if (!ws)
		return NULL;
	ws->bench = bench;
	pthread_mutex_init(&ws->lock, NULL);
	if (make_context(ws) && !pthread_create(&ws->thread, NULL, thread_main, ws))
		return ws;
	if (ws->context)
		lws_context_destroy(ws->context);
	pthread_mutex_destroy(&ws->lock);
	free(ws);
	return NULL;
}

void ws_stop(struct ws *ws)
{
	atomic_store(&ws->is_stopping, true);
	lws_cancel_service(ws->context);
	pthread_join(ws->thread, NULL);
	pthread_mutex_lock(&ws->lock);
	ws->is_closed = true;
	struct viewer *late = ws->pending; /* lent too late to be adopted */

	ws->pending = NULL;
	pthread_mutex_unlock(&ws->lock);
	lws_context_destroy(ws->context); /* ends every viewer that is left */
	while (late) {
		struct viewer *v = late;

		late = v->next;
		v->next = NULL;
		close(v->loan.fd);
		viewer_end(ws, v);
	}
}

void ws_free(struct ws *ws)
{
	buf_release(&ws->frame);
	pthread_mutex_destroy(&ws->lock);
	free(ws);
}

void ws_wake(struct ws *ws)
{
	lws_cancel_service(ws->context);
}

/* Wakes the thread under the lock: ws_stop() may end the context the moment it is given back. */
static bool add_pending(struct ws *ws, struct viewer *v)
{
	pthread_mutex_lock(&ws->lock);
	const bool is_open = !ws->is_closed;

	if (is_open) {
		v->next = ws->pending;
		ws->pending = v;
		ws_wake(ws);
	}
	pthread_mutex_unlock(&ws->lock);
	return is_open;
}

bool ws_lend(struct ws *ws, const struct ws_loan *loan)
{
	struct viewer *v = NULL;

	if (atomic_fetch_add(&ws->count, 1) < ws->bench->config->limits.viewers &&
		!atomic_load(&ws->is_stopping))
		v = viewer_new(ws->bench, loan);
	if (v && add_pending(ws, v))
		return true;
	if (v)
		viewer_free(v);
	atomic_fetch_sub(&ws->count, 1);
	return false;
}

size_t ws_viewers(struct ws *ws)
{
	return atomic_load(&ws->count);
}
