/* SPDX-License-Identifier: MIT */
/* bytes.c - owned and borrowed bytes, and numbers in them. */
#include "protocol/bytes.h"

#include <stdlib.h>
#include <string.h>

struct span span_of(const char *text)
{
	return (struct span){ (const uint8_t *)text, strlen(text) };
}

struct span buf_span(const struct buf *b)
{
	return (struct span){ b->ptr, b->len };
}

bool buf_reserve(struct buf *b, size_t len)
{
	if (len <= b->cap)
		return true;
	size_t cap = b->cap < 64 ? 64 : b->cap;

	while (cap < len)
		cap = cap > SIZE_MAX / 2 ? len : cap * 2;
	uint8_t *ptr = realloc(b->ptr, cap);

	if (!ptr)
		return false;
	b->ptr = ptr;
	b->cap = cap;
	return true;
}

bool buf_append(struct buf *b, struct span more)
{
	if (more.len > SIZE_MAX - b->len || !buf_reserve(b, b->len + more.len))
		return false;
	if (more.len)
		memcpy(b->ptr + b->len, more.ptr, more.len);
	b->len += more.len;
	return true;
}

void buf_release(struct buf *b)
{
	free(b->ptr);
	*b = (struct buf){ 0 };
}

uint16_t get_be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

uint32_t get_be32(const uint8_t *p)
{
	return (uint32_t)get_be16(p) << 16 | get_be16(p + 2);
}

uint16_t get_le16(const uint8_t *p)
{
	return (uint16_t)(p[1] << 8 | p[0]);
}

uint32_t get_le32(const uint8_t *p)
{
	return (uint32_t)get_le16(p + 2) << 16 | get_le16(p);
}

void put_be16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

void put_be32(uint8_t *p, uint32_t v)
{
	put_be16(p, (uint16_t)(v >> 16));
	put_be16(p + 2, (uint16_t)v);
}
