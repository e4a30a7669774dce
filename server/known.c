/* SPDX-License-Identifier: MIT */
/* known.c - what is remembered of a board across restarts. */
#include "server/known.h"

#include "server/device.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct known {
	struct store *store;
	char board[BOARD_ID_TEXT];
	pthread_mutex_t lock; /* guards the rest; the board's thread reads it without */
	uint64_t version;
	struct board_record record;
	struct device device;
	bool has_device;
};

struct known *known_new(struct store *store, const char *board)
{
	struct known *known = calloc(1, sizeof(*known));

	if (!known)
		return NULL;
	if (pthread_mutex_init(&known->lock, NULL)) {
		free(known);
		return NULL;
	}
	known->store = store;
	strncpy(known->board, board, sizeof(known->board) - 1);
	if (!store_board_get(store, board, &known->record)) {
		known_free(known);
		return NULL;
	}
	known->has_device = device_from_json(known->record.device, &known->device);
	return known;
}

void known_free(struct known *known)
{
	if (!known)
		return;
	board_record_release(&known->record);
	pthread_mutex_destroy(&known->lock);
	free(known);
}

uint64_t known_version(struct known *known)
{
	pthread_mutex_lock(&known->lock);
	const uint64_t version = known->version;

	pthread_mutex_unlock(&known->lock);
	return version;
}

bool known_device(struct known *known, struct device *device)
{
	pthread_mutex_lock(&known->lock);
	const bool has_device = known->has_device;

	*device = known->device;
	pthread_mutex_unlock(&known->lock);
	return has_device;
}

uint32_t known_baud(struct known *known)
{
	pthread_mutex_lock(&known->lock);
	const uint32_t baud = known->record.last_baud;

	pthread_mutex_unlock(&known->lock);
	return baud;
}

bool known_is_quarantined(struct known *known)
{
	pthread_mutex_lock(&known->lock);
	const bool is_quarantined = known->record.quarantine != NULL;

	pthread_mutex_unlock(&known->lock);
	return is_quarantined;
}

/* Copies, so that no tree is built under the lock. */
static char *copy_of(struct known *known, char *const *text)
{
	pthread_mutex_lock(&known->lock);
	char *copy = *text ? strdup(*text) : NULL;

	pthread_mutex_unlock(&known->lock);
	return copy;
}

static void add_copy(struct known *known, struct json *to, const char *key, char *const *text)
{
	char *copy = copy_of(known, text);

	json_add_raw(to, key, copy);
	free(copy);
}

void known_add_json(struct known *known, struct json *board)
{
	struct device device;

	if (known_device(known, &device))
		json_add(board, "device", device_json_short(&device));
	else
		json_add_null(board, "device");
	add_copy(known, board, "image", &known->record.image);
	add_copy(known, board, "quarantine", &known->record.quarantine);
}

struct json *known_device_json(struct known *known, bool *never)
{
	char *text = copy_of(known, &known->record.device);

	*never = text == NULL;
	struct json *json = text ? json_parse(span_of(text), false, NULL) : NULL;

	free(text);
	return json;
}

/* Puts a text in its place; takes it over. */
static void replace(struct known *known, char **place, char *text)
{
	pthread_mutex_lock(&known->lock);
	char *old = *place;

	*place = text;
	known->version++;
	pthread_mutex_unlock(&known->lock);
	free(old);
}

static char *text_of(struct json *json)
{
	char *text = json_text(json);

	json_free(json);
	return text;
}

static bool keep(struct known *known)
{
	return store_board_set(known->store, known->board, &known->record);
}

bool known_set_device(struct known *known, const struct device *device, uint32_t baud)
{
	char *text = text_of(device_json(device, clock_wall_ms()));

	if (!text)
		return false;
	pthread_mutex_lock(&known->lock);
	known->device = *device;
	known->has_device = true;
	known->record.last_baud = baud;
	pthread_mutex_unlock(&known->lock);
	replace(known, &known->record.device, text);
	return keep(known);
}

bool known_set_quarantine(struct known *known, const char *job, const char *reason)
{
	struct json *json;

	if (known->record.quarantine)
		return true;
	json = json_object();
	json_add_string(json, "job", job);
	json_add_time(json, "since", clock_wall_ms());
	json_add_string(json, "reason", reason);
	char *text = text_of(json);

	if (!text)
		return false;
	replace(known, &known->record.quarantine, text);
	return keep(known);
}

bool known_end_quarantine(struct known *known)
{
	if (!known->record.quarantine)
		return true;
	replace(known, &known->record.quarantine, NULL);
	return keep(known);
}

bool known_set_image(struct known *known, const char *sha256, const char *by, const char *name)
{
	char *text = NULL;

	if (sha256) {
		struct json *json = json_object();

		json_add_string(json, "sha256", sha256);
		json_add_time(json, "flashed_at", clock_wall_ms());
		json_add_string(json, "by", by);
		json_add_string(json, "name", name);
		text = text_of(json);
		if (!text)
			return false;
	}
	replace(known, &known->record.image, text);
	return keep(known);
}
