/* SPDX-License-Identifier: MIT */
/* family_l4.c - STM32L476: RM0351 2.2 (map), 6.4 (resets), 13.3 (vectors). */
#include "simulator/soc/families.h"

static const struct reg rcc_regs[] = {
	{ 0x00, 0x00000063, 0x150D0BFD }, /* CR */
	{ 0x04, 0x10400000, 0x1F00FF00 }, /* ICSCR */
	{ 0x08, 0, 0x7700BFF3 },          /* CFGR */
	{ 0x0C, 0x00001000, ALL },        /* PLLCFGR */
	{ 0x10, 0x00001000, ALL },        /* PLLSAI1CFGR */
	{ 0x14, 0x00001000, ALL },        /* PLLSAI2CFGR */
	{ 0x18, 0, 0x7FF },               /* CIER */
	{ 0x1C, 0, 0 },                   /* CIFR */
	{ 0x20, 0, 0 },                   /* CICR */
	{ 0x28, 0, ALL },                 /* AHB1RSTR */
	{ 0x2C, 0, ALL },                 /* AHB2RSTR */
	{ 0x30, 0, ALL },                 /* AHB3RSTR */
	{ 0x38, 0, ALL },                 /* APB1RSTR1 */
	{ 0x3C, 0, ALL },                 /* APB1RSTR2 */
	{ 0x40, 0, ALL },                 /* APB2RSTR */
	{ 0x48, 0x100, ALL },             /* AHB1ENR */
	{ 0x4C, 0, ALL },                 /* AHB2ENR */
	{ 0x50, 0, ALL },                 /* AHB3ENR */
	{ 0x58, 0, ALL },                 /* APB1ENR1 */
	{ 0x5C, 0, ALL },                 /* APB1ENR2 */
	{ 0x60, 0, ALL },                 /* APB2ENR */
	{ 0x68, 0x00011303, ALL },        /* AHB1SMENR */
	{ 0x6C, 0x000532FF, ALL },        /* AHB2SMENR */
	{ 0x70, 0x00000101, ALL },        /* AHB3SMENR */
	{ 0x78, 0xF2FECA3F, ALL },        /* APB1SMENR1 */
	{ 0x7C, 0x00000025, ALL },        /* APB1SMENR2 */
	{ 0x80, 0x01677C01, ALL },        /* APB2SMENR */
	{ 0x88, 0, ALL },                 /* CCIPR */
	{ 0x90, 0, 0x0301831D },          /* BDCR */
	{ 0x94, 0x00000600, 0x00000F01 }, /* CSR */
	{ 0x98, 0, 0x00000001 },          /* CRRCR */
};

#define ASCR_REG                                                                                   \
	{                                                                                          \
		0x2C, 0, 0xFFFF                                                                    \
	}
static const struct reg gpio_a_regs[] = { GPIO_REGS(0xABFFFFFF, 0x0C000000, 0x64000000),
	GPIO_BRR_REG, ASCR_REG };
static const struct reg gpio_b_regs[] = { GPIO_REGS(0xFFFFFEBF, 0, 0x00000100), GPIO_BRR_REG,
	ASCR_REG };
static const struct reg gpio_h_regs[] = { GPIO_REGS(0x0000000F, 0, 0), GPIO_BRR_REG, ASCR_REG };
static const struct reg gpio_regs[] = { GPIO_REGS(0xFFFFFFFF, 0, 0), GPIO_BRR_REG, ASCR_REG };
static const struct reg usart_regs[] = { USART_V2_REGS };

