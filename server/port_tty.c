/* SPDX-License-Identifier: MIT */
/* port_tty.c - ports that libserialport cannot open: ptys, on plain termios (docs/facts/pty.md). */
#include "server/port_backend.h"

#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* termios2 rather than <termios.h>: it takes any rate, and the two headers exclude each other. */
static void make_raw(struct termios2 *t)
{
	t->c_iflag = 0;
	t->c_oflag = 0;
	t->c_lflag = 0;
	t->c_cflag &= ~(tcflag_t)(CSIZE | PARENB | PARODD | CSTOPB | CRTSCTS | HUPCL);
	t->c_cflag |= CS8 | CREAD | CLOCAL;
	t->c_cc[VMIN] = 1;
	t->c_cc[VTIME] = 0;
}

static enum err tty_open(struct port *port, const char *path, struct why *why)
{
	port->fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	return port->fd < 0 ? port_errno(errno, why) : ERR_OK;
}

static void tty_close(struct port *port)
{
	close(port->fd);
	port->fd = -1;
}

#define FRAME_FLAGS (PARENB | PARODD | CSTOPB | CSIZE)

static enum err tty_configure(struct port *port, const struct wire_settings *settings)
{
	const struct port_frame frame = port_frame(settings->frame);
	struct termios2 want, have;

	if (ioctl(port->fd, TCGETS2, &want))
		return port_errno(errno, NULL);
	make_raw(&want);
	if (frame.parity != 'N')
		want.c_cflag |= PARENB | (frame.parity == 'O' ? PARODD : 0);
	if (frame.stop_bits == 2)
		want.c_cflag |= CSTOPB;
	want.c_cflag &= ~(tcflag_t)(CBAUD | CIBAUD);
	want.c_cflag |= BOTHER;
	want.c_ospeed = want.c_ispeed = settings->baud;
	if (ioctl(port->fd, TCSETS2, &want) || ioctl(port->fd, TCGETS2, &have))
		return port_errno(errno, NULL);
	/* A pty drops PARENB: there, and only there, that is no error. */
	const tcflag_t must = port->is_pty ? CSIZE | CSTOPB : FRAME_FLAGS;

	if ((want.c_cflag & must) != (have.c_cflag & must) || have.c_ospeed != settings->baud)
		return ERR_UNSUPPORTED;
	return ERR_OK;
}

static enum err tty_line(struct port *port, enum wire_line line, bool set)
{
	const int bit = line == WIRE_DTR ? TIOCM_DTR : TIOCM_RTS;

	if (!ioctl(port->fd, set ? TIOCMBIS : TIOCMBIC, &bit))
		return ERR_OK;
	return errno == ENOTTY || errno == EINVAL ? ERR_UNSUPPORTED : port_errno(errno, NULL);
}

const struct port_backend port_tty = {
	.open = tty_open,
	.close = tty_close,
	.configure = tty_configure,
	.line = tty_line,
};
