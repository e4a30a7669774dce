/* SPDX-License-Identifier: MIT */
/* json.c - trees of cJSON: looking things up, building, printing. Reading is in json_read.c. */
#include "server/json_tree.h"

#include "server/clock.h"
#include "server/utf8.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A bit of cJSON's type beyond those it uses: something is missing below, memory ran out. */
#define MARK_INCOMPLETE (1 << 16)
/* Whole numbers that a double holds exactly, and those that cJSON prints with all their digits. */
#define EXACT_MAX 9007199254740991.0
#define PRINTED_MAX 999999999999999

/* What json_object() and json_array() give without memory: adding to it and adding it is fine. */
static cJSON missing = { .type = cJSON_NULL | MARK_INCOMPLETE };

static bool is_missing(const cJSON *tree)
{
	return tree == &missing;
}

void json_free(struct json *root)
{
	if (!is_missing(tree_of(root)))
		cJSON_Delete(tree_of(root));
}

enum json_type json_type(const struct json *node)
{
	switch (node ? tree_of(node)->type & 0xFF : cJSON_NULL) {
	case cJSON_False:
	case cJSON_True:
		return JSON_BOOL;
	case cJSON_Number:
		return JSON_NUMBER;
	case cJSON_String:
		return JSON_STRING;
	case cJSON_Array:
		return JSON_ARRAY;
	case cJSON_Object:
		return JSON_OBJECT;
	default:
		return JSON_NULL;
	}
}

const struct json *json_get(const struct json *node, const char *key)
{
	return cJSON_IsObject(tree_of(node))
		? json_of(cJSON_GetObjectItemCaseSensitive(tree_of(node), key))
		: NULL;
}

struct json *json_take(struct json *node, const char *key)
{
	return cJSON_IsObject(tree_of(node))
		? json_of(cJSON_DetachItemFromObjectCaseSensitive((cJSON *)tree_of(node), key))
		: NULL;
}

const struct json *json_first(const struct json *node)
{
	return node ? json_of(tree_of(node)->child) : NULL;
}

const struct json *json_next(const struct json *child)
{
	return json_of(tree_of(child)->next);
}

const char *json_key(const struct json *child)
{
	return tree_of(child)->string;
}

const char *json_string(const struct json *node)
{
	return cJSON_GetStringValue(tree_of(node));
}

bool json_integer(const struct json *node, int64_t min, int64_t max, int64_t *value)
{
	if (!cJSON_IsNumber(tree_of(node)))
		return false;
	double number = tree_of(node)->valuedouble;

	if (number != floor(number) || fabs(number) > EXACT_MAX)
		return false;
	int64_t whole = (int64_t)number;

	if (whole < min || whole > max)
		return false;
	*value = whole;
	return true;
}

bool json_number(const struct json *node, double *value)
{
	if (!cJSON_IsNumber(tree_of(node)))
		return false;
	*value = tree_of(node)->valuedouble;
	return true;
}

bool json_bool(const struct json *node, bool *value)
{
	if (!cJSON_IsBool(tree_of(node)))
		return false;
	*value = cJSON_IsTrue(tree_of(node));
	return true;
}

static struct json *or_missing(cJSON *made)
{
	return json_of(made ? made : &missing);
}

struct json *json_object(void)
{
	return or_missing(cJSON_CreateObject());
}

struct json *json_array(void)
{
	return or_missing(cJSON_CreateArray());
}

/* Puts child into parent, under key if it has one; NULL: it could not be made. */
static void attach(struct json *parent, const char *key, cJSON *child)
{
	cJSON *tree = tree_of(parent);

	if (is_missing(tree)) {
		json_free(json_of(child));
		return;
	}
	bool added = child && !is_missing(child) &&
		(key ? cJSON_AddItemToObject(tree, key, child) : cJSON_AddItemToArray(tree, child));

	if (added)
		return;
	json_free(json_of(child));
	tree->type |= MARK_INCOMPLETE;
}