static const struct reg flash_regs[] = {
	{ 0x00, 0x600, 0x7F07 },                  /* ACR */
	{ 0x04, 0, 0 },                           /* PDKEYR */
	{ 0x08, 0, 0 },                           /* KEYR */
	{ 0x0C, 0, 0 },                           /* OPTKEYR */
	{ 0x10, 0, 0 },                           /* SR */
	{ 0x14, 0xC0000000, 0x0F078FFF },         /* CR */
	{ 0x18, 0, 0 },                           /* ECCR */
	{ 0x20, 0xFFEFF8AA, ALL },                /* OPTR */
	{ 0x24, 0xFFFF, ALL }, { 0x28, 0, ALL },  /* PCROP1SR, PCROP1ER */
	{ 0x2C, 0xFF, ALL }, { 0x30, 0xFF, ALL }, /* WRP1AR, WRP1BR */
	{ 0x44, 0xFFFF, ALL }, { 0x48, 0, ALL },  /* PCROP2SR, PCROP2ER */
	{ 0x4C, 0xFF, ALL }, { 0x50, 0xFF, ALL }, /* WRP2AR, WRP2BR */
};

static const struct reg syscfg_regs[] = {
	{ 0x00, 0, 0x107 }, { 0x04, 0x7C000001, ALL }, /* MEMRMP, CFGR1 */
	{ 0x08, 0, 0xFFFF }, { 0x0C, 0, 0xFFFF },      /* EXTICR1, 2 */
	{ 0x10, 0, 0xFFFF }, { 0x14, 0, 0xFFFF },      /* EXTICR3, 4 */
	{ 0x18, 0, ALL }, { 0x1C, 0, ALL },            /* SCSR, CFGR2 */
	{ 0x20, 0, ALL }, { 0x24, 0, ALL },            /* SWPR, SKR */
};

static const struct reg dbgmcu_regs[] = { DBGMCU_REGS(0x10070000) };

enum {
	AHB1ENR = 0x48,
	AHB2ENR = 0x4C,
	AHB3ENR = 0x50,
	APB1ENR1 = 0x58,
	APB1ENR2 = 0x5C,
	APB2ENR = 0x60
};

#define PORT(letter, addr, bit, table)                                                             \
	BLOCK("GPIO" letter, addr, 0x400, .kind = &kind_gpio, REGS(table), CLOCK(AHB2ENR, bit),    \
		.number = (letter)[0], .variant = &gpio_brr)
#define USART(title, n, addr, enr, bit, apb, irq, map)                                             \
	BLOCK(title, addr, 0x400, .kind = &kind_usart, REGS(usart_regs), CLOCK(enr, bit),          \
		.bus = apb, IRQS(irq), .number = n, .variant = &map)

