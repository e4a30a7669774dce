/* SPDX-License-Identifier: MIT */
/*
 * plan_line.c - an exchange on the line and through an adapter (docs/facts/an3155.md section 3;
 * the bytes are those of boot_memory.c and boot_burst.c).
 */
#include "protocol/plan_line.h"

enum {
	PACKET = 62, /* as boot_latency.c has it */
	PAIR = 2,
	WORD = 5,   /* an address and its checksum */
	LENGTH = 2, /* and its complement */
	ACKS = 3,
};
#define NS_PER_US 1000u

/* When the bytes of an answer leave the board. */
struct answer {
	uint64_t at_ns[FRAME_MAX_DATA + ACKS];
	size_t count;
};

struct plan_line plan_line_of(uint32_t baud, bool has_parity, uint32_t turnaround_us, bool bursts)
{
	const uint64_t bits = has_parity ? 11 : 10;

	return (struct plan_line){ bits * 1000000000u / baud, turnaround_us * (uint64_t)NS_PER_US,
		bursts };
}

/* Bytes that begin to leave then, or when those before them have left. */
static void hear(
	struct answer *answer, const struct plan_line *line, uint64_t from_ns, size_t count)
{
	uint64_t at = answer->count ? answer->at_ns[answer->count - 1] : 0;

	if (at < from_ns)
		at = from_ns;
	for (size_t i = 0; i < count; i++)
		answer->at_ns[answer->count++] = at += line->byte_ns;
}

/* When the host has the last of them: a packet's timer starts with its first byte. */
static uint64_t arrives_ns(const struct answer *answer, const struct plan_line *line)
{
	uint64_t arrived = 0;

	for (size_t first = 0, next; first < answer->count; first = next) {
		const uint64_t due = answer->at_ns[first] + line->turnaround_ns;

		for (next = first + 1; next < answer->count && next - first < PACKET &&
			answer->at_ns[next] <= due;)
			next++;
		arrived = next - first == PACKET ? answer->at_ns[next - 1] : due;
	}
	return arrived;
}

uint64_t plan_line_exchange_us(
	const struct plan_line *line, size_t sent, uint64_t work_us, size_t count)
{
	struct answer answer = { .count = 0 };

	hear(&answer, line, sent * line->byte_ns + work_us * NS_PER_US, count);
	return arrives_ns(&answer, line) / NS_PER_US;
}

/* The first two ACKs come while the rest is being sent. */
static uint64_t burst_us(
	const struct plan_line *line, size_t payload, uint64_t work_us, size_t count)
{
	struct answer answer = { .count = 0 };

	hear(&answer, line, PAIR * line->byte_ns, 1);
	hear(&answer, line, (PAIR + WORD) * line->byte_ns, 1);
	hear(&answer, line, (PAIR + WORD + payload) * line->byte_ns + work_us * NS_PER_US, count);
	return arrives_ns(&answer, line) / NS_PER_US;
}

static uint64_t steps_us(
	const struct plan_line *line, size_t payload, uint64_t work_us, size_t count)
{
	return plan_line_exchange_us(line, PAIR, 0, 1) + plan_line_exchange_us(line, WORD, 0, 1) +
		plan_line_exchange_us(line, payload, work_us, count);
}

uint64_t plan_line_read_us(const struct plan_line *line, size_t len)
{
	return (line->bursts ? burst_us : steps_us)(line, LENGTH, 0, 1 + len);
}

uint64_t plan_line_write_us(const struct plan_line *line, size_t len, uint64_t program_us)
{
	return (line->bursts ? burst_us : steps_us)(line, 1 + len + 1, program_us, 1);
}
