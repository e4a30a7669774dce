/* SPDX-License-Identifier: MIT */
/*
 * fuzz_image.c - firmware files: the first byte chooses the format, the rest is the file. Its top
 * bit asks to make a DfuSe file's size and checksum right, which a fuzzer would not find. What is
 * taken must keep what image.h promises, and survive being written and read again.
 */
#include "protocol/chip.h"
#include "protocol/image.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

#define BASE 0x08000000u

static void check_segments(const struct image *image)
{
	uint64_t end = 0;
	uint64_t bytes = 0;

	FUZZ_CHECK(image->count > 0 && image->count <= IMAGE_MAX_SEGMENTS);
	for (size_t i = 0; i < image->count; i++) {
		const struct segment *s = &image->segments[i];

		FUZZ_CHECK(s->data.len > 0 && (i == 0 || s->addr > end));
		end = (uint64_t)s->addr + s->data.len;
		FUZZ_CHECK(end <= UINT64_C(1) << 32);
		bytes += s->data.len;
	}
	FUZZ_CHECK(bytes == image->bytes && bytes <= IMAGE_MAX_BYTES);
}

/* Blocks that start before, within and after each of the first segments. */
static void check_copies(const struct image *image)
{
	uint8_t out[256];

	for (size_t i = 0; i < image->count && i < 16; i++) {
		const struct segment *s = &image->segments[i];
		const size_t len = s->data.len < 128 ? s->data.len : 128;
		const uint32_t before = s->addr < 64 ? s->addr : 64;

		memset(out, 0xA5, sizeof(out));
		image_copy(image, s->addr - before, out, before + len);
		FUZZ_CHECK(memcmp(out + before, s->data.ptr, len) == 0);
		FUZZ_CHECK(!before || i > 0 || out[before - 1] == 0xA5);
		image_copy(image, s->addr + (uint32_t)(s->data.len - 1), out, sizeof(out));
		FUZZ_CHECK(out[0] == s->data.ptr[s->data.len - 1]);
	}
}

static void check_writer(const struct segment *s, enum image_format format)
{
	struct image_writer writer;
	struct buf file = { 0 };
	struct image again;

	FUZZ_CHECK(image_write_begin(&writer, format, s->addr, &file) &&
		image_write_data(&writer, s->data, &file) && image_write_end(&writer, &file));
	FUZZ_CHECK(image_parse(&again, buf_span(&file), format, s->addr, NULL) == ERR_OK);
	FUZZ_CHECK(again.count == 1 && again.segments[0].addr == s->addr &&
		again.bytes == s->data.len &&
		memcmp(again.segments[0].data.ptr, s->data.ptr, s->data.len) == 0);
	image_release(&again);
	buf_release(&file);
}

static void put_le32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

/* docs/facts/an3155.md section 10.5: the prefix's size, the suffix's mark, length and CRC. */
static void seal_dfuse(uint8_t *file, size_t len)
{
	uint32_t crc = UINT32_MAX;

	put_le32(file + 6, (uint32_t)(len - 16));
	memcpy(file + len - 8, "UFD\x10", 4);
	for (size_t i = 0; i < len - 4; i++) {
		crc ^= file[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
	}
	put_le32(file + len - 4, crc);
}

static void check_image(const struct image *image)
{
	struct why why = { 0 };

	check_segments(image);
	check_copies(image);
	if (image->segments[0].data.len <= 4096) {
		check_writer(&image->segments[0], FORMAT_HEX);
		check_writer(&image->segments[0], FORMAT_SREC);
		check_writer(&image->segments[0], FORMAT_BIN);
	}
	for (size_t i = 0; chip_at(i); i += 16)
		(void)chip_check_application(chip_at(i), chip_at(i)->flash_bytes, image, &why);
}

static void check_file(struct span file, enum image_format format)
{
	struct image image;
	struct why why = { 0 };
	const enum err e = image_parse(&image, file, format, BASE, &why);

	if (e) {
		FUZZ_CHECK(why.err == e && !image.segments && !image.count && !image.pool.ptr);
		return;
	}
	check_image(&image);
	image_release(&image);
}

#define SEAL 0x80

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	const size_t len = size - 1;
	uint8_t *file = malloc(len ? len : 1);

	FUZZ_CHECK(file);
	memcpy(file, data + 1, len);
	if ((data[0] & SEAL) && len >= 11 + 16)
		seal_dfuse(file, len);
	check_file(
		(struct span){ file, len }, (enum image_format)((data[0] & ~SEAL) % FORMAT_COUNT));
	free(file);
	return 0;
}
