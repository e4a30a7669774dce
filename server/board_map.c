/* SPDX-License-Identifier: MIT */
/* board_map.c - the state of each erase unit, and what changed since a reader looked. */
#include "server/board_map.h"

#include "server/json.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

static const char *const names[] = {
	[SECTOR_UNKNOWN] = "unknown",
	[SECTOR_PLANNED] = "planned",
	[SECTOR_ERASING] = "erasing",
	[SECTOR_ERASED] = "erased",
	[SECTOR_WRITING] = "writing",
	[SECTOR_WRITTEN] = "written",
	[SECTOR_VERIFIED] = "verified",
	[SECTOR_FAILED] = "failed",
	[SECTOR_UNCHANGED] = "unchanged",
	[SECTOR_LOCKED] = "locked",
};
static_assert(sizeof(names) / sizeof(*names) == SECTOR_STATE_COUNT, "every state has a name");

const char *sector_state_name(enum sector_state state)
{
	assert(state < SECTOR_STATE_COUNT);
	return names[state];
}

struct unit {
	uint64_t changed; /* the version that changed it last; 0: never touched */
	float done;
	uint8_t state;
	bool is_locked;
};

struct map {
	pthread_mutex_t lock; /* guards the rest */
	uint64_t version;
	uint32_t count;
	struct unit *units;
};

struct map *map_new(void)
{
	struct map *map = calloc(1, sizeof(*map));

	if (map && pthread_mutex_init(&map->lock, NULL)) {
		free(map);
		return NULL;
	}
	return map;
}

void map_free(struct map *map)
{
	if (!map)
		return;
	pthread_mutex_destroy(&map->lock);
	free(map->units);
	free(map);
}

bool map_begin(struct map *map, uint32_t count)
{
	struct unit *units = count ? calloc(count, sizeof(*units)) : NULL;

	pthread_mutex_lock(&map->lock);
	struct unit *old = map->units;

	/* Units that were something are unknown now: that too is a change to tell. */
	map->version++;
	for (uint32_t i = 0; units && i < count && i < map->count; i++)
		units[i] = (struct unit){ .changed = old[i].changed ? map->version : 0,
			.is_locked = old[i].is_locked };
	map->units = units;
	map->count = units ? count : 0;
	pthread_mutex_unlock(&map->lock);
	free(old);
	return units || !count;
}

void map_set(struct map *map, uint32_t first, uint32_t count, enum sector_state state, double done)
{
	pthread_mutex_lock(&map->lock);
	map->version++;
	for (uint32_t i = first; i < map->count && i - first < count; i++)
		map->units[i] = (struct unit){ map->version, (float)done, (uint8_t)state,
			map->units[i].is_locked };
	pthread_mutex_unlock(&map->lock);
}

void map_set_range(struct map *map, const struct chip *chip, uint32_t flash_bytes, uint32_t addr,
	uint32_t len, enum sector_state state)
{
	struct sector first, last;

	if (len && chip_sector_at(chip, flash_bytes, addr, &first) &&
		chip_sector_at(chip, flash_bytes, addr + len - 1, &last))
		map_set(map, first.number, last.number - first.number + 1, state, 1);
}

void map_lock(struct map *map, uint32_t count, const struct protection *protection)
{
	pthread_mutex_lock(&map->lock);
	const bool is_empty = !map->count;

	pthread_mutex_unlock(&map->lock);
	if (is_empty && !map_begin(map, count))
		return;
	pthread_mutex_lock(&map->lock);
	map->version++;
	for (uint32_t i = 0; i < map->count; i++) {
		struct unit *unit = &map->units[i];
		const bool is_locked = protection_holds(protection, i);

		if (unit->is_locked != is_locked)
			unit->changed = map->version;
		unit->is_locked = is_locked;
	}
	pthread_mutex_unlock(&map->lock);
}

void map_unchanged(struct map *map, const struct survey *survey)
{
	for (uint32_t i = 0; i < survey->count; i++)
		if (survey->verdicts[i] == VERDICT_SAME)
			map_set(map, i, 1, SECTOR_UNCHANGED, 1);
}

