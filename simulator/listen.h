/* SPDX-License-Identifier: MIT */
/*
 * listen.h - the control socket: takes lines, hands each to a function, sends its answer. Never
 * waits: a client that does not read its answers is dropped. One thread.
 */
#ifndef BENCHD_SIMULATOR_LISTEN_H
#define BENCHD_SIMULATOR_LISTEN_H

#include "simulator/remote.h"

#include <poll.h>

enum { LISTEN_CLIENTS = 8 };

struct listen_client {
	int fd; /* -1: free */
	size_t len;
	char line[REMOTE_LINE_MAX];
};

struct listen {
	int fd;           /* -1: not listening */
	const char *path; /* borrowed */
	struct listen_client clients[LISTEN_CLIENTS];
};

/* What listen_start() makes: not listening. path is borrowed for its life; NULL: never. */
void listen_init(struct listen *listen, const char *path);
/* A socket that nobody answers at is replaced. false: errno says why (EADDRINUSE: it is alive). */
bool listen_start(struct listen *listen);
/* Closes all and removes the socket. */
void listen_stop(struct listen *listen);

/* What to poll: up to 1 + LISTEN_CLIENTS entries; gives their number. */
size_t listen_poll(const struct listen *listen, struct pollfd *fds);
/* Serves those of them that are ready. */
void listen_serve(
	struct listen *listen, const struct pollfd *fds, size_t count, struct remote *remote);

/* The client's side: sends a line and gets its answer. false: errno says why. */
bool listen_ask(const char *path, const char *line, char answer[REMOTE_ANSWER_MAX]);

#endif /* BENCHD_SIMULATOR_LISTEN_H */
