/* SPDX-License-Identifier: MIT */
/*
 * timer.c - timers: prescaler, counter, update and compare flags, one pulse (RM0008 14 to 17,
 * RM0090 17 to 20). They count up; captures, slave modes and outputs are registers only.
 * Counted when somebody looks, or when an interrupt is due.
 */
#include "simulator/soc/kinds.h"

enum {
	CR1 = 0x00,
	DIER = 0x0C,
	SR = 0x10,
	EGR = 0x14,
	CNT = 0x24,
	PSC = 0x28,
	ARR = 0x2C,
	CCR1 = 0x34
};
enum { CHANNELS = 4 };

#define CEN BIT(0)
#define UDIS BIT(1)
#define URS BIT(2)
#define OPM BIT(3)
#define UIF BIT(0)
#define FLAGS_CC 0x1Eu
#define NS UINT64_C(1000000000)

struct timer_state {
	uint64_t epoch_ns; /* when it held start */
	uint32_t start;
	uint32_t psc; /* in use; PSC is taken at an update */
};

const struct reg timer_regs[TIMER_REGS] = {
	{ 0x00, 0, 0x3FF },  /* CR1 */
	{ 0x04, 0, ALL },    /* CR2 */
	{ 0x08, 0, ALL },    /* SMCR */
	{ 0x0C, 0, 0x7FFF }, /* DIER */
	{ 0x10, 0, 0 },      /* SR */
	{ 0x14, 0, 0 },      /* EGR */
	{ 0x18, 0, ALL },    /* CCMR1 */
	{ 0x1C, 0, ALL },    /* CCMR2 */
	{ 0x20, 0, ALL },    /* CCER */
	{ 0x24, 0, ALL },    /* CNT */
	{ 0x28, 0, 0xFFFF }, /* PSC */
	{ 0x2C, ALL, ALL },  /* ARR */
	{ 0x30, 0, 0xFFFF }, /* RCR */
	{ 0x34, 0, ALL },    /* CCR1 */
	{ 0x38, 0, ALL },    /* CCR2 */
	{ 0x3C, 0, ALL },    /* CCR3 */
	{ 0x40, 0, ALL },    /* CCR4 */
	{ 0x44, 0, ALL },    /* BDTR */
	{ 0x48, 0, ALL },    /* DCR */
	{ 0x4C, 0, ALL },    /* DMAR */
};

static uint32_t width_mask(const struct block *block)
{
	return block->row->number == 32 ? UINT32_MAX : 0xFFFF;
}

static uint32_t clock_of(const struct block *block)
{
	const struct clocks *clocks = &block->soc->clocks;

	return block->row->bus == 2 ? clocks->timer2 : clocks->timer1;
}

static uint64_t period(const struct block *block)
{
	return (uint64_t)(block_get(block, ARR) & width_mask(block)) + 1;
}

/* Ticks of the counter since the epoch. */
static uint64_t ticks(const struct block *block)
{
	const struct timer_state *state = block->state;
	const uint64_t ns = block->soc->now_ns - state->epoch_ns, hz = clock_of(block);
	const uint64_t cycles = ns / NS * hz + ns % NS * hz / NS;

	return cycles / ((uint64_t)state->psc + 1);
}

/* When so many ticks since the epoch will have passed. */
static uint64_t ns_of_tick(const struct block *block, uint64_t tick)
{
	const struct timer_state *state = block->state;
	const uint64_t cycles = tick * ((uint64_t)state->psc + 1), hz = clock_of(block);

	if (!hz)
		return SOC_NEVER;
	return state->epoch_ns + cycles / hz * NS + (cycles % hz * NS + hz - 1) / hz;
}

/* Ticks until the counter, now at from, comes to value for the first time. */
static uint64_t ticks_to(const struct block *block, uint64_t from, uint64_t value)
{
	const uint64_t round = period(block);

	return value > from ? value - from : value + round - from;
}

static void update_irq(struct block *block)
{
	const uint32_t pending = block_get(block, SR) & block_get(block, DIER);

	if (block->row->irq_count < 2) {
		block_irq(block, 0, pending & (UIF | FLAGS_CC));
		return;
	}
	block_irq(block, 0, pending & UIF);
	block_irq(block, 1, pending & FLAGS_CC);
}

