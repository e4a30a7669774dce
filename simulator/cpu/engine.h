/* SPDX-License-Identifier: MIT */
/*
 * engine.h - instructions, by Unicorn: the only file behind which it lies. Registers, memory and
 * the blocks of code it runs; it decides nothing. Private to cpu/. One thread per engine.
 */
#ifndef BENCHD_SIMULATOR_CPU_ENGINE_H
#define BENCHD_SIMULATOR_CPU_ENGINE_H

#include "protocol/bytes.h"

struct cpu;
struct engine;

/* NULL: no memory, or refused. Borrows cpu for its options and as the receiver of its calls. */
struct engine *engine_new(struct cpu *cpu);
void engine_free(struct engine *engine);

/* Why it stopped; PC is that of the instruction at fault, or behind WFI, WFE and SVC. */
enum engine_stop {
	ENGINE_ASKED, /* core_block() said so, before the block at PC */
	ENGINE_WFI,
	ENGINE_WFE,
	ENGINE_SVC,
	ENGINE_BKPT,
	ENGINE_RETURN, /* BX to a magic value: PC holds it */
	ENGINE_UNDEFINED,
	ENGINE_NO_COPROCESSOR,
	ENGINE_INVALID_STATE,
	ENGINE_UNALIGNED,
	ENGINE_DIVIDED_BY_ZERO,
	ENGINE_NO_DATA, /* read or write of nothing: engine_fault_addr() */
	ENGINE_NO_CODE, /* fetch from nothing */
	ENGINE_BROKEN,  /* Unicorn itself failed */
};
/* Runs from PC on. */
enum engine_stop engine_run(struct engine *engine);
uint32_t engine_fault_addr(const struct engine *engine);
/* The start of the block that runs or ran last. */
uint32_t engine_block(const struct engine *engine);
uint32_t engine_block_size(const struct engine *engine);

enum engine_register {
	ENGINE_R0,
	ENGINE_R12 = 12,
	ENGINE_SP,
	ENGINE_LR,
	ENGINE_PC,
	ENGINE_XPSR,
	ENGINE_MSP,
	ENGINE_PSP,
	ENGINE_CONTROL,
	ENGINE_PRIMASK,
	ENGINE_BASEPRI,
	ENGINE_FAULTMASK,
	ENGINE_FPSCR,
	ENGINE_REGISTERS,
};
uint32_t engine_get(struct engine *engine, enum engine_register which);
void engine_set(struct engine *engine, enum engine_register which, uint32_t value);
/* D0..D15. */
uint64_t engine_get_double(struct engine *engine, unsigned which);
void engine_set_double(struct engine *engine, unsigned which, uint64_t value);

struct engine_masks {
	bool primask, faultmask;
	uint8_t basepri;
};
struct engine_masks engine_masks(struct engine *engine);
/*
 * Handler mode of exception ipsr, or thread mode (0), with this CONTROL. The stack pointers keep
 * their values; SPSEL and nPRIV can only be written in the right modes, which this sees to.
 */
void engine_set_mode(struct engine *engine, unsigned ipsr, uint32_t control);

/* Code translated from these addresses is dropped. Not from within a call of the engine's. */
void engine_drop(struct engine *engine, uint64_t from, uint64_t to);

#endif /* BENCHD_SIMULATOR_CPU_ENGINE_H */