static void set_step(
	struct map *map, const struct plan *plan, const struct step *step, enum sector_state state)
{
	if (step->kind == STEP_MASS_ERASE)
		map_set(map, 0, UINT32_MAX, state, 1);
	else if (step->kind != STEP_START)
		map_set_range(map, plan->chip, plan->flash_bytes, step->addr, step->len, state);
}

void map_plan(struct map *map, const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		set_step(map, plan, &plan->steps[i], SECTOR_PLANNED);
}

void map_before(struct map *map, const struct run *run)
{
	const struct step *step = &run->plan->steps[run->step];

	if (step->kind == STEP_MASS_ERASE)
		map_set(map, 0, UINT32_MAX, SECTOR_ERASING, 0);
	else if (step->kind == STEP_ERASE)
		map_set(map, step->sector + run->offset, 1, SECTOR_ERASING, 0);
}

/* How far the piece that ends at end has come in its last unit. */
static void set_progress(
	struct map *map, const struct run *run, enum sector_state during, enum sector_state after)
{
	const struct plan *plan = run->plan;
	const uint32_t last = run->addr + run->len - 1;
	struct sector unit;

	if (!run->len || !chip_sector_at(plan->chip, plan->flash_bytes, last, &unit))
		return;
	if (run->addr < unit.addr)
		map_set_range(map, plan->chip, plan->flash_bytes, run->addr, unit.addr - run->addr,
			after);
	const uint32_t done = last - unit.addr + 1;
	const bool is_whole = done == unit.len || run->offset == 0;

	map_set(map, unit.number, 1, is_whole ? after : during,
		is_whole ? 1 : (double)done / unit.len);
}

void map_after(struct map *map, const struct run *run)
{
	const struct plan *plan = run->plan;

	switch (run->stage) {
	case STAGE_ERASE:
		map_set_range(
			map, plan->chip, plan->flash_bytes, run->addr, run->len, SECTOR_ERASED);
		break;
	case STAGE_WRITE:
		set_progress(map, run, SECTOR_WRITING, SECTOR_WRITTEN);
		break;
	case STAGE_VERIFY:
		set_progress(map, run, SECTOR_WRITTEN, SECTOR_VERIFIED);
		break;
	default:
		break;
	}
}

uint64_t map_version(struct map *map)
{
	pthread_mutex_lock(&map->lock);
	const uint64_t version = map->version;

	pthread_mutex_unlock(&map->lock);
	return version;
}

static struct unit *copy_units(struct map *map, uint32_t *count, uint64_t *version)
{
	struct unit *units = malloc(CHIP_MAX_SECTORS * sizeof(*units));

	if (!units)
		return NULL;
	pthread_mutex_lock(&map->lock);
	*version = map->version;
	*count = map->count < CHIP_MAX_SECTORS ? map->count : CHIP_MAX_SECTORS;
	for (uint32_t i = 0; i < *count; i++)
		units[i] = map->units[i];
	pthread_mutex_unlock(&map->lock);
	return units;
}

/* A lock shows where no job has done anything since. */
static enum sector_state state_of(const struct unit *unit)
{
	const bool is_touched = unit->state != SECTOR_UNKNOWN && unit->state != SECTOR_PLANNED;

	return unit->is_locked && !is_touched ? SECTOR_LOCKED : (enum sector_state)unit->state;
}

static bool is_news(const struct unit *unit, uint64_t since)
{
	return since ? unit->changed > since : state_of(unit) != SECTOR_UNKNOWN;
}

struct json *map_json(struct map *map, uint64_t since)
{
	uint64_t version = 0;
	uint32_t count = 0, news = 0;
	struct unit *units = copy_units(map, &count, &version);

	if (!units)
		return NULL;
	struct json *list = json_array();

	for (uint32_t i = 0; i < count; i++) {
		if (!is_news(&units[i], since))
			continue;
		struct json *row = json_object();

		json_add_integer(row, "number", i);
		json_add_string(row, "state", sector_state_name(state_of(&units[i])));
		json_add_double(row, "done", (double)units[i].done);
		json_push(list, row);
		news++;
	}
	free(units);
	if (!news) {
		json_free(list);
		return NULL;
	}
	struct json *json = json_object();

	json_add_integer(json, "version", (int64_t)version);
	json_add(json, "sectors", list);
	return json;
}
