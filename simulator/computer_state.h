/* SPDX-License-Identifier: MIT */
/* computer_state.h - what the files of the computer share. Private to them. */
#ifndef BENCHD_SIMULATOR_COMPUTER_STATE_H
#define BENCHD_SIMULATOR_COMPUTER_STATE_H

#include "simulator/computer_spin.h"
#include "simulator/cpu/cpu.h"
#include "simulator/program.h"
#include "simulator/soc/soc.h"

#define NS_PER_S 1000000000u

enum { PORTS = 11, PINS = 16, SAID_MAX = 128 };

struct computer {
	struct memory *memory;
	const struct program_host *host;
	struct soc *soc;
	struct cpu *cpu; /* NULL until the first start */
	uint32_t alias;  /* what cpu finds at address 0 */
	/* Time is counted from here, in cycles of hz. */
	uint64_t from_ns, from_cycles;
	uint32_t hz, reset_hz; /* reset_hz: as a reset leaves it */
	uint64_t waited;       /* cycles on the bus, not yet told to the core */
	uint64_t reset_ns, end_ns, stall_ns, event_ns;
	bool is_running, wants_reset;
	uint64_t ran; /* cycles, ever */
	struct spin spin;
	uint32_t changes[PORTS][PINS];
	uint32_t said[SAID_MAX]; /* hashes of lines */
	unsigned said_count;
};

/* The time that the core has reached; it has been started. */
uint64_t computer_now_ns(const struct computer *computer);
/* After a change of the clock, and each second, lest numbers grow too large. */
void computer_keep_count(struct computer *computer);
/* The chip resets itself, as soon as the core has stopped. */
void computer_ask_reset(struct computer *computer);
/* A line for whoever watches; ctx is the computer. */
void computer_report(void *ctx, const char *line);

/* computer_bus.c: what core and peripherals call. */
struct cpu_bus computer_bus(struct computer *computer);
struct soc_hooks computer_hooks(struct computer *computer);

#endif /* BENCHD_SIMULATOR_COMPUTER_STATE_H */
