/* SPDX-License-Identifier: MIT */
/*
 * bench.h - all boards of this daemon. Made by main before the servers start, constant while they
 * run; any thread.
 */
#ifndef BENCHD_SERVER_BENCH_H
#define BENCHD_SERVER_BENCH_H

#include "server/auth.h"
#include "server/board.h"

struct bench {
	const struct config *config;
	struct auth *auth;
	struct store *store;
	struct shelf *shelf;
	struct board **boards;
	size_t board_count;
};

/* NULL: no such board. */
struct board *bench_find(const struct bench *bench, const char *id);
/* A live job by id on any board (unref it); NULL: ask the store. */
struct job *bench_find_job(const struct bench *bench, const char *id);

#endif /* BENCHD_SERVER_BENCH_H */
