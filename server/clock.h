/* SPDX-License-Identifier: MIT */
/* clock.h - wall time, monotonic time and time-ordered ids. Any thread. */
#ifndef BENCHD_SERVER_CLOCK_H
#define BENCHD_SERVER_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Milliseconds since 1970, UTC. */
int64_t clock_wall_ms(void);
/* Milliseconds of CLOCK_MONOTONIC. */
int64_t clock_monotonic_ms(void);
int64_t clock_monotonic_us(void);

#define CLOCK_TEXT 32
/* RFC 3339, UTC, milliseconds: "2026-11-22T10:00:00.000Z". Gives out back. */
const char *clock_format(char out[CLOCK_TEXT], int64_t wall_ms);

/* RFC 3339 with "Z" or an offset ("+01:00"), to the millisecond. false: it is none. */
bool clock_parse(const char *text, int64_t *wall_ms);

#define ID_TEXT 27
/* A ULID: 26 characters of Crockford's base 32, sorted by time, never given twice here. */
void id_new(char out[ID_TEXT]);

#endif /* BENCHD_SERVER_CLOCK_H */
