/* SPDX-License-Identifier: MIT */
/* port.c - opening a port as one that nobody else may use, and the wire over it. */
#include "server/port_backend.h"

#include "server/clock.h"
#include "server/port_latency.h"
#include "server/watch.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* Unix98 pty slaves (Linux: Documentation/admin-guide/devices.txt). */
enum { PTY_FIRST_MAJOR = 136, PTY_LAST_MAJOR = 143 };
/* A driver that has not sent what it took by then never will. */
enum { DRAIN_MS = 1000 };
enum { BREAK_MS = 250 };
/* Waiting for many bytes: shorter sleeps save nothing, longer ones see too late that all is over.
 */
enum { LEAST_BITS = 10, SLEEP_MIN_MS = 2, SLEEP_MAX_MS = 50 };

static const struct port_frame frames[] = {
	[WIRE_8N1] = { 'N', 1 },
	[WIRE_8E1] = { 'E', 1 },
	[WIRE_8O1] = { 'O', 1 },
	[WIRE_8N2] = { 'N', 2 },
};
static_assert(sizeof(frames) / sizeof(*frames) == WIRE_FRAME_COUNT, "every frame has a row");

struct port_frame port_frame(enum wire_frame frame)
{
	return frames[frame];
}

const char port_no_permission[] =
	"no permission to open the port (is the user in the group dialout?)";
const char port_in_use[] = "the port is in use by another program";

static const struct {
	int error;
	enum err err;
	const char *what;
} errors[] = {
	{ ENOENT, ERR_GONE, "there is no such port" },
	{ ENOTDIR, ERR_GONE, "there is no such port" },
	{ ENODEV, ERR_GONE, "the port's device is gone" },
	{ ENXIO, ERR_GONE, "the port's device is gone" },
	{ EIO, ERR_GONE, "the port's device is gone" },
	{ EBADF, ERR_GONE, "the port's device is gone" },
	{ EACCES, ERR_IO, port_no_permission },
	{ EPERM, ERR_IO, port_no_permission },
	{ EBUSY, ERR_IO, port_in_use },
	{ EWOULDBLOCK, ERR_IO, port_in_use },
	{ ELOOP, ERR_IO, "the port's name is a link that leads nowhere" },
	{ EINVAL, ERR_UNSUPPORTED, "the port can't be set so" },
};

enum err port_errno(int error, struct why *why)
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++)
		if (errors[i].error == error)
			return why_set(why, errors[i].err, errors[i].what);
	return why_set(why, ERR_IO, "the port failed");
}

/* Looks before it opens: a device that is no tty may do something when it is opened. */
static enum err resolve(const char *path, char real[PATH_MAX], bool *is_pty, struct why *why)
{
	struct stat st;

	if (!realpath(path, real) || stat(real, &st))
		return port_errno(errno, why);
	if (!S_ISCHR(st.st_mode))
		return why_set(why, ERR_IO, "this is no serial port: not a character device");
	*is_pty = major(st.st_rdev) >= PTY_FIRST_MAJOR && major(st.st_rdev) <= PTY_LAST_MAJOR;
	return ERR_OK;
}

static enum err open_backend(struct port *port, const char *real, struct why *why)
{
	port->backend = &port_serial;
	enum err e = port->backend->open(port, real, why);

	if (e == ERR_UNSUPPORTED) {
		port->backend = &port_tty;
		e = port->backend->open(port, real, why);
	}
	return e;
}

static enum err claim(struct port *port, struct why *why)
{
	if (!isatty(port->fd))
		return why_set(why, ERR_IO, "this is no serial port: not a tty");
	if (flock(port->fd, LOCK_EX | LOCK_NB) || ioctl(port->fd, TIOCEXCL))
		return port_errno(errno, why);
	port->is_exclusive = true;
	return ERR_OK;
}

/*
 * The last close would drop DTR and RTS: a daemon's restart must not restart the board. With VMIN
 * 0, which libserialport leaves, a read of nothing looks like a port that is gone.
 */
static enum err set_habits(struct port *port, struct why *why)
{
	struct termios t;

	if (tcgetattr(port->fd, &t))
		return why_set(why, ERR_IO, "the port's modes can't be read");
	t.c_cflag &= ~(tcflag_t)HUPCL;
	t.c_cc[VMIN] = 1;
	return tcsetattr(port->fd, TCSANOW, &t)
		? why_set(why, ERR_IO, "the port's modes can't be set")
		: ERR_OK;
}

static enum err idle_line(struct port *port, enum wire_line line, bool set, struct why *why)
{
	enum err e = port->backend->line(port, line, set);

	return e ? why_set(why, e, "the port's DTR and RTS can't be set") : ERR_OK;
}

static enum err idle_lines(struct port *port, const struct port_options *options, struct why *why)
{
	const bool dtr_last = options->last_line == WIRE_DTR;
	enum err e = ERR_OK;

