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

/* Quirks of a ROM, as bits (docs/facts/an3155.md 8.3 and 9). A part's own are on by default. */
enum sim_quirk {
	SIM_DOUBLE_ACK_AT_SYNC = 1 << 0,        /* Q1 */
	SIM_WRONG_GET_COUNT = 1 << 1,           /* Q2 */
	SIM_DOUBLE_NACK_PROTECTED = 1 << 2,     /* Q5 */
	SIM_NO_NACK_BAD_ADDRESS = 1 << 3,       /* Q6 */
	SIM_REFUSE_SHORT_SYSTEM_READS = 1 << 4, /* Q7 */
	SIM_SILENT_WRITE_FAILURE = 1 << 5,      /* writes are ACKed and change nothing */
	SIM_DEAF = 1 << 6,                      /* never answers: a board that is not there */
	SIM_NEEDS_PARITY = 1 << 7, /* drops bytes sent without even parity (section 1) */
};

struct sim_options {
	const char *part; /* "f103rb", "f072rb", "f407vg", "l152re", "l476rg", "g071rb", "h743zi" */
	uint64_t seed;    /* gives the unique id */
	unsigned add_quirks, drop_quirks; /* enum sim_quirk bits */
	uint32_t product_id;              /* answer this id instead of the part's own; 0: its own */
	bool no_reset;                    /* the control cannot restart it (like manual) */
	bool starts_in_bootloader;
	/* What the wire's modem lines reach, as in the `lines` control: "dtr", "!rts"; NULL:
	 * nothing. */
	const char *wire_reset, *wire_boot0;
};

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
void sim_set_write_protected(struct sim *sim, uint32_t sector, bool on);
bool sim_runs_application(const struct sim *sim); /* since the last reset or Go */
unsigned sim_erases(const struct sim *sim);       /* erase requests carried out */
unsigned sim_writes(const struct sim *sim);       /* Write Memory commands carried out */
unsigned sim_resets(const struct sim *sim);
uint64_t sim_wire_bytes(const struct sim *sim); /* both directions */
uint64_t sim_now_us(const struct sim *sim);
/* Puts bytes into the host's receive buffer, as noise or an application's output would. */
void sim_inject(struct sim *sim, struct span bytes);

/* Faults: the nth (from 1) occurrence since the call is hit once; 0 cancels. */
void sim_drop_to_host(struct sim *sim, unsigned nth); /* a byte from the board is lost */
void sim_corrupt_to_host(struct sim *sim, unsigned nth);
void sim_drop_to_board(struct sim *sim, unsigned nth);
void sim_corrupt_to_board(struct sim *sim, unsigned nth);
void sim_nack_command(struct sim *sim, uint8_t command, unsigned nth); /* its last stage NACKs */
void sim_mute_command(struct sim *sim, uint8_t command, unsigned nth); /* silence from there on */
void sim_vanish_after(struct sim *sim, unsigned bytes); /* the wire gives ERR_GONE from then */

#endif /* BENCHD_SIMULATOR_SIM_H */
