/* SPDX-License-Identifier: MIT */
/*
 * rcc.c - reset and clock control: ready bits that follow, the switch of the system clock, flags
 * of the last reset, peripheral resets (RM0008 7, RM0090 7, RM0091 6, RM0351 6, RM0444 5).
 */
#include "simulator/soc/rcc.h"
#include "simulator/soc/kinds.h"

#include <string.h>

#define BDCR_BDRST BIT(16)

struct rcc_state {
	uint64_t ready_ns[RCC_OSCS];
	unsigned sw; /* the source in use */
};

uint32_t rcc_ahb_divisor(uint32_t hpre)
{
	static const uint16_t divisors[] = { 2, 4, 8, 16, 64, 128, 256, 512 };

	return hpre & 8 ? divisors[hpre & 7] : 1;
}

uint32_t rcc_apb_divisor(uint32_t ppre)
{
	return ppre & 4 ? 2u << (ppre & 3) : 1;
}

static const struct rcc_map *map_of(const struct block *rcc)
{
	return rcc->row->variant;
}

static uint32_t flag_of(const struct soc *soc, enum soc_cause cause)
{
	const struct rcc_map *map = map_of(soc->rcc);
	const uint32_t asked[] = { [SOC_BY_NONE] = 0,
		[SOC_BY_IWDG] = map->iwdg_flag,
		[SOC_BY_WWDG] = map->wwdg_flag,
		[SOC_BY_OPTIONS] = map->option_flag };

	return map->pin_flag | asked[soc->reset_by] |
		(cause == SOC_SOFTWARE && !soc->reset_by ? map->soft_flag : 0);
}

static uint32_t all_flags(const struct rcc_map *map)
{
	return map->power_flags | map->pin_flag | map->soft_flag | map->iwdg_flag | map->wwdg_flag |
		map->option_flag;
}

static bool is_ready(const struct block *rcc, unsigned osc)
{
	const struct rcc_state *state = rcc->state;
	const struct rcc_osc *row = &map_of(rcc)->oscs[osc];

	return block_get(rcc, row->reg) & BIT(row->on) && rcc->soc->now_ns >= state->ready_ns[osc];
}

static uint32_t sw_mask(const struct rcc_map *map)
{
	return BIT(map->sw_bits) - 1;
}

/* Timers count on from where they are when their clock changes. */
static void change_clocks(struct soc *soc, const struct clocks *clocks)
{
	const struct family *family = soc->family;

	if (!memcmp(clocks, &soc->clocks, sizeof(*clocks)))
		return;
	for (size_t i = 0; i < family->count; i++) {
		if (family->rows[i].kind == &kind_timer)
			timer_settle(&soc->blocks[i]);
	}
	soc->clocks = *clocks;
	for (size_t i = 0; i < family->count; i++) {
		if (family->rows[i].kind == &kind_timer)
			timer_clock_changed(&soc->blocks[i]);
	}
}

void rcc_update(struct block *rcc)
{
	const struct rcc_map *map = map_of(rcc);
	struct rcc_state *const state = rcc->state;
	const unsigned sw = block_get(rcc, map->cfgr) & sw_mask(map);
	struct clocks clocks = { .lse = RCC_LSE_HZ };

	/* The switch waits until the new source is ready. */
	if (sw < RCC_SOURCES && is_ready(rcc, map->sources[sw]))
		state->sw = sw;
	clocks.sysclk = map->source(rcc, state->sw);
	map->tree(rcc, &clocks);
	change_clocks(rcc->soc, &clocks);
}

/* Clears the ready and status bits of a register's value and sets those that hold. */
static uint32_t with_status(const struct block *rcc, uint32_t offset, uint32_t value)
{
	const struct rcc_map *map = map_of(rcc);
	const struct rcc_state *state = rcc->state;

	for (unsigned i = 0; i < RCC_OSCS && map->oscs[i].ready; i++) {
		const struct rcc_osc *osc = &map->oscs[i];

		if (osc->reg != offset)
			continue;
		value &= ~BIT(osc->ready);
		value |= is_ready(rcc, i) ? BIT(osc->ready) : 0;
	}
	if (offset == map->cfgr) {
		value &= ~(sw_mask(map) << map->sw_bits);
		value |= state->sw << map->sw_bits;
	}
	return value;
}

static uint32_t rcc_read(struct block *rcc, uint32_t offset)
{
	return with_status(rcc, offset, block_get(rcc, offset));
}

