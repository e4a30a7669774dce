/* SPDX-License-Identifier: MIT */
/*
 * console_past.h - a reader of one stream of a console, wherever it is held: files, then the ring,
 * without a gap between them. One thread at a time; reads files as they lie (no lock of others is
 * held meanwhile).
 */
#ifndef BENCHD_SERVER_CONSOLE_PAST_H
#define BENCHD_SERVER_CONSOLE_PAST_H

#include "server/console_log.h"

#define PAST_WINDOW 64u /* records of an index that are kept at hand */

struct past {
	struct console *con;
	struct console_log *log; /* may be NULL */
	char stream[ID_TEXT];
	bool is_live; /* the stream that is written now */
	struct log_file file;
	int raw, index; /* of file; -1 */
	uint32_t window_first, window_count;
	struct log_record window[PAST_WINDOW];
};

/* stream NULL: the one that is written now. false: no such stream is held. Borrows con and log. */
bool past_open(struct past *past, struct console *con, struct console_log *log, const char *stream);
void past_close(struct past *past);

uint64_t past_head(const struct past *past);
uint64_t past_oldest(const struct past *past);
/* As console_read() and console_read_stamped(): lost is what no file and no ring holds. */
struct cut past_read(struct past *past, uint64_t from, uint8_t *out, size_t max, bool one_stamp);
/* Where the last such mark stands; false: none is held. */
bool past_mark(struct past *past, enum console_mark mark, uint64_t *offset);
/* The first offset that came at wall_ms or later; the head: none. */
uint64_t past_time(struct past *past, int64_t wall_ms);

#endif /* BENCHD_SERVER_CONSOLE_PAST_H */
