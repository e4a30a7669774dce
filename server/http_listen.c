/* SPDX-License-Identifier: MIT */
/* http_listen.c - listening sockets: IPv4, IPv6 and Unix. */
#include "server/http_internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_un local;
	struct sockaddr_storage storage;
};

/* 0: the address cannot be. */
static socklen_t address_fill(const struct config_listen *listen, union address *address)
{
	*address = (union address){ .storage = { 0 } };
	if (listen->kind == LISTEN_UNIX) {
		if (strlen(listen->host) >= sizeof(address->local.sun_path))
			return 0;
		address->local.sun_family = AF_UNIX;
		strcpy(address->local.sun_path, listen->host);
		return sizeof(address->local);
	}
	if (inet_pton(AF_INET, listen->host, &address->v4.sin_addr) == 1) {
		address->v4.sin_family = AF_INET;
		address->v4.sin_port = htons(listen->port);
		return sizeof(address->v4);
	}
	if (inet_pton(AF_INET6, listen->host, &address->v6.sin6_addr) == 1) {
		address->v6.sin6_family = AF_INET6;
		address->v6.sin6_port = htons(listen->port);
		return sizeof(address->v6);
	}
	return 0;
}

/* A socket file that nobody listens to any more is in the way of ours. */
static void remove_stale(const union address *address, socklen_t len)
{
	struct stat st;

	if (lstat(address->local.sun_path, &st) || !S_ISSOCK(st.st_mode))
		return;
	int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (probe < 0)
		return;
	if (connect(probe, &address->any, len) && errno == ECONNREFUSED)
		unlink(address->local.sun_path);
	close(probe);
}

static int bind_unix(int fd, const union address *address, socklen_t len)
{
	remove_stale(address, len);
	mode_t before = umask(0117); /* mode 0660 from its first moment */
	int rc = bind(fd, &address->any, len);

	umask(before);
	return rc;
}

static int bind_tcp(int fd, const union address *address, socklen_t len)
{
	static const int yes = 1, no = 0;

	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)))
		return -1;
	if (address->any.sa_family == AF_INET6 &&
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof(no)))
		return -1;
	return bind(fd, &address->any, len);
}

/* NULL: no memory, or the system does not say which port it gave. */
static char *url_of(int fd, const struct config_listen *listen)
{
	union address address;
	socklen_t len = sizeof(address);
	char *url = NULL;
	int rc;

	if (listen->kind == LISTEN_UNIX) {
		rc = asprintf(&url, "unix:%s", listen->host);
		return rc < 0 ? NULL : url;
	}
	if (getsockname(fd, &address.any, &len))
		return NULL;
	if (address.any.sa_family == AF_INET6)
		rc = asprintf(&url, "http://[%s]:%u", listen->host, ntohs(address.v6.sin6_port));
	else
		rc = asprintf(&url, "http://%s:%u", listen->host, ntohs(address.v4.sin_port));
	return rc < 0 ? NULL : url;
}

int listen_open(const struct config_listen *listen_at, char **url, char *reason, size_t reason_len)
{
	union address address;
	socklen_t len = address_fill(listen_at, &address);

	if (!len) {
		snprintf(reason, reason_len, "%s: not an address to listen on", listen_at->text);
		return -1;
	}
	int fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool ok = fd >= 0;

	if (ok && listen_at->kind == LISTEN_UNIX)
		ok = !bind_unix(fd, &address, len);
	else if (ok)
		ok = !bind_tcp(fd, &address, len);
	ok = ok && !listen(fd, SOMAXCONN);
	*url = ok ? url_of(fd, listen_at) : NULL;
	if (*url)
		return fd;
	snprintf(reason, reason_len, "cannot listen on %s: %s", listen_at->text, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}
