/* SPDX-License-Identifier: MIT */
/* spawn.h - starting a program without a shell. Any thread. */
#ifndef BENCHD_SERVER_SPAWN_H
#define BENCHD_SERVER_SPAWN_H

#include <sys/types.h>

/*
 * Runs argv[0], found by PATH, in a process group of its own (so that what it starts can be ended
 * with it, and Ctrl-C is ours alone), with no signal blocked, nothing on standard input, and no
 * other descriptor of ours. out, err: where its outputs go; -1: nowhere.
 * 0, or an errno; *pid is to be waited for after 0.
 */
int spawn_program(pid_t *pid, char *const argv[], int out, int err);

#endif /* BENCHD_SERVER_SPAWN_H */
