/* SPDX-License-Identifier: MIT */
/*
 * rules.c - SPI and I2C with nothing on their bus, ADC at half scale, RTC and PWR whose flags
 * follow (RM0008 25, 26, 11, 18; RM0091 26, 28, 13, 25; RM0351 5).
 */
#include "simulator/soc/rules.h"

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

static void apply(struct block *block, const struct rule *rule)
{
	uint32_t *const target = block_reg(block, rule->target);

	*target = (*target & ~rule->clear) | rule->set;
}

static uint32_t rules_read(struct block *block, uint32_t offset)
{
	const struct rules *rules = block->row->variant;
	const uint32_t value = block_get(block, offset);

	for (size_t i = 0; i < rules->count; i++) {
		if (rules->rules[i].on == ON_READ && rules->rules[i].reg == offset)
			apply(block, &rules->rules[i]);
	}
	return value;
}

static bool holds(const struct block *block, const struct rule *rule)
{
	const uint32_t now = block_get(block, rule->reg);

	switch (rule->on) {
	case ON_SET:
		return now & rule->bits;
	case ON_CLEAR:
		return !(now & rule->bits);
	default:
		return rule->on == ON_WRITE;
	}
}

static void rules_write(struct block *block, uint32_t offset, uint32_t value, uint32_t lanes)
{
	const struct rules *rules = block->row->variant;

	block_store(block, offset, value, lanes);
	for (size_t i = 0; i < rules->count; i++) {
		const struct rule *rule = &rules->rules[i];

		if (rule->reg != offset)
			continue;
		if (rule->on == W1C)
			*block_reg(block, rule->target) &= ~(value & rule->bits);
		else if (rule->on == W0C)
			*block_reg(block, rule->target) &= ~(~value & lanes & rule->bits);
		else if (holds(block, rule))
			apply(block, rule);
	}
}

const struct kind kind_rules = { .read = rules_read, .write = rules_write };

#define RULES(name) const struct rules name##_rules = { name##_rows, COUNT(name##_rows) }

/* Each word sent brings one of ones back: nobody drives MISO. */
const struct reg spi_regs[spi_REG_COUNT] = {
	{ 0x00, 0, 0xFFFF }, { 0x04, 0, 0xFFFF }, /* CR1, CR2 */
	{ 0x08, 0x02, 0 },                        /* SR: TXE */
	{ 0x0C, 0xFFFF, 0 },                      /* DR */
	{ 0x10, 7, 0xFFFF }, { 0x14, 0, 0 },      /* CRCPR, RXCRCR */
	{ 0x18, 0, 0 }, { 0x1C, 0, 0xFFF },       /* TXCRCR, I2SCFGR */
	{ 0x20, 2, 0x3FF }, { 0x24, 0, 0 },       /* I2SPR */
};
static const struct rule spi_rows[] = {
	{ ON_WRITE, 0x0C, 0, 0x08, BIT(0), 0 }, /* RXNE */
	{ ON_READ, 0x0C, 0, 0x08, 0, BIT(0) },
};
RULES(spi);

/* Nobody answers an address: AF. */
const struct reg i2c_v1_regs[i2c_v1_REG_COUNT] = {
	{ 0x00, 0, 0xFFFF }, { 0x04, 0, 0xFFFF }, { 0x08, 0, 0xFFFF }, { 0x0C, 0, 0xFFFF },
	{ 0x10, 0, 0 },                                            /* DR */
	{ 0x14, 0, 0 }, { 0x18, 0, 0 },                            /* SR1, SR2 */
	{ 0x1C, 0, 0xFFFF }, { 0x20, 2, 0x3F }, { 0x24, 0, 0x1F }, /* CCR, TRISE, FLTR */
};
static const struct rule i2c_v1_rows[] = {
	{ ON_SET, 0x00, BIT(8), 0x14, BIT(0), 0 },          /* START: SB ... */
	{ ON_SET, 0x00, BIT(8), 0x18, BIT(0) | BIT(1), 0 }, /* ... MSL, BUSY */
	{ ON_SET, 0x00, BIT(8), 0x00, 0, BIT(8) },
	{ ON_WRITE, 0x10, 0, 0x14, BIT(10), BIT(0) }, /* address: AF */
	{ ON_SET, 0x00, BIT(9), 0x18, 0, BIT(0) | BIT(1) },
	{ ON_SET, 0x00, BIT(9), 0x00, 0, BIT(9) },
	{ ON_SET, 0x00, BIT(15), 0x14, 0, ALL }, /* SWRST */
	{ ON_SET, 0x00, BIT(15), 0x18, 0, ALL },
	{ W0C, 0x14, 0xDF00, 0x14, 0, 0 },
};
RULES(i2c_v1);

