/* SPDX-License-Identifier: MIT */
/* part_f103.c - STM32F103 at 64 MHz (RM0008, PM0075); LED on PA5, as on a Nucleo-F103RB. */
#include "part.h"

#define RCC 0x40021000u
#define RCC_CR REG(RCC + 0x00)
#define RCC_CFGR REG(RCC + 0x04)
#define RCC_APB2RSTR REG(RCC + 0x0C)
#define RCC_APB2ENR REG(RCC + 0x18)
#define APB2_IOPA (1u << 2)
#define APB2_USART1 (1u << 14)
/* HSI / 2 times 16; APB1 at half of it, for 36 MHz is its limit. */
#define CFGR_PLLMUL_16 (14u << 18)
#define CFGR_PPRE1_2 (4u << 8)

#define GPIOA 0x40010800u
#define GPIOA_CRL REG(GPIOA + 0x00)
#define GPIOA_CRH REG(GPIOA + 0x04)
#define GPIOA_BSRR (GPIOA + 0x10)
/* Four bits a pin, CNF and MODE. */
#define OUTPUT_2MHZ 0x2u
#define ALTERNATE_50MHZ 0xBu
#define INPUT_PULLED 0x8u

#define FLASH 0x40022000u
#define FLASH_ACR REG(FLASH + 0x00)
#define FLASH_KEYR REG(FLASH + 0x04)
#define FLASH_SR REG(FLASH + 0x0C)
#define FLASH_CR REG(FLASH + 0x10)
#define FLASH_AR REG(FLASH + 0x14)
#define ACR_PREFETCH_2_WAITS 0x12u
#define ACR_RESET 0x30u
#define SR_BSY (1u << 0)
#define CR_PG (1u << 0)
#define CR_PER (1u << 1)
#define CR_STRT (1u << 6)
#define CR_LOCK (1u << 7)

const struct part part = {
	.usart = (struct usart_registers *)0x40013800,
	.clock_hz = 64000000,
	.usart_hz = 64000000,
	.unique_id = (const volatile uint32_t *)0x1FFFF7E8,
	.flash_kib = (const volatile uint16_t *)0x1FFFF7E0,
	.led_set_reset = &REG(GPIOA_BSRR),
	.led_pin = 5,
	.system_memory = 0x1FFFF000,
	.keep_addr = 0x0801FC00,
};

static const struct clock clock = { &RCC_CR, &RCC_CFGR, &FLASH_ACR, ACR_PREFETCH_2_WAITS, ACR_RESET,
	CFGR_PLLMUL_16 | CFGR_PPRE1_2 };

void part_init(void)
{
	clock_use_pll(&clock, 0);
	RCC_APB2ENR |= APB2_IOPA | APB2_USART1;
	GPIOA_CRL = (GPIOA_CRL & ~(0xFu << 20)) | OUTPUT_2MHZ << 20;
	GPIOA_CRH = (GPIOA_CRH & ~(0xFFu << 4)) | ALTERNATE_50MHZ << 4 | INPUT_PULLED << 8;
	REG(GPIOA_BSRR) = 1u << 10; /* the pull of PA10 is up */
}

void part_stop(void)
{
	clock_stop_pll(&clock);
	RCC_APB2RSTR = APB2_IOPA | APB2_USART1;
	RCC_APB2RSTR = 0;
	RCC_APB2ENR = 0;
}

static void wait_flash(void)
{
	while (FLASH_SR & SR_BSY)
		;
}

void part_keep(const uint32_t *words, uint32_t count)
{
	volatile uint16_t *to = (volatile uint16_t *)part.keep_addr;

	FLASH_KEYR = 0x45670123;
	FLASH_KEYR = 0xCDEF89AB;
	FLASH_CR = CR_PER;
	FLASH_AR = part.keep_addr;
	FLASH_CR = CR_PER | CR_STRT;
	wait_flash();
	FLASH_CR = CR_PG;
	for (uint32_t i = 0; i < count; i++) {
		*to++ = (uint16_t)words[i];
		wait_flash();
		*to++ = (uint16_t)(words[i] >> 16);
		wait_flash();
	}
	FLASH_CR = CR_LOCK;
}
