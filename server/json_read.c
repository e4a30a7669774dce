/* SPDX-License-Identifier: MIT */
/*
 * json_read.c - strict reading: RFC 8259 and nothing beside it. cJSON's own reader takes invalid
 * UTF-8, duplicate members, control characters, any bytes after the end, and cuts long numbers.
 */
#include "server/json_tree.h"

#include "server/utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_MAX_TEXT 64

struct reader {
	const uint8_t *begin, *at, *end;
	bool with_comments;
	unsigned depth;
	const char *what; /* the first thing wrong; NULL: nothing so far */
	const uint8_t *where;
	struct buf text;  /* the string read last, decoded, without NUL */
	struct buf names; /* member names of the objects being read, each with its NUL */
};

/* Notes the first error; gives false, for `return wrong(...)`. */
static bool wrong(struct reader *r, const uint8_t *where, const char *what)
{
	if (!r->what) {
		r->what = what;
		r->where = where;
	}
	return false;
}

static bool out_of_memory(struct reader *r)
{
	return wrong(r, r->at, "out of memory");
}

static bool is_next(const struct reader *r, const char *text)
{
	size_t len = strlen(text);

	return (size_t)(r->end - r->at) >= len && !memcmp(r->at, text, len);
}

static bool skip_comment(struct reader *r)
{
	bool is_line = r->at[1] == '/';
	const uint8_t *start = r->at;

	for (r->at += 2; r->at < r->end; r->at++) {
		if (is_line && *r->at == '\n')
			return true;
		if (!is_line && is_next(r, "*/")) {
			r->at += 2;
			return true;
		}
	}
	return is_line || wrong(r, start, "this comment is never closed");
}

static bool skip_space(struct reader *r)
{
	while (r->at < r->end) {
		if (r->with_comments && (is_next(r, "//") || is_next(r, "/*"))) {
			if (!skip_comment(r))
				return false;
		} else if (memchr(" \t\r\n", *r->at, 4)) {
			r->at++;
		} else {
			return true;
		}
	}
	return true;
}

static bool read_hex4(struct reader *r, uint32_t *unit)
{
	*unit = 0;
	if (r->end - r->at < 4)
		return wrong(r, r->at, "\\u needs four hexadecimal digits");
	for (int i = 0; i < 4; i++, r->at++) {
		static const char digits[] = "0123456789abcdef0123456789ABCDEF";
		const char *digit = *r->at ? strchr(digits, *r->at) : NULL;

		if (!digit)
			return wrong(r, r->at, "\\u needs four hexadecimal digits");
		*unit = *unit << 4 | (uint32_t)((digit - digits) % 16);
	}
	return true;
}

/* at stands after "\u". */
static bool read_unicode(struct reader *r)
{
	const uint8_t *start = r->at - 2;
	uint32_t code, low;
	uint8_t bytes[4];

	if (!read_hex4(r, &code))
		return false;
	if (code == 0)
		return wrong(r, start, "\\u0000 is not accepted");
	if (code >= 0xDC00 && code <= 0xDFFF)
		return wrong(r, start, "half a surrogate pair");
	if (code >= 0xD800 && code <= 0xDBFF) {
		if (!is_next(r, "\\u"))
			return wrong(r, start, "half a surrogate pair");
		r->at += 2;
		if (!read_hex4(r, &low))
			return false;
		if (low < 0xDC00 || low > 0xDFFF)
			return wrong(r, start, "half a surrogate pair");
		code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
	}
	return buf_append(&r->text, (struct span){ bytes, utf8_put(bytes, code) }) ||
		out_of_memory(r);
}

/* at stands on the backslash. */
static bool read_escape(struct reader *r)
{
	static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
	const uint8_t *start = r->at++;

	if (r->at == r->end)
		return wrong(r, start, "this string is never closed");
	uint8_t name = *r->at++;

	if (name == 'u')
		return read_unicode(r);
	const char *found = name ? strchr(names, name) : NULL;

	if (!found)
		return wrong(r, start, "no such escape");
	return buf_append(&r->text, (struct span){ (const uint8_t *)&values[found - names], 1 }) ||
		out_of_memory(r);
}

