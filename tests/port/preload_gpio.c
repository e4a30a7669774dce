/* SPDX-License-Identifier: MIT */
/*
 * preload_gpio.c - a GPIO chip where there is none: it answers what libgpiod asks the kernel's
 * character device (linux/gpio.h), and hands the levels on to simulated boards. For tests only,
 * through LD_PRELOAD, alone or beside preload.c.
 *
 * BENCHD_GPIO="CHIP,27=nrst@SOCKET,17=!boot0@SOCKET,4=used": CHIP is a link to /dev/null, each
 * line reaches a pin of the board whose control socket follows, "!" through an inverting
 * transistor; a line that is "used" is somebody else's. BENCHD_GPIO_DENIED set: nobody may open it.
 */
#include "tests/port/preload_tell.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SYS_ENTRY "/sys/bus/gpio/devices/null/dev"
#define NULL_DEVICE "1:3\n" /* /dev/null, as CHIP leads there */

enum { MAX_FD = 1024, LINES = 54, CHIP_FD = -1 };

struct line {
	const char *pin, *socket; /* NULL: not wired */
	bool is_inverted, is_used, is_held, is_open_drain;
	bool level; /* while it is held */
	char consumer[GPIO_MAX_NAME_SIZE];
};

static const char *chip;
static struct line lines[LINES];
static int by_fd[MAX_FD]; /* 0: not ours; CHIP_FD; or a line's number and 1 */
/* Guards all of the above; held while the simulator is asked, which never waits for us. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

typedef int open_fn(const char *, int, ...);
typedef int close_fn(int);
typedef int ioctl_fn(int, unsigned long, ...);
typedef int access_fn(const char *, int);

/* ISO C has no conversion from an object pointer to a function. */
#define NEXT(type, name)                                                                           \
	static type next;                                                                          \
	if (!next)                                                                                 \
	*(void **)&next = dlsym(RTLD_NEXT, name)

static void read_line(char *word)
{
	char *pin = strchr(word, '=');
	const unsigned long number = strtoul(word, NULL, 10);

	if (!pin || number >= LINES)
		abort();
	struct line *line = &lines[number];

	line->is_used = !strcmp(++pin, "used");
	if (line->is_used) {
		strcpy(line->consumer, "spi0 CS0");
		return;
	}
	line->is_inverted = *pin == '!';
	line->pin = pin + line->is_inverted;
	char *at = strchr(pin, '@');

	if (!at)
		abort();
	*at = '\0';
	line->socket = at + 1;
}

__attribute__((constructor)) static void read_environment(void)
{
	const char *const given = getenv("BENCHD_GPIO");
	char *rest = NULL;
	char *const copy = given ? strdup(given) : NULL; /* lives as long as we do */

	chip = copy ? strtok_r(copy, ",", &rest) : NULL;
	for (char *word; chip && (word = strtok_r(NULL, ",", &rest));)
		read_line(word);
}

/* What the board's pin sees: a line that nobody drives leaves it to the board's own resistor. */
static bool pin_level(const struct line *line)
{
	const bool is_driven = line->is_held && !(line->is_open_drain && line->level);

	if (line->is_inverted)
		return !(is_driven && line->level);
	if (!is_driven)
		return !strcmp(line->pin, "nrst");
	return line->level;
}

static void drive(struct line *line)
{
	char command[32];

	if (!line->pin)
		return;
	snprintf(command, sizeof(command), "%s %d\n", line->pin, pin_level(line));
	preload_tell(line->socket, command);
}

static int own(int fd, int what)
{
	if (fd >= MAX_FD)
		abort();
	if (fd >= 0)
		by_fd[fd] = what;
	return fd;
}

static int open_null(void)
{
	return (int)syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC);
}

/* -2: the path is none of ours. */
static int open_ours(const char *path)
{
	if (chip && !strcmp(path, SYS_ENTRY)) {
		const int fd = memfd_create("dev", MFD_CLOEXEC);

		if (write(fd, NULL_DEVICE, strlen(NULL_DEVICE)) < 0 || lseek(fd, 0, SEEK_SET))
			abort();
		return fd;
	}
	if (!chip || strcmp(path, chip))
		return -2;
	if (getenv("BENCHD_GPIO_DENIED")) {
		errno = EACCES;
		return -1;
	}
	pthread_mutex_lock(&lock);
	const int fd = own(open_null(), CHIP_FD);

	pthread_mutex_unlock(&lock);
	return fd;
}

