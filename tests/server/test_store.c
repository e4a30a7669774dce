/* SPDX-License-Identifier: MIT */
/* test_store.c - what survives: a restart, and a kill in the middle of a job. */
#include "server/store.h"

#include "server/json.h"
#include "server/log.h"
#include "tests/server/folder.h"

#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct store *must_open(const char *dir)
{
	char reason[256] = "";
	struct store *store = store_open(dir, reason, sizeof(reason));

	if (!store)
		print_error("store_open: %s\n", reason);
	assert_non_null(store);
	return store;
}

static struct job_record a_job(const char *id, const char *board)
{
	struct job_record job = { .kind = JOB_FLASH,
		.state = JOB_QUEUED,
		.created = 1000,
		.parameters = (char *)"{\"run\":true}" };

	snprintf(job.id, sizeof(job.id), "%s", id);
	snprintf(job.board, sizeof(job.board), "%s", board);
	snprintf(job.who, sizeof(job.who), "ci");
	return job;
}

static void a_job_is_kept_whole(void **state)
{
	char dir[FOLDER_TEXT];
	struct job_record job = a_job("J1", "mouse"), got, copy;

	(void)state;
	folder_make(dir);
	struct store *store = must_open(dir);

	assert_true(store_job_accept(store, &job));
	assert_true(store_job_begin(store, "J1", 1001));
	assert_true(store_job_changes(store, "J1", NULL));
	job.state = JOB_DONE;
	job.changed = true;
	job.started = 1001;
	job.finished = 1002;
	job.name = (char *)"fw.hex";
	job.result = (char *)"{\"retries\":0}";
	job.done = job.total = 5000000000;
	snprintf(job.stage, sizeof(job.stage), "verify");
	assert_true(store_job_finish(store, &job));
	store_close(store);

	store = must_open(dir);
	assert_true(store_job_get(store, "J1", &got));
	assert_true(job_record_copy(&copy, &got));
	job_record_release(&got);
	assert_string_equal(copy.board, "mouse");
	assert_int_equal(copy.kind, JOB_FLASH);
	assert_int_equal(copy.state, JOB_DONE);
	assert_int_equal(copy.started, 1001);
	assert_int_equal(copy.finished, 1002);
	assert_true(copy.changed);
	assert_string_equal(copy.who, "ci");
	assert_string_equal(copy.name, "fw.hex");
	assert_string_equal(copy.parameters, "{\"run\":true}");
	assert_string_equal(copy.result, "{\"retries\":0}");
	assert_null(copy.error);
	assert_string_equal(copy.stage, "verify");
	assert_int_equal(copy.done, 5000000000);
	job_record_release(&copy);
	assert_false(store_job_get(store, "J2", &got));
	assert_false(store_job_begin(store, "J2", 1));
	assert_false(store_job_accept(store, &job)); /* the same id twice */
	store_close(store);
	folder_remove(dir);
}

static void append_id(void *ctx, const struct job_record *record)
{
	strcat(strcat(ctx, record->id), " ");
}

static void jobs_are_listed_newest_first(void **state)
{
	static const struct {
		struct job_filter filter;
		const char *ids;
	} rows[] = {
		{ { NULL, -1, 10 }, "J4 J3 J2 J1 " },
		{ { NULL, -1, 2 }, "J4 J3 " },
		{ { "a", -1, 10 }, "J3 J1 " },
		{ { "a", JOB_DONE, 10 }, "J3 " },
		{ { NULL, JOB_QUEUED, 10 }, "J4 J2 J1 " },
		{ { "c", -1, 10 }, "" },
	};
	static const char *const boards[] = { "a", "b", "a", "b" };
	char dir[FOLDER_TEXT];

	(void)state;
	folder_make(dir);
	struct store *store = must_open(dir);

	for (int i = 0; i < 4; i++) {
		char id[8];

		snprintf(id, sizeof(id), "J%d", i + 1);
		struct job_record job = a_job(id, boards[i]);

		assert_true(store_job_accept(store, &job));
		job.state = JOB_DONE;
		if (i == 2)
			assert_true(store_job_finish(store, &job));
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char ids[64] = "";

		assert_true(store_job_list(store, &rows[i].filter, append_id, ids));
		assert_string_equal(ids, rows[i].ids);
	}
	store_close(store);
	folder_remove(dir);
}

static void append_event(void *ctx, unsigned seq, const char *json)
{
	sprintf((char *)ctx + strlen(ctx), "%u%s", seq, json);
}