/* Decodes into r->text. */
static bool read_string(struct reader *r)
{
	const uint8_t *start = r->at++;

	r->text.len = 0;
	while (r->at < r->end && *r->at != '"') {
		if (*r->at == '\\') {
			if (!read_escape(r))
				return false;
			continue;
		}
		size_t len = utf8_char((struct span){ r->at, (size_t)(r->end - r->at) });

		if (!len)
			return wrong(r, r->at, "not UTF-8");
		if (*r->at < ' ')
			return wrong(r, r->at, "a control character in a string must be escaped");
		if (!buf_append(&r->text, (struct span){ r->at, len }))
			return out_of_memory(r);
		r->at += len;
	}
	if (r->at == r->end)
		return wrong(r, start, "this string is never closed");
	r->at++;
	return true;
}

static bool skip_digits(struct reader *r)
{
	const uint8_t *start = r->at;

	while (r->at < r->end && *r->at >= '0' && *r->at <= '9')
		r->at++;
	return r->at > start;
}

static cJSON *read_number(struct reader *r)
{
	const uint8_t *start = r->at;
	char text[NUMBER_MAX_TEXT + 1];
	bool ok;

	r->at += is_next(r, "-");
	if (is_next(r, "0")) {
		r->at++;
		ok = !skip_digits(r);
	} else {
		ok = skip_digits(r);
	}
	if (ok && is_next(r, ".")) {
		r->at++;
		ok = skip_digits(r);
	}
	if (ok && (is_next(r, "e") || is_next(r, "E"))) {
		r->at++;
		r->at += is_next(r, "-") || is_next(r, "+");
		ok = skip_digits(r);
	}
	size_t len = (size_t)(r->at - start);

	if (!ok || len > NUMBER_MAX_TEXT) {
		wrong(r, start, ok ? "this number is too long" : "not a number of JSON");
		return NULL;
	}
	memcpy(text, start, len);
	text[len] = '\0';
	double value = strtod(text, NULL);

	if (!isfinite(value)) {
		wrong(r, start, "this number is too large");
		return NULL;
	}
	return cJSON_CreateNumber(value);
}

static cJSON *read_value(struct reader *r);

/* What follows a child: a comma (*more) or the closing bracket. */
static bool read_separator(struct reader *r, const char *close, const char *what, bool *more)
{
	if (!skip_space(r))
		return false;
	*more = is_next(r, ",");
	if (!*more && !is_next(r, close))
		return wrong(r, r->at, what);
	r->at++;
	return true;
}

static bool read_elements(struct reader *r, cJSON *array)
{
	bool more = true;

	while (more) {
		cJSON *child = read_value(r);

		if (!child)
			return false;
		cJSON_AddItemToArray(array, child);
		if (!read_separator(r, "]", "expected a comma or the array's ]", &more))
			return false;
	}
	return true;
}

/* A member's name: where it stands in the text and in r->names. */
struct name {
	const uint8_t *where;
	size_t offset;
};

struct names {
	struct name *list;
	size_t count, cap;
};

static bool names_push(struct reader *r, struct names *names, struct name name)
{
	if (names->count == names->cap) {
		size_t cap = names->cap ? names->cap * 2 : 8;
		struct name *list = reallocarray(names->list, cap, sizeof(*list));

		if (!list)
			return out_of_memory(r);
		names->list = list;
		names->cap = cap;
	}
	names->list[names->count++] = name;
	return true;
}

static int compare_names(const void *a, const void *b, void *ctx)
{
	const struct name *x = a, *y = b;
	const char *texts = ctx;
	int order = strcmp(texts + x->offset, texts + y->offset);

	return order ? order : (x->where > y->where) - (x->where < y->where);
}

/* Sorted rather than compared each with each: a large object must not cost its size squared. */
static bool names_are_unique(struct reader *r, struct names *names)
{
	const char *texts = (const char *)r->names.ptr;

	if (names->count < 2)
		return true;
	qsort_r(names->list, names->count, sizeof(*names->list), compare_names, r->names.ptr);
	for (size_t i = 1; i < names->count; i++)
		if (!strcmp(texts + names->list[i - 1].offset, texts + names->list[i].offset))
			return wrong(r, names->list[i].where, "a second member of the same name");
	return true;
}

