/* SPDX-License-Identifier: MIT */
/* bench.c - finding a board, and a job on any of them. */
#include "server/bench.h"

#include <string.h>

struct board *bench_find(const struct bench *bench, const char *id)
{
	for (size_t i = 0; i < bench->board_count; i++)
		if (!strcmp(board_id(bench->boards[i]), id))
			return bench->boards[i];
	return NULL;
}

struct job *bench_find_job(const struct bench *bench, const char *id)
{
	struct job *job = NULL;

	for (size_t i = 0; !job && i < bench->board_count; i++)
		job = board_find_job(bench->boards[i], id);
	return job;
}
