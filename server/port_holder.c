/* SPDX-License-Identifier: MIT */
/* port_holder.c - which process has a port open, as far as /proc shows it. */
#include "server/port.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool has_open(const char *pid, const char *real)
{
	char path[PATH_MAX], target[PATH_MAX];
	bool found = false;

	snprintf(path, sizeof(path), "/proc/%.16s/fd", pid);
	DIR *dir = opendir(path);

	if (!dir)
		return false; /* another user's, or it has just ended */
	for (struct dirent *entry; !found && (entry = readdir(dir));) {
		const ssize_t n = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1);

		target[n > 0 ? n : 0] = '\0';
		found = !strcmp(target, real);
	}
	closedir(dir);
	return found;
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
	bool found = false;

	if (!proc)
		return false;
	for (struct dirent *entry; !found && (entry = readdir(proc));) {
		found = entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
			has_open(entry->d_name, real);
		if (found)
			say(entry->d_name, holder);
	}
	closedir(proc);
	return found;
}
