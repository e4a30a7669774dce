/* SPDX-License-Identifier: MIT */
/*
 * engine.c - Unicorn 2 behind engine.h. What was found by trial with 2.0.1:
 * - uc_ctl_flush_tlb() costs a gigabyte: a reset closes and opens the engine instead.
 * - Stopping inside a memory hook runs the block twice: only the block hook and the interrupt
 *   hook stop.
 * - Opened with UC_MODE_MCLASS it is a Cortex-M33 whatever the model says: without it, the
 *   model's own v6-M and v7-M. A BX to a magic value then arrives as interrupt 8
 *   (EXCP_EXCEPTION_EXIT) or, where the translated code did not know of handler mode, as a
 *   prefetch abort (3) or a fetch from nothing at that value.
 * - PC within memory hooks, and after a failed access, is that of the block's start; registers
 *   are right, and decode.c finds the instruction by them.
 * - CONTROL.FPCA is tracked: set by the first floating-point instruction.
 * - WFE comes as an invalid instruction with PC behind it.
 */
#include "simulator/cpu/engine.h"

#include "simulator/cpu/core.h"
#include "simulator/cpu/decode.h"

#include <stdlib.h>
#include <string.h>
#include <unicorn/unicorn.h>

enum { TAKEN_SVC = 2, TAKEN_PREFETCH = 3, TAKEN_DATA = 4, TAKEN_BKPT = 7, TAKEN_RETURN = 8 };
enum { TAKEN_NOCP = 17, TAKEN_INVSTATE = 18, TAKEN_UNALIGNED = 22 };
enum { OP_WFE = 0xBF20, IPSR_MASK = 0x1FF };

/* Code of our own where no part has memory: msr control, r0; wfi. */
#define STUB 0x9FFFFC00u
enum { STUB_SIZE = 1024 };
static const uint8_t stub_code[] = { 0x80, 0xF3, 0x14, 0x88, 0x30, 0xBF };

/* Pages of registers that Unicorn maps: its callbacks are given offsets. */
struct page {
	struct engine *engine;
	uint32_t base;
};
enum { PAGES_MAX = 24 };

struct engine {
	struct cpu *cpu;
	struct page pages[PAGES_MAX];
	unsigned page_count;
	uc_engine *uc;
	uint32_t block, block_size, fault_addr, access_pc;
	int taken; /* number of the interrupt hook; -1 */
	bool was_asked;
	/* The block is stopped before an instruction that may trap; passing: run up to it. */
	bool is_trapped, is_passing;
	uint32_t trap;
	/* What a protected store is to leave behind: Unicorn writes it all the same. */
	uint8_t *keep_at;
	uint8_t keep[8];
	unsigned keep_len;
};

/* What uc_close() leaves behind (some 20 KB) is Unicorn's: a leak of ours is still found. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libunicorn\n";
}

static const int models[] = {
	[CPU_M0] = UC_CPU_ARM_CORTEX_M0,
	[CPU_M0PLUS] = UC_CPU_ARM_CORTEX_M0,
	[CPU_M3] = UC_CPU_ARM_CORTEX_M3,
	[CPU_M4F] = UC_CPU_ARM_CORTEX_M4,
	[CPU_M7F] = UC_CPU_ARM_CORTEX_M7,
};

/* Where the bus is asked; elsewhere only regions are, and the rest faults at once. */
static const struct {
	uint32_t base, size;
} windows[] = {
	{ 0x1FF00000, 0x00100000 }, /* system memory, option bytes, unique id */
	{ 0x22000000, 0x02000000 }, /* bit-band of RAM */
	{ 0x40000000, 0x20000000 }, /* peripherals */
	{ 0xA0000000, 0x00002000 }, /* registers of the external memory controller */
	{ 0xE0000000, 0x00100000 }, /* private peripheral bus */
};

