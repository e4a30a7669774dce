/* SPDX-License-Identifier: MIT */
/*
 * neighbours.h - what stands in the sectors of an image beside it, read before they are erased, so
 * that it is written back. One thread.
 */
#ifndef BENCHD_PROTOCOL_NEIGHBOURS_H
#define BENCHD_PROTOCOL_NEIGHBOURS_H

#include "protocol/mend.h"
#include "protocol/survey.h"

struct neighbours {
	struct boot *boot;
	struct mend *mend;           /* may be NULL */
	const struct survey *survey; /* sectors that it found the same are not read; may be NULL */
	/* After each block read; may be NULL. */
	void (*report)(void *ctx, uint32_t addr);
	void *ctx;
};

/*
 * Fills *merged with the image and with every block beside it, in the sectors that it touches, that
 * is not blank. It owns its bytes; image_release() it. Segments outside the flash stay as they are.
 * kept_bytes: how many were added; 0: *merged is the image again.
 * Errors as mend_read(); ERR_CANCELLED; ERR_NO_MEMORY. On error *merged is empty.
 */
enum err neighbours_merge(struct image *merged, const struct image *image,
	const struct neighbours *how, uint32_t *kept_bytes, struct why *why);

struct neighbour_reads {
	uint32_t reads, bytes;
};

/*
 * What neighbours_merge() reads of a part that is as device has it: for an estimate. Pure.
 * device->chip is known; survey may be NULL.
 */
struct neighbour_reads neighbours_count(
	const struct image *image, const struct device *device, const struct survey *survey);

#endif /* BENCHD_PROTOCOL_NEIGHBOURS_H */
