/* SPDX-License-Identifier: MIT */
/* store_board.c - what each board was last seen to be, and the index of the firmware shelf. */
#include "server/store_db.h"

#include <stdlib.h>
#include <string.h>

#define FIRMWARE_LIST_MAX 1000u

void board_record_release(struct board_record *record)
{
	free(record->device);
	free(record->image);
	free(record->quarantine);
	*record = (struct board_record){ 0 };
}

bool store_board_get(struct store *store, const char *board, struct board_record *record)
{
	sqlite3_stmt *s = db_take(store, SQL_BOARD_GET);
	bool ok = true;

	*record = (struct board_record){ 0 };
	db_bind_text(s, 1, board);
	if (db_row(s)) {
		ok = db_text(s, 0, &record->device) && db_text(s, 1, &record->image) &&
			db_text(s, 2, &record->quarantine);
		record->last_baud = (uint32_t)sqlite3_column_int64(s, 3);
	}
	ok = db_give(store, s) && ok;
	if (!ok)
		board_record_release(record);
	return ok;
}

bool store_board_set(struct store *store, const char *board, const struct board_record *record)
{
	sqlite3_stmt *s = db_take(store, SQL_BOARD_SET);

	db_bind_text(s, 1, board);
	db_bind_text(s, 2, record->device);
	db_bind_text(s, 3, record->image);
	db_bind_text(s, 4, record->quarantine);
	db_bind_int(s, 5, record->last_baud);
	return db_run(store, s);
}

bool store_firmware_put(struct store *store, const char *sha256, const char *name, uint64_t bytes)
{
	sqlite3_stmt *s = db_take(store, SQL_FIRMWARE_PUT);

	db_bind_text(s, 1, sha256);
	db_bind_text(s, 2, name && *name ? name : NULL);
	db_bind_int(s, 3, (int64_t)bytes);
	db_bind_int(s, 4, clock_wall_ms());
	return db_run(store, s);
}

bool store_firmware_judge(struct store *store, const char *sha256, bool is_image)
{
	sqlite3_stmt *s = db_take(store, SQL_FIRMWARE_JUDGE);

	db_bind_text(s, 1, sha256);
	db_bind_int(s, 2, !is_image);
	return db_run(store, s);
}

bool store_firmware_forget(struct store *store, const char *sha256)
{
	sqlite3_stmt *s = db_take(store, SQL_FIRMWARE_FORGET);

	db_bind_text(s, 1, sha256);
	return db_run(store, s);
}

/* Rows are collected first: each() must not run under the store's lock. */
struct firmware_list {
	struct firmware_record *list;
	size_t count;
};

static bool push_firmware(struct firmware_list *files, sqlite3_stmt *s)
{
	struct firmware_record *list = reallocarray(files->list, files->count + 1, sizeof(*list));

	if (!list)
		return false;
	files->list = list;
	struct firmware_record *record = &list[files->count];

	*record = (struct firmware_record){ 0 };
	db_text_into(s, 0, record->sha256, sizeof(record->sha256));
	if (sqlite3_column_count(s) > 1) {
		if (!db_text(s, 1, &record->name))
			return false;
		record->bytes = (uint64_t)sqlite3_column_int64(s, 2);
		record->added = sqlite3_column_int64(s, 3);
		record->used = sqlite3_column_int64(s, 4);
	}
	files->count++;
	return true;
}

static bool list_firmware(struct store *store, enum db_sql sql, unsigned number,
	void (*each)(void *ctx, const struct firmware_record *record), void *ctx)
{
	struct firmware_list files = { 0 };
	sqlite3_stmt *s = db_take(store, sql);
	bool ok = true;

	db_bind_int(s, 1, number);
	while (ok && db_row(s))
		ok = push_firmware(&files, s);
	ok = db_give(store, s) && ok;
	for (size_t i = 0; i < files.count; i++) {
		if (ok)
			each(ctx, &files.list[i]);
		free(files.list[i].name);
	}
	free(files.list);
	return ok;
}

bool store_firmware_list(struct store *store, unsigned limit,
	void (*each)(void *ctx, const struct firmware_record *record), void *ctx)
{
	return list_firmware(store, SQL_FIRMWARE_LIST,
		limit < FIRMWARE_LIST_MAX ? limit : FIRMWARE_LIST_MAX, each, ctx);
}

bool store_firmware_stale(struct store *store, unsigned keep,
	void (*each)(void *ctx, const struct firmware_record *record), void *ctx)
{
	return list_firmware(store, SQL_FIRMWARE_STALE, keep, each, ctx);
}
