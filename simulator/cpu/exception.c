/* SPDX-License-Identifier: MIT */
/*
 * exception.c - entry, return, tail-chaining, escalation. Source: DDI 0403, B1.5.6 to B1.5.8.
 * The floating-point frame is stacked at once where hardware may be lazy: software sees the same
 * frame, and FPCCR.LSPACT is never set. Exclusive accesses are compared by value by the engine:
 * its monitor is not cleared here.
 */
#include "simulator/cpu/core.h"

enum { FRAME_WORDS = 8, FP_WORDS = 18, FP_DOUBLES = 8, XPSR_ALIGNED = 1 << 9 };
#define MAGIC 0xFFFFFFE1u
enum { MAGIC_NO_FP = 1 << 4, MAGIC_THREAD = 1 << 3, MAGIC_PSP = 1 << 2 };
enum { XPSR_IPSR = 0x1FF, FPCCR_ASPEN_SHIFT = 31 };

static const enum engine_register frame_registers[] = { ENGINE_R0, ENGINE_R0 + 1, ENGINE_R0 + 2,
	ENGINE_R0 + 3, ENGINE_R12, ENGINE_LR };
enum { FRAME_REGISTERS = sizeof frame_registers / sizeof *frame_registers };

static void lock_up(struct cpu *cpu, uint32_t pc, const char *what)
{
	cpu->state = CPU_LOCKED_UP;
	cpu->fault = (struct cpu_fault){
		.pc = pc,
		.lr = engine_get(cpu->engine, ENGINE_LR),
		.psr = engine_get(cpu->engine, ENGINE_XPSR),
		.cfsr = cpu->scb.cfsr,
		.hfsr = cpu->scb.hfsr,
		.addr = cpu->scb.cfsr & CFSR_BFARVALID ? cpu->scb.bfar : 0,
		.what = what,
	};
}

static bool stack_fp(struct cpu *cpu, uint32_t at)
{
	bool is_stacked = true;
	unsigned i;

	cpu->scb.fpcar = at;
	for (i = 0; i < FP_DOUBLES; i++) {
		uint64_t value = engine_get_double(cpu->engine, i);

		is_stacked &= core_poke(cpu, at + i * 8, (uint32_t)value);
		is_stacked &= core_poke(cpu, at + i * 8 + 4, (uint32_t)(value >> 32));
	}
	return is_stacked &
		core_poke(cpu, at + FP_DOUBLES * 8, engine_get(cpu->engine, ENGINE_FPSCR));
}

static bool unstack_fp(struct cpu *cpu, uint32_t at)
{
	bool is_there = true;
	uint32_t low, high, fpscr;
	unsigned i;

	for (i = 0; i < FP_DOUBLES && is_there; i++) {
		is_there =
			core_peek(cpu, at + i * 8, &low) && core_peek(cpu, at + i * 8 + 4, &high);
		if (is_there)
			engine_set_double(cpu->engine, i, (uint64_t)high << 32 | low);
	}
	is_there = is_there && core_peek(cpu, at + FP_DOUBLES * 8, &fpscr);
	if (is_there)
		engine_set(cpu->engine, ENGINE_FPSCR, fpscr);
	return is_there;
}

/* false: the stack is not memory. *sp moves down either way. */
static bool stack_frame(struct cpu *cpu, uint32_t *sp, uint32_t return_pc, bool has_fp)
{
	uint32_t xpsr = engine_get(cpu->engine, ENGINE_XPSR);
	bool aligns = has_fp || core_is_v6(cpu) || cpu->scb.ccr & CCR_STKALIGN;
	bool is_stacked = true;
	unsigned i;

	xpsr &= ~(uint32_t)XPSR_ALIGNED;
	if (aligns && *sp & 4) {
		*sp -= 4;
		xpsr |= XPSR_ALIGNED;
	}
	*sp -= (FRAME_WORDS + (has_fp ? FP_WORDS : 0)) * 4;
	for (i = 0; i < FRAME_REGISTERS; i++)
		is_stacked &=
			core_poke(cpu, *sp + i * 4, engine_get(cpu->engine, frame_registers[i]));
	is_stacked &= core_poke(cpu, *sp + 24, return_pc);
	is_stacked &= core_poke(cpu, *sp + 28, xpsr);
	if (has_fp)
		is_stacked &= stack_fp(cpu, *sp + FRAME_WORDS * 4);
	return is_stacked;
}

