/* SPDX-License-Identifier: MIT */
/* job_survey.c - what the part holds already, looked at before the plan is made. */
#include "server/job_record.h"

static void report(void *ctx, uint32_t addr, uint32_t done, uint32_t total)
{
	struct work *w = ctx;

	mend_progress(&w->mend);
	job_set_progress(w->job, STAGE_PLAN, addr, done, total);
}

/* A session that fails is mended, and the survey made anew: it reads only. */
static enum err look(struct work *w, const struct image *image,
	const struct survey_options *options, struct survey *survey, struct why *why)
{
	struct why last = { 0 };
	enum err e = survey_make(survey, w->boot, image, options, &last);

	while (e && mend_is_for(e)) {
		last.err = e;
		e = mend_session(&w->mend, w->boot, &last, &last);
		if (!e) {
			last = (struct why){ 0 };
			e = survey_make(survey, w->boot, image, options, &last);
		}
	}
	if (e)
		*why = last;
	return e;
}

/* A dry run of what is known does not ask the part: the record must do, and it is said what for. */
static void use_record(
	struct work *w, bool spares_same, struct survey *recalled, struct survey *survey)
{
	if (spares_same)
		*survey = *recalled;
	else
		survey_release(recalled);
	work_warn(w,
		!spares_same ? "The part was not asked: where it is blank already, less is erased."
			: survey->count ? "The part was not asked: it is taken to hold what it was "
					  "last flashed with."
					: "The part was not asked, and what it holds is not on "
					  "record: what it holds "
					  "already is not sent.");
}

enum err work_survey(struct work *w, const struct device *device, const struct image *image,
	struct survey *survey, struct why *why)
{
	uint8_t differs[CHIP_MAX_SECTORS / 8];
	struct survey_options options = {
		.write = w->request->write, .erase = w->request->erase, .report = report, .ctx = w
	};
	struct survey recalled;
	enum err e = ERR_OK;

	*survey = (struct survey){ 0 };
	if (!device->chip || device->readout_protected || !survey_is_wanted(device, &options))
		return ERR_OK;
	const bool is_recalled = work_recall(w, device, image, &recalled);

	if (!w->has_spoken) {
		use_record(w, survey_spares_same(device, &options), &recalled, survey);
		return ERR_OK;
	}
	if (is_recalled) {
		record_differs(&recalled, differs);
		options.differs = differs;
	}
	e = look(w, image, &options, survey, why);
	survey_release(&recalled);
	return work_in_stage(e, STAGE_PLAN, why);
}
