/* SPDX-License-Identifier: MIT */
/*
 * core.h - what the files of cpu/ share: the state of a core and the calls between its parts.
 * Private to cpu/. Exceptions have their numbers of the architecture (IPSR): 16 + IRQ.
 * Source: ARMv7-M Architecture Reference Manual (DDI 0403), part B; ARMv6-M (DDI 0419), part B.
 */
#ifndef BENCHD_SIMULATOR_CPU_CORE_H
#define BENCHD_SIMULATOR_CPU_CORE_H

#include "simulator/cpu/cpu.h"
#include "simulator/cpu/decode.h"
#include "simulator/cpu/engine.h"

enum exception {
	EXC_RESET = 1,
	EXC_NMI = 2,
	EXC_HARD = 3,
	EXC_MEMORY = 4,
	EXC_BUS = 5,
	EXC_USAGE = 6,
	EXC_SVC = 11,
	EXC_DEBUG = 12,
	EXC_PENDSV = 14,
	EXC_SYSTICK = 15,
	EXC_IRQ = 16,
	EXC_COUNT = 256,
};
enum { EXC_WORDS = EXC_COUNT / 32 };

/* One bit, one byte for each exception number. */
struct nvic {
	uint32_t pending[EXC_WORDS], active[EXC_WORDS], enabled[EXC_WORDS], level[EXC_WORDS];
	uint8_t priority[EXC_COUNT];
	unsigned prigroup; /* AIRCR.PRIGROUP */
};

struct systick {
	uint32_t control, reload, value;
	uint64_t stamp; /* cycle up to which value is counted */
};

/* Registers of the System Control Block and its neighbours that hold state. */
struct scb {
	uint32_t vtor, scr, ccr, cfsr, hfsr, dfsr, mmfar, bfar, afsr, shcsr_enables, cpacr;
	uint32_t fpccr, fpcar, fpdscr, actlr, demcr;
	uint32_t dwt_control;
	uint64_t dwt_base; /* CYCCNT = cycles - base while it counts, base while not */
};

enum { STORED_MAX = 96, MPU_REGIONS = 8 };
/* Registers that only keep what was written (MPU, DWT comparators, ITM, TPIU…). */
struct stored {
	struct {
		uint32_t addr, value;
	} entries[STORED_MAX];
	unsigned count;
};

struct mpu {
	uint32_t control, number, base[MPU_REGIONS], attributes[MPU_REGIONS];
};

enum { REPORTED_MAX = 128 };

/* Addresses from..to-1. */
struct range {
	uint64_t from, to;
};
enum { STALE_MAX = 32 };

/* A loop that may be waiting: its start, and the registers there. */
struct idle {
	uint32_t pause; /* blocks until one is looked for */
	uint32_t left;  /* blocks until this one is given up; 0: none is looked at */
	uint32_t pc, registers[ENGINE_PC + 1];
};

struct cpu {
	struct cpu_options options;
	struct engine *engine;
	enum cpu_state state;
	uint64_t cycles, end; /* end: cpu_run() returns about then */
	uint64_t due;         /* the block hook looks up then: end, or SysTick */
	bool is_broken;       /* cpu_break() */
	bool has_event;       /* WFE's event register */
	bool is_for_event;    /* it sleeps by WFE */
	bool must_look; /* pending, priorities or the state changed: look before the next block */
	bool is_masked; /* something pends that only PRIMASK, BASEPRI or FAULTMASK hold back */
	bool is_late_fault; /* an access of this block hit nothing */
	uint32_t late_addr, late_pc;
	bool is_late_write;
	struct nvic nvic;
	struct systick systick;
	struct idle idle;
	uint64_t idled; /* of cycles, those of waiting loops that were not run */
	struct scb scb;
	struct mpu mpu;
	struct stored stored;
	struct cpu_fault fault;
	struct range stale[STALE_MAX]; /* bytes that changed under translated code */
	unsigned stale_count;
	uint32_t reported[REPORTED_MAX];
	unsigned reported_count;
};

static inline bool core_is_v6(const struct cpu *cpu)
{
	return cpu->options.model == CPU_M0 || cpu->options.model == CPU_M0PLUS;
}
static inline bool core_has_fpu(const struct cpu *cpu)
{
	return cpu->options.model == CPU_M4F || cpu->options.model == CPU_M7F;
}
static inline bool bit_of(const uint32_t *words, unsigned n)
{
	return words[n / 32] >> n % 32 & 1;
}
static inline void bit_put(uint32_t *words, unsigned n, bool is_set)
{
	uint32_t bit = (uint32_t)1 << n % 32;

	words[n / 32] = is_set ? words[n / 32] | bit : words[n / 32] & ~bit;
}