/* Handler mode of n, at its vector. */
static void start_handler(struct cpu *cpu, unsigned n, uint32_t magic)
{
	uint32_t vector, control = engine_get(cpu->engine, ENGINE_CONTROL) & CONTROL_NPRIV;
	uint32_t from = engine_get(cpu->engine, ENGINE_PC);

	if (!core_peek(cpu, cpu->scb.vtor + n * 4, &vector)) {
		cpu->scb.hfsr |= HFSR_VECTTBL;
		if (n <= EXC_HARD) {
			lock_up(cpu, from, "the vector of HardFault could not be read");
			return;
		}
		n = EXC_HARD;
		start_handler(cpu, n, magic);
		return;
	}
	nvic_enter(cpu, n);
	engine_set_mode(cpu->engine, n, control);
	/* Flags stay, IT is cleared; T is the vector's bit 0. */
	engine_set(cpu->engine, ENGINE_XPSR,
		(engine_get(cpu->engine, ENGINE_XPSR) & 0xF80F0000) | n |
			(vector & 1 ? XPSR_T : 0));
	engine_set(cpu->engine, ENGINE_LR, magic);
	engine_set(cpu->engine, ENGINE_PC, vector & ~1u);
	cpu->has_event = true;
}

static void enter(struct cpu *cpu, unsigned n, uint32_t return_pc)
{
	uint32_t control = engine_get(cpu->engine, ENGINE_CONTROL);
	bool is_thread = !(engine_get(cpu->engine, ENGINE_XPSR) & XPSR_IPSR);
	bool is_psp = is_thread && control & CONTROL_SPSEL;
	bool has_fp =
		core_has_fpu(cpu) && control & CONTROL_FPCA && cpu->scb.fpccr >> FPCCR_ASPEN_SHIFT;
	enum engine_register stack = is_psp ? ENGINE_PSP : ENGINE_MSP;
	uint32_t sp = engine_get(cpu->engine, ENGINE_SP);
	uint32_t magic = MAGIC | (has_fp ? 0 : MAGIC_NO_FP) | (is_thread ? MAGIC_THREAD : 0) |
		(is_psp ? MAGIC_PSP : 0);
	bool is_stacked = stack_frame(cpu, &sp, return_pc, has_fp);

	cpu->cycles += 12;
	engine_set_mode(cpu->engine, EXC_HARD, control & CONTROL_NPRIV);
	engine_set(cpu->engine, stack, sp);
	if (!is_stacked) {
		cpu->scb.cfsr |= core_is_v6(cpu) ? 0 : CFSR_STKERR;
		if (n <= EXC_HARD) {
			lock_up(cpu, return_pc, "no memory at SP for the frame of a fault");
			return;
		}
		cpu->scb.hfsr |= HFSR_FORCED;
		n = EXC_HARD;
	}
	start_handler(cpu, n, magic);
}

void exception_take(struct cpu *cpu)
{
	struct engine_masks masks = engine_masks(cpu->engine), none = { 0 };
	unsigned n = nvic_next(cpu, masks);

	cpu->must_look = false;
	if (n)
		enter(cpu, n, engine_get(cpu->engine, ENGINE_PC));
	cpu->is_masked = !n && nvic_next(cpu, none);
}

/* Faults that have their own exception take HardFault instead where they are off or too low. */
void exception_raise(struct cpu *cpu, unsigned n, uint32_t pc, const char *what)
{
	int running = nvic_running(cpu, engine_masks(cpu->engine));
	bool is_own = n == EXC_SVC ||
		(!core_is_v6(cpu) && n < EXC_SVC && cpu->scb.shcsr_enables >> n & 1);

	if (n != EXC_SVC)
		cpu->fault = (struct cpu_fault){ .pc = pc, .what = what };
	if (is_own && nvic_priority(cpu, n) < running) {
		enter(cpu, n, pc);
		return;
	}
	if (n == EXC_SVC)
		pc -= 2; /* a fault of the instruction itself (B1.5.6, ReturnAddress) */
	if (running <= nvic_priority(cpu, EXC_HARD)) {
		lock_up(cpu, pc, what);
		return;
	}
	if (n != EXC_HARD)
		cpu->scb.hfsr |= HFSR_FORCED;
	enter(cpu, EXC_HARD, pc);
}

