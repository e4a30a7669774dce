/* SPDX-License-Identifier: MIT */
/*
 * cpu.h - a Cortex-M core: instructions by Unicorn (GPL-2: linked into stm32sim and tests of the
 * simulator only), the rest of the core here: NVIC, SysTick, SCB, exceptions, sleep, faults.
 * The fence around Unicorn: cpu/engine.c alone includes its header.
 * It knows nothing of peripherals: what lies at 0x40000000 and above (the private peripheral bus
 * apart) is the caller's bus. Time is counted in cycles of the core clock. One thread per cpu.
 * Source: ARMv6-M and ARMv7-M Architecture Reference Manuals (DDI 0419, DDI 0403).
 */
#ifndef BENCHD_SIMULATOR_CPU_CPU_H
#define BENCHD_SIMULATOR_CPU_CPU_H

#include "protocol/bytes.h"

enum cpu_model { CPU_M0, CPU_M0PLUS, CPU_M3, CPU_M4F, CPU_M7F };

/* Memory that is plainly memory: borrowed, mapped as it is. */
struct cpu_region {
	uint32_t base, size;
	uint8_t *bytes;
	bool is_writable; /* false: a write goes to the bus's write(), which decides (flash) */
};
enum { CPU_MAX_REGIONS = 16 };

/* Everything else. Called from within cpu_run(), by its thread. size is 1, 2 or 4. */
struct cpu_bus {
	/* false: nothing is there: BusFault (HardFault on v6-M). */
	bool (*read)(void *ctx, uint32_t addr, unsigned size, uint32_t *value);
	bool (*write)(void *ctx, uint32_t addr, unsigned size, uint32_t value);
	void *ctx;
};

struct cpu_options {
	enum cpu_model model;
	unsigned irqs;          /* external interrupt lines */
	unsigned priority_bits; /* 2 on v6-M, 4 on STM32's v7-M */
	struct cpu_region
		regions[CPU_MAX_REGIONS]; /* size 0 ends them; they may alias one another */
	/* Code that is not executed here: a jump into it ends the run (CPU_LEFT). size 0: none. */
	uint32_t foreign_base, foreign_size;
	struct cpu_bus bus;
	/* One line for each register that is not known, once per register; NULL: nobody listens. */
	void (*report)(void *ctx, const char *line);
	void *report_ctx;
};

struct cpu;
/* NULL: no memory, or Unicorn refused. Not running until cpu_reset(). */
struct cpu *cpu_new(const struct cpu_options *options);
void cpu_free(struct cpu *cpu);

/*
 * Out of reset with the vector table at base: MSP and PC from it, VTOR as given (0 after a plain
 * reset, whatever the ROM left after its Go), registers and NVIC cleared. Memory is left alone.
 */
void cpu_reset(struct cpu *cpu, uint32_t base, uint32_t vtor);

enum cpu_state {
	CPU_RUNS,
	CPU_SLEEPS,    /* WFI or WFE: wakes by cpu_set_irq() or SysTick */
	CPU_RESETS,    /* AIRCR.SYSRESETREQ: the machine is to reset it */
	CPU_LEFT,      /* it jumped into foreign code */
	CPU_LOCKED_UP, /* a fault that nothing could handle */
};
/*
 * Runs for about this many cycles (never much more than a block over), or less when it sleeps,
 * locks up or asks for a reset. Cycles slept are not counted: cpu_skip() passes them.
 */
enum cpu_state cpu_run(struct cpu *cpu, uint64_t cycles);
/* Ends cpu_run() at the next block: a bus callback calls it when an event changes what is due. */
void cpu_break(struct cpu *cpu);
/* Time passes while it sleeps: SysTick counts on. May wake it. */
void cpu_skip(struct cpu *cpu, uint64_t cycles);
enum cpu_state cpu_state(const struct cpu *cpu);
uint64_t cpu_cycles(const struct cpu *cpu); /* run and skipped, since cpu_reset() */
/* Of these, passed without work: a loop that only an interrupt ends is not run to its end. */
uint64_t cpu_idled(const struct cpu *cpu);
/* Until SysTick will pend its exception; UINT64_MAX: it will not. */
uint64_t cpu_next_systick(const struct cpu *cpu);

/*
 * Whether nothing would interrupt code with other vectors: outside exceptions, SysTick off, no
 * interrupt enabled or pending.
 */
bool cpu_is_quiet(const struct cpu *cpu);

/* An external interrupt line goes high or low; it pends while high. */
void cpu_set_irq(struct cpu *cpu, unsigned irq, bool is_high);
/* Bytes of a region were changed from outside: drops the code translated from them. */
void cpu_memory_changed(struct cpu *cpu, uint32_t addr, uint32_t len);

/* Where and why it stopped, for messages and tests. */
struct cpu_fault {
	uint32_t pc, lr, psr, cfsr, hfsr, addr;
	const char *what; /* static */
};
struct cpu_fault cpu_fault(const struct cpu *cpu);
/* r0..r12, sp, lr, pc, xpsr: 0..16. For tests and a debugger. */
uint32_t cpu_register(struct cpu *cpu, unsigned number);

#endif /* BENCHD_SIMULATOR_CPU_CPU_H */
