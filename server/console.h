/* SPDX-License-Identifier: MIT */
/*
 * console.h - what a board has printed: a ring of bytes with offsets that only grow, times, and
 * marks where it was reset or flashed. One writer (the board's thread), any number of readers,
 * none of which can delay it: a reader brings its own cursor and is told what it lost.
 */
#ifndef BENCHD_SERVER_CONSOLE_H
#define BENCHD_SERVER_CONSOLE_H

#include "protocol/bytes.h"
#include "server/clock.h"

#define CONSOLE_RING (1u * MIB)

struct console;
struct console *console_new(void); /* NULL: no memory */
void console_free(struct console *con);

/* The board's thread. wall_ms: when they arrived. */
void console_write(struct console *con, struct span bytes, int64_t wall_ms);
enum console_mark { CONSOLE_MARK_NONE, CONSOLE_MARK_RESET, CONSOLE_MARK_FLASH };
void console_mark(struct console *con, enum console_mark mark, int64_t wall_ms);

/* Changes when offsets restart (a new process): an id of id_new(). */
const char *console_stream(const struct console *con);
uint64_t console_head(struct console *con);   /* the offset of the next byte */
uint64_t console_oldest(struct console *con); /* the first byte still held */
/* Where the last such mark stands; false: none yet, or it fell off the ring. */
bool console_find_mark(struct console *con, enum console_mark mark, uint64_t *offset);

/*
 * The first offset that came at wall_ms or later; the head: nothing did. false: that time is before
 * what the ring holds, *offset is the oldest.
 */
bool console_find_time(struct console *con, int64_t wall_ms, uint64_t *offset);

/*
 * Waits until there is a byte from offset head on or a mark with a number above mark.
 * false: console_end() was called.
 */
bool console_wait(struct console *con, uint64_t head, uint64_t mark);
void console_end(struct console *con);

/* What one read gave: the position, what was lost before it, the size, the time of its first byte.
 */
struct cut {
	uint64_t from, lost;
	size_t len;
	int64_t wall_ms;
};
struct cut console_read(struct console *con, uint64_t from, uint8_t *out, size_t max);
/* The same, ending where the arrival time changes: for stamped views. */
struct cut console_read_stamped(struct console *con, uint64_t from, uint8_t *out, size_t max);

/* Marks with a number above after, oldest first; gives how many were written to out. */
struct mark {
	uint64_t number, offset;
	int64_t wall_ms;
	enum console_mark mark;
};
size_t console_marks(struct console *con, uint64_t after, struct mark *out, size_t max);

#endif /* BENCHD_SERVER_CONSOLE_H */
