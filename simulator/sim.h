/* SPDX-License-Identifier: MIT */
/*
 * sim.h - a simulated board behind a struct wire with a virtual clock, for tests: thousands of
 * scenarios in seconds. The same machine that stm32sim puts behind a pty.
 * Written from docs/facts/an3155.md, never from protocol/frame.c: two readings must agree.
 * One thread per board.
 */
#ifndef BENCHD_SIMULATOR_SIM_H
#define BENCHD_SIMULATOR_SIM_H

#include "protocol/wire.h"
#include "simulator/miswire.h"
#include "simulator/quirk.h"

struct sim_options {
	const char *part;          /* a name of parts.c, as "f103rb" */
	const struct part *custom; /* one of the caller's own instead, borrowed; NULL: part */
	uint32_t adapter_latency_us, max_baud; /* adapter.h; 0: none */
	uint64_t seed;                         /* gives the unique id and the luck of faults */
	unsigned add_quirks, drop_quirks;      /* enum sim_quirk bits */
	unsigned miswires;                     /* enum sim_miswire bits */
	uint32_t product_id; /* answer this id instead of the part's own; 0: its own */
	bool no_reset;       /* the control cannot restart it (like manual) */
	bool can_power;      /* the control can switch the supply off and on */
	bool starts_in_bootloader;
	const struct program_ops *program; /* what the flash is taken for; NULL: it is silent */
	/* What the wire's modem lines reach, as in the `lines` control: "dtr", "!rts"; NULL:
	 * nothing. */
	const char *wire_reset, *wire_boot0;
};

struct program_ops;
struct sim;
/* NULL: no memory, or no such part. Flash is erased, BOOT0 low, power on for a second. */
struct sim *sim_new(const struct sim_options *options);
void sim_free(struct sim *sim);
/* Both borrow sim. Time in them is virtual: pause() and timeouts cost nothing. */
struct wire sim_wire(struct sim *sim);
struct control sim_control(struct sim *sim);

/* What a test looks at and sets. */
uint8_t *sim_flash(struct sim *sim, size_t *len); /* the cells, as they are */
void sim_set_readout_protected(struct sim *sim, bool on);
/* What is wrong around it from now on: enum sim_miswire bits; 0: nothing. */
void sim_miswire(struct sim *sim, unsigned miswires);
/* The unit that holds this sector. */
void sim_set_write_protected(struct sim *sim, uint32_t sector, bool on);
bool sim_runs_application(const struct sim *sim); /* since the last reset or Go */
unsigned sim_erases(const struct sim *sim);       /* erase requests carried out */
unsigned sim_writes(const struct sim *sim);       /* Write Memory commands carried out */
unsigned sim_resets(const struct sim *sim);
uint64_t sim_wire_bytes(const struct sim *sim); /* both directions */
uint64_t sim_now_us(const struct sim *sim);
/* Puts bytes into the host's receive buffer, as noise or an application's output would. */
void sim_inject(struct sim *sim, struct span bytes);

/*
 * Adds a fault (chaos.h), its line made as printf does. false: the line is wrong; standard error
 * says how. Faults go by themselves when they have struck, or with sim_heal().
 */
__attribute__((format(printf, 2, 3))) bool sim_fault(struct sim *sim, const char *format, ...);
void sim_heal(struct sim *sim);
/* What the option bytes hold there, as if it had been so at power-on. */
void sim_set_option_byte(struct sim *sim, uint32_t addr, uint8_t value);
/* From now on the cable spoils what is faster than this (adapter.h); 0: nothing. */
void sim_set_max_baud(struct sim *sim, uint32_t max_baud);

#endif /* BENCHD_SIMULATOR_SIM_H */
