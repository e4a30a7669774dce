/* SPDX-License-Identifier: MIT */
/* family_f0.c - STM32F072: RM0091 2.2 (map), 6.4 (resets), 11.1.3 (vectors). */
#include "simulator/soc/families.h"

static const struct reg rcc_regs[] = {
	{ 0x00, 0x00000083, 0x010D00F9 }, /* CR */
	{ 0x04, 0, 0xFF3F87F3 },          /* CFGR */
	{ 0x08, 0, 0x00003F00 },          /* CIR */
	{ 0x0C, 0, ALL },                 /* APB2RSTR */
	{ 0x10, 0, ALL },                 /* APB1RSTR */
	{ 0x14, 0x14, ALL },              /* AHBENR */
	{ 0x18, 0, ALL },                 /* APB2ENR */
	{ 0x1C, 0, ALL },                 /* APB1ENR */
	{ 0x20, 0, 0x0001831D },          /* BDCR */
	{ 0x24, 0, 0x00000001 },          /* CSR */
	{ 0x28, 0, ALL },                 /* AHBRSTR */
	{ 0x2C, 0, 0x0000000F },          /* CFGR2 */
	{ 0x30, 0, 0x000303D3 },          /* CFGR3 */
	{ 0x34, 0x80, 0x000100FD },       /* CR2 */
};

static const struct reg gpio_a_regs[] = { GPIO_REGS(0x28000000, 0x0C000000, 0x24000000),
	GPIO_BRR_REG };
static const struct reg gpio_regs[] = { GPIO_REGS(0, 0, 0), GPIO_BRR_REG };
static const struct reg usart_regs[] = { USART_V2_REGS };

static const struct reg flash_regs[] = {
	{ 0x00, 0, 0x11 },          /* ACR */
	{ 0x04, 0, 0 },             /* KEYR */
	{ 0x08, 0, 0 },             /* OPTKEYR */
	{ 0x0C, 0, 0 },             /* SR */
	{ 0x10, 0x80, 0x00003677 }, /* CR */
	{ 0x14, 0, ALL },           /* AR */
	{ 0x1C, 0, 0 },             /* OBR */
	{ 0x20, 0, 0 },             /* WRPR */
};

static const struct reg syscfg_regs[] = {
	{ 0x00, 0, 0x7F7F7F03 },                  /* CFGR1 */
	{ 0x08, 0, 0xFFFF }, { 0x0C, 0, 0xFFFF }, /* EXTICR1, 2 */
	{ 0x10, 0, 0xFFFF }, { 0x14, 0, 0xFFFF }, /* EXTICR3, 4 */
	{ 0x18, 0, 0x107 },                       /* CFGR2 */
};

static const struct reg dbgmcu_regs[] = { DBGMCU_REGS(0x20010000) };

enum { AHBENR = 0x14, APB2ENR = 0x18, APB1ENR = 0x1C };

#define PORT(letter, addr, bit, table)                                                             \
	BLOCK("GPIO" letter, addr, 0x400, .kind = &kind_gpio, REGS(table), CLOCK(AHBENR, bit),     \
		.number = (letter)[0], .variant = &gpio_brr)
#define USART(n, addr, enr, bit, irq)                                                              \
	BLOCK("USART" #n, addr, 0x400, .kind = &kind_usart, REGS(usart_regs), CLOCK(enr, bit),     \
		.bus = 1, IRQS(irq), .number = n, .variant = &usart_v2)

static const struct block_row rows[] = {
	BLOCK("RCC", 0x40021000, 0x400, .kind = &kind_rcc, REGS(rcc_regs), IRQS(4),
		.variant = &rcc_f0),
	BLOCK("FLASH", 0x40022000, 0x400, .kind = &kind_flash, REGS(flash_regs), IRQS(3),
		.variant = &flash_f0),
	USART(1, 0x40013800, APB2ENR, 14, 27),
	USART(2, 0x40004400, APB1ENR, 17, 28),
	USART(3, 0x40004800, APB1ENR, 18, 29),
	USART(4, 0x40004C00, APB1ENR, 19, 29),
	PORT("A", 0x48000000, 17, gpio_a_regs),
	PORT("B", 0x48000400, 18, gpio_regs),
	PORT("C", 0x48000800, 19, gpio_regs),
	PORT("D", 0x48000C00, 20, gpio_regs),
	PORT("E", 0x48001000, 21, gpio_regs),
	PORT("F", 0x48001400, 22, gpio_regs),
	BLOCK("SYSCFG", 0x40010000, 0x400, .kind = &kind_syscfg, REGS(syscfg_regs),
		CLOCK(APB2ENR, 0), .holds_exticr = true),
	EXTI(0x40010400, 5, 6, 7),
	TIMER("TIM1", 0x40012C00, APB2ENR, 11, 1, 16, 13, 14),
	TIMER("TIM2", 0x40000000, APB1ENR, 0, 1, 32, 15),
	TIMER("TIM3", 0x40000400, APB1ENR, 1, 1, 16, 16),
	TIMER("TIM6", 0x40001000, APB1ENR, 4, 1, 16, 17),
	TIMER("TIM7", 0x40001400, APB1ENR, 5, 1, 16, 18),
	TIMER("TIM14", 0x40002000, APB1ENR, 8, 1, 16, 19),
	TIMER("TIM15", 0x40014000, APB2ENR, 16, 1, 16, 20),
	TIMER("TIM16", 0x40014400, APB2ENR, 17, 1, 16, 21),
	TIMER("TIM17", 0x40014800, APB2ENR, 18, 1, 16, 22),
	RULED("RTC", 0x40002800, 0, 0, rtc_v2),
	WWDG(APB1ENR, 11),
	IWDG(),
	RULED("SPI1", 0x40013000, APB2ENR, 12, spi),
	RULED("SPI2", 0x40003800, APB1ENR, 14, spi),
	RULED("I2C1", 0x40005400, APB1ENR, 21, i2c_v2),
	RULED("I2C2", 0x40005800, APB1ENR, 22, i2c_v2),
	PLAIN("USB", 0x40005C00, 0x400, APB1ENR, 23),
	PLAIN("USB_SRAM", 0x40006000, 0x400, APB1ENR, 23),
	PLAIN("CAN", 0x40006400, 0x400, APB1ENR, 25),
	PLAIN("CRS", 0x40006C00, 0x400, APB1ENR, 27),
	RULED("PWR", 0x40007000, APB1ENR, 28, pwr_f1),
	PLAIN("DAC", 0x40007400, 0x400, APB1ENR, 29),
	PLAIN("CEC", 0x40007800, 0x400, APB1ENR, 30),
	RULED("ADC", 0x40012400, APB2ENR, 9, adc_v2),
	DMA_CHANNELS("DMA1", 0x40020000, AHBENR, 0, 9, 10, 10, 11, 11, 11, 11),
	CRC(0x40023000, AHBENR, 6),
	PLAIN("TSC", 0x40024000, 0x400, AHBENR, 24),
	DBGMCU(0x40015800, dbgmcu_regs),
};

const struct family family_f0 = {
	ROWS(rows),
	.irqs = 32,
};
