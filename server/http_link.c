/* SPDX-License-Identifier: MIT */
/*
 * http_link.c - the connections of a listener: those that dribble are cut, and where there is no
 * more room the idle make place. At its limit libmicrohttpd takes no new connection at all, and
 * whoever comes then waits without a word (design: one-port).
 */
#include "server/http_internal.h"
#include "server/clock.h"

#include <stdlib.h>
#include <sys/socket.h>

/* The caller holds the lock. Its polling thread sees the end and closes. */
static void cut(struct link *link)
{
	link->deadline_ms = INT64_MAX;
	link->is_idle = false;
	shutdown(link->fd, SHUT_RDWR);
}

void link_reap(struct http *http)
{
	int64_t now_ms = clock_monotonic_ms();

	pthread_mutex_lock(&http->lock);
	for (struct link *link = http->links; link; link = link->next)
		if (link->deadline_ms <= now_ms)
			cut(link);
	pthread_mutex_unlock(&http->lock);
}

/* The caller holds the lock. false: nobody is idle. */
static bool make_room(struct listener *listener)
{
	struct link *first = NULL;

	for (struct link *link = listener->http->links; link; link = link->next)
		if (link->listener == listener && link->is_idle &&
			(!first || link->deadline_ms < first->deadline_ms))
			first = link;
	if (first)
		cut(first);
	return first;
}

struct link *link_new(struct listener *listener, int fd)
{
	struct http *http = listener->http;
	struct link *link = malloc(sizeof(*link));

	if (!link)
		return NULL;
	*link = (struct link){ .listener = listener,
		.fd = fd,
		.is_idle = true,
		.deadline_ms = clock_monotonic_ms() + FIRST_HEADER_MS };
	pthread_mutex_lock(&http->lock);
	link->is_surplus = listener->link_count++ >= listener->room && !make_room(listener);
	link->next = http->links;
	if (link->next)
		link->next->prev = link;
	http->links = link;
	pthread_mutex_unlock(&http->lock);
	return link;
}

void link_free(struct http *http, struct link *link)
{
	if (!link)
		return;
	pthread_mutex_lock(&http->lock);
	link->listener->link_count--;
	if (link->prev)
		link->prev->next = link->next;
	else
		http->links = link->next;
	if (link->next)
		link->next->prev = link->prev;
	pthread_mutex_unlock(&http->lock);
	free(link);
}

static void set_deadline(struct http *http, struct link *link, int64_t deadline_ms, bool is_idle)
{
	if (!link)
		return;
	pthread_mutex_lock(&http->lock);
	link->deadline_ms = deadline_ms;
	link->is_idle = is_idle;
	pthread_mutex_unlock(&http->lock);
}

void link_deadline(struct http *http, struct link *link, int64_t deadline_ms)
{
	set_deadline(http, link, deadline_ms, false);
}

void link_idle(struct http *http, struct link *link, int64_t deadline_ms)
{
	set_deadline(http, link, deadline_ms, true);
}

bool link_is_surplus(struct http *http, struct link *link)
{
	pthread_mutex_lock(&http->lock);
	bool is_surplus = link && link->is_surplus;

	pthread_mutex_unlock(&http->lock);
	return is_surplus;
}
