/* SPDX-License-Identifier: MIT */
/* boot_latency.c - what an adapter adds to each answer, and what to do about it. */
#include "protocol/boot_internal.h"

#include <string.h>

enum {
	BITS_PER_BYTE = 11,
	LONG_TURNAROUND_US = 2000, /* from here on it is an adapter that gathers bytes */
	PACKET = 62,               /* FTDI's, beside two bytes of status [memory, unverified] */
	BURST_ACKS = 3,
	LAST_ACKS = 1, /* step by step, those before the last were waited for */
};

/* The middle one: one may be long because we were not let run, or short by luck. */
void boot_note_turnaround(struct boot *boot, uint64_t began_us, size_t bytes)
{
	uint32_t *const all = boot->turnarounds_us;
	const uint64_t took_us = boot->wire.ops->now_us(boot->wire.ctx) - began_us;
	const uint64_t line_us = bytes * BITS_PER_BYTE * 1000000ull / boot->options.settings.baud;
	const uint64_t us = took_us > line_us ? took_us - line_us : 0;
	const uint32_t capped = us < 1 ? 1 : us < UINT32_MAX ? (uint32_t)us : UINT32_MAX;
	size_t at = 0;

	if (boot->turnaround_count == BOOT_TURNAROUNDS)
		return;
	while (at < boot->turnaround_count && all[at] < capped)
		at++;
	memmove(all + at + 1, all + at, (boot->turnaround_count - at) * sizeof(*all));
	all[at] = capped;
	boot->turnaround_count++;
	boot->turnaround_us = all[(boot->turnaround_count - 1) / 2];
}

/*
 * An answer of whole packets is passed on at once: only a partial one waits for the adapter's
 * timer.
 */
size_t boot_read_size(const struct boot *boot)
{
	const size_t most = boot_longest_read(boot);
	const size_t acks = boot->bursts ? BURST_ACKS : LAST_ACKS;

	if (boot->turnaround_us < LONG_TURNAROUND_US)
		return most;
	return (most + acks) / PACKET * PACKET - acks;
}
