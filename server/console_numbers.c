/* SPDX-License-Identifier: MIT */
/* console_numbers.c - finds the numbers in a line, with their names. */
#include "server/console_numbers.h"

#include <stdio.h>
#include <string.h>

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
}

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == ',' || c == ';' || c == '\r';
}

static size_t digits(struct span text, size_t at)
{
	const size_t start = at;

	while (at < text.len && is_digit(text.ptr[at]))
		at++;
	return at - start;
}

/* How many bytes of a decimal number text starts with; 0: none. */
static size_t number_len(struct span text)
{
	size_t at = text.len && (text.ptr[0] == '-' || text.ptr[0] == '+');
	const size_t whole = digits(text, at);
	size_t part = 0;

	at += whole;
	if (at < text.len && text.ptr[at] == '.') {
		part = digits(text, at + 1);
		at += part + 1;
	}
	if (!whole && !part)
		return 0;
	if (at < text.len && (text.ptr[at] == 'e' || text.ptr[at] == 'E')) {
		const size_t sign =
			at + 1 < text.len && (text.ptr[at + 1] == '-' || text.ptr[at + 1] == '+');
		const size_t power = digits(text, at + 1 + sign);

		at += power ? 1 + sign + power : 0;
	}
	return at;
}

/* The next word of *rest, which goes past it; empty: there is none. */
static struct span next_word(struct span *rest)
{
	while (rest->len && is_space(rest->ptr[0])) {
		rest->ptr++;
		rest->len--;
	}
	struct span word = { rest->ptr, 0 };

	while (word.len < rest->len && !is_space(rest->ptr[word.len]))
		word.len++;
	rest->ptr += word.len;
	rest->len -= word.len;
	return word;
}

static size_t name_len(struct span word)
{
	size_t len = 0;

	while (len < word.len &&
		(is_letter(word.ptr[len]) || is_digit(word.ptr[len]) ||
			(len && memchr(".-/[]", word.ptr[len], 5))))
		len++;
	return len && is_letter(word.ptr[0]) && len < NUMBER_NAME ? len : 0;
}

/* "name:1.5V", or "name:" with the number as the next word. */
static bool take_pair(struct span word, struct span *rest, struct number *out)
{
	const size_t name = name_len(word);

	if (!name || name >= word.len || (word.ptr[name] != ':' && word.ptr[name] != '='))
		return false;
	struct span value = { word.ptr + name + 1, word.len - name - 1 };
	struct span after = *rest;

	if (!value.len)
		value = next_word(&after);
	const size_t len = number_len(value);

	if (!len || (len < value.len && !is_letter(value.ptr[len]) && value.ptr[len] != '%'))
		return false;
	*rest = after;
	*out = (struct number){ { word.ptr, name }, { value.ptr, len } };
	return true;
}

size_t numbers_parse(struct span line, struct number out[NUMBERS_MAX])
{
	struct number bare[NUMBERS_MAX];
	size_t pairs = 0, bares = 0;
	bool only_numbers = true;

	while (pairs < NUMBERS_MAX) {
		const struct span word = next_word(&line);

		if (!word.len)
			break;
		if (take_pair(word, &line, &out[pairs])) {
			pairs++;
			continue;
		}
		only_numbers = only_numbers && number_len(word) == word.len;
		if (only_numbers && bares < NUMBERS_MAX)
			bare[bares++] = (struct number){ .text = word };
	}
	if (pairs || !only_numbers)
		return pairs;
	memcpy(out, bare, bares * sizeof(*bare));
	return bares;
}

static void name_of(char name[NUMBER_NAME], const struct number *number, size_t position)
{
	if (number->name.len)
		snprintf(name, NUMBER_NAME, "%.*s", (int)number->name.len,
			(const char *)number->name.ptr);
	else
		snprintf(name, NUMBER_NAME, "c%zu", position + 1);
}

int columns_find(const struct columns *columns, const struct number *number, size_t position)
{
	char name[NUMBER_NAME];

	name_of(name, number, position);
	for (size_t i = 0; i < columns->count; i++)
		if (!strcmp(columns->names[i], name))
			return (int)i;
	return -1;
}

int columns_add(struct columns *columns, const struct number *number, size_t position)
{
	const int found = columns_find(columns, number, position);

	if (found >= 0 || columns->count == NUMBERS_MAX)
		return found;
	name_of(columns->names[columns->count], number, position);
	return (int)columns->count++;
}
