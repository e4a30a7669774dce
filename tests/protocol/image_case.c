/* SPDX-License-Identifier: MIT */
/* image_case.c - runs a row of a table of firmware files. */
#include "tests/protocol/image_case.h"

#include "tests/cmocka_all.h"

#include <stdio.h>
#include <string.h>

const char *image_show(const struct image *image)
{
	static char text[8192];
	size_t at = 0;
	uint64_t end = 0;
	uint32_t bytes = 0;

	text[0] = '\0';
	for (size_t i = 0; i < image->count; i++) {
		const struct segment *s = &image->segments[i];

		assert_true(s->data.len > 0);
		assert_true(i == 0 || s->addr > end);
		end = (uint64_t)s->addr + s->data.len;
		assert_true(end <= UINT64_C(1) << 32);
		bytes += (uint32_t)s->data.len;
		at += (size_t)snprintf(
			text + at, sizeof(text) - at, "%s%08X:", i ? " " : "", (unsigned)s->addr);
		for (size_t k = 0; k < s->data.len && at + 3 < sizeof(text); k++)
			at += (size_t)snprintf(
				text + at, sizeof(text) - at, "%02X", s->data.ptr[k]);
	}
	assert_int_equal(bytes, image->bytes);
	return text;
}

static void check_refusal(
	const struct image_case *c, const struct image *image, const struct why *why)
{
	assert_int_equal(why->err, c->want);
	assert_non_null(why->what);
	assert_null(image->segments);
	assert_null(image->pool.ptr);
	assert_int_equal(why->line, c->line);
	if (!c->line)
		assert_int_equal(why->offset, c->offset);
	if (c->addr) {
		assert_true(why->has_addr);
		assert_int_equal(why->addr, c->addr);
	}
}

void check_image_case(const struct image_case *c)
{
	const struct span file = { (const uint8_t *)c->file, c->len ? c->len : strlen(c->file) };
	struct image image;
	struct why why = { 0 };
	const enum err e = image_parse(&image, file, c->format, 0x08000000, &why);

	if (e != c->want)
		fail_msg("%s: %s, not %s (%s, line %u, offset %llu)", c->name, err_name(e),
			err_name(c->want), why.what ? why.what : "", (unsigned)why.line,
			(unsigned long long)why.offset);
	print_message("  %s%s%s\n", c->name, why.what ? ": " : "", why.what ? why.what : "");
	if (e) {
		check_refusal(c, &image, &why);
		assert_int_equal(image_parse(&image, file, c->format, 0x08000000, NULL), e);
		return;
	}
	assert_string_equal(image_show(&image), c->content);
	assert_int_equal(image.notes, c->notes);
	assert_int_equal(image.has_entry, c->entry != 0);
	assert_int_equal(image.entry, c->entry);
	image_release(&image);
}

void check_truncations(struct span file, size_t len)
{
	struct image image;

	for (; len < file.len; len++)
		assert_int_equal(
			image_parse(&image, (struct span){ file.ptr, len }, FORMAT_AUTO, 0, NULL),
			ERR_IMAGE);
}

void put_le32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}
