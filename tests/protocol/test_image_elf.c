/* SPDX-License-Identifier: MIT */
/*
 * test_image_elf.c - ELF: docs/facts/an3155.md section 10.3. A good file is built, each row
 * changes a field of it.
 */
#include "tests/protocol/image_case.h"

#include "tests/cmocka_all.h"

#include <string.h>

/* Where the built file has its parts. */
enum {
	PHDR = 52,            /* three program headers: .text, .data, RAM */
	SHDR = PHDR + 3 * 32, /* three section headers: null, .text, .bss */
	TEXT = SHDR + 3 * 40, /* 8 bytes */
	DATA = TEXT + 8,      /* 4 bytes */
	RAM = DATA + 4,       /* 4 bytes */
	FILE_SIZE = RAM + 4
};

static void put_words(uint8_t *p, const uint32_t *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		put_le32(p + 4 * i, words[i]);
}

static void build(uint8_t file[FILE_SIZE])
{
	static const uint8_t ident[] = { 0x7F, 'E', 'L', 'F', 1, 1, 1 };
	/* type and machine; version; entry; phoff; shoff; flags; ehsize and phentsize; phnum and
	 * shentsize; shnum and shstrndx */
	static const uint32_t header[] = { 40u << 16 | 2, 1, 0x08000009, PHDR, SHDR, 0,
		32u << 16 | 52, 40u << 16 | 3, 3 };
	/* type, offset, vaddr, paddr, filesz, memsz, flags, align */
	static const uint32_t loads[3][8] = {
		{ 1, TEXT, 0x08000000, 0x08000000, 8, 8, 5, 4 },
		{ 1, DATA, 0x20000000, 0x08000100, 4, 64, 6, 4 },
		{ 1, RAM, 0x20001000, 0x20001000, 4, 4, 7, 4 },
	};
	/* name, type, flags, addr, offset, size, link, info, align, entsize */
	static const uint32_t sections[3][10] = {
		{ 0 },
		{ 0, 1, 6, 0x08000000, TEXT, 8, 0, 0, 4, 0 },
		{ 0, 8, 3, 0x20000004, DATA, 60, 0, 0, 4, 0 },
	};

	memset(file, 0, FILE_SIZE);
	memcpy(file, ident, sizeof(ident));
	put_words(file + 16, header, 9);
	for (size_t i = 0; i < 3; i++) {
		put_words(file + PHDR + 32 * i, loads[i], 8);
		put_words(file + SHDR + 40 * i, sections[i], 10);
	}
	memcpy(file + TEXT, "\x00\x50\x00\x20\x09\x00\x00\x08", 8);
	memcpy(file + DATA, "data", 4);
	memcpy(file + RAM, "ram!", 4);
}

#define GOOD "08000000:0050002009000008 08000100:64617461"
#define PATCHES 4

