/* SPDX-License-Identifier: MIT */
/*
 * preload.c - lends a pty what only a serial port has (docs/facts/pty.md): modem lines, which reach
 * the simulator's control socket; parity, which sticks and is told to the simulator; and an entry
 * in /sys/class/tty, so that libserialport opens it. For tests only, through LD_PRELOAD.
 *
 * BENCHD_PRELOAD="LINK=SOCKET,LINK=SOCKET" names the boards' ttys and control sockets.
 * With a program under gcc's address sanitizer the sanitizer comes first:
 * LD_PRELOAD="$(gcc -print-file-name=libasan.so) libbenchd_preload.so". This library itself is
 * built without sanitizers.
 */
#include "tests/port/preload_tell.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define SYS_TTY "/sys/class/tty/"

/* glibc's header has no names for these: the kernel's termios2 requests. */
#define GETS2 0x802C542Au
#define SETS2 0x402C542Bu
#define SETSW2 0x402C542Cu
#define SETSF2 0x402C542Du

enum { MAX_FD = 1024, MAX_PORTS = 64, C_CFLAG = 2 };
#define FRAME_BITS ((unsigned)(PARENB | PARODD | CSTOPB))

struct port {
	const char *link, *socket;
	unsigned frame; /* of FRAME_BITS */
	unsigned lines; /* TIOCM_DTR, TIOCM_RTS */
	unsigned openers;
};

static struct port ports[MAX_PORTS];
static size_t port_count;
static struct port *by_fd[MAX_FD];
/* Guards all of the above; held while the simulator is asked, which never waits for us. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* ISO C has no conversion from an object pointer to a function. */
static void *next_function(const char *name)
{
	void *const next = dlsym(RTLD_NEXT, name);

	if (!next)
		abort();
	return next;
}

#define NEXT(type, name)                                                                           \
	static type next;                                                                          \
	if (!next)                                                                                 \
	*(void **)&next = next_function(name)

typedef int open_fn(const char *, int, ...);
typedef int openat_fn(int, const char *, int, ...);
typedef int close_fn(int);
typedef int ioctl_fn(int, unsigned long, ...);
typedef int getattr_fn(int, struct termios *);
typedef int setattr_fn(int, int, const struct termios *);
typedef int lstat_fn(const char *, struct stat *);
typedef int lxstat_fn(int, const char *, struct stat *);
typedef ssize_t readlink_fn(const char *, char *, size_t);

static int real_close(int fd)
{
	NEXT(close_fn *, "close");
	return next(fd);
}

static ssize_t real_readlink(const char *path, char *out, size_t len)
{
	NEXT(readlink_fn *, "readlink");
	return next(path, out, len);
}

__attribute__((constructor)) static void read_environment(void)
{
	const char *const given = getenv("BENCHD_PRELOAD");
	char *rest = NULL;
	char *const copy = given ? strdup(given) : NULL; /* lives as long as we do */

	for (char *word = copy ? strtok_r(copy, ",", &rest) : NULL; word && port_count < MAX_PORTS;
		word = strtok_r(NULL, ",", &rest)) {
		char *const equals = strchr(word, '=');

		if (!equals)
			continue;
		*equals = '\0';
		ports[port_count++] = (struct port){ .link = word, .socket = equals + 1 };
	}
}

/* The port that path leads to, through its link or directly. */
static struct port *port_of_path(const char *path)
{
	char real[PATH_MAX], target[PATH_MAX];

	if (!port_count || !realpath(path, real))
		return NULL;
	for (size_t i = 0; i < port_count; i++) {
		if (realpath(ports[i].link, target) && !strcmp(real, target))
			return &ports[i];
	}
	return NULL;
}

static struct port *port_of_fd(int fd)
{
	return fd >= 0 && fd < MAX_FD ? by_fd[fd] : NULL;
}

static void tell_frame(const struct port *port)
{
	static const char *const commands[] = { "parity 8n1\n", "parity 8e1\n", "parity 8o1\n",
		"parity 8n2\n" };

	if (port->frame & CSTOPB)
		preload_tell(port->socket, commands[3]);
	else if (port->frame & PARENB)
		preload_tell(port->socket, commands[port->frame & PARODD ? 2 : 1]);
	else
		preload_tell(port->socket, commands[0]);
}

static void set_lines(struct port *port, unsigned lines)
{
	char command[] = "lines 0 0\n";

	if (port->lines == lines)
		return;
	port->lines = lines;
	command[6] = lines & TIOCM_DTR ? '1' : '0';
	command[8] = lines & TIOCM_RTS ? '1' : '0';
	preload_tell(port->socket, command);
}

/* The first open of a serial port raises both lines. */
static int adopt(const char *path, int fd)
{
	const int error = errno;

	if (fd >= 0 && fd < MAX_FD) {
		pthread_mutex_lock(&lock);
		struct port *port = by_fd[fd] = port_of_path(path);

		if (port && port->openers++ == 0) {
			set_lines(port, TIOCM_DTR | TIOCM_RTS);
			tell_frame(port);
		}
		pthread_mutex_unlock(&lock);
	}
	errno = error;
	return fd;
}

static mode_t mode_of(int flags, va_list args)
{
	return flags & (O_CREAT | __O_TMPFILE) ? va_arg(args, mode_t) : 0;
}

