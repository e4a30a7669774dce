/* SPDX-License-Identifier: MIT */
/* port_reattach.c - a port that vanished while it was in use is waited for and opened again. */
#include "server/port_backend.h"

#include "server/clock.h"
#include "server/watch.h"

/* A device that appears is not ours at once: udev sets its permissions a moment later. */
enum { REFUSED_MS = 2000 };

void port_on_absence(struct port *port, void (*absence)(void *ctx), void *ctx)
{
	port->absence = absence;
	port->absence_ctx = ctx;
}

static enum err begin(struct port *port)
{
	if (!port->watch)
		port->watch = watch_new(port->path);
	if (!port->watch)
		return ERR_NO_MEMORY;
	if (port->fd < 0)
		return ERR_OK;
	port->options.settings = port->settings;
	port_detach(port);
	port->refused_since_ms = 0;
	if (port->absence)
		port->absence(port->absence_ctx);
	return ERR_OK;
}

/* ERR_TIMEOUT: not yet. */
static enum err attempt(struct port *port)
{
	const int64_t now = clock_monotonic_ms();
	const enum err e = port_attach(port, NULL);

	if (!e || e == ERR_GONE)
		port->refused_since_ms = 0;
	else if (!port->refused_since_ms)
		port->refused_since_ms = now;
	if (!e || e == ERR_NO_MEMORY)
		return e;
	return e != ERR_GONE && now - port->refused_since_ms >= REFUSED_MS ? ERR_IO : ERR_TIMEOUT;
}

static void stop_watching(struct port *port)
{
	watch_free(port->watch);
	port->watch = NULL;
}

enum err port_reattach(void *ctx, uint32_t timeout_ms)
{
	struct port *port = ctx;
	const int64_t deadline = clock_monotonic_ms() + timeout_ms;
	enum err e = begin(port);

	if (e)
		return e;
	watch_aim(port->watch);
	e = attempt(port);
	for (int64_t left; e == ERR_TIMEOUT && (left = deadline - clock_monotonic_ms()) > 0;) {
		watch_wait(port->watch, -1, (uint32_t)left);
		e = attempt(port);
	}
	if (!e)
		stop_watching(port);
	return e;
}
