/* SPDX-License-Identifier: MIT */
/* family_l1.c - STM32L151/L152: RM0038 2.3 (map), 6.3 (resets), 10.1.3 (vectors). */
#include "simulator/soc/families.h"

static const struct reg rcc_regs[] = {
	{ 0x00, 0x00000300, 0x71050101 }, /* CR */
	{ 0x04, 0x0000B000, 0xFF00E000 }, /* ICSCR */
	{ 0x08, 0, 0x77FD3FF3 },          /* CFGR */
	{ 0x0C, 0, 0x00007F00 },          /* CIR */
	{ 0x10, 0, ALL },                 /* AHBRSTR */
	{ 0x14, 0, ALL },                 /* APB2RSTR */
	{ 0x18, 0, ALL },                 /* APB1RSTR */
	{ 0x1C, 0x00008000, ALL },        /* AHBENR */
	{ 0x20, 0, ALL },                 /* APB2ENR */
	{ 0x24, 0, ALL },                 /* APB1ENR */
	{ 0x28, 0x0101903F, ALL },        /* AHBLPENR */
	{ 0x2C, 0x0000521D, ALL },        /* APB2LPENR */
	{ 0x30, 0xB0E64A3F, ALL },        /* APB1LPENR */
	{ 0x34, 0, 0x00C31D01 },          /* CSR */
};

static const struct reg gpio_a_regs[] = { GPIO_REGS(0xA8000000, 0, 0x64000000), GPIO_BRR_REG };
static const struct reg gpio_b_regs[] = { GPIO_REGS(0x00000280, 0xC0, 0x00000100), GPIO_BRR_REG };
static const struct reg gpio_regs[] = { GPIO_REGS(0, 0, 0), GPIO_BRR_REG };

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
	{ 0x00, 0, 0x1F },       /* ACR */
	{ 0x04, 0x07, 0x38718 }, /* PECR */
	{ 0x08, 0, 0 },          /* PDKEYR */
	{ 0x0C, 0, 0 },          /* PEKEYR */
	{ 0x10, 0, 0 },          /* PRGKEYR */
	{ 0x14, 0, 0 },          /* OPTKEYR */
	{ 0x18, 0x0C, 0 },       /* SR: ENDHV, READY */
	{ 0x1C, 0x00F800AA, 0 }, /* OBR */
	{ 0x20, 0, 0 },          /* WRPR1 */
};

static const struct reg syscfg_regs[] = {
	{ 0x00, 0, 0x3 }, { 0x04, 0, ALL },       /* MEMRMP, PMC */
	{ 0x08, 0, 0xFFFF }, { 0x0C, 0, 0xFFFF }, /* EXTICR1, 2 */
	{ 0x10, 0, 0xFFFF }, { 0x14, 0, 0xFFFF }, /* EXTICR3, 4 */
};

/* VOSF and REGLPF are clear, whatever is asked; VREFINTRDYF is set. */
static const struct reg pwr_regs[] = { { 0x00, 0x1000, 0x7FF3 }, { 0x04, 0x08, 0x700 } };
static const struct reg dbgmcu_regs[] = { DBGMCU_REGS(0x10180000) };

enum { AHBENR = 0x1C, APB2ENR = 0x20, APB1ENR = 0x24 };

#define PORT(letter, addr, bit, table)                                                             \
	BLOCK("GPIO" letter, addr, 0x400, .kind = &kind_gpio, REGS(table), CLOCK(AHBENR, bit),     \
		.number = (letter)[0], .variant = &gpio_brr)
#define USART(title, n, addr, enr, bit, apb, irq)                                                  \
	BLOCK(title, addr, 0x400, .kind = &kind_usart, REGS(usart_regs), CLOCK(enr, bit),          \
		.bus = apb, IRQS(irq), .number = n, .variant = &usart_v1)