/* The next oscillator to be ready. */
static void schedule(struct block *rcc)
{
	const struct rcc_map *map = map_of(rcc);
	const struct rcc_state *state = rcc->state;

	rcc->due_ns = SOC_NEVER;
	for (unsigned i = 0; i < RCC_OSCS && map->oscs[i].ready; i++) {
		if (state->ready_ns[i] > rcc->soc->now_ns && state->ready_ns[i] < rcc->due_ns)
			rcc->due_ns = state->ready_ns[i];
	}
}

static void rcc_advance(struct block *rcc)
{
	rcc_update(rcc);
	schedule(rcc);
}

/* The oscillator that clocks the system cannot be stopped; a rising on bit starts its time. */
static void switch_oscillators(struct block *rcc, uint32_t offset, uint32_t before)
{
	const struct rcc_map *map = map_of(rcc);
	struct rcc_state *const state = rcc->state;

	for (unsigned i = 0; i < RCC_OSCS && map->oscs[i].ready; i++) {
		const struct rcc_osc *osc = &map->oscs[i];
		uint32_t *const reg = block_reg(rcc, osc->reg);

		if (osc->reg != offset)
			continue;
		if (map->sources[state->sw] == i)
			*reg |= before & BIT(osc->on);
		if (*reg & ~before & BIT(osc->on))
			state->ready_ns[i] = rcc->soc->now_ns + osc->start_us * UINT64_C(1000);
	}
}

static void reset_peripherals(struct block *rcc, uint32_t offset)
{
	const struct rcc_map *map = map_of(rcc);
	const uint32_t bits = block_get(rcc, offset);
	unsigned gate = 0;

	while (gate < RCC_GATES && map->gates[gate].enable && map->gates[gate].reset != offset)
		gate++;
	if (gate == RCC_GATES || !map->gates[gate].enable)
		return;
	for (size_t i = 0; i < rcc->soc->family->count; i++) {
		struct block *const block = &rcc->soc->blocks[i];
		const struct block_row *row = block->row;

		if (row->clock_reg == map->gates[gate].enable && bits & BIT(row->clock_bit))
			block_reset(block);
	}
}

static void rcc_write(struct block *rcc, uint32_t offset, uint32_t value, uint32_t lanes)
{
	const struct rcc_map *map = map_of(rcc);
	const uint32_t before = block_get(rcc, offset);

	block_store(rcc, offset, value, lanes);
	if (offset == map->csr && value & BIT(map->rmvf))
		*block_reg(rcc, offset) &= ~(all_flags(map) | BIT(map->rmvf));
	if (map->bdcr && offset == map->bdcr && value & BDCR_BDRST)
		*block_reg(rcc, offset) = BDCR_BDRST;
	switch_oscillators(rcc, offset, before);
	reset_peripherals(rcc, offset);
	rcc_update(rcc);
	schedule(rcc);
}

static void rcc_reset(struct block *rcc)
{
	rcc_update(rcc);
}

const struct kind kind_rcc = {
	.state_bytes = sizeof(struct rcc_state),
	.reset = rcc_reset,
	.read = rcc_read,
	.write = rcc_write,
	.advance = rcc_advance,
};

struct rcc_kept rcc_keep(const struct block *rcc, enum soc_cause cause)
{
	const struct rcc_map *map = map_of(rcc);

	if (cause == SOC_POWER_ON)
		return (struct rcc_kept){ .flags = map->power_flags };
	return (struct rcc_kept){
		.flags = (block_get(rcc, map->csr) & all_flags(map)) | flag_of(rcc->soc, cause),
		.bdcr = map->bdcr ? block_get(rcc, map->bdcr) : 0,
	};
}

void rcc_restore(struct block *rcc, const struct rcc_kept *kept)
{
	const struct rcc_map *map = map_of(rcc);

	*block_reg(rcc, map->csr) |= kept->flags;
	if (map->bdcr)
		*block_reg(rcc, map->bdcr) |= kept->bdcr;
}

uint32_t rcc_usart_clock(const struct block *usart)
{
	const struct block *rcc = usart->soc->rcc;
	const struct rcc_map *map = map_of(rcc);
	const struct clocks *clocks = &usart->soc->clocks;

	for (unsigned i = 0; i < RCC_SELECTS && map->selects[i].usart; i++) {
		const struct rcc_select *select = &map->selects[i];

		if (select->usart != usart->row->number)
			continue;
		const uint32_t rates[] = { block_clock(usart), clocks->sysclk,
			map->lse_before_hsi ? clocks->lse : clocks->hsi,
			map->lse_before_hsi ? clocks->hsi : clocks->lse };

		return rates[block_get(rcc, select->reg) >> select->shift & 3];
	}
	return block_clock(usart);
}
