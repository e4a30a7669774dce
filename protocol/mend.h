/* SPDX-License-Identifier: MIT */
/*
 * mend.h - a session that failed in mid-job is brought back to where the plan can go on, or it is
 * said why that can't be: resynchronise; re-enter the ROM by the board's control and see that it
 * is the same chip; one step down the baud ladder; wait for an adapter that vanished. No path of
 * it erases or programs anything (docs/facts/an3155.md section 8). One thread.
 */
#ifndef BENCHD_PROTOCOL_MEND_H
#define BENCHD_PROTOCOL_MEND_H

#include "protocol/boot.h"

enum mend_kind {
	MEND_RESYNC,   /* the two sides are in step again */
	MEND_RESTART,  /* the ROM was entered anew */
	MEND_SLOWER,   /* the same, at a lower rate */
	MEND_REATTACH, /* the port had vanished and is back */
	MEND_REWRITE,  /* a block was not what was sent, and was written again */
	MEND_KIND_COUNT
};
/* "resync", "restart", "slower", "reattach", "rewrite" */
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
};

/* A piece was done: what failed before it counts no more. */
void mend_progress(struct mend *mend);
/*
 * After cause (why of a piece that failed with ERR_NACK, ERR_TIMEOUT, ERR_REPLY, ERR_IO or
 * ERR_GONE): ERR_OK: the ROM is in step and the same chip; do the piece again. Else what was
 * tried last, and why says it: ERR_GONE, ERR_TIMEOUT ..., ERR_WRONG_CHIP: another chip answers;
 * ERR_CANCELLED.
 */
enum err mend_session(
	struct mend *mend, struct boot *boot, const struct why *cause, struct why *why);

#endif /* BENCHD_PROTOCOL_MEND_H */
