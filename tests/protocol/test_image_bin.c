/* SPDX-License-Identifier: MIT */
/* test_image_bin.c - raw images, and files that are no firmware at all (section 10.4). */
#include "tests/protocol/image_case.h"

#include "tests/cmocka_all.h"

#include <string.h>

#define RAW "\x00\x50\x00\x20\x09\x00\x00\x08"
/* The CRC was computed by Python's zlib.crc32, inverted. */
#define SUFFIX_HEAD "\xff\xff\x11\xdf\x83\x04\x00\x01UFD\x10"
#define SUFFIX_CRC "\xf5\xc1\xb6\x3d"

static const struct image_case cases[] = {
	{ .name = "raw",
		.file = RAW,
		.len = 8,
		.content = "08000000:0050002009000008",
		.notes = IMAGE_NOTE_ASSUMED_RAW },
	{ .name = "raw was asked for",
		.file = RAW,
		.len = 8,
		.format = FORMAT_BIN,
		.content = "08000000:0050002009000008" },
	{ .name = "HEX taken as raw when asked for",
		.file = ":00000001FF",
		.format = FORMAT_BIN,
		.content = "08000000:3A30303030303030314646" },
	{ .name = "with a DFU suffix",
		.file = RAW SUFFIX_HEAD SUFFIX_CRC,
		.len = 24,
		.content = "08000000:0050002009000008",
		.notes = IMAGE_NOTE_ASSUMED_RAW | IMAGE_NOTE_DFU_SUFFIX },
	{ .name = "a DFU suffix stays when raw is asked for",
		.file = RAW SUFFIX_HEAD SUFFIX_CRC,
		.len = 24,
		.format = FORMAT_BIN,
		.content = "08000000:0050002009000008FFFF11DF8304000155464410F5C1B63D" },
	{ .name = "a DFU suffix with a wrong checksum",
		.file = RAW SUFFIX_HEAD "\0\0\0\0",
		.len = 24,
		.want = ERR_IMAGE,
		.offset = 20 },
	{ .name = "a DFU suffix longer than the file",
		.file = RAW "\xff\xff\x11\xdf\x83\x04\x00\x01UFD\x19\0\0\0\0",
		.len = 24,
		.want = ERR_IMAGE,
		.offset = 19 },
	{ .name = "empty", .file = "", .want = ERR_EMPTY },
	{ .name = "empty, raw was asked for", .file = "", .format = FORMAT_BIN, .want = ERR_EMPTY },
	{ .name = "HTML", .file = "\n<!DOCTYPE html><title>404</title>", .want = ERR_FORMAT },
	{ .name = "XML", .file = "<?xml version=\"1.0\"?>", .want = ERR_FORMAT },
	{ .name = "JSON", .file = "{\"message\": \"Not Found\"}", .want = ERR_FORMAT },
	{ .name = "a JSON list", .file = "[1, 2]", .want = ERR_FORMAT },
	{ .name = "text", .file = "no such firmware\n", .want = ERR_FORMAT },
	{ .name = "ZIP", .file = "PK\3\4\24\0\0\0", .len = 8, .want = ERR_FORMAT },
	{ .name = "gzip", .file = "\x1f\x8b\x08\0\0", .len = 5, .want = ERR_FORMAT },
	{ .name = "xz",
		.file = "\xfd"
			"7zXZ\0\0\4",
		.len = 8,
		.want = ERR_FORMAT },
	{ .name = "PDF", .file = "%PDF-1.7\n\x80\x81", .want = ERR_FORMAT },
	{ .name = "PNG", .file = "\x89PNG\r\n\x1a\n\0\0", .len = 10, .want = ERR_FORMAT },
	{ .name = "a static library", .file = "!<arch>\n\0", .len = 9, .want = ERR_FORMAT },
	{ .name = "text taken as raw when asked for",
		.file = "hi",
		.format = FORMAT_BIN,
		.content = "08000000:6869" },
	{ .name = "ELF was asked for",
		.file = RAW,
		.len = 8,
		.format = FORMAT_ELF,
		.want = ERR_FORMAT },
	{ .name = "DfuSe was asked for",
		.file = RAW,
		.len = 8,
		.format = FORMAT_DFUSE,
		.want = ERR_FORMAT },
};

static void every_case(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		check_image_case(&cases[i]);
}

static void a_raw_image_has_bounds(void **state)
{
	static uint8_t big[IMAGE_MAX_BYTES + 1];
	struct image image;
	struct why why = { 0 };

	(void)state;
	assert_int_equal(image_parse(&image, (struct span){ big, sizeof(big) }, FORMAT_AUTO,
				 0x08000000, &why),
		ERR_TOO_LARGE);
	assert_int_equal(image_parse(&image, (struct span){ big, sizeof(big) - 1 }, FORMAT_AUTO,
				 0x08000000, &why),
		ERR_OK);
	assert_ptr_equal(image.segments[0].data.ptr, big);
	image_release(&image);
	assert_int_equal(
		image_parse(&image, (struct span){ big, 17 }, FORMAT_BIN, 0xFFFFFFF0, &why),
		ERR_IMAGE);
	assert_int_equal(
		image_parse(&image, (struct span){ big, 16 }, FORMAT_BIN, 0xFFFFFFF0, &why),
		ERR_OK);
	image_release(&image);
}

static void the_order_of_detection(void **state)
{
	static const struct {
		const char *text;
		enum image_format format;
	} files[] = {
		{ "\x7f"
		  "ELF",
			FORMAT_ELF },
		{ "DfuSe", FORMAT_DFUSE },
		{ "\r\n :00000001FF", FORMAT_HEX },
		{ "S9030000FC", FORMAT_SREC },
		{ ":x", FORMAT_BIN },
		{ "Sx", FORMAT_BIN },
		{ "S", FORMAT_BIN },
		{ "", FORMAT_BIN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		assert_int_equal(image_detect(span_of(files[i].text)), files[i].format);
}

static void format_names_round_trip(void **state)
{
	enum image_format format;

	(void)state;
	for (int i = 0; i < FORMAT_COUNT; i++) {
		assert_true(image_format_parse(image_format_name((enum image_format)i), &format));
		assert_int_equal(format, i);
	}
	assert_false(image_format_parse("uf2", &format));
	assert_int_equal(format, FORMAT_COUNT - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case),
		cmocka_unit_test(a_raw_image_has_bounds),
		cmocka_unit_test(the_order_of_detection),
		cmocka_unit_test(format_names_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
