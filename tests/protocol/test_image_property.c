/* SPDX-License-Identifier: MIT */
/*
 * test_image_property.c - random memories: what is written in shuffled, overlapping records is read
 * back as it was, and the writers' files read as what they were given.
 */
#include "protocol/image.h"

#include "tests/cmocka_all.h"

#include <stdio.h>
#include <string.h>

#define MEMORY 2048u
#define ROUNDS 400

static uint64_t random_state;

/* xorshift64*: the same numbers each run. */
static uint32_t random_below(uint32_t limit)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return (uint32_t)(random_state * 0x2545F4914F6CDD1D >> 33) % limit;
}

struct memory {
	uint32_t base;
	uint8_t bytes[MEMORY];
	bool has[MEMORY];
};

/* A record of the text formats, written by hand: not by the writers under test. */
static void put_hex(
	struct buf *out, unsigned type, uint32_t addr, const uint8_t *data, unsigned len)
{
	char text[600];
	unsigned sum = len + (addr >> 8 & 0xFF) + (addr & 0xFF) + type;
	int at = snprintf(text, sizeof(text), ":%02X%04X%02X", len, (unsigned)addr & 0xFFFF, type);

	for (unsigned i = 0; i < len; i++) {
		at += snprintf(text + at, sizeof(text) - (size_t)at, "%02X", data[i]);
		sum += data[i];
	}
	snprintf(text + at, sizeof(text) - (size_t)at, "%02X%s", -sum & 0xFF,
		random_below(2) ? "\r\n" : "");
	assert_true(buf_append(out, span_of(text)));
}

static void put_hex_at(struct buf *out, uint32_t addr, const uint8_t *data, unsigned len)
{
	const uint8_t upper[] = { (uint8_t)(addr >> 24), (uint8_t)(addr >> 16) };

	put_hex(out, 4, 0, upper, 2);
	put_hex(out, 0, addr, data, len);
}

static void put_srec_at(struct buf *out, uint32_t addr, const uint8_t *data, unsigned len)
{
	char text[600];
	unsigned sum = len + 5;
	int at = snprintf(text, sizeof(text), "S3%02X%08X", len + 5, (unsigned)addr);

	for (int shift = 0; shift < 32; shift += 8)
		sum += addr >> shift & 0xFF;
	for (unsigned i = 0; i < len; i++) {
		at += snprintf(text + at, sizeof(text) - (size_t)at, "%02X", data[i]);
		sum += data[i];
	}
	snprintf(text + at, sizeof(text) - (size_t)at, "%02X\n", ~sum & 0xFF);
	assert_true(buf_append(out, span_of(text)));
}

static const struct text_format {
	enum image_format format;
	void (*put)(struct buf *out, uint32_t addr, const uint8_t *data, unsigned len);
	const char *end;
} text_formats[] = {
	{ FORMAT_HEX, put_hex_at, ":00000001FF\n" },
	{ FORMAT_SREC, put_srec_at, "S70500000000FA\n" },
};

/* Random pieces of a random memory; they may overlap, and then agree. */
static struct buf random_file(struct memory *memory, const struct text_format *format)
{
	struct buf file = { 0 };
	const uint32_t pieces = 1 + random_below(60);

	memory->base = 0x08000000 + random_below(0x20000);
	memset(memory->has, 0, sizeof(memory->has));
	for (size_t i = 0; i < MEMORY; i++)
		memory->bytes[i] = (uint8_t)random_below(256);
	for (uint32_t i = 0; i < pieces; i++) {
		const uint32_t len = 1 + random_below(48);
		const uint32_t at = random_below(MEMORY - len);

		format->put(&file, memory->base + at, memory->bytes + at, len);
		memset(memory->has + at, true, len);
	}
	assert_true(buf_append(&file, span_of(format->end)));
	return file;
}

static void check_same(const struct memory *memory, const struct image *image)
{
	uint8_t with_00[MEMORY] = { 0 }, with_ff[MEMORY];
	uint32_t bytes = 0;

	memset(with_ff, 0xFF, sizeof(with_ff));
	image_copy(image, memory->base, with_00, MEMORY);
	image_copy(image, memory->base, with_ff, MEMORY);
	for (size_t i = 0; i < MEMORY; i++) {
		assert_int_equal(with_00[i] == with_ff[i], memory->has[i]);
		assert_true(!memory->has[i] || with_00[i] == memory->bytes[i]);
		bytes += memory->has[i];
	}
	assert_int_equal(image->bytes, bytes);
	for (size_t i = 1; i < image->count; i++)
		assert_true(image->segments[i].addr >
			image->segments[i - 1].addr + image->segments[i - 1].data.len);
}

