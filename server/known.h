/* SPDX-License-Identifier: MIT */
/*
 * known.h - what is remembered of a board across restarts: the device, the image, the quarantine,
 * the rate. Read by any thread; changed by the board's thread only, which is also the one that
 * waits for the disk. One lock guards it; it is never held during I/O.
 */
#ifndef BENCHD_SERVER_KNOWN_H
#define BENCHD_SERVER_KNOWN_H

#include "protocol/boot.h"
#include "server/json.h"
#include "server/store.h"

struct known;
/* Reads the board's record; borrows store. NULL: no memory, or the store failed. */
struct known *known_new(struct store *store, const char *board);
void known_free(struct known *known);

/* Grows with every change. */
uint64_t known_version(struct known *known);
/* false: never identified. */
bool known_device(struct known *known, struct device *device);
uint32_t known_baud(struct known *known); /* last good rate of the bootloader; 0: none */
bool known_is_quarantined(struct known *known);
/* Adds device (short), image and quarantine to a board's shape. */
void known_add_json(struct known *known, struct json *board);
/* The whole device; NULL with *never set: never identified. */
struct json *known_device_json(struct known *known, bool *never);

/* The board's thread. Durable when they give true; else it is in memory only (logged). */
bool known_set_device(struct known *known, const struct device *device, uint32_t baud);
/* A quarantine that is there already stays as it is: its job is where it began. */
bool known_set_quarantine(struct known *known, const char *job, const char *reason);
bool known_end_quarantine(struct known *known);
/* What the part holds now; sha256 NULL: nothing that we know. name may be NULL. */
bool known_set_image(struct known *known, const char *sha256, const char *by, const char *name);

#endif /* BENCHD_SERVER_KNOWN_H */
