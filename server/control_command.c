/* SPDX-License-Identifier: MIT */
/*
 * control_command.c - a program of the user's restarts the chip: no shell, a deadline, and the
 * first line that it says on standard error for the one who has to find out why it failed.
 */
#include "server/control_kind.h"

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
static bool hear(const struct child *child, struct control_memory *m, size_t *len)
{
	char bytes[256];
	const ssize_t n = read(child->errors, bytes, sizeof(bytes));

	for (ssize_t i = 0; i < n && *len < sizeof(m->said) - 1; i++) {
		if (bytes[i] == '\n') {
			*len = sizeof(m->said);
			break;
		}
		const bool is_shown = (unsigned char)bytes[i] >= ' ' && bytes[i] != 0x7F;

		m->said[(*len)++] = is_shown ? bytes[i] : ' ';
		m->said[*len] = '\0';
	}
	return n > 0 || (n < 0 && errno == EAGAIN);
}

/* false: it was still running when the time was over. */
static bool wait_exit(const struct child *child, struct control_memory *m, uint32_t timeout_ms)
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
		if (fds[1].revents && !hear(child, m, &len))
			fds[1].fd = -1;
		if (fds[0].revents) {
			while (fds[1].fd >= 0 && poll(&fds[1], 1, 0) > 0 && hear(child, m, &len))
				;
			return true;
		}
	}
}

static enum err judge(const struct control_memory *m, int status, struct why *why)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return ERR_OK;
	if (m->said[0])
		return why_set(why, ERR_CONTROL, m->said);
	return why_set(why, ERR_CONTROL, "the control command failed without saying why");
}

static enum err run(struct control_memory *m, char *const argv[], struct why *why)
{
	struct child child;
	int status = 0, error;

	m->said[0] = '\0';
	if (!start(&child, argv, &error)) {
		snprintf(m->said, sizeof(m->said), "the control command can't be run: %s",
			strerror(error));
		return why_set(why, ERR_CONTROL, m->said);
	}
	bool ended = wait_exit(&child, m, m->config->timeout_ms);

	/* The whole group: also what it may have left behind. */
	kill(-child.pid, SIGKILL);
	waitpid(child.pid, &status, 0);
	close(child.errors);
	if (child.pidfd >= 0)
		close(child.pidfd);
	if (!ended)
		return why_set(why, ERR_CONTROL, "the control command did not end in time");
	return judge(m, status, why);
}

/*
 * The program knows when reset was released, not when the ROM listens: most do so within 5 ms
 * (docs/facts/an3155.md section 2.2), and a 7F that comes too early costs a whole try.
 */
enum { START_UP_MS = 6 };

enum err control_command_restart(void *ctx, enum control_into into, struct why *why)
{
	struct control_memory *m = ctx;
	char **argv =
		into == INTO_BOOTLOADER ? m->config->bootloader_argv : m->config->application_argv;

	if (!argv || !argv[0])
		return why_set(why, ERR_UNSUPPORTED, "no control command is given for this");
	const enum err e = run(m, argv, why);

	if (!e && into == INTO_BOOTLOADER)
		m->wire.ops->pause(m->wire.ctx, START_UP_MS);
	return e;
}

bool control_command_resets(const struct config_control *config)
{
	return config->application_argv && config->application_argv[0];
}
