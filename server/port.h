/* SPDX-License-Identifier: MIT */
/*
 * port.h - a serial port: opened once, exclusively, used by one thread. Two back ends, told apart
 * when it is opened: port_serial (libserialport) and port_tty (termios, for ptys;
 * docs/facts/pty.md).
 */
#ifndef BENCHD_SERVER_PORT_H
#define BENCHD_SERVER_PORT_H

#include "protocol/wire.h"

struct port;

/* Idle levels of the modem lines, set at once after opening. */
struct port_options {
	struct wire_settings settings;
	bool sets_dtr, dtr, sets_rts, rts;
	enum wire_line last_line; /* the one to set last: reset is released when BOOT0 is low */
};

/*
 * Opens path if it is a character device and a tty, takes flock and TIOCEXCL, clears HUPCL, sets
 * the lines, asks for low latency. NULL: why->what says what is wrong (no such file, no
 * permission, in use, not a tty), why->err is ERR_GONE (absent) or ERR_IO.
 */
extern const char port_in_use[];        /* the what of a port that another program holds */
extern const char port_no_permission[]; /* the what of one that we may not open */
struct port *port_open(const char *path, const struct port_options *options, struct why *why);
/* Leaves the lines as they are. NULL is fine. */
void port_close(struct port *port);
/*
 * absence is called once for each time that the wire waits for the port to come back
 * (wire_ops.reattach), as the wait begins; by the thread that waits. NULL: nobody wants to know.
 */
void port_on_absence(struct port *port, void (*absence)(void *ctx), void *ctx);
/* Borrowed from port. */
struct wire port_wire(struct port *port);
/* To poll for POLLIN; -1: it vanished, and the wire did not get it back. */
int port_fd(const struct port *port);
/* What is there, up to max; ERR_OK with *got 0: nothing. ERR_GONE: unplugged. */
enum err port_read(struct port *port, uint8_t *out, size_t max, size_t *got);
/* Gives the driver what it takes at once; ERR_OK with *took 0: nothing now, poll for POLLOUT. */
enum err port_write(struct port *port, struct span bytes, size_t *took);
/* Holds the line low for a quarter of a second, once what was written has left; waits so long. */
enum err port_break(struct port *port);
/* What holds its answers back and could not be changed, for people; NULL: nothing known. */
const char *port_latency_note(const struct port *port);
/* The settings in force. */
struct wire_settings port_settings(const struct port *port);

#define HOLDER_TEXT 64
struct port_use {
	const char *path;
	char holder[HOLDER_TEXT]; /* "minicom (pid 1234)"; "": nobody that can be seen */
};
/*
 * Who has each path open. Looks through /proc once, so only processes of our own user are seen
 * unless we are root. Who made a pty and has it open without a lock is not meant.
 */
void port_holders(struct port_use *uses, size_t count);
/* The same of one. false: nobody that can be seen. */
bool port_holder(const char *path, char holder[HOLDER_TEXT]);

struct port_info {
	const char *name, *description, *stable_path, *usb_serial, *usb_manufacturer, *usb_product;
	int usb_vid, usb_pid; /* -1: not USB */
};
/* Opens nothing. false: the system could not be asked. */
bool port_list(void (*each)(void *ctx, const struct port_info *info), void *ctx);

#endif /* BENCHD_SERVER_PORT_H */