static void events_are_kept_in_order(void **state)
{
	char dir[FOLDER_TEXT], text[128] = "";
	struct job_record job = a_job("J1", "a");

	(void)state;
	folder_make(dir);
	struct store *store = must_open(dir);

	assert_true(store_job_accept(store, &job));
	assert_true(store_job_event(store, "J1", 0, "{}"));
	assert_true(store_job_event(store, "J1", 2, "{\"c\":1}"));
	assert_true(store_job_event(store, "J1", 1, "{\"b\":1}"));
	assert_false(store_job_event(store, "J9", 0, "{}"));
	assert_true(store_job_events(store, "J1", 1, append_event, text));
	assert_string_equal(text, "1{\"b\":1}2{\"c\":1}");
	store_close(store);
	folder_remove(dir);
}

static void a_board_is_remembered(void **state)
{
	char dir[FOLDER_TEXT];
	struct board_record board;

	(void)state;
	folder_make(dir);
	struct store *store = must_open(dir);

	assert_true(store_board_get(store, "mouse", &board));
	assert_null(board.device);
	assert_null(board.quarantine);
	assert_int_equal(board.last_baud, 0);
	board.device = (char *)"{\"product_id\":\"0x410\"}";
	board.last_baud = 230400;
	assert_true(store_board_set(store, "mouse", &board));
	store_close(store);
	store = must_open(dir);
	assert_true(store_board_get(store, "mouse", &board));
	assert_string_equal(board.device, "{\"product_id\":\"0x410\"}");
	assert_null(board.image);
	assert_int_equal(board.last_baud, 230400);
	board_record_release(&board);
	store_close(store);
	folder_remove(dir);
}

/* With what stood beside it: a crash must not lose where that is kept. */
#define IMAGE "{\"sha256\":\"new\",\"merged\":\"abc\"}"

/* The child: one job done, one queued, one running, one in the middle of a write. Never returns. */
static void work_until_killed(const char *dir, int ready)
{
	char reason[256];
	struct store *store = store_open(dir, reason, sizeof(reason));
	struct board_record board = { .image = (char *)"{\"sha256\":\"old\"}", .last_baud = 9600 };
	bool ok = store && store_board_set(store, "writing", &board) &&
		store_board_set(store, "running", &board);
	static const char *const boards[] = { "done", "queued", "running", "writing" };

	for (int i = 0; ok && i < 4; i++) {
		struct job_record job = a_job(boards[i], boards[i]);

		ok = store_job_accept(store, &job);
		if (ok && i >= 2)
			ok = store_job_begin(store, boards[i], 2000);
		if (ok && i == 3)
			ok = store_job_changes(store, boards[i], IMAGE) &&
				store_job_event(store, boards[i], 0, "{\"type\":\"stage\"}");
		job.state = JOB_DONE;
		if (ok && i == 0)
			ok = store_job_finish(store, &job);
	}
	if (write(ready, ok ? "y" : "n", 1) == 1)
		for (;;)
			pause();
	_exit(1);
}

static void kill_in_mid_job(const char *dir)
{
	int ends[2], status;
	char answer = 0;

	assert_int_equal(pipe(ends), 0);
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		work_until_killed(dir, ends[1]);
	close(ends[1]);
	assert_int_equal(read(ends[0], &answer, 1), 1);
	assert_int_equal(answer, 'y');
	close(ends[0]);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
}

/* Each job, named as its board, after the crash: its state and a phrase of its error. */
static const struct {
	const char *board;
	enum job_state state;
	const char *error, *image;
	bool quarantined;
} after[] = {
	{ "done", JOB_DONE, NULL, NULL, false },
	{ "queued", JOB_INTERRUPTED, "before this job's turn", NULL, false },
	{ "running", JOB_INTERRUPTED, "Nothing had been erased", "{\"sha256\":\"old\"}", false },
	{ "writing", JOB_INTERRUPTED, "is unsure", NULL, true },
};

static void check_quarantine(const char *text, const char *job)
{
	struct json *json = json_parse(span_of(text), false, NULL);

	assert_string_equal(json_string(json_get(json, "job")), job);
	assert_non_null(json_string(json_get(json, "since")));
	assert_non_null(json_string(json_get(json, "reason")));
	assert_string_equal(json_string(json_get(json, "merged")), "abc");
	json_free(json);
}

static void check_after(struct store *store, size_t i)
{
	struct job_record job;
	struct board_record board;

	assert_true(store_job_get(store, after[i].board, &job));
	assert_int_equal(job.state, after[i].state);
	assert_int_equal(!job.error, !after[i].error);
	if (after[i].error) {
		struct json *error = json_parse(span_of(job.error), false, NULL);

		assert_string_equal(json_string(json_get(error, "code")), "interrupted");
		assert_non_null(strstr(json_string(json_get(error, "detail")), after[i].error));
		assert_true(job.finished > 2000);
		json_free(error);
	}
	assert_true(store_board_get(store, after[i].board, &board));
	assert_int_equal(!board.quarantine, !after[i].quarantined);
	if (board.quarantine)
		check_quarantine(board.quarantine, after[i].board);
	assert_int_equal(!board.image, !after[i].image);
	if (i >= 2)
		assert_int_equal(board.last_baud, 9600);
	job_record_release(&job);
	board_record_release(&board);
}