static const int registers[ENGINE_REGISTERS] = {
	[ENGINE_SP] = UC_ARM_REG_R13,
	[ENGINE_LR] = UC_ARM_REG_R14,
	[ENGINE_PC] = UC_ARM_REG_R15,
	[ENGINE_XPSR] = UC_ARM_REG_XPSR,
	[ENGINE_MSP] = UC_ARM_REG_MSP,
	[ENGINE_PSP] = UC_ARM_REG_PSP,
	[ENGINE_CONTROL] = UC_ARM_REG_CONTROL,
	[ENGINE_PRIMASK] = UC_ARM_REG_PRIMASK,
	[ENGINE_BASEPRI] = UC_ARM_REG_BASEPRI,
	[ENGINE_FAULTMASK] = UC_ARM_REG_FAULTMASK,
	[ENGINE_FPSCR] = UC_ARM_REG_FPSCR,
};

uint32_t engine_get(struct engine *engine, enum engine_register which)
{
	int id = which <= ENGINE_R12 ? UC_ARM_REG_R0 + (int)which : registers[which];
	uint32_t value = 0;

	uc_reg_read(engine->uc, id, &value);
	return value;
}

void engine_set(struct engine *engine, enum engine_register which, uint32_t value)
{
	int id = which <= ENGINE_R12 ? UC_ARM_REG_R0 + (int)which : registers[which];

	if (which == ENGINE_XPSR)
		id = UC_ARM_REG_XPSR_NZCVQG;
	if (which == ENGINE_PC)
		value |= engine_get(engine, ENGINE_XPSR) & XPSR_T ? 1 : 0;
	uc_reg_write(engine->uc, id, &value);
}

uint64_t engine_get_double(struct engine *engine, unsigned which)
{
	uint64_t value = 0;

	uc_reg_read(engine->uc, UC_ARM_REG_D0 + (int)which, &value);
	return value;
}

void engine_set_double(struct engine *engine, unsigned which, uint64_t value)
{
	uc_reg_write(engine->uc, UC_ARM_REG_D0 + (int)which, &value);
}

struct engine_masks engine_masks(struct engine *engine)
{
	struct engine_masks masks = { .primask = engine_get(engine, ENGINE_PRIMASK) & 1 };

	if (!core_is_v6(engine->cpu)) {
		masks.basepri = (uint8_t)engine_get(engine, ENGINE_BASEPRI);
		masks.faultmask = engine_get(engine, ENGINE_FAULTMASK) & 1;
	}
	return masks;
}

static void set_ipsr(struct engine *engine, uint32_t ipsr)
{
	uc_reg_write(engine->uc, UC_ARM_REG_IPSR, &ipsr);
}

/*
 * Unicorn asks what privilege it has only where code writes CONTROL, and translates CPS by the
 * answer: so code writes it, with the value that it has.
 */
static void tell_privilege(struct engine *engine)
{
	uint32_t xpsr = engine_get(engine, ENGINE_XPSR), r0 = engine_get(engine, ENGINE_R0);
	uint32_t pc = engine_get(engine, ENGINE_PC);

	engine->is_passing = true;
	engine_set(engine, ENGINE_XPSR, (xpsr & IPSR_MASK) | XPSR_T);
	engine_set(engine, ENGINE_R0, engine_get(engine, ENGINE_CONTROL));
	uc_emu_start(engine->uc, STUB | 1, 0, 0, 0);
	engine_set(engine, ENGINE_R0, r0);
	engine_set(engine, ENGINE_XPSR, xpsr);
	engine_set(engine, ENGINE_PC, pc);
	engine->is_passing = false;
}

void engine_set_mode(struct engine *engine, unsigned ipsr, uint32_t control)
{
	bool is_told = (control | engine_get(engine, ENGINE_CONTROL)) & CONTROL_NPRIV;

	set_ipsr(engine, EXC_HARD); /* handler mode is privileged: nPRIV and FPCA can be written */
	engine_set(engine, ENGINE_CONTROL, control & CONTROL_FPCA);
	set_ipsr(engine, 0); /* SPSEL is written in thread mode only */
	engine_set(engine, ENGINE_CONTROL, control);
	if (ipsr)
		set_ipsr(engine, ipsr);
	if (is_told)
		tell_privilege(engine);
}

