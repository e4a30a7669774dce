/* SPDX-License-Identifier: MIT */
/* option_record.c - option bytes as JSON, and what is asked to be changed of them. */
#include "server/option_record.h"

#include "protocol/protection.h"
#include "server/clock.h"
#include "server/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	enum option_word word;
	const char *member;
} words[] = {
	{ OPTION_ERASE_EVERYTHING, "erase_everything" },
	{ OPTION_PROTECT_READOUT, "protect_readout" },
	{ OPTION_LOSE_BOOTLOADER, "lose_bootloader" },
	{ OPTION_CHANGE_UNNAMED, "change_unnamed" },
};
#define WORDS (sizeof(words) / sizeof(*words))

static void add_bytes(struct json *json, const char *key, const uint8_t *bytes, size_t len)
{
	char text[2 * OPTION_BYTES_MAX + 1] = "";

	for (size_t i = 0; i < len; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	json_add_string(json, key, len ? text : NULL);
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* false: not an even number of hex digits, or more than max bytes. */
static bool read_bytes(const char *text, uint8_t *bytes, size_t max, size_t *len)
{
	const size_t digits = text ? strlen(text) : 1;

	*len = digits / 2;
	if (digits % 2 || *len > max)
		return false;
	for (size_t i = 0; i < *len; i++) {
		const int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		bytes[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

struct json *option_record_json(const struct option_record *record)
{
	struct json *json = json_object();

	add_bytes(json, "bytes", record->options.bytes, record->options.len);
	add_bytes(json, "bank2", record->options.bank2, record->options.bank2_len);
	json_add_time(json, "read_at", record->read_at);
	return json;
}

bool option_record_from_json(const struct json *json, struct option_record *record)
{
	struct option_bytes *options = &record->options;
	const char *bank2 = json_string(json_get(json, "bank2"));
	const char *read_at = json_string(json_get(json, "read_at"));

	*record = (struct option_record){ 0 };
	if (read_bytes(json_string(json_get(json, "bytes")), options->bytes, OPTION_BYTES_MAX,
		    &options->len) &&
		options->len &&
		(!bank2 ||
			read_bytes(bank2, options->bank2, OPTION_BANK2_MAX, &options->bank2_len)) &&
		read_at && clock_parse(read_at, &record->read_at))
		return true;
	*record = (struct option_record){ 0 };
	return false;
}

static struct json *fields_json(const struct chip *chip, const struct option_bytes *options)
{
	struct json *list = json_array();
	const struct option_field *field;

	for (size_t n = 0; (field = option_field_at(chip, n)); n++) {
		struct json *row = json_object();

		json_add_string(row, "name", field->name);
		json_add_integer(row, "value", option_field_get(field, options));
		json_add_integer(row, "bits", field->width);
		json_add_string(row, "risk", option_risk_name(field->risk));
		json_add_string(row, "text", field->text);
		json_push(list, row);
	}
	return list;
}

static struct json *sectors_json(const struct device *device, const struct protection *protection)
{
	struct json *list = json_array();

	for (uint32_t i = 0; i < chip_sector_count(device->chip, device->flash_bytes); i++)
		if (protection_holds(protection, i))
			json_push_integer(list, i);
	return list;
}

struct json *option_shape_json(const struct device *device, const struct option_record *record)
{
	const struct chip *chip = device->chip;
	const struct option_bytes *options = &record->options;
	struct protection protection;
	struct json *json = json_object();

	protection_decode(&protection, device, options);
	json_add_time(json, "read_at", record->read_at);
	json_add_hex32(json, "address", chip->option_bytes);
	add_bytes(json, "bytes", options->bytes, options->len);
	add_bytes(json, "bank2", options->bank2, options->bank2_len);
	if (protection.is_known)
		json_add_integer(json, "readout_level", protection.readout);
	else
		json_add_null(json, "readout_level");
	if (protection.told_sectors)
		json_add(json, "write_protected_sectors", sectors_json(device, &protection));
	else
		json_add_null(json, "write_protected_sectors");
	json_add(json, "fields", fields_json(chip, options));
	json_add_bool(json, "writable", protection_has_layout(chip));
	return json;
}

struct json *option_changes_json(
	const struct chip *chip, const struct option_bytes *from, const struct option_bytes *to)
{
	struct json *list = json_array();
	const struct option_field *field;

	for (size_t n = 0; (field = option_field_at(chip, n)); n++) {
		const uint32_t was = option_field_get(field, from);
		const uint32_t is = option_field_get(field, to);
		struct json *row;

		if (was == is)
			continue;
		row = json_object();
		json_add_string(row, "name", field->name);
		json_add_integer(row, "from", was);
		json_add_integer(row, "to", is);
		json_push(list, row);
	}
	return list;
}

static bool parse_raw(
	const struct json *node, struct option_change *change, struct problem *problem)
{
	struct option_bytes *raw = &change->raw;

	if (read_bytes(json_string(node), raw->bytes, OPTION_BYTES_MAX, &raw->len) && raw->len)
		return true;
	return problem_set(problem, "bad_parameter",
		"\"bytes\" is the whole area in hex, two digits a byte and at most %u bytes, as "
		"GET …/option-bytes shows it.",
		OPTION_BYTES_MAX);
}

static bool parse_field(
	const struct json *node, struct option_change *change, struct problem *problem)
{
	const char *name = json_key(node), *text = json_string(node);
	uint64_t value = 0;
	int64_t number;

	if (!option_field_exists(name))
		return problem_set(problem, "unknown_parameter",
			"\"%.40s\" is no field of any part's option bytes. GET …/option-bytes "
			"lists those of this board's. Nothing was done.",
			name);
	if (json_integer(node, 0, UINT32_MAX, &number))
		value = (uint64_t)number;
	else if (!text || !number_parse(text, UINT32_MAX, &value))
		return problem_set(problem, "bad_parameter",
			"The value of \"%s\" is no whole number. Write it decimal, or as \"0x…\".",
			name);
	if (change->field_count == OPTION_FIELDS_MAX)
		return problem_set(problem, "bad_parameter", "\"fields\" holds more than %u.",
			OPTION_FIELDS_MAX);
	strncpy(change->fields[change->field_count].name, name, OPTION_NAME_MAX - 1);
	change->fields[change->field_count++].value = (uint32_t)value;
	return true;
}

static bool parse_words(
	const struct json *body, struct option_change *change, struct problem *problem)
{
	for (size_t i = 0; i < WORDS; i++) {
		const struct json *node = json_get(body, words[i].member);
		bool is_said = false;

		if (node && !json_bool(node, &is_said))
			return problem_set(problem, "bad_parameter",
				"\"%s\" is neither true nor false.", words[i].member);
		if (is_said)
			change->said |= words[i].word;
	}
	return true;
}

bool option_change_parse(
	const struct json *body, struct option_change *change, struct problem *problem)
{
	const struct json *bytes = json_get(body, "bytes"), *fields = json_get(body, "fields");
	const bool is_list = fields && json_type(fields) == JSON_OBJECT && json_first(fields);

	*change = (struct option_change){ 0 };
	if ((bytes != NULL) + (fields != NULL) != 1 || (fields && !is_list))
		return problem_set(problem, "bad_parameter",
			"Say what to write, in one way: {\"fields\":{\"nRST_STOP\":0}} or "
			"{\"bytes\":\"…\"}, the whole area in hex.");
	if (bytes && !parse_raw(bytes, change, problem))
		return false;
	for (const struct json *node = fields ? json_first(fields) : NULL; node;
		node = json_next(node))
		if (!parse_field(node, change, problem))
			return false;
	return parse_words(body, change, problem);
}

struct json *option_change_json(const struct option_change *change)
{
	struct json *json = json_object();

	if (change->raw.len) {
		add_bytes(json, "bytes", change->raw.bytes, change->raw.len);
	} else {
		struct json *fields = json_object();

		for (size_t i = 0; i < change->field_count; i++)
			json_add_integer(fields, change->fields[i].name, change->fields[i].value);
		json_add(json, "fields", fields);
	}
	for (size_t i = 0; i < WORDS; i++)
		if (change->said & words[i].word)
			json_add_bool(json, words[i].member, true);
	return json;
}

static enum err apply_field(const struct option_change *change, size_t i, const struct chip *chip,
	struct option_bytes *to, const char **wrong, struct why *why)
{
	const struct option_field *field = option_field_find(chip, change->fields[i].name);

	*wrong = change->fields[i].name;
	if (!field)
		return why_set(why, ERR_ARGUMENT, "this part's option bytes have no such field");
	if (change->fields[i].value > option_field_max(field))
		return why_set(why, ERR_ARGUMENT, "the field is too narrow for the value");
	option_field_set(field, to, change->fields[i].value);
	*wrong = NULL;
	return ERR_OK;
}

enum err option_change_apply(const struct option_change *change, const struct chip *chip,
	const struct option_bytes *from, struct option_bytes *to, const char **wrong,
	struct why *why)
{
	enum err e = ERR_OK;

	*to = *from;
	*wrong = NULL;
	if (change->raw.len && change->raw.len != from->len)
		return why_set(
			why, ERR_ARGUMENT, "the bytes are not as many as the part's area has");
	if (change->raw.len)
		memcpy(to->bytes, change->raw.bytes, from->len);
	for (size_t i = 0; !e && i < change->field_count; i++)
		e = apply_field(change, i, chip, to, wrong, why);
	option_bytes_seal(chip, to);
	return e;
}

const char *option_words_text(unsigned missing, char *out, size_t size)
{
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < WORDS; i++)
		if (missing & words[i].word && len < size)
			len += (size_t)snprintf(out + len, size - len, "%s\"%s\":true",
				len ? ", " : "", words[i].member);
	return out;
}
