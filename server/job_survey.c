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

	if (!w->has_spoken) { /* a dry run of what is known: the record must do */
		if (survey_spares_same(device, &options))
			*survey = recalled;
		else
			survey_release(&recalled);
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
