/* SPDX-License-Identifier: MIT */
/* draft.c - pieces of an image in file order, sorted and joined into segments. */
#include "protocol/draft.h"

#include <stdlib.h>
#include <string.h>

static uint64_t piece_end(const struct piece *p)
{
	return (uint64_t)p->addr + p->len;
}

static enum err push(struct draft *d, struct piece piece, struct why *why)
{
	if (d->count == d->cap) {
		const size_t cap = d->cap ? d->cap * 2 : 64;

		if (d->count >= DRAFT_MAX_PIECES)
			return why_at(why, ERR_TOO_LARGE, piece.addr, "too many separate pieces");
		struct piece *pieces = realloc(d->pieces, cap * sizeof(*pieces));

		if (!pieces)
			return why_set(why, ERR_NO_MEMORY, NULL);
		d->pieces = pieces;
		d->cap = cap;
	}
	d->pieces[d->count++] = piece;
	return ERR_OK;
}

enum err draft_add(struct draft *d, uint32_t addr, struct span data, struct why *why)
{
	if (!data.len)
		return ERR_OK;
	if (data.len > IMAGE_MAX_BYTES - d->bytes)
		return why_at(why, ERR_TOO_LARGE, addr, "more bytes than any part holds");
	const struct piece piece = { addr, (uint32_t)data.len, data.ptr };

	if (piece_end(&piece) > UINT64_C(1) << 32)
		return why_at(why, ERR_IMAGE, addr, "data past the end of the address space");
	struct piece *last = d->count ? &d->pieces[d->count - 1] : NULL;

	d->bytes += piece.len;
	if (last && piece_end(last) == addr && last->ptr + last->len == data.ptr) {
		last->len += piece.len;
		return ERR_OK;
	}
	return push(d, piece, why);
}

enum err draft_copy(
	struct draft *d, uint32_t addr, struct span data, uint32_t line, struct why *why)
{
	if (d->is_seeking) {
		if (d->seek_addr - addr < data.len)
			d->found_line = line;
		return ERR_OK;
	}
	/* Two digits a byte: a text file cannot hold more than this. */
	const size_t most = d->file.len / 2 < IMAGE_MAX_BYTES ? d->file.len / 2 : IMAGE_MAX_BYTES;
	enum err e = ERR_OK;

	if (data.len > most - d->pool.len)
		e = why_at(why, ERR_TOO_LARGE, addr, "more bytes than any part holds");
	else if (!buf_reserve(&d->pool, most) || !buf_append(&d->pool, data))
		e = why_set(why, ERR_NO_MEMORY, NULL);
	else
		e = draft_add(d, addr,
			(struct span){ d->pool.ptr + d->pool.len - data.len, data.len }, why);
	if (e && why)
		why->line = line;
	return e;
}

void draft_entry(struct draft *d, uint32_t entry)
{
	d->image->entry = entry;
	d->image->has_entry = entry != 0;
}

static int compare_pieces(const void *left, const void *right)
{
	const struct piece *a = left, *b = right;

	if (a->addr != b->addr)
		return a->addr < b->addr ? -1 : 1;
	if (a->ptr != b->ptr)
		return a->ptr < b->ptr ? -1 : 1;
	return 0;
}

struct extent {
	size_t runs; /* of pieces that touch or overlap */
	uint32_t bytes;
};

static struct extent measure(const struct draft *d)
{
	struct extent extent = { 0, 0 };
	uint64_t end = 0;

	for (size_t i = 0; i < d->count; i++) {
		const struct piece *p = &d->pieces[i];

		if (i == 0 || p->addr > end) {
			extent.runs++;
			end = p->addr;
		}
		if (piece_end(p) > end) {
			extent.bytes += (uint32_t)(piece_end(p) - end);
			end = piece_end(p);
		}
	}
	return extent;
}

/* Every piece is a segment of its own: nothing is copied. */
static void use_pieces(const struct draft *d, struct segment *segments)
{
	for (size_t i = 0; i < d->count; i++) {
		const struct piece *p = &d->pieces[i];

		segments[i] = (struct segment){ p->addr, { p->ptr, p->len } };
	}
}

static enum err disagree(const struct draft *d, const struct piece *p, uint32_t at, struct why *why)
{
	const bool is_borrowed = !d->pool.len;

	if (why && is_borrowed)
		why->offset = (uint64_t)(p->ptr - d->file.ptr) + at;
	return why_at(why, ERR_IMAGE, p->addr + at, "two parts of the file disagree on this byte");
}

/* Lays piece p over the segment, which starts at or before it and reaches it. */
static enum err join(const struct draft *d, struct segment *segment, struct buf *pool,
	const struct piece *p, struct why *why)
{
	const size_t at = p->addr - segment->addr;
	const size_t have = segment->data.len - at;
	const uint32_t common = p->len < have ? p->len : (uint32_t)have;

	for (uint32_t i = 0; i < common; i++) {
		if (segment->data.ptr[at + i] != p->ptr[i])
			return disagree(d, p, i, why);
	}
	if (!buf_append(pool, (struct span){ p->ptr + common, p->len - common }))
		return why_set(why, ERR_NO_MEMORY, NULL);
	segment->data.len += p->len - common;
	return ERR_OK;
}

/* pool has room for all bytes, so that it does not move under the segments. */
static enum err join_pieces(
	const struct draft *d, struct segment *segments, struct buf *pool, struct why *why)
{
	struct segment *segment = NULL;
	enum err e = ERR_OK;

	for (size_t i = 0; !e && i < d->count; i++) {
		const struct piece *p = &d->pieces[i];

		if (!segment || p->addr > (uint64_t)segment->addr + segment->data.len) {
			segment = segment ? segment + 1 : segments;
			*segment = (struct segment){ p->addr, { pool->ptr + pool->len, 0 } };
		}
		e = join(d, segment, pool, p, why);
	}
	return e;
}

enum err draft_finish(struct draft *d, struct why *why)
{
	if (!d->count)
		return why_set(why, ERR_EMPTY, "no byte to program");
	qsort(d->pieces, d->count, sizeof(*d->pieces), compare_pieces);
	const struct extent extent = measure(d);

	if (extent.runs > IMAGE_MAX_SEGMENTS)
		return why_set(why, ERR_TOO_LARGE, "too many separate pieces");
	struct segment *segments = calloc(extent.runs, sizeof(*segments));
	struct buf joined = { 0 };
	enum err e = segments ? ERR_OK : why_set(why, ERR_NO_MEMORY, NULL);

	if (!e && extent.runs == d->count) {
		use_pieces(d, segments);
		joined = d->pool;
		d->pool = (struct buf){ 0 };
	} else if (!e && !buf_reserve(&joined, extent.bytes)) {
		e = why_set(why, ERR_NO_MEMORY, NULL);
	} else if (!e) {
		e = join_pieces(d, segments, &joined, why);
	}
	if (e) {
		buf_release(&joined);
		free(segments);
		return e;
	}
	d->image->segments = segments;
	d->image->count = extent.runs;
	d->image->bytes = extent.bytes;
	d->image->pool = joined;
	return ERR_OK;
}

void draft_release(struct draft *d)
{
	free(d->pieces);
	buf_release(&d->pool);
	*d = (struct draft){ 0 };
}
