/* SPDX-License-Identifier: MIT */
/*
 * options.h - what the option bytes say of protection, family by family: RDP and WRP as RM0008
 * (F1), RM0091 (F0, F3), RM0090 (F2, F4), RM0038 (L0, L1) and RM0351 (L4, G0, G4, C0, WB) have
 * them. Bytes are written at once and take effect when the part loads them. Where a family keeps
 * them in registers, or a unit has no byte of its own, the flash keeps the state itself. One thread
 * per memory.
 */
#ifndef BENCHD_SIMULATOR_OPTIONS_H
#define BENCHD_SIMULATOR_OPTIONS_H

#include "simulator/memory.h"

/* A fresh part: nothing is protected. */
void options_init(struct memory *memory);
/* The part loads them. is_power_on ends what waits for that (Q20). */
void options_load(struct memory *memory, bool is_power_on);

/* Readout protection level 1 or 0, in the bytes. */
void options_protect_readout(struct memory *memory, bool on);
/* Exactly these units are write-protected, in the bytes; numbers that do not exist are ignored. */
void options_protect_units(struct memory *memory, const uint8_t *units, size_t count);
/* One unit more or less than now, and it takes effect: for those who set the scene. */
void options_set_unit(struct memory *memory, uint32_t unit, bool on);

#endif /* BENCHD_SIMULATOR_OPTIONS_H */