/* Any window of image_copy() is a part of the whole. */
static void check_windows(const struct memory *memory, const struct image *image)
{
	for (int i = 0; i < 20; i++) {
		uint8_t window[300];
		const uint32_t len = 1 + random_below(sizeof(window));
		const uint32_t at = random_below(MEMORY - len);

		memset(window, 0x5A, sizeof(window));
		image_copy(image, memory->base + at, window, len);
		for (uint32_t k = 0; k < sizeof(window); k++)
			assert_int_equal(window[k],
				k < len && memory->has[at + k] ? memory->bytes[at + k] : 0x5A);
	}
}

static void shuffled_records_give_the_memory(void **state)
{
	static struct memory memory;

	(void)state;
	random_state = 0x1234567;
	for (int round = 0; round < ROUNDS; round++) {
		struct buf file = random_file(&memory, &text_formats[round % 2]);
		struct image image;

		assert_int_equal(
			image_parse(&image, buf_span(&file), FORMAT_AUTO, 0, NULL), ERR_OK);
		assert_int_equal(image.format, text_formats[round % 2].format);
		check_same(&memory, &image);
		check_windows(&memory, &image);
		image_release(&image);
		buf_release(&file);
	}
}

static void every_truncation_is_refused(void **state)
{
	static struct memory memory;

	(void)state;
	random_state = 0x7654321;
	for (int round = 0; round < 8; round++) {
		struct buf file = random_file(&memory, &text_formats[round % 2]);
		struct image image;

		/* The last line end is not needed. */
		for (size_t len = 1; len < file.len - 1; len++)
			assert_int_not_equal(image_parse(&image, (struct span){ file.ptr, len },
						     FORMAT_AUTO, 0, NULL),
				ERR_OK);
		buf_release(&file);
	}
}

static void what_is_written_reads_back(void **state)
{
	static const enum image_format formats[] = { FORMAT_HEX, FORMAT_SREC, FORMAT_BIN };
	static uint8_t content[200000];

	(void)state;
	random_state = 0xABCDEF;
	for (size_t i = 0; i < sizeof(content); i++)
		content[i] = (uint8_t)random_below(256);
	for (int round = 0; round < 60; round++) {
		const enum image_format format = formats[round % 3];
		const uint32_t addr = round < 3 ? 0xFFFFFFFF - 4999 : random_below(0x7FFFFFFF);
		const size_t len = round < 3 ? 5000 : 1 + random_below(sizeof(content) - 1);
		struct image_writer writer;
		struct buf file = { 0 };
		struct image image;

		assert_true(image_write_begin(&writer, format, addr, &file));
		for (size_t at = 0, part; at < len; at += part) {
			part = random_below(700);
			part = part < len - at ? part : len - at;
			assert_true(image_write_data(
				&writer, (struct span){ content + at, part }, &file));
		}
		assert_true(image_write_end(&writer, &file));
		assert_int_equal(image_parse(&image, buf_span(&file), format, addr, NULL), ERR_OK);
		assert_int_equal(image.count, 1);
		assert_int_equal(image.segments[0].addr, addr);
		assert_int_equal(image.bytes, len);
		assert_memory_equal(image.segments[0].data.ptr, content, len);
		image_release(&image);
		buf_release(&file);
	}
}

/* What objcopy would write as well. */
static void the_writers_files_are_as_usual(void **state)
{
	static const struct {
		enum image_format format;
		const char *text;
	} files[] = {
		{ FORMAT_HEX,
			":020000040800F2\n:02FFFE000102FE\n:020000040801F1\n"
			":0100000003FC\n:00000001FF\n" },
		{ FORMAT_SREC,
			"S009000062656E63686492\nS3070800FFFE0102F0\nS3060801000003ED\n"
			"S70500000000FA\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		struct image_writer writer;
		struct buf out = { 0 };

		assert_true(image_write_begin(&writer, files[i].format, 0x0800FFFE, &out) &&
			image_write_data(&writer, span_of("\1\2\3"), &out) &&
			image_write_end(&writer, &out));
		assert_true(buf_append(&out, (struct span){ (const uint8_t *)"", 1 }));
		assert_string_equal((const char *)out.ptr, files[i].text);
		buf_release(&out);
	}
}

/* 8 MiB of single bytes, two apart: more segments than are taken, and refused in no time. */
static void too_many_pieces_are_refused(void **state)
{
	struct buf file = { 0 };
	struct image image;

	(void)state;
	random_state = 1;
	for (uint32_t i = 0; i <= IMAGE_MAX_SEGMENTS; i++)
		put_srec_at(&file, 2 * i, (const uint8_t *)"x", 1);
	assert_true(buf_append(&file, span_of("S70500000000FA\n")));
	assert_int_equal(image_parse(&image, buf_span(&file), FORMAT_AUTO, 0, NULL), ERR_TOO_LARGE);
	buf_release(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shuffled_records_give_the_memory),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(what_is_written_reads_back),
		cmocka_unit_test(the_writers_files_are_as_usual),
		cmocka_unit_test(too_many_pieces_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
