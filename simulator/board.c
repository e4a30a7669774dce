/* SPDX-License-Identifier: MIT */
/* board.c - the loop that carries bytes between a pty and a machine at the pace of the wire. */
#include "simulator/board.h"

#include "simulator/listen.h"
#include "simulator/pty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S 1000000000u
#define NS_PER_MS 1000000u

/* A long burst is passed on in pieces of this length, its end exactly when it is due. */
#define SLICE_NS NS_PER_MS
/* A program that runs is looked after this often: each of its bytes alone would wake us. */
#define PROGRAM_NS (2 * NS_PER_MS)

enum {
	FIFO_MAX = 256,        /* of the host's bytes on their way, as an adapter has */
	UNREAD_MAX = 64 * KIB, /* kept for a host that reads slowly */
	TIMER_SLACK_NS = 5000,
};

/*
 * How late the board may be. A host that is too slow for what the board executes, or that stopped
 * us for a while, makes the board's clock slow instead of leaving ever more to catch up with.
 */
#define LATE_NS (20 * NS_PER_MS)

/* A byte on its way from the host: there when its last bit is. */
struct fifo_byte {
	uint64_t at_ns;
	struct wire_settings line;
	uint8_t byte;
};

struct board {
	struct machine machine;
	struct adapter adapter;
	struct remote remote;
	struct pty pty;
	struct listen listen;
	bool is_pulled; /* by a fault */
	uint64_t start_ns, now_ns;
	struct fifo_byte fifo[FIFO_MAX];
	size_t fifo_first, fifo_count;
	uint64_t fifo_free_ns;
	struct buf unread; /* for the host, when its tty was full */
	uint8_t *cells;    /* the mapped file; NULL: none */
	size_t cells_len;
};

static uint64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static struct wire_settings host_line(const struct board *board)
{
	return (struct wire_settings){ pty_baud(&board->pty), board->remote.host_frame };
}

/* Takes as many bytes from the host as there is room for on the wire. */
static void read_host(struct board *board)
{
	const struct wire_settings line = host_line(board);
	uint8_t bytes[FIFO_MAX];
	const ssize_t got = read(board->pty.master, bytes, FIFO_MAX - board->fifo_count);

	if (board->fifo_free_ns < board->now_ns)
		board->fifo_free_ns = board->now_ns;
	/* At B0 the line is hung up: nothing is sent. */
	for (ssize_t i = 0; line.baud && i < got; i++) {
		board->fifo_free_ns += line_byte_ns(&line);
		board->fifo[(board->fifo_first + board->fifo_count++) % FIFO_MAX] =
			(struct fifo_byte){ board->fifo_free_ns, line, bytes[i] };
	}
}

/* What has arrived by now, each at its own time. */
static void feed_machine(struct board *board)
{
	while (board->fifo_count && board->fifo[board->fifo_first].at_ns <= board->now_ns) {
		const struct fifo_byte *next = &board->fifo[board->fifo_first];

		adapter_send(
			&board->adapter, &board->machine, next->byte, &next->line, next->at_ns);
		board->fifo_first = (board->fifo_first + 1) % FIFO_MAX;
		board->fifo_count--;
	}
	machine_advance(&board->machine, board->now_ns);
}

/* What does not fit into the tty now is kept. */
static void flush_unread(struct board *board)
{
	if (!board->unread.len)
		return;
	const ssize_t put = write(board->pty.master, board->unread.ptr, board->unread.len);

	if (put <= 0)
		return;
	board->unread.len -= (size_t)put;
	memmove(board->unread.ptr, board->unread.ptr + put, board->unread.len);
}

/* Bytes for a tty that nobody has open are lost, as on any serial port. */
static void write_host(struct board *board)
{
	const struct wire_settings line = host_line(board);
	uint8_t byte;

	if (!board->pty.has_host)
		board->unread.len = 0;
	while (adapter_take(&board->adapter, &board->machine, &line, board->now_ns, &byte)) {
		if (board->pty.has_host && board->unread.len < UNREAD_MAX)
			buf_append(&board->unread, (struct span){ &byte, 1 });
	}
	flush_unread(board);
}

