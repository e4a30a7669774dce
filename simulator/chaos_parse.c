/* SPDX-License-Identifier: MIT */
/* chaos_parse.c - faults as lines of text: the grammar, both ways. */
#include "simulator/chaos.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof(*(a)))
#define BIT(key) (1u << (key))

enum { MILLION = 1000000 };
#define WHEN (BIT(CHAOS_NTH) | BIT(CHAOS_EVERY) | BIT(CHAOS_P))

enum target { TARGET_NONE = 0, TARGET_WAY = 1, TARGET_COMMAND = 2, TARGET_EITHER = 3 };

static const struct {
	const char *name;
	enum target target;
	unsigned needs, may; /* keys; one of WHEN is needed where they may be */
	const char *help;
} kinds[CHAOS_KINDS] = {
	[CHAOS_DROP] = { "drop", TARGET_WAY, 0, WHEN, "drop WAY WHEN: the byte is lost" },
	[CHAOS_CORRUPT] = { "corrupt", TARGET_WAY, 0, WHEN | BIT(CHAOS_XOR),
		"corrupt WAY WHEN [xor=0x10]: bits of it are turned" },
	[CHAOS_INSERT] = { "insert", TARGET_WAY, 0, WHEN | BIT(CHAOS_BYTE),
		"insert WAY WHEN [byte=0xFF]: a byte that nobody sent comes before it" },
	[CHAOS_DUPLICATE] = { "duplicate", TARGET_WAY, 0, WHEN,
		"duplicate WAY WHEN: it comes twice" },
	[CHAOS_NOISE] = { "noise", TARGET_WAY, BIT(CHAOS_RATE), 0,
		"noise WAY rate=PER-SECOND: stray bytes at random times" },
	[CHAOS_NACK] = { "nack", TARGET_COMMAND, 0, WHEN,
		"nack COMMAND WHEN: its last stage is refused" },
	[CHAOS_SILENCE] = { "silence", TARGET_COMMAND, 0, WHEN,
		"silence COMMAND WHEN: no answer, then and until reset" },
	[CHAOS_HANG] = { "hang", TARGET_COMMAND, 0, WHEN,
		"hang COMMAND WHEN: no answer, then and until its power was off" },
	[CHAOS_SLOW] = { "slow", TARGET_COMMAND, BIT(CHAOS_MS), WHEN,
		"slow COMMAND WHEN ms=N: its last answer comes this much later" },
	[CHAOS_RESET] = { "reset", TARGET_EITHER, 0, WHEN | BIT(CHAOS_US),
		"reset COMMAND|WAY WHEN [us=N]: the part resets, N us into the work" },
	[CHAOS_BROWNOUT] = { "brownout", TARGET_EITHER, 0, WHEN | BIT(CHAOS_US) | BIT(CHAOS_MS),
		"brownout COMMAND|WAY WHEN [us=N] [ms=N]: power dips; the word in work is "
		"garbage" },
	[CHAOS_UNPLUG] = { "unplug", TARGET_EITHER, 0, WHEN | BIT(CHAOS_US) | BIT(CHAOS_MS),
		"unplug COMMAND|WAY WHEN [us=N] [ms=N]: the cable is out, for ms (0: for ever)" },
	[CHAOS_STUCK] = { "stuck", TARGET_NONE, BIT(CHAOS_ADDR) | BIT(CHAOS_BIT) | BIT(CHAOS_VALUE),
		0, "stuck addr=A bit=0..7 value=0|1: a cell of the flash that never changes" },
	[CHAOS_LIE] = { "lie", TARGET_NONE, BIT(CHAOS_SECTOR), 0,
		"lie sector=N: erasing it is acknowledged and does nothing" },
};