uint32_t engine_fault_addr(const struct engine *engine)
{
	return engine->fault_addr;
}

uint32_t engine_block(const struct engine *engine)
{
	return engine->block;
}

uint32_t engine_block_size(const struct engine *engine)
{
	return engine->block_size;
}

static void keep_now(struct engine *engine)
{
	if (engine->keep_len)
		memcpy(engine->keep_at, engine->keep, engine->keep_len);
	engine->keep_len = 0;
}

/* What Unicorn does not trap, and this core now would: looked for in the code of each block. */
static bool meets_trap(struct engine *engine)
{
	int at = core_find_trap(engine->cpu);

	engine->trap = engine->block + (at > 0 ? (uint32_t)at : 0);
	engine->is_trapped = at >= 0;
	return at >= 0;
}

static void on_block(uc_engine *uc, uint64_t pc, uint32_t size, void *ctx)
{
	struct engine *engine = ctx;

	keep_now(engine);
	engine->block = (uint32_t)pc;
	engine->block_size = size;
	if (engine->is_passing)
		return;
	if (core_block(engine->cpu, (uint32_t)pc, size) || meets_trap(engine)) {
		engine->was_asked = true;
		uc_emu_stop(uc);
	}
}

static void on_interrupt(uc_engine *uc, uint32_t number, void *ctx)
{
	struct engine *engine = ctx;

	engine->taken = (int)number;
	uc_emu_stop(uc);
}

static uint64_t on_read(uc_engine *uc, uint64_t offset, unsigned size, void *ctx)
{
	const struct page *page = ctx;
	struct engine *engine = page->engine;
	uint32_t addr = page->base + (uint32_t)offset, low = 0, high = 0;

	(void)uc;
	keep_now(engine);
	if (size < 8)
		return core_load(engine->cpu, addr, size, &low) ? low : 0;
	if (core_load(engine->cpu, addr, 4, &low))
		core_load(engine->cpu, addr + 4, 4, &high);
	return (uint64_t)high << 32 | low;
}

static void on_write(uc_engine *uc, uint64_t offset, unsigned size, uint64_t value, void *ctx)
{
	const struct page *page = ctx;
	struct engine *engine = page->engine;
	uint32_t addr = page->base + (uint32_t)offset;

	(void)uc;
	keep_now(engine);
	core_store(engine->cpu, addr, size < 4 ? size : 4, (uint32_t)value);
	if (size == 8)
		core_store(engine->cpu, addr + 4, 4, (uint32_t)(value >> 32));
}

/* A store into flash: the bus decides; its outcome is put back over what Unicorn writes next. */
static bool store_protected(struct engine *engine, uint32_t addr, unsigned size, uint64_t value)
{
	uint8_t *at = core_bytes(engine->cpu, addr, size);
	bool is_taken;

	keep_now(engine);
	is_taken = core_store(engine->cpu, addr, size < 4 ? size : 4, (uint32_t)value);
	if (is_taken && size == 8)
		is_taken = core_store(engine->cpu, addr + 4, 4, (uint32_t)(value >> 32));
	if (!is_taken || !at)
		return false;
	engine->keep_at = at;
	engine->keep_len = size;
	memcpy(engine->keep, at, size);
	return true;
}

static bool on_invalid(
	uc_engine *uc, uc_mem_type type, uint64_t addr, int size, int64_t value, void *ctx)
{
	struct engine *engine = ctx;

	bool is_write = type == UC_MEM_WRITE_PROT || type == UC_MEM_WRITE_UNMAPPED;

	(void)uc;
	engine->fault_addr = (uint32_t)addr;
	if (type != UC_MEM_FETCH_UNMAPPED && type != UC_MEM_FETCH_PROT)
		engine->access_pc = core_find(engine->cpu, (uint32_t)addr, is_write);
	if (type == UC_MEM_WRITE_PROT)
		return store_protected(engine, (uint32_t)addr, (unsigned)size, (uint64_t)value);
	return false;
}

