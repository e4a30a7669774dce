/* SPDX-License-Identifier: MIT */
/*
 * http_watch.c - the watcher: resumes requests that wait when there is something for them or when
 * their client has left (a suspended connection does not notice that by itself).
 */
#include "server/http_internal.h"
#include "server/clock.h"
#include "server/log.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define TICK_MS 250 /* heartbeats and deadlines are this exact */
#define FLUSH_S 1   /* for the last replies to leave */

void http_wake(struct http *http)
{
	static const uint64_t one = 1;

	/* The only way to fail is a counter that is full: then the watcher is awake anyway. */
	if (write(http->wake_fd, &one, sizeof(one)) < 0 && errno != EAGAIN)
		log_line(LOG_ERROR, "http: cannot wake the watcher: %s", strerror(errno));
}

static bool park_count(struct http *http)
{
	pthread_mutex_lock(&http->lock);
	bool ok = !http->is_ending;

	http->parked_count += ok;
	pthread_mutex_unlock(&http->lock);
	return ok;
}

bool watch_park(struct exchange *x)
{
	struct http *http = x->http;

	if (!park_count(http))
		return false;
	MHD_suspend_connection(x->connection);
	pthread_mutex_lock(&http->lock);
	x->next_parked = http->parked;
	http->parked = x;
	pthread_mutex_unlock(&http->lock);
	http_wake(http);
	return true;
}

bool watch_lend(struct exchange *x)
{
	if (!park_count(x->http))
		return false;
	MHD_suspend_connection(x->connection);
	return true;
}

/* x may be freed by its polling thread as soon as it is resumed. */
void watch_unlend(struct exchange *x)
{
	struct http *http = x->http;

	MHD_resume_connection(x->connection);
	pthread_mutex_lock(&http->lock);
	http->parked_count--;
	pthread_cond_broadcast(&http->unparked);
	pthread_mutex_unlock(&http->lock);
}

/* The watcher's own view of what is parked; polls[0] is the wake-up. */
struct watch {
	struct http *http;
	struct exchange **items;
	struct pollfd *polls;
	size_t count, cap;
};

static bool watch_grow(struct watch *w)
{
	size_t cap = w->cap ? w->cap * 2 : 64;
	struct exchange **items = realloc(w->items, cap * sizeof(*items));

	if (!items)
		return false;
	w->items = items;
	struct pollfd *polls = realloc(w->polls, (cap + 1) * sizeof(*polls));

	if (!polls)
		return false;
	w->polls = polls;
	w->cap = cap;
	return true;
}

static void watch_add(struct watch *w, struct exchange *x)
{
	if (w->count == w->cap && !watch_grow(w)) {
		x->is_gone = true; /* no memory to wait with: end it */
		watch_unlend(x);
		return;
	}
	w->items[w->count++] = x;
	w->polls[w->count] =
		(struct pollfd){ .fd = x->link ? x->link->fd : -1, .events = POLLRDHUP };
}

static void watch_collect(struct watch *w)
{
	struct http *http = w->http;

	pthread_mutex_lock(&http->lock);
	struct exchange *x = http->parked;

	http->parked = NULL;
	pthread_mutex_unlock(&http->lock);
	while (x) {
		struct exchange *next = x->next_parked;

		watch_add(w, x);
		x = next;
	}
}

/* Nobody waits for a follower of the console when the server stops. */
static bool is_endless(const struct exchange *x)
{
	return x->phase == PHASE_ANSWERED && x->stream->is_endless;
}

static bool exchange_is_ready(const struct exchange *x, int64_t now_ms)
{
	if (x->phase == PHASE_WAITING)
		return x->wait->ready(x->ctx, now_ms);
	return x->stream->ready(x->ctx, now_ms);
}