/* When there is something to do: a burst's end, but no later than a slice from now. */
static uint64_t due_ns(const struct board *board)
{
	const uint64_t next = machine_next_ns(&board->machine);
	const bool is_program = machine_runs_application(&board->machine);
	const uint64_t slice = board->now_ns + (is_program ? PROGRAM_NS : SLICE_NS);
	uint64_t due = next;

	if (is_program && next < slice)
		return slice;
	if (board->machine.tx_count && next < slice)
		due = board->machine.free_ns < slice ? board->machine.free_ns : slice;
	if (board->fifo_count) {
		const uint64_t end = board->fifo_free_ns < slice ? board->fifo_free_ns : slice;

		due = end < due ? end : due;
	}
	return due;
}

static uint64_t wake_ns(const struct board *board)
{
	const uint64_t due = due_ns(board), packet = adapter_next_ns(&board->adapter);

	return packet < due ? packet : due;
}

/* How long to sleep; NULL: until a descriptor wakes us. */
static const struct timespec *sleep_time(const struct board *board, struct timespec *time)
{
	const uint64_t due = wake_ns(board);
	const uint64_t now = clock_ns() - board->start_ns;
	const uint64_t wait = due > now ? due - now : 0;

	if (due == MACHINE_NEVER)
		return NULL;
	*time = (struct timespec){ (time_t)(wait / NS_PER_S), (long)(wait % NS_PER_S) };
	return time;
}

static size_t poll_pty(const struct board *board, struct pollfd *fds)
{
	short events = 0;

	if (!pty_is_plugged(&board->pty))
		return 0;
	if (board->fifo_count < FIFO_MAX)
		events |= POLLIN;
	if (board->unread.len)
		events |= POLLOUT;
	fds[0] = (struct pollfd){ .fd = board->pty.watch, .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = board->pty.master, .events = events };
	return 2;
}

static void serve_pty(struct board *board, const struct pollfd *fds, size_t count)
{
	if (count && fds[0].revents)
		pty_watch(&board->pty);
	if (count && fds[1].revents & POLLIN)
		read_host(board);
}

static const char *hook_plug(void *ctx, bool in)
{
	struct board *board = ctx;

	if (in)
		return pty_plug(&board->pty) ? NULL : strerror(errno);
	pty_unplug(&board->pty);
	board->fifo_count = 0;
	board->unread.len = 0;
	adapter_drop(&board->adapter);
	return NULL;
}

/* The cable that a fault pulls out, and what it lets in again. */
static void follow_cable(struct board *board)
{
	const bool is_out = board->machine.chaos.is_unplugged;

	if (is_out == board->is_pulled)
		return;
	board->is_pulled = is_out;
	if (!hook_plug(board, !is_out))
		board->remote.is_plugged = !is_out;
}

static void pass_time(struct board *board)
{
	const uint64_t next = machine_next_ns(&board->machine);
	uint64_t now = clock_ns() - board->start_ns;

	if (next != MACHINE_NEVER && next > board->now_ns && now > next + LATE_NS) {
		board->start_ns += now - (next + LATE_NS);
		now = next + LATE_NS;
	}
	board->now_ns = now;
}

/* Passes the time until now; without a tty what the board says is lost. */
static void catch_up(struct board *board)
{
	pass_time(board);
	feed_machine(board);
	write_host(board);
	follow_cable(board);
}

/* false: it is time to stop, or poll failed. */
static bool turn(struct board *board, int stop_fd)
{
	struct pollfd fds[1 + 2 + 1 + LISTEN_CLIENTS] = { { .fd = stop_fd, .events = POLLIN } };
	const size_t pty = poll_pty(board, fds + 1);
	const size_t socket = listen_poll(&board->listen, fds + 1 + pty);
	struct timespec time;

	if (ppoll(fds, 1 + pty + socket, sleep_time(board, &time), NULL) < 0)
		return errno == EINTR;
	pass_time(board);
	serve_pty(board, fds + 1, pty);
	catch_up(board);
	listen_serve(&board->listen, fds + 1 + pty, socket, &board->remote);
	return !fds[0].revents;
}

