/* SPDX-License-Identifier: MIT */
/* watchdog.c - IWDG on LSI and WWDG on PCLK1 (RM0008 19 and 20, RM0091 23 and 24). */
#include "simulator/soc/kinds.h"

enum { KR = 0x00, PR = 0x04, RLR = 0x08, IWDG_SR = 0x0C, WINR = 0x10 };
enum { CR = 0x00, CFR = 0x04, WWDG_SR = 0x08 };

#define NS UINT64_C(1000000000)
#define KEY_START 0xCCCCu
#define KEY_RELOAD 0xAAAAu
#define KEY_ACCESS 0x5555u
#define WDGA BIT(7)
#define EWI BIT(9)

const struct reg iwdg_regs[IWDG_REGS] = {
	{ 0x00, 0, 0 },         /* KR */
	{ 0x04, 0, 0x7 },       /* PR */
	{ 0x08, 0xFFF, 0xFFF }, /* RLR */
	{ 0x0C, 0, 0 },         /* SR: new values are taken at once */
	{ 0x10, 0xFFF, 0xFFF }, /* WINR */
};

const struct reg wwdg_regs[WWDG_REGS] = {
	{ 0x00, 0x7F, 0xFF },   /* CR */
	{ 0x04, 0x7F, 0x3BFF }, /* CFR */
	{ 0x08, 0, 0 },         /* SR */
};

struct watchdog_state {
	bool is_running, is_open;
	uint64_t loaded_ns; /* when the counter was written */
};

/* PR 6 and 7 both divide by 256. */
static uint64_t iwdg_ns(const struct block *block, uint64_t counts)
{
	const uint32_t pr = block_get(block, PR);
	const uint64_t divisor = 4u << (pr < 6 ? pr : 6);

	return counts * divisor * NS / block->soc->clocks.lsi;
}

static void iwdg_load(struct block *block)
{
	struct watchdog_state *const state = block->state;

	state->loaded_ns = block->soc->now_ns;
	block->due_ns = block->soc->now_ns + iwdg_ns(block, block_get(block, RLR) + 1u);
}

/* Reloading before the counter is down to the window resets too. */
static void iwdg_key(struct block *block, uint32_t key)
{
	struct watchdog_state *const state = block->state;
	const uint32_t window = block_get(block, WINR), top = block_get(block, RLR);
	const uint64_t opens_ns =
		state->loaded_ns + (top > window ? iwdg_ns(block, top - window) : 0);

	state->is_open = key == KEY_ACCESS;
	if (key == KEY_START)
		state->is_running = true;
	if (!state->is_running || (key != KEY_START && key != KEY_RELOAD))
		return;
	if (key == KEY_RELOAD && block->soc->now_ns < opens_ns) {
		block->due_ns = SOC_NEVER;
		soc_ask_reset(block->soc, SOC_BY_IWDG);
		return;
	}
	iwdg_load(block);
}

static uint32_t iwdg_read(struct block *block, uint32_t offset)
{
	return offset == KR ? 0 : block_get(block, offset);
}

static void iwdg_write(struct block *block, uint32_t offset, uint32_t value, uint32_t lanes)
{
	struct watchdog_state *const state = block->state;

	if (offset == KR)
		iwdg_key(block, value & 0xFFFF);
	else if (state->is_open)
		block_store(block, offset, value, lanes);
	if (offset == WINR && state->is_open && state->is_running)
		iwdg_load(block); /* writing the window reloads */
}

static void iwdg_advance(struct block *block)
{
	soc_ask_reset(block->soc, SOC_BY_IWDG);
}

const struct kind kind_iwdg = {
	.state_bytes = sizeof(struct watchdog_state),
	.read = iwdg_read,
	.write = iwdg_write,
	.advance = iwdg_advance,
};

/* WDGTB has two bits at 7, on G0 three at 11. */
static uint64_t wwdg_tick_ns(const struct block *block)
{
	const uint32_t cfr = block_get(block, CFR);
	const uint32_t tb = cfr >> 11 & 7 ? cfr >> 11 & 7 : cfr >> 7 & 3;
	const uint32_t hz = block->soc->clocks.pclk1;

	return (UINT64_C(4096) << tb) * NS / (hz ? hz : 1);
}

static uint32_t wwdg_counter(const struct block *block)
{
	const struct watchdog_state *state = block->state;
	const uint64_t ticks = (block->soc->now_ns - state->loaded_ns) / wwdg_tick_ns(block);
	const uint32_t loaded = block_get(block, CR) & 0x7F;

	if (!state->is_running)
		return loaded;
	return ticks > loaded ? 0 : loaded - (uint32_t)ticks;
}

/* At 0x40 the early warning, one count later the reset. */
static void wwdg_schedule(struct block *block)
{
	const struct watchdog_state *state = block->state;
	const uint32_t loaded = block_get(block, CR) & 0x7F;
	const bool warns = block_get(block, CFR) & EWI && !block_get(block, WWDG_SR);
	const uint32_t last = warns ? 0x40 : 0x3F;

	block->due_ns = SOC_NEVER;
	if (state->is_running)
		block->due_ns = state->loaded_ns +
			(loaded > last ? loaded - last : 0) * wwdg_tick_ns(block);
}

static uint32_t wwdg_read(struct block *block, uint32_t offset)
{
	if (offset != CR)
		return block_get(block, offset);
	return (block_get(block, CR) & WDGA) | wwdg_counter(block);
}

static void wwdg_write(struct block *block, uint32_t offset, uint32_t value, uint32_t lanes)
{
	struct watchdog_state *const state = block->state;
	const uint32_t window = block_get(block, CFR) & 0x7F;

	if (offset == WWDG_SR) {
		*block_reg(block, WWDG_SR) &= value;
		block_irq(block, 0, block_get(block, WWDG_SR));
	} else if (offset == CR && state->is_running &&
		(wwdg_counter(block) > window || !(value & 0x40))) {
		soc_ask_reset(block->soc, SOC_BY_WWDG);
		return;
	} else {
		block_store(block, offset, value | (state->is_running ? WDGA : 0), lanes);
	}
	if (offset == CR) {
		state->is_running = block_get(block, CR) & WDGA;
		state->loaded_ns = block->soc->now_ns;
	}
	wwdg_schedule(block);
}

static void wwdg_advance(struct block *block)
{
	if (wwdg_counter(block) < 0x40) {
		soc_ask_reset(block->soc, SOC_BY_WWDG);
		return;
	}
	*block_reg(block, WWDG_SR) = 1;
	block_irq(block, 0, true);
	wwdg_schedule(block);
}

const struct kind kind_wwdg = {
	.state_bytes = sizeof(struct watchdog_state),
	.read = wwdg_read,
	.write = wwdg_write,
	.advance = wwdg_advance,
};