	if (options->sets_dtr && !dtr_last)
		e = idle_line(port, WIRE_DTR, options->dtr, why);
	if (!e && options->sets_rts)
		e = idle_line(port, WIRE_RTS, options->rts, why);
	if (!e && options->sets_dtr && dtr_last)
		e = idle_line(port, WIRE_DTR, options->dtr, why);
	return e;
}

static enum err set_up(struct port *port, const struct port_options *options, struct why *why)
{
	enum err e = claim(port, why);

	if (!e)
		e = idle_lines(port, options, why);
	if (!e)
		e = set_habits(port, why);
	if (!e) {
		e = port->backend->configure(port, &options->settings);
		if (e)
			why_set(why, e, "the port's rate or parity can't be set");
	}
	if (!e) {
		port->settings = options->settings;
		tcflush(port->fd, TCIOFLUSH);
	}
	return e == ERR_UNSUPPORTED && why ? why_set(why, ERR_IO, why->what) : e;
}

enum err port_attach(struct port *port, struct why *why)
{
	char real[PATH_MAX];
	enum err e = resolve(port->path, real, &port->is_pty, why);

	port->in_at = port->in_len = 0;
	port->sent_at_ms = 0;
	if (!e)
		e = open_backend(port, real, why);
	if (e) {
		port->fd = -1;
		return e;
	}
	e = set_up(port, &port->options, why);
	if (e)
		port_detach(port);
	else
		port->latency_note = port_latency_lower(port->fd, "/sys", strrchr(real, '/') + 1);
	return e;
}

const char *port_latency_note(const struct port *port)
{
	return port->latency_note;
}

void port_detach(struct port *port)
{
	if (port->fd < 0)
		return;
	/*
	 * Undone by the last close anyway, but a pty lives on in its simulator. Only what is ours:
	 * root may open what another has, and is stopped by the lock.
	 */
	if (port->is_exclusive)
		(void)ioctl(port->fd, TIOCNXCL);
	port->is_exclusive = false;
	port->backend->close(port);
}

struct port *port_open(const char *path, const struct port_options *options, struct why *why)
{
	struct port *port = calloc(1, sizeof(*port));

	if (port) {
		port->fd = -1;
		port->options = *options;
		port->path = strdup(path);
	}
	if (port && port->path) {
		if (!port_attach(port, why))
			return port;
	} else {
		why_set(why, ERR_NO_MEMORY, NULL);
	}
	port_close(port);
	return NULL;
}

void port_close(struct port *port)
{
	if (!port)
		return;
	port_detach(port);
	watch_free(port->watch);
	free(port->path);
	free(port);
}

/* ERR_OK: something of events is ready. deadline 0: only looks. */
static enum err wait_for(struct port *port, short events, int64_t deadline_ms)
{
	for (;;) {
		struct pollfd pfd = { .fd = port->fd, .events = events };
		const int64_t left = deadline_ms - clock_monotonic_ms();
		const int ready =
			poll(&pfd, 1, left > 0 ? (int)(left < INT_MAX ? left : INT_MAX) : 0);

		if (ready < 0 && errno != EINTR)
			return ERR_IO;
		if (ready > 0)
			return pfd.revents & events ? ERR_OK : ERR_GONE;
		if (ready == 0 && left <= 0)
			return ERR_TIMEOUT;
	}
}

/* One read into the buffer, which is empty. ERR_OK with in_len 0: nothing there. */
static enum err fill(struct port *port)
{
	port->in_at = port->in_len = 0;
	const ssize_t n = read(port->fd, port->in, sizeof(port->in));

	if (n > 0)
		port->in_len = (size_t)n;
	if (n == 0)
		return ERR_GONE;
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		return port_errno(errno, NULL);
	return ERR_OK;
}

static size_t take(struct port *port, uint8_t *out, size_t max)
{
	const size_t held = port->in_len - port->in_at;
	const size_t n = held < max ? held : max;

	memcpy(out, port->in + port->in_at, n);
	port->in_at += n;
	return n;
}

static void note_sent(struct port *port, size_t bytes)
{
	const int64_t now = clock_monotonic_ms();
	const int64_t start = port->sent_at_ms > now ? port->sent_at_ms : now;

	port->sent_at_ms = start + (int64_t)(bytes * 11u * 1000u / port->settings.baud);
}

enum err port_write(struct port *port, struct span bytes, size_t *took)
{
	const ssize_t n = write(port->fd, bytes.ptr, bytes.len);

	*took = n > 0 ? (size_t)n : 0;
	note_sent(port, *took);
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		return port_errno(errno, NULL);
	return ERR_OK;
}

static enum err wire_send(void *ctx, struct span out, uint32_t timeout_ms)
{
	struct port *port = ctx;
	const int64_t deadline = clock_monotonic_ms() + timeout_ms;
	enum err e = ERR_OK;

