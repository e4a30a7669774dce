/* SPDX-License-Identifier: MIT */
/* console_past.c - reads a stream from its files and from the ring, whichever holds it. */
#include "server/console_past.h"

#include <string.h>
#include <unistd.h>

static void leave_file(struct past *past)
{
	if (past->raw >= 0)
		close(past->raw);
	if (past->index >= 0)
		close(past->index);
	past->raw = past->index = -1;
	past->window_count = 0;
}

bool past_open(struct past *past, struct console *con, struct console_log *log, const char *stream)
{
	const char *live = console_stream(con);
	struct log_file file;

	*past = (struct past){ .con = con, .log = log, .raw = -1, .index = -1 };
	past->is_live = !stream || !strcmp(stream, live);
	if (!past->is_live && !console_log_find(log, stream, 0, &file))
		return false;
	strcpy(past->stream, past->is_live ? live : file.stream);
	return true;
}

void past_close(struct past *past)
{
	leave_file(past);
}

uint64_t past_head(const struct past *past)
{
	struct log_file files[LOG_FILES];
	uint64_t head = 0;

	if (past->is_live)
		return console_head(past->con);
	for (size_t i = 0, count = console_log_list(past->log, files); i < count; i++)
		if (!strcmp(files[i].stream, past->stream))
			head = log_file_end(&files[i]);
	return head;
}

uint64_t past_oldest(const struct past *past)
{
	const uint64_t ring = past->is_live ? console_oldest(past->con) : OFFSET_NONE;
	struct log_file file;

	if (ring && console_log_find(past->log, past->stream, 0, &file) && file.first < ring)
		return file.first;
	return ring == OFFSET_NONE ? 0 : ring;
}

/* The file that holds from, or the next; it may have grown since. false: none. */
static bool enter_file(struct past *past, uint64_t from)
{
	struct log_file file;

	if (past->raw >= 0 && from >= past->file.first && from < log_file_end(&past->file))
		return true;
	if (!console_log_find(past->log, past->stream, from, &file))
		return false;
	if (past->raw < 0 || file.first != past->file.first) {
		leave_file(past);
		past->raw = console_log_part(past->log, &file, LOG_RAW);
		past->index = console_log_part(past->log, &file, LOG_INDEX);
	}
	past->window_count = 0;
	past->file = file;
	return past->raw >= 0;
}

static void load_window(struct past *past, uint64_t offset)
{
	const uint32_t records = past->file.records;
	uint8_t bytes[PAST_WINDOW * RECORD_BYTES];

	past->window_count = 0;
	if (past->index < 0 || !records)
		return;
	past->window_first = log_index_find(past->index, records, offset);
	const ssize_t got =
		pread(past->index, bytes, sizeof(bytes), (off_t)past->window_first * RECORD_BYTES);
	const size_t count = got < 0 ? 0 : (size_t)got / RECORD_BYTES;

	while (past->window_count < count && past->window_first + past->window_count < records &&
		log_record_get(&past->window[past->window_count],
			bytes + past->window_count * RECORD_BYTES))
		past->window_count++;
}

/* Is the record that holds for offset in the window, and the one after it? */
static bool is_in_window(const struct past *past, uint64_t offset)
{
	const uint32_t count = past->window_count;

	return count && past->window[0].offset <= offset &&
		(past->window[count - 1].offset > offset ||
			past->window_first + count == past->file.records);
}

/* The time of offset; *end: where it changes. */
static int64_t stamp_at(struct past *past, uint64_t offset, uint64_t *end)
{
	int64_t wall_ms = past->file.first_ms;

	*end = log_file_end(&past->file);
	if (!is_in_window(past, offset))
		load_window(past, offset);
	for (uint32_t i = 0; i < past->window_count; i++) {
		if (past->window[i].offset > offset) {
			*end = past->window[i].offset;
			break;
		}
		wall_ms = past->window[i].wall_ms;
		if (i + 1 == past->window_count && past->window_first + i + 1 < past->file.records)
			*end = offset + 1; /* the next window tells */
	}
	return wall_ms;
}

static struct cut read_file(
	struct past *past, uint64_t from, uint8_t *out, size_t max, bool one_stamp)
{
	const uint64_t start = from > past->file.first ? from : past->file.first;
	struct cut cut = { .from = start, .lost = start - from };
	uint64_t stamp_end, end = log_file_end(&past->file);

	cut.wall_ms = stamp_at(past, start, &stamp_end);
	if (one_stamp && stamp_end < end)
		end = stamp_end;
	if (end - start < max)
		max = (size_t)(end - start);
	const ssize_t got = pread(past->raw, out, max, (off_t)(start - past->file.first));

	cut.len = got < 0 ? 0 : (size_t)got;
	return cut;
}

struct cut past_read(struct past *past, uint64_t from, uint8_t *out, size_t max, bool one_stamp)
{
	struct cut none = { .from = from };
	const uint64_t ring = past->is_live ? console_oldest(past->con) : OFFSET_NONE;

	if (from < ring && enter_file(past, from) && past->file.first < ring) {
		const struct cut cut = read_file(past, from, out, max, one_stamp);

		if (cut.len || !max)
			return cut;
	}
	if (!past->is_live)
		return none;
	return one_stamp ? console_read_stamped(past->con, from, out, max)
			 : console_read(past->con, from, out, max);
}

bool past_mark(struct past *past, enum console_mark mark, uint64_t *offset)
{
	struct log_file files[LOG_FILES];
	const size_t count = console_log_list(past->log, files);

	if (past->is_live && console_find_mark(past->con, mark, offset))
		return true;
	for (size_t i = count; i; i--) {
		const struct log_file *file = &files[i - 1];
		const uint64_t at = mark == CONSOLE_MARK_FLASH ? file->flash : file->reset;

		if (strcmp(file->stream, past->stream) != 0 || at == OFFSET_NONE)
			continue;
		*offset = at;
		return true;
	}
	return false;
}

uint64_t past_time(struct past *past, int64_t wall_ms)
{
	struct log_file files[LOG_FILES];
	const size_t count = console_log_list(past->log, files);
	uint64_t offset = past_head(past);

	if (past->is_live && console_find_time(past->con, wall_ms, &offset))
		return offset;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(files[i].stream, past->stream) != 0 || files[i].last_ms < wall_ms ||
			!enter_file(past, files[i].first))
			continue;
		const uint64_t at = log_index_time(past->index, past->file.records, wall_ms);

		if (at != OFFSET_NONE)
			return at;
	}
	return offset;
}
