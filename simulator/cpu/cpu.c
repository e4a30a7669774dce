/* SPDX-License-Identifier: MIT */
/* cpu.c - the core as its caller sees it: reset, run, sleep, interrupts. */
#include "simulator/cpu/core.h"

#include <stdlib.h>

enum { CPACR_CP10 = 20 };

struct cpu *cpu_new(const struct cpu_options *options)
{
	struct cpu *cpu = calloc(1, sizeof *cpu);

	if (!cpu)
		return NULL;
	cpu->options = *options;
	cpu->state = CPU_SLEEPS;
	cpu->engine = engine_new(cpu);
	if (!cpu->engine) {
		free(cpu);
		return NULL;
	}
	return cpu;
}

void cpu_free(struct cpu *cpu)
{
	if (!cpu)
		return;
	engine_free(cpu->engine);
	free(cpu);
}

void cpu_reset(struct cpu *cpu, uint32_t base, uint32_t vtor)
{
	struct engine *fresh = engine_new(cpu);
	uint32_t sp = 0, pc = 0;

	if (fresh) {
		engine_free(cpu->engine);
		cpu->engine = fresh;
	}
	cpu->cycles = cpu->idled = 0;
	cpu->state = fresh ? CPU_RUNS : CPU_LOCKED_UP;
	cpu->fault = (struct cpu_fault){ .what = fresh ? NULL : "no memory for the engine" };
	cpu->has_event = cpu->is_late_fault = cpu->is_masked = cpu->is_broken = false;
	cpu->must_look = true;
	cpu->stale_count = 0;
	nvic_reset(cpu);
	systick_reset(cpu);
	scb_reset(cpu, vtor);
	if (!core_peek(cpu, base, &sp) || !core_peek(cpu, base + 4, &pc)) {
		cpu->state = CPU_LOCKED_UP;
		cpu->fault.what = "no vector table";
		return;
	}
	engine_set(cpu->engine, ENGINE_XPSR, pc & 1 ? XPSR_T : 0);
	engine_set(cpu->engine, ENGINE_MSP, sp & ~3u);
	engine_set(cpu->engine, ENGINE_LR, 0xFFFFFFFF);
	engine_set(cpu->engine, ENGINE_PC, pc & ~1u);
}

/* --- running --- */

/* A block is about half instructions of 16 bits; a taken branch refills the pipeline. */
static uint64_t cycles_of(uint32_t size)
{
	return size / 2 + 1;
}

bool core_block(struct cpu *cpu, uint32_t pc, uint32_t size)
{
	if (cpu->must_look || cpu->cycles >= cpu->due)
		return true;
	if (cpu->is_masked && nvic_next(cpu, engine_masks(cpu->engine)))
		return true;
	if (cpu->idle.pause)
		cpu->idle.pause--;
	else if (idle_block(cpu, pc, size)) {
		cpu->idled += cpu->due - cpu->cycles;
		cpu->cycles = cpu->due;
		return true;
	}
	cpu->cycles += cycles_of(size);
	return false;
}

struct decode_traps core_traps(const struct cpu *cpu)
{
	return (struct decode_traps){
		.floats = core_has_fpu(cpu) && (cpu->scb.cpacr >> CPACR_CP10 & 3) == 0,
		.divisions = !core_is_v6(cpu) && cpu->scb.ccr & CCR_DIV_0_TRP,
	};
}

/* What would end a sleep: an exception that preempts when PRIMASK is not looked at. */
static bool has_reason_to_wake(struct cpu *cpu)
{
	struct engine_masks masks = engine_masks(cpu->engine);

	masks.primask = false;
	return nvic_next(cpu, masks) != 0;
}

static void wake(struct cpu *cpu)
{
	bool is_sent = cpu->is_for_event && cpu->has_event;

	if (cpu->state != CPU_SLEEPS || !(is_sent || has_reason_to_wake(cpu)))
		return;
	cpu->state = CPU_RUNS;
	cpu->has_event = cpu->has_event && !cpu->is_for_event;
}

