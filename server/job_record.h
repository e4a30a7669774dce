/* SPDX-License-Identifier: MIT */
/*
 * job_record.h - what our record of a chip says of an image that is to be flashed. Internal to
 * job_*.c; the first two are pure.
 */
#ifndef BENCHD_SERVER_JOB_RECORD_H
#define BENCHD_SERVER_JOB_RECORD_H

#include "protocol/survey.h"
#include "server/job_step.h"

/*
 * A survey as reading would make it if the part held old alone: sectors that only one of the two
 * names are unknown. survey_release() it. false: no memory, or no known part.
 */
bool record_compare(struct survey *recalled, const struct image *old, const struct image *new,
	const struct device *device);
/* A bit for each sector that differs: survey_options.differs. */
void record_differs(const struct survey *recalled, uint8_t bits[CHIP_MAX_SECTORS / 8]);
/* The same against the image that this chip was last flashed with. false: no record of it. */
bool work_recall(const struct work *w, const struct device *device, const struct image *new,
	struct survey *recalled);

/*
 * job_survey.c: what the part holds of the image's sectors, where the request asks for a look; a
 * dry run of what is known takes the record's word. *survey is empty where nobody looks.
 */
enum err work_survey(struct work *w, const struct device *device, const struct image *image,
	struct survey *survey, struct why *why);

/*
 * job_merge.c: with keep_neighbours, the image and what stands beside it in its sectors; it is on
 * the shelf when this returns. *merged is empty where nothing is to be kept.
 */
enum err work_merge(struct work *w, const struct image *image, const struct survey *survey,
	struct image *merged, struct why *why);

#endif /* BENCHD_SERVER_JOB_RECORD_H */
