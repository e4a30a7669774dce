/* SPDX-License-Identifier: MIT */
/*
 * board.h - a machine in real time: behind a pty, with a control socket. What stm32sim runs.
 * One thread; board_run() is its loop and waits for nothing but descriptors and due times.
 */
#ifndef BENCHD_SIMULATOR_BOARD_H
#define BENCHD_SIMULATOR_BOARD_H

#include "simulator/adapter.h"

struct board_options {
	struct machine_options machine; /* cells is set by the board */
	const char *link;               /* of the tty */
	const char *control;            /* the socket's path; NULL: none */
	const char *flash;              /* keeps the cells in this file; NULL: in memory only */
	const char *wire_reset, *wire_boot0;   /* wiring.h */
	uint32_t adapter_latency_us, max_baud; /* adapter.h; 0: none */
	const char *faults[CHAOS_MAX];         /* lines of chaos.h */
	size_t fault_count;
};

/*
 * Runs the board until a byte or the end comes on stop_fd; says "ready" on standard output when the
 * tty can be opened. Link and socket are gone when it returns. On failure it says why on standard
 * error. Gives the program's exit status.
 */
int board_run(const struct board_options *options, int stop_fd);

#endif /* BENCHD_SIMULATOR_BOARD_H */
