/* SPDX-License-Identifier: MIT */
/*
 * fuzz_json.c - the strict reader: the first byte chooses whether comments are taken. What is taken
 * is written as text that is taken again and written the same; a refusal has a place in the text.
 */
#include "server/json.h"
#include "server/utf8.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static unsigned count_lines(struct span text)
{
	unsigned lines = 1;

	for (size_t i = 0; i < text.len; i++)
		lines += text.ptr[i] == '\n';
	return lines;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_error error = { 0 };
	struct buf first = { 0 }, second = { 0 };

	if (!size)
		return 0;
	struct span text = { data + 1, size - 1 };
	struct json *root = json_parse(text, data[0] & 1, &error);

	if (!root) {
		FUZZ_CHECK(error.what && error.column >= 1);
		FUZZ_CHECK(error.line >= 1 && error.line <= count_lines(text));
		return 0;
	}
	FUZZ_CHECK(data[0] & 1 || utf8_is_valid(text));
	FUZZ_CHECK(json_print(root, &first));
	FUZZ_CHECK(utf8_is_valid(buf_span(&first)));
	json_free(root);
	root = json_parse(buf_span(&first), false, &error);
	FUZZ_CHECK(root && json_print(root, &second));
	FUZZ_CHECK(first.len == second.len && !memcmp(first.ptr, second.ptr, first.len));
	json_free(root);
	buf_release(&first);
	buf_release(&second);
	return 0;
}
