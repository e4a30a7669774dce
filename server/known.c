/* SPDX-License-Identifier: MIT */
/* known.c - what is remembered of a board across restarts. */
#include "server/known.h"

#include "server/device.h"
#include "server/query.h"

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
	struct known_link link;
	struct option_record options; /* of device; len 0: never read */
};

/* A store of an earlier version has the rate alone. */
static struct known_link read_link(const struct board_record *record)
{
	struct json *json =
		record->device ? json_parse(span_of(record->device), false, NULL) : NULL;
	const struct json *node = json_get(json, "link");
	struct known_link link = { .baud = record->last_baud };
	int64_t us;

	if (json_integer(json_get(node, "turnaround_us"), 0, UINT32_MAX, &us))
		link.turnaround_us = (uint32_t)us;
	if (json_integer(json_get(node, "restart_us"), 0, UINT32_MAX, &us))
		link.restart_us = (uint32_t)us;
	if (json_integer(json_get(node, "sync_us"), 0, UINT32_MAX, &us))
		link.sync_us = (uint32_t)us;
	if (json_bool(json_get(node, "bursts"), &link.bursts))
		link.refuses_burst = !link.bursts;
	json_free(json);
	return link;
}

static struct json *link_json(const struct known_link *link)
{
	struct json *json = json_object();

	json_add_integer(json, "baud", link->baud);
	json_add_integer(json, "turnaround_us", link->turnaround_us);
	json_add_integer(json, "restart_us", link->restart_us);
	json_add_integer(json, "sync_us", link->sync_us);
	if (link->bursts || link->refuses_burst)
		json_add_bool(json, "bursts", link->bursts);
	else
		json_add_null(json, "bursts");
	return json;
}

static void read_options(struct known *known)
{
	const char *text = known->record.device;
	struct json *json = text ? json_parse(span_of(text), false, NULL) : NULL;

	(void)option_record_from_json(json_get(json, "option_bytes"), &known->options);
	json_free(json);
}

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
	known->link = read_link(&known->record);
	read_options(known);
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

struct known_link known_link(struct known *known)
{
	pthread_mutex_lock(&known->lock);
	const struct known_link link = known->link;

	pthread_mutex_unlock(&known->lock);
	return link;
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
	json_free(json_take(json, "option_bytes")); /* they have a shape of their own */
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

static char *device_text(const struct device *device, const struct known_link *link,
	const struct option_record *options)
{
	struct json *json = device_json(device, clock_wall_ms());

	json_add(json, "link", link_json(link));
	if (options->options.len)
		json_add(json, "option_bytes", option_record_json(options));
	return text_of(json);
}

/* What was read of one chip is not said of another. */
static bool is_same_chip(const struct device *a, const struct device *b)
{
	return a->chip == b->chip && a->product_id == b->product_id &&
		a->has_unique_id == b->has_unique_id &&
		!memcmp(a->unique_id, b->unique_id, sizeof(a->unique_id));
}

/*
 * Is what was flashed last in another chip than this? A protected one does not tell its unique id,
 * nor is one flashed while it is: so an id is compared where both are known, else the product's.
 */
static bool is_image_elsewhere(const struct known *known, const struct device *device)
{
	const char *text = known->record.image;
	struct json *json = text ? json_parse(span_of(text), false, NULL) : NULL;
	const char *id = json_string(json_get(json, "unique_id"));
	char ours[UNIQUE_ID_TEXT];
	const bool is_elsewhere = json &&
		((known->has_device && known->device.product_id != device->product_id) ||
			(id && device->has_unique_id &&
				strcmp(id, device_unique_id(device, ours)) != 0));

	json_free(json);
	return is_elsewhere;
}

bool known_set_device(
	struct known *known, const struct device *device, const struct known_link *link)
{
	static const struct option_record never;
	/* Under readout protection a unique id can't be read either: it may be the same chip. */
	const bool keeps = known->has_device &&
		(device->readout_protected ? device->product_id == known->device.product_id
					   : is_same_chip(device, &known->device));
	const struct option_record options = keeps ? known->options : never;
	const bool has_left = is_image_elsewhere(known, device);
	char *text = device_text(device, link, &options);

