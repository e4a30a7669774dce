/* SPDX-License-Identifier: MIT */
/* test_digest.c - known vectors: FIPS 180-2 and RFC 4648. */
#include "server/digest.h"

#include "tests/cmocka_all.h"

#include <string.h>

static const struct {
	const char *text, *hex;
} vectors[] = {
	{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
};

static void sha256_of_known_texts(void **state)
{
	char hex[SHA256_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++) {
		struct span text = span_of(vectors[i].text);
		struct digest *d = digest_new();

		sha256_hex(text, hex);
		assert_string_equal(hex, vectors[i].hex);
		digest_add(d, (struct span){ text.ptr, text.len / 2 });
		digest_add(d, (struct span){ text.ptr + text.len / 2, text.len - text.len / 2 });
		digest_finish(d, hex);
		assert_string_equal(hex, vectors[i].hex);
	}
	digest_free(digest_new());
	digest_free(NULL);
}

static void hex_is_told_from_other_text(void **state)
{
	char text[SHA256_TEXT + 1] = { 0 };

	(void)state;
	assert_true(sha256_is_hex(vectors[0].hex));
	assert_false(sha256_is_hex(""));
	memcpy(text, vectors[0].hex, SHA256_TEXT);
	text[3] = 'A';
	assert_false(sha256_is_hex(text));
	memset(text, 'a', SHA256_TEXT);
	assert_false(sha256_is_hex(text));
}

static void equality(void **state)
{
	(void)state;
	assert_true(digest_equal(span_of("abc"), span_of("abc")));
	assert_true(digest_equal(span_of(""), span_of("")));
	assert_false(digest_equal(span_of("abc"), span_of("abd")));
	assert_false(digest_equal(span_of("abc"), span_of("ab")));
}

static void base64_of_known_texts(void **state)
{
	static const struct {
		const char *text, *base64;
	} rows[] = {
		{ "", "" },
		{ "f", "Zg==" },
		{ "fo", "Zm8=" },
		{ "foobar", "Zm9vYmFy" },
		{ "0123456789012345678901234567890123456789012345678901234567890123456789",
			"MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"
			"NDU2Nzg5MDEyMzQ1Njc4OQ==" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf out = { 0 };

		assert_true(buf_append(&out, span_of(">")));
		assert_true(base64_append(&out, span_of(rows[i].text)));
		assert_int_equal(out.len, strlen(rows[i].base64) + 1);
		assert_memory_equal(out.ptr + 1, rows[i].base64, out.len - 1);
		buf_release(&out);
	}
}

static void random_bytes_differ(void **state)
{
	uint8_t a[32] = { 0 }, b[32] = { 0 };

	(void)state;
	assert_true(random_bytes(a, sizeof(a)));
	assert_true(random_bytes(b, sizeof(b)));
	assert_memory_not_equal(a, b, sizeof(a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_of_known_texts),
		cmocka_unit_test(hex_is_told_from_other_text),
		cmocka_unit_test(equality),
		cmocka_unit_test(base64_of_known_texts),
		cmocka_unit_test(random_bytes_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
