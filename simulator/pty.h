/* SPDX-License-Identifier: MIT */
/*
 * pty.h - the tty that a simulated board is plugged into: a pty under a stable link.
 * The slave is kept open here too, so that a host may come and go without the master seeing
 * errors (docs/facts/pty.md); who has it open is watched, since bytes to nobody are lost.
 * One thread per pty. Messages of failure are left in errno.
 */
#ifndef BENCHD_SIMULATOR_PTY_H
#define BENCHD_SIMULATOR_PTY_H

#include "protocol/wire.h"

#include <limits.h>

struct pty {
	int master, slave, watch; /* -1: unplugged */
	const char *link;         /* borrowed */
	char slave_path[64];
	bool has_host; /* another process has it open */
};

/* What pty_init() makes: unplugged. Borrows link for the pty's life. */
void pty_init(struct pty *pty, const char *link);
/*
 * Makes a new pty and points the link at it, in one step: a link into /dev/pts or to nothing is
 * replaced, anything else left alone. false: errno says why (EEXIST: something is in the way).
 */
bool pty_plug(struct pty *pty);
/* The tty goes away, as an adapter that is pulled out. */
void pty_unplug(struct pty *pty);
bool pty_is_plugged(const struct pty *pty);
/* The watch became readable: hosts came or went. What the last one left unread is dropped. */
void pty_watch(struct pty *pty);
/* The host's rate; 0: hung up (B0) or not known. */
uint32_t pty_baud(const struct pty *pty);

#endif /* BENCHD_SIMULATOR_PTY_H */
