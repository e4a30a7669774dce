/* SPDX-License-Identifier: MIT */
/*
 * sim_process.h - the board of these tests: stm32sim as a child, by what ctest sets: STM32SIM,
 * FIRMWARE, FLASH, BENCHD_TTY, BENCHD_SOCKET. Each fails the test when it can't. One thread.
 */
#ifndef BENCHD_TESTS_PORT_SIM_PROCESS_H
#define BENCHD_TESTS_PORT_SIM_PROCESS_H

#include <sys/types.h>

/* A group's set-up: the firmware into the file that keeps the simulated flash. */
int fill_flash(void **state);
/* What DTR and RTS reach, in stm32sim's words; both NULL: nothing. */
pid_t start_sim(const char *reset, const char *boot0);
void stop_sim(pid_t pid);
/* "runs=rom": a word of the control socket's stats. */
void assert_stats(const char *want);

#endif /* BENCHD_TESTS_PORT_SIM_PROCESS_H */
