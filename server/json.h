/* SPDX-License-Identifier: MIT */
/*
 * json.h - the fence around cJSON. Reading is strict: the length is given and the end required;
 * duplicate members, invalid UTF-8, \u0000 and depth over JSON_MAX_DEPTH are refused; members are
 * looked up with their case. Writing lets out only valid UTF-8 (bad bytes become U+FFFD).
 * A tree belongs to one thread; its root owns all of it.
 *
 * Building never fails half way: when memory runs out the tree is marked, and json_print() gives
 * false. json_object() and json_array() never give NULL for that reason.
 */
#ifndef BENCHD_SERVER_JSON_H
#define BENCHD_SERVER_JSON_H

#include "protocol/bytes.h"

#define JSON_MAX_DEPTH 32

struct json; /* a node */

struct json_error {
	unsigned line, column; /* from 1 */
	const char *what;      /* static phrase */
};

/*
 * NULL: not good JSON, *error says where (may be NULL). with_comments also takes both kinds of
 * comments of C as white space, so that positions stay true. A number of more than 64 characters
 * or beyond a double's range is refused.
 */
struct json *json_parse(struct span text, bool with_comments, struct json_error *error);
void json_free(struct json *root);

enum json_type { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };
enum json_type json_type(const struct json *node);
/* NULL: node is no object or has no such member. node may be NULL. */
const struct json *json_get(const struct json *node, const char *key);
/* The member is taken out of the object and is the caller's; NULL as above. */
struct json *json_take(struct json *node, const char *key);
/* Children of an array or object in order: first child, next sibling, NULL. */
const struct json *json_first(const struct json *node);
const struct json *json_next(const struct json *child);
/* The member's name; NULL for an element of an array. Borrowed. */
const char *json_key(const struct json *child);
/* NULL: not a string. Borrowed. */
const char *json_string(const struct json *node);
/* false: not a number, or not a whole one in [min, max]. *value unchanged then. */
bool json_integer(const struct json *node, int64_t min, int64_t max, int64_t *value);
/* false: not a number; *value unchanged then. */
bool json_number(const struct json *node, double *value);
/* false: not a boolean. */
bool json_bool(const struct json *node, bool *value);

struct json *json_object(void);
struct json *json_array(void);
/* On an object; value NULL writes null. text is copied. */
void json_add_string(struct json *object, const char *key, const char *text);
void json_add_text(struct json *object, const char *key, struct span text);
void json_add_integer(struct json *object, const char *key, int64_t value);
void json_add_double(struct json *object, const char *key, double value); /* 3 decimals */
void json_add_bool(struct json *object, const char *key, bool value);
void json_add_null(struct json *object, const char *key);
void json_add_hex32(struct json *object, const char *key, uint32_t value); /* "0x08000000" */
void json_add_time(struct json *object, const char *key, int64_t wall_ms); /* 0: null */
/* Takes value over, also when it is NULL (then null is written). */
void json_add(struct json *object, const char *key, struct json *value);
/* json text that we made ourselves earlier; NULL or "": null. */
void json_add_raw(struct json *object, const char *key, const char *json);
/* On an array. */
void json_push(struct json *array, struct json *value);
void json_push_string(struct json *array, const char *text);
void json_push_integer(struct json *array, int64_t value);

/* Compact text appended to out (no newline); false: no memory. */
bool json_print(const struct json *root, struct buf *out);
/* The same as a fresh NUL-terminated string that the caller frees; NULL: no memory. */
char *json_text(const struct json *root);

#endif /* BENCHD_SERVER_JSON_H */
