/* SPDX-License-Identifier: MIT */
/*
 * rcc_trees.c - clock trees of the families: RM0008 7.3 (F1), RM0090 7.3 (F4), RM0091 6.4 (F0),
 * RM0351 6.4 (L4), RM0444 5.4 (G0), RM0038 6.3 (L1). Start-up times: typical ones of data sheets.
 */
#include "simulator/soc/rcc.h"

#define MHZ 1000000u

static uint32_t field(const struct block *rcc, uint32_t offset, unsigned shift, unsigned bits)
{
	return block_get(rcc, offset) >> shift & (BIT(bits) - 1);
}

/* HPRE in bits 7:4, PPRE1 and PPRE2 where the family has them. */
static void divide(struct clocks *clocks, uint32_t hpre, uint32_t ppre1, uint32_t ppre2)
{
	const uint32_t apb1 = rcc_apb_divisor(ppre1), apb2 = rcc_apb_divisor(ppre2);

	clocks->hclk = clocks->sysclk / rcc_ahb_divisor(hpre);
	clocks->pclk1 = clocks->hclk / apb1;
	clocks->pclk2 = clocks->hclk / apb2;
	clocks->timer1 = clocks->pclk1 * (apb1 > 1 ? 2 : 1);
	clocks->timer2 = clocks->pclk2 * (apb2 > 1 ? 2 : 1);
}

enum {
	F1_CR = 0x00,
	F1_CFGR = 0x04,
	F1_BDCR = 0x20,
	F1_CSR = 0x24,
	F0_CFGR2 = 0x2C,
	F0_CFGR3 = 0x30,
	F0_CR2 = 0x34
};

static uint32_t f1_source(const struct block *rcc, unsigned sw)
{
	const uint32_t mul = field(rcc, F1_CFGR, 18, 4);
	const bool from_hse = field(rcc, F1_CFGR, 16, 1);
	const uint32_t in = from_hse ? RCC_HSE_HZ / (field(rcc, F1_CFGR, 17, 1) + 1) : 4 * MHZ;

	if (sw == 2)
		return in * (mul >= 14 ? 16 : mul + 2);
	return sw == 1 ? RCC_HSE_HZ : 8 * MHZ;
}

static void f1_tree(const struct block *rcc, struct clocks *clocks)
{
	clocks->hsi = 8 * MHZ;
	clocks->lsi = 40000;
	divide(clocks, field(rcc, F1_CFGR, 4, 4), field(rcc, F1_CFGR, 8, 3),
		field(rcc, F1_CFGR, 11, 3));
}

const struct rcc_map rcc_f1 = {
	.oscs = { { F1_CR, 0, 1, 2 }, { F1_CR, 16, 17, 2000 }, { F1_CR, 24, 25, 200 },
		{ F1_CSR, 0, 1, 85 }, { F1_BDCR, 0, 1, 300000 } },
	.sources = { 0, 1, 2 },
	.cfgr = F1_CFGR,
	.sw_bits = 2,
	.csr = F1_CSR,
	.rmvf = 24,
	.bdcr = F1_BDCR,
	.power_flags = BIT(27) | BIT(26),
	.pin_flag = BIT(26),
	.soft_flag = BIT(28),
	.iwdg_flag = BIT(29),
	.wwdg_flag = BIT(30),
	.gates = { { 0x18, 0x0C }, { 0x1C, 0x10 } },
	.source = f1_source,
	.tree = f1_tree,
};

enum { F4_CR = 0x00, F4_PLLCFGR = 0x04, F4_CFGR = 0x08, F4_BDCR = 0x70, F4_CSR = 0x74 };

