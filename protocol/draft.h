/* SPDX-License-Identifier: MIT */
/*
 * draft.h - an image while its file is read: pieces in file order, made into segments at the end.
 * Private to image.c and format_*.c. One thread per draft.
 */
#ifndef BENCHD_PROTOCOL_DRAFT_H
#define BENCHD_PROTOCOL_DRAFT_H

#include "protocol/image.h"

/*
 * Pieces that neither follow each other in the file nor in memory cost as much as 16 bytes of
 * image each: so all of them take no more memory than the largest image.
 */
#define DRAFT_MAX_PIECES (IMAGE_MAX_BYTES / 16)

struct piece {
	uint32_t addr, len;
	const uint8_t *ptr; /* into the file or the pool */
};

struct draft {
	struct span file;
	uint32_t bin_addr;   /* where a raw image goes */
	struct image *image; /* takes notes and entry */
	struct piece *pieces;
	size_t count, cap;
	uint32_t bytes;  /* of all pieces, twice what is there twice */
	struct buf pool; /* reserved whole at the first copy, so that it never moves */
	bool is_seeking; /* a second reading, only to find the line that writes seek_addr */
	uint32_t seek_addr, found_line;
};

/*
 * Adds bytes that the file or the pool holds. An empty piece is nothing.
 * ERR_IMAGE: it passes the end of the address space. ERR_TOO_LARGE, ERR_NO_MEMORY.
 */
enum err draft_add(struct draft *d, uint32_t addr, struct span data, struct why *why);
/* Adds a copy: for text, whose bytes stand nowhere as they are. line: where the record stands. */
enum err draft_copy(
	struct draft *d, uint32_t addr, struct span data, uint32_t line, struct why *why);
/* Notes the entry point; 0 says that there is none. */
void draft_entry(struct draft *d, uint32_t entry);
/*
 * Gives the image its segments: sorted, equal overlaps and neighbours joined.
 * ERR_EMPTY: no bytes at all. ERR_IMAGE: two pieces disagree on a byte; addr is its address,
 * offset its place in a binary file. ERR_TOO_LARGE, ERR_NO_MEMORY.
 */
enum err draft_finish(struct draft *d, struct why *why);
void draft_release(struct draft *d);

#endif /* BENCHD_PROTOCOL_DRAFT_H */
