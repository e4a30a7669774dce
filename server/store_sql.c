/* SPDX-License-Identifier: MIT */
/* store_sql.c - every statement that the store runs. */
#include "server/store_db.h"

/* In the order of struct job_record: read_job() in store_job.c counts on it. */
#define JOB_COLUMNS                                                                                \
	"id, board, kind, state, created, started, finished, changed, who, name, parameters, "     \
	"image, result, error, stage, done, total"

const char *const db_statements[SQL_COUNT] = {
	[SQL_JOB_ACCEPT] = "INSERT INTO jobs (" JOB_COLUMNS ") VALUES "
			   "(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17)",
	[SQL_JOB_BEGIN] = "UPDATE jobs SET state = 'running', started = ?2 WHERE id = ?1",
	[SQL_JOB_CHANGES] = "UPDATE jobs SET changed = 1, image = ?2 WHERE id = ?1",
	[SQL_JOB_FINISH] = "UPDATE jobs SET board = ?2, kind = ?3, state = ?4, created = ?5, "
			   "started = ?6, finished = ?7, changed = ?8, who = ?9, name = ?10, "
			   "parameters = ?11, image = ?12, result = ?13, error = ?14, stage = ?15, "
			   "done = ?16, total = ?17 WHERE id = ?1",
	[SQL_JOB_INTERRUPT] = "UPDATE jobs SET state = 'interrupted', finished = ?2, error = ?3 "
			      "WHERE id = ?1",
	[SQL_JOB_GET] = "SELECT " JOB_COLUMNS " FROM jobs WHERE id = ?1",
	[SQL_JOB_LIST] = "SELECT " JOB_COLUMNS " FROM jobs WHERE (?1 IS NULL OR board = ?1) "
			 "AND (?2 IS NULL OR state = ?2) ORDER BY id DESC LIMIT ?3",
	[SQL_JOB_LIVE] = "SELECT " JOB_COLUMNS " FROM jobs "
			 "WHERE state IN ('queued', 'running') ORDER BY id",
	[SQL_JOB_PRUNE] = "DELETE FROM jobs WHERE state NOT IN ('queued', 'running') AND id <= "
			  "(SELECT id FROM jobs ORDER BY id DESC LIMIT 1 OFFSET ?1)",
	[SQL_EVENT_ADD] = "INSERT OR REPLACE INTO events (job, seq, json) VALUES (?1, ?2, ?3)",
	[SQL_EVENT_LIST] = "SELECT seq, json FROM events WHERE job = ?1 AND seq >= ?2 ORDER BY seq",
	[SQL_BOARD_GET] =
		"SELECT device, image, quarantine, last_baud FROM boards WHERE board = ?1",
	[SQL_BOARD_SET] = "INSERT OR REPLACE INTO boards "
			  "(board, device, image, quarantine, last_baud) VALUES (?1,?2,?3,?4,?5)",
	[SQL_BOARD_QUARANTINE] = "INSERT INTO boards (board, quarantine) VALUES (?1, ?2) "
				 "ON CONFLICT (board) DO UPDATE "
				 "SET quarantine = excluded.quarantine, image = NULL",
	[SQL_FIRMWARE_PUT] = "INSERT INTO firmware (sha256, name, bytes, added, used) "
			     "VALUES (?1, ?2, ?3, ?4, ?4) ON CONFLICT (sha256) DO UPDATE "
			     "SET name = coalesce(excluded.name, name), used = excluded.used",
	[SQL_FIRMWARE_JUDGE] = "UPDATE firmware SET refused = ?2 WHERE sha256 = ?1",
	[SQL_FIRMWARE_LIST] = "SELECT sha256, name, bytes, added, used FROM firmware "
			      "WHERE NOT refused ORDER BY used DESC, sha256 LIMIT ?1",
	[SQL_FIRMWARE_STALE] =
		"SELECT sha256 FROM (SELECT sha256 FROM firmware "
		"ORDER BY used DESC, sha256 LIMIT -1 OFFSET ?1) AS old "
		"WHERE NOT EXISTS (SELECT 1 FROM jobs "
		"WHERE state IN ('queued', 'running') AND "
		"instr(coalesce(parameters, '') || coalesce(image, ''), old.sha256))",
	[SQL_FIRMWARE_FORGET] = "DELETE FROM firmware WHERE sha256 = ?1",
	[SQL_SETTINGS_SET] = "INSERT OR REPLACE INTO settings (board, json) VALUES (?1, ?2)",
	[SQL_SETTINGS_GET] = "SELECT json FROM settings WHERE board = ?1",
	[SQL_SETTINGS_LIST] = "SELECT board, json FROM settings ORDER BY board",
	[SQL_SETTINGS_FORGET] = "DELETE FROM settings WHERE board = ?1",
};
