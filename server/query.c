/* SPDX-License-Identifier: MIT */
/* query.c - request targets and their parameters. */
#include "server/query.h"
#include "server/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool text_is_clean(const char *text)
{
	for (const char *p = text; *p; p++)
		if ((uint8_t)*p < 0x20 || *p == 0x7F)
			return false;
	return utf8_is_valid(span_of(text));
}

/* Decodes %XX in place; plus_is_space as in a query. false: a wrong escape, NUL, or unclean text.
 */
static bool decode(char *text, bool is_query)
{
	char *to = text;

	for (const char *p = text; *p; p++) {
		char c = *p;

		if (c == '%') {
			int high = hex_digit(p[1]), low = high < 0 ? -1 : hex_digit(p[2]);

			if (low < 0)
				return false;
			c = (char)(high << 4 | low);
			/* An escaped slash would move the borders of a route. */
			if (!c || (!is_query && c == '/'))
				return false;
			p += 2;
		} else if (c == '+' && is_query) {
			c = ' ';
		}
		*to++ = c;
	}
	*to = 0;
	return text_is_clean(text);
}

static bool bad_escape(struct problem *problem, const char *where)
{
	return problem_set(problem, "bad_request",
		"The %s holds a wrong percent escape, a control character or bytes that are not "
		"UTF-8. "
		"Escape it as %%XX.",
		where);
}

static bool query_add(struct query *query, char *pair, struct problem *problem)
{
	char *value = strchr(pair, '=');

	if (value)
		*value++ = 0;
	else
		value = pair + strlen(pair);
	if (!decode(pair, true) || !decode(value, true))
		return bad_escape(problem, "query");
	if (query_get(query, pair))
		return problem_set(problem, "bad_parameter",
			"The parameter \"%.64s\" is given twice. Give it once.", pair);
	if (query->count == QUERY_MAX)
		return problem_set(problem, "bad_parameter",
			"There are more than %d parameters. No call takes that many.", QUERY_MAX);
	query->items[query->count++] = (struct parameter){ pair, value };
	return true;
}

static bool query_parse(struct query *query, char *text, struct problem *problem)
{
	char *rest = NULL;

	for (char *pair = strtok_r(text, "&", &rest); pair; pair = strtok_r(NULL, "&", &rest))
		if (!query_add(query, pair, problem))
			return false;
	return true;
}

/* Where the path starts in "/path" or "http://host/path"; NULL: neither. */
static const char *path_of(const char *text)
{
	static const char *const schemes[] = { "http://", "https://" };

	if (*text == '/')
		return text;
	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++)
		if (!strncasecmp(text, schemes[i], strlen(schemes[i])))
			return strchr(text + strlen(schemes[i]), '/');
	return NULL;
}

bool target_parse(struct target *target, const char *text, struct problem *problem)
{
	const char *path = path_of(text);

	*target = (struct target){ 0 };
	if (!path || strlen(text) > TARGET_MAX)
		return problem_set(problem, "bad_request",
			"The request target is not a path of at most %d bytes that starts with "
			"\"/\".",
			TARGET_MAX);
	target->text = strdup(path);
	if (!target->text)
		return problem_set(problem, "no_memory", "There is no memory for this request.");
	char *query = strchr(target->text, '?');

	if (query)
		*query++ = 0;
	target->path = target->text;
	bool ok = decode(target->text, false) || bad_escape(problem, "path");

	ok = ok && (!query || query_parse(&target->query, query, problem));
	if (!ok)
		target_release(target);
	return ok;
}

void target_release(struct target *target)
{
	free(target->text);
	*target = (struct target){ 0 };
}

const char *query_get(const struct query *query, const char *name)
{
	for (size_t i = 0; i < query->count; i++)
		if (!strcmp(query->items[i].name, name))
			return query->items[i].value;
	return NULL;
}

/* "a, b, c" of names, cut to fit. */
static void join(char *out, size_t size, const char *const *names)
{
	size_t len = 0;

	*out = 0;
	for (; *names && len + strlen(*names) + 3 < size; names++) {
		strcpy(out + len, len ? ", " : "");
		strcat(out + len, *names);
		len += strlen(out + len);
	}
}

bool query_only(const struct query *query, const char *const *known, struct problem *problem)
{
	char list[512];

	for (size_t i = 0; i < query->count; i++) {
		const char *const *name = known;

		while (*name && strcmp(*name, query->items[i].name))
			name++;
		if (*name)
			continue;
		join(list, sizeof(list), known);
		return problem_set(problem, "unknown_parameter",
			"\"%.64s\" is no parameter of this call. It knows: %s. Nothing was done.",
			query->items[i].name, *list ? list : "none");
	}
	return true;
}

bool query_bool(const struct query *query, const char *name, bool *value, struct problem *problem)
{
	static const char *const names[] = { "false", "true", NULL };
	int chosen = *value;

	if (!query_choice(query, name, names, &chosen, problem))
		return false;
	*value = chosen == 1;
	return true;
}

bool number_parse(const char *text, uint64_t max, uint64_t *value)
{
	bool is_hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	uint64_t base = is_hex ? 16 : 10, sum = 0;

	if (is_hex)
		text += 2;
	if (!*text)
		return false;
	for (; *text; text++) {
		int digit = hex_digit(*text);

		if (digit < 0 || (uint64_t)digit >= base)
			return false;
		if (sum > (UINT64_MAX - (uint64_t)digit) / base)
			return false;
		sum = sum * base + (uint64_t)digit;
	}
	if (sum > max)
		return false;
	*value = sum;
	return true;
}

bool query_number(const struct query *query, const char *name, uint64_t max, uint64_t *value,
	bool *given, struct problem *problem)
{
	const char *text = query_get(query, name);

	if (given)
		*given = text;
	if (!text || number_parse(text, max, value))
		return true;
	return problem_set(problem, "bad_parameter",
		"%s=%.64s is no whole number from 0 to %llu. Write it decimal or as 0x….", name,
		text, (unsigned long long)max);
}

bool query_u32(const struct query *query, const char *name, uint32_t *value, bool *given,
	struct problem *problem)
{
	uint64_t wide = *value;

	if (!query_number(query, name, UINT32_MAX, &wide, given, problem))
		return false;
	*value = (uint32_t)wide;
	return true;
}

bool query_choice(const struct query *query, const char *name, const char *const *names, int *value,
	struct problem *problem)
{
	const char *text = query_get(query, name);
	char list[256];

	if (!text)
		return true;
	for (int i = 0; names[i]; i++) {
		if (strcmp(names[i], text))
			continue;
		*value = i;
		return true;
	}
	join(list, sizeof(list), names);
	return problem_set(problem, "bad_parameter", "%s=%.64s is not known. It is one of: %s.",
		name, text, list);
}
