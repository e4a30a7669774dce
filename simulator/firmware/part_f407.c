/* SPDX-License-Identifier: MIT */
/* part_f407.c - STM32F407 on its 16 MHz HSI (RM0090); LED on PD12, as on a Discovery. */
#include "part.h"

#define RCC 0x40023800u
#define RCC_CR REG(RCC + 0x00)
#define RCC_CFGR REG(RCC + 0x08)
#define RCC_AHB1ENR REG(RCC + 0x30)
#define RCC_APB2ENR REG(RCC + 0x44)
#define RCC_CSR REG(RCC + 0x74)
#define AHB1_GPIOA (1u << 0)
#define AHB1_GPIOD (1u << 3)
#define APB2_USART1 (1u << 4)

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

const struct part part = {
	.usart = (struct usart_registers *)0x40011000,
	.clock_hz = 16000000,
	.unique_id = (const volatile uint32_t *)0x1FFF7A10,
	.flash_kib = (const volatile uint16_t *)0x1FFF7A22,
	.reset_status = &RCC_CSR,
	.led_set_reset = &BSRR(GPIOD),
	.led_pin = 12,
};

void part_init(void)
{
	clock_use_hsi(&RCC_CR, &RCC_CFGR);

	RCC_AHB1ENR |= AHB1_GPIOA | AHB1_GPIOD;
	RCC_APB2ENR |= APB2_USART1;
	(void)RCC_APB2ENR; /* the clock needs two cycles to arrive: read back */
	MODER(GPIOD) = (MODER(GPIOD) & ~(3u << 24)) | MODE_OUTPUT << 24;
	AFRH(GPIOA) = (AFRH(GPIOA) & ~(0xFFu << 4)) | AF7_USART1 << 4 | AF7_USART1 << 8;
	PUPDR(GPIOA) = (PUPDR(GPIOA) & ~(0xFu << 18)) | PULL_UP << 20;
	MODER(GPIOA) = (MODER(GPIOA) & ~(0xFu << 18)) | MODE_ALTERNATE << 18 | MODE_ALTERNATE << 20;
}
