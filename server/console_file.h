/* SPDX-License-Identifier: MIT */
/*
 * console_file.h - a piece of a console's past on the disk: NAME.raw holds the bytes as they came,
 * NAME.idx records of 24 bytes (offset, time, kind, check, little-endian) that say when. NAME is
 * STREAM-FIRST: the stream's id and the offset of the first byte in 16 hexadecimal digits, so names
 * sort by age. Raw bytes are good to the last one written; the index to the last good record: what
 * a kill or a power cut left behind that is cut off when it is found.
 * Any thread, on values it owns; these functions wait for the disk.
 */
#ifndef BENCHD_SERVER_CONSOLE_FILE_H
#define BENCHD_SERVER_CONSOLE_FILE_H

#include "server/console.h"

#define RECORD_BYTES 24u
#define OFFSET_NONE UINT64_MAX

struct log_record {
	uint64_t offset;
	int64_t wall_ms;
	enum console_mark mark; /* CONSOLE_MARK_NONE: bytes arrived */
};
void log_record_put(uint8_t out[RECORD_BYTES], const struct log_record *record);
/* false: it is none. */
bool log_record_get(struct log_record *record, const uint8_t in[RECORD_BYTES]);

struct log_file {
	char stream[ID_TEXT];
	uint64_t first, bytes;
	uint32_t records;
	int64_t first_ms, last_ms;
	uint64_t reset, flash; /* the last mark of its kind; a flash is a reset too; OFFSET_NONE */
};
uint64_t log_file_end(const struct log_file *file);
uint64_t log_file_size(const struct log_file *file); /* on the disk */
/* Takes count records that follow those it has into account. */
void log_file_note(struct log_file *file, const uint8_t *records, uint32_t count);

enum log_part { LOG_RAW, LOG_INDEX };
/* Descriptor of a part, below dir; -1: errno. is_new: made, and to be written, mode 0600. */
int log_file_open(int dir, const struct log_file *file, enum log_part part, bool is_new);
void log_file_remove(int dir, const struct log_file *file);

/*
 * Every file of a folder, oldest first, their tails mended; the oldest beyond max are removed.
 * Gives how many.
 */
size_t log_files_scan(int dir, struct log_file *out, size_t max);

/* The number of the last record that is not after offset (0: also when none is). */
uint32_t log_index_find(int index, uint32_t records, uint64_t offset);
/* The first offset whose record is of wall_ms or later; OFFSET_NONE: none. */
uint64_t log_index_time(int index, uint32_t records, int64_t wall_ms);

#endif /* BENCHD_SERVER_CONSOLE_FILE_H */
