/* SPDX-License-Identifier: MIT */
/*
 * shelf.h - firmware files by SHA-256, beside the store. Uploads are spooled to disk while they
 * are hashed, so that no request makes memory grow with its size, then mapped read-only.
 * An upload belongs to one thread; the rest any thread.
 */
#ifndef BENCHD_SERVER_SHELF_H
#define BENCHD_SERVER_SHELF_H

#include "server/store.h"

struct shelf;
/* Borrows store. Clears what an earlier run left half spooled. NULL: reason says why. */
struct shelf *shelf_open(const char *state_dir, struct store *store, char *reason, size_t len);
void shelf_close(struct shelf *shelf);

struct upload;
struct upload *upload_begin(struct shelf *shelf);             /* NULL: disk or memory */
bool upload_append(struct upload *upload, struct span bytes); /* false: the disk failed */
uint64_t upload_bytes(const struct upload *upload);
/* The first bytes (up to 4 KiB) and whether any 00, 0A or 0D has come: for the 415 rules. */
struct span upload_head(const struct upload *upload);
bool upload_has_line_or_nul(const struct upload *upload);
/* Puts it on the shelf under name (may be NULL); frees upload in every case. */
bool upload_finish(struct upload *upload, const char *name, char sha256[SHA256_TEXT]);
void upload_abort(struct upload *upload); /* NULL is fine */

/* A file of the shelf, mapped. */
struct shelf_file {
	struct span bytes;
};
/*
 * false: no such firmware (or the disk failed, or it is damaged: logged). Waits until the file is
 * on the disk: for a board's thread.
 */
bool shelf_map(struct shelf *shelf, const char *sha256, struct shelf_file *file);
void shelf_unmap(struct shelf_file *file);
bool shelf_has(struct shelf *shelf, const char *sha256);

#endif /* BENCHD_SERVER_SHELF_H */
