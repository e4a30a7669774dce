/* SPDX-License-Identifier: MIT */
/*
 * machine.h - a board: power, the reset and BOOT0 pins, what runs, and its UART. Time is handed in,
 * in nanoseconds that never go back, so the same machine serves a virtual clock and a real one.
 * One thread per machine.
 */
#ifndef BENCHD_SIMULATOR_MACHINE_H
#define BENCHD_SIMULATOR_MACHINE_H

#include "simulator/line.h"
#include "simulator/miswire.h"
#include "simulator/program.h"
#include "simulator/rom.h"

#define MACHINE_NEVER UINT64_MAX

struct machine_options {
	const char *part;
	const struct part *custom; /* a part that is no row of the table; NULL: part names one */
	uint64_t seed;             /* gives the unique id and the luck of faults */
	uint8_t *cells;            /* lent flash cells; NULL: erased ones of its own */
	unsigned add_quirks, drop_quirks;
	uint32_t product_id;   /* 0: the part's own */
	uint32_t time_percent; /* of start-up, erase and program times; 0: they take none */
	bool boot0;
	unsigned miswires;                 /* enum sim_miswire */
	const struct program_ops *program; /* NULL: program_inert */
	/* Lines about what is not known or went wrong inside; NULL: nobody listens. */
	void (*report)(void *ctx, const char *line);
	void *report_ctx;
};

struct machine_stats {
	unsigned resets;
	uint64_t to_host, to_board; /* bytes on the wire */
	uint64_t lost;              /* bytes to the board that nobody heard */
};

/* Bytes on their way out; each is there when its last bit has left. */
struct machine_tx {
	uint64_t end_ns;
	struct wire_settings line;
	uint8_t byte;
};

struct machine {
	struct memory memory;
	struct rom rom;
	void *program;
	struct chaos chaos; /* faults on demand, and whether the cable is in */
	struct machine_stats stats;
	unsigned miswires; /* enum sim_miswire; may change at any time */
	/* the rest is the machine's own */
	const struct program_ops *ops;
	struct program_host host;
	void (*report)(void *ctx, const char *line);
	void *report_ctx;
	uint32_t time_percent;
	struct wire_settings line; /* the ROM's */
	bool has_power, in_reset, boot0, is_rom, is_starting, wants_reset, wants_rom;
	uint64_t reset_ns;
	uint64_t start_ns, busy_from_ns, busy_until_ns, free_ns, after_ns;
	enum rom_after after;
	uint32_t jump_to;
	struct machine_tx *tx;
	size_t tx_first, tx_count, tx_cap;
	uint8_t extra[CHAOS_OUT_MAX]; /* what chaos made of a byte, not yet taken */
	size_t extra_count;
	uint32_t down_ms; /* ROM_LOSES_POWER: for how long */
};

/*
 * Power on, out of reset. The machine stays where it is: its program keeps its address.
 * false: no such part, or no memory; nothing to release.
 */
bool machine_init(struct machine *machine, const struct machine_options *options);
void machine_release(struct machine *machine);

/* Pins and power, at a time. Releasing reset starts the board. */
void machine_set_power(struct machine *machine, bool on, uint64_t now_ns);
void machine_set_reset(struct machine *machine, bool held, uint64_t now_ns);
void machine_set_boot0(struct machine *machine, bool high);
void machine_pulse_reset(struct machine *machine, uint64_t now_ns);

/* A byte whose last bit came in at now_ns, sent with these settings. */
void machine_receive(
	struct machine *machine, uint8_t byte, const struct wire_settings *from, uint64_t now_ns);
/* Lets what is due happen. */
void machine_advance(struct machine *machine, uint64_t now_ns);
/* When something will happen by itself, or a byte be there; MACHINE_NEVER: not by itself. */
uint64_t machine_next_ns(const struct machine *machine);
/*
 * The next byte that has left by now_ns, as a host with these settings hears it. false: none yet.
 * Call machine_advance() first.
 */
bool machine_take(
	struct machine *machine, const struct wire_settings *host, uint64_t now_ns, uint8_t *byte);

/* A line of chaos.h. false: why says what is wrong with it. */
bool machine_add_fault(
	struct machine *machine, const char *line, uint64_t now_ns, char *why, size_t why_len);
/* All of them; the cable is back in. */
void machine_clear_faults(struct machine *machine);

bool machine_runs_rom(const struct machine *machine);
/* A pin of the chip as the program drives it. false: there is none, or nobody knows. */
bool machine_pin(const struct machine *machine, char port, unsigned pin, struct program_pin *is);
uint64_t machine_cycles(const struct machine *machine);
/* An application that did not crash. */
bool machine_runs_application(const struct machine *machine);

#endif /* BENCHD_SIMULATOR_MACHINE_H */
