/* SPDX-License-Identifier: MIT */
/*
 * swap.h - a wire and a control that lead to one simulated board until it is restarted, and to
 * another from then on: someone has changed the board. One thread.
 */
#ifndef BENCHD_TESTS_PROTOCOL_SWAP_H
#define BENCHD_TESTS_PROTOCOL_SWAP_H

#include "simulator/sim.h"

struct swap {
	struct sim *now, *next; /* borrowed; next NULL: it was swapped, or will not be */
};

/* Both borrow swap. */
struct wire swap_wire(struct swap *swap);
struct control swap_control(struct swap *swap);

#endif /* BENCHD_TESTS_PROTOCOL_SWAP_H */
