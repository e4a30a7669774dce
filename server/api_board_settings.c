/* SPDX-License-Identifier: MIT */
/* api_board_settings.c - boards that requests add, change and take away. */
#include "server/api.h"

#include <stdlib.h>
#include <string.h>

/* Programs to run, and files that are no serial ports, are not for requests. */
static bool is_allowed(
	const struct bench *bench, const struct config_board *settings, struct problem *problem)
{
	if (settings->control.kind == CONTROL_COMMAND || settings->power.off_argv ||
		settings->power.on_argv)
		return problem_set(problem, "configuration_only",
			"Commands (control \"command\", power) can be named in the configuration "
			"file "
			"only. Nothing was changed.");
	return api_port_is_listed(bench, settings->port) ||
		problem_set(problem, "configuration_only",
			"\"%.200s\" is no serial port that this machine lists: see GET "
			"/api/v1/ports. Nothing was changed.",
			settings->port);
}

static bool is_port_free(
	const struct bench *bench, const struct config_board *settings, struct problem *problem)
{
	struct board_list *boards = bench_list(bench);
	const char *user = api_port_user(boards, settings->port, settings->id);

	if (user)
		problem_set(problem, "port_taken",
			"The port belongs to the board \"%s\" already. Nothing was changed.", user);
	board_list_unref(boards);
	return !user;
}

static bool is_by_api(struct board *board, struct problem *problem)
{
	struct config_board *settings = board_settings(board);
	const bool by_api = settings->by_api;

	config_board_unref(settings);
	return by_api ||
		problem_set(problem, "configured_in_file",
			"The board \"%s\" stands in the configuration file or on the command line: "
			"change it there and restart benchd.",
			board_id(board));
}

/* NULL: *problem, and what is wrong where in list. A reference. */
static struct config_board *read_settings(
	const struct request *request, struct json *list, struct problem *problem)
{
	const char *id = request->captures.text[0];
	const char *wrong = config_check_id(id);
	struct buf errors = { 0 };
	struct config_board *settings = NULL;

	if (wrong)
		problem_set(problem, "bad_parameter", "No board can be called that: %s.", wrong);
	else if (!request->json)
		problem_set(problem, "empty_body",
			"Say at least on which port it is: {\"port\":\"/dev/serial/by-id/…\"}.");
	else if (!(settings = config_board_read(id, request->json, &errors, list)))
		problem_set(
			problem, "bad_settings", "%.*s", (int)errors.len, (const char *)errors.ptr);
	buf_release(&errors);
	return settings;
}

static bool refuse_store(struct problem *problem)
{
	return problem_set(problem, "store_failed",
		"The store could not be written, so nothing was changed. Is the disk full?");
}

/* Kept before it holds: what a restart brings back is never newer than what was answered. */
static struct board *change(const struct request *request, struct board *board,
	const struct config_board *settings, const char *text, struct problem *problem)
{
	if (!is_by_api(board, problem))
		return NULL;
	if (!store_settings_set(request->bench->store, settings->id, text)) {
		refuse_store(problem);
		return NULL;
	}
	if (board_configure(board, settings))
		return board_ref(board);
	problem_set(problem, "no_memory", "There is no memory for the settings.");
	return NULL;
}

static struct board *add(const struct request *request, const struct config_board *settings,
	const char *text, struct problem *problem)
{
	struct bench *bench = request->bench;
	struct board *board = bench_add(bench, settings, problem);

	if (!board || store_settings_set(bench->store, settings->id, text))
		return board;
	board_unref(bench_remove(bench, settings->id, problem));
	board_unref(board);
	refuse_store(problem);
	return NULL;
}

/* errors: taken; an empty list is not told. */
static void refuse(struct request *request, const struct problem *problem, struct json *errors)
{
	struct json *json = problem_json(problem);

	if (json_first(errors))
		json_add(json, "errors", errors);
	else
		json_free(errors);
	reply_problem_json(request, problem, json);
}

void handle_board_put(struct request *request)
{
	struct problem problem = { 0 };
	struct json *errors = json_array();
	struct config_board *settings = read_settings(request, errors, &problem);
	struct board *was = settings ? bench_find(request->bench, settings->id) : NULL;
	char *text = settings ? json_text(request->json) : NULL;
	struct board *board = NULL;

	if (settings && !text)
		problem_set(&problem, "no_memory", "There is no memory for the settings.");
	else if (settings && is_allowed(request->bench, settings, &problem) &&
		is_port_free(request->bench, settings, &problem))
		board = was ? change(request, was, settings, text, &problem)
			    : add(request, settings, text, &problem);
	if (board) {
		reply_json(request, was ? 200 : 201, board_json(board));
		json_free(errors);
	} else {
		refuse(request, &problem, errors);
	}
	board_unref(board);
	board_unref(was);
	config_board_unref(settings);
	free(text);
}

void handle_board_settings(struct request *request)
{
	struct board *board = api_board_or_reply(request);
	struct problem problem = { 0 };
	char *text = NULL;

	if (!board)
		return;
	if (!is_by_api(board, &problem))
		reply_problem(request, &problem);
	else if (!store_settings_get(request->bench->store, board_id(board), &text) || !text)
		reply_json(request, 503, NULL);
	else
		reply_json(request, 200, json_parse(span_of(text), false, NULL));
	free(text);
}

/* Its port is closed when the answer comes. */

static bool leaver_ready(void *ctx, int64_t now_ms)
{
	(void)now_ms;
	return board_has_ended(ctx);
}

static void leaver_answer(void *ctx, struct request *request)
{
	(void)ctx;
	reply_nothing(request);
}

static void leaver_release(void *ctx)
{
	board_unref(ctx);
}

static const struct wait_ops leaver_ops = {
	.ready = leaver_ready,
	.answer = leaver_answer,
	.release = leaver_release,
};

void handle_board_delete(struct request *request)
{
	struct bench *bench = request->bench;
	struct board *board = api_board_or_reply(request);
	struct problem problem = { 0 };
	struct board *leaver = NULL;

	if (!board)
		return;
	if (is_by_api(board, &problem))
		leaver = bench_remove(bench, board_id(board), &problem);
	/* Left in the store it would be back at the next start: said, and tried again by a DELETE.
	 */
	if (leaver && !store_settings_forget(bench->store, board_id(board))) {
		board_unref(leaver);
		leaver = NULL;
		problem_set(&problem, "store_failed",
			"The board is gone, but the store could not be written: it will be back "
			"after a restart. Is the disk full?");
	}
	if (leaver)
		reply_later(request, &leaver_ops, leaver);
	else
		reply_problem(request, &problem);
}