static const struct {
	const char *name;
	uint32_t min, max, otherwise; /* otherwise: where it may be left out */
	bool is_hex;
} keys[CHAOS_KEYS] = {
	[CHAOS_NTH] = { "nth", 1, UINT32_MAX, 0, false },
	[CHAOS_EVERY] = { "every", 1, UINT32_MAX, 0, false },
	[CHAOS_P] = { "p", 0, MILLION, 0, false },
	[CHAOS_XOR] = { "xor", 1, 0xFF, 0x10, true },
	[CHAOS_BYTE] = { "byte", 0, 0xFF, 0xFF, true },
	[CHAOS_RATE] = { "rate", 1, 100000, 0, false },
	[CHAOS_US] = { "us", 0, 100000000, 0, false },
	[CHAOS_MS] = { "ms", 0, 3600000, 0, false },
	[CHAOS_ADDR] = { "addr", 0, UINT32_MAX, 0, true },
	[CHAOS_BIT] = { "bit", 0, 7, 0, false },
	[CHAOS_VALUE] = { "value", 0, 1, 0, false },
	[CHAOS_SECTOR] = { "sector", 0, FLASH_MAX_SECTORS - 1, 0, false },
};

static const struct {
	const char *name;
	unsigned ways;
} ways[] = { { "to-host", CHAOS_TO_HOST }, { "to-board", CHAOS_TO_BOARD },
	{ "wire", CHAOS_BOTH_WAYS } };

/* erase is the one that the ROM has. */
static const struct {
	const char *name;
	uint8_t code;
} commands[] = { { "get", 0x00 }, { "version", 0x01 }, { "id", 0x02 }, { "read", 0x11 },
	{ "go", 0x21 }, { "write", 0x31 }, { "erase", 0x43 }, { "write-protect", 0x63 },
	{ "write-unprotect", 0x73 }, { "readout-protect", 0x82 }, { "readout-unprotect", 0x92 },
	{ "checksum", 0xA1 }, { "any", CHAOS_ANY_COMMAND } };

static const char forms[] =
	"WAY: to-host, to-board, wire; WHEN: nth=N, every=N or p=0..1; COMMAND: "
	"get, version, id, read, go, write, erase, write-protect, "
	"write-unprotect, readout-protect, readout-unprotect, checksum, any";

const char *chaos_help(size_t index)
{
	if (index + 1 < CHAOS_KINDS)
		return kinds[index + 1].help;
	return index + 1 == CHAOS_KINDS ? forms : NULL;
}

struct reader {
	char *why;
	size_t why_len;
};

__attribute__((format(printf, 2, 3))) static bool refuse(
	const struct reader *r, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(r->why, r->why_len, format, args);
	va_end(args);
	return false;
}

static bool read_kind(const struct reader *r, const char *word, struct chaos_fault *fault)
{
	for (int i = CHAOS_NOTHING + 1; word && i < CHAOS_KINDS; i++) {
		if (!strcmp(word, kinds[i].name)) {
			fault->kind = (enum chaos_kind)i;
			return true;
		}
	}
	return refuse(r,
		"expected drop, corrupt, insert, duplicate, noise, nack, silence, slow, reset, "
		"brownout, unplug, stuck or lie%s%s",
		word ? ", not " : "", word ? word : "");
}

static bool read_target(const struct reader *r, const char *word, struct chaos_fault *fault)
{
	const enum target target = kinds[fault->kind].target;

	for (size_t i = 0; word && target & TARGET_WAY && i < ARRAY_LEN(ways); i++) {
		if (!strcmp(word, ways[i].name))
			return fault->ways = ways[i].ways, true;
	}
	for (size_t i = 0; word && target & TARGET_COMMAND && i < ARRAY_LEN(commands); i++) {
		if (!strcmp(word, commands[i].name))
			return fault->command = commands[i].code, true;
	}
	return refuse(r, "expected %s%s%s; %s", target & TARGET_COMMAND ? "COMMAND" : "",
		target == TARGET_EITHER ? " or " : "", target & TARGET_WAY ? "WAY" : "", forms);
}

static bool read_millionths(const char *text, uint32_t *value)
{
	char *end;
	const double p = strtod(text, &end);

	if (*text < '0' || *text > '9' || *end || !(p >= 0 && p <= 1))
		return false;
	*value = (uint32_t)(p * MILLION + 0.5);
	return true;
}