static void a_kill_loses_nothing(void **state)
{
	char dir[FOLDER_TEXT], events[64] = "";

	(void)state;
	folder_make(dir);
	kill_in_mid_job(dir);
	struct store *store = must_open(dir);

	for (size_t i = 0; i < sizeof(after) / sizeof(*after); i++)
		check_after(store, i);
	assert_true(store_job_events(store, "writing", 0, append_event, events));
	assert_string_equal(events, "0{\"type\":\"stage\"}");
	store_close(store);
	folder_remove(dir);
}

static void the_folder_is_locked_and_private(void **state)
{
	char dir[FOLDER_TEXT], inner[FOLDER_TEXT + 8], path[FOLDER_TEXT + 24], reason[256];
	struct stat st;

	(void)state;
	folder_make(dir);
	snprintf(inner, sizeof(inner), "%s/state", dir);
	struct store *store = must_open(inner);

	assert_null(store_open(inner, reason, sizeof(reason)));
	assert_non_null(strstr(reason, "another benchd"));
	assert_int_equal(stat(inner, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	snprintf(path, sizeof(path), "%s/benchd.db", inner);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	store_close(store);
	store_close(must_open(inner));
	folder_remove(dir);
}

static void a_bad_folder_is_told(void **state)
{
	char dir[FOLDER_TEXT], path[FOLDER_TEXT + 24], reason[256] = "";

	(void)state;
	assert_null(store_open("/nonexistent/benchd", reason, sizeof(reason)));
	assert_string_equal(reason, "/nonexistent/benchd: No such file or directory");
	folder_make(dir);
	snprintf(path, sizeof(path), "%s/benchd.db", dir);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	for (int i = 0; i < 200; i++)
		fputs("this is not a database\n", file);
	fclose(file);
	assert_null(store_open(dir, reason, sizeof(reason)));
	assert_non_null(strstr(reason, "not a database"));
	folder_remove(dir);
}

static void remember_sha(void *ctx, const struct firmware_record *record)
{
	strncat(strcat(ctx, record->name ? record->name : "-"), record->sha256, 1);
}

static void firmware_in_use_is_not_stale(void **state)
{
	char dir[FOLDER_TEXT], sha[3][SHA256_TEXT], text[64] = "", parameters[128];

	(void)state;
	folder_make(dir);
	struct store *store = must_open(dir);

	for (int i = 0; i < 3; i++) {
		memset(sha[i], 'a' + i, SHA256_TEXT - 1);
		sha[i][SHA256_TEXT - 1] = '\0';
		assert_true(store_firmware_put(store, sha[i], "fw", 10));
		/* "used" has milliseconds: the order needs distinct ones */
		for (int64_t now = clock_wall_ms(); clock_wall_ms() == now;)
			;
	}
	assert_true(store_firmware_put(store, sha[0], NULL, 10));
	assert_true(store_firmware_list(store, 10, remember_sha, text));
	assert_string_equal(text, "fwafwcfwb");
	text[0] = '\0';
	assert_true(store_firmware_judge(store, sha[0], false));
	assert_true(store_firmware_list(store, 10, remember_sha, text));
	assert_string_equal(text, "fwcfwb");
	text[0] = '\0';
	assert_true(store_firmware_judge(store, sha[0], true));
	assert_true(store_firmware_list(store, 10, remember_sha, text));
	assert_string_equal(text, "fwafwcfwb");
	snprintf(parameters, sizeof(parameters), "{\"firmware\":\"%s\"}", sha[2]);
	struct job_record job = a_job("J1", "a");

	job.parameters = parameters;
	assert_true(store_job_accept(store, &job));
	text[0] = '\0';
	assert_true(store_firmware_stale(store, 1, remember_sha, text));
	assert_string_equal(text, "-b");
	job.state = JOB_CANCELLED;
	assert_true(store_job_finish(store, &job));
	text[0] = '\0';
	assert_true(store_firmware_stale(store, 1, remember_sha, text));
	assert_string_equal(text, "-c-b");
	store_close(store);
	folder_remove(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_job_is_kept_whole),
		cmocka_unit_test(jobs_are_listed_newest_first),
		cmocka_unit_test(events_are_kept_in_order),
		cmocka_unit_test(a_board_is_remembered),
		cmocka_unit_test(a_kill_loses_nothing),
		cmocka_unit_test(the_folder_is_locked_and_private),
		cmocka_unit_test(a_bad_folder_is_told),
		cmocka_unit_test(firmware_in_use_is_not_stale),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
