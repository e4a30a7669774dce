/* SPDX-License-Identifier: MIT */
/*
 * miswire.h - what is wrong between a host and a board, as named bits: a jumper, a wire that is
 * loose or in the wrong place, an adapter that cannot do what it is told. A board has none by
 * itself. Constant data; any thread.
 */
#ifndef BENCHD_SIMULATOR_MISWIRE_H
#define BENCHD_SIMULATOR_MISWIRE_H

#include <stddef.h>

enum sim_miswire {
	SIM_JOINED = 1 << 0,
	SIM_NO_TX = 1 << 1,
	SIM_NO_RX = 1 << 2,
	SIM_NO_PARITY = 1 << 3,
	SIM_BOOT0_LOW = 1 << 4,
	SIM_BOOT0_HIGH = 1 << 5,
	SIM_NO_RESET = 1 << 6,
	SIM_OTHER_INTERFACE = 1 << 7,
	SIM_BAD_CLOCK = 1 << 8,
};

struct miswire {
	const char *name;
	unsigned bit;
	const char *what; /* one line, for people */
};

/* From 0 on; NULL after the last. */
const struct miswire *miswire_at(size_t index);
/* A bit by its name, as "boot0-low"; 0: no such thing. */
unsigned miswire_find(const char *name);

#endif /* BENCHD_SIMULATOR_MISWIRE_H */
