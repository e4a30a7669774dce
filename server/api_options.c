/* SPDX-License-Identifier: MIT */
/* api_options.c - option bytes: as last read, read anew, written. */
#include "server/api.h"

#include <stdlib.h>

void handle_options_get(struct request *request)
{
	struct board *board = api_board_or_reply(request);
	struct problem problem = { 0 };
	struct json *json;

	if (!board)
		return;
	json = board_options_json(board, &problem);
	if (json)
		reply_json(request, 200, json);
	else
		reply_problem(request, &problem);
}

void handle_options_post(struct request *request)
{
	static const char *const known[] = { NULL };

	handle_operation(request, JOB_OPTION_BYTES, known, NULL);
}

static bool parse_options(
	const struct json *body, struct job_request *what, struct problem *problem)
{
	what->options = calloc(1, sizeof(*what->options));
	if (!what->options)
		return problem_set(problem, "no_memory", "There is no memory for the change.");
	return api_member_bool(body, "dry_run", &what->dry_run, problem) &&
		option_change_parse(body, what->options, problem);
}

void handle_options_put(struct request *request)
{
	static const char *const known[] = { "fields", "bytes", "dry_run", "erase_everything",
		"protect_readout", "lose_bootloader", "change_unnamed", NULL };

	handle_operation(request, JOB_OPTION_BYTES, known, parse_options);
}