#define OPEN(name)                                                                                 \
	int name(const char *path, int flags, ...)                                                 \
	{                                                                                          \
		NEXT(open_fn *, #name);                                                            \
		va_list args;                                                                      \
		va_start(args, flags);                                                             \
		const mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(args, mode_t) : 0;    \
		va_end(args);                                                                      \
		const int fd = open_ours(path);                                                    \
		return fd == -2 ? next(path, flags, mode) : fd;                                    \
	}

OPEN(open)
OPEN(open64)

int access(const char *path, int mode)
{
	NEXT(access_fn *, "access");
	return chip && !strcmp(path, SYS_ENTRY) ? 0 : next(path, mode);
}

int close(int fd)
{
	NEXT(close_fn *, "close");
	pthread_mutex_lock(&lock);
	const int what = fd >= 0 && fd < MAX_FD ? by_fd[fd] : 0;

	if (what)
		by_fd[fd] = 0;
	if (what > 0) {
		lines[what - 1].is_held = false;
		drive(&lines[what - 1]);
	}
	pthread_mutex_unlock(&lock);
	return next(fd);
}

static int fail(int error)
{
	errno = error;
	return -1;
}

static int chip_info(struct gpiochip_info *info)
{
	*info = (struct gpiochip_info){ .name = "gpiochip0", .label = "preload", .lines = LINES };
	return 0;
}

static int line_info(struct gpioline_info *info)
{
	if (info->line_offset >= LINES)
		return fail(EINVAL);
	const struct line *line = &lines[info->line_offset];

	memset(info->name, 0, sizeof(info->name));
	memcpy(info->consumer, line->consumer, sizeof(info->consumer));
	info->flags = (line->is_used || line->is_held ? GPIOLINE_FLAG_KERNEL : 0) |
		(line->is_held ? GPIOLINE_FLAG_IS_OUT : 0) |
		(line->is_held && line->is_open_drain ? GPIOLINE_FLAG_OPEN_DRAIN : 0);
	return 0;
}

/* One line, as an output. */
static int hold_line(struct gpiohandle_request *request)
{
	struct line *line = &lines[request->lineoffsets[0]];

	if (request->lines != 1 || request->lineoffsets[0] >= LINES ||
		!(request->flags & GPIOHANDLE_REQUEST_OUTPUT))
		return fail(EINVAL);
	if (line->is_used || line->is_held)
		return fail(EBUSY);
	line->is_open_drain = request->flags & GPIOHANDLE_REQUEST_OPEN_DRAIN;
	/* A reset button would short a driven high. */
	if (line->pin && !strcmp(line->pin, "nrst") && !line->is_inverted && !line->is_open_drain)
		return fail(EPERM);
	line->is_held = true;
	line->level = request->default_values[0];
	memcpy(line->consumer, request->consumer_label, sizeof(line->consumer));
	drive(line);
	request->fd = own(open_null(), (int)request->lineoffsets[0] + 1);
	return 0;
}

static int set_level(struct line *line, const struct gpiohandle_data *data)
{
	line->level = data->values[0];
	drive(line);
	return 0;
}

static int answer(int what, unsigned long request, void *arg)
{
	switch (request) {
	case GPIO_GET_CHIPINFO_IOCTL:
		return what == CHIP_FD ? chip_info(arg) : fail(ENOTTY);
	case GPIO_GET_LINEINFO_IOCTL:
		return what == CHIP_FD ? line_info(arg) : fail(ENOTTY);
	case GPIO_GET_LINEHANDLE_IOCTL:
		return what == CHIP_FD ? hold_line(arg) : fail(ENOTTY);
	case GPIOHANDLE_SET_LINE_VALUES_IOCTL:
		return what > 0 ? set_level(&lines[what - 1], arg) : fail(ENOTTY);
	default:
		return fail(ENOTTY);
	}
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list args;

	NEXT(ioctl_fn *, "ioctl");
	va_start(args, request);
	void *const arg = va_arg(args, void *);

	va_end(args);
	if (fd < 0 || fd >= MAX_FD || !by_fd[fd])
		return next(fd, request, arg);
	pthread_mutex_lock(&lock);
	const int result = answer(by_fd[fd], request, arg);

	pthread_mutex_unlock(&lock);
	return result;
}
