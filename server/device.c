/* SPDX-License-Identifier: MIT */
/* device.c - what was identified, as JSON and back. */
#include "server/device.h"

#include "protocol/chip_layout.h"
#include "protocol/quirk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *device_unique_id(const struct device *device, char out[UNIQUE_ID_TEXT])
{
	out[0] = '\0';
	for (size_t i = 0; device->has_unique_id && i < CHIP_UNIQUE_ID_BYTES; i++)
		snprintf(out + 2 * i, 3, "%02x", device->unique_id[i]);
	return out;
}

static const char *command_text(uint8_t command, char out[8])
{
	snprintf(out, 8, "0x%02x", command);
	return out;
}

static struct json *commands_json(const struct device *device)
{
	struct json *list = json_array();

	for (unsigned command = 0; command < 256; command++) {
		char text[8];

		if (device_has(device, (uint8_t)command))
			json_push_string(list, command_text((uint8_t)command, text));
	}
	return list;
}

static struct json *sectors_json(const struct device *device)
{
	struct json *list = json_array();

	if (!device->chip)
		return list;
	const uint32_t count = chip_sector_count(device->chip, device->flash_bytes);

	for (uint32_t i = 0; i < count; i++) {
		if (!chip_has_sector(device->chip, i))
			continue;
		const struct sector sector = chip_sector(device->chip, i);
		struct json *row = json_object();

		json_add_integer(row, "number", sector.number);
		json_add_hex32(row, "address", sector.addr);
		json_add_integer(row, "length", sector.len);
		json_push(list, row);
	}
	return list;
}

static void add_flash_bytes(struct json *json, const struct device *device)
{
	const uint32_t hole = device->chip ? device->chip->hole : 0;

	if (device->flash_bytes)
		json_add_integer(json, "flash_bytes", device->flash_bytes - hole);
	else
		json_add_null(json, "flash_bytes");
}

struct json *device_json_short(const struct device *device)
{
	struct json *json = json_object();
	char id[UNIQUE_ID_TEXT], product[16];

	snprintf(product, sizeof(product), "0x%03x", (unsigned)device->product_id);
	json_add_string(json, "product_id", product);
	json_add_string(json, "name", device->chip ? device->chip->name : NULL);
	add_flash_bytes(json, device);
	json_add_string(
		json, "unique_id", device->has_unique_id ? device_unique_id(device, id) : NULL);
	return json;
}

struct json *device_json(const struct device *device, int64_t identified_at)
{
	struct json *json = device_json_short(device);
	char version[16];

	snprintf(version, sizeof(version), "%u.%u", device->version >> 4, device->version & 0xF);
	json_add_string(json, "family", device->chip ? device->chip->family : NULL);
	json_add_string(json, "bootloader_version", version);
	json_add_integer(json, "bootloader_id", device->bootloader_id);
	json_add(json, "commands", commands_json(device));
	if (device->chip)
		json_add_hex32(json, "flash_base", device->chip->flash_base);
	if (device->has_layout_option)
		json_add_integer(json, "layout_option", device->layout_option);
	json_add_bool(json, "readout_protected", device->readout_protected);
	json_add(json, "sectors", sectors_json(device));
	json_add_time(json, "identified_at", identified_at);
	return json;
}

static bool hex_number(const char *text, unsigned long max, unsigned long *value)
{
	char *end;

	if (!text || strncmp(text, "0x", 2) != 0)
		return false;
	*value = strtoul(text, &end, 16);
	return *end == '\0' && *value <= max;
}

static void read_commands(const struct json *list, struct device *device)
{
	for (const struct json *item = json_first(list); item; item = json_next(item)) {
		unsigned long command;

		if (hex_number(json_string(item), 0xFF, &command))
			device->commands[command / 8] |= (uint8_t)(1u << command % 8);
	}
}

static void read_version(const char *text, struct device *device)
{
	unsigned major, minor;

	if (text && sscanf(text, "%u.%u", &major, &minor) == 2 && major < 16 && minor < 16)
		device->version = (uint8_t)(major << 4 | minor);
}

static void read_unique_id(const char *text, struct device *device)
{
	if (!text || strlen(text) != UNIQUE_ID_TEXT - 1)
		return;
	device->has_unique_id = true;
	for (size_t i = 0; i < CHIP_UNIQUE_ID_BYTES; i++) {
		const char digits[3] = { text[2 * i], text[2 * i + 1], '\0' };

		device->unique_id[i] = (uint8_t)strtoul(digits, NULL, 16);
	}
}

/* The layout that was found, with the span of its two banks. */
static void read_layout(const struct json *node, struct device *device)
{
	int64_t option = 0;

	device->has_layout_option = device->chip && json_integer(node, 0, 0xFF, &option);
	if (!device->has_layout_option)
		return;
	device->layout_option = (uint8_t)option;
	device->chip = chip_with_layout(device->chip, device->flash_bytes, device->layout_option);
	if (device->chip->hole)
		device->flash_bytes = device->chip->flash_bytes;
}

bool device_from_json(const char *text, struct device *device)
{
	struct json *json = text ? json_parse(span_of(text), false, NULL) : NULL;
	unsigned long product_id = 0;
	int64_t bytes = 0, id = 0;

	*device = (struct device){ 0 };
	if (!json ||
		!hex_number(json_string(json_get(json, "product_id")), UINT32_MAX, &product_id)) {
		json_free(json);
		return false;
	}
	device->product_id = (uint32_t)product_id;
	device->chip = chip_find(device->product_id);
	if (json_integer(json_get(json, "flash_bytes"), 0, UINT32_MAX, &bytes))
		device->flash_bytes = (uint32_t)bytes;
	device->flash_size_is_read = device->chip && device->flash_bytes;
	read_layout(json_get(json, "layout_option"), device);
	(void)json_bool(json_get(json, "readout_protected"), &device->readout_protected);
	if (json_integer(json_get(json, "bootloader_id"), 0, 0xFF, &id))
		device->bootloader_id = (uint8_t)id;
	device->quirks = quirks_of(device->product_id, device->bootloader_id);
	read_commands(json_get(json, "commands"), device);
	read_version(json_string(json_get(json, "bootloader_version")), device);
	read_unique_id(json_string(json_get(json, "unique_id")), device);
	json_free(json);
	return true;
}
