/* SPDX-License-Identifier: MIT */
/* part_f407.c - STM32F407 at 168 MHz (RM0090); LED on PD12, as on a Discovery. */
#include "part.h"

#define RCC 0x40023800u
#define RCC_CR REG(RCC + 0x00)
#define RCC_PLLCFGR REG(RCC + 0x04)
#define RCC_CFGR REG(RCC + 0x08)
#define RCC_AHB1RSTR REG(RCC + 0x10)
#define RCC_APB2RSTR REG(RCC + 0x24)
#define RCC_AHB1ENR REG(RCC + 0x30)
#define RCC_APB2ENR REG(RCC + 0x44)
#define AHB1_CCM (1u << 20) /* on after reset */
#define AHB1_GPIOA (1u << 0)
#define AHB1_GPIOD (1u << 3)
#define APB2_USART1 (1u << 4)
/* HSI / 16 times 336, / 2; 48 MHz at Q. APB1 at a quarter, APB2 at half of it. */
#define PLL_168_MHZ (16u | 336u << 6 | 0u << 16 | 7u << 24)
#define CFGR_PPRE1_4 (5u << 10)
#define CFGR_PPRE2_2 (4u << 13)

#define GPIOA 0x40020000u
#define GPIOD 0x40020C00u
#define MODER(gpio) REG((gpio) + 0x00)
#define PUPDR(gpio) REG((gpio) + 0x0C)
#define BSRR(gpio) REG((gpio) + 0x18)
#define AFRH(gpio) REG((gpio) + 0x24)
#define MODE_OUTPUT 1u
#define MODE_ALTERNATE 2u
#define PULL_UP 1u
#define AF7_USART1 7u

#define FLASH 0x40023C00u
#define FLASH_ACR REG(FLASH + 0x00)
#define FLASH_KEYR REG(FLASH + 0x04)
#define FLASH_SR REG(FLASH + 0x0C)
#define FLASH_CR REG(FLASH + 0x10)
#define ACR_CACHES_5_WAITS 0x705u
#define ACR_RESET 0u
#define SR_BSY (1u << 16)
#define CR_PG (1u << 0)
#define CR_SER (1u << 1)
#define CR_SNB(sector) ((sector) << 3)
#define CR_PSIZE_32 (2u << 8)
#define CR_STRT (1u << 16)
#define CR_LOCK (1u << 31)

#define SCB_CPACR REG(0xE000ED88)
#define CPACR_FPU (0xFu << 20)

const struct part part = {
	.usart = (struct usart_registers *)0x40011000,
	.clock_hz = 168000000,
	.usart_hz = 84000000,
	.unique_id = (const volatile uint32_t *)0x1FFF7A10,
	.flash_kib = (const volatile uint16_t *)0x1FFF7A22,
	.led_set_reset = &BSRR(GPIOD),
	.led_pin = 12,
	.has_fpu = true,
	.system_memory = 0x1FFF0000,
	.keep_addr = 0x080E0000, /* sector 11 */
};

static void set_pll(void)
{
	RCC_PLLCFGR = PLL_168_MHZ;
}

static const struct clock clock = { &RCC_CR, &RCC_CFGR, &FLASH_ACR, ACR_CACHES_5_WAITS, ACR_RESET,
	CFGR_PPRE1_4 | CFGR_PPRE2_2 };

void part_init(void)
{
	SCB_CPACR |= CPACR_FPU;
	clock_use_pll(&clock, set_pll);
	RCC_AHB1ENR |= AHB1_GPIOA | AHB1_GPIOD;
	RCC_APB2ENR |= APB2_USART1;
	(void)RCC_APB2ENR; /* the clock needs two cycles to arrive: read back */
	MODER(GPIOD) = (MODER(GPIOD) & ~(3u << 24)) | MODE_OUTPUT << 24;
	AFRH(GPIOA) = (AFRH(GPIOA) & ~(0xFFu << 4)) | AF7_USART1 << 4 | AF7_USART1 << 8;
	PUPDR(GPIOA) = (PUPDR(GPIOA) & ~(0xFu << 18)) | PULL_UP << 20;
	MODER(GPIOA) = (MODER(GPIOA) & ~(0xFu << 18)) | MODE_ALTERNATE << 18 | MODE_ALTERNATE << 20;
}

void part_stop(void)
{
	clock_stop_pll(&clock);
	RCC_AHB1RSTR = AHB1_GPIOA | AHB1_GPIOD;
	RCC_APB2RSTR = APB2_USART1;
	RCC_AHB1RSTR = RCC_APB2RSTR = 0;
	RCC_APB2ENR = 0;
	RCC_AHB1ENR = AHB1_CCM;
}

static void wait_flash(void)
{
	while (FLASH_SR & SR_BSY)
		;
}

void part_keep(const uint32_t *words, uint32_t count)
{
	volatile uint32_t *to = (volatile uint32_t *)part.keep_addr;

	FLASH_KEYR = 0x45670123;
	FLASH_KEYR = 0xCDEF89AB;
	FLASH_CR = CR_PSIZE_32 | CR_SER | CR_SNB(11u);
	FLASH_CR = CR_PSIZE_32 | CR_SER | CR_SNB(11u) | CR_STRT;
	wait_flash();
	FLASH_CR = CR_PSIZE_32 | CR_PG;
	for (uint32_t i = 0; i < count; i++) {
		*to++ = words[i];
		wait_flash();
	}
	FLASH_CR = CR_LOCK;
}
