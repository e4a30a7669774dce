/* SPDX-License-Identifier: MIT */
/* test_shelf.c - uploads become files of their SHA-256; what is half done vanishes. */
#include "server/shelf.h"

#include "tests/server/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

struct house {
	char dir[FOLDER_TEXT];
	struct store *store;
	struct shelf *shelf;
};

static void house_open(struct house *house)
{
	char reason[256];

	house->store = store_open(house->dir, reason, sizeof(reason));
	assert_non_null(house->store);
	house->shelf = shelf_open(house->dir, house->store, reason, sizeof(reason));
	assert_non_null(house->shelf);
}

static void house_close(struct house *house)
{
	shelf_close(house->shelf);
	store_close(house->store);
}

static int setup(void **state)
{
	static struct house house;

	folder_make(house.dir);
	house_open(&house);
	*state = &house;
	return 0;
}

static int teardown(void **state)
{
	struct house *house = *state;

	house_close(house);
	folder_remove(house->dir);
	return 0;
}

static unsigned count_files(const struct house *house)
{
	char path[FOLDER_TEXT + 16];
	unsigned count = 0;

	snprintf(path, sizeof(path), "%s/firmware", house->dir);
	DIR *dir = opendir(path);

	assert_non_null(dir);
	for (struct dirent *entry; (entry = readdir(dir));)
		count += strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
	closedir(dir);
	return count;
}

static void put(struct house *house, const char *text, const char *name, char sha256[SHA256_TEXT])
{
	struct upload *upload = upload_begin(house->shelf);
	struct span all = span_of(text);

	assert_non_null(upload);
	assert_true(upload_append(upload, (struct span){ all.ptr, all.len / 2 }));
	assert_true(upload_append(
		upload, (struct span){ all.ptr + all.len / 2, all.len - all.len / 2 }));
	assert_int_equal(upload_bytes(upload), all.len);
	assert_true(upload_finish(upload, name, sha256));
}

static void an_upload_is_mapped_again(void **state)
{
	struct house *house = *state;
	char sha256[SHA256_TEXT], again[SHA256_TEXT];
	struct shelf_file file;

	put(house, "abc", "fw.bin", sha256);
	assert_string_equal(
		sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	put(house, "abc", NULL, again);
	assert_string_equal(sha256, again);
	assert_int_equal(count_files(house), 1);
	house_close(house);
	house_open(house);
	assert_true(shelf_has(house->shelf, sha256));
	assert_true(shelf_map(house->shelf, sha256, &file));
	assert_int_equal(file.bytes.len, 3);
	assert_memory_equal(file.bytes.ptr, "abc", 3);
	shelf_unmap(&file);
}

static void only_digests_are_names(void **state)
{
	static const char *const names[] = { "", "../benchd.db", "abc",
		"BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
		"0000000000000000000000000000000000000000000000000000000000000000" };
	struct house *house = *state;
	struct shelf_file file;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		assert_false(shelf_has(house->shelf, names[i]));
		assert_false(shelf_map(house->shelf, names[i], &file));
	}
}

static void the_head_and_its_kind_are_known(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		bool has;
	} rows[] = {
		{ "a=b&c", 5, false },
		{ "a\0b", 3, true },
		{ "a\nb", 3, true },
		{ "a\rb", 3, true },
	};
	struct house *house = *state;
	uint8_t much[5000];

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct upload *upload = upload_begin(house->shelf);

		assert_true(upload_append(
			upload, (struct span){ (const uint8_t *)rows[i].bytes, rows[i].len }));
		assert_int_equal(upload_has_line_or_nul(upload), rows[i].has);
		assert_memory_equal(upload_head(upload).ptr, rows[i].bytes, rows[i].len);
		assert_int_equal(upload_head(upload).len, rows[i].len);
		upload_abort(upload);
	}
	struct upload *upload = upload_begin(house->shelf);

	memset(much, 'x', sizeof(much));
	assert_true(upload_append(upload, (struct span){ much, sizeof(much) }));
	assert_true(upload_append(upload, (struct span){ much, sizeof(much) }));
	assert_int_equal(upload_head(upload).len, 4096);
	assert_int_equal(upload_bytes(upload), 10000);
	upload_abort(upload);
	upload_abort(NULL);
	assert_int_equal(count_files(house), 0);
}

static void what_was_half_spooled_is_cleared(void **state)
{
	struct house *house = *state;
	char path[FOLDER_TEXT + 32];

	snprintf(path, sizeof(path), "%s/firmware/.upload-X", house->dir);
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(count_files(house), 1);
	house_close(house);
	house_open(house);
	assert_int_equal(count_files(house), 0);
}

static void a_damaged_file_is_not_given(void **state)
{
	struct house *house = *state;
	char sha256[SHA256_TEXT], path[FOLDER_TEXT + 96];
	struct shelf_file file;

	put(house, "the firmware", "fw", sha256);
	snprintf(path, sizeof(path), "%s/firmware/%s", house->dir, sha256);
	int fd = open(path, O_WRONLY);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, "X", 1, 3), 1);
	close(fd);
	assert_false(shelf_map(house->shelf, sha256, &file));
}

static void the_oldest_go_and_mappings_stay(void **state)
{
	struct house *house = *state;
	char first[SHA256_TEXT], sha256[SHA256_TEXT], text[32];
	struct shelf_file file;

	put(house, "the very first", "first", first);
	assert_true(shelf_map(house->shelf, first, &file));
	/* "used" has milliseconds: the first must be older than the rest */
	for (int64_t now = clock_wall_ms(); clock_wall_ms() == now;)
		;
	for (int i = 0; i < 70; i++) {
		snprintf(text, sizeof(text), "firmware number %d", i);
		put(house, text, NULL, sha256);
	}
	assert_int_equal(count_files(house), 64);
	assert_true(shelf_has(house->shelf, sha256));
	assert_false(shelf_has(house->shelf, first));
	assert_memory_equal(file.bytes.ptr, "the very first", 14);
	shelf_unmap(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_upload_is_mapped_again, setup, teardown),
		cmocka_unit_test_setup_teardown(only_digests_are_names, setup, teardown),
		cmocka_unit_test_setup_teardown(the_head_and_its_kind_are_known, setup, teardown),
		cmocka_unit_test_setup_teardown(what_was_half_spooled_is_cleared, setup, teardown),
		cmocka_unit_test_setup_teardown(a_damaged_file_is_not_given, setup, teardown),
		cmocka_unit_test_setup_teardown(the_oldest_go_and_mappings_stay, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
