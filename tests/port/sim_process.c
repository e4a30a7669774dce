/* SPDX-License-Identifier: MIT */
/* sim_process.c - an F103RB with firmware in it, as a process. */
#include "tests/port/sim_process.h"

#include "protocol/bytes.h"
#include "simulator/listen.h"

#include "tests/cmocka_all.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The whole flash of an F103RB with the firmware in it, for stm32sim to keep. */
int fill_flash(void **state)
{
	static uint8_t cells[128 * KIB];
	FILE *firmware = fopen(getenv("FIRMWARE"), "rb"), *flash = fopen(getenv("FLASH"), "wb");

	(void)state;
	assert_non_null(firmware);
	assert_non_null(flash);
	memset(cells, 0xFF, sizeof(cells));
	assert_true(fread(cells, 1, sizeof(cells), firmware) > 0);
	assert_int_equal(fwrite(cells, 1, sizeof(cells), flash), sizeof(cells));
	assert_int_equal(fclose(flash), 0);
	return fclose(firmware);
}

pid_t start_sim(const char *reset, const char *boot0)
{
	char line[16] = "";
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	const pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		unsetenv("LD_PRELOAD");
		dup2(ends[1], STDOUT_FILENO);
		execl(getenv("STM32SIM"), "stm32sim", "--part", "f103rb", "--link",
			getenv("BENCHD_TTY"), "--control", getenv("BENCHD_SOCKET"), "--flash",
			getenv("FLASH"), "--time-scale", "0", "--die-with-parent",
			reset ? "--wire-reset" : (char *)NULL, reset, "--wire-boot0", boot0,
			(char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	assert_int_equal(read(ends[0], line, sizeof(line) - 1), 6);
	assert_string_equal(line, "ready\n");
	close(ends[0]);
	return pid;
}

void stop_sim(pid_t pid)
{
	int status = -1;

	kill(pid, SIGTERM);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

void assert_stats(const char *want)
{
	char answer[REMOTE_ANSWER_MAX];

	assert_true(listen_ask(getenv("BENCHD_SOCKET"), "stats", answer));
	if (!strstr(answer, want))
		fail_msg("no %s in %s", want, answer);
}
