/* SPDX-License-Identifier: MIT */
/*
 * scb.c - the private peripheral bus: System Control Block, MPU, DWT, ITM and their neighbours.
 * Source: DDI 0403, B3.2 to B3.5 and C1; DDI 0419, B3.2; CPUID by the cores' TRMs.
 * The MPU is kept and read back; it does not protect.
 */
#include "simulator/cpu/core.h"

enum {
	SCS = 0x0E000,
	SCS_END = 0x0F000,
	ICTR = 0x0E004,
	ACTLR = 0x0E008,
	SYSTICK = 0x0E010,
	NVIC = 0x0E100,
	NVIC_END = 0x0E4F0,
	CPUID = 0x0ED00,
	ICSR = 0x0ED04,
	VTOR = 0x0ED08,
	AIRCR = 0x0ED0C,
	SCR = 0x0ED10,
	CCR = 0x0ED14,
	SHPR1 = 0x0ED18,
	SHPR3 = 0x0ED20,
	SHCSR = 0x0ED24,
	CFSR = 0x0ED28,
	HFSR = 0x0ED2C,
	DFSR = 0x0ED30,
	MMFAR = 0x0ED34,
	BFAR = 0x0ED38,
	AFSR = 0x0ED3C,
	CPACR = 0x0ED88,
	MPU_TYPE = 0x0ED90,
	MPU_CTRL = 0x0ED94,
	MPU_RNR = 0x0ED98,
	MPU_RBAR = 0x0ED9C,
	MPU_RASR_A3 = 0x0EDB8,
	DHCSR = 0x0EDF0,
	DEMCR = 0x0EDFC,
	STIR = 0x0EF00,
	FPCCR = 0x0EF34,
	FPCAR = 0x0EF38,
	FPDSCR = 0x0EF3C,
	CACHE_FIRST = 0x0EF50,
	CACHE_LAST = 0x0EF78,
	ITM = 0x00000,
	ITM_PORTS = 0x00080,
	DWT_CTRL = 0x01000,
	DWT_CYCCNT = 0x01004,
	DBGMCU = 0x42000,
};
enum { AIRCR_KEY = 0x05FA, AIRCR_KEY_READ = 0xFA05, AIRCR_SYSRESETREQ = 4, AIRCR_VECTRESET = 1 };
enum { ICSR_NMIPENDSET = 31, ICSR_PENDSVSET = 28, ICSR_PENDSVCLR = 27, ICSR_PENDSTSET = 26 };
enum { ICSR_PENDSTCLR = 25, ICSR_ISRPENDING = 22, ICSR_RETTOBASE = 11 };
enum { DEMCR_TRCENA = 24, DWT_CYCCNTENA = 1, DWT_COMPARATORS = 4 << 28 };

static const uint32_t cpuids[] = {
	[CPU_M0] = 0x410CC200,
	[CPU_M0PLUS] = 0x410CC601,
	[CPU_M3] = 0x411FC231,
	[CPU_M4F] = 0x410FC241,
	[CPU_M7F] = 0x411FC270,
};

/* Read-only or with a fixed value, by model's class. */
static const struct {
	uint32_t addr, value;
} constants[] = {
	{ 0x0ED40, 0x00000030 }, /* ID_PFR0: Thumb-2 */
	{ 0x0ED44, 0x00000200 }, /* ID_PFR1: M profile */
	{ 0x0ED48, 0x00100000 }, /* ID_DFR0 */
	{ 0x0ED4C, 0x00000000 }, /* ID_AFR0 */
	{ 0x0ED50, 0x00100030 }, /* ID_MMFR0 */
	{ 0x0ED54, 0x00000000 }, { 0x0ED58, 0x01000000 }, { 0x0ED5C, 0x00000000 },
	{ 0x0ED60, 0x01101110 }, /* ID_ISAR0 */
	{ 0x0ED64, 0x02111000 }, { 0x0ED68, 0x21112231 }, { 0x0ED6C, 0x01111110 },
	{ 0x0ED70, 0x01310102 }, { DHCSR, 0x00000000 }, /* no debugger */
	{ 0x0EF40, 0x10110021 },                        /* MVFR0: single precision */
	{ 0x0EF44, 0x11000011 },                        /* MVFR1 */
	{ 0x02000, 0x00000260 },                        /* FP_CTRL: off */
	{ 0x00FB4, 0x00000003 },                        /* ITM lock status: unlocked */
};

void scb_reset(struct cpu *cpu, uint32_t vtor)
{
	cpu->scb = (struct scb){
		.vtor = vtor,
		.ccr = core_is_v6(cpu) ? CCR_STKALIGN | CCR_UNALIGN_TRP : CCR_STKALIGN,
		.fpccr = core_has_fpu(cpu) ? 0xC0000000 : 0,
		.dwt_control = DWT_COMPARATORS,
	};
	cpu->mpu = (struct mpu){ 0 };
	cpu->stored.count = 0;
}

