/* SPDX-License-Identifier: MIT */
/* test_image_hex.c - Intel HEX: docs/facts/an3155.md section 10.1, rule by rule. */
#include "tests/protocol/image_case.h"

#include "tests/cmocka_all.h"

#include <stdio.h>

#define END ":00000001FF\n"
#define AT_FLASH ":020000040800F2\n"

static const struct image_case cases[] = {
	{ .name = "one byte", .file = ":01000000AA55\n" END, .content = "00000000:AA" },
	{ .name = "flash, two records in one segment",
		.file = AT_FLASH ":0400000001020304F2\n:02000400050AEB\n" END,
		.content = "08000000:01020304050A" },
	{ .name = "no line ends",
		.file = ":020000040800F2:0400000001020304F2:00000001FF",
		.content = "08000000:01020304" },
	{ .name = "CR LF, blank lines, blanks at the ends",
		.file = "\r\n \t"
			":020000040800F2  \r\n\r\n:0400000001020304F2\t\r\n" END "\r\n",
		.content = "08000000:01020304" },
	{ .name = "lower case", .file = ":01000000aa55\n:00000001ff", .content = "00000000:AA" },
	{ .name = "not sorted",
		.file = ":0100100011DE\n:0100000022DD\n" END,
		.content = "00000000:22 00000010:11" },
	{ .name = "neighbours not sorted",
		.file = ":0100010011ED\n:0100000022DD\n" END,
		.content = "00000000:2211" },
	{ .name = "empty data record",
		.file = ":00000000"
			"00\n:01000000AA55\n" END,
		.content = "00000000:AA" },
	{ .name = "04 stays until the next",
		.entry = 0,
		.file = AT_FLASH
		":0100000011EE\n:020000041FFFDC\n:0100000022DD\n:0110000033BC\n" END,
		.content = "08000000:11 1FFF0000:22 1FFF1000:33" },
	{ .name = "a record crosses 64 KiB without a new 04",
		.file = AT_FLASH ":04FFFE0001020304F5\n" END,
		.content = "0800FFFE:01020304" },
	{ .name = "a record wraps at 4 GiB",
		.file = ":02000004FFFFFC\n:04FFFE0001020304F5\n" END,
		.content = "00000000:0304 FFFFFFFE:0102" },
	{ .name = "02 wraps within 64 KiB",
		.file = ":020000021000EC\n:04FFFE0001020304F5\n" END,
		.content = "00010000:0304 0001FFFE:0102" },
	{ .name = "02 then 04: the last wins",
		.file = ":020000021000EC\n:0100000011EE\n" AT_FLASH ":0100000022DD\n" END,
		.content = "00010000:11 08000000:22" },
	{ .name = "03 is not used",
		.file = ":0400000300003800C1\n:01000000AA55\n" END,
		.content = "00000000:AA" },
	{ .name = "05 is the entry",
		.file = ":04000005080001C12D\n:01000000AA55\n" END,
		.content = "00000000:AA",
		.entry = 0x080001C1 },
	{ .name = "an end record with an address",
		.file = ":01000000AA55\n:0012340"
			"1B9\n",
		.content = "00000000:AA" },
	{ .name = "records after the end",
		.file = ":01000000AA55\n" END ":01000100AA54\n",
		.content = "00000000:AA",
		.notes = IMAGE_NOTE_AFTER_END },
	{ .name = "the same byte twice",
		.file = ":01000000AA55\n:01000000AA55\n" END,
		.content = "00000000:AA" },
	{ .name = "an equal overlap",
		.file = ":0400000001020304F2\n:0400020003040506E8\n" END,
		.content = "00000000:010203040506" },
	{ .name = "one record within another",
		.file = ":0400000001020304F2\n:0100010002FC\n:0100060007F2\n" END,
		.content = "00000000:01020304 00000006:07" },

	{ .name = "wrong checksum", .file = ":0100000001FF\n", .want = ERR_IMAGE, .line = 1 },
	{ .name = "wrong checksum in line 3",
		.want = ERR_IMAGE,
		.line = 3,
		.file = AT_FLASH "\n:01000000AA56\n" END },
	{ .name = "no end record", .file = ":01000000AA55\n", .want = ERR_IMAGE, .line = 2 },
	{ .name = "cut within a record",
		.file = ":01000000AA55\n:0000",
		.want = ERR_IMAGE,
		.line = 2 },
	{ .name = "cut before the last digit",
		.file = ":01000000AA55\n:00000001F",
		.want = ERR_IMAGE,
		.line = 2 },
	{ .name = "a record shorter than it says",
		.file = ":02000000AA55\n" END,
		.want = ERR_IMAGE,
		.line = 1 },
	{ .name = "a record longer than it says",
		.file = ":01000000AABB9A\n" END,
		.want = ERR_IMAGE,
		.line = 1 },
	{ .name = "no digit", .file = ":01000000AG55\n" END, .want = ERR_IMAGE, .line = 1 },
	{ .name = "a zero byte among the digits",
		.file = ":010000\0"
			"0AA55\n" END,
		.len = 27,
		.want = ERR_IMAGE,
		.line = 1 },
	{ .name = "other text between records",
		.file = ":01000000AA55\n# x\n" END,
		.want = ERR_IMAGE,
		.line = 2 },
	{ .name = "no such type", .file = ":01000006AA4F\n" END, .want = ERR_IMAGE, .line = 1 },
	{ .name = "04 of one byte", .file = ":0100000408F3\n" END, .want = ERR_IMAGE, .line = 1 },
	{ .name = "end with data", .file = ":01000001AA54\n", .want = ERR_IMAGE, .line = 1 },
	{ .name = "CR alone ends a line",
		.file = ":01000000AA55\r:01000000AA56\r",
		.want = ERR_IMAGE,
		.line = 2 },
	{ .name = "a conflicting overlap",
		.want = ERR_IMAGE,
		.line = 4,
		.addr = 0x08000003,
		.file = AT_FLASH ":0400000001020304F2\n:0100080011E6\n:020003000509ED\n"
				 ":0100090011E5\n" END },
	{ .name = "a conflict in the first byte of a sorted pair",
		.want = ERR_IMAGE,
		.line = 2,
		.addr = 0,
		.file = ":0100000001FE\n:0100000002FD\n" END },
	{ .name = "nothing but the end", .file = END, .want = ERR_EMPTY, .line = 0 },
	{ .name = "HEX was asked for",
		.file = "S9030000FC\n",
		.format = FORMAT_HEX,
		.want = ERR_FORMAT },
};

static void every_case(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		check_image_case(&cases[i]);
}

static void the_longest_record(void **state)
{
	struct buf file = { 0 };
	struct image image;
	char record[2 * 260 + 3];
	uint8_t sum = 0xFF;
	size_t at = 0;

	(void)state;
	at += (size_t)sprintf(record, ":FF000000");
	for (unsigned i = 0; i < 255; i++) {
		at += (size_t)sprintf(record + at, "%02X", i);
		sum = (uint8_t)(sum + i);
	}
	at += (size_t)sprintf(record + at, "%02X\n", (uint8_t)-sum);
	assert_true(buf_append(&file, span_of(record)) && buf_append(&file, span_of(END)));
	assert_int_equal(image_parse(&image, buf_span(&file), FORMAT_AUTO, 0, NULL), ERR_OK);
	assert_int_equal(image.count, 1);
	assert_int_equal(image.bytes, 255);
	assert_int_equal(image.segments[0].data.ptr[254], 254);
	image_release(&image);
	buf_release(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case),
		cmocka_unit_test(the_longest_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
