/* SPDX-License-Identifier: MIT */
/* chaos.c - faults on demand: when they strike, and what they do. */
#include "simulator/chaos.h"

#include <stdio.h>

#define NS_PER_MS 1000000u
#define NS_PER_S 1000000000u

enum { MILLION = 1000000 };

uint32_t chaos_random(uint64_t *state)
{
	uint64_t z = *state += 0x9E3779B97F4A7C15u;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return (uint32_t)((z ^ z >> 31) >> 32);
}

void chaos_init(struct chaos *chaos, uint64_t seed)
{
	*chaos = (struct chaos){ .seed = seed };
	chaos_clear(chaos);
}

void chaos_clear(struct chaos *chaos)
{
	chaos->count = 0;
	chaos->is_unplugged = false;
	chaos->unplug_ns = chaos->replug_ns = CHAOS_NEVER;
}

/* FNV-1a over the line, so that a fault's luck does not depend on the others. */
static uint64_t luck_of(uint64_t seed, const char *line)
{
	uint64_t hash = 0xCBF29CE484222325u ^ seed;

	for (; *line; line++)
		hash = (hash ^ (uint8_t)*line) * 0x100000001B3u;
	return hash;
}

/* The next stray byte: on average one in NS_PER_S / rate, evenly spread up to twice that. */
static void schedule_noise(struct chaos_fault *fault, uint64_t now_ns)
{
	const uint64_t mean = NS_PER_S / fault->values[CHAOS_RATE];

	fault->next_ns = now_ns + 1 + chaos_random(&fault->random) % (2 * mean);
}

bool chaos_add(struct chaos *chaos, const char *line, uint64_t now_ns, char *why, size_t why_len)
{
	struct chaos_fault fault;
	char plain[CHAOS_LINE_MAX];

	if (!chaos_parse(line, &fault, why, why_len))
		return false;
	if (chaos->count == CHAOS_MAX) {
		snprintf(why, why_len, "there are %d faults already", CHAOS_MAX);
		return false;
	}
	chaos_print(&fault, plain, sizeof(plain));
	fault.random = luck_of(chaos->seed, plain);
	if (fault.kind == CHAOS_NOISE)
		schedule_noise(&fault, now_ns);
	chaos->faults[chaos->count++] = fault;
	return true;
}

void chaos_settle(const struct chaos *chaos, struct flash *flash)
{
	flash_heal(flash);
	for (size_t i = 0; i < chaos->count; i++) {
		const struct chaos_fault *fault = &chaos->faults[i];

		if (fault->kind == CHAOS_STUCK)
			flash_stick(flash, fault->values[CHAOS_ADDR], fault->values[CHAOS_BIT],
				fault->values[CHAOS_VALUE]);
		else if (fault->kind == CHAOS_LIE)
			flash_lie(flash, fault->values[CHAOS_SECTOR]);
	}
}

static bool is_due(struct chaos_fault *fault)
{
	bool due;

	fault->seen++;
	if (fault->values[CHAOS_NTH])
		due = fault->seen == fault->values[CHAOS_NTH];
	else if (fault->values[CHAOS_EVERY])
		due = fault->seen % fault->values[CHAOS_EVERY] == 0;
	else
		due = chaos_random(&fault->random) % MILLION < fault->values[CHAOS_P];
	fault->hits += due;
	return due;
}

static struct chaos_strike strike_of(const struct chaos_fault *fault)
{
	return (struct chaos_strike){ fault->kind, fault->values[CHAOS_US],
		fault->values[CHAOS_MS] };
}

/* One fault's effect on what is on its way; 0 bytes: lost. */
static size_t damage(const struct chaos_fault *fault, uint8_t out[CHAOS_OUT_MAX], size_t count,
	struct chaos_strike *strike)
{
	uint8_t *const last = &out[count - 1];

