/* SPDX-License-Identifier: MIT */
/* clock.c - wall and monotonic time; ULIDs that never repeat and never go back in one process. */
#include "server/clock.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

static int64_t now_us(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_wall_ms(void)
{
	return now_us(CLOCK_REALTIME) / 1000;
}

int64_t clock_monotonic_ms(void)
{
	return clock_monotonic_us() / 1000;
}

int64_t clock_monotonic_us(void)
{
	return now_us(CLOCK_MONOTONIC);
}

const char *clock_format(char out[CLOCK_TEXT], int64_t wall_ms)
{
	int64_t ms = wall_ms % 1000;
	time_t seconds = wall_ms / 1000;
	struct tm tm;

	if (ms < 0) {
		ms += 1000;
		seconds--;
	}
	if (!gmtime_r(&seconds, &tm))
		memset(&tm, 0, sizeof(tm));
	snprintf(out, CLOCK_TEXT, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ",
		(unsigned)(tm.tm_year + 1900) % 10000u, (unsigned)(tm.tm_mon + 1) % 100u,
		(unsigned)tm.tm_mday % 100u, (unsigned)tm.tm_hour % 100u,
		(unsigned)tm.tm_min % 100u, (unsigned)tm.tm_sec % 100u, (unsigned)ms % 1000u);
	return out;
}

/* count digits of *text, a number up to max; goes past them. */
static bool take_digits(const char **text, int count, int max, int *value)
{
	*value = 0;
	for (int i = 0; i < count; i++, (*text)++) {
		if (**text < '0' || **text > '9')
			return false;
		*value = *value * 10 + (**text - '0');
	}
	return *value <= max;
}

static bool take_char(const char **text, const char *any)
{
	if (!**text || !strchr(any, **text))
		return false;
	(*text)++;
	return true;
}

static bool take_fraction(const char **text, int *ms)
{
	int scale = 100;

	*ms = 0;
	if (**text != '.')
		return true;
	const char *first = ++*text;

	for (; **text >= '0' && **text <= '9'; (*text)++, scale /= 10)
		*ms += (**text - '0') * scale;
	return *text > first;
}

static bool take_zone(const char **text, int *minutes)
{
	int hours, rest;

	*minutes = 0;
	if (take_char(text, "Zz"))
		return true;
	const int sign = **text == '-' ? -1 : 1;

	if (!take_char(text, "+-") || !take_digits(text, 2, 23, &hours) || !take_char(text, ":") ||
		!take_digits(text, 2, 59, &rest))
		return false;
	*minutes = sign * (hours * 60 + rest);
	return true;
}

bool clock_parse(const char *text, int64_t *wall_ms)
{
	struct tm tm = { 0 };
	int ms, zone;

	if (!take_digits(&text, 4, 9999, &tm.tm_year) || !take_char(&text, "-") ||
		!take_digits(&text, 2, 12, &tm.tm_mon) || !take_char(&text, "-") ||
		!take_digits(&text, 2, 31, &tm.tm_mday) || !take_char(&text, "Tt ") ||
		!take_digits(&text, 2, 23, &tm.tm_hour) || !take_char(&text, ":") ||
		!take_digits(&text, 2, 59, &tm.tm_min) || !take_char(&text, ":") ||
		!take_digits(&text, 2, 60, &tm.tm_sec) || !take_fraction(&text, &ms) ||
		!take_zone(&text, &zone) || *text || !tm.tm_mon || !tm.tm_mday)
		return false;
	const int day = tm.tm_mday;

	tm.tm_year -= 1900;
	tm.tm_mon--;
	tm.tm_sec -= tm.tm_sec == 60; /* a leap second is the one before it */
	const time_t seconds = timegm(&tm);

	if (tm.tm_mday != day)
		return false; /* 30 February */
	*wall_ms = ((int64_t)seconds - (int64_t)zone * 60) * 1000 + ms;
	return true;
}

#define ULID_BYTES 16
#define ULID_TIME_BYTES 6

/* The last one given: lock guards it. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint8_t last[ULID_BYTES];

/* Adds one to the 128 bits: the random part, and in the end the time when that is full. */
static void count_up(uint8_t id[ULID_BYTES])
{
	for (int i = ULID_BYTES - 1; i >= 0; i--)
		if (++id[i])
			return;
}

/*
 * A new millisecond gets new random bits; the same one, a clock set back, or a system without
 * random bytes counts on from the last id. Either way it is larger than all before it.
 */
static void next_id(uint8_t id[ULID_BYTES])
{
	uint64_t ms = (uint64_t)clock_wall_ms();
	uint8_t fresh[ULID_BYTES];

	for (int i = 0; i < ULID_TIME_BYTES; i++)
		fresh[i] = (uint8_t)(ms >> (8 * (ULID_TIME_BYTES - 1 - i)));
	const size_t bits = ULID_BYTES - ULID_TIME_BYTES;
	bool is_random = getrandom(fresh + ULID_TIME_BYTES, bits, 0) == (ssize_t)bits;

	pthread_mutex_lock(&lock);
	if (is_random && memcmp(fresh, last, ULID_TIME_BYTES) > 0)
		memcpy(last, fresh, ULID_BYTES);
	else
		count_up(last);
	memcpy(id, last, ULID_BYTES);
	pthread_mutex_unlock(&lock);
}

void id_new(char out[ID_TEXT])
{
	static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	uint8_t id[ULID_BYTES];

	next_id(id);
	/* 130 bits in 26 digits of 5: the first two bits are zero. */
	for (int i = 0; i < ID_TEXT - 1; i++) {
		unsigned value = 0;

		for (int bit = i * 5 - 2; bit < i * 5 + 3; bit++)
			value = value << 1 | (bit < 0 ? 0u : id[bit / 8] >> (7 - bit % 8) & 1u);
		out[i] = digits[value];
	}
	out[ID_TEXT - 1] = '\0';
}
