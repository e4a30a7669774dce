/* SPDX-License-Identifier: MIT */
/*
 * board_map.h - the state of each erase unit of a board's part, as jobs touch them. Written by the
 * board's thread, read by any; one lock.
 */
#ifndef BENCHD_SERVER_BOARD_MAP_H
#define BENCHD_SERVER_BOARD_MAP_H

#include "protocol/run.h"
#include "protocol/survey.h"
#include "server/board.h"

struct map;
struct map *map_new(void); /* NULL: no memory */
void map_free(struct map *map);

/* Forgets what was and has count units from here on. false: no memory, the map is empty. */
bool map_begin(struct map *map, uint32_t count);
/* Units [first, first+count) get state; done: how much of it, 0 to 1. */
void map_set(struct map *map, uint32_t first, uint32_t count, enum sector_state state, double done);
/* The units that [addr, addr+len) touches. */
void map_set_range(struct map *map, const struct chip *chip, uint32_t flash_bytes, uint32_t addr,
	uint32_t len, enum sector_state state);
/*
 * Which units are write-protected is kept apart from what jobs do to them: it outlives map_begin(),
 * and shows where nothing else does. An empty map gets count units. Units that the protection does
 * not tell of are not locked.
 */
void map_lock(struct map *map, uint32_t count, const struct protection *protection);
/* What the survey found to be there already. */
void map_unchanged(struct map *map, const struct survey *survey);
/* What the plan will touch. */
void map_plan(struct map *map, const struct plan *plan);
/* Before and after a piece of a run. */
void map_before(struct map *map, const struct run *run);
void map_after(struct map *map, const struct run *run);

uint64_t map_version(struct map *map);
struct json *map_json(struct map *map, uint64_t since); /* as board_map_json() */

#endif /* BENCHD_SERVER_BOARD_MAP_H */