	if (!text)
		return false;
	if (has_left)
		replace(known, &known->record.image, NULL);
	pthread_mutex_lock(&known->lock);
	known->options = options;
	known->device = *device;
	known->has_device = true;
	known->link = *link;
	known->record.last_baud = link->baud;
	pthread_mutex_unlock(&known->lock);
	replace(known, &known->record.device, text);
	return keep(known);
}

bool known_options(struct known *known, struct option_record *record)
{
	pthread_mutex_lock(&known->lock);
	*record = known->options;
	const bool is_known = known->device.chip && record->options.len;

	pthread_mutex_unlock(&known->lock);
	return is_known;
}

bool known_set_options(struct known *known, const struct option_bytes *options)
{
	const struct option_record record = { *options, clock_wall_ms() };
	const bool is_same = !memcmp(options, &known->options.options, sizeof(*options));
	char *text = device_text(&known->device, &known->link, &record);

	if (!text)
		return false;
	pthread_mutex_lock(&known->lock);
	known->options = record;
	pthread_mutex_unlock(&known->lock);
	replace(known, &known->record.device, text);
	return is_same || keep(known);
}

bool known_set_quarantine(struct known *known, const struct known_quarantine *quarantine)
{
	struct json *json;

	if (known->record.quarantine)
		return true;
	json = json_object();
	json_add_string(json, "job", quarantine->job);
	json_add_time(json, "since", clock_wall_ms());
	json_add_string(json, "reason", quarantine->reason);
	if (quarantine->length) {
		json_add_hex32(json, "address", quarantine->address);
		json_add_integer(json, "length", quarantine->length);
	}
	if (quarantine->merged)
		json_add_string(json, "merged", quarantine->merged);
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

static char *image_text(const struct known *known, const struct known_image *image)
{
	struct json *json = json_object();
	char id[UNIQUE_ID_TEXT];

	json_add_string(json, "sha256", image->sha256);
	json_add_time(json, "flashed_at", clock_wall_ms());
	json_add_string(json, "by", image->by);
	json_add_string(json, "name", image->name);
	json_add_string(json, "format", image_format_name(image->format));
	if (image->format == FORMAT_BIN)
		json_add_hex32(json, "address", image->address);
	if (known->device.has_unique_id)
		json_add_string(json, "unique_id", device_unique_id(&known->device, id));
	return text_of(json);
}

bool known_set_image(struct known *known, const struct known_image *image)
{
	char *text = image->sha256 ? image_text(known, image) : NULL;

	if (image->sha256 && !text)
		return false;
	replace(known, &known->record.image, text);
	return keep(known);
}

static bool read_record(
	const struct json *json, const struct device *device, struct known_record *record)
{
	const char *sha256 = json_string(json_get(json, "sha256"));
	const char *id = json_string(json_get(json, "unique_id"));
	const char *format = json_string(json_get(json, "format"));
	const char *address = json_string(json_get(json, "address"));
	char ours[UNIQUE_ID_TEXT];
	uint64_t at = 0;

	if (!sha256 || !sha256_is_hex(sha256) || !id || !device->has_unique_id ||
		strcmp(id, device_unique_id(device, ours)) != 0 || !format ||
		!image_format_parse(format, &record->format) ||
		(address && !number_parse(address, UINT32_MAX, &at)))
		return false;
	strcpy(record->sha256, sha256);
	record->address = (uint32_t)at;
	return true;
}

bool known_record(struct known *known, const struct device *device, struct known_record *record)
{
	char *text = copy_of(known, &known->record.image);
	struct json *json = text ? json_parse(span_of(text), false, NULL) : NULL;
	const bool is_known = json && read_record(json, device, record);

	json_free(json);
	free(text);
	return is_known;
}
