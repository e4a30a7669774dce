/* SPDX-License-Identifier: MIT */
/* console.c - the ring of what a board printed, with arrival times and marks beside it. */
#include "server/console.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Writes that come closer together than this share a stamp: a UART's own latency is larger. */
#define STAMP_GRAIN_MS 5
#define STAMPS 16384u
#define MARKS 256u

struct stamp {
	uint64_t offset;
	int64_t wall_ms;
};

/* Mapped, not allocated: a silent board's console costs no memory. */
struct console {
	pthread_mutex_t lock; /* guards the rest, stream apart */
	pthread_cond_t news;  /* bytes, a mark, or the end */
	char stream[ID_TEXT];
	bool is_ended;
	uint64_t head;
	uint64_t stamp_count; /* ever made; stamp i is stamps[i % STAMPS] */
	uint64_t mark_count;  /* ever made; mark number i + 1 is marks[i % MARKS] */
	struct mark marks[MARKS];
	struct stamp stamps[STAMPS];
	uint8_t ring[CONSOLE_RING];
};

struct console *console_new(void)
{
	struct console *con = mmap(
		NULL, sizeof(*con), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (con == MAP_FAILED)
		return NULL;
	if (pthread_mutex_init(&con->lock, NULL)) {
		munmap(con, sizeof(*con));
		return NULL;
	}
	pthread_cond_init(&con->news, NULL);
	id_new(con->stream);
	return con;
}

void console_free(struct console *con)
{
	if (!con)
		return;
	pthread_cond_destroy(&con->news);
	pthread_mutex_destroy(&con->lock);
	munmap(con, sizeof(*con));
}

static uint64_t oldest(const struct console *con)
{
	return con->head > CONSOLE_RING ? con->head - CONSOLE_RING : 0;
}

static void stamp(struct console *con, int64_t wall_ms)
{
	if (con->stamp_count) {
		const struct stamp *last = &con->stamps[(con->stamp_count - 1) % STAMPS];

		if (wall_ms >= last->wall_ms && wall_ms - last->wall_ms < STAMP_GRAIN_MS)
			return;
	}
	con->stamps[con->stamp_count++ % STAMPS] = (struct stamp){ con->head, wall_ms };
}

void console_write(struct console *con, struct span bytes, int64_t wall_ms)
{
	if (!bytes.len)
		return;
	pthread_mutex_lock(&con->lock);
	stamp(con, wall_ms);
	if (bytes.len > CONSOLE_RING) { /* only the end of it can be kept */
		con->head += bytes.len - CONSOLE_RING;
		bytes.ptr += bytes.len - CONSOLE_RING;
		bytes.len = CONSOLE_RING;
	}
	size_t at = con->head % CONSOLE_RING;
	size_t first = bytes.len < CONSOLE_RING - at ? bytes.len : CONSOLE_RING - at;

	memcpy(con->ring + at, bytes.ptr, first);
	memcpy(con->ring, bytes.ptr + first, bytes.len - first);
	con->head += bytes.len;
	pthread_cond_broadcast(&con->news);
	pthread_mutex_unlock(&con->lock);
}

void console_mark(struct console *con, enum console_mark mark, int64_t wall_ms)
{
	assert(mark != CONSOLE_MARK_NONE);
	pthread_mutex_lock(&con->lock);
	struct mark *slot = &con->marks[con->mark_count % MARKS];

	*slot = (struct mark){
		.number = ++con->mark_count, .offset = con->head, .wall_ms = wall_ms, .mark = mark
	};
	pthread_cond_broadcast(&con->news);
	pthread_mutex_unlock(&con->lock);
}

bool console_wait(struct console *con, uint64_t head, uint64_t mark)
{
	pthread_mutex_lock(&con->lock);
	while (!con->is_ended && con->head <= head && con->mark_count <= mark)
		pthread_cond_wait(&con->news, &con->lock);
	const bool is_on = !con->is_ended;

	pthread_mutex_unlock(&con->lock);
	return is_on;
}

void console_end(struct console *con)
{
	pthread_mutex_lock(&con->lock);
	con->is_ended = true;
	pthread_cond_broadcast(&con->news);
	pthread_mutex_unlock(&con->lock);
}

const char *console_stream(const struct console *con)
{
	return con->stream;
}

uint64_t console_head(struct console *con)
{
	pthread_mutex_lock(&con->lock);
	uint64_t head = con->head;

	pthread_mutex_unlock(&con->lock);
	return head;
}

uint64_t console_oldest(struct console *con)
{
	pthread_mutex_lock(&con->lock);
	uint64_t offset = oldest(con);

	pthread_mutex_unlock(&con->lock);
	return offset;
}

static uint64_t first_mark(const struct console *con)
{
	return con->mark_count > MARKS ? con->mark_count - MARKS : 0;
}

bool console_find_mark(struct console *con, enum console_mark mark, uint64_t *offset)
{
	bool found = false;

	pthread_mutex_lock(&con->lock);
	for (uint64_t i = con->mark_count; i > first_mark(con) && !found; i--) {
		const struct mark *m = &con->marks[(i - 1) % MARKS];

		/* A flash restarts the application too. */
		if (m->mark != mark && mark != CONSOLE_MARK_RESET)
			continue;
		if (m->offset < oldest(con))
			break;
		*offset = m->offset;
		found = true;
	}
	pthread_mutex_unlock(&con->lock);
	return found;
}

/* The stamp that holds for offset: the last that is not after it, or the oldest that is kept. */
static uint64_t find_stamp(const struct console *con, uint64_t offset)
{
	uint64_t low = con->stamp_count > STAMPS ? con->stamp_count - STAMPS : 0;
	uint64_t high = con->stamp_count;

	while (high - low > 1) {
		uint64_t middle = low + (high - low) / 2;

		if (con->stamps[middle % STAMPS].offset <= offset)
			low = middle;
		else
			high = middle;
	}
	return low;
}

bool console_find_time(struct console *con, int64_t wall_ms, uint64_t *offset)
{
	pthread_mutex_lock(&con->lock);
	uint64_t low = find_stamp(con, oldest(con)), high = con->stamp_count;
	const bool is_held = low < high && con->stamps[low % STAMPS].wall_ms <= wall_ms;

	while (low < high) {
		const uint64_t middle = low + (high - low) / 2;

		if (con->stamps[middle % STAMPS].wall_ms < wall_ms)
			low = middle + 1;
		else
			high = middle;
	}
	*offset = low < con->stamp_count ? con->stamps[low % STAMPS].offset : con->head;
	if (*offset < oldest(con))
		*offset = oldest(con);
	pthread_mutex_unlock(&con->lock);
	return is_held;
}

static struct cut cut_at(const struct console *con, uint64_t from, size_t max, bool one_stamp)
{
	uint64_t start = from < oldest(con) ? oldest(con) : from;
	struct cut cut = { .from = start, .lost = start - from };