static const struct block_row rows[] = {
	BLOCK("RCC", 0x40023800, 0x400, .kind = &kind_rcc, REGS(rcc_regs), IRQS(5),
		.variant = &rcc_l1),
	BLOCK("FLASH", 0x40023C00, 0x400, .kind = &kind_flash, REGS(flash_regs), IRQS(4),
		.variant = &flash_l1),
	USART("USART1", 1, 0x40013800, APB2ENR, 14, 2, 37),
	USART("USART2", 2, 0x40004400, APB1ENR, 17, 1, 38),
	USART("USART3", 3, 0x40004800, APB1ENR, 18, 1, 39),
	USART("UART4", 4, 0x40004C00, APB1ENR, 19, 1, 48),
	USART("UART5", 5, 0x40005000, APB1ENR, 20, 1, 49),
	PORT("A", 0x40020000, 0, gpio_a_regs),
	PORT("B", 0x40020400, 1, gpio_b_regs),
	PORT("C", 0x40020800, 2, gpio_regs),
	PORT("D", 0x40020C00, 3, gpio_regs),
	PORT("E", 0x40021000, 4, gpio_regs),
	PORT("H", 0x40021400, 5, gpio_regs),
	PORT("F", 0x40021800, 6, gpio_regs),
	PORT("G", 0x40021C00, 7, gpio_regs),
	BLOCK("SYSCFG", 0x40010000, 0x400, .kind = &kind_syscfg, REGS(syscfg_regs),
		CLOCK(APB2ENR, 0), .holds_exticr = true),
	EXTI(0x40010400, 6, 7, 8, 9, 10, 23, 40),
	TIMER("TIM2", 0x40000000, APB1ENR, 0, 1, 16, 28),
	TIMER("TIM3", 0x40000400, APB1ENR, 1, 1, 16, 29),
	TIMER("TIM4", 0x40000800, APB1ENR, 2, 1, 16, 30),
	TIMER("TIM5", 0x40000C00, APB1ENR, 3, 1, 32, 46),
	TIMER("TIM6", 0x40001000, APB1ENR, 4, 1, 16, 43),
	TIMER("TIM7", 0x40001400, APB1ENR, 5, 1, 16, 44),
	TIMER("TIM9", 0x40010800, APB2ENR, 2, 2, 16, 25),
	TIMER("TIM10", 0x40010C00, APB2ENR, 3, 2, 16, 26),
	TIMER("TIM11", 0x40011000, APB2ENR, 4, 2, 16, 27),
	PLAIN("LCD", 0x40002400, 0x400, APB1ENR, 9),
	RULED("RTC", 0x40002800, 0, 0, rtc_v2),
	WWDG(APB1ENR, 11),
	IWDG(),
	RULED("SPI1", 0x40013000, APB2ENR, 12, spi),
	RULED("SPI2", 0x40003800, APB1ENR, 14, spi),
	RULED("SPI3", 0x40003C00, APB1ENR, 15, spi),
	RULED("I2C1", 0x40005400, APB1ENR, 21, i2c_v1),
	RULED("I2C2", 0x40005800, APB1ENR, 22, i2c_v1),
	PLAIN("USB", 0x40005C00, 0x400, APB1ENR, 23),
	PLAIN("USB_SRAM", 0x40006000, 0x400, APB1ENR, 23),
	BLOCK("PWR", 0x40007000, 0x400, CLOCK(APB1ENR, 28), REGS(pwr_regs)),
	PLAIN("DAC", 0x40007400, 0x400, APB1ENR, 29),
	PLAIN("COMP", 0x40007C00, 0x400, APB1ENR, 31),
	PLAIN("ADC", 0x40012400, 0x400, APB2ENR, 9),
	PLAIN("SDIO", 0x40012C00, 0x400, APB2ENR, 11),
	CRC(0x40023000, AHBENR, 12),
	DMA_CHANNELS("DMA1", 0x40026000, AHBENR, 24, 11, 12, 13, 14, 15, 16, 17),
	DMA_CHANNELS("DMA2", 0x40026400, AHBENR, 25, 50, 51, 52, 53, 54),
	DBGMCU(0xE0042000, dbgmcu_regs),
};

const struct family family_l1 = {
	ROWS(rows),
	.irqs = 57,
	.has_bit_band = true,
};