/* --- nvic.c --- */
void nvic_reset(struct cpu *cpu);
int nvic_priority(const struct cpu *cpu, unsigned n); /* full; -3..255 */
/* The priority that a new exception must beat: active handlers, and the masks. 256: none. */
int nvic_running(const struct cpu *cpu, struct engine_masks masks);
/* The exception to be taken now under these masks; 0: none. */
unsigned nvic_next(const struct cpu *cpu, struct engine_masks masks);
void nvic_pend(struct cpu *cpu, unsigned n);
void nvic_unpend(struct cpu *cpu, unsigned n);
void nvic_enter(struct cpu *cpu, unsigned n);
void nvic_leave(struct cpu *cpu, unsigned n);
/* offset from 0xE000E100; words. */
uint32_t nvic_load(struct cpu *cpu, uint32_t offset);
void nvic_store(struct cpu *cpu, uint32_t offset, uint32_t value);

/* --- systick.c --- */
void systick_reset(struct cpu *cpu);
void systick_advance(struct cpu *cpu); /* up to cpu->cycles; may pend */
bool systick_is_on(const struct cpu *cpu);
uint64_t systick_due(const struct cpu *cpu); /* the cycle at which it pends; UINT64_MAX */
uint32_t systick_load(struct cpu *cpu, uint32_t offset); /* from 0xE000E010 */
void systick_store(struct cpu *cpu, uint32_t offset, uint32_t value);

/* --- scb.c --- */
void scb_reset(struct cpu *cpu, uint32_t vtor);
/* The private peripheral bus, by word, from 0xE0000000 on; false: the caller's bus is asked. */
bool scb_load(struct cpu *cpu, uint32_t addr, uint32_t *value);
bool scb_store(struct cpu *cpu, uint32_t addr, uint32_t value);

/* --- idle.c --- */
void idle_reset(struct cpu *cpu); /* between two runs of the engine */
void idle_spoil(struct cpu *cpu); /* an access that may change something, or see it change */
/* Before a block, when idle.pause is over; true: only an interrupt ends the loop it is in. */
bool idle_block(struct cpu *cpu, uint32_t pc, uint32_t size);

/* --- access.c: an address outside plain memory --- */
bool core_load(struct cpu *cpu, uint32_t addr, unsigned size, uint32_t *value);
bool core_store(struct cpu *cpu, uint32_t addr, unsigned size, uint32_t value);
/* Words of memory as the core's own stacking and vector fetches see them. */
bool core_peek(struct cpu *cpu, uint32_t addr, uint32_t *value);
bool core_poke(struct cpu *cpu, uint32_t addr, uint32_t value);
void core_report(struct cpu *cpu, uint32_t addr, const char *what);

/* --- region.c --- */
/* The region in which len bytes at addr lie, and those bytes; else NULL. */
const struct cpu_region *core_region(const struct cpu *cpu, uint32_t addr, uint32_t len);
uint8_t *core_bytes(const struct cpu *cpu, uint32_t addr, uint32_t len);
/* Large enough for the engine to map; others are served by core_load(). */
bool core_is_mapped(const struct cpu_region *region);
/* Code from these bytes, at whichever address, is to be translated anew: by forget_now(). */
void core_forget(struct cpu *cpu, uint32_t addr, uint32_t len);
void core_forget_now(struct cpu *cpu);
/* During an access: the instruction of the running block that makes it. */
uint32_t core_find(const struct cpu *cpu, uint32_t addr, bool is_write);
/* Where in the block the first instruction lies that CPACR or CCR may have trap; -1: none. */
int core_find_trap(const struct cpu *cpu);

/* --- exception.c --- */
/* Takes what pends and may preempt. */
void exception_take(struct cpu *cpu);
/* A synchronous exception of the instruction at pc (or before it: SVC): taken, or escalated. */
void exception_raise(struct cpu *cpu, unsigned n, uint32_t pc, const char *what);
/* BX to a magic value, in handler mode. */
void exception_return(struct cpu *cpu, uint32_t magic);

/* --- cpu.c: called by the engine --- */
/* Before each block; true: stop here. */
bool core_block(struct cpu *cpu, uint32_t pc, uint32_t size);
/* The instructions that CPACR and CCR may have trap. */
struct decode_traps core_traps(const struct cpu *cpu);

enum {
	CFSR_IACCVIOL = 1 << 0,
	CFSR_IBUSERR = 1 << 8,
	CFSR_PRECISERR = 1 << 9,
	CFSR_UNSTKERR = 1 << 11,
	CFSR_STKERR = 1 << 12,
	CFSR_BFARVALID = 1 << 15,
	CFSR_UNDEFINSTR = 1 << 16,
	CFSR_INVSTATE = 1 << 17,
	CFSR_INVPC = 1 << 18,
	CFSR_NOCP = 1 << 19,
	CFSR_UNALIGNED = 1 << 24,
	CFSR_DIVBYZERO = 1 << 25,
	HFSR_VECTTBL = 1 << 1,
	HFSR_FORCED = 1 << 30,
	SCR_SLEEPONEXIT = 1 << 1,
	SCR_SEVONPEND = 1 << 4,
	CCR_UNALIGN_TRP = 1 << 3,
	CCR_DIV_0_TRP = 1 << 4,
	CCR_STKALIGN = 1 << 9,
	CONTROL_NPRIV = 1 << 0,
	CONTROL_SPSEL = 1 << 1,
	CONTROL_FPCA = 1 << 2,
	XPSR_T = 1 << 24,
};

#endif /* BENCHD_SIMULATOR_CPU_CORE_H */
