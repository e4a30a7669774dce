/* SPDX-License-Identifier: MIT */
/*
 * demo.c - three stm32sim children: two boards of the configuration, and one on a port that no
 * board has yet; firmware on the shelf.
 */
#include "server/demo.h"

#include "server/log.h"
#include "server/spawn.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATH_TEXT 4096
#define READY_MS 15000
#define STOP_MS 3000
#define BOARDS 3

static const struct {
	const char *id, *part, *seed;
	const char *label;    /* NULL: only its port is there; a person may add a board on it */
	const char *firmware; /* in its flash already; NULL: erased */
	size_t flash_bytes;   /* of the part, where firmware is */
} demo_boards[BOARDS] = {
	{ "f103", "f103rb", "103", "STM32F103 (simulated)", NULL, 0 },
	{ "f407", "f407vg", "407", "STM32F407 (simulated)", NULL, 0 },
	{ "spare", "f103rb", "3", NULL, "f103-hello.bin", 128 * 1024 },
};

struct demo {
	char home[PATH_TEXT];      /* the folder that this program lies in */
	char simulator[PATH_TEXT]; /* stm32sim */
	char dir[PATH_TEXT];       /* temporary; "": not made */
	struct {
		pid_t pid;  /* 0: not started */
		int output; /* its standard output, which must stay open; -1: none */
	} children[BOARDS];
};

static bool fail(char *reason, size_t len, const char *what, const char *detail)
{
	snprintf(reason, len, "--demo: %s: %s", what, detail);
	return false;
}

static bool find_home(struct demo *demo, char *reason, size_t len)
{
	ssize_t n = readlink("/proc/self/exe", demo->home, sizeof(demo->home) - 1);

	if (n < 0)
		return fail(reason, len, "/proc/self/exe", strerror(errno));
	demo->home[n] = '\0';
	*strrchr(demo->home, '/') = '\0';
	return true;
}

/* Where it is installed, and where it is built. */
static bool find_simulator(struct demo *demo, char *reason, size_t len)
{
	static const char *const places[] = { "stm32sim", "../libexec/benchd/stm32sim",
		"../simulator/stm32sim" };

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		snprintf(demo->simulator, PATH_TEXT, "%.4000s/%s", demo->home, places[i]);
		if (!access(demo->simulator, X_OK))
			return true;
	}
	return fail(reason, len, demo->home, "stm32sim is not beside this program");
}

