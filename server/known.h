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
#include "server/option_record.h"
#include "server/store.h"

struct known;
/* Reads the board's record; borrows store. NULL: no memory, or the store failed. */
struct known *known_new(struct store *store, const char *board);
void known_free(struct known *known);

/* Grows with every change. */
uint64_t known_version(struct known *known);
/* false: never identified. */
bool known_device(struct known *known, struct device *device);
/* How this board's ROM was last spoken to: a property of the wire and of the one chip on it. */
struct known_link {
	uint32_t baud;          /* the last good rate of the bootloader; 0: none */
	uint32_t turnaround_us; /* of the adapter; 0: not measured */
	uint32_t restart_us;    /* of the control; 0: not measured */
	uint32_t sync_us;       /* after that, until the ROM hears a 7F */
	bool bursts;            /* the chip took whole blocks at once */
	bool refuses_burst;     /* it was tried and did not */
};
struct known_link known_link(struct known *known);
/*
 * What this very chip (by its unique id) was last flashed with, as far as we know. false: we don't.
 */
struct known_record {
	char sha256[SHA256_TEXT];
	enum image_format format;
	uint32_t address; /* of a raw image */
};
bool known_record(struct known *known, const struct device *device, struct known_record *record);
bool known_is_quarantined(struct known *known);
/* Adds device (short), image and quarantine to a board's shape. */
void known_add_json(struct known *known, struct json *board);
/* The whole device; NULL with *never set: never identified. */
struct json *known_device_json(struct known *known, bool *never);

/*
 * The option bytes of the part that was last identified, as they were last read. false: they were
 * not, or another chip is there now.
 */
bool known_options(struct known *known, struct option_record *record);

/*
 * The board's thread. Durable when they give true; else it is in memory only (logged).
 * Where another chip is there now, the options and the image of the one before are forgotten; a
 * quarantine stays until something good is flashed, whatever the chip.
 */
bool known_set_device(
	struct known *known, const struct device *device, const struct known_link *link);
/* Of the part that was identified last: read now. Only what differs is written to the disk. */
bool known_set_options(struct known *known, const struct option_bytes *options);
/* A quarantine that is there already stays as it is: its job is where it began. */
struct known_quarantine {
	const char *job, *reason;
	uint32_t address, length; /* what is unsure; length 0: nobody knows, all of it */
	const char *merged;       /* SHA-256 of the image with what stood beside it; NULL: none */
};
bool known_set_quarantine(struct known *known, const struct known_quarantine *quarantine);
bool known_end_quarantine(struct known *known);
/* What the part that was last identified holds now; sha256 NULL: nothing that we know. */
struct known_image {
	const char *sha256, *by, *name; /* name may be NULL */
	enum image_format format;
	uint32_t address; /* of a raw image */
};
bool known_set_image(struct known *known, const struct known_image *image);

#endif /* BENCHD_SERVER_KNOWN_H */