static const struct block_row rows[] = {
	BLOCK("RCC", 0x40021000, 0x400, .kind = &kind_rcc, REGS(rcc_regs), IRQS(5),
		.variant = &rcc_l4),
	BLOCK("FLASH", 0x40022000, 0x400, .kind = &kind_flash, REGS(flash_regs), IRQS(4),
		.variant = &flash_l4),
	USART("USART1", 1, 0x40013800, APB2ENR, 14, 2, 37, usart_v2),
	USART("USART2", 2, 0x40004400, APB1ENR1, 17, 1, 38, usart_v2),
	USART("USART3", 3, 0x40004800, APB1ENR1, 18, 1, 39, usart_v2),
	USART("UART4", 4, 0x40004C00, APB1ENR1, 19, 1, 52, usart_v2),
	USART("UART5", 5, 0x40005000, APB1ENR1, 20, 1, 53, usart_v2),
	USART("LPUART1", LPUART1, 0x40008000, APB1ENR2, 0, 1, 70, lpuart),
	PORT("A", 0x48000000, 0, gpio_a_regs),
	PORT("B", 0x48000400, 1, gpio_b_regs),
	PORT("C", 0x48000800, 2, gpio_regs),
	PORT("D", 0x48000C00, 3, gpio_regs),
	PORT("E", 0x48001000, 4, gpio_regs),
	PORT("F", 0x48001400, 5, gpio_regs),
	PORT("G", 0x48001800, 6, gpio_regs),
	PORT("H", 0x48001C00, 7, gpio_h_regs),
	BLOCK("SYSCFG", 0x40010000, 0x400, .kind = &kind_syscfg, REGS(syscfg_regs),
		CLOCK(APB2ENR, 0), .holds_exticr = true),
	EXTI(0x40010400, 6, 7, 8, 9, 10, 23, 40),
	TIMER("TIM1", 0x40012C00, APB2ENR, 11, 2, 16, 25, 27),
	TIMER("TIM8", 0x40013400, APB2ENR, 13, 2, 16, 44, 46),
	TIMER("TIM15", 0x40014000, APB2ENR, 16, 2, 16, 24),
	TIMER("TIM16", 0x40014400, APB2ENR, 17, 2, 16, 25),
	TIMER("TIM17", 0x40014800, APB2ENR, 18, 2, 16, 26),
	TIMER("TIM2", 0x40000000, APB1ENR1, 0, 1, 32, 28),
	TIMER("TIM3", 0x40000400, APB1ENR1, 1, 1, 16, 29),
	TIMER("TIM4", 0x40000800, APB1ENR1, 2, 1, 16, 30),
	TIMER("TIM5", 0x40000C00, APB1ENR1, 3, 1, 32, 50),
	TIMER("TIM6", 0x40001000, APB1ENR1, 4, 1, 16, 54),
	TIMER("TIM7", 0x40001400, APB1ENR1, 5, 1, 16, 55),
	PLAIN("LCD", 0x40002400, 0x400, APB1ENR1, 9),
	RULED("RTC", 0x40002800, 0, 0, rtc_v2),
	WWDG(APB1ENR1, 11),
	IWDG(),
	RULED("SPI1", 0x40013000, APB2ENR, 12, spi),
	RULED("SPI2", 0x40003800, APB1ENR1, 14, spi),
	RULED("SPI3", 0x40003C00, APB1ENR1, 15, spi),
	RULED("I2C1", 0x40005400, APB1ENR1, 21, i2c_v2),
	RULED("I2C2", 0x40005800, APB1ENR1, 22, i2c_v2),
	RULED("I2C3", 0x40005C00, APB1ENR1, 23, i2c_v2),
	PLAIN("CAN1", 0x40006400, 0x400, APB1ENR1, 25),
	RULED("PWR", 0x40007000, APB1ENR1, 28, pwr_l4),
	PLAIN("DAC1", 0x40007400, 0x400, APB1ENR1, 29),
	PLAIN("OPAMP", 0x40007800, 0x400, APB1ENR1, 30),
	PLAIN("LPTIM1", 0x40007C00, 0x400, APB1ENR1, 31),
	PLAIN("SWPMI1", 0x40008800, 0x400, APB1ENR2, 2),
	PLAIN("LPTIM2", 0x40009400, 0x400, APB1ENR2, 5),
	PLAIN("FIREWALL", 0x40011C00, 0x400, APB2ENR, 7),
	PLAIN("SDMMC1", 0x40012800, 0x400, APB2ENR, 10),
	PLAIN("SAI1", 0x40015400, 0x400, APB2ENR, 21),
	PLAIN("SAI2", 0x40015800, 0x400, APB2ENR, 22),
	PLAIN("DFSDM1", 0x40016000, 0x800, APB2ENR, 24),
	DMA_CHANNELS("DMA1", 0x40020000, AHB1ENR, 0, 11, 12, 13, 14, 15, 16, 17),
	DMA_CHANNELS("DMA2", 0x40020400, AHB1ENR, 1, 56, 57, 58, 59, 60, 68, 69),
	CRC(0x40023000, AHB1ENR, 12),
	PLAIN("TSC", 0x40024000, 0x400, AHB1ENR, 16),
	PLAIN("OTG_FS", 0x50000000, 0x40000, AHB2ENR, 12),
	RULED("ADC", 0x50040000, AHB2ENR, 13, adc_v2),
	RNG(0x50060800, AHB2ENR, 18, 80),
	PLAIN("FMC", 0xA0000000, 0x1000, AHB3ENR, 0),
	PLAIN("QUADSPI", 0xA0001000, 0x1000, AHB3ENR, 8),
	DBGMCU(0xE0042000, dbgmcu_regs),
};

const struct family family_l4 = {
	ROWS(rows),
	.irqs = 82,
	.has_bit_band = true,
};
