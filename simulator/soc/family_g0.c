/* SPDX-License-Identifier: MIT */
/* family_g0.c - STM32G071: RM0444 2.2 (map), 5.4 (resets), 12.3 (vectors). */
#include "simulator/soc/families.h"

static const struct reg rcc_regs[] = {
	{ 0x00, 0x00000100, 0x010D3B00 }, /* CR */
	{ 0x04, 0x00004000, 0x00007F00 }, /* ICSCR */
	{ 0x08, 0, 0xFF007F07 },          /* CFGR */
	{ 0x0C, 0x00001000, ALL },        /* PLLCFGR */
	{ 0x18, 0, 0x3B },                /* CIER */
	{ 0x1C, 0, 0 },                   /* CIFR */
	{ 0x20, 0, 0 },                   /* CICR */
	{ 0x24, 0, ALL },                 /* IOPRSTR */
	{ 0x28, 0, ALL },                 /* AHBRSTR */
	{ 0x2C, 0, ALL },                 /* APBRSTR1 */
	{ 0x30, 0, ALL },                 /* APBRSTR2 */
	{ 0x34, 0, ALL },                 /* IOPENR */
	{ 0x38, 0x100, ALL },             /* AHBENR */
	{ 0x3C, 0, ALL },                 /* APBENR1 */
	{ 0x40, 0, ALL },                 /* APBENR2 */
	{ 0x44, 0x3F, ALL },              /* IOPSMENR */
	{ 0x48, 0x00051303, ALL },        /* AHBSMENR */
	{ 0x4C, 0xFFFFB7B7, ALL },        /* APBSMENR1 */
	{ 0x50, 0x0017D801, ALL },        /* APBSMENR2 */
	{ 0x54, 0, ALL },                 /* CCIPR */
	{ 0x5C, 0, 0x0301831D },          /* BDCR */
	{ 0x60, 0, 0x00000001 },          /* CSR */
};

static const struct reg gpio_a_regs[] = { GPIO_REGS(0xEBFFFFFF, 0x0C000000, 0x24000000),
	GPIO_BRR_REG };
static const struct reg gpio_regs[] = { GPIO_REGS(0xFFFFFFFF, 0, 0), GPIO_BRR_REG };
static const struct reg usart_regs[] = { USART_V2_REGS, { 0x2C, 0, 0xF } };

static const struct reg flash_regs[] = {
	{ 0x00, 0x00040600, ALL },                /* ACR */
	{ 0x08, 0, 0 },                           /* KEYR */
	{ 0x0C, 0, 0 },                           /* OPTKEYR */
	{ 0x10, 0, 0 },                           /* SR */
	{ 0x14, 0xC0000000, 0x1F0703FF },         /* CR */
	{ 0x18, 0, 0 },                           /* ECCR */
	{ 0x20, 0xDFFFE1AA, ALL },                /* OPTR */
	{ 0x24, 0x1FF, ALL }, { 0x28, 0, ALL },   /* PCROP1ASR, PCROP1AER */
	{ 0x2C, 0x3F, ALL }, { 0x30, 0x3F, ALL }, /* WRP1AR, WRP1BR */
	{ 0x34, 0x1FF, ALL }, { 0x38, 0, ALL },   /* PCROP1BSR, PCROP1BER */
	{ 0x80, 0, ALL },                         /* SECR */
};

static const struct reg syscfg_regs[] = {
	{ 0x00, 0, ALL },  /* CFGR1 */
	{ 0x18, 0, 0x1F }, /* CFGR2 */
};

/* RTSR1, FTSR1, SWIER1, RPR1, FPR1; EXTICR; IMR, EMR: registers only. */
static const struct reg exti_g0_regs[] = {
	{ 0x00, 0, ALL },
	{ 0x04, 0, ALL },
	{ 0x08, 0, 0 },
	{ 0x0C, 0, 0 },
	{ 0x10, 0, 0 },
	{ 0x60, 0, ALL },
	{ 0x64, 0, ALL },
	{ 0x68, 0, ALL },
	{ 0x6C, 0, ALL },
	{ 0x80, 0xFFF80000, ALL },
	{ 0x84, 0, ALL },
	{ 0x90, ALL, ALL },
	{ 0x94, 0, ALL },
};

static const struct reg dbgmcu_regs[] = { DBGMCU_REGS(0x20000000) };

enum { IOPENR = 0x34, AHBENR = 0x38, APBENR1 = 0x3C, APBENR2 = 0x40 };

