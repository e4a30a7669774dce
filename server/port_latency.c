/* SPDX-License-Identifier: MIT */
/* port_latency.c - asking a port to answer at once. */
#include "server/port_latency.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/serial.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { SHORTEST_MS = 1, LONGEST_MS = 255 };

/* Drivers that cannot say so. */
static void ask_driver(int fd)
{
	struct serial_struct serial;

	if (ioctl(fd, TIOCGSERIAL, &serial))
		return;
	serial.flags |= ASYNC_LOW_LATENCY;
	(void)ioctl(fd, TIOCSSERIAL, &serial);
}

/* In ms; 0: there is none, or it can't be read. */
static long read_timer(const char *path)
{
	char text[16] = { 0 };
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return 0;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	const long ms = n > 0 ? strtol(text, NULL, 10) : 0;

	return ms > 0 && ms <= LONGEST_MS ? ms : 0;
}

/* 0, or errno. */
static int write_timer(const char *path)
{
	const int fd = open(path, O_WRONLY | O_CLOEXEC);
	int error = 0;

	if (fd < 0)
		return errno;
	if (write(fd, "1\n", 2) != 2)
		error = errno ? errno : EIO;
	close(fd);
	return error;
}

const char *port_latency_lower(int fd, const char *root, const char *name)
{
	char path[PATH_MAX];

	ask_driver(fd);
	if (snprintf(path, sizeof(path), "%s/class/tty/%s/device/latency_timer", root, name) >=
		(int)sizeof(path))
		return NULL;
	if (read_timer(path) <= SHORTEST_MS)
		return NULL;
	const int error = write_timer(path);

	if (!error && read_timer(path) <= SHORTEST_MS)
		return NULL;
	if (error == EACCES || error == EPERM || error == EROFS)
		return "its latency timer may not be set by this user: write 1 to latency_timer in "
		       "its sysfs folder, or let a udev rule do it";
	return "its latency timer can't be set";
}