static void sleep_for_event(struct cpu *cpu)
{
	uint32_t pc = engine_get(cpu->engine, ENGINE_PC);
	const uint8_t *before = core_bytes(cpu, pc - 4, 2);
	bool was_sent = before && (before[0] | before[1] << 8) == 0xBF40; /* SEV; WFE */

	if (!cpu->has_event && !was_sent)
		cpu->state = CPU_SLEEPS;
	cpu->has_event = false;
	cpu->is_for_event = true;
	wake(cpu);
}

static void sleep_for_interrupt(struct cpu *cpu)
{
	cpu->is_for_event = false;
	cpu->state = CPU_SLEEPS;
	wake(cpu);
}

static void raise_with(struct cpu *cpu, unsigned n, uint32_t status, uint32_t pc, const char *what)
{
	if (!core_is_v6(cpu))
		cpu->scb.cfsr |= status;
	exception_raise(cpu, n, pc, what);
}

static void bus_fault(struct cpu *cpu, uint32_t addr, uint32_t pc, const char *what)
{
	cpu->scb.bfar = addr;
	raise_with(cpu, EXC_BUS, CFSR_PRECISERR | CFSR_BFARVALID, pc, what);
}

static void handle(struct cpu *cpu, enum engine_stop stop)
{
	uint32_t pc = engine_get(cpu->engine, ENGINE_PC);
	uint32_t thumb = engine_get(cpu->engine, ENGINE_XPSR) & XPSR_T ? 1 : 0;

	switch (stop) {
	case ENGINE_ASKED:
		return;
	case ENGINE_WFI:
		sleep_for_interrupt(cpu);
		return;
	case ENGINE_WFE:
		sleep_for_event(cpu);
		return;
	case ENGINE_SVC:
		exception_raise(cpu, EXC_SVC, pc, "SVC where SVCall cannot run");
		return;
	case ENGINE_BKPT:
		cpu->scb.hfsr |= core_is_v6(cpu) ? 0 : 1u << 31; /* DEBUGEVT */
		exception_raise(cpu, EXC_HARD, pc, "BKPT without a debugger");
		return;
	case ENGINE_RETURN:
		if (engine_get(cpu->engine, ENGINE_XPSR) & 0x1FF)
			exception_return(cpu, pc | thumb);
		else
			raise_with(cpu, EXC_MEMORY, CFSR_IACCVIOL, pc, "code where none may be");
		return;
	case ENGINE_UNDEFINED:
		raise_with(cpu, EXC_USAGE, CFSR_UNDEFINSTR, pc, "undefined instruction");
		return;
	case ENGINE_NO_COPROCESSOR:
		raise_with(cpu, EXC_USAGE, CFSR_NOCP, pc, "no such coprocessor, or it is off");
		return;
	case ENGINE_INVALID_STATE:
		raise_with(cpu, EXC_USAGE, CFSR_INVSTATE, pc, "not in Thumb state");
		return;
	case ENGINE_UNALIGNED:
		raise_with(cpu, EXC_USAGE, CFSR_UNALIGNED, pc, "unaligned access");
		return;
	case ENGINE_DIVIDED_BY_ZERO:
		raise_with(cpu, EXC_USAGE, CFSR_DIVBYZERO, pc, "division by zero");
		return;
	case ENGINE_NO_DATA:
		cpu->is_late_fault = false;
		bus_fault(cpu, engine_fault_addr(cpu->engine), pc, "access to nothing");
		return;
	case ENGINE_NO_CODE:
		if (pc - cpu->options.foreign_base < cpu->options.foreign_size) {
			cpu->state = CPU_LEFT;
			return;
		}
		raise_with(cpu, EXC_BUS, CFSR_IBUSERR, pc, "no memory to run code from");
		return;
	case ENGINE_BROKEN:
		break;
	}
	cpu->state = CPU_LOCKED_UP;
	cpu->fault = (struct cpu_fault){ .pc = pc, .what = "the engine failed" };
}

