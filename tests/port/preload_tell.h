/* SPDX-License-Identifier: MIT */
/* preload_tell.h - what the preload libraries share: a word to the simulator. Any thread. */
#ifndef BENCHD_TESTS_PORT_PRELOAD_TELL_H
#define BENCHD_TESTS_PORT_PRELOAD_TELL_H

/*
 * One command, with its newline, to the control socket of this path, and its answer; a simulator
 * that is gone hears nothing.
 */
void preload_tell(const char *socket_path, const char *command);

#endif /* BENCHD_TESTS_PORT_PRELOAD_TELL_H */
