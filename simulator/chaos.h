/* SPDX-License-Identifier: MIT */
/*
 * chaos.h - faults on demand, each a line of text that a bug report can carry and a test replay:
 *
 *   drop to-host nth=5                  corrupt to-board p=0.001 xor=0x10
 *   nack write nth=3                    brownout erase nth=1 us=500 ms=20
 *   stuck addr=0x08000123 bit=3 value=1
 *
 * The grammar is the tables of chaos_parse.c; chaos_help() tells it. What a fault draws at random
 * follows from the seed and its own line alone, so one line gives the same whatever else is on.
 * Pure but for its own state: time is handed in. One thread per chaos.
 */
#ifndef BENCHD_SIMULATOR_CHAOS_H
#define BENCHD_SIMULATOR_CHAOS_H

#include "simulator/flash.h"

enum chaos_kind {
	CHAOS_NOTHING,
	/* bytes on the wire */
	CHAOS_DROP,
	CHAOS_CORRUPT,
	CHAOS_INSERT, /* before the byte */
	CHAOS_DUPLICATE,
	CHAOS_NOISE,
	/* answers of the ROM */
	CHAOS_NACK,
	CHAOS_SILENCE,
	CHAOS_HANG,
	CHAOS_SLOW,
	/* in the middle of a command, or at a byte */
	CHAOS_RESET,
	CHAOS_BROWNOUT,
	CHAOS_UNPLUG,
	/* cells */
	CHAOS_STUCK,
	CHAOS_LIE,
	CHAOS_KINDS
};

enum chaos_way { CHAOS_TO_HOST = 1, CHAOS_TO_BOARD = 2, CHAOS_BOTH_WAYS = 3 };

enum chaos_key {
	CHAOS_NTH,   /* the nth byte or command from now on, once */
	CHAOS_EVERY, /* each nth */
	CHAOS_P,     /* each with this probability, in millionths */
	CHAOS_XOR,
	CHAOS_BYTE,
	CHAOS_RATE, /* bytes a second */
	CHAOS_US,   /* after the command's work began */
	CHAOS_MS,   /* how long; 0 for ever */
	CHAOS_ADDR,
	CHAOS_BIT,
	CHAOS_VALUE,
	CHAOS_SECTOR,
	CHAOS_KEYS
};

enum { CHAOS_ANY_COMMAND = 0xFF, CHAOS_LINE_MAX = 128, CHAOS_MAX = 32, CHAOS_OUT_MAX = 8 };

#define CHAOS_NEVER UINT64_MAX

struct chaos_fault {
	enum chaos_kind kind;
	unsigned ways;   /* enum chaos_way; 0: it is about commands or cells */
	uint8_t command; /* CHAOS_ANY_COMMAND: any */
	unsigned given;  /* a bit for each enum chaos_key */
	uint32_t values[CHAOS_KEYS];
	/* the rest is its state */
	uint64_t random, next_ns;
	uint32_t seen, hits;
};

/* The board loses its reset, power or cable. kind is CHAOS_NOTHING if it does not. */
struct chaos_strike {
	enum chaos_kind kind;
	uint32_t us, ms;
};

/* What befalls a command. */
struct chaos_hit {
	bool is_refused, is_silent, hangs;
	uint32_t slow_ms;
	struct chaos_strike strike;
	uint64_t random; /* for what the strike leaves behind */
};

struct chaos {
	uint64_t seed;
	struct chaos_fault faults[CHAOS_MAX];
	size_t count;
	/* the cable */
	bool is_unplugged;
	uint64_t unplug_ns, replug_ns;
};

void chaos_init(struct chaos *chaos, uint64_t seed);

/* Reads a line. false: why, which the caller lends, says what was expected. */
bool chaos_parse(const char *line, struct chaos_fault *fault, char *why, size_t why_len);
/* The line that gives this fault; always ended, CHAOS_LINE_MAX holds every one. */
void chaos_print(const struct chaos_fault *fault, char *line, size_t len);
/* The grammar, a line for each kind; NULL after the last. */
const char *chaos_help(size_t index);

/* Adds a fault, which counts from now on. false: why says what is wrong with it. */
bool chaos_add(struct chaos *chaos, const char *line, uint64_t now_ns, char *why, size_t why_len);
/* No fault any more, and the cable back in. */
void chaos_clear(struct chaos *chaos);
/* What is stuck and what lies, put into the flash. */
void chaos_settle(const struct chaos *chaos, struct flash *flash);

/* A byte passes that way: what comes out, and how many bytes it is (0: lost). */
size_t chaos_byte(struct chaos *chaos, enum chaos_way way, uint8_t byte, uint8_t out[CHAOS_OUT_MAX],
	struct chaos_strike *strike);
/* The ROM has taken a command. */
struct chaos_hit chaos_command(struct chaos *chaos, uint8_t command);

/* The cable comes out at from_ns, for ms (0: for ever). */
void chaos_unplug(struct chaos *chaos, uint64_t from_ns, uint32_t ms);
/* When it will do something by itself; CHAOS_NEVER: not. */
uint64_t chaos_next_ns(const struct chaos *chaos);
/* The cable follows the time. */
void chaos_advance(struct chaos *chaos, uint64_t now_ns);
/* A stray byte that is due; call until false. */
bool chaos_noise(struct chaos *chaos, uint64_t now_ns, enum chaos_way *way, uint8_t *byte);

/* splitmix64 */
uint32_t chaos_random(uint64_t *state);

#endif /* BENCHD_SIMULATOR_CHAOS_H */