/* Resumes what is ready, gone, or ended with the server; keeps the rest. */
static void watch_look(struct watch *w, bool is_ending)
{
	int64_t now_ms = clock_monotonic_ms();
	bool is_stopping = atomic_load(&w->http->is_stopping);
	size_t kept = 0;

	for (size_t i = 0; i < w->count; i++) {
		struct exchange *x = w->items[i];
		struct pollfd *p = &w->polls[i + 1];

		if (p->revents || (is_stopping && is_endless(x)))
			x->is_gone = true;
		const bool is_ready = !x->is_gone && exchange_is_ready(x, now_ms);

		/* At the end, too, a request whose job has ended is answered. */
		if (is_ending && !is_ready)
			x->is_gone = true;
		if (x->is_gone || is_ready) {
			watch_unlend(x);
			continue;
		}
		w->polls[kept + 1] = *p;
		w->polls[kept + 1].revents = 0;
		w->items[kept++] = x;
	}
	w->count = kept;
}

static void watch_sleep(struct watch *w)
{
	uint64_t wakes;

	w->polls[0] = (struct pollfd){ .fd = w->http->wake_fd, .events = POLLIN };
	if (poll(w->polls, w->count + 1, TICK_MS) < 0 && errno != EINTR)
		log_line(LOG_ERROR, "http: poll: %s", strerror(errno));
	if (read(w->http->wake_fd, &wakes, sizeof(wakes)) < 0 && errno != EAGAIN)
		log_line(LOG_ERROR, "http: eventfd: %s", strerror(errno));
}

static void *watcher_main(void *ctx)
{
	struct http *http = ctx;
	struct watch w = { .http = http };
	bool ends = !watch_grow(&w);

	if (ends)
		log_line(LOG_ERROR, "http: no memory for the watcher");
	while (!ends) {
		watch_sleep(&w);
		watch_collect(&w);
		pthread_mutex_lock(&http->lock);
		bool is_ending = http->is_ending;

		ends = http->watcher_ends;
		pthread_mutex_unlock(&http->lock);
		watch_look(&w, is_ending);
		link_reap(http);
	}
	free(w.items);
	free(w.polls);
	return NULL;
}

bool watch_start(struct http *http)
{
	http->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (http->wake_fd < 0)
		return false;
	http->has_watcher = !pthread_create(&http->watcher, NULL, watcher_main, http);
	return http->has_watcher;
}

static struct timespec after_s(int seconds)
{
	struct timespec at;

	clock_gettime(CLOCK_REALTIME, &at);
	at.tv_sec += seconds;
	return at;
}

void watch_drain(struct http *http)
{
	struct timespec until = after_s(LAST_WORDS_S);

	pthread_mutex_lock(&http->lock);
	while (http->parked_count &&
		pthread_cond_timedwait(&http->unparked, &http->lock, &until) != ETIMEDOUT)
		;
	http->is_ending = true;
	pthread_mutex_unlock(&http->lock);
	http_wake(http);
	pthread_mutex_lock(&http->lock);
	while (http->parked_count)
		pthread_cond_wait(&http->unparked, &http->lock);
	pthread_mutex_unlock(&http->lock);
}

void watch_count(struct http *http, int change)
{
	pthread_mutex_lock(&http->lock);
	http->live_count += (size_t)change;
	if (change < 0)
		pthread_cond_broadcast(&http->unparked);
	pthread_mutex_unlock(&http->lock);
}

void watch_flush(struct http *http)
{
	struct timespec until;
	int error = 0;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += FLUSH_S;
	pthread_mutex_lock(&http->lock);
	while (http->live_count && !error)
		error = pthread_cond_timedwait(&http->unparked, &http->lock, &until);
	pthread_mutex_unlock(&http->lock);
}

void watch_stop(struct http *http)
{
	if (http->has_watcher) {
		pthread_mutex_lock(&http->lock);
		http->watcher_ends = true;
		pthread_mutex_unlock(&http->lock);
		http_wake(http);
		pthread_join(http->watcher, NULL);
	}
	if (http->wake_fd >= 0)
		close(http->wake_fd);
}
