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
	.option_flag = BIT(25),
	.gates = { { 0x18, 0x0C }, { 0x1C, 0x10 }, { 0x14, 0x28 } },
	.selects = { { 1, F0_CFGR3, 0 }, { 2, F0_CFGR3, 16 } },
	.lse_before_hsi = true,
	.source = f0_source,
	.tree = f0_tree,
};

enum {
	L4_CR = 0x00,
	L4_CFGR = 0x08,
	L4_PLLCFGR = 0x0C,
	L4_CCIPR = 0x88,
	L4_BDCR = 0x90,
	L4_CSR = 0x94,
	L4_CRRCR = 0x98
};

static uint32_t msi_hz(const struct block *rcc)
{
	static const uint32_t ranges[16] = { 100000, 200000, 400000, 800000, 1 * MHZ, 2 * MHZ,
		4 * MHZ, 8 * MHZ, 16 * MHZ, 24 * MHZ, 32 * MHZ, 48 * MHZ };
	const bool from_cr = field(rcc, L4_CR, 3, 1); /* MSIRGSEL */

	return ranges[from_cr ? field(rcc, L4_CR, 4, 4) : field(rcc, L4_CSR, 8, 4)];
}

static uint32_t l4_source(const struct block *rcc, unsigned sw)
{
	const uint32_t rates[] = { msi_hz(rcc), 16 * MHZ, RCC_HSE_HZ };
	const uint32_t ins[] = { 0, rates[0], rates[1], rates[2] };
	const uint64_t in = ins[field(rcc, L4_PLLCFGR, 0, 2)];
	const uint32_t m = field(rcc, L4_PLLCFGR, 4, 3) + 1, n = field(rcc, L4_PLLCFGR, 8, 7);
	const uint32_t r = 2 * (field(rcc, L4_PLLCFGR, 25, 2) + 1);

	return sw == 3 ? (uint32_t)(in * n / m / r) : rates[sw];
}

static void l4_tree(const struct block *rcc, struct clocks *clocks)
{
	clocks->hsi = 16 * MHZ;
	clocks->lsi = 32000;
	divide(clocks, field(rcc, L4_CFGR, 4, 4), field(rcc, L4_CFGR, 8, 3),
		field(rcc, L4_CFGR, 11, 3));
}

const struct rcc_map rcc_l4 = {
	.oscs = { { L4_CR, 0, 1, 3 }, { L4_CR, 8, 10, 4 }, { L4_CR, 16, 17, 2000 },
		{ L4_CR, 24, 25, 40 }, { L4_CR, 26, 27, 40 }, { L4_CR, 28, 29, 40 },
		{ L4_CSR, 0, 1, 125 }, { L4_BDCR, 0, 1, 300000 }, { L4_CRRCR, 0, 1, 6 } },
	.sources = { 0, 1, 2, 3 },
	.cfgr = L4_CFGR,
	.sw_bits = 2,
	.csr = L4_CSR,
	.rmvf = 23,
	.bdcr = L4_BDCR,
	.power_flags = BIT(27) | BIT(26),
	.pin_flag = BIT(26),
	.soft_flag = BIT(28),
	.iwdg_flag = BIT(29),
	.wwdg_flag = BIT(30),
	.option_flag = BIT(25),
	.gates = { { 0x48, 0x28 }, { 0x4C, 0x2C }, { 0x50, 0x30 }, { 0x58, 0x38 }, { 0x5C, 0x3C },
		{ 0x60, 0x40 } },
	.selects = { { 1, L4_CCIPR, 0 }, { 2, L4_CCIPR, 2 }, { 3, L4_CCIPR, 4 }, { 4, L4_CCIPR, 6 },
		{ 5, L4_CCIPR, 8 }, { LPUART1, L4_CCIPR, 10 } },
	.source = l4_source,
	.tree = l4_tree,
};

enum {
	G0_CR = 0x00,
	G0_CFGR = 0x08,
	G0_PLLCFGR = 0x0C,
	G0_CCIPR = 0x54,
	G0_BDCR = 0x5C,
	G0_CSR = 0x60
};

