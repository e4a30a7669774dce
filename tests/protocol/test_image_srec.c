/* SPDX-License-Identifier: MIT */
/* test_image_srec.c - Motorola S-record: docs/facts/an3155.md section 10.2, rule by rule. */
#include "tests/protocol/image_case.h"

#include "tests/cmocka_all.h"

#define HEADER "S00600004844521B\n"
#define END "S70500000000FA\n"
#define DATA "S3090800000001020304E4\n"

static const struct image_case cases[] = {
	{ .name = "header, S3, S7", .file = HEADER DATA END, .content = "08000000:01020304" },
	{ .name = "the manual's example",
		.file = "S110000048656C6C6F2C20576F726C640A9D\nS9030000FC",
		.content = "00000000:48656C6C6F2C20576F726C640A" },
	{ .name = "no line ends",
		.file = "S00600004844521BS3090800000001020304E4S70500000000FA",
		.content = "08000000:01020304" },
	{ .name = "CR LF and blanks",
		.file = "\r\n"
			" S3090800000001020304E4 \r\n" END "\r\n",
		.content = "08000000:01020304" },
	{ .name = "S1, S2 and S3 mixed, another terminator",
		.file = "S1041000AA41\nS205100001BB2E\n" DATA "S9030000FC\n",
		.content = "00001000:AA 00100001:BB 08000000:01020304" },
	{ .name = "lower-case digits",
		.file = "S1041000aa41\nS9030000fc",
		.content = "00001000:AA" },
	{ .name = "entry",
		.file = DATA "S705080001C130\n",
		.content = "08000000:01020304",
		.entry = 0x080001C1 },
	{ .name = "a right count",
		.file = DATA "S5030001FB\n" END,
		.content = "08000000:01020304" },
	{ .name = "a right 24-bit count",
		.file = DATA "S604000001FA\n" END,
		.content = "08000000:01020304" },
	{ .name = "a wrong count",
		.file = DATA "S5030002FA\n" END,
		.content = "08000000:01020304",
		.notes = IMAGE_NOTE_RECORD_COUNT },
	{ .name = "no terminator, but a right count",
		.file = DATA "S5030001FB\n",
		.content = "08000000:01020304" },
	{ .name = "records after the end",
		.file = DATA END DATA,
		.content = "08000000:01020304",
		.notes = IMAGE_NOTE_AFTER_END },
	{ .name = "an equal overlap", .file = DATA DATA END, .content = "08000000:01020304" },
	{ .name = "the last byte of the address space",
		.file = "S306FFFFFFFF55A8\n" END,
		.content = "FFFFFFFF:55" },

	{ .name = "wrong checksum",
		.file = HEADER "S3090800000001020304E5\n" END,
		.want = ERR_IMAGE,
		.line = 2 },
	{ .name = "wrong checksum of the header",
		.file = "S00600004844521C\n" DATA END,
		.want = ERR_IMAGE,
		.line = 1 },
	{ .name = "no terminator", .file = HEADER DATA, .want = ERR_IMAGE, .line = 3 },
	{
		.name = "no terminator and a wrong count",
		.file = DATA "S5030002FA\n",
		.want = ERR_IMAGE,
		.line = 3,
	},
	{ .name = "cut within a record", .file = DATA "S705000000", .want = ERR_IMAGE, .line = 2 },
	{ .name = "cut after the mark", .file = DATA "S", .want = ERR_IMAGE, .line = 2 },
	{ .name = "shorter than it says",
		.file = "S3090800000001020304\n" END,
		.want = ERR_IMAGE,
		.line = 1 },
	{ .name = "no digit",
		.file = "S309080000000102030GE4\n" END,
		.want = ERR_IMAGE,
		.line = 1 },
	{ .name = "length less than the address",
		.file = "S303080000\n" END,
		.want = ERR_IMAGE,
		.line = 1 },
	{ .name = "a terminator with data",
		.file = DATA "S7060000000000F9\n",
		.want = ERR_IMAGE,
		.line = 2 },
	{ .name = "S4 is reserved", .file = "S4050000000000\n" END, .want = ERR_IMAGE, .line = 1 },
	{ .name = "other text", .file = DATA "hello\n" END, .want = ERR_IMAGE, .line = 2 },
	{ .name = "a conflicting overlap",
		.want = ERR_IMAGE,
		.line = 3,
		.addr = 0x08000001,
		.file = HEADER DATA "S306080000010FE1\n" END },
	{ .name = "past the address space",
		.file = "S307FFFFFFFF5556"
			"51\n" END,
		.want = ERR_IMAGE,
		.line = 1,
		.addr = 0xFFFFFFFF },
	{ .name = "a header alone", .file = HEADER END, .want = ERR_EMPTY },
	{ .name = "S-record was asked for",
		.file = ":00000001FF\n",
		.format = FORMAT_SREC,
		.want = ERR_FORMAT },
};

static void every_case(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		check_image_case(&cases[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(every_case) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
