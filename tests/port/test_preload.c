/* SPDX-License-Identifier: MIT */
/*
 * test_preload.c - libserialport on a simulated board, through the preload library: it opens the
 * pty, even parity sticks and reaches the board, DTR and RTS restart it.
 * ctest sets LD_PRELOAD, BENCHD_PRELOAD, STM32SIM, BENCHD_TTY and BENCHD_SOCKET.
 */
#include "simulator/listen.h"

#include "tests/cmocka_all.h"

#include <errno.h>
#include <libserialport.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ANSWER_MS = 5000 };

struct bench {
	pid_t pid;
	FILE *out;
};

static void run_simulator(int out)
{
	unsetenv("LD_PRELOAD");
	dup2(out, STDOUT_FILENO);
	execl(getenv("STM32SIM"), "stm32sim", "--part", "f103rb", "--link", getenv("BENCHD_TTY"),
		"--control", getenv("BENCHD_SOCKET"), "--wire-reset", "dtr", "--wire-boot0", "rts",
		"--time-scale", "0", "--die-with-parent", (char *)NULL);
	_exit(127);
}

static int start_simulator(void **state)
{
	struct bench *bench = calloc(1, sizeof(*bench));
	char line[16];
	int ends[2];

	assert_non_null(bench);
	assert_int_equal(pipe(ends), 0);
	bench->pid = fork();
	assert_true(bench->pid >= 0);
	if (bench->pid == 0)
		run_simulator(ends[1]);
	close(ends[1]);
	bench->out = fdopen(ends[0], "r");
	*state = bench;
	assert_non_null(bench->out);
	assert_non_null(fgets(line, sizeof(line), bench->out));
	assert_string_equal(line, "ready\n");
	return 0;
}

static int stop_simulator(void **state)
{
	struct bench *bench = *state;
	int status = -1;

	kill(bench->pid, SIGTERM);
	waitpid(bench->pid, &status, 0);
	fclose(bench->out);
	free(bench);
	assert_int_equal(status, 0);
	assert_int_equal(access(getenv("BENCHD_TTY"), F_OK), -1);
	assert_int_equal(access(getenv("BENCHD_SOCKET"), F_OK), -1);
	return 0;
}

static struct sp_port *open_port(void)
{
	char *const real = realpath(getenv("BENCHD_TTY"), NULL);
	struct sp_port *port = NULL;

	assert_non_null(real);
	assert_int_equal(sp_get_port_by_name(real, &port), SP_OK);
	assert_int_equal(sp_open(port, SP_MODE_READ_WRITE), SP_OK);
	free(real);
	return port;
}

static void set_frame(struct sp_port *port, enum sp_parity parity)
{
	assert_int_equal(sp_set_baudrate(port, 115200), SP_OK);
	assert_int_equal(sp_set_bits(port, 8), SP_OK);
	assert_int_equal(sp_set_stopbits(port, 1), SP_OK);
	assert_int_equal(sp_set_parity(port, parity), SP_OK);
}

/* What the board says of itself holds this. */
static void assert_stats(const char *want)
{
	char answer[REMOTE_ANSWER_MAX];

	assert_true(listen_ask(getenv("BENCHD_SOCKET"), "stats", answer));
	if (!strstr(answer, want))
		fail_msg("no %s in %s", want, answer);
}

/* RTS set selects the ROM; DTR set holds it in reset. */
static void restart(struct sp_port *port, bool into_rom)
{
	assert_int_equal(sp_set_dtr(port, SP_DTR_ON), SP_OK);
	assert_int_equal(sp_set_rts(port, into_rom ? SP_RTS_ON : SP_RTS_OFF), SP_OK);
	assert_int_equal(sp_set_dtr(port, SP_DTR_OFF), SP_OK);
}

static void exchange(
	struct sp_port *port, const char *out, size_t out_len, const char *want, size_t want_len)
{
	char in[64];

	assert_int_equal(sp_blocking_write(port, out, out_len, ANSWER_MS), out_len);
	assert_int_equal(sp_blocking_read(port, in, want_len, ANSWER_MS), want_len);
	assert_memory_equal(in, want, want_len);
}