	switch (fault->kind) {
	case CHAOS_DROP:
		return count - 1;
	case CHAOS_CORRUPT:
		*last ^= (uint8_t)fault->values[CHAOS_XOR];
		return count;
	case CHAOS_INSERT:
	case CHAOS_DUPLICATE:
		if (count == CHAOS_OUT_MAX)
			return count;
		out[count] = *last;
		if (fault->kind == CHAOS_INSERT)
			*last = (uint8_t)fault->values[CHAOS_BYTE];
		return count + 1;
	default:
		*strike = strike_of(fault);
		return count;
	}
}

size_t chaos_byte(struct chaos *chaos, enum chaos_way way, uint8_t byte, uint8_t out[CHAOS_OUT_MAX],
	struct chaos_strike *strike)
{
	size_t count = 1;

	out[0] = byte;
	*strike = (struct chaos_strike){ 0 };
	for (size_t i = 0; i < chaos->count; i++) {
		struct chaos_fault *fault = &chaos->faults[i];

		if (fault->ways & way && fault->kind != CHAOS_NOISE && is_due(fault) && count)
			count = damage(fault, out, count, strike);
	}
	return count;
}

/* Erase and Extended Erase are one here: a ROM has one of them. */
static bool is_about(const struct chaos_fault *fault, uint8_t command)
{
	if (fault->ways || fault->kind < CHAOS_NACK || fault->kind > CHAOS_UNPLUG)
		return false;
	return fault->command == CHAOS_ANY_COMMAND || fault->command == command ||
		(fault->command == 0x43 && command == 0x44);
}

struct chaos_hit chaos_command(struct chaos *chaos, uint8_t command)
{
	struct chaos_hit hit = { 0 };

	for (size_t i = 0; i < chaos->count; i++) {
		struct chaos_fault *fault = &chaos->faults[i];

		if (!is_about(fault, command) || !is_due(fault))
			continue;
		if (fault->kind == CHAOS_NACK)
			hit.is_refused = true;
		else if (fault->kind == CHAOS_SILENCE)
			hit.is_silent = true;
		else if (fault->kind == CHAOS_HANG)
			hit.is_silent = hit.hangs = true;
		else if (fault->kind == CHAOS_SLOW)
			hit.slow_ms += fault->values[CHAOS_MS];
		else
			hit.strike = strike_of(fault);
		hit.random = fault->random;
	}
	return hit;
}

void chaos_unplug(struct chaos *chaos, uint64_t from_ns, uint32_t ms)
{
	chaos->unplug_ns = from_ns;
	chaos->replug_ns = ms ? from_ns + (uint64_t)ms * NS_PER_MS : CHAOS_NEVER;
}

void chaos_advance(struct chaos *chaos, uint64_t now_ns)
{
	if (now_ns >= chaos->unplug_ns) {
		chaos->is_unplugged = true;
		chaos->unplug_ns = CHAOS_NEVER;
	}
	if (chaos->is_unplugged && now_ns >= chaos->replug_ns) {
		chaos->is_unplugged = false;
		chaos->replug_ns = CHAOS_NEVER;
	}
}

uint64_t chaos_next_ns(const struct chaos *chaos)
{
	uint64_t next = chaos->unplug_ns;

	if (chaos->is_unplugged && chaos->replug_ns < next)
		next = chaos->replug_ns;
	for (size_t i = 0; i < chaos->count; i++) {
		if (chaos->faults[i].next_ns < next)
			next = chaos->faults[i].next_ns;
	}
	return next;
}

bool chaos_noise(struct chaos *chaos, uint64_t now_ns, enum chaos_way *way, uint8_t *byte)
{
	for (size_t i = 0; i < chaos->count; i++) {
		struct chaos_fault *fault = &chaos->faults[i];

		if (fault->next_ns > now_ns)
			continue;
		const uint32_t luck = chaos_random(&fault->random);

		*byte = (uint8_t)luck;
		*way = (enum chaos_way)fault->ways;
		if (*way == CHAOS_BOTH_WAYS)
			*way = luck & 0x100 ? CHAOS_TO_HOST : CHAOS_TO_BOARD;
		fault->hits++;
		schedule_noise(fault, fault->next_ns);
		return true;
	}
	return false;
}