	if (start >= con->head)
		return cut;
	uint64_t end = con->head - start > max ? start + max : con->head;
	uint64_t i = find_stamp(con, start);

	cut.wall_ms = con->stamps[i % STAMPS].wall_ms;
	if (one_stamp && i + 1 < con->stamp_count) {
		uint64_t next = con->stamps[(i + 1) % STAMPS].offset;

		if (next > start && next < end)
			end = next;
	}
	cut.len = (size_t)(end - start);
	return cut;
}

static struct cut read_from(
	struct console *con, uint64_t from, uint8_t *out, size_t max, bool one_stamp)
{
	pthread_mutex_lock(&con->lock);
	struct cut cut = cut_at(con, from, max, one_stamp);
	size_t at = cut.from % CONSOLE_RING;
	size_t first = cut.len < CONSOLE_RING - at ? cut.len : CONSOLE_RING - at;

	memcpy(out, con->ring + at, first);
	memcpy(out + first, con->ring, cut.len - first);
	pthread_mutex_unlock(&con->lock);
	return cut;
}

struct cut console_read(struct console *con, uint64_t from, uint8_t *out, size_t max)
{
	return read_from(con, from, out, max, false);
}

struct cut console_read_stamped(struct console *con, uint64_t from, uint8_t *out, size_t max)
{
	return read_from(con, from, out, max, true);
}

size_t console_marks(struct console *con, uint64_t after, struct mark *out, size_t max)
{
	size_t count = 0;

	pthread_mutex_lock(&con->lock);
	uint64_t i = after < first_mark(con) ? first_mark(con) : after;

	for (; i < con->mark_count && count < max; i++)
		out[count++] = con->marks[i % MARKS];
	pthread_mutex_unlock(&con->lock);
	return count;
}
