/* SPDX-License-Identifier: MIT */
/* console_file.c - files of a console's past: names, records, and mending what a kill left. */
#include "server/console_file.h"

#include <dirent.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_TEXT 64
#define STREAM_LEN (ID_TEXT - 1)
#define FIRST_LEN 16

static const char *const suffixes[] = { [LOG_RAW] = ".raw", [LOG_INDEX] = ".idx" };

/* FNV-1a: it tells a record from none, not from a forged one. */
static uint32_t check_of(const uint8_t *bytes, size_t len)
{
	uint32_t check = 0x811C9DC5u;

	for (size_t i = 0; i < len; i++)
		check = (check ^ bytes[i]) * 0x01000193u;
	return check;
}

void log_record_put(uint8_t out[RECORD_BYTES], const struct log_record *record)
{
	const uint64_t offset = htole64(record->offset), time = htole64((uint64_t)record->wall_ms);
	const uint32_t mark = htole32((uint32_t)record->mark);

	memcpy(out, &offset, 8);
	memcpy(out + 8, &time, 8);
	memcpy(out + 16, &mark, 4);
	const uint32_t check = htole32(check_of(out, 20));

	memcpy(out + 20, &check, 4);
}

bool log_record_get(struct log_record *record, const uint8_t in[RECORD_BYTES])
{
	uint64_t offset, time;

	if (get_le32(in + 20) != check_of(in, 20) || get_le32(in + 16) > CONSOLE_MARK_FLASH)
		return false;
	memcpy(&offset, in, 8);
	memcpy(&time, in + 8, 8);
	record->offset = le64toh(offset);
	record->wall_ms = (int64_t)le64toh(time);
	record->mark = (enum console_mark)get_le32(in + 16);
	return true;
}

uint64_t log_file_end(const struct log_file *file)
{
	return file->first + file->bytes;
}

uint64_t log_file_size(const struct log_file *file)
{
	return file->bytes + (uint64_t)file->records * RECORD_BYTES;
}

void log_file_note(struct log_file *file, const uint8_t *records, uint32_t count)
{
	struct log_record record;

	for (uint32_t i = 0; i < count; i++) {
		if (!log_record_get(&record, records + (size_t)i * RECORD_BYTES))
			continue;
		if (!file->records++)
			file->first_ms = record.wall_ms;
		file->last_ms = record.wall_ms;
		if (record.mark != CONSOLE_MARK_NONE)
			file->reset = record.offset;
		if (record.mark == CONSOLE_MARK_FLASH)
			file->flash = record.offset;
	}
}

static void name_of(char out[NAME_TEXT], const struct log_file *file, enum log_part part)
{
	snprintf(out, NAME_TEXT, "%s-%016" PRIx64 "%s", file->stream, file->first, suffixes[part]);
}

int log_file_open(int dir, const struct log_file *file, enum log_part part, bool is_new)
{
	char name[NAME_TEXT];

	name_of(name, file, part);
	return openat(dir, name,
		O_CLOEXEC | (is_new ? O_WRONLY | O_CREAT | O_TRUNC | O_APPEND : O_RDONLY), 0600);
}

void log_file_remove(int dir, const struct log_file *file)
{
	char name[NAME_TEXT];

	/* The bytes last: what is found by them is removed again when this was cut short. */
	for (int part = LOG_INDEX; part >= LOG_RAW; part--) {
		name_of(name, file, (enum log_part)part);
		(void)unlinkat(dir, name, 0); /* gone already is as good */
	}
}

static bool parse_name(const char *name, struct log_file *file)
{
	static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	const char *first = name + STREAM_LEN + 1;

	if (strspn(name, digits) != STREAM_LEN || name[STREAM_LEN] != '-' ||
		strspn(first, "0123456789abcdef") != FIRST_LEN ||
		strcmp(first + FIRST_LEN, suffixes[LOG_RAW]) != 0)
		return false;
	*file = (struct log_file){ .reset = OFFSET_NONE, .flash = OFFSET_NONE };
	memcpy(file->stream, name, STREAM_LEN);
	file->first = strtoull(first, NULL, 16);
	return true;
}

/* Records up to the first that is none, goes back, or lies beyond the bytes. */
static void read_index(int index, struct log_file *file)
{
	uint8_t bytes[RECORD_BYTES * 128];
	uint64_t last = file->first;
	ssize_t got;

	while ((got = pread(index, bytes, sizeof(bytes), (off_t)file->records * RECORD_BYTES)) >=
		(ssize_t)RECORD_BYTES) {
		const uint32_t count = (uint32_t)got / RECORD_BYTES;
		uint32_t good = 0;
		struct log_record record;

		while (good < count && log_record_get(&record, bytes + good * RECORD_BYTES) &&
			record.offset >= last && record.offset <= log_file_end(file)) {
			last = record.offset;
			good++;
		}
		log_file_note(file, bytes, good);
		if (good < count)
			return;
	}
}

/* false: there is nothing in it. */
static bool mend(int dir, struct log_file *file)
{
	char name[NAME_TEXT];
	struct stat st;

	name_of(name, file, LOG_RAW);
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) || !S_ISREG(st.st_mode) || !st.st_size)
		return false;
	file->bytes = (uint64_t)st.st_size;
	file->first_ms = file->last_ms = (int64_t)st.st_mtim.tv_sec * 1000;
	name_of(name, file, LOG_INDEX);
	const int index = openat(dir, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

	if (index < 0)
		return true; /* bytes without times are better than none */
	read_index(index, file);
	(void)!ftruncate(index, (off_t)file->records * RECORD_BYTES);
	close(index);
	return true;
}

static int is_raw(const struct dirent *entry)
{
	struct log_file file;

	return parse_name(entry->d_name, &file);
}

size_t log_files_scan(int dir, struct log_file *out, size_t max)
{
	struct dirent **names = NULL;
	const int found = scandirat(dir, ".", &names, is_raw, alphasort);
	size_t count = 0;

	for (int i = 0; i < found; i++) {
		struct log_file file;

		if (!parse_name(names[i]->d_name, &file) || (size_t)(found - i) > max ||
			!mend(dir, &file))
			log_file_remove(dir, &file);
		else
			out[count++] = file;
		free(names[i]);
	}
	free(names);
	return count;
}

static bool read_record(int index, uint32_t number, struct log_record *record)
{
	uint8_t bytes[RECORD_BYTES];

	return pread(index, bytes, sizeof(bytes), (off_t)number * RECORD_BYTES) == sizeof(bytes) &&
		log_record_get(record, bytes);
}

uint32_t log_index_find(int index, uint32_t records, uint64_t offset)
{
	uint32_t low = 0, high = records;
	struct log_record record;

	while (high - low > 1) {
		const uint32_t middle = low + (high - low) / 2;

		if (read_record(index, middle, &record) && record.offset <= offset)
			low = middle;
		else
			high = middle;
	}
	return low;
}

uint64_t log_index_time(int index, uint32_t records, int64_t wall_ms)
{
	uint32_t low = 0, high = records;
	struct log_record record;

	while (low < high) {
		const uint32_t middle = low + (high - low) / 2;

		if (read_record(index, middle, &record) && record.wall_ms < wall_ms)
			low = middle + 1;
		else
			high = middle;
	}
	return low < records && read_record(index, low, &record) ? record.offset : OFFSET_NONE;
}
