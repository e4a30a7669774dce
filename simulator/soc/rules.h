/* SPDX-License-Identifier: MIT */
/*
 * rules.h - peripherals that are modelled as far as a program that polls them needs: a register,
 * and what writing or reading it does to others, as rows of a table.
 */
#ifndef BENCHD_SIMULATOR_SOC_RULES_H
#define BENCHD_SIMULATOR_SOC_RULES_H

#include "simulator/soc/block.h"

enum rule_on {
	ON_SET,   /* a write leaves one of bits set */
	ON_CLEAR, /* a write leaves all of bits clear */
	ON_WRITE, /* any write */
	ON_READ,  /* any read; after the value was taken */
	W1C,      /* bits written as 1 are cleared in target */
	W0C,      /* bits written as 0 are */
};

struct rule {
	enum rule_on on;
	uint16_t reg;
	uint32_t bits;
	uint16_t target;
	uint32_t set, clear;
};

struct rules {
	const struct rule *rules;
	size_t count;
};

extern const struct kind kind_rules; /* variant: struct rules */

#define RULE_PERIPHERAL(name, regs_count)                                                          \
	enum { name##_REG_COUNT = regs_count };                                                    \
	extern const struct reg name##_regs[regs_count];                                           \
	extern const struct rules name##_rules
RULE_PERIPHERAL(spi, 10);
RULE_PERIPHERAL(i2c_v1, 10);
RULE_PERIPHERAL(i2c_v2, 11);
RULE_PERIPHERAL(adc_v1, 20);
RULE_PERIPHERAL(adc_v2, 20);
RULE_PERIPHERAL(rtc_f1, 10);
RULE_PERIPHERAL(rtc_v2, 22);
RULE_PERIPHERAL(pwr_f1, 2);
RULE_PERIPHERAL(pwr_f4, 2);
RULE_PERIPHERAL(pwr_l4, 24);

#endif /* BENCHD_SIMULATOR_SOC_RULES_H */
