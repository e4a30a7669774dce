/* SPDX-License-Identifier: MIT */
/*
 * program.h - what runs when the ROM does not. machine.c reaches it through this table and no other
 * way: computer.h executes what is in the flash, the inert program (here) only says whether there
 * is something to execute. One thread per program. Time is the machine's.
 */
#ifndef BENCHD_SIMULATOR_PROGRAM_H
#define BENCHD_SIMULATOR_PROGRAM_H

#include "protocol/wire.h"
#include "simulator/memory.h"

/* What a program does to the board that it runs on. */
struct program_host {
	/* A byte begins to leave on the host's USART. */
	void (*transmit)(
		void *ctx, uint8_t byte, const struct wire_settings *line, uint64_t now_ns);
	/* The chip resets itself; the machine does it when advance() is back or is called next. */
	void (*reset)(void *ctx, uint64_t now_ns);
	/* It jumped into the ROM, which runs from now on; done as a reset is. */
	void (*enter_rom)(void *ctx, uint64_t now_ns);
	/* A line for whoever watches: a register that is not known, a core that locked up. */
	void (*report)(void *ctx, const char *line);
	void *ctx;
	uint32_t time_percent; /* of erase and program times */
};

struct program_pin {
	bool is_output, is_high;
	uint32_t changes; /* of the output, since power-on */
};

enum program_reset {
	PROGRAM_POWER_ON,
	PROGRAM_PIN,    /* NRST */
	PROGRAM_SYSTEM, /* by itself */
	PROGRAM_LAUNCH, /* by the ROM: the option bytes are loaded anew */
};

struct program_ops {
	/* Borrows memory and host for its life. NULL: no memory, or it cannot be this part. */
	void *(*open)(struct memory *memory, const struct program_host *host);
	void (*close)(void *ctx);
	/* Held in reset, or without power: nothing runs. */
	void (*stop)(void *ctx, uint64_t now_ns);
	/* Out of reset. is_rom: BOOT0 says that the ROM runs first. */
	void (*reset)(void *ctx, enum program_reset cause, bool is_rom, uint64_t now_ns);
	/* Starts from the vector table at base: out of reset, or by the ROM's Go. */
	void (*start)(void *ctx, uint32_t base, bool is_go, uint64_t now_ns);
	/* A byte whose last bit came in at now_ns, which advance() has reached. */
	void (*receive)(void *ctx, uint8_t byte, const struct wire_settings *from, uint64_t now_ns);
	/* Runs until then. */
	void (*advance)(void *ctx, uint64_t now_ns);
	/* When to call advance() next; UINT64_MAX: nothing happens by itself. */
	uint64_t (*next_ns)(const void *ctx);
	bool (*is_running)(const void *ctx);
	/* A pin, 'A' to 'K' and 0 to 15. false: there is none, or nobody knows. */
	bool (*pin)(const void *ctx, char port, unsigned pin, struct program_pin *is);
	/* Those that were executed, ever. */
	uint64_t (*cycles)(const void *ctx);
};

/* Runs when the vector table is plausible; silent, and hears nothing. */
extern const struct program_ops program_inert;
/* The same, but it talks: "ready" and a line end when it starts, then "tick" ten times a second. */
extern const struct program_ops program_talker;

#endif /* BENCHD_SIMULATOR_PROGRAM_H */
