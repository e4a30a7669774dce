/* SPDX-License-Identifier: MIT */
/*
 * ws_internal.h - what the files of ws share: ws.c speaks to libwebsockets and nobody else does;
 * ws_viewer.c says what a viewer is to be sent next; ws_events.c makes the texts.
 * Everything here belongs to the WebSocket thread.
 */
#ifndef BENCHD_SERVER_WS_INTERNAL_H
#define BENCHD_SERVER_WS_INTERNAL_H

#include "server/board_console.h"
#include "server/ws.h"

#define WS_FRAME_MAX (64 * KIB)   /* payload of a message, in and out */
#define WS_FIRST_BYTES (64 * KIB) /* of console, for who does not say from where */
#define WS_REPLIES_MAX 64         /* answers that wait; then nothing more is read */

/* What a viewer has seen of one board. */
struct seen {
	struct board *board; /* a reference */
	uint64_t board_version, map_version, mark;
	struct job *job;     /* a reference; NULL: none is shown */
	uint64_t job_number; /* of it, or of the next to show */
	uint64_t job_version, progress_version;
	unsigned job_event;
};

struct viewer {
	struct ws_loan loan; /* its fd and request are gone once it is adopted */
	struct buf request;
	struct viewer *prev, *next;
	uint64_t number; /* its seat at a console; from 1 */
	void *wsi;       /* struct lws */
	bool is_open, is_closing;
	int64_t asked_ms; /* when a chance to write was asked for; 0: it was not */

	const struct bench *bench;
	struct board_list *list; /* of those it knows of; NULL: it looks at one board */
	struct seen *seen;
	size_t seen_count;
	bool had_snapshot;
	uint64_t seq;
	uint64_t at;         /* the next console byte */
	bool has_gap;        /* [gap_from, at) is lost */
	bool gap_is_foreign; /* gap_from counts in another stream, or lies ahead */
	uint64_t gap_from;

	struct buf in; /* a message that arrives in pieces */
	bool in_is_binary;
	struct buf replies; /* texts, each with its NUL */
	size_t reply_count, replies_given;
};

/* NULL: no memory. Copies the loan. */
struct viewer *viewer_new(const struct bench *bench, const struct ws_loan *loan);
void viewer_free(struct viewer *v);
/* Its board was removed: nothing more comes. */
bool viewer_is_bereft(struct viewer *v);
/* Is there anything to send? */
bool viewer_has_news(struct viewer *v);

enum message { MESSAGE_NONE, MESSAGE_TEXT, MESSAGE_BINARY, MESSAGE_FAILED };
/* Appends the next message to out. MESSAGE_FAILED: no memory; the viewer is to be closed. */
enum message viewer_next(struct viewer *v, struct buf *out);
/* Takes v->in as a whole message. false: no memory for the answer. */
bool viewer_take(struct viewer *v);

/* ws_events.c: an object with type, time, board (NULL: null) and the viewer's next seq. */
struct json *event_new(struct viewer *v, const char *type, const char *board);
/* The whole state; *seen says what is in it. NULL: no memory. */
struct json *snapshot_board(struct viewer *v, struct seen *seen);
struct json *snapshot_all(struct viewer *v);
/* A board that came or went since; NULL: none did (or no memory, it stays unseen). */
struct json *change_list(struct viewer *v);
void seen_release(struct seen *seen);
/* What has changed on a board; NULL: nothing has (or no memory, the change stays unseen). */
struct json *change_of(struct viewer *v, struct seen *seen);
bool seen_is_stale(struct seen *seen);

#endif /* BENCHD_SERVER_WS_INTERNAL_H */
