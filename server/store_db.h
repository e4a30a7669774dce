/* SPDX-License-Identifier: MIT */
/*
 * store_db.h - what store.c, store_job.c and store_board.c share; included by these alone.
 * Statements are prepared once. db_take() locks the store and lends one, db_run() or db_give()
 * gives it back: between them nothing but binding, stepping and reading columns.
 */
#ifndef BENCHD_SERVER_STORE_DB_H
#define BENCHD_SERVER_STORE_DB_H

#include "server/store.h"

#include <pthread.h>
#include <sqlite3.h>

enum db_sql {
	SQL_JOB_ACCEPT,
	SQL_JOB_BEGIN,
	SQL_JOB_CHANGES,
	SQL_JOB_FINISH,
	SQL_JOB_INTERRUPT,
	SQL_JOB_GET,
	SQL_JOB_LIST,
	SQL_JOB_LIVE,
	SQL_JOB_PRUNE,
	SQL_EVENT_ADD,
	SQL_EVENT_LIST,
	SQL_BOARD_GET,
	SQL_BOARD_SET,
	SQL_BOARD_QUARANTINE,
	SQL_FIRMWARE_PUT,
	SQL_FIRMWARE_JUDGE,
	SQL_FIRMWARE_LIST,
	SQL_FIRMWARE_STALE,
	SQL_FIRMWARE_FORGET,
	SQL_SETTINGS_SET,
	SQL_SETTINGS_GET,
	SQL_SETTINGS_LIST,
	SQL_SETTINGS_FORGET,
	SQL_COUNT
};
/* Of the statements above: store_sql.c. */
extern const char *const db_statements[SQL_COUNT];

struct store {
	int dir_fd;           /* holds the lock on the folder */
	pthread_mutex_t lock; /* guards all below */
	sqlite3 *db;
	sqlite3_stmt *statements[SQL_COUNT];
	unsigned accepted; /* jobs since the last pruning */
};

/* Locks; parameters are empty. Never NULL. */
sqlite3_stmt *db_take(struct store *store, enum db_sql sql);
/* A row is there to be read; false: the end, or an error that db_give() tells. */
bool db_row(sqlite3_stmt *s);
/* Unlocks. false: stepping failed (logged). */
bool db_give(struct store *store, sqlite3_stmt *s);
/* Steps to the end and gives back. */
bool db_run(struct store *store, sqlite3_stmt *s);
/* The same; false also when no row was changed. */
bool db_run_one(struct store *store, sqlite3_stmt *s);

/* Parameters count from 1, columns from 0. text may be NULL and must live until db_run/db_give. */
void db_bind_text(sqlite3_stmt *s, int parameter, const char *text);
void db_bind_int(sqlite3_stmt *s, int parameter, int64_t value);
/* A copy; NULL: null. false: no memory. */
bool db_text(sqlite3_stmt *s, int column, char **text);
/* Into an array, cut to fit; null is "". */
void db_text_into(sqlite3_stmt *s, int column, char *out, size_t size);

/* store_job.c: jobs that an earlier run left live become interrupted, their boards quarantined. */
bool store_recover(struct store *store);

#endif /* BENCHD_SERVER_STORE_DB_H */
