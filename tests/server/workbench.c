/* SPDX-License-Identifier: MIT */
/* workbench.c - a real board of the server on a simulated chip behind a real pty. */
#include "tests/server/workbench.h"

#include "protocol/wire.h"
#include "server/log.h"
#include "server/notify.h"
#include "tests/cmocka_all.h"

#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards news */
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static uint64_t news;

static void wake(void)
{
	pthread_mutex_lock(&lock);
	news++;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

void workbench_wait(bool (*done)(void *ctx), void *ctx)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += WORKBENCH_MS / 1000;
	for (int late = 0;;) {
		pthread_mutex_lock(&lock);
		const uint64_t seen = news;

		pthread_mutex_unlock(&lock);
		if (done(ctx))
			return;
		assert_int_equal(late, 0);
		pthread_mutex_lock(&lock);
		while (!late && seen == news)
			late = pthread_cond_timedwait(&changed, &lock, &until);
		pthread_mutex_unlock(&lock);
	}
}

static pid_t spawn(char *const argv[], int *out)
{
	int ends[2];

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	const pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		execv(argv[0], argv);
		_exit(127);
	}
	close(ends[1]);
	*out = ends[0];
	return pid;
}

static void read_line(int fd, char *line, size_t max)
{
	size_t len = 0;

	while (len + 1 < max && read(fd, line + len, 1) == 1 && line[len] != '\n')
		len++;
	line[len] = '\0';
}

static void start_sim(struct workbench *wb, const struct workbench_options *options)
{
	char line[128];
	int out;
	char *argv[] = { STM32SIM, "--part", "f103rb", "--link", wb->link, "--control", wb->socket,
		"--time-scale", (char *)(options->time_scale ? options->time_scale : "0.01"),
		"--die-with-parent", options->quirk ? "--quirk" : NULL, (char *)options->quirk,
		NULL };

	wb->sim = spawn(argv, &out);
	read_line(out, line, sizeof(line));
	assert_string_equal(line, "ready");
	close(out);
}

void workbench_tell(struct workbench *wb, const char *word)
{
	char *argv[] = { STM32SIM, "ctl", wb->socket, (char *)word, NULL };
	char line[128];
	int out, status;
	const pid_t pid = spawn(argv, &out);

	read_line(out, line, sizeof(line));
	close(out);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_string_equal(line, "ok");
	assert_int_equal(status, 0);
}

static char **argv_of(struct workbench *wb, const char *word)
{
	char **argv = calloc(5, sizeof(*argv));

	assert_non_null(argv);
	argv[0] = STM32SIM;
	argv[1] = "ctl";
	argv[2] = wb->socket;
	argv[3] = (char *)word;
	return argv;
}

static void configure(struct workbench *wb, const struct workbench_options *options)
{
	static char *no_tags[] = { NULL };
	struct config_board *config = &wb->config;

	strcpy(config->id, "mouse");
	config->label = "Mouse";
	config->tags = no_tags;
	config->port = wb->link;
	config->console = (struct wire_settings){ 115200, WIRE_8N1 };
	config->bootloader =
		(struct wire_settings){ options->baud ? options->baud : 921600, WIRE_8E1 };
	config->expect_unique_id = (char *)options->expect_unique_id;
	config->reattach_s = options->reattach_s;
	config->burst = true;
	config->control.kind = options->control;
	config->control.timeout_ms = 5000;
	config->control.wait_s = 20;
	config->control.bootloader_argv = argv_of(wb, "bootloader");
	config->control.application_argv = argv_of(wb, "application");
}

static void start_board(struct workbench *wb)
{
	wb->board = board_new(&wb->config, &wb->house);
	assert_non_null(wb->board);
	assert_true(board_start(wb->board));
}

static void open_house(struct workbench *wb, uint32_t queue)
{
	char reason[256] = "";

	wb->store = store_open(wb->folder, reason, sizeof(reason));
	assert_string_equal(reason, "");
	assert_non_null(wb->store);
	wb->shelf = shelf_open(wb->folder, wb->store, reason, sizeof(reason));
	assert_non_null(wb->shelf);
	wb->house = (struct board_house){ .store = wb->store,
		.shelf = wb->shelf,
		.queue_limit = queue,
		.state_dir = wb->folder };
}

/* Until its port was tried, a board does not know that it is absent, and takes jobs. */
static bool was_tried(void *ctx)
{
	struct workbench *wb = ctx;
	struct json *json = board_json(wb->board);
	const char *cause = json_string(json_get(json, "cause"));
	const bool was = !cause || strcmp(cause, "not opened yet") != 0;

	json_free(json);
	return was;
}

void workbench_open(struct workbench *wb, const struct workbench_options *options)
{
	*wb = (struct workbench){ .folder = "/tmp/benchd-test-XXXXXX" };
	notify_init(wake);
	log_set_level(LOG_ERROR);
	assert_non_null(mkdtemp(wb->folder));
	snprintf(wb->link, sizeof(wb->link), "%s/tty", wb->folder);
	snprintf(wb->socket, sizeof(wb->socket), "%s/control", wb->folder);
	start_sim(wb, options);
	if (options->no_port)
		workbench_tell(wb, "unplug");
	configure(wb, options);
	open_house(wb, options->queue ? options->queue : 4);
	wb->house.turn_ms = options->turn_ms;
	start_board(wb);
	if (options->no_port)
		workbench_wait(was_tried, wb);
	else
		workbench_wait_state(wb, "idle");
}

