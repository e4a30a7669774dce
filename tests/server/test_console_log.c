/* SPDX-License-Identifier: MIT */
/* test_console_log.c - a console's past in files: complete, bounded, and good after any end. */
#include "server/console_past.h"
#include "server/log.h"

#include "tests/server/folder.h"

#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

#define LOG_MAX (1 * MIB)
#define T0 1795341600000

static char folder[FOLDER_TEXT];

static int make(void **state)
{
	(void)state;
	log_set_level(LOG_ERROR);
	folder_make(folder);
	return 0;
}

static int clear(void **state)
{
	(void)state;
	folder_remove(folder);
	return 0;
}

static uint8_t byte_at(uint64_t offset)
{
	return (uint8_t)(offset * 31 + (offset >> 8) + (offset >> 16));
}

static void write_stream(struct console *con, size_t len, int64_t wall_ms)
{
	uint8_t bytes[4096];
	const uint64_t head = console_head(con);

	assert_true(len <= sizeof(bytes));
	for (size_t i = 0; i < len; i++)
		bytes[i] = byte_at(head + i);
	console_write(con, (struct span){ bytes, len }, wall_ms);
}

/* Waits until the log's files hold the stream up to its head. */
static void wait_written(struct console *con, struct console_log *log)
{
	struct log_file files[LOG_FILES];
	uint64_t end = 0;

	while (end < console_head(con)) {
		const size_t count = console_log_list(log, files);

		end = count ? log_file_end(&files[count - 1]) : 0;
		sched_yield();
	}
}

/* Reads it all; gives how many bytes from *from on, after checking each. */
static uint64_t read_all(struct past *past, uint64_t *from, bool one_stamp)
{
	uint8_t out[1000];
	uint64_t at = past_oldest(past);

	*from = at;
	for (;;) {
		const struct cut cut = past_read(past, at, out, sizeof(out), one_stamp);

		assert_int_equal(cut.lost, 0);
		for (size_t i = 0; i < cut.len; i++)
			assert_int_equal(out[i], byte_at(cut.from + i));
		if (!cut.len)
			return at - *from;
		at = cut.from + cut.len;
	}
}

static void files_and_ring_join_without_a_gap(void **state)
{
	struct console *con = console_new();
	struct console_log *log = console_log_open(con, folder, "mouse", true, 8 * MIB);
	struct past past;
	uint64_t from;

	(void)state;
	assert_non_null(log);
	assert_true(past_open(&past, con, log, NULL));
	for (unsigned i = 0; i < 1000; i++) {
		write_stream(con, 4096, T0 + i * 10);
		if (i % 100 == 99)
			wait_written(con, log);
	}
	assert_int_equal(read_all(&past, &from, false), 4096000);
	assert_int_equal(from, 0);
	assert_int_equal(read_all(&past, &from, true), 4096000);
	uint8_t out[8192];
	const struct cut cut = past_read(&past, 4096 * 5 + 7, out, sizeof(out), true);

	assert_int_equal(cut.len, 4089); /* the rest of what came then */
	assert_int_equal(cut.wall_ms, T0 + 50);
	assert_int_equal(past_time(&past, T0 + 51), 4096 * 6);
	assert_int_equal(past_time(&past, T0 + 9990), 4096 * 999);
	assert_int_equal(past_time(&past, T0 + 9991), 4096000);
	assert_int_equal(past_time(&past, 0), 0);
	past_close(&past);
	console_log_close(log);
	console_free(con);
}

static void it_keeps_to_its_bound(void **state)
{
	struct console *con = console_new();
	struct console_log *log = console_log_open(con, folder, "bound", true, LOG_MAX);
	struct log_file files[LOG_FILES];
	uint64_t sum = 0;

	(void)state;
	for (unsigned i = 0; i < 2000; i++) {
		write_stream(con, 4096, T0 + i * 10);
		if (i % 50 == 49)
			wait_written(con, log);
	}
	const size_t count = console_log_list(log, files);

	assert_true(count > 2);
	for (size_t i = 0; i < count; i++)
		sum += log_file_size(&files[i]);
	assert_true(sum <= LOG_MAX);
	assert_true(sum > LOG_MAX / 2);
	console_log_close(log);
	console_free(con);
}

static void marks_are_found_in_files(void **state)
{
	struct console *con = console_new();
	struct console_log *log = console_log_open(con, folder, "marks", true, 8 * MIB);
	struct past past;
	uint64_t at = 0;

	(void)state;
	assert_true(past_open(&past, con, log, NULL));
	assert_false(past_mark(&past, CONSOLE_MARK_RESET, &at));
	write_stream(con, 10, T0);
	console_mark(con, CONSOLE_MARK_FLASH, T0 + 1);
	write_stream(con, 10, T0 + 10);
	console_mark(con, CONSOLE_MARK_RESET, T0 + 20);
	for (unsigned i = 0; i < 300; i++) { /* more than the ring holds */
		write_stream(con, 4096, T0 + 100 + i);
		if (i % 100 == 99)
			wait_written(con, log);
	}
	assert_true(past_mark(&past, CONSOLE_MARK_RESET, &at));
	assert_int_equal(at, 20);
	assert_true(past_mark(&past, CONSOLE_MARK_FLASH, &at));
	assert_int_equal(at, 10);
	past_close(&past);
	console_log_close(log);
	console_free(con);
}

