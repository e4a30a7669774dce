/* SPDX-License-Identifier: MIT */
/*
 * port_backend.h - what the two ways of opening a port have to do; port.c does the rest: locking,
 * waiting, reading and writing. Internal to port*.c. One thread.
 */
#ifndef BENCHD_SERVER_PORT_BACKEND_H
#define BENCHD_SERVER_PORT_BACKEND_H

#include "server/port.h"

struct port_backend;
struct watch;

struct port {
	const struct port_backend *backend;
	int fd; /* -1: not open: it vanished */
	bool is_pty;
	bool is_exclusive; /* TIOCEXCL was set by us */
	void *handle;      /* the back end's */
	struct wire_settings settings;
	const char *latency_note; /* port_latency.h */
	int64_t sent_at_ms;   /* when the last byte given to the driver should have left the wire */
	size_t in_at, in_len; /* received, not yet taken: in[in_at .. in_len) */
	uint8_t in[512];
	/* for port_reattach.c */
	char *path; /* as it was given: a link may lead elsewhere when it comes back */
	struct port_options options;
	struct watch *watch;        /* NULL: it is there */
	int64_t refused_since_ms;   /* it is back and can't be opened; 0: not so */
	void (*absence)(void *ctx); /* NULL: nobody wants to know */
	void *absence_ctx;
};

struct port_backend {
	/*
	 * Opens path (resolved, a character device) without becoming its terminal, raw and
	 * non-blocking, and sets port->fd. ERR_UNSUPPORTED: not a port of this back end.
	 * On error nothing stays open.
	 */
	enum err (*open)(struct port *port, const char *path, struct why *why);
	void (*close)(struct port *port);
	/* Rate and frame, at once. ERR_UNSUPPORTED: they did not stick. */
	enum err (*configure)(struct port *port, const struct wire_settings *settings);
	/* ERR_UNSUPPORTED: no modem lines here. */
	enum err (*line)(struct port *port, enum wire_line line, bool set);
};

extern const struct port_backend port_serial, port_tty;

/* Opens port->path and sets it up by port->options; on error nothing stays open. */
enum err port_attach(struct port *port, struct why *why);
/* Closes what is open, if anything. */
void port_detach(struct port *port);
/* wire_ops.reattach */
enum err port_reattach(void *port, uint32_t timeout_ms);

/* ERR_GONE or ERR_IO and a phrase for what open() or an ioctl said. */
enum err port_errno(int error, struct why *why);

/* A frame's rows for both back ends. */
struct port_frame {
	char parity; /* 'N', 'E', 'O' */
	int stop_bits;
};
struct port_frame port_frame(enum wire_frame frame);

#endif /* BENCHD_SERVER_PORT_BACKEND_H */