static uc_err map_pages(struct engine *engine, uint64_t base, uint64_t end)
{
	struct page *page = &engine->pages[engine->page_count++];

	if (engine->page_count > PAGES_MAX)
		return UC_ERR_NOMEM;
	*page = (struct page){ .engine = engine, .base = (uint32_t)base };
	return uc_mmio_map(engine->uc, base, end - base, on_read, page, on_write, page);
}

/* A window without the regions that lie in it. */
static uc_err map_window(struct engine *engine, uint64_t base, uint64_t end, unsigned first)
{
	unsigned i;

	for (i = first; i < CPU_MAX_REGIONS; i++) {
		const struct cpu_region *region = &engine->cpu->options.regions[i];
		uint64_t from = region->base, to = from + region->size;
		uc_err err = UC_ERR_OK;

		if (!core_is_mapped(region) || to <= base || from >= end)
			continue;
		if (from > base)
			err = map_window(engine, base, from, i + 1);
		if (!err && to < end)
			err = map_window(engine, to, end, i + 1);
		return err;
	}
	return map_pages(engine, base, end);
}

static uc_err map_all(struct engine *engine)
{
	uc_err err = UC_ERR_OK;
	unsigned i;

	for (i = 0; !err && i < CPU_MAX_REGIONS; i++) {
		const struct cpu_region *region = &engine->cpu->options.regions[i];
		uint32_t rights = UC_PROT_READ | UC_PROT_EXEC;

		if (region->is_writable)
			rights |= UC_PROT_WRITE;
		if (core_is_mapped(region))
			err = uc_mem_map_ptr(
				engine->uc, region->base, region->size, rights, region->bytes);
	}
	for (i = 0; !err && i < sizeof windows / sizeof *windows; i++)
		err = map_window(
			engine, windows[i].base, (uint64_t)windows[i].base + windows[i].size, 0);
	return err;
}

static uc_err hook(struct engine *engine, int type, void *callback)
{
	uc_hook handle;

	return uc_hook_add(engine->uc, &handle, type, callback, engine, 1, 0);
}

static uc_err open_engine(struct engine *engine)
{
	uc_err err = uc_open(UC_ARCH_ARM, UC_MODE_THUMB, &engine->uc);

	if (!err)
		err = uc_ctl_set_cpu_model(engine->uc, models[engine->cpu->options.model]);
	if (!err)
		err = map_all(engine);
	if (!err)
		err = uc_mem_map(engine->uc, STUB, STUB_SIZE, UC_PROT_READ | UC_PROT_EXEC);
	if (!err)
		err = uc_mem_write(engine->uc, STUB, stub_code, sizeof stub_code);
	if (!err)
		err = hook(engine, UC_HOOK_BLOCK, (void *)(uintptr_t)on_block);
	if (!err)
		err = hook(engine, UC_HOOK_INTR, (void *)(uintptr_t)on_interrupt);
	if (!err)
		err = hook(engine, UC_HOOK_MEM_INVALID, (void *)(uintptr_t)on_invalid);
	return err;
}

struct engine *engine_new(struct cpu *cpu)
{
	struct engine *engine = calloc(1, sizeof *engine);

	if (!engine)
		return NULL;
	engine->cpu = cpu;
	if (open_engine(engine) != UC_ERR_OK) {
		engine_free(engine);
		return NULL;
	}
	return engine;
}

void engine_free(struct engine *engine)
{
	if (engine && engine->uc)
		uc_close(engine->uc);
	free(engine);
}

void engine_drop(struct engine *engine, uint64_t from, uint64_t to)
{
	uc_ctl_remove_cache(engine->uc, from, to);
}

/* --- running --- */

static enum engine_stop stop_of_fetch(struct engine *engine)
{
	return engine_get(engine, ENGINE_PC) >= 0xF0000000 ? ENGINE_RETURN : ENGINE_NO_CODE;
}

