/* SPDX-License-Identifier: MIT */
/*
 * memory.h - the part's address map as the ROM sees it: flash, and the areas of its row in
 * parts.c, with what may be done in each (docs/facts/an3155.md 6). One thread per memory.
 */
#ifndef BENCHD_SIMULATOR_MEMORY_H
#define BENCHD_SIMULATOR_MEMORY_H

#include "simulator/flash.h"

enum memory_use { MEMORY_READ = 1, MEMORY_WRITE = 2, MEMORY_GO = 4 };

struct memory {
	const struct part *part;
	struct flash flash;
	uint8_t *owned_cells;       /* NULL: the flash's cells were lent */
	uint8_t *rams[PART_RAMS];   /* all of the part's RAM; AREA_RAM lies in it */
	uint8_t *bytes[PART_AREAS]; /* what the areas hold */
};

/*
 * Flash with the cells lent (part->flash_bytes of them, kept as they are), or with erased ones of
 * its own when cells is NULL. The unique id follows from seed. false: no memory; nothing to
 * release.
 */
bool memory_init(struct memory *memory, const struct part *part, uint64_t seed, uint8_t *cells);
void memory_release(struct memory *memory);
/* What a reset does to it. */
void memory_reset(struct memory *memory);

/* Whether an access may start at addr. */
bool memory_allows(const struct memory *memory, uint32_t addr, enum memory_use use);
/* The area's kind; AREA_NONE: flash or nothing. */
enum area_kind memory_kind(const struct memory *memory, uint32_t addr);
/* false: one of the bytes cannot be read; out is unspecified then. */
bool memory_read(const struct memory *memory, uint32_t addr, uint8_t *out, size_t len);
/* All that lies from addr to the end of its flash or area; empty outside. Borrowed. */
struct span memory_from(const struct memory *memory, uint32_t addr);
/* What Write Memory does; *busy_us says for how long. false: it failed. */
bool memory_write(struct memory *memory, uint32_t addr, struct span data, uint32_t *busy_us);
/* Clears RAM, as removing the read protection does. */
void memory_clear_ram(struct memory *memory);
/* The stack and reset vectors at base, if they could start a program (section 11). */
bool memory_is_startable(const struct memory *memory, uint32_t base);

#endif /* BENCHD_SIMULATOR_MEMORY_H */
