/* SPDX-License-Identifier: MIT */
/* families.h - tables of register blocks: family_f1.c and so on, and what they are written with. */
#ifndef BENCHD_SIMULATOR_SOC_FAMILIES_H
#define BENCHD_SIMULATOR_SOC_FAMILIES_H

#include "simulator/soc/block.h"
#include "simulator/soc/flash_ctl.h"
#include "simulator/soc/kinds.h"
#include "simulator/soc/rcc.h"

#define REGS(table) .regs = (table), .reg_count = sizeof(table) / sizeof(*(table))
#define IRQS(...) .irq_count = sizeof((const uint8_t[]){ __VA_ARGS__ }), .irqs = { __VA_ARGS__ }
#define ROWS(table) .rows = (table), .count = sizeof(table) / sizeof(*(table))
#define ALL UINT32_MAX

extern const struct family family_f1, family_f4, family_f0, family_l4, family_g0, family_l1,
	family_h7;
/* Of a part in simulator/parts.c. Each has one. */
const struct family *family_of(const struct part *part);

#endif /* BENCHD_SIMULATOR_SOC_FAMILIES_H */
