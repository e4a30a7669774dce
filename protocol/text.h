/* SPDX-License-Identifier: MIT */
/*
 * text.h - reading records of hexadecimal digits, and writing them; what Intel HEX and S-record
 * share. Private to image*.c and format_*.c. One thread per reader.
 */
#ifndef BENCHD_PROTOCOL_TEXT_H
#define BENCHD_PROTOCOL_TEXT_H

#include "protocol/bytes.h"
#include "protocol/err.h"

struct text {
	struct span file;
	size_t at;
	uint32_t line; /* from 1 */
};

/* Skips blanks and line ends, counting lines. false: nothing else is left. */
bool text_skip_blank(struct text *t);
/* The next byte of the file as it stands, without taking it; -1 at its end. */
int text_peek(const struct text *t);
/*
 * Takes count bytes written as two digits each and adds them to *sum (modulo 256).
 * ERR_IMAGE: the file or the line ends before, or something is no digit.
 */
enum err text_bytes(struct text *t, uint8_t *out, size_t count, uint8_t *sum, struct why *why);
/* Fills why with the place where the reader stands. */
enum err text_why(const struct text *t, struct why *why, enum err e, const char *what);
/* Whether the file starts, after blanks, with mark and so many hexadecimal digits. */
bool text_starts(struct span file, char mark, size_t digits);

/* Appends bytes as digits. false: no memory. */
bool text_put(struct buf *out, const uint8_t *bytes, size_t len);

#endif /* BENCHD_PROTOCOL_TEXT_H */
