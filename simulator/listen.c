/* SPDX-License-Identifier: MIT */
/* listen.c - the control socket, both sides of it. */
#include "simulator/listen.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

void listen_init(struct listen *listen, const char *path)
{
	*listen = (struct listen){ .fd = -1, .path = path };
	for (int i = 0; i < LISTEN_CLIENTS; i++)
		listen->clients[i].fd = -1;
}

static bool address_of(const char *path, struct sockaddr_un *address)
{
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (strlen(path) < sizeof(address->sun_path)) {
		strcpy(address->sun_path, path);
		return true;
	}
	errno = ENAMETOOLONG;
	return false;
}

static int connect_to(const char *path)
{
	struct sockaddr_un address;
	const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (address_of(path, &address) &&
		!connect(fd, (const struct sockaddr *)&address, sizeof(address)))
		return fd;
	const int error = errno;

	close(fd);
	errno = error;
	return -1;
}

/* Removes a socket that a killed simulator left. */
static bool clear_way(const char *path)
{
	struct stat at;

	if (lstat(path, &at) < 0)
		return errno == ENOENT;
	if (!S_ISSOCK(at.st_mode)) {
		errno = EEXIST;
		return false;
	}
	const int fd = connect_to(path);

	if (fd >= 0) {
		close(fd);
		errno = EADDRINUSE;
		return false;
	}
	return errno == ECONNREFUSED && !unlink(path);
}

bool listen_start(struct listen *listener)
{
	struct sockaddr_un address;

	if (!listener->path)
		return true;
	if (!address_of(listener->path, &address) || !clear_way(listener->path))
		return false;
	listener->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (listener->fd < 0)
		return false;
	const mode_t mask = umask(077);
	const int failed = bind(listener->fd, (const struct sockaddr *)&address, sizeof(address));

	umask(mask);
	if (!failed && !listen(listener->fd, LISTEN_CLIENTS))
		return true;
	const int error = errno;

	close(listener->fd);
	listener->fd = -1;
	errno = error;
	return false;
}

static void drop(struct listen_client *client)
{
	if (client->fd >= 0)
		close(client->fd);
	client->fd = -1;
	client->len = 0;
}

void listen_stop(struct listen *listener)
{
	for (int i = 0; i < LISTEN_CLIENTS; i++)
		drop(&listener->clients[i]);
	if (listener->fd < 0)
		return;
	unlink(listener->path);
	close(listener->fd);
	listener->fd = -1;
}

size_t listen_poll(const struct listen *listener, struct pollfd *fds)
{
	size_t count = 0;

	if (listener->fd < 0)
		return 0;
	fds[count++] = (struct pollfd){ .fd = listener->fd, .events = POLLIN };
	for (int i = 0; i < LISTEN_CLIENTS; i++) {
		if (listener->clients[i].fd >= 0)
			fds[count++] =
				(struct pollfd){ .fd = listener->clients[i].fd, .events = POLLIN };
	}
	return count;
}

static void welcome(struct listen *listener)
{
	const int fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	for (int i = 0; fd >= 0 && i < LISTEN_CLIENTS; i++) {
		if (listener->clients[i].fd < 0) {
			listener->clients[i] = (struct listen_client){ .fd = fd };
			return;
		}
	}
	if (fd >= 0)
		close(fd);
}

/* Answers every whole line. false: the client does not read, or its line has no end. */
static bool answer_lines(struct listen_client *client, struct remote *remote)
{
	char answer[REMOTE_ANSWER_MAX];
	char *end;

	while ((end = memchr(client->line, '\n', client->len))) {
		const size_t used = (size_t)(end - client->line) + 1;

		*end = '\0';
		remote_do(remote, client->line, answer);
		const ssize_t sent = send(client->fd, answer, strlen(answer), MSG_NOSIGNAL);

		if (sent < 0 || (size_t)sent != strlen(answer))
			return false;
		client->len -= used;
		memmove(client->line, client->line + used, client->len);
	}
	return client->len < sizeof(client->line);
}

static void serve(struct listen_client *client, struct remote *remote)
{
	const ssize_t got =
		recv(client->fd, client->line + client->len, sizeof(client->line) - client->len, 0);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got > 0)
		client->len += (size_t)got;
	if (got <= 0 || !answer_lines(client, remote))
		drop(client);
}

void listen_serve(
	struct listen *listener, const struct pollfd *fds, size_t count, struct remote *remote)
{
	for (size_t f = 0; f < count; f++) {
		if (!fds[f].revents)
			continue;
		if (fds[f].fd == listener->fd)
			welcome(listener);
		for (int i = 0; i < LISTEN_CLIENTS; i++) {
			if (listener->clients[i].fd == fds[f].fd)
				serve(&listener->clients[i], remote);
		}
	}
}

static bool exchange(int fd, const char *line, char answer[REMOTE_ANSWER_MAX])
{
	struct iovec parts[] = { { (char *)line, strlen(line) }, { "\n", 1 } };
	const struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
	size_t len = 0;

	if (sendmsg(fd, &message, MSG_NOSIGNAL) < 0)
		return false;
	while (len < REMOTE_ANSWER_MAX - 1) {
		const ssize_t got = recv(fd, answer + len, REMOTE_ANSWER_MAX - 1 - len, 0);

		if (got <= 0) {
			errno = got ? errno : ECONNRESET;
			return false;
		}
		len += (size_t)got;
		answer[len] = '\0';
		if (answer[len - 1] == '\n')
			return true;
	}
	errno = EMSGSIZE;
	return false;
}

bool listen_ask(const char *path, const char *line, char answer[REMOTE_ANSWER_MAX])
{
	const int fd = connect_to(path);

	if (fd < 0)
		return false;
	const bool ok = exchange(fd, line, answer);
	const int error = errno;

	close(fd);
	errno = error;
	return ok;
}
