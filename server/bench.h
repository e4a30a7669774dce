/* SPDX-License-Identifier: MIT */
/*
 * bench.h - all boards of this daemon, which come and go while it runs. Any thread.
 * Who looks takes the list as it is: counted, constant, in it a reference to each board; a change
 * makes another list. One lock guards which list it is. Changes take turns: a second one waits
 * for the first to be on the disk.
 */
#ifndef BENCHD_SERVER_BENCH_H
#define BENCHD_SERVER_BENCH_H

#include "server/auth.h"
#include "server/board.h"

#define BENCH_BOARDS_MAX 128u

struct roster;
struct bench {
	const struct config *config;
	struct auth *auth;
	struct store *store;
	struct shelf *shelf;
	struct roster *roster; /* the boards */
};

/* Makes the boards of bench->config, over its store and shelf. false: no memory, store failed. */
bool bench_open(struct bench *bench);
/* Starts their threads. NULL, or the id of the board whose thread could not be started. */
const char *bench_start(struct bench *bench);
/* Every board stops; waits for their threads. No board comes after that. NULL roster is fine. */
void bench_stop(struct bench *bench);
/* After bench_stop(): gives back what is the bench's. Boards live on while somebody holds them. */
void bench_close(struct bench *bench);

struct board_list {
	atomic_uint refs;
	size_t count;
	struct board *boards[];
};
/* A reference to the list of now. Two lists are of the same boards when they are the same. */
struct board_list *bench_list(const struct bench *bench);
struct board_list *board_list_ref(struct board_list *list);
void board_list_unref(struct board_list *list); /* NULL is fine */
/* Is this the list of now? */
bool bench_list_holds(const struct bench *bench, const struct board_list *list);

/* A reference; NULL: no such board. */
struct board *bench_find(const struct bench *bench, const char *id);
/* A live job by id on any board (unref it); NULL: ask the store. */
struct job *bench_find_job(const struct bench *bench, const char *id);

/*
 * A new board, started. Borrows config. A reference; NULL: *problem is board_exists,
 * too_many_boards, stopping or no_memory.
 */
struct board *bench_add(
	struct bench *bench, const struct config_board *config, struct problem *problem);
/*
 * Takes a board away: it is found no more, and its thread ends. A reference, to wait for
 * board_has_ended(); NULL: *problem is no_such_board, or board_has_jobs: some run or wait.
 */
struct board *bench_remove(struct bench *bench, const char *id, struct problem *problem);

#endif /* BENCHD_SERVER_BENCH_H */
