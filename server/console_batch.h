/* SPDX-License-Identifier: MIT */
/*
 * console_batch.h - what one round of a console's log writes: bytes of the ring, and the records of
 * the index that say when they came and which marks stand between them. The log's thread only.
 */
#ifndef BENCHD_SERVER_CONSOLE_BATCH_H
#define BENCHD_SERVER_CONSOLE_BATCH_H

#include "server/console_file.h"

#define BATCH_BYTES (64 * KIB)
#define BATCH_RECORDS 1024u

struct batch {
	size_t len;
	uint32_t records;
	uint64_t mark; /* the last one in it */
	uint8_t raw[BATCH_BYTES];
	uint8_t index[BATCH_RECORDS * RECORD_BYTES];
};

/*
 * Takes what con holds from the offset at and behind the mark's number, as much as fits. stamp_ms:
 * of the last record before, and then of the last one in it.
 */
void batch_fill(
	struct batch *batch, struct console *con, uint64_t at, uint64_t mark, int64_t *stamp_ms);

#endif /* BENCHD_SERVER_CONSOLE_BATCH_H */
