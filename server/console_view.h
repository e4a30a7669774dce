/* SPDX-License-Identifier: MIT */
/*
 * console_view.h - console bytes made readable: as harmless text, stamped lines, a hex dump, or the
 * numbers of its lines as CSV. Pieces are added in order, wherever they are cut; what came out
 * stands in out. Bounded: what is kept between pieces is less than a line. One thread.
 */
#ifndef BENCHD_SERVER_CONSOLE_VIEW_H
#define BENCHD_SERVER_CONSOLE_VIEW_H

#include "server/console.h"
#include "server/console_numbers.h"

enum view { VIEW_RAW, VIEW_STAMPED, VIEW_TEXT, VIEW_HEX, VIEW_CSV, VIEW_JSON };

enum escape_state { ESCAPE_NONE, ESCAPE_BEGUN, ESCAPE_CSI, ESCAPE_STRING, ESCAPE_STRING_END };

/* Takes escape sequences out and makes what else is not text visible. { 0 } is its start. */
struct cleaner {
	enum escape_state escape;
	unsigned escape_len;
	bool has_return; /* a CR that waits for its LF */
	bool has_text;   /* in this line */
	uint8_t open[4]; /* the beginning of a character */
	size_t open_len;
};
/* false: no memory. */
bool cleaner_add(struct cleaner *cleaner, struct span bytes, struct buf *out);

#define HEX_ROW 16u
#define VIEW_LINE 4096u /* of CSV: the rest of a longer line is not looked at */

struct view_state {
	enum view view;
	struct buf out;
	bool is_broken; /* no memory */
	bool is_inside_line;
	struct cleaner cleaner;

	uint8_t row[HEX_ROW];
	size_t row_len;
	uint64_t row_at;

	char line[VIEW_LINE];
	size_t line_len;
	uint64_t line_at;
	int64_t line_ms;
	struct columns columns;
	bool has_header;
};

/* Not for VIEW_RAW and VIEW_JSON. */
void view_add(struct view_state *view, struct span bytes, uint64_t offset, int64_t wall_ms);
/* So many bytes are missing here. */
void view_lost(struct view_state *view, uint64_t lost, int64_t wall_ms);
/* Nothing follows: what was kept comes out. */
void view_end(struct view_state *view);
/* VIEW_CSV: learns columns from bytes, without a row for them; before the first view_add(). */
void view_learn(struct view_state *view, struct span bytes);

#endif /* BENCHD_SERVER_CONSOLE_VIEW_H */