static enum engine_stop stop_of_interrupt(struct engine *engine)
{
	switch (engine->taken) {
	case TAKEN_SVC:
		return ENGINE_SVC;
	case TAKEN_BKPT:
		return ENGINE_BKPT;
	case TAKEN_RETURN:
		return ENGINE_RETURN;
	case TAKEN_PREFETCH:
		return stop_of_fetch(engine);
	case TAKEN_DATA:
	case TAKEN_UNALIGNED:
		return ENGINE_UNALIGNED;
	case TAKEN_NOCP:
		return ENGINE_NO_COPROCESSOR;
	case TAKEN_INVSTATE:
		return ENGINE_INVALID_STATE;
	default:
		return ENGINE_BROKEN;
	}
}

static bool is_wfe(struct engine *engine)
{
	uint32_t pc = engine_get(engine, ENGINE_PC);
	const uint8_t *op = core_bytes(engine->cpu, pc - 2, 2);

	/* An undefined instruction that follows a WFE begins a block of its own. */
	return pc != engine->block && op && (op[0] | op[1] << 8) == OP_WFE;
}

static enum engine_stop stop_of(struct engine *engine, uc_err err)
{
	switch (err) {
	case UC_ERR_OK:
		if (engine->taken >= 0)
			return stop_of_interrupt(engine);
		return engine->was_asked ? ENGINE_ASKED : ENGINE_WFI;
	case UC_ERR_INSN_INVALID:
		if (!(engine_get(engine, ENGINE_XPSR) & XPSR_T))
			return ENGINE_INVALID_STATE;
		return is_wfe(engine) ? ENGINE_WFE : ENGINE_UNDEFINED;
	case UC_ERR_READ_UNMAPPED:
	case UC_ERR_WRITE_UNMAPPED:
	case UC_ERR_WRITE_PROT:
	case UC_ERR_READ_PROT:
		engine_set(engine, ENGINE_PC, engine->access_pc);
		return ENGINE_NO_DATA;
	case UC_ERR_FETCH_UNMAPPED:
	case UC_ERR_FETCH_PROT:
		return stop_of_fetch(engine);
	case UC_ERR_EXCEPTION:
		return ENGINE_INVALID_STATE;
	default:
		return ENGINE_BROKEN;
	}
}

static enum engine_stop run_until(struct engine *engine, uint32_t until)
{
	uint32_t pc = engine_get(engine, ENGINE_PC);
	uc_err err;

	engine->taken = -1;
	engine->was_asked = false;
	err = uc_emu_start(engine->uc, pc | 1, until, 0, 0);
	keep_now(engine);
	if (!err && engine->taken < 0 && until && engine_get(engine, ENGINE_PC) == until)
		return ENGINE_ASKED;
	return stop_of(engine, err);
}

/* Up to the instruction, then what it does: an end within a block needs it translated anew. */
static enum engine_stop run_to_trap(struct engine *engine)
{
	const uint8_t *code = core_bytes(engine->cpu, engine->trap, 4);
	struct decode_traps floats = { .floats = core_traps(engine->cpu).floats };
	enum engine_stop stop = ENGINE_ASKED;
	uint32_t divisor;

	uc_ctl_remove_cache(
		engine->uc, (uint64_t)engine->block, (uint64_t)engine->block + engine->block_size);
	if (engine->trap != engine_get(engine, ENGINE_PC))
		stop = run_until(engine, engine->trap);
	if (stop != ENGINE_ASKED || !code)
		return stop;
	if (decode_trap((struct span){ code, 4 }, floats) == 0)
		return ENGINE_NO_COPROCESSOR;
	divisor = engine_get(engine, (enum engine_register)(code[2] & 15));
	return divisor ? run_until(engine, engine->trap + 4) : ENGINE_DIVIDED_BY_ZERO;
}

enum engine_stop engine_run(struct engine *engine)
{
	enum engine_stop stop;

	engine->is_trapped = false;
	/* No code begins at 0 (the vector table lies there): the end that is never met. */
	stop = run_until(engine, 0);
	if (stop != ENGINE_ASKED || !engine->is_trapped)
		return stop;
	engine->is_passing = true;
	stop = run_to_trap(engine);
	engine->is_passing = false;
	return stop;
}
