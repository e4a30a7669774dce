/* SPDX-License-Identifier: MIT */
/* reliability_table.c - the table of docs/reliability.md, printed, compared, replaced. */
#include "tests/protocol/reliability_table.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const enum stage reliability_stages[] = { STAGE_CONNECT, STAGE_ERASE, STAGE_WRITE, STAGE_VERIFY,
	STAGE_RUN, STAGE_READ };
static_assert(sizeof(reliability_stages) / sizeof(*reliability_stages) == RELIABILITY_STAGES,
	"a cell for each stage");

struct writer {
	char *text;
	size_t len, at;
};

__attribute__((format(printf, 2, 3))) static void put(struct writer *w, const char *format, ...)
{
	va_list args;

	if (w->at >= w->len)
		return;
	va_start(args, format);
	const int more = vsnprintf(w->text + w->at, w->len - w->at, format, args);

	va_end(args);
	if (more > 0)
		w->at += (size_t)more;
}

static void put_cell(struct writer *w, const struct seen *seen)
{
	const char *between = "";

	put(w, " ");
	if (!seen->played)
		put(w, "-");
	for (int kind = 0; seen->done && kind < MEND_KIND_COUNT; kind++) {
		if (!(seen->kinds >> kind & 1))
			continue;
		put(w, "%s%s", between, mend_kind_name((enum mend_kind)kind));
		between = ", ";
	}
	if (seen->done && !seen->kinds)
		put(w, "%s", seen->asked_again ? "asked again" : "done"), between = ", ";
	if (seen->misread)
		put(w, "%sunnoticed", between), between = ", ";
	for (int e = ERR_OK + 1; e < ERR_COUNT; e++) {
		if (!(seen->failures >> e & 1))
			continue;
		put(w, "%s**%s**", between, err_name((enum err)e));
		between = ", ";
	}
	put(w, " |");
}

/* Rough on purpose: a deadline that moves a little does not change the table. */
static void put_longest(struct writer *w, uint64_t us)
{
	static const unsigned bounds_s[] = { 1, 5, 20, 60, 120, 180, 300 };

	for (size_t i = 0; i < sizeof(bounds_s) / sizeof(*bounds_s); i++) {
		if (us <= bounds_s[i] * 1000000ull) {
			put(w, " %u s |\n", bounds_s[i]);
			return;
		}
	}
	put(w, " more |\n");
}

void reliability_print(const struct seen_row *rows, size_t count, char *text, size_t len)
{
	struct writer w = { text, len, 0 };

	put(&w, "| fault |");
	for (size_t s = 0; s < RELIABILITY_STAGES; s++)
		put(&w, " %s |", stage_name(reliability_stages[s]));
	put(&w, " at most |\n|---|");
	for (size_t s = 0; s < RELIABILITY_STAGES; s++)
		put(&w, "---|");
	put(&w, "---|\n");
	for (size_t i = 0; i < count; i++) {
		put(&w, "| %s |", rows[i].name);
		for (size_t s = 0; s < RELIABILITY_STAGES; s++)
			put_cell(&w, &rows[i].cells[s]);
		put_longest(&w, rows[i].longest_us);
	}
}

/* A text file; the caller frees it. */
static char *read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = calloc(1, 4 * RELIABILITY_TEXT_MAX);

	if (file && text && !fread(text, 1, 4 * RELIABILITY_TEXT_MAX - 1, file)) {
		free(text);
		text = NULL;
	}
	if (!file || !text)
		perror(path);
	if (file)
		fclose(file);
	return file ? text : (free(text), NULL);
}

/* What stands between the lines `<!-- mark -->` and `<!-- end of mark -->`. */
static bool find_marked(char *text, const char *mark, char **from, char **to)
{
	char first[64], last[64];

	snprintf(first, sizeof(first), "<!-- %s -->\n", mark);
	snprintf(last, sizeof(last), "<!-- end of %s -->\n", mark);
	*from = strstr(text, first);
	*to = *from ? strstr(*from, last) : NULL;
	if (!*to) {
		fprintf(stderr, "no mark %s\n", mark);
		return false;
	}
	*from += strlen(first);
	return true;
}

/* The first line that differs, as it is there and as it was seen. */
static void tell_difference(const char *is, size_t len, const char *seen)
{
	size_t at = 0, line = 0;

	for (; at < len && is[at] == seen[at]; at++) {
		if (is[at] == '\n')
			line = at + 1;
	}
	fprintf(stderr, "is:   %.*s\nseen: %.*s\n", (int)strcspn(is + line, "\n"), is + line,
		(int)strcspn(seen + line, "\n"), seen + line);
}

bool reliability_check(const char *path, const char *mark, const char *text)
{
	char *const file = read_file(path);
	char *from, *to;
	bool ok = file && find_marked(file, mark, &from, &to);

	if (ok && ((size_t)(to - from) != strlen(text) || memcmp(from, text, strlen(text)) != 0)) {
		tell_difference(from, (size_t)(to - from), text);
		ok = false;
	}
	free(file);
	return ok;
}

bool reliability_write(const char *path, const char *mark, const char *text)
{
	char *const file = read_file(path);
	char *from, *to;
	FILE *out = NULL;
	bool ok = file && find_marked(file, mark, &from, &to);

	if (ok) {
		out = fopen(path, "w");
		ok = out && fprintf(out, "%.*s%s%s", (int)(from - file), file, text, to) > 0;
		ok = out && !fclose(out) && ok;
		if (!ok)
			perror(path);
	}
	free(file);
	return ok;
}
