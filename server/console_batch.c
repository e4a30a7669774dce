/* SPDX-License-Identifier: MIT */
/* console_batch.c - bytes, stamps and marks of a console, in the order of a log's files. */
#include "server/console_batch.h"

#define BATCH_MARKS 64u

static void add_record(struct batch *batch, const struct log_record *record, int64_t *stamp_ms)
{
	log_record_put(batch->index + (size_t)batch->records++ * RECORD_BYTES, record);
	*stamp_ms = record->wall_ms;
}

/* Bytes up to stop, at most one stamp's. false: they are gone from the ring. */
static bool add_bytes(
	struct batch *batch, struct console *con, uint64_t at, uint64_t stop, int64_t *stamp_ms)
{
	const size_t room = BATCH_BYTES - batch->len;
	const size_t max = stop - at < room ? (size_t)(stop - at) : room;
	const struct cut cut = console_read_stamped(con, at, batch->raw + batch->len, max);

	if (cut.lost)
		return false;
	if (cut.wall_ms != *stamp_ms)
		add_record(batch, &(struct log_record){ at, cut.wall_ms, CONSOLE_MARK_NONE },
			stamp_ms);
	batch->len += cut.len;
	return true;
}

/* Marks are asked for after the head: one that comes later stands at it or behind. */
void batch_fill(
	struct batch *batch, struct console *con, uint64_t at, uint64_t mark, int64_t *stamp_ms)
{
	const uint64_t first = at;
	struct mark marks[BATCH_MARKS];
	uint64_t head = console_head(con);
	const size_t count = console_marks(con, mark, marks, BATCH_MARKS);
	size_t n = 0;

	batch->len = batch->records = 0;
	batch->mark = mark;
	if (count == BATCH_MARKS && marks[count - 1].offset < head)
		head = marks[count - 1].offset; /* there may be more */
	while (batch->len < BATCH_BYTES && batch->records < BATCH_RECORDS) {
		const struct mark *next = n < count ? &marks[n] : NULL;
		const uint64_t stop = next && next->offset < head ? next->offset : head;

		if (next && next->offset <= at) {
			add_record(batch, &(struct log_record){ at, next->wall_ms, next->mark },
				stamp_ms);
			batch->mark = next->number;
			n++;
		} else if (at >= head || !add_bytes(batch, con, at, stop, stamp_ms)) {
			break;
		}
		at = first + batch->len;
	}
}
