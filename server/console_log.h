/* SPDX-License-Identifier: MIT */
/*
 * console_log.h - a console's past on the disk: STATE_DIR/console/BOARD, in files that are rotated
 * and bounded (console_file.h). A thread of its own follows the ring as any reader does, so a disk
 * that is slow or full costs the log bytes, which it counts and tells, and never the board.
 * Nothing is synchronised: a crash of benchd loses nothing written, a power cut what the system
 * still held. Any thread may ask; a log that is NULL has no files.
 */
#ifndef BENCHD_SERVER_CONSOLE_LOG_H
#define BENCHD_SERVER_CONSOLE_LOG_H

#include "server/console_file.h"
#include "server/json.h"

#define LOG_FILES 64u

struct console_log;
/*
 * Finds the files of earlier streams and starts to follow con, which is borrowed. is_on: what it
 * prints is written; else it only passes by, and what was written before can be read. max_bytes: of
 * all its files together. NULL: no memory or no thread. What the disk refuses is told, and tried
 * again.
 */
struct console_log *console_log_open(struct console *con, const char *state_dir, const char *board,
	bool is_on, uint64_t max_bytes);
/* From now on; a smaller bound holds from the next byte that is written. NULL is fine. */
void console_log_set(struct console_log *log, bool is_on, uint64_t max_bytes);
/* Writes what the console holds, ends the thread and frees. NULL is fine. */
void console_log_close(struct console_log *log);

/* Grows when what is wrong with it changes. */
uint64_t console_log_version(struct console_log *log);
/* {"bytes":…, "lost":…, "cause":null or text}; NULL: there is none, or it is off. */
struct json *console_log_json(struct console_log *log);

/* The file of a stream that holds offset, or the next after it; false: none. */
bool console_log_find(
	struct console_log *log, const char *stream, uint64_t offset, struct log_file *file);
/* All, oldest first; out holds LOG_FILES. Gives how many. */
size_t console_log_list(struct console_log *log, struct log_file *out);
/* A part of it to read; -1: it is gone. */
int console_log_part(struct console_log *log, const struct log_file *file, enum log_part part);

#endif /* BENCHD_SERVER_CONSOLE_LOG_H */