static uint32_t f4_source(const struct block *rcc, unsigned sw)
{
	const uint32_t m = field(rcc, F4_PLLCFGR, 0, 6), n = field(rcc, F4_PLLCFGR, 6, 9);
	const uint32_t p = 2 * (field(rcc, F4_PLLCFGR, 16, 2) + 1);
	const uint64_t in = field(rcc, F4_PLLCFGR, 22, 1) ? RCC_HSE_HZ : 16 * MHZ;

	if (sw == 2)
		return (uint32_t)(in * n / (m ? m : 1) / p);
	return sw == 1 ? RCC_HSE_HZ : 16 * MHZ;
}

static void f4_tree(const struct block *rcc, struct clocks *clocks)
{
	clocks->hsi = 16 * MHZ;
	clocks->lsi = 32000;
	divide(clocks, field(rcc, F4_CFGR, 4, 4), field(rcc, F4_CFGR, 10, 3),
		field(rcc, F4_CFGR, 13, 3));
}

const struct rcc_map rcc_f4 = {
	.oscs = { { F4_CR, 0, 1, 2 }, { F4_CR, 16, 17, 2000 }, { F4_CR, 24, 25, 100 },
		{ F4_CR, 26, 27, 100 }, { F4_CSR, 0, 1, 15 }, { F4_BDCR, 0, 1, 300000 } },
	.sources = { 0, 1, 2 },
	.cfgr = F4_CFGR,
	.sw_bits = 2,
	.csr = F4_CSR,
	.rmvf = 24,
	.bdcr = F4_BDCR,
	.power_flags = BIT(27) | BIT(26) | BIT(25),
	.pin_flag = BIT(26),
	.soft_flag = BIT(28),
	.iwdg_flag = BIT(29),
	.wwdg_flag = BIT(30),
	.gates = { { 0x30, 0x10 }, { 0x34, 0x14 }, { 0x38, 0x18 }, { 0x40, 0x20 }, { 0x44, 0x24 } },
	.source = f4_source,
	.tree = f4_tree,
};

static uint32_t f0_source(const struct block *rcc, unsigned sw)
{
	const uint32_t divisor = field(rcc, F0_CFGR2, 0, 4) + 1;
	const uint32_t mul = field(rcc, F1_CFGR, 18, 4);
	const uint32_t ins[] = { 4 * MHZ, 8 * MHZ / divisor, RCC_HSE_HZ / divisor,
		48 * MHZ / divisor };
	const uint32_t rates[] = { 8 * MHZ, RCC_HSE_HZ,
		ins[field(rcc, F1_CFGR, 15, 2)] * (mul >= 14 ? 16 : mul + 2), 48 * MHZ };

	return rates[sw];
}

static void f0_tree(const struct block *rcc, struct clocks *clocks)
{
	clocks->hsi = 8 * MHZ;
	clocks->lsi = 40000;
	/* One APB for all. */
	divide(clocks, field(rcc, F1_CFGR, 4, 4), field(rcc, F1_CFGR, 8, 3),
		field(rcc, F1_CFGR, 8, 3));
}

const struct rcc_map rcc_f0 = {
	.oscs = { { F1_CR, 0, 1, 2 }, { F1_CR, 16, 17, 2000 }, { F1_CR, 24, 25, 200 },
		{ F0_CR2, 16, 17, 6 }, { F0_CR2, 0, 1, 2 }, { F1_CSR, 0, 1, 85 },
		{ F1_BDCR, 0, 1, 300000 } },
	.sources = { 0, 1, 2, 3 },
	.cfgr = F1_CFGR,
	.sw_bits = 2,
	.csr = F1_CSR,
	.rmvf = 24,
	.bdcr = F1_BDCR,
	.power_flags = BIT(27) | BIT(26),
	.pin_flag = BIT(26),
	.soft_flag = BIT(28),
	.iwdg_flag = BIT(29),
	.wwdg_flag = BIT(30),
	.gates = { { 0x18, 0x0C }, { 0x1C, 0x10 }, { 0x14, 0x28 } },
	.selects = { { 1, F0_CFGR3, 0 }, { 2, F0_CFGR3, 16 } },
	.lse_before_hsi = true,
	.source = f0_source,
	.tree = f0_tree,
};
