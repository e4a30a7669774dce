/* SPDX-License-Identifier: MIT */
/* command.c - a program of the user's, from its start to its end. */
#include "server/command.h"

#include "server/clock.h"
#include "server/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct child {
	pid_t pid;
	int pidfd;  /* -1: none */
	int errors; /* what it says on standard error */
};

static bool start(struct child *child, char *const argv[], int *error)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC)) {
		*error = errno;
		return false;
	}
	*error = spawn_program(&child->pid, argv, -1, ends[1]);
	close(ends[1]);
	if (*error) {
		close(ends[0]);
		return false;
	}
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	child->errors = ends[0];
	child->pidfd = (int)syscall(SYS_pidfd_open, child->pid, 0);
	return true;
}

/* Keeps the first line; the rest is read and dropped, so that the program never blocks on it. */
static bool hear(const struct child *child, char said[COMMAND_TEXT], size_t *len)
{
	char bytes[256];
	const ssize_t n = read(child->errors, bytes, sizeof(bytes));

	for (ssize_t i = 0; i < n && *len < COMMAND_TEXT - 1; i++) {
		if (bytes[i] == '\n') {
			*len = COMMAND_TEXT;
			break;
		}
		const bool is_shown = (unsigned char)bytes[i] >= ' ' && bytes[i] != 0x7F;

		said[(*len)++] = is_shown ? bytes[i] : ' ';
		said[*len] = '\0';
	}
	return n > 0 || (n < 0 && errno == EAGAIN);
}

/* false: it was still running when the time was over. */
static bool wait_exit(const struct child *child, char said[COMMAND_TEXT], uint32_t timeout_ms)
{
	const int64_t deadline = clock_monotonic_ms() + timeout_ms;
	struct pollfd fds[2] = { { child->pidfd, POLLIN, 0 }, { child->errors, POLLIN, 0 } };
	size_t len = 0;

	for (;;) {
		const int64_t left = deadline - clock_monotonic_ms();

		if (left <= 0 ||
			(poll(fds, 2, (int)(left < INT_MAX ? left : INT_MAX)) < 0 &&
				errno != EINTR))
			return false;
		if (fds[1].revents && !hear(child, said, &len))
			fds[1].fd = -1;
		if (fds[0].revents) {
			while (fds[1].fd >= 0 && poll(&fds[1], 1, 0) > 0 && hear(child, said, &len))
				;
			return true;
		}
	}
}

static enum err judge(const char *name, char said[COMMAND_TEXT], int status, struct why *why)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return ERR_OK;
	if (!said[0])
		snprintf(said, COMMAND_TEXT, "the %s command failed without saying why", name);
	return why_set(why, ERR_CONTROL, said);
}

enum err command_run(char *const argv[], const char *name, uint32_t timeout_ms,
	char said[COMMAND_TEXT], struct why *why)
{
	struct child child;
	int status = 0, error;

	said[0] = '\0';
	if (!start(&child, argv, &error)) {
		snprintf(said, COMMAND_TEXT, "the %s command can't be run: %s", name,
			strerror(error));
		return why_set(why, ERR_CONTROL, said);
	}
	const bool ended = wait_exit(&child, said, timeout_ms);

	/* The whole group: also what it may have left behind. */
	kill(-child.pid, SIGKILL);
	waitpid(child.pid, &status, 0);
	close(child.errors);
	if (child.pidfd >= 0)
		close(child.pidfd);
	if (ended)
		return judge(name, said, status, why);
	snprintf(said, COMMAND_TEXT, "the %s command did not end in time", name);
	return why_set(why, ERR_CONTROL, said);
}