/* --- what only keeps its value --- */

static uint32_t kept(const struct cpu *cpu, uint32_t addr)
{
	unsigned i;

	for (i = 0; i < cpu->stored.count; i++)
		if (cpu->stored.entries[i].addr == addr)
			return cpu->stored.entries[i].value;
	return 0;
}

static void keep(struct cpu *cpu, uint32_t addr, uint32_t value)
{
	unsigned i;

	for (i = 0; i < cpu->stored.count; i++)
		if (cpu->stored.entries[i].addr == addr)
			break;
	if (i == STORED_MAX)
		return;
	if (i == cpu->stored.count)
		cpu->stored.count++;
	cpu->stored.entries[i].addr = addr;
	cpu->stored.entries[i].value = value;
}

/* --- ICSR, AIRCR, SHCSR, priorities --- */

static uint32_t load_icsr(struct cpu *cpu)
{
	const struct nvic *nvic = &cpu->nvic;
	uint32_t value = engine_get(cpu->engine, ENGINE_XPSR) & 0x1FF;
	unsigned n, active = 0, vector = nvic_next(cpu, (struct engine_masks){ 0 });

	for (n = 0; n < EXC_COUNT; n++) {
		active += bit_of(nvic->active, n);
		if (n >= EXC_IRQ && bit_of(nvic->pending, n))
			value |= 1u << ICSR_ISRPENDING;
	}
	if (active <= 1 && !core_is_v6(cpu))
		value |= 1u << ICSR_RETTOBASE;
	systick_advance(cpu);
	value |= (uint32_t)vector << 12;
	value |= (uint32_t)bit_of(nvic->pending, EXC_NMI) << ICSR_NMIPENDSET;
	value |= (uint32_t)bit_of(nvic->pending, EXC_PENDSV) << ICSR_PENDSVSET;
	return value | (uint32_t)bit_of(nvic->pending, EXC_SYSTICK) << ICSR_PENDSTSET;
}

static void store_icsr(struct cpu *cpu, uint32_t value)
{
	if (value >> ICSR_NMIPENDSET & 1)
		nvic_pend(cpu, EXC_NMI);
	if (value >> ICSR_PENDSVSET & 1)
		nvic_pend(cpu, EXC_PENDSV);
	if (value >> ICSR_PENDSVCLR & 1)
		nvic_unpend(cpu, EXC_PENDSV);
	if (value >> ICSR_PENDSTSET & 1)
		nvic_pend(cpu, EXC_SYSTICK);
	if (value >> ICSR_PENDSTCLR & 1)
		nvic_unpend(cpu, EXC_SYSTICK);
}

static void store_aircr(struct cpu *cpu, uint32_t value)
{
	if (value >> 16 != AIRCR_KEY)
		return;
	if (!core_is_v6(cpu))
		cpu->nvic.prigroup = value >> 8 & 7;
	if (value & AIRCR_SYSRESETREQ || (value & AIRCR_VECTRESET && !core_is_v6(cpu)))
		cpu->state = CPU_RESETS;
	cpu->must_look = true;
}

/* SHCSR's bits of activity and pending, and the exceptions they stand for. */
static const struct {
	uint8_t bit, exception;
	bool is_active;
} shcsr_bits[] = {
	{ 0, EXC_MEMORY, true },
	{ 1, EXC_BUS, true },
	{ 3, EXC_USAGE, true },
	{ 7, EXC_SVC, true },
	{ 8, EXC_DEBUG, true },
	{ 10, EXC_PENDSV, true },
	{ 11, EXC_SYSTICK, true },
	{ 12, EXC_USAGE, false },
	{ 13, EXC_MEMORY, false },
	{ 14, EXC_BUS, false },
	{ 15, EXC_SVC, false },
};
enum { SHCSR_BITS = sizeof shcsr_bits / sizeof *shcsr_bits, SHCSR_ENABLES_SHIFT = 12 };

static uint32_t load_shcsr(const struct cpu *cpu)
{
	uint32_t value = cpu->scb.shcsr_enables << SHCSR_ENABLES_SHIFT;
	unsigned i;

	for (i = 0; i < SHCSR_BITS; i++) {
		const uint32_t *words =
			shcsr_bits[i].is_active ? cpu->nvic.active : cpu->nvic.pending;

		value |= (uint32_t)bit_of(words, shcsr_bits[i].exception) << shcsr_bits[i].bit;
	}
	return value;
}