static uint64_t hook_now(void *ctx)
{
	const struct board *board = ctx;

	return board->now_ns;
}

static const char *hook_dump(void *ctx, const char *path)
{
	const struct board *board = ctx;
	const struct flash *flash = &board->machine.memory.flash;
	FILE *file = fopen(path, "wbe");

	if (!file)
		return strerror(errno);
	const size_t put = fwrite(flash->cells, 1, flash->part->flash_bytes, file);

	if (fclose(file) || put != flash->part->flash_bytes)
		return strerror(errno);
	return NULL;
}

static bool complain(const char *what)
{
	fprintf(stderr, "stm32sim: %s: %s\n", what, strerror(errno));
	return false;
}

/* A new file is an erased part; an existing one must have its size. */
static bool map_cells(struct board *board, const char *path, const struct part *part)
{
	struct stat at;
	const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);

	if (fd < 0 || fstat(fd, &at) < 0)
		return complain(path);
	errno = EINVAL;
	if (at.st_size && at.st_size != (off_t)part->flash_bytes) {
		close(fd);
		return complain(path);
	}
	if (!at.st_size && ftruncate(fd, (off_t)part->flash_bytes) < 0) {
		close(fd);
		return complain(path);
	}
	board->cells_len = part->flash_bytes;
	board->cells = mmap(NULL, board->cells_len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (board->cells == MAP_FAILED) {
		board->cells = NULL;
		return complain(path);
	}
	if (!at.st_size)
		memset(board->cells, part->erased, board->cells_len);
	return true;
}

static void report(void *ctx, const char *line)
{
	const struct board *board = ctx;

	fprintf(stderr, "stm32sim: %s: %s\n", board->machine.memory.part->name, line);
}

static bool init_machine(struct board *board, const struct board_options *options)
{
	struct machine_options machine = options->machine;
	const struct part *part = part_find(machine.part);

	errno = EINVAL;
	if (!part)
		return complain("part");
	if (options->flash && !map_cells(board, options->flash, part))
		return false;
	machine.cells = board->cells;
	machine.report = report;
	machine.report_ctx = board;
	adapter_init(&board->adapter, options->adapter_latency_us, options->max_baud, machine.seed);
	if (!machine_init(&board->machine, &machine))
		return complain("machine");
	errno = EINVAL;
	for (size_t i = 0; i < options->fault_count; i++) {
		char why[512];

		if (!machine_add_fault(&board->machine, options->faults[i], 0, why, sizeof(why)))
			return complain(why);
	}
	if (!wiring_parse(options->wire_reset, &board->remote.wiring.reset) ||
		!wiring_parse(options->wire_boot0, &board->remote.wiring.boot0))
		return complain("wiring");
	return true;
}

static bool init_board(struct board *board, const struct board_options *options)
{
	pty_init(&board->pty, options->link);
	listen_init(&board->listen, options->control);
	board->remote = (struct remote){
		.machine = &board->machine,
		.adapter = &board->adapter,
		.host_frame = LINE_ANY_FRAME,
		.is_plugged = true,
		.hooks = { hook_now, hook_plug, hook_dump, board },
	};
	prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS);
	if (!init_machine(board, options))
		return false;
	if (!listen_start(&board->listen))
		return complain(options->control);
	board->start_ns = clock_ns();
	return pty_plug(&board->pty) || complain(options->link);
}

static void release_board(struct board *board)
{
	pty_unplug(&board->pty);
	listen_stop(&board->listen);
	machine_release(&board->machine);
	buf_release(&board->unread);
	if (board->cells)
		munmap(board->cells, board->cells_len);
	free(board);
}

int board_run(const struct board_options *options, int stop_fd)
{
	struct board *board = calloc(1, sizeof(*board));

	if (!board)
		return complain("memory"), EXIT_FAILURE;
	const bool ok = init_board(board, options);

	if (ok && (puts("ready") < 0 || fflush(stdout)))
		complain("standard output");
	while (ok && turn(board, stop_fd))
		;
	release_board(board);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