static bool read_number(const char *text, enum chaos_key key, uint32_t *value)
{
	char *end;

	if (key == CHAOS_P)
		return read_millionths(text, value);
	const unsigned long long number = strtoull(text, &end, 0);

	if (*text < '0' || *text > '9' || *end || number < keys[key].min || number > keys[key].max)
		return false;
	*value = (uint32_t)number;
	return true;
}

static bool read_key(const struct reader *r, char *word, struct chaos_fault *fault)
{
	const unsigned allowed = kinds[fault->kind].needs | kinds[fault->kind].may;
	char *const equals = strchr(word, '=');

	if (equals)
		*equals = '\0';
	for (int key = 0; equals && key < CHAOS_KEYS; key++) {
		if (strcmp(word, keys[key].name) || !(allowed & BIT(key)))
			continue;
		if (fault->given & BIT(key))
			return refuse(r, "%s= is there twice", word);
		if (!read_number(equals + 1, (enum chaos_key)key, &fault->values[key]))
			return refuse(r, "%s= takes a number from %u to %u", word, keys[key].min,
				key == CHAOS_P ? 1 : keys[key].max);
		fault->given |= BIT(key);
		return true;
	}
	return refuse(r, "unexpected %s; expected %s", word, kinds[fault->kind].help);
}

static bool check_keys(const struct reader *r, struct chaos_fault *fault)
{
	const unsigned needs = kinds[fault->kind].needs, may = kinds[fault->kind].may;
	const unsigned when = fault->given & WHEN;

	if ((fault->given & needs) != needs || (may & WHEN && !when))
		return refuse(r, "expected %s", kinds[fault->kind].help);
	if (when & (when - 1))
		return refuse(r, "expected one of nth=, every= and p=");
	for (int key = 0; key < CHAOS_KEYS; key++) {
		if (!(fault->given & BIT(key)))
			fault->values[key] = keys[key].otherwise;
	}
	return true;
}

bool chaos_parse(const char *line, struct chaos_fault *fault, char *why, size_t why_len)
{
	const struct reader r = { why, why_len };
	char copy[CHAOS_LINE_MAX];
	char *rest = NULL;
	const int len = snprintf(copy, sizeof(copy), "%s", line);

	*fault = (struct chaos_fault){ .command = CHAOS_ANY_COMMAND, .next_ns = CHAOS_NEVER };
	if (len < 0 || (size_t)len >= sizeof(copy))
		return refuse(&r, "the line is too long");
	if (!read_kind(&r, strtok_r(copy, " \t", &rest), fault))
		return false;
	if (kinds[fault->kind].target && !read_target(&r, strtok_r(NULL, " \t", &rest), fault))
		return false;
	for (char *word; (word = strtok_r(NULL, " \t", &rest));) {
		if (!read_key(&r, word, fault))
			return false;
	}
	return check_keys(&r, fault);
}

static const char *target_name(const struct chaos_fault *fault)
{
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		if (fault->ways == ways[i].ways)
			return ways[i].name;
	}
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if (fault->command == commands[i].code)
			return commands[i].name;
	}
	return "any";
}

void chaos_print(const struct chaos_fault *fault, char *line, size_t len)
{
	size_t at = (size_t)snprintf(line, len, "%s", kinds[fault->kind].name);

	if (kinds[fault->kind].target && at < len)
		at += (size_t)snprintf(line + at, len - at, " %s", target_name(fault));
	for (int key = 0; key < CHAOS_KEYS && at < len; key++) {
		const uint32_t value = fault->values[key];

		if (!(fault->given & BIT(key)))
			continue;
		at += (size_t)snprintf(line + at, len - at, " %s=", keys[key].name);
		if (at >= len)
			break;
		if (key == CHAOS_P)
			at += (size_t)snprintf(
				line + at, len - at, "%u.%06u", value / MILLION, value % MILLION);
		else
			at += (size_t)snprintf(
				line + at, len - at, keys[key].is_hex ? "0x%X" : "%u", value);
	}
}