static const struct {
	struct image_case want;
	struct {
		unsigned at, bytes;
		uint32_t value;
	} patch[PATCHES]; /* ends at bytes 0 */
} cases[] = {
	{ { .name = "text, data at its load address, RAM left out", .content = GOOD }, { { 0 } } },
	{ { .name = "no section headers", .content = GOOD }, { { 32, 4, 0 } } },
	{ { .name = "not a load segment", .content = "08000000:0050002009000008" },
		{ { PHDR + 32, 4, 6 } } },
	{ { .name = "nothing in the file, all .bss", .content = "08000000:0050002009000008" },
		{ { PHDR + 32 + 16, 4, 0 } } },
	{ { .name = "neighbours are joined", .content = "08000000:005000200900000864617461" },
		{ { PHDR + 32 + 12, 4, 0x08000008 } } },
	{ { .name = "an equal overlap", .content = "08000000:0050002009000008" },
		{ { PHDR + 32 + 12, 4, 0x08000004 }, { PHDR + 32 + 4, 4, TEXT + 4 } } },
	{ { .name = "the header is in the segment: the section tells", .content = GOOD },
		{ { PHDR + 4, 4, 0 }, { PHDR + 12, 4, 0x08000000 - TEXT },
			{ PHDR + 16, 4, TEXT + 8 }, { PHDR + 20, 4, TEXT + 8 } } },

	{ { .name = "the header is in the segment, and no section tells",
		  .want = ERR_IMAGE,
		  .offset = PHDR },
		{ { PHDR + 4, 4, 0 }, { PHDR + 16, 4, TEXT + 8 }, { PHDR + 20, 4, TEXT + 8 },
			{ 32, 4, 0 } } },
	{ { .name = "two segments with the header", .want = ERR_IMAGE, .offset = PHDR + 32 },
		{ { PHDR + 4, 4, 0 }, { PHDR + 16, 4, TEXT + 8 }, { PHDR + 20, 4, TEXT + 8 },
			{ PHDR + 32 + 4, 4, 0 } } },
	{ { .name = "64 bit", .want = ERR_IMAGE, .offset = 4 }, { { 4, 1, 2 } } },
	{ { .name = "big-endian", .want = ERR_IMAGE, .offset = 5 }, { { 5, 1, 2 } } },
	{ { .name = "x86-64", .want = ERR_IMAGE, .offset = 18 }, { { 18, 2, 62 } } },
	{ { .name = "an object file", .want = ERR_IMAGE, .offset = 16 }, { { 16, 2, 1 } } },
	{ { .name = "program headers of another size", .want = ERR_IMAGE, .offset = 42 },
		{ { 42, 2, 56 } } },
	{ { .name = "program headers outside", .want = ERR_IMAGE, .offset = 28 },
		{ { 28, 4, FILE_SIZE - 95 } } },
	{ { .name = "program headers far outside", .want = ERR_IMAGE, .offset = 28 },
		{ { 28, 4, 0xFFFFFFFF } } },
	{ { .name = "too many program headers", .want = ERR_IMAGE, .offset = 28 },
		{ { 44, 2, 0xFFFF } } },
	{ { .name = "section headers outside", .want = ERR_IMAGE, .offset = 32 },
		{ { 32, 4, FILE_SIZE } } },
	{ { .name = "section headers of another size", .want = ERR_IMAGE, .offset = 46 },
		{ { 46, 2, 64 } } },
	{ { .name = "a segment outside", .want = ERR_IMAGE, .offset = PHDR, .addr = 0x08000000 },
		{ { PHDR + 4, 4, FILE_SIZE - 7 } } },
	{ { .name = "a segment whose end wraps", .want = ERR_IMAGE, .offset = PHDR },
		{ { PHDR + 16, 4, 0xFFFFFFFF } } },
	{ { .name = "more in the file than in memory", .want = ERR_IMAGE, .offset = PHDR },
		{ { PHDR + 20, 4, 7 } } },
	{ { .name = "past the address space", .want = ERR_IMAGE, .offset = PHDR },
		{ { PHDR + 12, 4, 0xFFFFFFFC } } },
	{ { .name = "a conflicting overlap",
		  .want = ERR_IMAGE,
		  .offset = DATA,
		  .addr = 0x08000004 },
		{ { PHDR + 32 + 12, 4, 0x08000004 } } },
	{ { .name = "all of it for RAM", .want = ERR_EMPTY },
		{ { PHDR + 12, 4, 0x20000000 }, { PHDR + 32 + 12, 4, 0x10000000 } } },
	{ { .name = "no program header", .want = ERR_EMPTY }, { { 44, 2, 0 } } },
};

static void every_case(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint8_t file[FILE_SIZE];
		struct image_case want = cases[i].want;

		build(file);
		for (size_t p = 0; p < PATCHES && cases[i].patch[p].bytes; p++) {
			uint8_t value[4];

			put_le32(value, cases[i].patch[p].value);
			memcpy(file + cases[i].patch[p].at, value, cases[i].patch[p].bytes);
		}
		want.file = (const char *)file;
		want.len = sizeof(file);
		want.notes = IMAGE_NOTE_RAM_SEGMENT;
		want.entry = 0x08000009;
		check_image_case(&want);
	}
}

static void bytes_are_borrowed_where_they_stand(void **state)
{
	uint8_t file[FILE_SIZE];
	struct image image;

	(void)state;
	build(file);
	assert_int_equal(
		image_parse(&image, (struct span){ file, sizeof(file) }, FORMAT_ELF, 0, NULL),
		ERR_OK);
	assert_ptr_equal(image.segments[0].data.ptr, file + TEXT);
	assert_ptr_equal(image.segments[1].data.ptr, file + DATA);
	image_release(&image);
}

/* Every cut is refused: what is missing is either a header or a segment's bytes. */
static void every_truncation_is_refused(void **state)
{
	uint8_t file[FILE_SIZE];

	(void)state;
	build(file);
	check_truncations((struct span){ file, sizeof(file) }, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case),
		cmocka_unit_test(bytes_are_borrowed_where_they_stand),
		cmocka_unit_test(every_truncation_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