static void a_new_start_finds_the_old_streams(void **state)
{
	struct console *con = console_new();
	struct console_log *log = console_log_open(con, folder, "again", true, LOG_MAX);
	char old[ID_TEXT];
	struct past past;
	struct stat st;
	char path[200];
	uint64_t from;

	(void)state;
	strcpy(old, console_stream(con));
	write_stream(con, 1000, T0);
	console_mark(con, CONSOLE_MARK_RESET, T0 + 5);
	write_stream(con, 500, T0 + 9);
	console_log_close(log); /* writes what is left */
	console_free(con);
	snprintf(path, sizeof(path), "%s/console/again/%s-%016d.raw", folder, old, 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(st.st_size, 1500);
	con = console_new();
	log = console_log_open(con, folder, "again", true, LOG_MAX);
	assert_false(past_open(&past, con, log, "01ARZ3NDEKTSV4RRFFQ69G5FAV"));
	assert_true(past_open(&past, con, log, old));
	assert_false(past.is_live);
	assert_int_equal(past_head(&past), 1500);
	assert_int_equal(read_all(&past, &from, true), 1500);
	assert_true(past_mark(&past, CONSOLE_MARK_RESET, &from));
	assert_int_equal(from, 1000);
	assert_int_equal(past_time(&past, T0 + 7), 1000);
	past_close(&past);
	console_log_close(log);
	console_free(con);
}

/* What a kill left: the index torn at every byte, and records of bytes that never came. */
static void a_torn_tail_is_cut_off(void **state)
{
	struct console *con = console_new();
	struct console_log *log = console_log_open(con, folder, "torn", true, LOG_MAX);
	struct log_file files[LOG_FILES], whole;
	char raw[200], index[200], dir[120];
	uint8_t bytes[RECORD_BYTES * 10];

	(void)state;
	for (unsigned i = 0; i < 10; i++)
		write_stream(con, 100, T0 + i * 10);
	console_log_list(log, files);
	console_log_close(log);
	snprintf(dir, sizeof(dir), "%s/console/torn", folder);
	snprintf(raw, sizeof(raw), "%s/%s-%016d.raw", dir, console_stream(con), 0);
	snprintf(index, sizeof(index), "%s/%s-%016d.idx", dir, console_stream(con), 0);
	console_free(con);
	const int fd = open(index, O_RDWR), dir_fd = open(dir, O_RDONLY | O_DIRECTORY);

	assert_int_equal(pread(fd, bytes, sizeof(bytes), 0), sizeof(bytes));
	for (size_t len = 0; len <= sizeof(bytes); len++) {
		assert_int_equal(ftruncate(fd, 0), 0);
		assert_int_equal(pwrite(fd, bytes, len, 0), len);
		assert_int_equal(log_files_scan(dir_fd, files, LOG_FILES), 1);
		assert_int_equal(files[0].bytes, 1000);
		assert_int_equal(files[0].records, len / RECORD_BYTES);
	}
	bytes[RECORD_BYTES * 4 + 1] ^= 1; /* a record that is none ends the index */
	assert_int_equal(pwrite(fd, bytes, sizeof(bytes), 0), sizeof(bytes));
	assert_int_equal(log_files_scan(dir_fd, &whole, 1), 1);
	assert_int_equal(whole.records, 4);
	assert_int_equal(truncate(raw, 150), 0);
	assert_int_equal(log_files_scan(dir_fd, &whole, 1), 1);
	assert_int_equal(whole.bytes, 150);
	assert_int_equal(whole.records, 2);
	assert_int_equal(truncate(raw, 0), 0);
	assert_int_equal(log_files_scan(dir_fd, &whole, 1), 0);
	assert_int_equal(access(index, F_OK), -1);
	close(fd);
	close(dir_fd);
}

/* Beyond the limit of its process a file can't grow, as on a full disk. */
static void write_until_refused(void)
{
	struct rlimit limit = { 20000, RLIM_INFINITY };
	struct console *con = console_new();

	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	log_set_level(LOG_ERROR);
	struct console_log *log = console_log_open(con, folder, "full", true, LOG_MAX);
	const uint64_t version = console_log_version(log);
	uint8_t out[16];

	for (unsigned i = 0; i < 10; i++)
		write_stream(con, 4096, T0 + i * 10);
	while (console_log_version(log) == version)
		sched_yield();
	const struct cut cut = console_read(con, 40000, out, sizeof(out));
	const bool ok = cut.len == sizeof(out) && out[0] == byte_at(40000);

	console_log_close(log);
	console_free(con);
	_exit(ok ? 0 : 1);
}

static void a_full_disk_costs_the_log_and_not_the_console(void **state)
{
	int status;
	const pid_t pid = fork();

	(void)state;
	if (!pid)
		write_until_refused();
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void a_folder_that_can_not_be_made_is_told(void **state)
{
	struct console *con = console_new();
	struct console_log *log = console_log_open(con, "/dev/null", "mouse", true, LOG_MAX);
	const uint64_t version = console_log_version(log);

	(void)state;
	assert_non_null(log);
	write_stream(con, 10, T0);
	while (console_log_version(log) == version)
		sched_yield();
	struct json *json = console_log_json(log);

	assert_non_null(json_string(json_get(json, "cause")));
	json_free(json);
	console_log_close(log);
	console_free(con);
}

/* Waits until the newest file begins at first and holds the stream up to its head. */
static void wait_file(struct console *con, struct console_log *log, uint64_t first)
{
	struct log_file files[LOG_FILES];
	size_t count;

	do {
		sched_yield();
		count = console_log_list(log, files);
	} while (!count || files[count - 1].first != first ||
		log_file_end(&files[count - 1]) < console_head(con));
}

/* What came in between is not in the files, nor told as lost. */
static void it_is_switched_off_and_on(void **state)
{
	struct console *con = console_new();
	struct console_log *log = console_log_open(con, folder, "switch", true, 8 * MIB);
	struct log_file files[LOG_FILES];

	(void)state;
	write_stream(con, 1000, T0);
	wait_written(con, log);
	console_log_set(log, false, 8 * MIB);
	assert_null(console_log_json(log));
	write_stream(con, 1000, T0 + 1);
	console_mark(con, CONSOLE_MARK_RESET, T0 + 1);
	write_stream(con, 1, T0 + 1);
	console_log_set(log, true, 8 * MIB);
	write_stream(con, 1000, T0 + 2);
	wait_file(con, log, 2001);
	assert_int_equal(console_log_list(log, files), 2);
	assert_int_equal(log_file_end(&files[0]), 1000);
	assert_int_equal(files[1].reset, OFFSET_NONE);
	struct json *json = console_log_json(log);
	int64_t lost = -1;

	assert_true(json_integer(json_get(json, "lost"), 0, INT64_MAX, &lost));
	assert_int_equal(lost, 0);
	json_free(json);
	console_log_close(log);
	console_free(con);
}

static void it_is_off_from_the_start(void **state)
{
	struct console *con = console_new();
	struct console_log *log = console_log_open(con, folder, "off", false, 8 * MIB);
	char path[FOLDER_TEXT + 32];

	(void)state;
	write_stream(con, 1000, T0);
	snprintf(path, sizeof(path), "%s/console/off", folder);
	assert_int_equal(access(path, F_OK), -1);
	console_log_set(log, true, 8 * MIB);
	write_stream(con, 500, T0 + 1);
	wait_file(con, log, 1000);
	console_log_close(log);
	console_free(con);
}

/* A smaller bound holds from the next byte on. */
static void its_bound_is_changed(void **state)
{
	struct console *con = console_new();
	struct console_log *log = console_log_open(con, folder, "less", true, 8 * MIB);
	struct log_file files[LOG_FILES];
	uint64_t bytes = 0;

	(void)state;
	for (unsigned i = 0; i < 800; i++) {
		write_stream(con, 4096, T0 + i);
		if (i % 100 == 99)
			wait_written(con, log);
	}
	console_log_set(log, true, LOG_MAX);
	write_stream(con, 1, T0 + 1000);
	wait_written(con, log);
	const size_t count = console_log_list(log, files);

	for (size_t i = 0; i < count; i++)
		bytes += log_file_size(&files[i]);
	assert_true(bytes <= LOG_MAX);
	console_log_close(log);
	console_free(con);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_and_ring_join_without_a_gap),
		cmocka_unit_test(it_keeps_to_its_bound),
		cmocka_unit_test(marks_are_found_in_files),
		cmocka_unit_test(a_new_start_finds_the_old_streams),
		cmocka_unit_test(a_torn_tail_is_cut_off),
		cmocka_unit_test(a_full_disk_costs_the_log_and_not_the_console),
		cmocka_unit_test(a_folder_that_can_not_be_made_is_told),
		cmocka_unit_test(it_is_switched_off_and_on),
		cmocka_unit_test(it_is_off_from_the_start),
		cmocka_unit_test(its_bound_is_changed),
	};

	return cmocka_run_group_tests(tests, make, clear);
}
