/* SPDX-License-Identifier: MIT */
/*
 * config_json.h - how config_file.c and config_board.c read an object: a table with a row for each
 * member that it may have. Every error is told, with the path of what it is about.
 */
#ifndef BENCHD_SERVER_CONFIG_JSON_H
#define BENCHD_SERVER_CONFIG_JSON_H

#include "server/config_parts.h"
#include "server/json.h"

#define CONFIG_PATH_TEXT 256

struct reading {
	const char *name; /* of the file */
	struct buf *errors;
	struct json *list; /* each error as {detail, pointer}, too; NULL: not wanted */
	/* Of the value being read, a JSON pointer (RFC 6901): "/boards/0/port". */
	char path[CONFIG_PATH_TEXT];
};

/* A member that an object may have, and who reads it into slot: the target's address plus offset.
 */
struct member {
	const char *key;
	void (*read)(struct reading *r, const struct json *node, const struct member *member,
		void *slot);
	size_t offset;
	int64_t min, max; /* a number's range; max is a text's length */
	bool is_required;
};

void read_object(struct reading *r, const struct json *node, const struct member *members,
	size_t count, void *target);
/* The table's address and its rows, for the call above. */
#define MEMBERS(table) (table), sizeof(table) / sizeof(*(table))
/* Each element is read as by member, into the same slot. */
void read_elements(
	struct reading *r, const struct json *node, const struct member *element, void *slot);

/* Readers. Slots are: */
void read_number(struct reading *r, const struct json *node, const struct member *member,
	void *slot); /* uint32_t */
void read_flag(struct reading *r, const struct json *node, const struct member *member,
	void *slot); /* bool */
void read_text(struct reading *r, const struct json *node, const struct member *member,
	void *slot); /* char *, freed before it is replaced */

/* Tells an error about the value being read. */
void reading_error(struct reading *r, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The path gets "/key", or "/index" when key is NULL; gives what reading_leave() takes back. */
size_t reading_enter(struct reading *r, const char *key, size_t index);
void reading_leave(struct reading *r, size_t was);

/* A string of 1 to max bytes without control characters; NULL: told. Borrowed. */
const char *good_text(struct reading *r, const struct json *node, size_t max);
/* *slot is replaced by a copy of text; in lower case if asked. */
void set_text(struct reading *r, char **slot, const char *text, bool lower);
/* Appends a copy to a list that ends with NULL; bounded. */
void push_text(struct reading *r, char ***list, const char *text, bool lower);

/* config_control.c: slot is struct config_control. */
void read_control(
	struct reading *r, const struct json *node, const struct member *member, void *slot);
/* The same for struct config_power. */
void read_power(
	struct reading *r, const struct json *node, const struct member *member, void *slot);
/* config_board.c: slot is struct config. */
void read_board(
	struct reading *r, const struct json *node, const struct member *member, void *slot);

#endif /* BENCHD_SERVER_CONFIG_JSON_H */