#define PORT(letter, addr, bit, table)                                                             \
	BLOCK("GPIO" letter, addr, 0x400, .kind = &kind_gpio, REGS(table), CLOCK(IOPENR, bit),     \
		.number = (letter)[0], .variant = &gpio_brr)
#define USART(title, n, addr, enr, bit, irq, map)                                                  \
	BLOCK(title, addr, 0x400, .kind = &kind_usart, REGS(usart_regs), CLOCK(enr, bit),          \
		.bus = 1, IRQS(irq), .number = n, .variant = &map)

static const struct block_row rows[] = {
	BLOCK("RCC", 0x40021000, 0x400, .kind = &kind_rcc, REGS(rcc_regs), IRQS(4),
		.variant = &rcc_g0),
	BLOCK("FLASH", 0x40022000, 0x400, .kind = &kind_flash, REGS(flash_regs), IRQS(3),
		.variant = &flash_g0),
	USART("USART1", 1, 0x40013800, APBENR2, 14, 27, usart_v2_fifo),
	USART("USART2", 2, 0x40004400, APBENR1, 17, 28, usart_v2_fifo),
	USART("USART3", 3, 0x40004800, APBENR1, 18, 29, usart_v2),
	USART("USART4", 4, 0x40004C00, APBENR1, 19, 29, usart_v2),
	USART("LPUART1", LPUART1, 0x40008000, APBENR1, 20, 29, lpuart_fifo),
	PORT("A", 0x50000000, 0, gpio_a_regs),
	PORT("B", 0x50000400, 1, gpio_regs),
	PORT("C", 0x50000800, 2, gpio_regs),
	PORT("D", 0x50000C00, 3, gpio_regs),
	PORT("F", 0x50001400, 5, gpio_regs),
	/* With VREFBUF and COMP; lines of interrupts from 0x80 on. */
	BLOCK("SYSCFG", 0x40010000, 0x400, .kind = &kind_syscfg, REGS(syscfg_regs),
		CLOCK(APBENR2, 0)),
	BLOCK("EXTI", 0x40021800, 0x400, REGS(exti_g0_regs)),
	TIMER("TIM1", 0x40012C00, APBENR2, 11, 1, 16, 13, 14),
	TIMER("TIM2", 0x40000000, APBENR1, 0, 1, 32, 15),
	TIMER("TIM3", 0x40000400, APBENR1, 1, 1, 16, 16),
	TIMER("TIM6", 0x40001000, APBENR1, 4, 1, 16, 17),
	TIMER("TIM7", 0x40001400, APBENR1, 5, 1, 16, 18),
	TIMER("TIM14", 0x40002000, APBENR2, 15, 1, 16, 19),
	TIMER("TIM15", 0x40014000, APBENR2, 16, 1, 16, 20),
	TIMER("TIM16", 0x40014400, APBENR2, 17, 1, 16, 21),
	TIMER("TIM17", 0x40014800, APBENR2, 18, 1, 16, 22),
	PLAIN("RTC", 0x40002800, 0x400, APBENR1, 10),
	WWDG(APBENR1, 11),
	IWDG(),
	RULED("SPI1", 0x40013000, APBENR2, 12, spi),
	RULED("SPI2", 0x40003800, APBENR1, 14, spi),
	RULED("I2C1", 0x40005400, APBENR1, 21, i2c_v2),
	RULED("I2C2", 0x40005800, APBENR1, 22, i2c_v2),
	RULED("PWR", 0x40007000, APBENR1, 28, pwr_l4),
	PLAIN("DAC1", 0x40007400, 0x400, APBENR1, 29),
	PLAIN("CEC", 0x40007800, 0x400, APBENR1, 24),
	PLAIN("LPTIM1", 0x40007C00, 0x400, APBENR1, 31),
	PLAIN("LPTIM2", 0x40009400, 0x400, APBENR1, 30),
	PLAIN("UCPD1", 0x4000A000, 0x400, APBENR1, 25),
	PLAIN("UCPD2", 0x4000A400, 0x400, APBENR1, 26),
	PLAIN("TAMP", 0x4000B000, 0x400, APBENR1, 10),
	RULED("ADC", 0x40012400, APBENR2, 20, adc_v2),
	DMA_CHANNELS("DMA1", 0x40020000, AHBENR, 0, 9, 10, 10, 11, 11, 11, 11),
	PLAIN("DMAMUX", 0x40020800, 0x800, AHBENR, 0),
	CRC(0x40023000, AHBENR, 12),
	DBGMCU(0x40015800, dbgmcu_regs),
};

const struct family family_g0 = {
	ROWS(rows),
	.irqs = 31,
};
