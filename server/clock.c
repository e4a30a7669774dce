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
