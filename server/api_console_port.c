/* SPDX-License-Identifier: MIT */
/* api_console_port.c - rate and frame of a console that runs, and a break on its line. */
#include "server/api_console.h"

#include <stdlib.h>
#include <string.h>

#define BAUD_MIN 50
#define BAUD_MAX 4000000

struct wait {
	struct wish *wish;
	struct board *board;
	bool is_break;
};

static bool wait_ready(void *ctx, int64_t now_ms)
{
	const struct wait *wait = ctx;
	enum err err;

	(void)now_ms;
	return wish_has_ended(wait->wish, &err);
}

static void say_why(const struct wait *wait, enum err err, struct problem *problem)
{
	problem->board = board_id(wait->board);
	if (err == ERR_UNSUPPORTED && !wait->is_break)
		problem_set(problem, "console_settings_refused",
			"The serial port does not take this rate or frame; what was in force still "
			"is.");
	else if (err == ERR_CANCELLED)
		problem_set(problem, "board_busy",
			"A job came first, or the port went: nothing was changed. Try again.");
	else
		problem_set(problem, "board_absent",
			"The serial port failed at it; it is opened again by itself.");
}

static void wait_answer(void *ctx, struct request *request)
{
	const struct wait *wait = ctx;
	struct problem problem = { 0 };
	enum err err = ERR_OK;

	wish_has_ended(wait->wish, &err);
	if (err) {
		say_why(wait, err, &problem);
		reply_problem(request, &problem);
	} else if (wait->is_break) {
		reply_nothing(request);
	} else {
		reply_json(request, 200, board_json(wait->board));
	}
}

static void wait_release(void *ctx)
{
	struct wait *wait = ctx;

	wish_free(wait->wish);
	free(wait);
}

static const struct wait_ops wait_ops = {
	.ready = wait_ready,
	.answer = wait_answer,
	.release = wait_release,
};

/* Takes wish over; NULL: *problem is the answer. */
static void reply_when_ended(
	struct request *request, const struct wait *model, const struct problem *problem)
{
	struct wait *wait = malloc(sizeof(*wait));

	if (model->wish && wait) {
		*wait = *model;
		reply_later(request, &wait_ops, wait);
		return;
	}
	free(wait);
	if (model->wish)
		reply_json(request, 503, NULL);
	else
		reply_problem(request, problem);
	wish_free(model->wish);
}

/* A member that is absent stays as it is. false: *problem. */
static bool parse_settings(
	struct request *request, struct wire_settings *settings, struct problem *problem)
{
	static const char *const known[] = { "baud", "frame", NULL };
	const struct json *frame = json_get(request->json, "frame");
	bool has_baud;

	if (!api_members_only(request->json, known, problem) ||
		!api_member_u32(request->json, "baud", &settings->baud, &has_baud, problem))
		return false;
	if (has_baud && (settings->baud < BAUD_MIN || settings->baud > BAUD_MAX))
		return problem_set(problem, "bad_parameter", "\"baud\" is not from %d to %d.",
			BAUD_MIN, BAUD_MAX);
	if (frame &&
		(!json_string(frame) || !wire_frame_parse(json_string(frame), &settings->frame)))
		return problem_set(
			problem, "bad_parameter", "\"frame\" is none of 8N1, 8E1, 8O1 and 8N2.");
	return has_baud || frame ||
		problem_set(problem, "bad_parameter", "Neither \"baud\" nor \"frame\" was given.");
}

void handle_console_settings(struct request *request)
{
	struct board *board = api_board_or_reply(request);
	struct wire_settings settings;
	struct problem problem = { 0 };

	if (!board)
		return;
	settings = board_console_settings(board);
	struct wait wait = { .board = board };

	if (parse_settings(request, &settings, &problem))
		wait.wish = board_wish_settings(board, &settings, &problem);
	reply_when_ended(request, &wait, &problem);
}

void handle_console_break(struct request *request)
{
	struct board *board = api_board_or_reply(request);
	struct writer by = { .who = request->identity.who };
	struct problem problem = { 0 };

	if (!board)
		return;
	struct wait wait = { .board = board, .is_break = true };

	if (query_bool(&request->target.query, "take", &by.takes, &problem))
		wait.wish = board_wish_break(board, &by, &problem);
	reply_when_ended(request, &wait, &problem);
}

bool check_typing(struct request *request, struct problem *problem)
{
	static const char *const known[] = { "take", NULL };

	return api_board(request, problem) && query_only(&request->target.query, known, problem);
}
