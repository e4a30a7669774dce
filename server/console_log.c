/* SPDX-License-Identifier: MIT */
/* console_log.c - the thread that writes what a console held to files, and their list. */
#include "server/console_log.h"

#include "server/console_batch.h"
#include "server/log.h"
#include "server/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define GATHER_MS 50  /* bytes that come within it are one write */
#define RETRY_MS 5000 /* after the disk refused */
#define INDEX_MAX (1 * MIB)
#define FILES_WISHED 8u /* so many share max_bytes */
#define FILE_MIN (64 * KIB)

struct console_log {
	struct console *con;
	char *path, *board;
	pthread_t thread;

	/* the thread's own */
	uint64_t at, mark; /* everything before is written, or lost */
	int raw, index;    /* of the newest file; -1: none is open */
	int64_t stamp_ms;  /* of its last record */
	struct batch *batch;

	atomic_int dir;
	pthread_mutex_t lock; /* guards the rest */
	pthread_cond_t ending;
	bool is_ending, is_on;
	uint64_t begin; /* where it was switched on */
	uint64_t max_bytes, file_max;
	struct log_file files[LOG_FILES];
	size_t count;
	uint64_t lost, version;
	int error; /* errno of the last failure; 0: all is well */
};

/* files */

static int make_folder(const char *path)
{
	char *parent = strdup(path);
	char *slash = parent ? strrchr(parent, '/') : NULL;

	if (slash) {
		*slash = '\0';
		(void)mkdir(parent, 0700); /* what is wrong with it shows below */
	}
	free(parent);
	if (mkdir(path, 0700) && errno != EEXIST)
		return -1;
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
}

static uint64_t size_of(const struct console_log *log)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < log->count; i++)
		sum += log_file_size(&log->files[i]);
	return sum;
}

/* The oldest go, never the newest; more bytes are about to come, and a file if one is wanted. */
static void prune(struct console_log *log, uint64_t more, bool wants_file)
{
	for (;;) {
		pthread_mutex_lock(&log->lock);
		const bool is_much = log->count > 1 &&
			(size_of(log) + more > log->max_bytes ||
				log->count + wants_file > LOG_FILES);
		const struct log_file oldest = log->files[0];

		if (is_much)
			memmove(log->files, log->files + 1, --log->count * sizeof(*log->files));
		pthread_mutex_unlock(&log->lock);
		if (!is_much)
			return;
		log_file_remove(atomic_load(&log->dir), &oldest);
	}
}

static void close_file(struct console_log *log)
{
	if (log->raw >= 0)
		close(log->raw);
	if (log->index >= 0)
		close(log->index);
	log->raw = log->index = -1;
}

static bool open_file(struct console_log *log)
{
	struct log_file file = { .first = log->at, .reset = OFFSET_NONE, .flash = OFFSET_NONE };

	strcpy(file.stream, console_stream(log->con));
	if (atomic_load(&log->dir) < 0)
		atomic_store(&log->dir, make_folder(log->path));
	const int dir = atomic_load(&log->dir);

	if (dir < 0)
		return false;
	prune(log, 0, true);
	log->raw = log_file_open(dir, &file, LOG_RAW, true);
	log->index = log->raw < 0 ? -1 : log_file_open(dir, &file, LOG_INDEX, true);
	if (log->index < 0) {
		const int error = errno;

		close_file(log);
		errno = error;
		return false;
	}
	log->stamp_ms = INT64_MIN;
	pthread_mutex_lock(&log->lock);
	const struct log_file *last = log->count ? &log->files[log->count - 1] : NULL;

	/* After a failure that wrote nothing the same file is made again. */
	if (last && !strcmp(last->stream, file.stream) && last->first == file.first)
		log->count--;
	log->files[log->count++] = file;
	pthread_mutex_unlock(&log->lock);
	return true;
}

static bool is_full(struct console_log *log)
{
	pthread_mutex_lock(&log->lock);
	const struct log_file *file = &log->files[log->count - 1];
	const bool is = file->bytes >= log->file_max || file->records >= INDEX_MAX / RECORD_BYTES;

	pthread_mutex_unlock(&log->lock);
	return is;
}

/* a round */

static void lose(struct console_log *log, uint64_t count)
{
	pthread_mutex_lock(&log->lock);
	log->lost += count;
	log->version++;
	pthread_mutex_unlock(&log->lock);
	log_line(LOG_WARNING,
		"board %s: %llu bytes of the console are missing in its log: the disk was too slow "
		"or full",
		log->board, (unsigned long long)count);
}