/* What waits between two blocks. */
static void look(struct cpu *cpu)
{
	uint64_t tick;

	systick_advance(cpu);
	idle_reset(cpu);
	if (cpu->is_late_fault) {
		cpu->is_late_fault = false;
		bus_fault(cpu, cpu->late_addr, cpu->late_pc, "access to nothing");
	}
	if (cpu->state == CPU_RUNS)
		exception_take(cpu);
	tick = systick_due(cpu);
	cpu->due = tick < cpu->end ? tick : cpu->end;
}

static void run_once(struct cpu *cpu)
{
	core_forget_now(cpu);
	if (!(engine_get(cpu->engine, ENGINE_XPSR) & XPSR_T))
		handle(cpu, ENGINE_INVALID_STATE);
	else if (!core_bytes(cpu, engine_get(cpu->engine, ENGINE_PC), 2))
		handle(cpu, ENGINE_NO_CODE);
	else
		handle(cpu, engine_run(cpu->engine));
}

enum cpu_state cpu_run(struct cpu *cpu, uint64_t cycles)
{
	cpu->end = cpu->cycles + cycles;
	cpu->is_broken = false;
	while (cpu->state == CPU_RUNS && cpu->cycles < cpu->end && !cpu->is_broken) {
		look(cpu);
		if (cpu->state == CPU_RUNS)
			run_once(cpu);
	}
	systick_advance(cpu);
	return cpu->state;
}

void cpu_break(struct cpu *cpu)
{
	cpu->is_broken = true;
	cpu->must_look = true;
}

void cpu_skip(struct cpu *cpu, uint64_t cycles)
{
	cpu->cycles += cycles;
	systick_advance(cpu);
	wake(cpu);
}

bool cpu_is_quiet(const struct cpu *cpu)
{
	bool is_quiet = !(engine_get(cpu->engine, ENGINE_XPSR) & 0x1FF) && !systick_is_on(cpu);

	for (unsigned n = EXC_SYSTICK; n < EXC_COUNT; n++) {
		const uint32_t bit = 1u << n % 32;

		is_quiet &= !(cpu->nvic.pending[n / 32] & bit);
		is_quiet &= n < EXC_IRQ || !(cpu->nvic.enabled[n / 32] & bit);
	}
	return is_quiet;
}

enum cpu_state cpu_state(const struct cpu *cpu)
{
	return cpu->state;
}

uint64_t cpu_cycles(const struct cpu *cpu)
{
	return cpu->cycles;
}

uint64_t cpu_idled(const struct cpu *cpu)
{
	return cpu->idled;
}

uint64_t cpu_next_systick(const struct cpu *cpu)
{
	uint64_t due = systick_due(cpu);

	if (due == UINT64_MAX)
		return due;
	return due > cpu->cycles ? due - cpu->cycles : 0;
}

void cpu_set_irq(struct cpu *cpu, unsigned irq, bool is_high)
{
	unsigned n = EXC_IRQ + irq;

	if (irq >= cpu->options.irqs || n >= EXC_COUNT)
		return;
	if (is_high && !bit_of(cpu->nvic.level, n))
		nvic_pend(cpu, n);
	bit_put(cpu->nvic.level, n, is_high);
	wake(cpu);
}

void cpu_memory_changed(struct cpu *cpu, uint32_t addr, uint32_t len)
{
	core_forget(cpu, addr, len);
	cpu->must_look = true;
}

struct cpu_fault cpu_fault(const struct cpu *cpu)
{
	return cpu->fault;
}

uint32_t cpu_register(struct cpu *cpu, unsigned number)
{
	return number <= ENGINE_XPSR ? engine_get(cpu->engine, (enum engine_register)number) : 0;
}
