/* SPDX-License-Identifier: MIT */
/* family_f1.c - STM32F103 of medium density: RM0008 3.3 (map), 7.3.11 (resets), 10.1.2 (vectors).
 */
#include "simulator/soc/families.h"

static const struct reg rcc_regs[] = {
	{ 0x00, 0x00000083, 0x010D00F9 }, /* CR */
	{ 0x04, 0, 0x07FFFFF3 },          /* CFGR */
	{ 0x08, 0, 0x00001F00 },          /* CIR */
	{ 0x0C, 0, ALL },                 /* APB2RSTR */
	{ 0x10, 0, ALL },                 /* APB1RSTR */
	{ 0x14, 0x14, ALL },              /* AHBENR */
	{ 0x18, 0, ALL },                 /* APB2ENR */
	{ 0x1C, 0, ALL },                 /* APB1ENR */
	{ 0x20, 0, 0x00018305 },          /* BDCR */
	{ 0x24, 0, 0x00000001 },          /* CSR */
};

static const struct reg gpio_regs[] = {
	{ 0x00, 0x44444444, ALL }, /* CRL */
	{ 0x04, 0x44444444, ALL }, /* CRH */
	{ 0x08, 0, 0 },            /* IDR */
	{ 0x0C, 0, 0xFFFF },       /* ODR */
	{ 0x10, 0, 0 },            /* BSRR */
	{ 0x14, 0, 0 },            /* BRR */
	{ 0x18, 0, 0 },            /* LCKR */
};

static const struct reg usart_regs[] = {
	{ 0x00, 0, 0 },      /* SR */
	{ 0x04, 0, 0 },      /* DR */
	{ 0x08, 0, 0xFFFF }, /* BRR */
	{ 0x0C, 0, 0x3FFF }, /* CR1 */
	{ 0x10, 0, 0x7F6F }, /* CR2 */
	{ 0x14, 0, 0x07FF }, /* CR3 */
	{ 0x18, 0, 0xFFFF }, /* GTPR */
};

static const struct reg flash_regs[] = {
	{ 0x00, 0x30, 0x1F },       /* ACR */
	{ 0x04, 0, 0 },             /* KEYR */
	{ 0x08, 0, 0 },             /* OPTKEYR */
	{ 0x0C, 0, 0 },             /* SR */
	{ 0x10, 0x80, 0x00001677 }, /* CR */
	{ 0x14, 0, ALL },           /* AR */
	{ 0x1C, 0, 0 },             /* OBR */
	{ 0x20, 0, 0 },             /* WRPR */
};

static const struct reg afio_regs[] = {
	{ 0x00, 0, 0xFF }, { 0x04, 0, ALL },      /* EVCR, MAPR */
	{ 0x08, 0, 0xFFFF }, { 0x0C, 0, 0xFFFF }, /* EXTICR1, 2 */
	{ 0x10, 0, 0xFFFF }, { 0x14, 0, 0xFFFF }, /* EXTICR3, 4 */
	{ 0x1C, 0, ALL },                         /* MAPR2 */
};

enum { AHBENR = 0x14, APB2ENR = 0x18, APB1ENR = 0x1C };

#define PORT(letter, addr, bit)                                                                    \
	{                                                                                          \
		.name = "GPIO" letter, .base = addr, .size = 0x400, .kind = &kind_gpio,            \
		REGS(gpio_regs), .clock_reg = APB2ENR, .clock_bit = bit, .bus = 2,                 \
		.number = (letter)[0], .variant = &gpio_f1,                                        \
	}
#define USART(n, addr, reg, bit, apb, irq)                                                         \
	{                                                                                          \
		.name = "USART" #n, .base = addr, .size = 0x400, .kind = &kind_usart,              \
		REGS(usart_regs), .clock_reg = reg, .clock_bit = bit, .bus = apb, IRQS(irq),       \
		.number = n, .variant = &usart_v1,                                                 \
	}
static const struct reg dbgmcu_regs[] = { DBGMCU_REGS(0x20030000) };

static const struct block_row rows[] = {
	{ .name = "RCC",
		.base = 0x40021000,
		.size = 0x400,
		.kind = &kind_rcc,
		REGS(rcc_regs),
		IRQS(5),
		.variant = &rcc_f1 },
	{ .name = "FLASH",
		.base = 0x40022000,
		.size = 0x400,
		.kind = &kind_flash,
		REGS(flash_regs),
		IRQS(4),
		.variant = &flash_f1 },
	USART(1, 0x40013800, APB2ENR, 14, 2, 37),
	USART(2, 0x40004400, APB1ENR, 17, 1, 38),
	USART(3, 0x40004800, APB1ENR, 18, 1, 39),
	PORT("A", 0x40010800, 2),
	PORT("B", 0x40010C00, 3),
	PORT("C", 0x40011000, 4),
	PORT("D", 0x40011400, 5),
	PORT("E", 0x40011800, 6),
	BLOCK("AFIO", 0x40010000, 0x400, REGS(afio_regs), CLOCK(APB2ENR, 0), .holds_exticr = true),
	EXTI(0x40010400, 6, 7, 8, 9, 10, 23, 40),
	TIMER("TIM1", 0x40012C00, APB2ENR, 11, 2, 16, 25, 27),
	TIMER("TIM2", 0x40000000, APB1ENR, 0, 1, 16, 28),
	TIMER("TIM3", 0x40000400, APB1ENR, 1, 1, 16, 29),
	TIMER("TIM4", 0x40000800, APB1ENR, 2, 1, 16, 30),
	RULED("RTC", 0x40002800, 0, 0, rtc_f1),
	WWDG(APB1ENR, 11),
	IWDG(),
	RULED("SPI1", 0x40013000, APB2ENR, 12, spi),
	RULED("SPI2", 0x40003800, APB1ENR, 14, spi),
	RULED("I2C1", 0x40005400, APB1ENR, 21, i2c_v1),
	RULED("I2C2", 0x40005800, APB1ENR, 22, i2c_v1),
	PLAIN("USB", 0x40005C00, 0x400, APB1ENR, 23),
	PLAIN("USB_SRAM", 0x40006000, 0x400, APB1ENR, 23),
	PLAIN("CAN1", 0x40006400, 0x400, APB1ENR, 25),
	PLAIN("BKP", 0x40006C00, 0x400, APB1ENR, 27),
	RULED("PWR", 0x40007000, APB1ENR, 28, pwr_f1),
	RULED("ADC1", 0x40012400, APB2ENR, 9, adc_v1),
	RULED("ADC2", 0x40012800, APB2ENR, 10, adc_v1),
	DMA_CHANNELS("DMA1", 0x40020000, AHBENR, 0, 11, 12, 13, 14, 15, 16, 17),
	CRC(0x40023000, AHBENR, 6),
	DBGMCU(0xE0042000, dbgmcu_regs),
};

const struct family family_f1 = {
	ROWS(rows),
	.irqs = 43,
	.has_bit_band = true,
};