static void close_house(struct workbench *wb)
{
	board_stop(wb->board);
	board_join(wb->board);
	board_unref(wb->board);
	shelf_close(wb->shelf);
	store_close(wb->store);
}

void workbench_restart(struct workbench *wb)
{
	const uint32_t queue = wb->house.queue_limit;

	close_house(wb);
	open_house(wb, queue);
	start_board(wb);
	workbench_wait_state(wb, "idle");
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void workbench_close(struct workbench *wb)
{
	int status;

	close_house(wb);
	kill(wb->sim, SIGTERM);
	assert_int_equal(waitpid(wb->sim, &status, 0), wb->sim);
	free(wb->config.control.bootloader_argv);
	free(wb->config.control.application_argv);
	nftw(wb->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const struct writer workbench_writer = { .who = "local", .seat = 0 };
uint8_t workbench_bytes[128 * KIB];

struct span workbench_image(size_t len)
{
	uint8_t *const out = workbench_bytes;
	FILE *program = fopen(FIRMWARE_FOLDER "/f103-hello.bin", "rb");

	assert_non_null(program);
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(0x80 | ((i * 7 + i / 251) & 0x7F)); /* no text */
	assert_true(fread(out, 1, len, program) < len);
	fclose(program);
	return (struct span){ out, len };
}

void workbench_shelve(struct workbench *wb, struct span bytes, char sha256[SHA256_TEXT])
{
	struct upload *upload = upload_begin(wb->shelf);

	assert_non_null(upload);
	assert_true(upload_append(upload, bytes));
	assert_true(upload_finish(upload, "test.bin", sha256));
}

struct job *workbench_submit(struct workbench *wb, struct job_request *request)
{
	struct job *job = job_new(request, "mouse");
	struct problem problem = { 0 };

	assert_non_null(job);
	if (!board_submit(wb->board, job, &problem))
		fail_msg("refused: %s", problem.detail);
	return job;
}

static bool is_final(void *job)
{
	return job_is_final(job);
}

enum job_state workbench_finish(struct job *job, struct json **result, struct json **error)
{
	struct job_record record = { 0 };

	workbench_wait(is_final, job);
	assert_true(job_copy(job, &record));
	if (result)
		*result = record.result ? json_parse(span_of(record.result), false, NULL) : NULL;
	if (error)
		*error = record.error ? json_parse(span_of(record.error), false, NULL) : NULL;
	if (record.error && !error)
		print_message("%s\n", record.error);
	const enum job_state state = record.state;

	job_record_release(&record);
	return state;
}

enum job_state workbench_do(struct workbench *wb, struct job_request *request, struct json **result,
	struct json **error)
{
	struct job *job = workbench_submit(wb, request);
	const enum job_state state = workbench_finish(job, result, error);

	job_unref(job);
	return state;
}

struct wanted_state {
	struct workbench *wb;
	const char *state;
};

static bool has_state(void *ctx)
{
	const struct wanted_state *wanted = ctx;
	struct json *json = board_json(wanted->wb->board);
	const char *state = json_string(json_get(json, "state"));
	const bool is_so = state && !strcmp(state, wanted->state);

	json_free(json);
	return is_so;
}

void workbench_wait_state(struct workbench *wb, const char *state)
{
	workbench_wait(has_state, &(struct wanted_state){ wb, state });
}

struct wanted_text {
	struct console *console;
	uint64_t from, found;
	const char *text;
};

static bool has_text(void *ctx)
{
	struct wanted_text *wanted = ctx;
	static uint8_t bytes[CONSOLE_RING];
	const struct cut cut = console_read(wanted->console, wanted->from, bytes, sizeof(bytes));
	const uint8_t *at = memmem(bytes, cut.len, wanted->text, strlen(wanted->text));

	if (at)
		wanted->found = cut.from + (uint64_t)(at - bytes);
	return at != NULL;
}

uint64_t workbench_wait_text(struct workbench *wb, uint64_t from, const char *text)
{
	struct wanted_text wanted = { board_console(wb->board), from, 0, text };

	workbench_wait(has_text, &wanted);
	return wanted.found;
}

struct job_request workbench_request(enum job_kind kind)
{
	struct job_request request = { .kind = kind, .run = true };

	strcpy(request.who, "test");
	return request;
}

struct job_request workbench_flash_request(struct workbench *wb, size_t len)
{
	struct job_request request = workbench_request(JOB_FLASH);

	workbench_shelve(wb, workbench_image(len), request.sha256);
	return request;
}

enum job_state workbench_flash(struct workbench *wb, size_t len)
{
	struct job_request request = workbench_flash_request(wb, len);

	return workbench_do(wb, &request, NULL, NULL);
}

void workbench_assert_text(const struct json *json, const char *key, const char *want)
{
	const char *have = json_string(json_get(json, key));

	assert_non_null(have);
	assert_string_equal(have, want);
}

bool workbench_is_null(struct workbench *wb, const char *key)
{
	struct json *json = board_json(wb->board);
	const struct json *member = json_get(json, key);

	assert_non_null(member);
	const bool is = json_type(member) == JSON_NULL;

	json_free(json);
	return is;
}

void workbench_assert_code(struct json *error, const char *code)
{
	assert_non_null(error);
	workbench_assert_text(error, "code", code);
	json_free(error);
}
