/* SPDX-License-Identifier: MIT */
/* family_f4.c - STM32F405/407: RM0090 2.3 (map), 7.3.24 (resets), 12.2 (vectors). */
#include "simulator/soc/families.h"

static const struct reg rcc_regs[] = {
	{ 0x00, 0x00000083, 0x050D00F9 }, /* CR */
	{ 0x04, 0x24003010, 0x0F437FFF }, /* PLLCFGR */
	{ 0x08, 0, 0xFFFFFFF3 },          /* CFGR */
	{ 0x0C, 0, 0x00003F00 },          /* CIR */
	{ 0x10, 0, ALL },                 /* AHB1RSTR */
	{ 0x14, 0, ALL },                 /* AHB2RSTR */
	{ 0x18, 0, ALL },                 /* AHB3RSTR */
	{ 0x20, 0, ALL },                 /* APB1RSTR */
	{ 0x24, 0, ALL },                 /* APB2RSTR */
	{ 0x30, 0x00100000, ALL },        /* AHB1ENR */
	{ 0x34, 0, ALL },                 /* AHB2ENR */
	{ 0x38, 0, ALL },                 /* AHB3ENR */
	{ 0x40, 0, ALL },                 /* APB1ENR */
	{ 0x44, 0, ALL },                 /* APB2ENR */
	{ 0x50, 0x7E6791FF, ALL },        /* AHB1LPENR */
	{ 0x54, 0x000000F1, ALL },        /* AHB2LPENR */
	{ 0x58, 0x00000001, ALL },        /* AHB3LPENR */
	{ 0x60, 0x36FEC9FF, ALL },        /* APB1LPENR */
	{ 0x64, 0x00075F33, ALL },        /* APB2LPENR */
	{ 0x70, 0, 0x00018305 },          /* BDCR */
	{ 0x74, 0, 0x00000001 },          /* CSR */
	{ 0x80, 0, 0xCFFFFFFF },          /* SSCGR */
	{ 0x84, 0x20003000, 0x70007FC0 }, /* PLLI2SCFGR */
};

static const struct reg gpio_a_regs[] = { GPIO_REGS(0xA8000000, 0x0C000000, 0x64000000) };
static const struct reg gpio_b_regs[] = { GPIO_REGS(0x00000280, 0x000000C0, 0x00000100) };
static const struct reg gpio_regs[] = { GPIO_REGS(0, 0, 0) };

static const struct reg usart_regs[] = {
	{ 0x00, 0, 0 },      /* SR */
	{ 0x04, 0, 0 },      /* DR */
	{ 0x08, 0, 0xFFFF }, /* BRR */
	{ 0x0C, 0, 0xBFFF }, /* CR1 */
	{ 0x10, 0, 0x7F6F }, /* CR2 */
	{ 0x14, 0, 0x0FFF }, /* CR3 */
	{ 0x18, 0, 0xFFFF }, /* GTPR */
};

static const struct reg flash_regs[] = {
	{ 0x00, 0, 0x1F07 },              /* ACR */
	{ 0x04, 0, 0 },                   /* KEYR */
	{ 0x08, 0, 0 },                   /* OPTKEYR */
	{ 0x0C, 0, 0 },                   /* SR */
	{ 0x10, 0x80000000, 0x0301037F }, /* CR */
	{ 0x14, 0x0FFFAAED, 0x0FFFFFEE }, /* OPTCR */
};

static const struct reg syscfg_regs[] = {
	{ 0x00, 0, 0x3 }, { 0x04, 0, 0x00800000 }, /* MEMRMP, PMC */
	{ 0x08, 0, 0xFFFF }, { 0x0C, 0, 0xFFFF },  /* EXTICR1, 2 */
	{ 0x10, 0, 0xFFFF }, { 0x14, 0, 0xFFFF },  /* EXTICR3, 4 */
	{ 0x20, 0, 0x1 },                          /* CMPCR */
};

enum { AHB1ENR = 0x30, AHB2ENR = 0x34, AHB3ENR = 0x38, APB1ENR = 0x40, APB2ENR = 0x44 };

#define PORT_REGS(letter, addr, bit, table)                                                        \
	{                                                                                          \
		.name = "GPIO" letter, .base = addr, .size = 0x400, .kind = &kind_gpio,            \
		REGS(table), .clock_reg = AHB1ENR, .clock_bit = bit, .number = (letter)[0],        \
		.variant = &gpio_f4,                                                               \
	}
#define PORT(letter, addr, bit) PORT_REGS(letter, addr, bit, gpio_regs)
#define USART(title, n, addr, reg, bit, apb, irq)                                                  \
	{                                                                                          \
		.name = title, .base = addr, .size = 0x400, .kind = &kind_usart, REGS(usart_regs), \
		.clock_reg = reg, .clock_bit = bit, .bus = apb, IRQS(irq), .number = n,            \
		.variant = &usart_v1,                                                              \
	}
#define ADC(title, addr, bit)                                                                      \
	BLOCK(title, addr, 0x100, CLOCK(APB2ENR, bit), .kind = &kind_rules, REGS(adc_v1_regs),     \
		.variant = &adc_v1_rules)

static const struct reg dbgmcu_regs[] = { DBGMCU_REGS(0x10070000) };

