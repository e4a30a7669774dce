/* SPDX-License-Identifier: MIT */
/*
 * computer_spin.h - notices a program that waits by reading the same registers over and over, and
 * lets time pass faster for it: it would eat a core of the host otherwise. Whatever changes ends
 * it at once. Pure; one thread per spin.
 */
#ifndef BENCHD_SIMULATOR_COMPUTER_SPIN_H
#define BENCHD_SIMULATOR_COMPUTER_SPIN_H

#include <stdbool.h>
#include <stdint.h>

enum { SPIN_ENTRIES = 16 };

struct spin {
	struct {
		uint32_t addr, value;
	} seen[SPIN_ENTRIES];
	uint32_t streak; /* reads in a row that told nothing new */
};

/* A read, and what it gave. How many nanoseconds more it takes. */
uint32_t spin_read(struct spin *spin, uint32_t addr, uint32_t value);
void spin_write(struct spin *spin);

#endif /* BENCHD_SIMULATOR_COMPUTER_SPIN_H */
