/* SPDX-License-Identifier: MIT */
/* port_holder.c - which process has a port open, as far as /proc shows it. */
#include "server/port.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Whether a line of what the system says of an open file begins so. */
static bool fd_says(const char *pid, const char *fd, const char *start)
{
	char path[64], line[128];
	bool found = false;

	snprintf(path, sizeof(path), "/proc/%.16s/fdinfo/%.16s", pid, fd);
	FILE *file = fopen(path, "re");

	while (file && !found && fgets(line, sizeof(line), file))
		found = !strncmp(line, start, strlen(start));
	if (file)
		fclose(file);
	return found;
}

/* Whether the open file is the other end of this pty. */
static bool is_master(const char *pid, const char *fd, const char *target, const char *real)
{
	static const char slaves[] = "/dev/pts/";
	char number[32];

	if (strncmp(real, slaves, sizeof(slaves) - 1) != 0 ||
		(strcmp(target, "/dev/ptmx") != 0 && strcmp(target, "/dev/pts/ptmx") != 0))
		return false;
	snprintf(number, sizeof(number), "tty-index:\t%.10s\n", real + sizeof(slaves) - 1);
	return fd_says(pid, fd, number);
}

enum hold { HOLD_NONE, HOLD_OPEN, HOLD_LOCKED };

/* Who made a pty may have its port open, too, without a lock: that is the device, not its user. */
static enum hold hold_of(const char *pid, const char *real)
{
	char path[64], target[PATH_MAX];
	enum hold hold = HOLD_NONE;
	bool is_maker = false;

	snprintf(path, sizeof(path), "/proc/%.16s/fd", pid);
	DIR *dir = opendir(path);

	if (!dir)
		return HOLD_NONE; /* another user's, or it has just ended */
	for (struct dirent *entry; hold != HOLD_LOCKED && (entry = readdir(dir));) {
		const char *fd = entry->d_name;
		const ssize_t n = readlinkat(dirfd(dir), fd, target, sizeof(target) - 1);

		target[n > 0 ? n : 0] = '\0';
		is_maker |= is_master(pid, fd, target, real);
		if (!strcmp(target, real))
			hold = fd_says(pid, fd, "lock:") ? HOLD_LOCKED : HOLD_OPEN;
	}
	closedir(dir);
	return is_maker && hold == HOLD_OPEN ? HOLD_NONE : hold;
}

static void say(const char *pid, char holder[HOLDER_TEXT])
{
	char path[64], name[32] = "a program";

	snprintf(path, sizeof(path), "/proc/%.16s/comm", pid);
	FILE *file = fopen(path, "re");

	if (file) {
		if (fgets(name, sizeof(name), file))
			name[strcspn(name, "\n")] = '\0';
		fclose(file);
	}
	snprintf(holder, HOLDER_TEXT, "%s (pid %.16s)", name, pid);
}

bool port_holder(const char *path, char holder[HOLDER_TEXT])
{
	char real[PATH_MAX];
	DIR *proc = realpath(path, real) ? opendir("/proc") : NULL;
	enum hold best = HOLD_NONE;

	if (!proc)
		return false;
	for (struct dirent *entry; best != HOLD_LOCKED && (entry = readdir(proc));) {
		const bool is_process = entry->d_name[0] >= '1' && entry->d_name[0] <= '9';
		const enum hold hold = is_process ? hold_of(entry->d_name, real) : HOLD_NONE;

		if (hold <= best)
			continue;
		best = hold;
		say(entry->d_name, holder);
	}
	closedir(proc);
	return best != HOLD_NONE;
}
