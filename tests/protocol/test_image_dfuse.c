/* SPDX-License-Identifier: MIT */
/*
 * test_image_dfuse.c - DfuSe: docs/facts/an3155.md section 10.5. A good file is built, each row
 * changes a byte of it, and the checksum is made right again where that is not the point.
 */
#include "tests/protocol/image_case.h"

#include "tests/cmocka_all.h"

#include <string.h>

/* Two targets: internal flash with two elements, and option bytes with one. */
enum {
	TARGET = 274,
	FIRST = 11,
	ELEMENT_1 = FIRST + TARGET,    /* 8 bytes of data */
	ELEMENT_2 = ELEMENT_1 + 8 + 8, /* 4 bytes of data */
	SECOND = ELEMENT_2 + 8 + 4,
	ELEMENT_3 = SECOND + TARGET, /* 4 bytes of data */
	SUFFIX = ELEMENT_3 + 8 + 4,
	FILE_SIZE = SUFFIX + 16
};

/* Bit by bit, as the standard words it: not the table of the code under test. */
static void seal(uint8_t *file, size_t len)
{
	uint32_t crc = 0xFFFFFFFF;

	for (size_t i = 0; i < len - 4; i++) {
		crc ^= file[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
	}
	put_le32(file + len - 4, crc);
}

static void put_target(uint8_t *p, uint8_t alternate, uint32_t size, uint32_t elements)
{
	memcpy(p, "Target", 6);
	p[6] = alternate;
	put_le32(p + 266, size);
	put_le32(p + 270, elements);
}

static void put_element(uint8_t *p, uint32_t addr, const char *data, uint32_t len)
{
	put_le32(p, addr);
	put_le32(p + 4, len);
	memcpy(p + 8, data, len);
}

static void build(uint8_t file[FILE_SIZE])
{
	memset(file, 0, FILE_SIZE);
	memcpy(file, "DfuSe\x01", 6);
	put_le32(file + 6, SUFFIX);
	file[10] = 2;
	put_target(file + FIRST, 0, 8 + 8 + 8 + 4, 2);
	put_element(file + ELEMENT_1, 0x08000000, "\x00\x50\x00\x20\x09\x00\x00\x08", 8);
	put_element(file + ELEMENT_2, 0x08000100, "data", 4);
	put_target(file + SECOND, 1, 8 + 4, 1);
	put_element(file + ELEMENT_3, 0x1FFFC000, "opts", 4);
	memcpy(file + SUFFIX, "\x00\x00\x11\xDF\x83\x04\x1A\x01UFD\x10", 12);
	seal(file, FILE_SIZE);
}

#define GOOD "08000000:0050002009000008 08000100:64617461"

static const struct {
	struct image_case want;
	unsigned at, bytes;
	uint32_t value;
	bool is_torn; /* leave the checksum as it is */
} cases[] = {
	{ { .name = "two targets, flash is taken", .content = GOOD }, 0, 0, 0, false },
	{ { .name = "the second target is flash as well", .content = GOOD " 1FFFC000:6F707473" },
		SECOND + 6, 1, 0, false },
	{ { .name = "wrong checksum", .want = ERR_IMAGE, .offset = FILE_SIZE - 4 }, ELEMENT_1 + 8,
		1, 0x55, true },
	{ { .name = "no suffix", .want = ERR_IMAGE, .offset = FILE_SIZE }, SUFFIX + 8, 1, 'X',
		false },
	{ { .name = "a suffix longer than the file", .want = ERR_IMAGE, .offset = FILE_SIZE - 5 },
		SUFFIX + 11, 1, 15, false },
	{ { .name = "a suffix that reaches into the data", .want = ERR_IMAGE, .offset = 6 },
		SUFFIX + 11, 1, 20, false },
	{ { .name = "version 2", .want = ERR_IMAGE, .offset = 5 }, 5, 1, 2, false },
	{ { .name = "another size in the prefix", .want = ERR_IMAGE, .offset = 6 }, 6, 4,
		SUFFIX + 1, false },
	{ { .name = "one target more than there is", .want = ERR_IMAGE, .offset = SUFFIX }, 10, 1,
		3, false },
	{ { .name = "one target less than there is", .want = ERR_IMAGE, .offset = SECOND }, 10, 1,
		1, false },
	{ { .name = "no target mark", .want = ERR_IMAGE, .offset = FIRST }, FIRST, 1, 't', false },
	{ { .name = "a target larger than the file", .want = ERR_IMAGE, .offset = ELEMENT_1 },
		FIRST + 266, 4, 0xFFFFFFFF, false },
	{ { .name = "a target smaller than its elements",
		  .want = ERR_IMAGE,
		  .offset = ELEMENT_2 + 8 },
		FIRST + 266, 4, 27, false },
	{ { .name = "a target with one element more", .want = ERR_IMAGE, .offset = SECOND },
		FIRST + 270, 4, 3, false },
	{ { .name = "a target with one element less", .want = ERR_IMAGE, .offset = ELEMENT_2 },
		FIRST + 270, 4, 1, false },
	{ { .name = "a target with too many elements", .want = ERR_IMAGE, .offset = SECOND },
		FIRST + 270, 4, 0xFFFFFFFF, false },
	{ { .name = "an element larger than its target",
		  .want = ERR_IMAGE,
		  .offset = ELEMENT_1 + 8 },
		ELEMENT_1 + 4, 4, 0xFFFFFFF8, false },
	{ { .name = "past the address space", .want = ERR_IMAGE, .offset = ELEMENT_1 }, ELEMENT_1,
		4, 0xFFFFFFFC, false },
	{ { .name = "a conflicting overlap",
		  .want = ERR_IMAGE,
		  .offset = ELEMENT_2 + 8,
		  .addr = 0x08000004 },
		ELEMENT_2, 4, 0x08000004, false },
};

static void every_case(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint8_t file[FILE_SIZE], value[4];
		struct image_case want = cases[i].want;

		build(file);
		put_le32(value, cases[i].value);
		memcpy(file + cases[i].at, value, cases[i].bytes);
		if (!cases[i].is_torn)
			seal(file, sizeof(file));
		want.file = (const char *)file;
		want.len = sizeof(file);
		want.notes = file[SECOND + 6] ? IMAGE_NOTE_DFU_TARGET : 0;
		check_image_case(&want);
	}
}

static void without_flash_there_is_nothing(void **state)
{
	uint8_t file[FILE_SIZE];
	struct image image;

	(void)state;
	build(file);
	file[FIRST + 6] = 2;
	seal(file, sizeof(file));
	assert_int_equal(
		image_parse(&image, (struct span){ file, sizeof(file) }, FORMAT_AUTO, 0, NULL),
		ERR_EMPTY);
}

static void every_truncation_is_refused(void **state)
{
	uint8_t file[FILE_SIZE];

	(void)state;
	build(file);
	check_truncations((struct span){ file, sizeof(file) }, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case),
		cmocka_unit_test(without_flash_there_is_nothing),
		cmocka_unit_test(every_truncation_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