	while (!e && out.len) {
		size_t took;

		e = port_write(port, out, &took);
		out.ptr += took;
		out.len -= took;
		if (!e && out.len)
			e = wait_for(port, POLLOUT, deadline);
	}
	return e;
}

static void wire_pause(void *ctx, uint32_t ms)
{
	struct timespec left = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };

	(void)ctx;
	while (nanosleep(&left, &left) && errno == EINTR)
		;
}

/*
 * Sleeps as long as the line must need for what was sent and for so many bytes more: to be woken
 * for each of them costs more than to read them together.
 */
static void sleep_out(const struct port *port, size_t bytes, int64_t deadline_ms)
{
	const int64_t now = clock_monotonic_ms();
	const int64_t line_ms = (int64_t)(bytes * LEAST_BITS * 1000u / port->settings.baud);
	int64_t until = (port->sent_at_ms > now ? port->sent_at_ms : now) + line_ms;

	if (until > deadline_ms)
		until = deadline_ms;
	if (until - now >= SLEEP_MIN_MS)
		wire_pause(
			NULL, (uint32_t)(until - now < SLEEP_MAX_MS ? until - now : SLEEP_MAX_MS));
}

/* The time that our own bytes still need on the wire is not held against the board. */
static enum err wire_recv(void *ctx, uint8_t *in, size_t want, uint32_t timeout_ms, size_t *got)
{
	struct port *port = ctx;
	const int64_t now = clock_monotonic_ms();
	const int64_t from = timeout_ms && port->sent_at_ms > now ? port->sent_at_ms : now;
	enum err e = port->fd < 0 ? ERR_GONE : ERR_OK;

	*got = take(port, in, want);
	while (!e && *got < want) {
		if (timeout_ms)
			sleep_out(port, want - *got, from + timeout_ms);
		e = wait_for(port, POLLIN, from + timeout_ms);
		if (!e)
			e = fill(port);
		if (!e)
			*got += take(port, in + *got, want - *got);
	}
	return e;
}

/* tcdrain() waits for ever on an adapter that has stopped taking bytes. */
static void drain(struct port *port)
{
	const int64_t deadline = clock_monotonic_ms() + DRAIN_MS;
	int queued = 0;

	while (!ioctl(port->fd, TIOCOUTQ, &queued) && queued && clock_monotonic_ms() < deadline)
		wire_pause(port, 2);
	const int64_t left = port->sent_at_ms - clock_monotonic_ms();

	if (left > 0)
		wire_pause(port, (uint32_t)(left < DRAIN_MS ? left : DRAIN_MS));
}

enum err port_break(struct port *port)
{
	if (port->fd < 0)
		return ERR_GONE;
	drain(port);
	if (ioctl(port->fd, TIOCSBRK))
		return port_errno(errno, NULL);
	wire_pause(port, BREAK_MS);
	return ioctl(port->fd, TIOCCBRK) ? port_errno(errno, NULL) : ERR_OK;
}

static enum err wire_configure(void *ctx, const struct wire_settings *settings)
{
	struct port *port = ctx;

	if (port->fd < 0)
		return ERR_GONE;
	if (port->settings.baud == settings->baud && port->settings.frame == settings->frame)
		return ERR_OK;
	drain(port);
	enum err e = port->backend->configure(port, settings);

	if (!e)
		port->settings = *settings;
	else if (e == ERR_UNSUPPORTED)
		(void)port->backend->configure(port, &port->settings); /* half of it may stick */
	return e;
}

/*
 * Asked for before each command, and not spared: an answer too many that is still in the driver
 * would be taken for the next one, and all after it for the one before.
 */
static enum err wire_flush(void *ctx)
{
	struct port *port = ctx;

	port->in_at = port->in_len = 0;
	return tcflush(port->fd, TCIFLUSH) ? port_errno(errno, NULL) : ERR_OK;
}

static enum err wire_line(void *ctx, enum wire_line line, bool set)
{
	struct port *port = ctx;

	return port->fd < 0 ? ERR_GONE : port->backend->line(port, line, set);
}

static uint64_t wire_now_us(void *ctx)
{
	(void)ctx;
	return (uint64_t)clock_monotonic_us();
}

static const struct wire_ops wire_ops = {
	.send = wire_send,
	.recv = wire_recv,
	.configure = wire_configure,
	.flush = wire_flush,
	.line = wire_line,
	.pause = wire_pause,
	.now_us = wire_now_us,
	.reattach = port_reattach,
};

struct wire port_wire(struct port *port)
{
	return (struct wire){ &wire_ops, port };
}

int port_fd(const struct port *port)
{
	return port->fd;
}

enum err port_read(struct port *port, uint8_t *out, size_t max, size_t *got)
{
	enum err e = port->in_at == port->in_len ? fill(port) : ERR_OK;

	*got = take(port, out, max);
	return e;
}

struct wire_settings port_settings(const struct port *port)
{
	return port->settings;
}