/* Counts up to now: CNT and SR become what they are, and a new epoch begins at a whole tick. */
static void count(struct block *block)
{
	struct timer_state *const state = block->state;
	uint32_t *const cr1 = block_reg(block, CR1);
	uint32_t *const sr = block_reg(block, SR);

	if (!(*cr1 & CEN))
		return;
	const uint64_t passed = ticks(block), round = period(block);
	const uint64_t reached = state->start + passed;

	if (!passed)
		return;
	for (unsigned i = 0; i < CHANNELS; i++) {
		const uint64_t ccr = block_get(block, CCR1 + 4 * i) & width_mask(block);

		if (ccr < round && passed >= ticks_to(block, state->start, ccr))
			*sr |= BIT(1 + i);
	}
	state->epoch_ns = ns_of_tick(block, passed);
	state->start = (uint32_t)(reached % round);
	if (reached >= round) {
		if (!(*cr1 & UDIS)) {
			*sr |= UIF;
			state->psc = block_get(block, PSC);
		}
		if (*cr1 & OPM) {
			*cr1 &= ~CEN;
			state->start = 0;
		}
	}
	*block_reg(block, CNT) = state->start;
}

/* The next flag that somebody waits for by interrupt, or the end of one pulse. */
static void schedule(struct block *block)
{
	const struct timer_state *state = block->state;
	const uint32_t cr1 = block_get(block, CR1);
	const uint32_t wanted = block_get(block, DIER) & ~block_get(block, SR);
	uint64_t next = UINT64_MAX;

	block->due_ns = SOC_NEVER;
	if (!(cr1 & CEN))
		return;
	if (cr1 & OPM || (wanted & UIF && !(cr1 & UDIS)))
		next = ticks_to(block, state->start, period(block));
	for (unsigned i = 0; i < CHANNELS; i++) {
		const uint64_t ccr = block_get(block, CCR1 + 4 * i) & width_mask(block);

		if (!(wanted & BIT(1 + i)) || ccr >= period(block))
			continue;
		const uint64_t ticks_left = ticks_to(block, state->start, ccr);

		next = ticks_left < next ? ticks_left : next;
	}
	if (next != UINT64_MAX)
		block->due_ns = ns_of_tick(block, next);
}

static void timer_advance(struct block *block)
{
	count(block);
	update_irq(block);
	schedule(block);
}

void timer_settle(struct block *block)
{
	count(block);
}

void timer_clock_changed(struct block *block)
{
	struct timer_state *const state = block->state;

	state->epoch_ns = block->soc->now_ns;
	schedule(block);
}

static uint32_t timer_read(struct block *block, uint32_t offset)
{
	if (offset == CNT || offset == SR || offset == CR1) {
		count(block);
		update_irq(block);
		schedule(block);
	}
	if (offset == EGR)
		return 0;
	return block_get(block, offset);
}

/* UG: an update by software. */
static void generate(struct block *block, uint32_t events)
{
	struct timer_state *const state = block->state;
	const uint32_t cr1 = block_get(block, CR1);

	*block_reg(block, SR) |= events & FLAGS_CC;
	if (!(events & 1))
		return;
	state->start = 0;
	state->epoch_ns = block->soc->now_ns;
	*block_reg(block, CNT) = 0;
	if (cr1 & UDIS)
		return;
	state->psc = block_get(block, PSC);
	if (!(cr1 & URS))
		*block_reg(block, SR) |= UIF;
}

static void timer_write(struct block *block, uint32_t offset, uint32_t value, uint32_t lanes)
{
	struct timer_state *const state = block->state;
	const uint32_t before = block_get(block, CR1);

	count(block);
	if (offset == SR)
		*block_reg(block, SR) &= value | ~lanes; /* zeros clear */
	else if (offset == EGR)
		generate(block, value);
	else
		block_store(block, offset, value, lanes);
	if (offset == CNT)
		state->start = block_get(block, CNT) & width_mask(block);
	if (offset == CNT || (offset == CR1 && block_get(block, CR1) & ~before & CEN))
		state->epoch_ns = block->soc->now_ns;
	update_irq(block);
	schedule(block);
}

static void timer_reset(struct block *block)
{
	*block_reg(block, ARR) = width_mask(block);
}

const struct kind kind_timer = {
	.state_bytes = sizeof(struct timer_state),
	.reset = timer_reset,
	.read = timer_read,
	.write = timer_write,
	.advance = timer_advance,
};