static bool make_dir(struct demo *demo, char *reason, size_t len)
{
	const char *tmp = getenv("TMPDIR");
	char path[PATH_TEXT];

	snprintf(path, sizeof(path), "%.4000s/benchd-demo-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(path))
		return fail(reason, len, path, strerror(errno));
	strcpy(demo->dir, path);
	return true;
}

/* "DIR/ID.KIND" */
static void path_of(const struct demo *demo, size_t i, const char *kind, char path[PATH_TEXT])
{
	snprintf(path, PATH_TEXT, "%.4000s/%s.%s", demo->dir, demo_boards[i].id, kind);
}

static char **make_argv(const struct demo *demo, const char *socket, const char *into)
{
	char **argv = calloc(5, sizeof(*argv));

	if (!argv)
		return NULL;
	argv[0] = strdup(demo->simulator);
	argv[1] = strdup("ctl");
	argv[2] = strdup(socket);
	argv[3] = strdup(into);
	return argv;
}

static bool is_whole(char **argv)
{
	return argv && argv[0] && argv[1] && argv[2] && argv[3];
}

/* Of the installed tree; the build tree has a link there. */
static void firmware_path(const struct demo *demo, const char *name, char path[PATH_TEXT])
{
	snprintf(path, PATH_TEXT, "%.3800s/../share/benchd/firmware/%.200s", demo->home, name);
}

/* A flash with firmware in it, for stm32sim --flash. */
static bool fill_flash(const struct demo *demo, size_t i, char *reason, size_t len)
{
	const size_t size = demo_boards[i].flash_bytes;
	char from[PATH_TEXT], to[PATH_TEXT];
	uint8_t *cells = malloc(size);

	if (!cells)
		return fail(reason, len, demo_boards[i].id, "out of memory");
	memset(cells, 0xFF, size);
	firmware_path(demo, demo_boards[i].firmware, from);
	path_of(demo, i, "flash", to);
	FILE *firmware = fopen(from, "re");
	FILE *flash = fopen(to, "wxe");
	const bool is_read = firmware && fread(cells, 1, size, firmware) > 0 && !ferror(firmware);
	bool is_written = flash && fwrite(cells, 1, size, flash) == size;

	if (firmware)
		fclose(firmware);
	if (flash)
		is_written = !fclose(flash) && is_written;
	free(cells);
	if (is_read && is_written)
		return true;
	return fail(reason, len, is_read ? to : from, strerror(errno));
}

/* Its port alone: GET /api/v1/ports lists it, and a board can be added on it. */
static bool add_port(
	const struct demo *demo, size_t i, struct config *config, char *reason, size_t len)
{
	char port[PATH_TEXT];

	path_of(demo, i, "tty", port);
	return config_add_port(config, port) ||
		fail(reason, len, demo_boards[i].id, "out of memory");
}

static bool add_board(
	const struct demo *demo, size_t i, struct config *config, char *reason, size_t len)
{
	char port[PATH_TEXT], socket[PATH_TEXT];

	for (size_t k = 0; k < config->board_count; k++)
		if (!strcmp(config->boards[k].id, demo_boards[i].id))
			return fail(reason, len, demo_boards[i].id,
				"a board of this id is there already");
	path_of(demo, i, "tty", port);
	path_of(demo, i, "socket", socket);
	struct config_board *board = config_add_board(config, demo_boards[i].id, port);

	if (!board)
		return fail(reason, len, demo_boards[i].id, "out of memory");
	board->control.kind = CONTROL_COMMAND;
	board->control.bootloader_argv = make_argv(demo, socket, "bootloader");
	board->control.application_argv = make_argv(demo, socket, "application");
	char *label = strdup(demo_boards[i].label);

	if (label) {
		free(board->label);
		board->label = label;
	}
	if (label && is_whole(board->control.bootloader_argv) &&
		is_whole(board->control.application_argv))
		return true;
	return fail(reason, len, demo_boards[i].id, "out of memory");
}

static bool start_child(struct demo *demo, size_t i, char *reason, size_t len)
{
	char port[PATH_TEXT], socket[PATH_TEXT], flash[PATH_TEXT];
	int ends[2];

	path_of(demo, i, "tty", port);
	path_of(demo, i, "socket", socket);
	path_of(demo, i, "flash", flash);
	char *argv[] = { demo->simulator, (char *)"--die-with-parent", (char *)"--part",
		(char *)demo_boards[i].part, (char *)"--seed", (char *)demo_boards[i].seed,
		(char *)"--link", port, (char *)"--control", socket,
		demo_boards[i].firmware ? (char *)"--flash" : NULL, flash, NULL };

	if (demo_boards[i].firmware && !fill_flash(demo, i, reason, len))
		return false;

	if (pipe2(ends, O_CLOEXEC))
		return fail(reason, len, "pipe", strerror(errno));
	int error = spawn_program(&demo->children[i].pid, argv, ends[1], STDERR_FILENO);

	close(ends[1]);
	demo->children[i].output = ends[0];
	if (!error)
		return true;
	demo->children[i].pid = 0;
	return fail(reason, len, demo->simulator, strerror(error));
}

/* Its first line is "ready", or it says on standard error why not and ends. */
static bool await_ready(const struct demo *demo, size_t i, char *reason, size_t len)
{
	struct pollfd fd = { .fd = demo->children[i].output, .events = POLLIN };
	int64_t until = clock_monotonic_ms() + READY_MS;
	char line[64];
	size_t got = 0;

	while (got < sizeof(line) - 1) {
		int64_t left = until - clock_monotonic_ms();

		if (left <= 0 || poll(&fd, 1, (int)left) == 0)
			return fail(reason, len, demo->simulator, "does not become ready");
		ssize_t n = read(fd.fd, line + got, 1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fail(reason, len, demo->simulator, "ended before it was ready");
		if (line[got] == '\n')
			break;
		got++;
	}
	return !strncmp(line, "ready", 5) ||
		fail(reason, len, demo->simulator, "said something else than \"ready\"");
}

static bool set_state_dir(const struct demo *demo, struct config *config, char *reason, size_t len)
{
	if (config->state_dir)
		return true;
	if (asprintf(&config->state_dir, "%s/state", demo->dir) >= 0)
		return true;
	config->state_dir = NULL;
	return fail(reason, len, "the state's folder", "out of memory");
}

struct demo *demo_start(struct config *config, char *reason, size_t reason_len)
{
	struct demo *demo = calloc(1, sizeof(*demo));
	bool ok = demo != NULL;

	if (!ok) {
		fail(reason, reason_len, "start", "out of memory");
		return NULL;
	}
	for (size_t i = 0; i < BOARDS; i++)
		demo->children[i].output = -1;
	ok = find_home(demo, reason, reason_len) && find_simulator(demo, reason, reason_len) &&
		make_dir(demo, reason, reason_len) &&
		set_state_dir(demo, config, reason, reason_len);
	for (size_t i = 0; ok && i < BOARDS; i++)
		ok = (demo_boards[i].label ? add_board : add_port)(
			     demo, i, config, reason, reason_len) &&
			start_child(demo, i, reason, reason_len);
	for (size_t i = 0; ok && i < BOARDS; i++)
		ok = await_ready(demo, i, reason, reason_len);
	if (ok)
		return demo;
	demo_stop(demo);
	return NULL;
}

static bool shelve(int dir_fd, const char *name, struct shelf *shelf)
{
	int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC);
	struct upload *upload = fd < 0 ? NULL : upload_begin(shelf);
	char sha256[SHA256_TEXT];
	uint8_t chunk[4096];
	ssize_t n = upload ? 1 : -1;

	while (n > 0) {
		n = read(fd, chunk, sizeof(chunk));
		if (n > 0 && !upload_append(upload, (struct span){ chunk, (size_t)n }))
			n = -1;
	}
	if (fd >= 0)
		close(fd);
	if (n == 0)
		return upload_finish(upload, name, sha256);
	upload_abort(upload);
	return false;
}

static int is_firmware(const struct dirent *entry)
{
	static const char *const kinds[] = { ".hex", ".elf", ".bin", ".srec" };
	const char *dot = strrchr(entry->d_name, '.');

	for (size_t i = 0; dot && i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(dot, kinds[i]))
			return 1;
	return 0;
}

/* Shelved from last to first: the shelf shows the newest first. */
bool demo_fill_shelf(struct demo *demo, struct shelf *shelf)
{
	char path[PATH_TEXT];
	struct dirent **files = NULL;

	firmware_path(demo, "", path);
	int dir_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int count = dir_fd < 0 ? -1 : scandirat(dir_fd, ".", &files, is_firmware, alphasort);
	bool ok = count > 0;

	if (count < 0)
		log_line(LOG_ERROR, "--demo: %s: %s", path, strerror(errno));
	else if (!count)
		log_line(LOG_ERROR, "--demo: %s: no firmware there", path);
	while (count-- > 0) {
		ok = shelve(dir_fd, files[count]->d_name, shelf) && ok;
		free(files[count]);
	}
	free(files);
	if (dir_fd >= 0)
		close(dir_fd);
	return ok;
}

static void stop_child(pid_t pid)
{
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd fd = { .fd = pidfd, .events = POLLIN };

	kill(pid, SIGTERM);
	/* Without a pidfd (an old kernel) there is no waiting with a deadline: end it at once. */
	if (pidfd < 0 || poll(&fd, 1, STOP_MS) <= 0)
		kill(pid, SIGKILL);
	if (pidfd >= 0)
		close(pidfd);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

void demo_stop(struct demo *demo)
{
	if (!demo)
		return;
	for (size_t i = 0; i < BOARDS; i++) {
		if (demo->children[i].pid > 0)
			stop_child(demo->children[i].pid);
		if (demo->children[i].output >= 0)
			close(demo->children[i].output);
	}
	if (*demo->dir && nftw(demo->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS))
		log_line(LOG_WARNING, "--demo: %s could not be removed: %s", demo->dir,
			strerror(errno));
	free(demo);
}
