/* SPDX-License-Identifier: MIT */
/* rcc.h - what differs between the reset and clock controllers of the families. */
#ifndef BENCHD_SIMULATOR_SOC_RCC_H
#define BENCHD_SIMULATOR_SOC_RCC_H

#include "simulator/soc/block.h"

/* The boards have the crystals that ST's own have. */
#define RCC_HSE_HZ 8000000u
#define RCC_LSE_HZ 32768u

enum { RCC_OSCS = 10, RCC_GATES = 9, RCC_SELECTS = 6, RCC_SOURCES = 5 };

/* An oscillator or PLL: its ready bit follows its on bit after so long. */
struct rcc_osc {
	uint8_t reg, on, ready;
	uint32_t start_us;
};

/* A register of clock enable bits and its twin of reset bits. */
struct rcc_gate {
	uint8_t enable, reset;
};

/* A USART's kernel clock selector: 0 its bus, then the order of the family. */
struct rcc_select {
	uint8_t usart, reg, shift;
};

struct rcc_map {
	struct rcc_osc oscs[RCC_OSCS];
	uint8_t sources[RCC_SOURCES]; /* CFGR.SW: index into oscs */
	uint8_t cfgr, sw_bits, csr, rmvf, bdcr;
	uint32_t power_flags, pin_flag, soft_flag, iwdg_flag, wwdg_flag, option_flag;
	struct rcc_gate gates[RCC_GATES];
	struct rcc_select selects[RCC_SELECTS];
	bool lse_before_hsi; /* order of the selectors: F0 */
	/* The frequency that CFGR.SW chose, Hz. */
	uint32_t (*source)(const struct block *rcc, unsigned sw);
	/* Fills in the rest from clocks->sysclk. */
	void (*tree)(const struct block *rcc, struct clocks *clocks);
};

extern const struct rcc_map rcc_f1, rcc_f4, rcc_f0, rcc_l4, rcc_g0, rcc_l1;

/* Divisors that the fields HPRE and PPRE stand for. */
uint32_t rcc_ahb_divisor(uint32_t hpre);
uint32_t rcc_apb_divisor(uint32_t ppre);

#endif /* BENCHD_SIMULATOR_SOC_RCC_H */
