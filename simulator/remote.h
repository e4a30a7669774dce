/* SPDX-License-Identifier: MIT */
/*
 * remote.h - the words of the control socket: one command a line, one answer a line, "ok ..." or
 * "error ...". What reaches outside the board goes through the hooks. One thread.
 */
#ifndef BENCHD_SIMULATOR_REMOTE_H
#define BENCHD_SIMULATOR_REMOTE_H

#include "simulator/adapter.h"
#include "simulator/wiring.h"

enum { REMOTE_LINE_MAX = 1024, REMOTE_ANSWER_MAX = 4096 };

struct remote_hooks {
	uint64_t (*now_ns)(void *ctx);
	/* Takes the tty away or brings it back; NULL: done, else why not. */
	const char *(*plug)(void *ctx, bool in);
	/* Writes the flash into a file; NULL: done, else why not. */
	const char *(*dump)(void *ctx, const char *path);
	void *ctx;
};

struct remote {
	struct machine *machine; /* borrowed */
	struct adapter *adapter; /* borrowed */
	struct wiring wiring;
	enum wire_frame host_frame; /* as reported; LINE_ANY_FRAME: nobody did */
	bool is_plugged;
	struct remote_hooks hooks;
};

/* Carries out a line (without its end) and writes the answer, ended by a newline and a NUL. */
void remote_do(struct remote *remote, const char *line, char answer[REMOTE_ANSWER_MAX]);

#endif /* BENCHD_SIMULATOR_REMOTE_H */
