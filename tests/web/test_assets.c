/* SPDX-License-Identifier: MIT */
/* test_assets.c - the embedded page is whole, and its look-up finds each file. */
#include "server/assets.h"

#include <string.h>

#include "tests/cmocka_all.h"

static const struct {
	const char *path, *type, *starts;
} files[] = {
	{ "index.html", "text/html; charset=utf-8", "<!doctype html>" },
	{ "app.js", "text/javascript; charset=utf-8", "" },
	{ "app.css", "text/css; charset=utf-8", "" },
	{ "reference.css", "text/css; charset=utf-8", ":root" },
	{ "favicon.svg", "image/svg+xml", "<svg" },
};

static void every_file_is_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		const struct asset *asset = asset_find(files[i].path);

		assert_non_null(asset);
		assert_string_equal(asset->path, files[i].path);
		assert_string_equal(asset->type, files[i].type);
		assert_int_equal(asset->etag[0], '"');
		assert_int_equal(asset->etag[strlen(asset->etag) - 1], '"');
		assert_true(asset->plain.len > strlen(files[i].starts));
		assert_memory_equal(asset->plain.ptr, files[i].starts, strlen(files[i].starts));
	}
}

static void gzip_is_gzip_and_smaller(void **state)
{
	const struct asset *asset = asset_find("app.js");

	(void)state;
	assert_true(asset->gzip.len > 2 && asset->gzip.len < asset->plain.len);
	assert_int_equal(get_be16(asset->gzip.ptr), 0x1f8b);
	/* the last four bytes are the length of what was packed */
	assert_int_equal(get_le32(asset->gzip.ptr + asset->gzip.len - 4), asset->plain.len);
}

static void empty_path_is_the_page(void **state)
{
	(void)state;
	assert_ptr_equal(asset_find(""), asset_find("index.html"));
}

static void others_are_not_found(void **state)
{
	static const char *const paths[] = { "/", "app", "app.jsx", "zzz", "../README.md",
		"App.js" };

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
		assert_null(asset_find(paths[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_file_is_there),
		cmocka_unit_test(gzip_is_gzip_and_smaller),
		cmocka_unit_test(empty_path_is_the_page),
		cmocka_unit_test(others_are_not_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