/* Name and colon; the name is appended to r->names. */
static bool read_name(struct reader *r, struct names *names)
{
	struct name name = { .offset = r->names.len };

	if (!skip_space(r))
		return false;
	name.where = r->at;
	if (!is_next(r, "\""))
		return wrong(r, r->at, "expected a member's name in quotes");
	if (!read_string(r) || !skip_space(r))
		return false;
	if (!is_next(r, ":"))
		return wrong(r, r->at, "expected a colon after the member's name");
	r->at++;
	if (!buf_append(&r->names, buf_span(&r->text)) ||
		!buf_append(&r->names, (struct span){ (const uint8_t *)"", 1 }))
		return out_of_memory(r);
	return names_push(r, names, name);
}

static bool read_members(struct reader *r, cJSON *object, struct names *names)
{
	bool more = true;

	while (more) {
		size_t offset = r->names.len;

		if (!read_name(r, names))
			return false;
		cJSON *child = read_value(r);

		if (!child)
			return false;
		if (!cJSON_AddItemToObject(object, (const char *)r->names.ptr + offset, child)) {
			cJSON_Delete(child);
			return out_of_memory(r);
		}
		if (!read_separator(r, "}", "expected a comma or the object's }", &more))
			return false;
	}
	return names_are_unique(r, names);
}

/* An array or an object, at its bracket. */
static cJSON *read_container(struct reader *r, bool is_object)
{
	cJSON *node = is_object ? cJSON_CreateObject() : cJSON_CreateArray();
	size_t names_len = r->names.len;
	struct names names = { 0 };
	bool ok = node || out_of_memory(r);

	if (ok && ++r->depth > JSON_MAX_DEPTH)
		ok = wrong(r, r->at, "nested too deeply");
	r->at++;
	ok = ok && skip_space(r);
	if (ok && is_next(r, is_object ? "}" : "]"))
		r->at++;
	else if (ok)
		ok = is_object ? read_members(r, node, &names) : read_elements(r, node);
	free(names.list);
	r->names.len = names_len;
	r->depth--;
	if (ok)
		return node;
	cJSON_Delete(node);
	return NULL;
}

static cJSON *read_word(struct reader *r)
{
	static const struct {
		const char *text;
		cJSON *(*make)(void);
	} words[] = {
		{ "null", cJSON_CreateNull },
		{ "true", cJSON_CreateTrue },
		{ "false", cJSON_CreateFalse },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (is_next(r, words[i].text)) {
			r->at += strlen(words[i].text);
			return words[i].make();
		}
	}
	wrong(r, r->at, r->at == r->end ? "the text ends too early" : "expected a value");
	return NULL;
}

static cJSON *read_value(struct reader *r)
{
	cJSON *node = NULL;

	if (!skip_space(r))
		return NULL;
	uint8_t first = r->at < r->end ? *r->at : 0;

	if (first == '{' || first == '[')
		node = read_container(r, first == '{');
	else if (first == '"')
		node = read_string(r) &&
				(buf_append(&r->text, (struct span){ (const uint8_t *)"", 1 }) ||
					out_of_memory(r))
			? cJSON_CreateString((const char *)r->text.ptr)
			: NULL;
	else if (first == '-' || (first >= '0' && first <= '9'))
		node = read_number(r);
	else
		node = read_word(r);
	if (!node)
		out_of_memory(r); /* unless something else was wrong first */
	return node;
}

/* Columns are characters, not bytes: what an editor shows. */
static void locate(const struct reader *r, struct json_error *error)
{
	*error = (struct json_error){ .line = 1, .column = 1, .what = r->what };
	for (const uint8_t *p = r->begin; p < r->where; p++) {
		if (*p == '\n') {
			error->line++;
			error->column = 1;
		} else if ((*p & 0xC0) != 0x80) {
			error->column++;
		}
	}
}

struct json *json_parse(struct span text, bool with_comments, struct json_error *error)
{
	static const uint8_t nothing[1];
	const uint8_t *begin = text.len ? text.ptr : nothing;
	struct reader r = {
		.begin = begin, .at = begin, .end = begin + text.len, .with_comments = with_comments
	};
	cJSON *root = NULL;

	if (is_next(&r, "\xEF\xBB\xBF"))
		wrong(&r, r.at, "starts with a byte order mark: save it as UTF-8 without one");
	else
		root = read_value(&r);
	if (root && skip_space(&r) && r.at < r.end)
		wrong(&r, r.at, "more text after the end");
	if (r.what) {
		cJSON_Delete(root);
		root = NULL;
		if (error)
			locate(&r, error);
	}
	buf_release(&r.text);
	buf_release(&r.names);
	return json_of(root);
}