/* Good UTF-8 of at most text.len bytes is copied, each byte that is none, and NUL, is U+FFFD. */
static cJSON *make_text(struct span text)
{
	struct buf out = { 0 };
	bool ok = buf_reserve(&out, text.len + 1);

	while (ok && text.len) {
		size_t len = text.ptr[0] ? utf8_char(text) : 0;

		ok = buf_append(
			&out, len ? (struct span){ text.ptr, len } : span_of("\xEF\xBF\xBD"));
		text.ptr += len ? len : 1;
		text.len -= len ? len : 1;
	}
	ok = ok && buf_append(&out, (struct span){ (const uint8_t *)"", 1 });
	cJSON *node = ok ? cJSON_CreateString((const char *)out.ptr) : NULL;

	buf_release(&out);
	return node;
}

void json_add_text(struct json *object, const char *key, struct span text)
{
	attach(object, key, make_text(text));
}

void json_add_string(struct json *object, const char *key, const char *text)
{
	if (text)
		json_add_text(object, key, span_of(text));
	else
		json_add_null(object, key);
}

static cJSON *make_integer(int64_t value)
{
	char text[24];

	if (value >= -PRINTED_MAX && value <= PRINTED_MAX)
		return cJSON_CreateNumber((double)value);
	snprintf(text, sizeof(text), "%lld", (long long)value);
	return cJSON_CreateRaw(text);
}

void json_add_integer(struct json *object, const char *key, int64_t value)
{
	attach(object, key, make_integer(value));
}

void json_add_double(struct json *object, const char *key, double value)
{
	double rounded = round(value * 1000) / 1000;

	if (isfinite(rounded))
		attach(object, key, cJSON_CreateNumber(rounded));
	else
		json_add_null(object, key);
}

void json_add_bool(struct json *object, const char *key, bool value)
{
	attach(object, key, cJSON_CreateBool(value));
}

void json_add_null(struct json *object, const char *key)
{
	attach(object, key, cJSON_CreateNull());
}

void json_add_hex32(struct json *object, const char *key, uint32_t value)
{
	char text[16];

	snprintf(text, sizeof(text), "0x%08X", (unsigned)value);
	json_add_string(object, key, text);
}

void json_add_time(struct json *object, const char *key, int64_t wall_ms)
{
	char text[CLOCK_TEXT];

	json_add_string(object, key, wall_ms ? clock_format(text, wall_ms) : NULL);
}

void json_add(struct json *object, const char *key, struct json *value)
{
	attach(object, key, value ? tree_of(value) : cJSON_CreateNull());
}

void json_add_raw(struct json *object, const char *key, const char *json)
{
	/* Read again rather than pasted: a damaged record must not damage the answer around it. */
	json_add(object, key, json && *json ? json_parse(span_of(json), false, NULL) : NULL);
}

void json_push(struct json *array, struct json *value)
{
	attach(array, NULL, value ? tree_of(value) : cJSON_CreateNull());
}

void json_push_string(struct json *array, const char *text)
{
	attach(array, NULL, text ? make_text(span_of(text)) : cJSON_CreateNull());
}

void json_push_integer(struct json *array, int64_t value)
{
	attach(array, NULL, make_integer(value));
}

/* Depth is what we built ourselves, or JSON_MAX_DEPTH. */
static bool is_complete(const cJSON *node)
{
	if (node->type & MARK_INCOMPLETE)
		return false;
	for (const cJSON *child = node->child; child; child = child->next)
		if (!is_complete(child))
			return false;
	return true;
}

char *json_text(const struct json *root)
{
	return root && is_complete(tree_of(root)) ? cJSON_PrintUnformatted(tree_of(root)) : NULL;
}

bool json_print(const struct json *root, struct buf *out)
{
	char *text = json_text(root);
	bool ok = text && buf_append(out, span_of(text));

	free(text);
	return ok;
}
