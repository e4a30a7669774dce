/* SPDX-License-Identifier: MIT */
/*
 * command.h - a program of the user's restarts a board or switches its supply: no shell, a
 * deadline, and the first line that it says on standard error for the one who has to find out why
 * it failed. Any thread; it waits.
 */
#ifndef BENCHD_SERVER_COMMAND_H
#define BENCHD_SERVER_COMMAND_H

#include "protocol/err.h"

#define COMMAND_TEXT 256

/*
 * Runs argv (NULL-terminated, not empty) to its end, or ends it and all that it started after
 * timeout_ms. name says which it is: "control". ERR_CONTROL: what, which then points to said, is
 * its own first line, or says how it failed.
 */
enum err command_run(char *const argv[], const char *name, uint32_t timeout_ms,
	char said[COMMAND_TEXT], struct why *why);

#endif /* BENCHD_SERVER_COMMAND_H */
