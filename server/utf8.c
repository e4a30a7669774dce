/* SPDX-License-Identifier: MIT */
/* utf8.c - well-formed UTF-8 as in the table 3-7 of the Unicode standard. */
#include "server/utf8.h"

/* A row of that table: first byte from..to, length, and the range of the second byte. */
static const struct {
	uint8_t from, to, len, low, high;
} rows[] = {
	{ 0x00, 0x7F, 1, 0, 0 },
	{ 0xC2, 0xDF, 2, 0x80, 0xBF },
	{ 0xE0, 0xE0, 3, 0xA0, 0xBF },
	{ 0xE1, 0xEC, 3, 0x80, 0xBF },
	{ 0xED, 0xED, 3, 0x80, 0x9F },
	{ 0xEE, 0xEF, 3, 0x80, 0xBF },
	{ 0xF0, 0xF0, 4, 0x90, 0xBF },
	{ 0xF1, 0xF3, 4, 0x80, 0xBF },
	{ 0xF4, 0xF4, 4, 0x80, 0x8F },
};

size_t utf8_char(struct span text)
{
	for (size_t i = 0; text.len && i < sizeof(rows) / sizeof(*rows); i++) {
		if (text.ptr[0] < rows[i].from || text.ptr[0] > rows[i].to)
			continue;
		size_t len = rows[i].len;

		if (len == 1)
			return 1;
		if (text.len < len || text.ptr[1] < rows[i].low || text.ptr[1] > rows[i].high)
			return 0;
		for (size_t k = 2; k < len; k++)
			if ((text.ptr[k] & 0xC0) != 0x80)
				return 0;
		return len;
	}
	return 0;
}

bool utf8_is_valid(struct span text)
{
	while (text.len) {
		size_t len = utf8_char(text);

		if (!len)
			return false;
		text.ptr += len;
		text.len -= len;
	}
	return true;
}

size_t utf8_put(uint8_t out[4], uint32_t code)
{
	if (code < 0x80) {
		out[0] = (uint8_t)code;
		return 1;
	}
	size_t len = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

	for (size_t i = len - 1; i > 0; i--) {
		out[i] = (uint8_t)(0x80 | (code & 0x3F));
		code >>= 6;
	}
	out[0] = (uint8_t)((0xF0 << (4 - len)) | code);
	return len;
}