#define OPEN(name)                                                                                 \
	int name(const char *path, int flags, ...)                                                 \
	{                                                                                          \
		NEXT(open_fn *, #name);                                                            \
		va_list args;                                                                      \
		va_start(args, flags);                                                             \
		const mode_t mode = mode_of(flags, args);                                          \
		va_end(args);                                                                      \
		return adopt(path, next(path, flags, mode));                                       \
	}

#define OPEN_2(name)                                                                               \
	int name(const char *path, int flags);                                                     \
	int name(const char *path, int flags)                                                      \
	{                                                                                          \
		NEXT(open_fn *, #name);                                                            \
		return adopt(path, next(path, flags));                                             \
	}

#define OPENAT(name)                                                                               \
	int name(int at, const char *path, int flags, ...)                                         \
	{                                                                                          \
		NEXT(openat_fn *, #name);                                                          \
		va_list args;                                                                      \
		va_start(args, flags);                                                             \
		const mode_t mode = mode_of(flags, args);                                          \
		va_end(args);                                                                      \
		return adopt(path, next(at, path, flags, mode));                                   \
	}

OPEN(open)
OPEN(open64)
OPEN_2(__open_2)
OPEN_2(__open64_2)
OPENAT(openat)
OPENAT(openat64)

/* The last close drops both lines when HUPCL is set. */
int close(int fd)
{
	struct termios settings;

	pthread_mutex_lock(&lock);
	struct port *port = port_of_fd(fd);

	if (port) {
		by_fd[fd] = NULL;
		if (--port->openers == 0 && !tcgetattr(fd, &settings) && settings.c_cflag & HUPCL)
			set_lines(port, 0);
	}
	pthread_mutex_unlock(&lock);
	return real_close(fd);
}

/* A pty refuses parity and two stop bits: they are kept here. */
static unsigned take_frame(struct port *port, unsigned cflag)
{
	if (port->frame != (cflag & FRAME_BITS)) {
		port->frame = cflag & FRAME_BITS;
		tell_frame(port);
	}
	return cflag & ~FRAME_BITS;
}

int tcsetattr(int fd, int when, const struct termios *settings)
{
	struct termios plain = *settings;

	NEXT(setattr_fn *, "tcsetattr");
	pthread_mutex_lock(&lock);
	struct port *port = port_of_fd(fd);

	if (port)
		plain.c_cflag = take_frame(port, plain.c_cflag);
	pthread_mutex_unlock(&lock);
	return next(fd, when, &plain);
}

int tcgetattr(int fd, struct termios *settings)
{
	NEXT(getattr_fn *, "tcgetattr");
	const int result = next(fd, settings);
	const struct port *port = port_of_fd(fd);

	if (!result && port)
		settings->c_cflag |= port->frame;
	return result;
}

static int change_lines(struct port *port, unsigned long request, unsigned lines)
{
	if (request == TIOCMBIS)
		lines = port->lines | lines;
	else if (request == TIOCMBIC)
		lines = port->lines & ~lines;
	set_lines(port, lines & (TIOCM_DTR | TIOCM_RTS));
	return 0;
}

static int port_ioctl(struct port *port, int fd, unsigned long request, void *arg, ioctl_fn *next)
{
	unsigned plain[64 / sizeof(unsigned)];
	unsigned *const flags = arg;
	int result;

	switch (request) {
	case TIOCMGET:
		*flags = port->lines;
		return 0;
	case TIOCMSET:
	case TIOCMBIS:
	case TIOCMBIC:
		return change_lines(port, request, *flags);
	case TCGETS:
	case GETS2:
		result = next(fd, request, arg);
		if (!result)
			flags[C_CFLAG] |= port->frame;
		return result;
	case TCSETS:
	case TCSETSW:
	case TCSETSF:
		memcpy(plain, arg, 36); /* the kernel's struct termios */
		plain[C_CFLAG] = take_frame(port, plain[C_CFLAG]);
		return next(fd, request, plain);
	case SETS2:
	case SETSW2:
	case SETSF2:
		memcpy(plain, arg, 44); /* struct termios2 */
		plain[C_CFLAG] = take_frame(port, plain[C_CFLAG]);
		return next(fd, request, plain);
	default:
		return next(fd, request, arg);
	}
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list args;

	NEXT(ioctl_fn *, "ioctl");
	va_start(args, request);
	void *const arg = va_arg(args, void *);

	va_end(args);
	if (!port_of_fd(fd))
		return next(fd, request, arg);
	pthread_mutex_lock(&lock);
	const int result = port_ioctl(port_of_fd(fd), fd, request, arg, next);

	pthread_mutex_unlock(&lock);
	return result;
}

/* Whether this is the /sys/class/tty entry of one of our ttys. */
static bool is_sys_entry(const char *path)
{
	char device[PATH_MAX];

	if (!port_count || strncmp(path, SYS_TTY, strlen(SYS_TTY)))
		return false;
	snprintf(device, sizeof(device), "/dev/%s", path + strlen(SYS_TTY));
	return port_of_path(device) != NULL;
}

static int pretend_link(struct stat *at)
{
	memset(at, 0, sizeof(*at));
	at->st_mode = S_IFLNK | 0777;
	return 0;
}

int lstat(const char *path, struct stat *at)
{
	NEXT(lstat_fn *, "lstat");
	return is_sys_entry(path) ? pretend_link(at) : next(path, at);
}

int __lxstat(int version, const char *path, struct stat *at);
int __lxstat(int version, const char *path, struct stat *at)
{
	NEXT(lxstat_fn *, "__lxstat");
	return is_sys_entry(path) ? pretend_link(at) : next(version, path, at);
}

ssize_t readlink(const char *path, char *out, size_t len)
{
	static const char target[] = "../../devices/platform/serial8250/tty/pts";

	if (!is_sys_entry(path))
		return real_readlink(path, out, len);
	if (len > sizeof(target) - 1)
		len = sizeof(target) - 1;
	memcpy(out, target, len);
	return (ssize_t)len;
}