static bool write_all(int fd, const uint8_t *bytes, size_t len)
{
	while (len) {
		const ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		bytes += n;
		len -= (size_t)n;
	}
	return true;
}

/* The index first: a record without its bytes is cut off when it is read, not the reverse. */
static bool write_batch(struct console_log *log)
{
	const struct batch *batch = log->batch;
	const size_t index_len = (size_t)batch->records * RECORD_BYTES;
	int error = 0;

	prune(log, batch->len + index_len, false);
	pthread_mutex_lock(&log->lock);
	const struct log_file was = log->files[log->count - 1];

	pthread_mutex_unlock(&log->lock);
	if (!write_all(log->index, batch->index, index_len) ||
		!write_all(log->raw, batch->raw, batch->len)) {
		error = errno;
		(void)!ftruncate(log->raw, (off_t)was.bytes);
		(void)!ftruncate(log->index, (off_t)was.records * RECORD_BYTES);
		errno = error;
		return false;
	}
	pthread_mutex_lock(&log->lock);
	struct log_file *file = &log->files[log->count - 1];

	file->bytes += batch->len;
	log_file_note(file, batch->index, batch->records);
	pthread_mutex_unlock(&log->lock);
	log->at += batch->len;
	log->mark = batch->mark;
	return true;
}

/* What came while it was off passes by: the next file starts behind it. false: it is off still. */
static bool is_wanted(struct console_log *log)
{
	pthread_mutex_lock(&log->lock);
	const bool is_on = log->is_on;
	const uint64_t begin = log->begin;

	pthread_mutex_unlock(&log->lock);
	const uint64_t at = is_on ? begin : console_head(log->con);
	struct mark mark;

	while (console_marks(log->con, log->mark, &mark, 1) && (!is_on || mark.offset < at))
		log->mark = mark.number;
	if (at > log->at || !is_on)
		close_file(log);
	if (at > log->at)
		log->at = at;
	return is_on;
}

/* What it can't have any more: the next file starts behind it. */
static void skip_lost(struct console_log *log)
{
	const uint64_t oldest = console_oldest(log->con);

	if (oldest <= log->at)
		return;
	lose(log, oldest - log->at);
	log->at = oldest;
	close_file(log);
}

static void set_error(struct console_log *log, int error)
{
	pthread_mutex_lock(&log->lock);
	const bool is_new = log->error != error;

	log->error = error;
	log->version += is_new;
	pthread_mutex_unlock(&log->lock);
	if (!is_new)
		return;
	if (error)
		log_line(LOG_WARNING, "board %s: the console's log %s is not written: %s",
			log->board, log->path, strerror(error));
	else
		log_line(LOG_INFO, "board %s: the console's log is written again", log->board);
	notify();
}

/* false: the disk refused. */
static bool write_round(struct console_log *log)
{
	if (!is_wanted(log)) {
		set_error(log, 0);
		return true;
	}
	skip_lost(log);
	if (log->raw >= 0 && is_full(log))
		close_file(log);
	bool ok = log->raw >= 0 || open_file(log);

	if (ok) {
		batch_fill(log->batch, log->con, log->at, log->mark, &log->stamp_ms);
		ok = (!log->batch->len && !log->batch->records) || write_batch(log);
	}
	const int error = ok ? 0 : errno;

	if (!ok)
		close_file(log);
	set_error(log, error);
	return ok;
}

static bool is_behind(struct console_log *log)
{
	struct mark mark;

	return console_head(log->con) > log->at || console_marks(log->con, log->mark, &mark, 1);
}

/* true: it ends. */
static bool rest(struct console_log *log, long ms)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	until.tv_nsec += ms % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&log->lock);
	while (!log->is_ending &&
		pthread_cond_timedwait(&log->ending, &log->lock, &until) != ETIMEDOUT)
		;
	const bool is_ending = log->is_ending;

	pthread_mutex_unlock(&log->lock);
	return is_ending;
}

static void *log_main(void *ctx)
{
	struct console_log *log = ctx;
	bool is_ending = false, ok = true;

	while (!is_ending) {
		is_ending = !console_wait(log->con, log->at, log->mark);
		while (ok && is_behind(log))
			ok = write_round(log);
		if (!is_ending)
			is_ending = rest(log, ok ? GATHER_MS : RETRY_MS);
		if (!is_ending)
			ok = true;
	}
	while (ok && is_behind(log))
		ok = write_round(log);
	close_file(log);
	return NULL;
}

