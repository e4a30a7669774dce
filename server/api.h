/* SPDX-License-Identifier: MIT */
/*
 * api.h - the REST interface (docs: api): one table of routes, and what its files share.
 * Handlers run in a polling thread of http.c and never wait.
 */
#ifndef BENCHD_SERVER_API_H
#define BENCHD_SERVER_API_H

#include "server/request.h"

/* The row for a method and path; NULL: *problem is not_found or method_not_allowed. */
const struct route *api_route(enum method method, const char *path, struct captures *captures,
	char allow_memory[ALLOW_TEXT], struct problem *problem);
/* Row i of the table, NULL past the last. */
const struct route *api_route_at(size_t i);

/*
 * The board that the path names, which lives as long as the request and its reply; NULL: *problem
 * is no_such_board.
 */
struct board *api_board(struct request *request, struct problem *problem);
/* The same for a handler: NULL when it has been answered. */
struct board *api_board_or_reply(struct request *request);
/* A member of the body: 0x… text, decimal text or a number; false: *problem is bad_parameter. */
bool api_member_u32(const struct json *body, const char *name, uint32_t *value, bool *given,
	struct problem *problem);
bool api_member_bool(
	const struct json *body, const char *name, bool *value, struct problem *problem);
/* known ends with NULL. false: *problem is unknown_parameter. */
bool api_members_only(const struct json *body, const char *const *known, struct problem *problem);
/* Only what the call knows, for calls without parameters of their own. */
bool api_check_none(struct request *request, struct problem *problem);

/* api_boards.c: is it a serial port that the system or the configuration lists? */
bool api_port_is_listed(const struct bench *bench, const char *path);
/* The id of the board that has this port, other than but (NULL: none). NULL: no board has it. */
const char *api_port_user(const struct board_list *boards, const char *path, const char *but);

/* Parses a body's members into *what; false: *problem says what is wrong. */
typedef bool (*members_parse)(
	const struct json *body, struct job_request *what, struct problem *problem);
/*
 * api_boards.c: a job without an image, of the board that the path names; known as of
 * api_members_only(), parse may be NULL.
 */
void handle_operation(
	struct request *request, enum job_kind kind, const char *const *known, members_parse parse);

/* api_submit.c: accepts a job and answers as the request asks (waits, 202, NDJSON). Takes *what. */
void submit_job(struct request *request, struct board *board, struct job_request *what);
/* Does the request ask that its jobs end when its client goes away? */
bool cancels_on_disconnect(const struct request *request);
/* What kept a job that is final from being done. false: it was done. */
bool outcome_problem(struct job *job, const struct job_record *record, struct problem *problem);
/* A finished job's reply: 200, or its problem with the job inside. */
void reply_outcome(struct request *request, struct job *job);

/* api_follow.c: a job's events as NDJSON; cuts: a bad end is cut; takes the reference. */
void reply_follow(struct request *request, struct job *job, bool cuts, bool cancels);
/* The same of a group, each line with its board; a bad end is cut. Takes the group over. */
struct group;
void reply_follow_group(struct request *request, struct group *group, bool cancels);
void reply_history(struct request *request, const struct job_record *record);

/*
 * api_firmware.c, for a group: the parameters of a flash into *what, to be released either way;
 * boards= and tag= are let pass.
 */
bool group_flash_parse(struct request *request, struct job_request *what, struct problem *problem);
/* Puts the body on the shelf and its hash into *what; firmware= has it already. */
bool flash_shelve(struct request *request, struct job_request *what, struct problem *problem);

bool check_group(struct request *request, struct problem *problem);
bool check_flash(struct request *request, struct problem *problem);
bool check_verify(struct request *request, struct problem *problem);
bool check_job(struct request *request, struct problem *problem); /* baud, on_disconnect */
bool check_read(struct request *request, struct problem *problem);
bool check_console(struct request *request, struct problem *problem);
bool check_typing(struct request *request, struct problem *problem); /* take */
bool check_board(struct request *request, struct problem *problem);  /* it exists, no parameters */

void handle_boards(struct request *request);
void handle_board(struct request *request);
/* api_board_settings.c */
void handle_board_put(struct request *request);
void handle_board_delete(struct request *request);
void handle_board_settings(struct request *request);
void handle_device(struct request *request);
void handle_ports(struct request *request);
void handle_identify(struct request *request);
void handle_doctor(struct request *request);
void handle_probe(struct request *request);
void handle_erase(struct request *request);
void handle_protection(struct request *request);
void handle_options_get(struct request *request);
void handle_options_post(struct request *request);
void handle_options_put(struct request *request);
void handle_go(struct request *request);
void handle_power(struct request *request);
void handle_reset(struct request *request);
void handle_group(struct request *request);
void handle_flash(struct request *request);
void handle_verify(struct request *request);
void handle_read(struct request *request);
void handle_expect(struct request *request);
void handle_firmware(struct request *request);
void handle_console_get(struct request *request);
void handle_console_post(struct request *request);
void handle_console_streams(struct request *request);
void handle_console_search(struct request *request);
void handle_console_settings(struct request *request);
void handle_console_break(struct request *request);
void handle_jobs(struct request *request);
void handle_job(struct request *request);
void handle_job_cancel(struct request *request);
void handle_job_report(struct request *request);
void handle_job_events(struct request *request);
void handle_session_get(struct request *request);
void handle_session_post(struct request *request);
void handle_session_delete(struct request *request);
void handle_health(struct request *request);
void handle_openapi(struct request *request);
void handle_reference(struct request *request);
void handle_problem_page(struct request *request);
void handle_asset(struct request *request);

#endif /* BENCHD_SERVER_API_H */
