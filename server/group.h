/* SPDX-License-Identifier: MIT */
/*
 * group.h - boards that one request flashes together: a job each, and what became of them. Belongs
 * to one request; the jobs in it are shared with the boards' threads. Nothing here waits.
 */
#ifndef BENCHD_SERVER_GROUP_H
#define BENCHD_SERVER_GROUP_H

#include "server/bench.h"

struct member {
	struct board *board;    /* a reference */
	struct job *job;        /* a reference; NULL: the board refused it, or none was made */
	struct problem refusal; /* why it refused; code NULL: it did not */
};

struct group {
	size_t count;
	struct member members[]; /* each board once, in the order of the bench */
};

/*
 * The boards that the comma list names and those with the tag; either may be NULL, not both. NULL:
 * *problem is bad_parameter (no name between two commas), no_such_board (of a name or of the tag)
 * or no_memory.
 */
struct group *group_new(
	struct bench *bench, const char *boards, const char *tag, struct problem *problem);
void group_free(struct group *group); /* NULL is fine */

/* Takes *what over, for this member; a refusal stays with it. */
void group_submit(struct member *member, struct job_request *what);

/* Has every job that was accepted ended? */
bool group_is_final(const struct group *group);
bool group_is_accepted(const struct group *group); /* one job of it at least */
void group_cancel(struct group *group);

/*
 * Of a group that is final: what kept a board from being done, by name. The detail begins with the
 * names and codes of those that failed; each one's own detail follows, as many as fit. false: all
 * are done.
 */
bool group_problem(const struct group *group, struct problem *problem);
/* Adds "jobs", and "refused" (problems, each with its board) where there are any. */
void group_add_json(const struct group *group, struct json *json);

#endif /* BENCHD_SERVER_GROUP_H */
