/* SPDX-License-Identifier: MIT */
/*
 * rom.h - ST's serial bootloader as a state machine: a byte in, a reply out. Written from
 * docs/facts/an3155.md sections 1 to 8. It knows no time and no rate: a reply says for how long
 * the ROM is busy, the machine makes it so. One thread per ROM.
 */
#ifndef BENCHD_SIMULATOR_ROM_H
#define BENCHD_SIMULATOR_ROM_H

#include "simulator/chaos.h"
#include "simulator/memory.h"

enum rom_after {
	ROM_STAYS,
	ROM_RESETS,
	ROM_LAUNCHES, /* resets, and loads the option bytes anew */
	ROM_LOSES_POWER,
	ROM_JUMPS,
};

enum { ROM_REPLY_MAX = 1 + 256, ROM_BLOCK_MAX = 2 + 2 * 2048 + 1 };

/* What one byte made the ROM do. */
struct rom_reply {
	uint8_t bytes[ROM_REPLY_MAX];
	size_t len;
	size_t busy_at;       /* before this byte (len: after the last) ... */
	uint32_t busy_us;     /* ... the ROM is busy this long and hears nothing */
	uint32_t slow_ms;     /* ... and this long more, which no time scale changes */
	enum rom_after after; /* when the last byte has left */
	uint32_t down_ms;     /* ROM_LOSES_POWER, unplugs: for how long */
	uint32_t jump_to;     /* ROM_JUMPS: the vector table */
	bool unplugs;         /* the cable comes out ... */
	uint32_t unplug_us;   /* ... so long from now */
};

struct rom {
	struct memory *memory; /* borrowed */
	unsigned quirks;       /* enum sim_quirk */
	uint16_t product_id;
	struct chaos *chaos;     /* borrowed; NULL: nothing goes wrong */
	unsigned erases, writes; /* requests carried out */
	bool is_hung;            /* no reset helps: until its power was off */
	/* the rest is the ROM's own, gone at reset */
	bool is_synced, is_deaf, is_refusing;
	uint32_t addr, length, polynomial;
	struct chaos_hit hit;         /* what befalls the command */
	uint8_t block[ROM_BLOCK_MAX]; /* what has come; longer blocks lose their end */
	size_t have, need;
	uint8_t check; /* XOR of all of the block */
	void (*stage)(struct rom *rom, struct rom_reply *reply);
};

/* Borrows memory; id and quirks are its part's own. */
void rom_init(struct rom *rom, struct memory *memory);
/* Back to waiting for 7F. Counts stay. */
void rom_reset(struct rom *rom);
/* Fills *reply; an empty one means silence. */
void rom_receive(struct rom *rom, uint8_t byte, struct rom_reply *reply);
/* A byte came while it was busy: lost, and on some parts fatal. */
void rom_overrun(struct rom *rom);

#endif /* BENCHD_SIMULATOR_ROM_H */