/* --- return --- */

static void fail_return(struct cpu *cpu, uint32_t magic, const char *what)
{
	engine_set(cpu->engine, ENGINE_LR, magic);
	cpu->scb.cfsr |= core_is_v6(cpu) ? 0 : CFSR_INVPC;
	exception_raise(cpu, EXC_USAGE, magic, what);
}

static bool is_valid(const struct cpu *cpu, uint32_t magic)
{
	uint32_t kind = magic & 0xF;

	if (magic >> 5 != 0xFFFFFFFFu >> 5 || (!(magic & MAGIC_NO_FP) && !core_has_fpu(cpu)))
		return false;
	return kind == 0x1 || kind == 0x9 || kind == 0xD;
}

static void unstack(struct cpu *cpu, uint32_t magic)
{
	enum engine_register stack = magic & MAGIC_PSP ? ENGINE_PSP : ENGINE_MSP;
	uint32_t sp = engine_get(cpu->engine, stack), frame[FRAME_WORDS], control;
	bool has_fp = !(magic & MAGIC_NO_FP), is_there = true;
	unsigned i;

	for (i = 0; i < FRAME_WORDS; i++)
		is_there = is_there && core_peek(cpu, sp + i * 4, &frame[i]);
	if (is_there && has_fp)
		is_there = unstack_fp(cpu, sp + FRAME_WORDS * 4);
	if (!is_there) {
		cpu->scb.cfsr |= core_is_v6(cpu) ? 0 : CFSR_UNSTKERR;
		exception_raise(cpu, EXC_BUS, magic, "no memory at SP to return from an exception");
		return;
	}
	if (!(frame[7] & XPSR_IPSR) != !!(magic & MAGIC_THREAD)) {
		fail_return(cpu, magic, "the frame's mode is not that of the exception return");
		return;
	}
	for (i = 0; i < FRAME_REGISTERS; i++)
		engine_set(cpu->engine, frame_registers[i], frame[i]);
	sp += (FRAME_WORDS + (has_fp ? FP_WORDS : 0)) * 4 + (frame[7] & XPSR_ALIGNED ? 4 : 0);
	engine_set(cpu->engine, stack, sp);
	control = engine_get(cpu->engine, ENGINE_CONTROL) & CONTROL_NPRIV;
	control |= (magic & MAGIC_PSP ? CONTROL_SPSEL : 0) | (has_fp ? CONTROL_FPCA : 0);
	engine_set_mode(cpu->engine, frame[7] & XPSR_IPSR, control);
	engine_set(cpu->engine, ENGINE_XPSR, frame[7] & ~(uint32_t)XPSR_ALIGNED);
	engine_set(cpu->engine, ENGINE_PC, frame[6] & ~1u);
	cpu->cycles += 10;
	if (magic & MAGIC_THREAD && cpu->scb.scr & SCR_SLEEPONEXIT) {
		cpu->is_for_event = false;
		cpu->state = CPU_SLEEPS;
	}
}

void exception_return(struct cpu *cpu, uint32_t magic)
{
	unsigned n = engine_get(cpu->engine, ENGINE_XPSR) & XPSR_IPSR, next;

	if (!is_valid(cpu, magic) || n >= EXC_COUNT || !bit_of(cpu->nvic.active, n)) {
		fail_return(cpu, magic, "not a value that an exception returns with");
		return;
	}
	nvic_leave(cpu, n);
	cpu->has_event = true;
	if (n != EXC_NMI && !core_is_v6(cpu))
		engine_set(cpu->engine, ENGINE_FAULTMASK, 0);
	next = nvic_next(cpu, engine_masks(cpu->engine));
	if (next) { /* tail-chaining: the frame stays where it is */
		cpu->cycles += 6;
		start_handler(cpu, next, magic);
		return;
	}
	unstack(cpu, magic);
}
