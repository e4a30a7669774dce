/* SPDX-License-Identifier: MIT */
/* computer_spin.c - programs that wait by reading. */
#include "simulator/computer_spin.h"

#include <stddef.h>

/*
 * Loops that count their reads as a timeout still end: the first reads cost nothing, a thousand
 * cost a millisecond. A console that is polled is looked at every 50 us, less than a byte takes.
 */
static const struct {
	uint32_t streak, ns;
} steps[] = {
	{ 32768, 50000 },
	{ 4096, 5000 },
	{ 256, 1000 },
};

uint32_t spin_read(struct spin *spin, uint32_t addr, uint32_t value)
{
	const uint32_t slot = addr / 4 % SPIN_ENTRIES;

	if (spin->seen[slot].addr != addr || spin->seen[slot].value != value) {
		spin->seen[slot].addr = addr;
		spin->seen[slot].value = value;
		spin->streak = 0;
		return 0;
	}
	if (spin->streak < UINT32_MAX)
		spin->streak++;
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		if (spin->streak >= steps[i].streak)
			return steps[i].ns;
	}
	return 0;
}

void spin_write(struct spin *spin)
{
	spin->streak = 0;
}
