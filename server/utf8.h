/* SPDX-License-Identifier: MIT */
/* utf8.h - is it UTF-8? Shortest forms only, no surrogates, nothing past U+10FFFF. Any thread. */
#ifndef BENCHD_SERVER_UTF8_H
#define BENCHD_SERVER_UTF8_H

#include "protocol/bytes.h"

/* Bytes of the character that text starts with, 1 to 4; 0: not a good one, or text is empty. */
size_t utf8_char(struct span text);
/* All of it? */
bool utf8_is_valid(struct span text);
/* Writes a code point (no surrogate, at most 0x10FFFF); gives its length. */
size_t utf8_put(uint8_t out[4], uint32_t code);

#endif /* BENCHD_SERVER_UTF8_H */