/* the rest of the house */

static bool start(struct console_log *log)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_mutex_init(&log->lock, NULL);
	pthread_cond_init(&log->ending, &attr);
	pthread_condattr_destroy(&attr);
	return pthread_create(&log->thread, NULL, log_main, log) == 0;
}

static void release(struct console_log *log)
{
	if (atomic_load(&log->dir) >= 0)
		close(atomic_load(&log->dir));
	free(log->batch);
	free(log->path);
	free(log->board);
	free(log);
}

/* Of earlier streams. A log that is off makes no folder for them. */
static void find_files(struct console_log *log)
{
	const int dir = log->is_on
		? make_folder(log->path)
		: open(log->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

	atomic_store(&log->dir, dir);
	if (dir >= 0)
		log->count = log_files_scan(dir, log->files, LOG_FILES - 1);
}

static void bound(struct console_log *log, uint64_t max_bytes)
{
	log->max_bytes = max_bytes;
	log->file_max = max_bytes / FILES_WISHED > FILE_MIN ? max_bytes / FILES_WISHED : FILE_MIN;
}

struct console_log *console_log_open(struct console *con, const char *state_dir, const char *board,
	bool is_on, uint64_t max_bytes)
{
	struct console_log *log = calloc(1, sizeof(*log));

	if (!log)
		return NULL;
	log->con = con;
	log->is_on = is_on;
	bound(log, max_bytes);
	log->raw = log->index = -1;
	atomic_init(&log->dir, -1);
	log->board = strdup(board);
	log->batch = malloc(sizeof(*log->batch));
	if (asprintf(&log->path, "%s/console/%s", state_dir, board) < 0)
		log->path = NULL;
	if (log->path && log->board && log->batch) {
		find_files(log);
		if (start(log))
			return log;
	}
	release(log);
	return NULL;
}

void console_log_set(struct console_log *log, bool is_on, uint64_t max_bytes)
{
	if (!log)
		return;
	pthread_mutex_lock(&log->lock);
	log->version += log->is_on != is_on;
	if (is_on && !log->is_on)
		log->begin = console_head(log->con);
	log->is_on = is_on;
	bound(log, max_bytes);
	pthread_mutex_unlock(&log->lock);
}

void console_log_close(struct console_log *log)
{
	if (!log)
		return;
	pthread_mutex_lock(&log->lock);
	log->is_ending = true;
	pthread_cond_broadcast(&log->ending);
	pthread_mutex_unlock(&log->lock);
	console_end(log->con);
	pthread_join(log->thread, NULL);
	pthread_cond_destroy(&log->ending);
	pthread_mutex_destroy(&log->lock);
	release(log);
}

uint64_t console_log_version(struct console_log *log)
{
	if (!log)
		return 0;
	pthread_mutex_lock(&log->lock);
	const uint64_t version = log->version;

	pthread_mutex_unlock(&log->lock);
	return version;
}

struct json *console_log_json(struct console_log *log)
{
	if (!log)
		return NULL;
	pthread_mutex_lock(&log->lock);
	const uint64_t bytes = size_of(log), lost = log->lost;
	const int error = log->error;
	const bool is = log->is_on;

	pthread_mutex_unlock(&log->lock);
	if (!is)
		return NULL;
	struct json *json = json_object();

	json_add_integer(json, "bytes", (int64_t)bytes);
	json_add_integer(json, "lost", (int64_t)lost);
	json_add_string(json, "cause", error ? strerror(error) : NULL);
	return json;
}

bool console_log_find(
	struct console_log *log, const char *stream, uint64_t offset, struct log_file *file)
{
	bool is_found = false;

	if (!log)
		return false;
	pthread_mutex_lock(&log->lock);
	for (size_t i = 0; i < log->count && !is_found; i++) {
		is_found = !strcmp(log->files[i].stream, stream) && log->files[i].bytes &&
			log_file_end(&log->files[i]) > offset;
		if (is_found)
			*file = log->files[i];
	}
	pthread_mutex_unlock(&log->lock);
	return is_found;
}

size_t console_log_list(struct console_log *log, struct log_file *out)
{
	if (!log)
		return 0;
	pthread_mutex_lock(&log->lock);
	const size_t count = log->count;

	memcpy(out, log->files, count * sizeof(*out));
	pthread_mutex_unlock(&log->lock);
	return count;
}

int console_log_part(struct console_log *log, const struct log_file *file, enum log_part part)
{
	return log_file_open(atomic_load(&log->dir), file, part, false);
}
