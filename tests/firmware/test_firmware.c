/* SPDX-License-Identifier: MIT */
/* test_firmware.c - the committed programs: four formats that say the same, for the right part. */
#include "protocol/chip.h"
#include "protocol/image.h"
#include "tests/cmocka_all.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	uint32_t product_id, other_id; /* a part whose RAM is too small for it; 0: none */
	const char *banner;
} programs[] = {
	{ "f103-hello", 0x410, 0x412,
		"benchd hello on STM32F103, built from simulator/firmware\r\n" },
	{ "f103-blink", 0x410, 0x412,
		"benchd blink on STM32F103, built from simulator/firmware\r\n" },
	{ "f407-hello", 0x413, 0x410,
		"benchd hello on STM32F407, built from simulator/firmware\r\n" },
	{ "f407-blink", 0x413, 0x410,
		"benchd blink on STM32F407, built from simulator/firmware\r\n" },
};
#define PROGRAMS (sizeof(programs) / sizeof(*programs))

static const enum image_format formats[] = { FORMAT_BIN, FORMAT_HEX, FORMAT_SREC, FORMAT_ELF };
#define FORMATS (sizeof(formats) / sizeof(*formats))

static struct buf read_file(const char *name, enum image_format format)
{
	char path[512];
	uint8_t block[4096];
	struct buf file = { 0 };
	size_t got;

	snprintf(path, sizeof(path), "%s/%s.%s", FIRMWARE_FOLDER, name, image_format_name(format));
	FILE *from = fopen(path, "rb");

	assert_non_null(from);
	while ((got = fread(block, 1, sizeof(block), from)) > 0)
		assert_true(buf_append(&file, (struct span){ block, got }));
	fclose(from);
	return file;
}

static void assert_same(const struct image *a, const struct image *b)
{
	assert_int_equal(a->count, b->count);
	for (size_t i = 0; i < a->count; i++) {
		assert_int_equal(a->segments[i].addr, b->segments[i].addr);
		assert_int_equal(a->segments[i].data.len, b->segments[i].data.len);
		assert_memory_equal(
			a->segments[i].data.ptr, b->segments[i].data.ptr, a->segments[i].data.len);
	}
}

static void all_formats_are_equal(void **state)
{
	(void)state;
	for (size_t p = 0; p < PROGRAMS; p++) {
		struct buf files[FORMATS];
		struct image images[FORMATS];

		for (size_t f = 0; f < FORMATS; f++) {
			files[f] = read_file(programs[p].name, formats[f]);
			assert_int_equal(image_parse(&images[f], buf_span(&files[f]), FORMAT_AUTO,
						 0x08000000, NULL),
				ERR_OK);
			assert_int_equal(images[f].format, formats[f]);
			assert_int_equal(images[f].count, 1);
			assert_int_equal(images[f].segments[0].addr, 0x08000000);
			assert_same(&images[0], &images[f]);
		}
		for (size_t f = 0; f < FORMATS; f++) {
			image_release(&images[f]);
			buf_release(&files[f]);
		}
	}
}

static void each_is_an_application_of_its_part(void **state)
{
	(void)state;
	for (size_t p = 0; p < PROGRAMS; p++) {
		struct buf file = read_file(programs[p].name, FORMAT_ELF);
		const struct chip *chip = chip_find(programs[p].product_id);
		const struct chip *other = chip_find(programs[p].other_id);
		struct image image;

		assert_int_equal(image_parse(&image, buf_span(&file), FORMAT_ELF, 0, NULL), ERR_OK);
		assert_true(image.has_entry);
		assert_int_equal(
			chip_check_application(chip, chip->flash_bytes, &image, NULL), ERR_OK);
		assert_int_equal(chip_check_application(other, other->flash_bytes, &image, NULL),
			ERR_NOT_APPLICATION);
		image_release(&image);
		buf_release(&file);
	}
}

/* What looks for text in the image meets the banner first. */
static void the_banner_is_the_first_text(void **state)
{
	(void)state;
	for (size_t p = 0; p < PROGRAMS; p++) {
		struct buf file = read_file(programs[p].name, FORMAT_BIN);
		const uint8_t *found =
			memmem(file.ptr, file.len, programs[p].banner, strlen(programs[p].banner));
		const uint8_t *first = memmem(file.ptr, file.len, "benchd", 6);

		assert_non_null(found);
		assert_ptr_equal(found, first);
		assert_memory_equal(found - 2, "\r\n", 2);
		for (const uint8_t *at = file.ptr; at < found - 8; at++)
			assert_false(at[0] >= ' ' && at[0] < 0x7F && at[1] >= ' ' && at[1] < 0x7F &&
				at[2] >= ' ' && at[2] < 0x7F && at[3] >= ' ' && at[3] < 0x7F);
		buf_release(&file);
	}
}

static void programs_differ(void **state)
{
	struct buf hello = read_file("f103-hello", FORMAT_BIN);
	struct buf blink = read_file("f103-blink", FORMAT_BIN);

	(void)state;
	assert_true(hello.len != blink.len || memcmp(hello.ptr, blink.ptr, hello.len) != 0);
	buf_release(&hello);
	buf_release(&blink);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_formats_are_equal),
		cmocka_unit_test(each_is_an_application_of_its_part),
		cmocka_unit_test(the_banner_is_the_first_text),
		cmocka_unit_test(programs_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