static void store_shcsr(struct cpu *cpu, uint32_t value)
{
	unsigned i;

	/* Bits 16 to 18 enable exceptions 4 to 6. */
	cpu->scb.shcsr_enables = value >> SHCSR_ENABLES_SHIFT & 0x70;
	for (i = 0; i < SHCSR_BITS; i++) {
		uint32_t *words = shcsr_bits[i].is_active ? cpu->nvic.active : cpu->nvic.pending;

		bit_put(words, shcsr_bits[i].exception, value >> shcsr_bits[i].bit & 1);
	}
	cpu->must_look = true;
}

static uint32_t load_shpr(const struct cpu *cpu, uint32_t addr)
{
	const uint8_t *p = &cpu->nvic.priority[4 + (addr - SHPR1)];

	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static void store_shpr(struct cpu *cpu, uint32_t addr, uint32_t value)
{
	uint8_t mask = (uint8_t)(0xFF00u >> cpu->options.priority_bits);
	unsigned i;

	for (i = 0; i < 4; i++)
		cpu->nvic.priority[4 + (addr - SHPR1) + i] = value >> i * 8 & mask;
	cpu->must_look = true;
}

/* --- MPU: RBAR and RASR, and their three aliases --- */

static uint32_t load_mpu(const struct cpu *cpu, uint32_t addr)
{
	const struct mpu *mpu = &cpu->mpu;

	switch (addr) {
	case MPU_TYPE:
		return cpu->options.model == CPU_M0 || cpu->options.model == CPU_M3
			? 0
			: MPU_REGIONS << 8;
	case MPU_CTRL:
		return mpu->control;
	case MPU_RNR:
		return mpu->number;
	default:
		return (addr - MPU_RBAR) % 8 ? mpu->attributes[mpu->number]
					     : mpu->base[mpu->number] | mpu->number;
	}
}

static void store_mpu(struct cpu *cpu, uint32_t addr, uint32_t value)
{
	struct mpu *mpu = &cpu->mpu;

	if (addr == MPU_TYPE)
		return;
	if (addr == MPU_CTRL) {
		mpu->control = value & 7;
	} else if (addr == MPU_RNR) {
		mpu->number = value % MPU_REGIONS;
	} else if ((addr - MPU_RBAR) % 8) {
		mpu->attributes[mpu->number] = value;
	} else {
		if (value & 0x10) /* VALID: the region's number is in it */
			mpu->number = value % MPU_REGIONS;
		mpu->base[mpu->number] = value & ~0x1Fu;
	}
}

/* --- DWT --- */

static bool cycles_count(const struct cpu *cpu)
{
	return cpu->scb.dwt_control & DWT_CYCCNTENA && cpu->scb.demcr >> DEMCR_TRCENA & 1;
}

static uint32_t load_cyccnt(const struct cpu *cpu)
{
	return (uint32_t)(cycles_count(cpu) ? cpu->cycles - cpu->scb.dwt_base : cpu->scb.dwt_base);
}

static void store_cyccnt(struct cpu *cpu, uint32_t value)
{
	cpu->scb.dwt_base = cycles_count(cpu) ? cpu->cycles - value : value;
}

/* CYCCNT stands still while either of its enables is off. */
static void store_trace(struct cpu *cpu, uint32_t *enable, uint32_t value)
{
	uint32_t count = load_cyccnt(cpu);

	*enable = value;
	store_cyccnt(cpu, count);
}

/* --- the map: addr counts from 0xE0000000 here --- */

static uint32_t *plain_of(struct cpu *cpu, uint32_t addr)
{
	struct scb *scb = &cpu->scb;

	switch (addr) {
	case ACTLR:
		return &scb->actlr;
	case SCR:
		return &scb->scr;
	case CCR:
		return &scb->ccr;
	case MMFAR:
		return &scb->mmfar;
	case BFAR:
		return &scb->bfar;
	case AFSR:
		return &scb->afsr;
	case CPACR:
		return core_has_fpu(cpu) ? &scb->cpacr : NULL;
	case FPCCR:
		return core_has_fpu(cpu) ? &scb->fpccr : NULL;
	case FPCAR:
		return core_has_fpu(cpu) ? &scb->fpcar : NULL;
	case FPDSCR:
		return core_has_fpu(cpu) ? &scb->fpdscr : NULL;
	case CFSR:
		return &scb->cfsr;
	case HFSR:
		return &scb->hfsr;
	case DFSR:
		return &scb->dfsr;
	case DEMCR:
		return &scb->demcr;
	case DWT_CTRL:
		return &scb->dwt_control;
	default:
		return NULL;
	}
}

static bool has_vtor(const struct cpu *cpu)
{
	return cpu->options.model != CPU_M0;
}

static bool load_computed(struct cpu *cpu, uint32_t addr, uint32_t *value)
{
	if (addr == CPUID)
		*value = cpuids[cpu->options.model];
	else if (addr == ICTR)
		*value = (cpu->options.irqs - 1) / 32;
	else if (addr == ICSR)
		*value = load_icsr(cpu);
	else if (addr == VTOR)
		*value = has_vtor(cpu) ? cpu->scb.vtor : 0;
	else if (addr == AIRCR)
		*value = (uint32_t)AIRCR_KEY_READ << 16 | cpu->nvic.prigroup << 8;
	else if (addr == SHCSR)
		*value = load_shcsr(cpu);
	else if (addr == DWT_CYCCNT)
		*value = load_cyccnt(cpu);
	else
		return false;
	return true;
}

bool scb_load(struct cpu *cpu, uint32_t addr, uint32_t *value)
{
	const uint32_t *plain = plain_of(cpu, addr);
	unsigned i;

	if (plain) {
		*value = *plain;
		return true;
	}
	if (load_computed(cpu, addr, value))
		return true;
	for (i = 0; i < sizeof constants / sizeof *constants; i++)
		if (constants[i].addr == addr) {
			*value = constants[i].value;
			return true;
		}
	if (addr >= SYSTICK && addr < SYSTICK + 16)
		*value = systick_load(cpu, addr - SYSTICK);
	else if (addr >= NVIC && addr < NVIC_END)
		*value = nvic_load(cpu, addr - NVIC);
	else if (addr >= SHPR1 && addr <= SHPR3)
		*value = load_shpr(cpu, addr);
	else if (addr >= MPU_TYPE && addr <= MPU_RASR_A3)
		*value = load_mpu(cpu, addr);
	else if (addr < ITM_PORTS)
		*value = 1; /* a stimulus port always has room */
	else if (addr >= DBGMCU)
		return false;
	else
		*value = kept(cpu, addr);
	return true;
}

static void store_status(uint32_t *status, uint32_t value)
{
	*status &= ~value;
}

static bool store_special(struct cpu *cpu, uint32_t addr, uint32_t value)
{
	if (addr == ICSR)
		store_icsr(cpu, value);
	else if (addr == VTOR)
		cpu->scb.vtor = has_vtor(cpu) ? value & ~0x7Fu : cpu->scb.vtor;
	else if (addr == AIRCR)
		store_aircr(cpu, value);
	else if (addr == SHCSR)
		store_shcsr(cpu, value);
	else if (addr == CFSR)
		store_status(&cpu->scb.cfsr, value);
	else if (addr == HFSR)
		store_status(&cpu->scb.hfsr, value);
	else if (addr == DFSR)
		store_status(&cpu->scb.dfsr, value);
	else if (addr == CCR)
		cpu->scb.ccr = core_is_v6(cpu) ? cpu->scb.ccr : value;
	else if (addr == DWT_CTRL)
		store_trace(cpu, &cpu->scb.dwt_control, value | DWT_COMPARATORS);
	else if (addr == DEMCR)
		store_trace(cpu, &cpu->scb.demcr, value);
	else if (addr == DWT_CYCCNT)
		store_cyccnt(cpu, value);
	else if (addr == STIR)
		nvic_store(cpu, 0x100 + (value & 0x1FF) / 32 * 4, 1u << value % 32);
	else
		return false;
	return true;
}

static bool is_constant(uint32_t addr)
{
	unsigned i;

	for (i = 0; i < sizeof constants / sizeof *constants; i++)
		if (constants[i].addr == addr)
			return true;
	return addr == CPUID || addr == ICTR;
}

/* Of the System Control Space: what no case of scb_store() takes. */
static bool is_unknown(uint32_t addr)
{
	return !(addr >= SYSTICK && addr < NVIC_END) && !(addr >= SHPR1 && addr <= SHPR3) &&
		!(addr >= MPU_TYPE && addr <= MPU_RASR_A3) && !(addr >= DHCSR && addr <= DEMCR);
}

bool scb_store(struct cpu *cpu, uint32_t addr, uint32_t value)
{
	uint32_t *plain = plain_of(cpu, addr);

	if (store_special(cpu, addr, value) || is_constant(addr))
		return true;
	if (plain)
		*plain = value;
	else if (addr >= SYSTICK && addr < SYSTICK + 16)
		systick_store(cpu, addr - SYSTICK, value);
	else if (addr >= NVIC && addr < NVIC_END)
		nvic_store(cpu, addr - NVIC, value);
	else if (addr >= SHPR1 && addr <= SHPR3)
		store_shpr(cpu, addr, value);
	else if (addr >= MPU_TYPE && addr <= MPU_RASR_A3)
		store_mpu(cpu, addr, value);
	else if (addr >= DBGMCU)
		return false;
	else if (addr >= CACHE_FIRST && addr <= CACHE_LAST)
		return true; /* no cache that would have to be kept */
	else if (addr >= ITM_PORTS)
		keep(cpu, addr, value);
	if (addr >= SCS && addr < SCS_END && !plain && is_unknown(addr))
		core_report(cpu, 0xE0000000u + addr, "kept, without effect, is a write to");
	return true;
}
