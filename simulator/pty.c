/* SPDX-License-Identifier: MIT */
/* pty.c - the board's tty and its link. */
#include "simulator/pty.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define PTS "/dev/pts/"

void pty_init(struct pty *pty, const char *link)
{
	*pty = (struct pty){ .master = -1, .slave = -1, .watch = -1, .link = link };
}

/* Nothing, a link to nothing, or a link into /dev/pts, as one that was killed leaves behind. */
static bool is_replaceable(const char *path)
{
	char target[PATH_MAX];
	struct stat at;

	if (lstat(path, &at) < 0)
		return errno == ENOENT;
	const ssize_t len = S_ISLNK(at.st_mode) ? readlink(path, target, sizeof(target) - 1) : -1;

	if (len > 0) {
		target[len] = '\0';
		if (!strncmp(target, PTS, strlen(PTS)) || (stat(path, &at) < 0 && errno == ENOENT))
			return true;
	}
	errno = EEXIST;
	return false;
}

static bool make_link(const struct pty *pty)
{
	char fresh[PATH_MAX];
	const int len = snprintf(fresh, sizeof(fresh), "%s.%d", pty->link, (int)getpid());

	if (len < 0 || (size_t)len >= sizeof(fresh)) {
		errno = ENAMETOOLONG;
		return false;
	}
	if (!is_replaceable(pty->link) || symlink(pty->slave_path, fresh) < 0)
		return false;
	if (!rename(fresh, pty->link))
		return true;
	const int error = errno;

	unlink(fresh);
	errno = error;
	return false;
}

static bool open_pair(struct pty *pty)
{
	struct termios raw;

	pty->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (pty->master < 0 || grantpt(pty->master) < 0 || unlockpt(pty->master) < 0)
		return false;
	if (ptsname_r(pty->master, pty->slave_path, sizeof(pty->slave_path)))
		return false;
	pty->slave = open(pty->slave_path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (pty->slave < 0 || tcgetattr(pty->slave, &raw) < 0)
		return false;
	cfmakeraw(&raw);
	cfsetspeed(&raw, B115200);
	return !tcsetattr(pty->slave, TCSANOW, &raw);
}

/* After our own open, so that only the others' are seen. */
static bool start_watch(struct pty *pty)
{
	pty->watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	return pty->watch >= 0 &&
		inotify_add_watch(pty->watch, pty->slave_path,
			IN_OPEN | IN_CLOSE_WRITE | IN_CLOSE_NOWRITE) >= 0;
}

static void close_all(struct pty *pty)
{
	if (pty->watch >= 0)
		close(pty->watch);
	if (pty->slave >= 0)
		close(pty->slave);
	if (pty->master >= 0)
		close(pty->master);
	pty->watch = pty->slave = pty->master = -1;
	pty->has_host = false;
}

bool pty_plug(struct pty *pty)
{
	if (pty_is_plugged(pty))
		return true;
	if (open_pair(pty) && start_watch(pty) && make_link(pty))
		return true;
	const int error = errno;

	close_all(pty);
	errno = error;
	return false;
}

void pty_unplug(struct pty *pty)
{
	char target[sizeof(pty->slave_path)];

	if (!pty_is_plugged(pty))
		return;
	const ssize_t len = readlink(pty->link, target, sizeof(target) - 1);

	/* Only our own link: another may have been put there meanwhile. */
	if (len > 0 && (size_t)len == strlen(pty->slave_path) &&
		!memcmp(target, pty->slave_path, (size_t)len))
		unlink(pty->link);
	close_all(pty);
}

bool pty_is_plugged(const struct pty *pty)
{
	return pty->master >= 0;
}

/* A tty that nobody has open forgets what was not read, and who wanted it for himself. */
static void forget_host(const struct pty *pty)
{
	tcflush(pty->slave, TCIFLUSH);
	ioctl(pty->slave, TIOCNXCL);
}

static bool has_open(const char *pid, const char *path)
{
	char name[PATH_MAX], target[PATH_MAX];
	struct dirent *entry;
	bool is_found = false;

	snprintf(name, sizeof(name), "/proc/%s/fd", pid);
	DIR *fds = opendir(name);

	while (fds && !is_found && (entry = readdir(fds))) {
		const ssize_t len =
			readlinkat(dirfd(fds), entry->d_name, target, sizeof(target) - 1);

		is_found = len > 0 && (size_t)len == strlen(path) &&
			!memcmp(target, path, (size_t)len);
	}
	if (fds)
		closedir(fds);
	return is_found;
}

/*
 * Counting opens and closes would go wrong: inotify folds two equal events in a row into one. So
 * every close has us ask who is left. A process of another user can't be looked into; it counts
 * until somebody closes.
 */
static bool is_open_elsewhere(const struct pty *pty)
{
	struct dirent *entry;
	char self[16];
	bool is_found = false;
	DIR *processes = opendir("/proc");

	snprintf(self, sizeof(self), "%d", (int)getpid());
	while (processes && !is_found && (entry = readdir(processes))) {
		const bool is_process = entry->d_name[0] >= '1' && entry->d_name[0] <= '9';

		if (is_process && strcmp(entry->d_name, self) != 0)
			is_found = has_open(entry->d_name, pty->slave_path);
	}
	if (processes)
		closedir(processes);
	return is_found;
}

void pty_watch(struct pty *pty)
{
	_Alignas(struct inotify_event) char events[4096];
	const ssize_t len = read(pty->watch, events, sizeof(events));
	uint32_t seen = 0;

	for (ssize_t at = 0; at < len;) {
		struct inotify_event event;

		memcpy(&event, events + at, sizeof(event));
		at += (ssize_t)(sizeof(event) + event.len);
		seen |= event.mask;
	}
	if (seen & IN_CLOSE)
		pty->has_host = is_open_elsewhere(pty);
	else if (seen & IN_OPEN)
		pty->has_host = true;
	if (seen & IN_CLOSE && !pty->has_host)
		forget_host(pty);
}