static uint32_t g0_source(const struct block *rcc, unsigned sw)
{
	const uint32_t hsisys = 16 * MHZ >> field(rcc, G0_CR, 11, 3);
	const uint64_t in = field(rcc, G0_PLLCFGR, 0, 2) == 3 ? RCC_HSE_HZ : 16 * MHZ;
	const uint32_t m = field(rcc, G0_PLLCFGR, 4, 3) + 1, n = field(rcc, G0_PLLCFGR, 8, 7);
	const uint32_t r = field(rcc, G0_PLLCFGR, 29, 3) + 1;
	const uint32_t rates[] = { hsisys, RCC_HSE_HZ, (uint32_t)(in * n / m / r), 32000,
		RCC_LSE_HZ };

	return rates[sw];
}

static void g0_tree(const struct block *rcc, struct clocks *clocks)
{
	clocks->hsi = 16 * MHZ;
	clocks->lsi = 32000;
	divide(clocks, field(rcc, G0_CFGR, 8, 4), field(rcc, G0_CFGR, 12, 3),
		field(rcc, G0_CFGR, 12, 3));
}

const struct rcc_map rcc_g0 = {
	.oscs = { { G0_CR, 8, 10, 2 }, { G0_CR, 16, 17, 2000 }, { G0_CR, 24, 25, 40 },
		{ G0_CSR, 0, 1, 125 }, { G0_BDCR, 0, 1, 300000 } },
	.sources = { 0, 1, 2, 3, 4 },
	.cfgr = G0_CFGR,
	.sw_bits = 3,
	.csr = G0_CSR,
	.rmvf = 23,
	.bdcr = G0_BDCR,
	.power_flags = BIT(27) | BIT(26),
	.pin_flag = BIT(26),
	.soft_flag = BIT(28),
	.iwdg_flag = BIT(29),
	.wwdg_flag = BIT(30),
	.option_flag = BIT(25),
	.gates = { { 0x34, 0x24 }, { 0x38, 0x28 }, { 0x3C, 0x2C }, { 0x40, 0x30 } },
	.selects = { { 1, G0_CCIPR, 0 }, { 2, G0_CCIPR, 2 }, { LPUART1, G0_CCIPR, 10 } },
	.source = g0_source,
	.tree = g0_tree,
};

enum { L1_CR = 0x00, L1_ICSCR = 0x04, L1_CFGR = 0x08, L1_CSR = 0x34 };

static uint32_t l1_source(const struct block *rcc, unsigned sw)
{
	static const uint8_t muls[16] = { 3, 4, 6, 8, 12, 16, 24, 32, 48 };
	const uint32_t in = field(rcc, L1_CFGR, 16, 1) ? RCC_HSE_HZ : 16 * MHZ;
	const uint32_t divisor = field(rcc, L1_CFGR, 22, 2) + 1;
	const uint32_t rates[] = { 65536u << field(rcc, L1_ICSCR, 13, 3), 16 * MHZ, RCC_HSE_HZ,
		in * muls[field(rcc, L1_CFGR, 18, 4)] / divisor };

	return rates[sw];
}

static void l1_tree(const struct block *rcc, struct clocks *clocks)
{
	clocks->hsi = 16 * MHZ;
	clocks->lsi = 37000;
	divide(clocks, field(rcc, L1_CFGR, 4, 4), field(rcc, L1_CFGR, 8, 3),
		field(rcc, L1_CFGR, 11, 3));
}

const struct rcc_map rcc_l1 = {
	.oscs = { { L1_CR, 8, 9, 4 }, { L1_CR, 0, 1, 4 }, { L1_CR, 16, 17, 1000 },
		{ L1_CR, 24, 25, 100 }, { L1_CSR, 0, 1, 200 }, { L1_CSR, 8, 9, 300000 } },
	.sources = { 0, 1, 2, 3 },
	.cfgr = L1_CFGR,
	.sw_bits = 2,
	.csr = L1_CSR,
	.rmvf = 24,
	.power_flags = BIT(27) | BIT(26),
	.pin_flag = BIT(26),
	.soft_flag = BIT(28),
	.iwdg_flag = BIT(29),
	.wwdg_flag = BIT(30),
	.option_flag = BIT(25),
	.gates = { { 0x1C, 0x10 }, { 0x20, 0x14 }, { 0x24, 0x18 } },
	.source = l1_source,
	.tree = l1_tree,
};