static void opening_raises_the_lines(void **state)
{
	struct sp_port *port = open_port();

	(void)state;
	assert_stats("dtr=1 rts=1");
	assert_stats("runs=nothing"); /* held in reset */
	sp_close(port);
	sp_free_port(port);
}

static void lines_restart_and_parity_sticks(void **state)
{
	struct sp_port *port = open_port();
	struct sp_port_config *config;
	enum sp_parity parity;

	(void)state;
	set_frame(port, SP_PARITY_EVEN);
	assert_int_equal(sp_new_config(&config), SP_OK);
	assert_int_equal(sp_get_config(port, config), SP_OK);
	assert_int_equal(sp_get_config_parity(config, &parity), SP_OK);
	assert_int_equal(parity, SP_PARITY_EVEN);
	sp_free_config(config);
	assert_stats("frame=8E1");
	restart(port, true);
	assert_stats("runs=rom");
	exchange(port, "\x7F", 1, "\x79", 1);
	exchange(port, "\x02\xFD", 2, "\x79\x01\x04\x10\x79", 5);
	restart(port, false);
	assert_stats("runs=nothing"); /* the flash is empty */
	sp_close(port);
	sp_free_port(port);
}

/* docs/facts/an3155.md 1: without parity sync works, and 02 FD (02 has one bit, FD seven) too; 00
 * has an even number of ones and is lost. */
static void the_parity_trap_is_there(void **state)
{
	struct sp_port *port = open_port();
	char in;

	(void)state;
	set_frame(port, SP_PARITY_NONE);
	assert_stats("frame=8N1");
	restart(port, true);
	exchange(port, "\x7F", 1, "\x79", 1);
	assert_int_equal(sp_blocking_write(port, "\x00\xFF", 2, ANSWER_MS), 2);
	assert_int_equal(sp_blocking_read(port, &in, 1, 100), 0);
	assert_stats("lost=2");
	sp_close(port);
	sp_free_port(port);
}

static void tell_board(const char *command)
{
	char answer[REMOTE_ANSWER_MAX];

	assert_true(listen_ask(getenv("BENCHD_SOCKET"), command, answer));
	assert_string_equal(answer, "ok\n");
}

static void a_board_unplugged_and_back(void **state)
{
	struct sp_port *port = open_port();
	char in;

	(void)state;
	tell_board("unplug");
	assert_int_equal(access(getenv("BENCHD_TTY"), F_OK), -1);
	assert_true(sp_blocking_write(port, "\x7F", 1, ANSWER_MS) < 0);
	assert_true(sp_blocking_read(port, &in, 1, 100) <= 0);
	sp_close(port);
	sp_free_port(port);
	tell_board("replug");
	port = open_port();
	set_frame(port, SP_PARITY_EVEN);
	restart(port, true);
	exchange(port, "\x7F", 1, "\x79", 1);
	sp_close(port);
	sp_free_port(port);
}

static void wrong_commands_are_refused(void **state)
{
	static const char *const wrong[] = { "", "nonsense", "boot0", "boot0 maybe", "reset now",
		"write-protect 128 on", "fault nack", "fault drop to-host", "fault luck nth=1",
		"dump /nowhere/at/all", "parity 7e1", "a b c d e" };
	char answer[REMOTE_ANSWER_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		assert_true(listen_ask(getenv("BENCHD_SOCKET"), wrong[i], answer));
		if (strncmp(answer, "error ", 6))
			fail_msg("%s: %s", wrong[i], answer);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			opening_raises_the_lines, start_simulator, stop_simulator),
		cmocka_unit_test_setup_teardown(
			lines_restart_and_parity_sticks, start_simulator, stop_simulator),
		cmocka_unit_test_setup_teardown(
			the_parity_trap_is_there, start_simulator, stop_simulator),
		cmocka_unit_test_setup_teardown(
			a_board_unplugged_and_back, start_simulator, stop_simulator),
		cmocka_unit_test_setup_teardown(
			wrong_commands_are_refused, start_simulator, stop_simulator),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