static const struct block_row rows[] = {
	{ .name = "RCC",
		.base = 0x40023800,
		.size = 0x400,
		.kind = &kind_rcc,
		REGS(rcc_regs),
		IRQS(5),
		.variant = &rcc_f4 },
	{ .name = "FLASH",
		.base = 0x40023C00,
		.size = 0x400,
		.kind = &kind_flash,
		REGS(flash_regs),
		IRQS(4),
		.variant = &flash_f4 },
	USART("USART1", 1, 0x40011000, APB2ENR, 4, 2, 37),
	USART("USART2", 2, 0x40004400, APB1ENR, 17, 1, 38),
	USART("USART3", 3, 0x40004800, APB1ENR, 18, 1, 39),
	USART("UART4", 4, 0x40004C00, APB1ENR, 19, 1, 52),
	USART("UART5", 5, 0x40005000, APB1ENR, 20, 1, 53),
	USART("USART6", 6, 0x40011400, APB2ENR, 5, 2, 71),
	PORT_REGS("A", 0x40020000, 0, gpio_a_regs),
	PORT_REGS("B", 0x40020400, 1, gpio_b_regs),
	PORT("C", 0x40020800, 2),
	PORT("D", 0x40020C00, 3),
	PORT("E", 0x40021000, 4),
	PORT("F", 0x40021400, 5),
	PORT("G", 0x40021800, 6),
	PORT("H", 0x40021C00, 7),
	PORT("I", 0x40022000, 8),
	BLOCK("SYSCFG", 0x40013800, 0x400, .kind = &kind_syscfg, REGS(syscfg_regs),
		CLOCK(APB2ENR, 14), .holds_exticr = true),
	EXTI(0x40013C00, 6, 7, 8, 9, 10, 23, 40),
	TIMER("TIM1", 0x40010000, APB2ENR, 0, 2, 16, 25, 27),
	TIMER("TIM8", 0x40010400, APB2ENR, 1, 2, 16, 44, 46),
	TIMER("TIM9", 0x40014000, APB2ENR, 16, 2, 16, 24),
	TIMER("TIM10", 0x40014400, APB2ENR, 17, 2, 16, 25),
	TIMER("TIM11", 0x40014800, APB2ENR, 18, 2, 16, 26),
	TIMER("TIM2", 0x40000000, APB1ENR, 0, 1, 32, 28),
	TIMER("TIM3", 0x40000400, APB1ENR, 1, 1, 16, 29),
	TIMER("TIM4", 0x40000800, APB1ENR, 2, 1, 16, 30),
	TIMER("TIM5", 0x40000C00, APB1ENR, 3, 1, 32, 50),
	TIMER("TIM6", 0x40001000, APB1ENR, 4, 1, 16, 54),
	TIMER("TIM7", 0x40001400, APB1ENR, 5, 1, 16, 55),
	TIMER("TIM12", 0x40001800, APB1ENR, 6, 1, 16, 43),
	TIMER("TIM13", 0x40001C00, APB1ENR, 7, 1, 16, 44),
	TIMER("TIM14", 0x40002000, APB1ENR, 8, 1, 16, 45),
	RULED("RTC", 0x40002800, 0, 0, rtc_v2),
	WWDG(APB1ENR, 11),
	IWDG(),
	PLAIN("I2S2ext", 0x40003400, 0x400, APB1ENR, 14),
	RULED("SPI2", 0x40003800, APB1ENR, 14, spi),
	RULED("SPI3", 0x40003C00, APB1ENR, 15, spi),
	PLAIN("I2S3ext", 0x40004000, 0x400, APB1ENR, 15),
	RULED("I2C1", 0x40005400, APB1ENR, 21, i2c_v1),
	RULED("I2C2", 0x40005800, APB1ENR, 22, i2c_v1),
	RULED("I2C3", 0x40005C00, APB1ENR, 23, i2c_v1),
	PLAIN("CAN1", 0x40006400, 0x400, APB1ENR, 25),
	PLAIN("CAN2", 0x40006800, 0x400, APB1ENR, 26),
	RULED("PWR", 0x40007000, APB1ENR, 28, pwr_f4),
	PLAIN("DAC", 0x40007400, 0x400, APB1ENR, 29),
	ADC("ADC1", 0x40012000, 8),
	ADC("ADC2", 0x40012100, 9),
	ADC("ADC3", 0x40012200, 10),
	PLAIN("ADC_common", 0x40012300, 0x100, 0, 0),
	PLAIN("SDIO", 0x40012C00, 0x400, APB2ENR, 11),
	RULED("SPI1", 0x40013000, APB2ENR, 12, spi),
	CRC(0x40023000, AHB1ENR, 12),
	PLAIN("BKPSRAM", 0x40024000, 0x1000, AHB1ENR, 18),
	DMA_STREAMS("DMA1", 0x40026000, AHB1ENR, 21, 11, 12, 13, 14, 15, 16, 17, 47),
	DMA_STREAMS("DMA2", 0x40026400, AHB1ENR, 22, 56, 57, 58, 59, 60, 68, 69, 70),
	PLAIN("ETH", 0x40028000, 0x1400, AHB1ENR, 25),
	PLAIN("OTG_HS", 0x40040000, 0x40000, AHB1ENR, 29),
	PLAIN("OTG_FS", 0x50000000, 0x40000, AHB2ENR, 7),
	PLAIN("DCMI", 0x50050000, 0x400, AHB2ENR, 0),
	RNG(0x50060800, AHB2ENR, 6, 80),
	PLAIN("FSMC", 0xA0000000, 0x1000, AHB3ENR, 0),
	DBGMCU(0xE0042000, dbgmcu_regs),
};

const struct family family_f4 = {
	ROWS(rows),
	.irqs = 82,
	.has_bit_band = true,
};
