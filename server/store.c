/* SPDX-License-Identifier: MIT */
/* store.c - opening the database, its schema, and lending statements. */
#include "server/store_db.h"

#include "server/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define SCHEMA_VERSION 1

static const char schema[] =
	"CREATE TABLE jobs (id TEXT PRIMARY KEY, board TEXT NOT NULL, kind TEXT NOT NULL,"
	" state TEXT NOT NULL, created INTEGER NOT NULL, started INTEGER NOT NULL,"
	" finished INTEGER NOT NULL, changed INTEGER NOT NULL, who TEXT NOT NULL, name TEXT,"
	" parameters TEXT, image TEXT, result TEXT, error TEXT, stage TEXT NOT NULL,"
	" done INTEGER NOT NULL, total INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE INDEX jobs_by_board ON jobs (board, id);"
	"CREATE INDEX jobs_by_state ON jobs (state, id);"
	"CREATE TABLE events (job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,"
	" seq INTEGER NOT NULL, json TEXT NOT NULL, PRIMARY KEY (job, seq)) WITHOUT ROWID;"
	"CREATE TABLE boards (board TEXT PRIMARY KEY, device TEXT, image TEXT, quarantine TEXT,"
	" last_baud INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;"
	"CREATE TABLE firmware (sha256 TEXT PRIMARY KEY, name TEXT, bytes INTEGER NOT NULL,"
	" added INTEGER NOT NULL, used INTEGER NOT NULL, refused INTEGER NOT NULL DEFAULT 0)"
	" WITHOUT ROWID;"
	"PRAGMA user_version = 1;";

/* What an earlier benchd does not miss: its version stays the same. */
static const char added_later[] =
	"CREATE TABLE IF NOT EXISTS settings (board TEXT PRIMARY KEY, json TEXT NOT NULL)"
	" WITHOUT ROWID;";

sqlite3_stmt *db_take(struct store *store, enum db_sql sql)
{
	pthread_mutex_lock(&store->lock);
	return store->statements[sql];
}

bool db_row(sqlite3_stmt *s)
{
	return sqlite3_step(s) == SQLITE_ROW;
}

bool db_give(struct store *store, sqlite3_stmt *s)
{
	/* reset tells again how the last step ended */
	bool ok = sqlite3_reset(s) == SQLITE_OK;

	if (!ok)
		log_line(LOG_ERROR, "store: %s", sqlite3_errmsg(store->db));
	sqlite3_clear_bindings(s);
	pthread_mutex_unlock(&store->lock);
	return ok;
}

bool db_run(struct store *store, sqlite3_stmt *s)
{
	while (db_row(s))
		;
	return db_give(store, s);
}

bool db_run_one(struct store *store, sqlite3_stmt *s)
{
	while (db_row(s))
		;
	bool changed = sqlite3_changes(store->db) > 0;

	if (!db_give(store, s))
		return false;
	if (!changed)
		log_line(LOG_ERROR, "store: no such job to update");
	return changed;
}

void db_bind_text(sqlite3_stmt *s, int parameter, const char *text)
{
	sqlite3_bind_text(s, parameter, text, -1, SQLITE_STATIC);
}

void db_bind_int(sqlite3_stmt *s, int parameter, int64_t value)
{
	sqlite3_bind_int64(s, parameter, value);
}

bool db_text(sqlite3_stmt *s, int column, char **text)
{
	const char *value = (const char *)sqlite3_column_text(s, column);

	*text = value ? strdup(value) : NULL;
	return *text || sqlite3_column_type(s, column) == SQLITE_NULL;
}

void db_text_into(sqlite3_stmt *s, int column, char *out, size_t size)
{
	const char *value = (const char *)sqlite3_column_text(s, column);

	snprintf(out, size, "%s", value ? value : "");
}

static bool fail(char *reason, size_t len, const char *what, const char *detail)
{
	snprintf(reason, len, "%s: %s", what, detail);
	return false;
}

static bool lock_folder(struct store *store, const char *dir, char *reason, size_t len)
{
	if (mkdir(dir, 0700) && errno != EEXIST)
		return fail(reason, len, dir, strerror(errno));
	store->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (store->dir_fd < 0)
		return fail(reason, len, dir, strerror(errno));
	if (!flock(store->dir_fd, LOCK_EX | LOCK_NB))
		return true;
	return fail(reason, len, dir,
		errno == EWOULDBLOCK
			? "another benchd uses this folder: stop it, or give another --state-dir"
			: strerror(errno));
}

static bool read_version(struct store *store, int *version)
{
	sqlite3_stmt *s = NULL;

	if (sqlite3_prepare_v2(store->db, "PRAGMA user_version", -1, &s, NULL) != SQLITE_OK)
		return false;
	bool ok = db_row(s);

	*version = ok ? sqlite3_column_int(s, 0) : 0;
	sqlite3_finalize(s);
	return ok;
}

static bool run_script(struct store *store, const char *sql)
{
	return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

/* The schema is made in one transaction: a crash leaves none or all of it. */
static bool make_schema(struct store *store)
{
	if (run_script(store, "BEGIN IMMEDIATE") && run_script(store, schema) &&
		run_script(store, "COMMIT"))
		return true;
	return false;
}

static bool open_database(struct store *store, const char *dir, char *reason, size_t len)
{
	char path[4096];
	int version = 0;

	if ((size_t)snprintf(path, sizeof(path), "%s/benchd.db", dir) >= sizeof(path))
		return fail(reason, len, dir, "the path is too long");
	/* Made here, so that it (and the files that SQLite makes beside it) have our mode. */
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return fail(reason, len, path, strerror(errno));
	close(fd);
	if (sqlite3_open_v2(path, &store->db,
		    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
		    NULL) != SQLITE_OK ||
		!run_script(store,
			"PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;"
			"PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;") ||
		!read_version(store, &version))
		return fail(reason, len, path, sqlite3_errmsg(store->db));
	if (version > SCHEMA_VERSION)
		return fail(reason, len, path, "made by a newer benchd");
	if (version == 0 && !make_schema(store))
		return fail(reason, len, path, sqlite3_errmsg(store->db));
	if (!run_script(store, added_later))
		return fail(reason, len, path, sqlite3_errmsg(store->db));
	for (int i = 0; i < SQL_COUNT; i++)
		if (sqlite3_prepare_v3(store->db, db_statements[i], -1, SQLITE_PREPARE_PERSISTENT,
			    &store->statements[i], NULL) != SQLITE_OK)
			return fail(reason, len, path, sqlite3_errmsg(store->db));
	return true;
}

struct store *store_open(const char *dir, char *reason, size_t reason_len)
{
	struct store *store = calloc(1, sizeof(*store));

	if (!store) {
		snprintf(reason, reason_len, "out of memory");
		return NULL;
	}
	store->dir_fd = -1;
	pthread_mutex_init(&store->lock, NULL);
	bool ok = lock_folder(store, dir, reason, reason_len) &&
		open_database(store, dir, reason, reason_len);

	if (ok && !store_recover(store))
		ok = fail(reason, reason_len, dir, "the jobs of the last run could not be settled");
	if (ok)
		return store;
	store_close(store);
	return NULL;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	for (int i = 0; i < SQL_COUNT; i++)
		sqlite3_finalize(store->statements[i]);
	sqlite3_close(store->db);
	if (store->dir_fd >= 0)
		close(store->dir_fd);
	pthread_mutex_destroy(&store->lock);
	free(store);
}