const struct reg i2c_v2_regs[i2c_v2_REG_COUNT] = {
	{ 0x00, 0, ALL },
	{ 0x04, 0, ALL },
	{ 0x08, 0, ALL },
	{ 0x0C, 0, ALL },
	{ 0x10, 0, ALL },
	{ 0x14, 0, ALL },
	{ 0x18, 0x01, 0 }, /* ISR: TXE */
	{ 0x1C, 0, 0 },
	{ 0x20, 0, 0 },
	{ 0x24, 0, 0 },
	{ 0x28, 0, 0xFF },
};
static const struct rule i2c_v2_rows[] = {
	{ ON_SET, 0x04, BIT(13), 0x18, BIT(4) | BIT(5), 0 }, /* START: NACKF, STOPF */
	{ ON_SET, 0x04, BIT(13), 0x04, 0, BIT(13) | BIT(14) }, { W1C, 0x1C, 0x3F38, 0x18, 0, 0 },
	{ ON_CLEAR, 0x00, BIT(0), 0x18, BIT(0), 0x3FFE }, /* PE off */
};
RULES(i2c_v2);

/* F1 and F4: half scale, at once. */
const struct reg adc_v1_regs[adc_v1_REG_COUNT] = {
	{ 0x00, 0, 0 },
	{ 0x04, 0, ALL },
	{ 0x08, 0, ALL },
	{ 0x0C, 0, ALL },
	{ 0x10, 0, ALL },
	{ 0x14, 0, ALL },
	{ 0x18, 0, ALL },
	{ 0x1C, 0, ALL },
	{ 0x20, 0, ALL },
	{ 0x24, 0xFFF, 0xFFF },
	{ 0x28, 0, 0xFFF },
	{ 0x2C, 0, ALL },
	{ 0x30, 0, ALL },
	{ 0x34, 0, ALL },
	{ 0x38, 0, ALL },
	{ 0x3C, 0x800, 0 },
	{ 0x40, 0x800, 0 },
	{ 0x44, 0x800, 0 },
	{ 0x48, 0x800, 0 },
	{ 0x4C, 0x800, 0 },
};
static const struct rule adc_v1_rows[] = {
	{ ON_SET, 0x08, BIT(22) | BIT(30), 0x00, BIT(1) | BIT(4), 0 }, /* SWSTART: EOC, STRT */
	{ ON_SET, 0x08, BIT(21) | BIT(22), 0x00, BIT(2) | BIT(3) | BIT(1) | BIT(4), 0 },
	{ ON_SET, 0x08, BIT(22) | BIT(30), 0x08, 0, BIT(30) | BIT(22) },
	{ ON_SET, 0x08, BIT(2) | BIT(3), 0x08, 0, BIT(2) | BIT(3) }, /* F1: CAL, RSTCAL */
	{ ON_READ, 0x4C, 0, 0x00, 0, BIT(1) },
	{ W0C, 0x00, 0x3F, 0x00, 0, 0 },
};
RULES(adc_v1);

/* F0, L4 and G0: ISR, IER, CR. */
const struct reg adc_v2_regs[adc_v2_REG_COUNT] = {
	{ 0x00, 0, 0 },
	{ 0x04, 0, ALL },
	{ 0x08, 0, ALL },
	{ 0x0C, 0, ALL },
	{ 0x10, 0, ALL },
	{ 0x14, 0, ALL },
	{ 0x18, 0, ALL },
	{ 0x1C, 0, ALL },
	{ 0x20, 0, ALL },
	{ 0x24, 0, ALL },
	{ 0x28, 0, ALL },
	{ 0x2C, 0, ALL },
	{ 0x30, 0, ALL },
	{ 0x34, 0, ALL },
	{ 0x38, 0, ALL },
	{ 0x3C, 0, ALL },
	{ 0x40, 0x800, 0 },
	{ 0x44, 0, ALL },
	{ 0xB4, 0x40, ALL },
	{ 0x308, 0, ALL },
};
static const struct rule adc_v2_rows[] = {
	{ ON_SET, 0x08, BIT(31), 0x00, BIT(11), 0 }, /* ADCAL: EOCAL (G0) */
	{ ON_SET, 0x08, BIT(31), 0x08, 0, BIT(31) },
	{ ON_SET, 0x08, BIT(1), 0x08, 0, BIT(0) | BIT(1) },          /* ADDIS */
	{ ON_SET, 0x08, BIT(0), 0x00, BIT(0), 0 },                   /* ADEN: ADRDY */
	{ ON_SET, 0x08, BIT(2), 0x00, BIT(1) | BIT(2) | BIT(3), 0 }, /* ADSTART: EOC, EOS */
	{ ON_SET, 0x08, BIT(2) | BIT(4), 0x08, 0, BIT(2) | BIT(4) }, /* done, or ADSTP */
	{ ON_READ, 0x40, 0, 0x00, 0, BIT(2) },
	{ W1C, 0x00, 0x1FFF, 0x00, 0, 0 },
};
RULES(adc_v2);

