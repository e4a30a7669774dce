/* SPDX-License-Identifier: MIT */
/* preload_tell.c - a word to the simulator, past the functions that the libraries replace. */
#include "tests/port/preload_tell.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

void preload_tell(const char *socket_path, const char *command)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char answer[512];

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", socket_path);
	if (fd >= 0 && !connect(fd, (const struct sockaddr *)&address, sizeof(address)) &&
		send(fd, command, strlen(command), MSG_NOSIGNAL) > 0)
		while (recv(fd, answer, sizeof(answer), 0) < 0 && errno == EINTR)
			;
	if (fd >= 0)
		syscall(SYS_close, fd);
}
