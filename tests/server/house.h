/* SPDX-License-Identifier: MIT */
/*
 * house.h - a whole server for a test: store, shelf, a board on a pty, WebSockets and HTTP on a
 * free port; and a client that sends bytes and reads the answer. Nothing in it is a stand-in.
 */
#ifndef BENCHD_TESTS_SERVER_HOUSE_H
#define BENCHD_TESTS_SERVER_HOUSE_H

#include "server/http.h"
#include "tests/server/folder.h"

#define HOUSE_TOKEN "benchd_a-token-for-a-test-0123456789"
#define HOUSE_UPLOAD_MAX 100000
#define HOUSE_VIEWERS 2

struct house {
	char folder[FOLDER_TEXT];
	struct config config;
	struct config_listen listen;
	struct config_board board;
	struct config_token token;
	struct bench bench;
	struct ws *ws;
	struct http *http;
	unsigned port;
	int pty; /* the board's side of its serial line */
};

/* with_token: HOUSE_TOKEN (role view) is needed. */
struct house *house_open(bool with_token);
void house_close(struct house *house);

/* A connection to it. */
int house_connect(const struct house *house);
void house_send(int fd, const char *text);
/* Reads until enough is in it, or the other side closes (enough NULL); NUL-terminated, owned. */
char *house_read(int fd, const char *enough);
/* Sends text, reads to the end of the reply's header and as much of the body as comes with it. */
char *house_ask(const struct house *house, const char *text, const char *enough);

/* Waits until its board's port is open. */
void house_wait_idle(const struct house *house);
/* What the board prints. */
void house_say(const struct house *house, const char *text);

#endif /* BENCHD_TESTS_SERVER_HOUSE_H */