/* The seconds do not advance. */
const struct reg rtc_f1_regs[rtc_f1_REG_COUNT] = {
	{ 0x00, 0, 0x7 },
	{ 0x04, 0x28, 0x10 }, /* CRH, CRL: RTOFF, RSF */
	{ 0x08, 0, 0xF },
	{ 0x0C, 0x8000, 0xFFFF },
	{ 0x10, 0, 0 },
	{ 0x14, 0x8000, 0 },
	{ 0x18, 0, 0xFFFF },
	{ 0x1C, 0, 0xFFFF },
	{ 0x20, 0, 0xFFFF },
	{ 0x24, 0, 0xFFFF },
};
static const struct rule rtc_f1_rows[] = { { W0C, 0x04, 0x7, 0x04, 0, 0 } };
RULES(rtc_f1);

const struct reg rtc_v2_regs[rtc_v2_REG_COUNT] = {
	{ 0x00, 0, 0x7F7F7F },
	{ 0x04, 0x2101, 0xFFFF3F }, /* TR, DR */
	{ 0x08, 0, ALL },
	{ 0x0C, 0x27, 0x80 }, /* CR; ISR: ALRxWF, WUTWF, RSF */
	{ 0x10, 0x7F00FF, ALL },
	{ 0x14, 0xFFFF, ALL },
	{ 0x18, 0, ALL },
	{ 0x1C, 0, ALL },
	{ 0x20, 0, ALL },
	{ 0x24, 0, 0 },
	{ 0x28, 0, 0 },
	{ 0x2C, 0, 0 },
	{ 0x30, 0, 0 },
	{ 0x34, 0, 0 },
	{ 0x38, 0, 0 },
	{ 0x3C, 0, ALL },
	{ 0x40, 0, ALL },
	{ 0x44, 0, ALL },
	{ 0x48, 0, ALL },
	{ 0x4C, 0, ALL },
	{ 0x50, 0, ALL },
	{ 0x54, 0, ALL },
};
static const struct rule rtc_v2_rows[] = {
	{ ON_SET, 0x0C, BIT(7), 0x0C, BIT(6), 0 }, /* INIT: INITF */
	{ ON_CLEAR, 0x0C, BIT(7), 0x0C, 0, BIT(6) },
	{ ON_WRITE, 0x04, 0, 0x0C, BIT(4), 0 }, /* INITS: a year is set */
	{ ON_WRITE, 0x0C, 0, 0x0C, BIT(5), 0 }, /* RSF comes back */
};
RULES(rtc_v2);

const struct reg pwr_f1_regs[pwr_f1_REG_COUNT] = { { 0x00, 0, 0x1F3 }, { 0x04, 0, 0x100 } };
static const struct rule pwr_f1_rows[] = { { ON_WRITE, 0x00, 0, 0x00, 0, BIT(2) | BIT(3) } };
RULES(pwr_f1);

const struct reg pwr_f4_regs[pwr_f4_REG_COUNT] = {
	{ 0x00, 0x4000, 0xFFFF3 }, /* CR: VOS */
	{ 0x04, 0x4000, 0x300 },   /* CSR: VOSRDY */
};
static const struct rule pwr_f4_rows[] = {
	{ ON_SET, 0x00, BIT(16), 0x04, BIT(16), 0 }, /* ODRDY, ODSWRDY */
	{ ON_SET, 0x00, BIT(17), 0x04, BIT(17), 0 },
	{ ON_SET, 0x04, BIT(9), 0x04, BIT(3), 0 }, /* BRE: BRR */
};
RULES(pwr_f4);

/* L4 and G0: VOSF and REGLPF are clear, whatever is asked. */
const struct reg pwr_l4_regs[pwr_l4_REG_COUNT] = {
	{ 0x00, 0x200, ALL },
	{ 0x04, 0, ALL },
	{ 0x08, 0x8000, ALL },
	{ 0x0C, 0, ALL },
	{ 0x10, 0, 0 },
	{ 0x14, 0x100, 0 },
	{ 0x18, 0, 0 }, /* SR1, SR2: REGLPS; SCR */
	{ 0x20, 0, ALL },
	{ 0x24, 0, ALL },
	{ 0x28, 0, ALL },
	{ 0x2C, 0, ALL },
	{ 0x30, 0, ALL },
	{ 0x34, 0, ALL },
	{ 0x38, 0, ALL },
	{ 0x3C, 0, ALL },
	{ 0x40, 0, ALL },
	{ 0x44, 0, ALL },
	{ 0x48, 0, ALL },
	{ 0x4C, 0, ALL },
	{ 0x50, 0, ALL },
	{ 0x54, 0, ALL },
	{ 0x58, 0, ALL },
	{ 0x5C, 0, ALL },
	{ 0x80, 0, ALL },
};
static const struct rule pwr_l4_rows[] = { { W1C, 0x18, 0x11F, 0x10, 0, 0 } };
RULES(pwr_l4);
