/* SPDX-License-Identifier: MIT */
/* watch.c - waits for a port that is absent, by inotify on the nearest folder of its path. */
#include "server/watch.h"

#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

/* udev makes a device, then its links, then their permissions: tried once they stand. */
enum { CALM_MS = 50 };

struct watch {
	int fd; /* -1: none to be had, the re-try alone must do */
	char *path;
};

struct watch *watch_new(const char *path)
{
	struct watch *watch = malloc(sizeof(*watch));

	if (!watch)
		return NULL;
	watch->path = strdup(path);
	watch->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (!watch->path) {
		watch_free(watch);
		return NULL;
	}
	return watch;
}

void watch_free(struct watch *watch)
{
	if (!watch)
		return;
	if (watch->fd >= 0)
		close(watch->fd);
	free(watch->path);
	free(watch);
}

/* The same folder again is no new watch; the folders between vanish and come back with udev. */
void watch_aim(struct watch *watch)
{
	char *folder = watch->fd >= 0 ? strdup(watch->path) : NULL;

	for (char *slash; folder && (slash = strrchr(folder, '/'));) {
		slash[slash == folder] = '\0';
		if (inotify_add_watch(watch->fd, folder, IN_CREATE | IN_MOVED_TO | IN_ATTRIB) >=
				0 ||
			slash == folder)
			break;
	}
	free(folder);
}

static void empty(int fd)
{
	char bytes[4096];

	while (read(fd, bytes, sizeof(bytes)) > 0)
		;
}

void watch_wait(struct watch *watch, int wake, uint32_t most_ms)
{
	struct pollfd fds[2] = { { wake, POLLIN, 0 }, { watch->fd, POLLIN, 0 } };

	watch_aim(watch);
	if (poll(fds, 2, most_ms < INT_MAX ? (int)most_ms : INT_MAX) > 0 && fds[1].revents) {
		poll(fds, 1, CALM_MS);
		empty(watch->fd);
	}
}
