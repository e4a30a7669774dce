/* SPDX-License-Identifier: MIT */
/* image_case.h - a firmware file in a table, and what is expected of it. */
#ifndef BENCHD_TESTS_PROTOCOL_IMAGE_CASE_H
#define BENCHD_TESTS_PROTOCOL_IMAGE_CASE_H

#include "protocol/image.h"

struct image_case {
	const char *name;
	const char *file;
	size_t len; /* 0: up to the NUL */
	enum image_format format;
	enum err want;
	const char *content; /* as image_show() says it; NULL on error */
	unsigned notes;
	uint32_t entry; /* 0: none */
	uint32_t line;
	uint64_t offset; /* asked where line is 0 and an error is wanted */
	uint32_t addr;   /* 0: not asked */
};

void check_image_case(const struct image_case *c);
/* The file is cut after each byte from len on: each cut must be ERR_IMAGE. */
void check_truncations(struct span file, size_t len);
/* For files that a test builds. */
void put_le32(uint8_t *p, uint32_t v);
/*
 * "08000000:0102 08000010:FF" in a buffer of its own, good until the next call. Asserts that the
 * segments are sorted, apart, not empty and sum up.
 */
const char *image_show(const struct image *image);

#endif /* BENCHD_TESTS_PROTOCOL_IMAGE_CASE_H */
