/* SPDX-License-Identifier: MIT */
/*
 * decode.h - which instruction of a block made an access. The engine knows only the block: the
 * registers at the moment of the access say which load or store reaches that address.
 * Pure. Private to cpu/. Source: DDI 0403, A5 to A7.
 */
#ifndef BENCHD_SIMULATOR_CPU_DECODE_H
#define BENCHD_SIMULATOR_CPU_DECODE_H

#include "protocol/bytes.h"

struct decode_access {
	const uint32_t *registers; /* r0..r14 */
	uint32_t addr;
	bool is_write;
};
/*
 * The offset within code (which is at pc) of the first instruction that may make the access;
 * -1: none does.
 */
int decode_find(struct span code, uint32_t pc, const struct decode_access *access);
/* Bytes of the instruction that begins with this half-word: 2 or 4. */
unsigned decode_size(uint16_t first);
/* A floating-point instruction: its first and second half-word. */
bool decode_is_float(uint16_t first, uint16_t second);

struct decode_traps {
	bool floats, divisions;
};
/* It stores, sets masks or has to do with floats: running it again may not be the same. */
bool decode_changes(struct span code);
/* The offset of the first instruction of these kinds; -1: none. */
int decode_trap(struct span code, struct decode_traps traps);

#endif /* BENCHD_SIMULATOR_CPU_DECODE_H */
