/* SPDX-License-Identifier: MIT */
/* store_settings.c - boards that came by the API. */
#include "server/store_db.h"

#include <stdlib.h>

bool store_settings_set(struct store *store, const char *board, const char *json)
{
	sqlite3_stmt *s = db_take(store, SQL_SETTINGS_SET);

	db_bind_text(s, 1, board);
	db_bind_text(s, 2, json);
	return db_run(store, s);
}

bool store_settings_get(struct store *store, const char *board, char **json)
{
	sqlite3_stmt *s = db_take(store, SQL_SETTINGS_GET);
	bool ok = true;

	*json = NULL;
	db_bind_text(s, 1, board);
	if (db_row(s))
		ok = db_text(s, 0, json);
	return db_give(store, s) && ok;
}

bool store_settings_forget(struct store *store, const char *board)
{
	sqlite3_stmt *s = db_take(store, SQL_SETTINGS_FORGET);

	db_bind_text(s, 1, board);
	return db_run(store, s);
}

/* Rows are collected first: each() must not run under the store's lock. */
struct rows {
	struct row {
		char *board, *json;
	} * list;
	size_t count;
};

static bool push_row(struct rows *rows, sqlite3_stmt *s)
{
	struct row *list = reallocarray(rows->list, rows->count + 1, sizeof(*list));

	if (!list)
		return false;
	rows->list = list;
	list[rows->count] = (struct row){ 0 };

	struct row *row = &list[rows->count++];

	return db_text(s, 0, &row->board) && db_text(s, 1, &row->json);
}

bool store_settings_list(struct store *store,
	void (*each)(void *ctx, const char *board, const char *json), void *ctx)
{
	sqlite3_stmt *s = db_take(store, SQL_SETTINGS_LIST);
	struct rows rows = { 0 };
	bool ok = true;

	while (ok && db_row(s))
		ok = push_row(&rows, s);
	ok = db_give(store, s) && ok;
	for (size_t i = 0; i < rows.count; i++) {
		if (ok)
			each(ctx, rows.list[i].board, rows.list[i].json);
		free(rows.list[i].board);
		free(rows.list[i].json);
	}
	free(rows.list);
	return ok;
}
