/* SPDX-License-Identifier: MIT */
/*
 * format_foreign.c - files that are plainly not firmware: a download page saved by mistake, an
 * archive that still holds the firmware. None of the marks can open a vector table, whose first
 * word is a stack pointer in RAM.
 */
#include "protocol/format.h"

#include <string.h>

static const struct {
	size_t offset, len;
	const char *mark, *what;
} marks[] = {
	{ 0, 2, "\x1f\x8b", "this is a gzip archive: unpack it first" },
	{ 0, 4, "PK\x03\x04", "this is a ZIP archive: unpack it first" },
	{ 0, 4, "PK\x05\x06", "this is an empty ZIP archive" },
	{ 0, 6, "7z\xbc\xaf\x27\x1c", "this is a 7z archive: unpack it first" },
	{ 0, 4, "Rar!", "this is a RAR archive: unpack it first" },
	{ 0, 3, "BZh", "this is a bzip2 archive: unpack it first" },
	{ 0, 6,
		"\xfd"
		"7zXZ\0",
		"this is an xz archive: unpack it first" },
	{ 0, 4, "\x28\xb5\x2f\xfd", "this is a zstd archive: unpack it first" },
	{ 257, 5, "ustar", "this is a tar archive: unpack it first" },
	{ 0, 8, "!<arch>\n", "this is a library, not a linked program" },
	{ 0, 5, "%PDF-", "this is a PDF document" },
	{ 0, 8, "\x89PNG\r\n\x1a\n", "this is a PNG picture" },
	{ 0, 3, "\xff\xd8\xff", "this is a JPEG picture" },
	{ 0, 4, "GIF8", "this is a GIF picture" },
	{ 0, 4, "UF2\n", "this is a UF2 file: convert it to .bin or .hex" },
	{ 0, 2, "MZ", "this is a Windows program" },
	{ 0, 34, "version https://git-lfs.github.com", "this is a Git LFS pointer, not the file" },
};

static const struct {
	char first;
	const char *what;
} texts[] = {
	{ '<', "this is HTML or XML: a page saved in place of the file?" },
	{ '{', "this is JSON" },
	{ '[', "this is JSON" },
	{ '\0', "this is text, but neither Intel HEX nor S-record" },
};

#define TEXT_LOOK 512 /* how much of a file is looked at; a vector table has zeros well before */

/* The first character that is not blank; 0 when the file starts with something else than text. */
static char first_of_text(struct span file)
{
	const size_t len = file.len < TEXT_LOOK ? file.len : TEXT_LOOK;
	char first = '\0';

	for (size_t i = 0; i < len; i++) {
		const uint8_t c = file.ptr[i];
		const bool is_blank = c == ' ' || (c >= '\t' && c <= '\r');

		if (!is_blank && (c < ' ' || c >= 0x7F))
			return '\0';
		if (!first && !is_blank)
			first = (char)c;
	}
	return first;
}

const char *format_foreign(struct span file)
{
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
		const size_t end = marks[i].offset + marks[i].len;

		if (file.len >= end &&
			memcmp(file.ptr + marks[i].offset, marks[i].mark, marks[i].len) == 0)
			return marks[i].what;
	}
	const char first = first_of_text(file);
	size_t row = 0;

	if (!first)
		return NULL;
	while (texts[row].first && texts[row].first != first)
		row++;
	return texts[row].what;
}
