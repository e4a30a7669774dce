/* SPDX-License-Identifier: MIT */
/* families.h - tables of register blocks: family_f1.c and so on, and what they are written with. */
#ifndef BENCHD_SIMULATOR_SOC_FAMILIES_H
#define BENCHD_SIMULATOR_SOC_FAMILIES_H

#include "simulator/soc/block.h"
#include "simulator/soc/flash_ctl.h"
#include "simulator/soc/kinds.h"
#include "simulator/soc/rcc.h"
#include "simulator/soc/rules.h"

#define REGS(table) .regs = (table), .reg_count = sizeof(table) / sizeof(*(table))
#define IRQS(...) .irq_count = sizeof((const uint8_t[]){ __VA_ARGS__ }), .irqs = { __VA_ARGS__ }
#define ROWS(table) .rows = (table), .count = sizeof(table) / sizeof(*(table))

/* Registers that families share: MODER to AFRH of a port (RM0090 8.4), v2 USARTs (RM0091 27.8). */
#define GPIO_REGS(moder, ospeedr, pupdr)                                                           \
	{ 0x00, moder, ALL }, { 0x04, 0, 0xFFFF }, { 0x08, ospeedr, ALL }, { 0x0C, pupdr, ALL },   \
		{ 0x10, 0, 0 }, { 0x14, 0, 0xFFFF }, { 0x18, 0, 0 }, { 0x1C, 0, 0 },               \
		{ 0x20, 0, ALL },                                                                  \
	{                                                                                          \
		0x24, 0, ALL                                                                       \
	}
#define GPIO_BRR_REG                                                                               \
	{                                                                                          \
		0x28, 0, 0                                                                         \
	}
#define USART_V2_REGS                                                                              \
	{ 0x00, 0, ALL }, { 0x04, 0, ALL }, { 0x08, 0, ALL }, { 0x0C, 0, 0xFFFFF },                \
		{ 0x10, 0, 0xFFFF }, { 0x14, 0, ALL }, { 0x18, 0, 0 }, { 0x1C, 0, 0 },             \
		{ 0x20, 0, 0 }, { 0x24, 0, 0 },                                                    \
	{                                                                                          \
		0x28, 0, 0                                                                         \
	}

/* Rows of blocks that the families have alike. enr and bit: the clock in RCC. */
#define CLOCK(enr, bit) .clock_reg = (enr), .clock_bit = (bit)
#define BLOCK(title, addr, bytes, ...)                                                             \
	{                                                                                          \
		.name = title, .base = addr, .size = bytes, __VA_ARGS__                            \
	}
#define PLAIN(title, addr, bytes, enr, bit) BLOCK(title, addr, bytes, CLOCK(enr, bit))
#define RULED(title, addr, enr, bit, sort)                                                         \
	BLOCK(title, addr, 0x400, CLOCK(enr, bit), .kind = &kind_rules, REGS(sort##_regs),         \
		.variant = &sort##_rules)
#define TIMER(title, addr, enr, bit, apb, bits, ...)                                               \
	BLOCK(title, addr, 0x400, CLOCK(enr, bit), .bus = apb, .kind = &kind_timer,                \
		REGS(timer_regs), .number = bits, IRQS(__VA_ARGS__))
#define IWDG() BLOCK("IWDG", 0x40003000, 0x400, .kind = &kind_iwdg, REGS(iwdg_regs))
#define WWDG(enr, bit)                                                                             \
	BLOCK("WWDG", 0x40002C00, 0x400, CLOCK(enr, bit), .kind = &kind_wwdg, REGS(wwdg_regs),     \
		IRQS(0))
#define CRC(addr, enr, bit)                                                                        \
	BLOCK("CRC", addr, 0x400, CLOCK(enr, bit), .kind = &kind_crc, REGS(crc_regs))
#define RNG(addr, enr, bit, irq)                                                                   \
	BLOCK("RNG", addr, 0x400, CLOCK(enr, bit), .kind = &kind_rng, REGS(rng_regs), IRQS(irq))
#define EXTI(addr, ...)                                                                            \
	BLOCK("EXTI", addr, 0x400, .kind = &kind_exti, REGS(exti_regs), IRQS(__VA_ARGS__))
#define DMA_CHANNELS(title, addr, enr, bit, ...)                                                   \
	BLOCK(title, addr, 0x400, CLOCK(enr, bit), .kind = &kind_dma, REGS(dma_channel_regs),      \
		.variant = &dma_channels, IRQS(__VA_ARGS__))
#define DMA_STREAMS(title, addr, enr, bit, ...)                                                    \
	BLOCK(title, addr, 0x400, CLOCK(enr, bit), .kind = &kind_dma, REGS(dma_stream_regs),       \
		.variant = &dma_streams, IRQS(__VA_ARGS__))
#define DBGMCU(addr, table) BLOCK("DBGMCU", addr, 0x400, .kind = &kind_dbgmcu, REGS(table))
/* What a debugger reads first: device and revision; then what stops while it looks. */
#define DBGMCU_REGS(revision)                                                                      \
	{ 0x00, revision, 0 }, { 0x04, 0, ALL }, { 0x08, 0, ALL }, { 0x0C, 0, ALL },               \
	{                                                                                          \
		0x10, 0, ALL                                                                       \
	}

extern const struct family family_f1, family_f4, family_f0, family_l4, family_g0, family_l1;
/* Of a part in simulator/parts.c. Each has one. */
const struct family *family_of(const struct part *part);

#endif /* BENCHD_SIMULATOR_SOC_FAMILIES_H */
