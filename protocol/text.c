/* SPDX-License-Identifier: MIT */
/* text.c - hexadecimal digits in records, read and written. */
#include "protocol/text.h"

static int digit_of(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

int text_peek(const struct text *t)
{
	return t->at < t->file.len ? t->file.ptr[t->at] : -1;
}

/* A line ends with LF, CR LF or CR alone. */
bool text_skip_blank(struct text *t)
{
	for (; t->at < t->file.len; t->at++) {
		const uint8_t c = t->file.ptr[t->at];

		if (c == '\n' || c == '\r') {
			const bool is_pair = c == '\r' && t->at + 1 < t->file.len &&
				t->file.ptr[t->at + 1] == '\n';

			t->line += !is_pair;
		} else if (c != ' ' && c != '\t') {
			return true;
		}
	}
	return false;
}

enum err text_why(const struct text *t, struct why *why, enum err e, const char *what)
{
	if (why) {
		why->line = t->line;
		why->offset = t->at;
	}
	return why_set(why, e, what);
}

static const char *what_is_wrong(int c)
{
	if (c < 0)
		return "the file ends within a record: it is cut short";
	if (c == '\n' || c == '\r' || c == ' ' || c == '\t')
		return "the record is shorter than its length says";
	return "not a hexadecimal digit";
}

enum err text_bytes(struct text *t, uint8_t *out, size_t count, uint8_t *sum, struct why *why)
{
	for (size_t i = 0; i < 2 * count; i++) {
		const int digit = digit_of(text_peek(t));

		if (digit < 0)
			return text_why(t, why, ERR_IMAGE, what_is_wrong(text_peek(t)));
		t->at++;
		out[i / 2] = (uint8_t)(i % 2 ? out[i / 2] << 4 | digit : digit);
		if (i % 2)
			*sum = (uint8_t)(*sum + out[i / 2]);
	}
	return ERR_OK;
}

bool text_starts(struct span file, char mark, size_t digits)
{
	struct text t = { .file = file, .line = 1 };

	if (!text_skip_blank(&t) || text_peek(&t) != mark)
		return false;
	for (size_t i = 0; i < digits; i++) {
		t.at++;
		if (digit_of(text_peek(&t)) < 0)
			return false;
	}
	return true;
}

bool text_put(struct buf *out, const uint8_t *bytes, size_t len)
{
	static const char digits[] = "0123456789ABCDEF";

	if (len > (SIZE_MAX - out->len) / 2 || !buf_reserve(out, out->len + 2 * len))
		return false;
	for (size_t i = 0; i < len; i++) {
		out->ptr[out->len++] = (uint8_t)digits[bytes[i] >> 4];
		out->ptr[out->len++] = (uint8_t)digits[bytes[i] & 15];
	}
	return true;
}
