/* SPDX-License-Identifier: MIT */
/*
 * bytes.h - bytes that are borrowed (span) and bytes that are owned (buf).
 * Pointer and length never travel apart. Any thread, on objects it owns.
 */
#ifndef BENCHD_PROTOCOL_BYTES_H
#define BENCHD_PROTOCOL_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KIB 1024u
#define MIB (1024u * KIB)

/* Borrowed: good for the call (or as long as a header says), never freed. */
struct span {
	const uint8_t *ptr;
	size_t len;
};

/* Owned: buf_release() gives it back. { 0 } is empty and valid. */
struct buf {
	uint8_t *ptr;
	size_t len, cap;
};

/* The span of a string, without its NUL. */
struct span span_of(const char *text);
/* Borrowed from b: good until b changes. */
struct span buf_span(const struct buf *b);
/* false: no memory, and b is unchanged. more may not point into b. */
bool buf_append(struct buf *b, struct span more);
/* Room for len bytes in all; false: no memory, and b is unchanged. */
bool buf_reserve(struct buf *b, size_t len);
void buf_release(struct buf *b);

uint16_t get_be16(const uint8_t *p);
uint32_t get_be32(const uint8_t *p);
uint16_t get_le16(const uint8_t *p);
uint32_t get_le32(const uint8_t *p);
void put_be16(uint8_t *p, uint16_t v);
void put_be32(uint8_t *p, uint32_t v);

#endif /* BENCHD_PROTOCOL_BYTES_H */
