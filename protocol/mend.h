/* SPDX-License-Identifier: MIT */
/*
 * mend.h - a session that failed in mid-job is brought back to where the plan can go on, or it is
 * said why that can't be: resynchronise; re-enter the ROM by the board's control and see that it
 * is the same chip; one step down the baud ladder; its power off and on; wait for an adapter that
 * vanished. No path of it erases or programs anything (docs/facts/an3155.md section 8). One thread.
 */
#ifndef BENCHD_PROTOCOL_MEND_H
#define BENCHD_PROTOCOL_MEND_H

#include "protocol/boot.h"

enum mend_kind {
	MEND_RESYNC,   /* the two sides are in step again */
	MEND_RESTART,  /* the ROM was entered anew */
	MEND_SLOWER,   /* the same, at a lower rate */
	MEND_POWER,    /* its power was off and on, then the ROM was entered anew */
	MEND_REATTACH, /* the port had vanished and is back */
	MEND_REWRITE,  /* a block was not what was sent, and was written again */
	MEND_KIND_COUNT
};
/* "resync", "restart", "slower", "power", "reattach", "rewrite" */
const char *mend_kind_name(enum mend_kind kind);

/* What may be tried, how often, and who wants to know. The caller's; zeroed is "nothing". */
struct mend {
	bool may_slow_down;   /* the rate is not a fixed one */
	uint32_t reattach_ms; /* how long to wait for a port that vanished; 0: not at all */
	/* Called after each that succeeded; may be NULL. cause is what had gone wrong. */
	void (*report)(void *ctx, enum mend_kind kind, const struct why *cause);
	void *ctx;
	/* for the result */
	unsigned counts[MEND_KIND_COUNT];
	/* its own */
	unsigned failures; /* in a row, without a piece done between them */
	unsigned tried;    /* a bit for each kind, as long as failures counts */
	/* What answered after a restart and is not the same chip: a bad cable, until it is seen
	 * twice. */
	struct device stranger;
};
/* Whether an error is one that mend_session() may be asked about; the others are final. */
bool mend_is_for(enum err e);

/* A piece was done: what failed before it counts no more. */
void mend_progress(struct mend *mend);
/*
 * After cause (why of a piece that failed with an error of mend_is_for()): ERR_OK: the ROM is in
 * step and the same chip; do the piece again. Else why says what was tried last: ERR_GONE,
 * ERR_TIMEOUT ..., ERR_WRONG_CHIP: another chip answers; ERR_CANCELLED. Then boot is not connected,
 * and boot->device is still what it was. cause may be why itself.
 * Bounded: some failures in a row without mend_progress() between them, each as long as a
 * boot_connect() or reattach_ms at most. Where the rate is lowered, boot->options says so.
 */
enum err mend_session(
	struct mend *mend, struct boot *boot, const struct why *cause, struct why *why);
/*
 * boot_read() of any length, with what went wrong on the way mended; mend may be NULL. Errors as of
 * boot_read(), once nothing helped.
 */
enum err mend_read(struct mend *mend, struct boot *boot, uint32_t addr, uint8_t *out, size_t len,
	struct why *why);

#endif /* BENCHD_PROTOCOL_MEND_H */
