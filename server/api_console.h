/* SPDX-License-Identifier: MIT */
/* api_console.h - what the files api_console*.c share. */
#ifndef BENCHD_SERVER_API_CONSOLE_H
#define BENCHD_SERVER_API_CONSOLE_H

#include "server/api.h"
#include "server/board_console.h"
#include "server/console_past.h"
#include "server/console_view.h"

/* A reply that reads a stream from at to to. */
struct tail {
	struct board *board; /* the request's */
	struct past past;
	uint64_t at, to; /* to: where it ends; UINT64_MAX: never */
	uint64_t looked; /* up to here there is only the beginning of a character */
	struct view_state view;
	bool has_learned, has_ended;
	size_t given; /* of view.out */
};

/*
 * A position in a stream: an offset, "reset", "flash", "-N" or a time. false: *problem.
 */
bool parse_position(struct past *past, const char *name, const char *text, uint64_t *at,
	struct problem *problem);
/* Opens what stream= names, or what is written now. false: *problem. */
bool open_past(struct past *past, const struct request *request, struct board *board,
	struct problem *problem);

/* api_console_tail.c: takes tail over, which is of malloc(). */
void reply_tail(struct request *request, struct tail *tail);

#endif /* BENCHD_SERVER_API_CONSOLE_H */
