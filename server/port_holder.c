/* SPDX-License-Identifier: MIT */
/* port_holder.c - which processes have ports open, as far as /proc shows it. */
#include "server/port.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Whether what the system says of an open file has such a line. value: what follows; NULL is fine.
 */
static bool fd_says(const char *pid, const char *fd, const char *start, char value[32])
{
	char path[64], line[128];
	bool found = false;

	snprintf(path, sizeof(path), "/proc/%.16s/fdinfo/%.16s", pid, fd);
	FILE *file = fopen(path, "re");

	while (file && !found && fgets(line, sizeof(line), file))
		found = !strncmp(line, start, strlen(start));
	if (file)
		fclose(file);
	if (found && value)
		snprintf(value, 32, "%.31s", line + strlen(start));
	return found;
}

/* The number of the pty whose other end this open file is; -1: it is none. */
static int master_of(const char *pid, const char *fd, const char *target)
{
	char line[32];

	if (strcmp(target, "/dev/ptmx") != 0 && strcmp(target, "/dev/pts/ptmx") != 0)
		return -1;
	return fd_says(pid, fd, "tty-index:", line) ? atoi(line) : -1;
}

enum hold { HOLD_NONE, HOLD_OPEN, HOLD_LOCKED };

/* A port that is asked for, and who was found to have it. */
struct sought {
	char real[PATH_MAX];
	int pty; /* its number; -1: it is none */
	enum hold best;
	/* of the process that is being looked at */
	enum hold hold;
	bool is_maker;
};

static void look_at(struct sought *sought, const char *pid, const char *fd, const char *target)
{
	if (sought->pty >= 0 && master_of(pid, fd, target) == sought->pty)
		sought->is_maker = true;
	if (!strcmp(target, sought->real) && sought->hold != HOLD_LOCKED)
		sought->hold = fd_says(pid, fd, "lock:", NULL) ? HOLD_LOCKED : HOLD_OPEN;
}

static void look_through(const char *pid, struct sought *sought, size_t count)
{
	char path[64], target[PATH_MAX];

	for (size_t i = 0; i < count; i++) {
		sought[i].hold = HOLD_NONE;
		sought[i].is_maker = false;
	}
	snprintf(path, sizeof(path), "/proc/%.16s/fd", pid);
	DIR *dir = opendir(path);

	if (!dir)
		return; /* another user's, or it has just ended */
	for (struct dirent *entry; (entry = readdir(dir));) {
		const ssize_t n = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1);

		target[n > 0 ? n : 0] = '\0';
		for (size_t i = 0; i < count; i++)
			look_at(&sought[i], pid, entry->d_name, target);
	}
	closedir(dir);
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

/* Who made a pty may have its port open, too, without a lock: that is the device, not its user. */
static void note(struct sought *sought, struct port_use *use, const char *pid)
{
	const bool is_device = sought->is_maker && sought->hold == HOLD_OPEN;

	if (is_device || sought->hold <= sought->best)
		return;
	sought->best = sought->hold;
	say(pid, use->holder);
}

static void seek(struct sought *sought, const char *path)
{
	static const char slaves[] = "/dev/pts/";

	*sought = (struct sought){ .pty = -1 };
	if (!realpath(path, sought->real))
		sought->real[0] = '\0';
	else if (!strncmp(sought->real, slaves, sizeof(slaves) - 1))
		sought->pty = atoi(sought->real + sizeof(slaves) - 1);
}

void port_holders(struct port_use *uses, size_t count)
{
	struct sought *sought = calloc(count ? count : 1, sizeof(*sought));
	DIR *proc = sought ? opendir("/proc") : NULL;

	for (size_t i = 0; i < count; i++) {
		uses[i].holder[0] = '\0';
		if (sought)
			seek(&sought[i], uses[i].path);
	}
	for (struct dirent *entry; proc && (entry = readdir(proc));) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue; /* no process */
		look_through(entry->d_name, sought, count);
		for (size_t i = 0; i < count; i++)
			note(&sought[i], &uses[i], entry->d_name);
	}
	if (proc)
		closedir(proc);
	free(sought);
}

bool port_holder(const char *path, char holder[HOLDER_TEXT])
{
	struct port_use use = { .path = path };

	port_holders(&use, 1);
	memcpy(holder, use.holder, HOLDER_TEXT);
	return *holder;
}
