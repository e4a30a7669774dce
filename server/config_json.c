/* SPDX-License-Identifier: MIT */
/* config_json.c - objects read by tables, errors told by path. */
#include "server/config_json.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIST_MAX 64

/* "/boards/0/port" as people read it: "boards[0].port". */
static void say_path(const char *pointer, char *text, size_t size)
{
	size_t len = 0;

	text[0] = '\0';
	while (*pointer == '/' && len + 1 < size) {
		const int part = (int)strcspn(++pointer, "/");
		const bool is_index = part && (int)strspn(pointer, "0123456789") == part;

		if (is_index)
			snprintf(text + len, size - len, "[%.*s]", part, pointer);
		else
			snprintf(text + len, size - len, "%s%.*s", len ? "." : "", part, pointer);
		len += strlen(text + len);
		pointer += part;
	}
}

static void list_error(struct reading *r, const char *message)
{
	static const char hex[] = "0123456789ABCDEF";
	char pointer[3 * CONFIG_PATH_TEXT + 2] = "#";
	size_t len = 1;

	/* as the fragment of an address (RFC 6901, section 6) */
	for (const char *c = r->path; *c; c++) {
		const unsigned char byte = (unsigned char)*c;

		if (isalnum(byte) || strchr("/-._~", byte)) {
			pointer[len++] = *c;
		} else {
			pointer[len++] = '%';
			pointer[len++] = hex[byte >> 4];
			pointer[len++] = hex[byte & 15];
		}
	}
	pointer[len] = '\0';
	struct json *error = json_object();

	json_add_string(error, "detail", message);
	json_add_string(error, "pointer", pointer);
	json_push(r->list, error);
}

void reading_error(struct reading *r, const char *format, ...)
{
	char path[CONFIG_PATH_TEXT], where[CONFIG_PATH_TEXT + 512], message[512];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	say_path(r->path, path, sizeof(path));
	snprintf(where, sizeof(where), "%s%s%s", r->name, *path ? ": " : "", path);
	config_error(r->errors, where, "%s", message);
	if (r->list)
		list_error(r, message);
}

size_t reading_enter(struct reading *r, const char *key, size_t index)
{
	const size_t was = strlen(r->path);
	size_t len = was;

	if (!key) {
		snprintf(r->path + len, sizeof(r->path) - len, "/%zu", index);
		return was;
	}
	snprintf(r->path + len, sizeof(r->path) - len, "/");
	len = strlen(r->path);
	for (; *key && len + 2 < sizeof(r->path); key++) {
		if (*key == '~' || *key == '/')
			r->path[len++] = '~';
		r->path[len++] = *key == '~' ? '0' : *key == '/' ? '1' : *key;
	}
	r->path[len] = '\0';
	return was;
}

void reading_leave(struct reading *r, size_t was)
{
	r->path[was] = '\0';
}

static const struct member *find_member(const struct member *members, size_t count, const char *key)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(members[i].key, key))
			return &members[i];
	return NULL;
}

static void unknown_member(struct reading *r, const struct member *members, size_t count)
{
	char names[256] = "";

	for (size_t i = 0; i < count; i++) {
		size_t len = strlen(names);

		snprintf(names + len, sizeof(names) - len, "%s%s", i ? ", " : "", members[i].key);
	}
	reading_error(r, "unknown member; known here: %s", names);
}

void read_object(struct reading *r, const struct json *node, const struct member *members,
	size_t count, void *target)
{
	if (json_type(node) != JSON_OBJECT) {
		reading_error(r, "must be an object");
		return;
	}
	for (const struct json *child = json_first(node); child; child = json_next(child)) {
		const struct member *member = find_member(members, count, json_key(child));
		size_t was = reading_enter(r, json_key(child), 0);

		if (member)
			member->read(r, child, member, (char *)target + member->offset);
		else
			unknown_member(r, members, count);
		reading_leave(r, was);
	}
	for (size_t i = 0; i < count; i++)
		if (members[i].is_required && !json_get(node, members[i].key))
			reading_error(r, "\"%s\" is missing", members[i].key);
}

void read_elements(
	struct reading *r, const struct json *node, const struct member *element, void *slot)
{
	size_t i = 0;

	if (json_type(node) != JSON_ARRAY) {
		reading_error(r, "must be an array");
		return;
	}
	for (const struct json *child = json_first(node); child; child = json_next(child), i++) {
		size_t was = reading_enter(r, NULL, i);

		element->read(r, child, element, slot);
		reading_leave(r, was);
	}
}

void read_number(
	struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	int64_t number;

	if (json_integer(node, member->min, member->max, &number))
		*(uint32_t *)slot = (uint32_t)number;
	else
		reading_error(r, "must be a whole number from %lld to %lld", (long long)member->min,
			(long long)member->max);
}

void read_flag(struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	(void)member;
	if (!json_bool(node, slot))
		reading_error(r, "must be true or false");
}

void read_text(struct reading *r, const struct json *node, const struct member *member, void *slot)
{
	const char *text = good_text(r, node, (size_t)member->max);

	if (text)
		set_text(r, slot, text, false);
}

const char *good_text(struct reading *r, const struct json *node, size_t max)
{
	const char *text = json_string(node);

	if (!text) {
		reading_error(r, "must be a string");
		return NULL;
	}
	for (const char *p = text; *p; p++) {
		if ((unsigned char)*p < ' ' || *p == 0x7F) {
			reading_error(r, "must not hold control characters");
			return NULL;
		}
	}
	if (*text && strlen(text) <= max)
		return text;
	if (*text)
		reading_error(r, "must have at most %zu bytes", max);
	else
		reading_error(r, "must not be empty");
	return NULL;
}

void set_text(struct reading *r, char **slot, const char *text, bool lower)
{
	char *copy = strdup(text);

	if (!copy) {
		reading_error(r, "out of memory");
		return;
	}
	for (char *p = copy; lower && *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	free(*slot);
	*slot = copy;
}

void push_text(struct reading *r, char ***list, const char *text, bool lower)
{
	size_t count = 0;

	while ((*list)[count])
		count++;
	if (count >= LIST_MAX) {
		reading_error(r, "at most %d of these", LIST_MAX);
		return;
	}
	char **grown = reallocarray(*list, count + 2, sizeof(*grown));

	if (!grown) {
		reading_error(r, "out of memory");
		return;
	}
	*list = grown;
	grown[count] = grown[count + 1] = NULL;
	set_text(r, &grown[count], text, lower);
}
