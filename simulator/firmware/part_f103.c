/* SPDX-License-Identifier: MIT */
/* part_f103.c - STM32F103 on its 8 MHz HSI (RM0008); LED on PA5, as on a Nucleo-F103RB. */
#include "part.h"

#define RCC 0x40021000u
#define RCC_CR REG(RCC + 0x00)
#define RCC_CFGR REG(RCC + 0x04)
#define RCC_APB2ENR REG(RCC + 0x18)
#define RCC_CSR REG(RCC + 0x24)
#define APB2_IOPA (1u << 2)
#define APB2_USART1 (1u << 14)

#define GPIOA 0x40010800u
#define GPIOA_CRL REG(GPIOA + 0x00)
#define GPIOA_CRH REG(GPIOA + 0x04)
#define GPIOA_BSRR (GPIOA + 0x10)
/* Four bits a pin, CNF and MODE. */
#define OUTPUT_2MHZ 0x2u
#define ALTERNATE_50MHZ 0xBu
#define INPUT_PULLED 0x8u

const struct part part = {
	.usart = (struct usart_registers *)0x40013800,
	.clock_hz = 8000000,
	.unique_id = (const volatile uint32_t *)0x1FFFF7E8,
	.flash_kib = (const volatile uint16_t *)0x1FFFF7E0,
	.reset_status = &RCC_CSR,
	.led_set_reset = &REG(GPIOA_BSRR),
	.led_pin = 5,
};

void part_init(void)
{
	clock_use_hsi(&RCC_CR, &RCC_CFGR);

	RCC_APB2ENR |= APB2_IOPA | APB2_USART1;
	GPIOA_CRL = (GPIOA_CRL & ~(0xFu << 20)) | OUTPUT_2MHZ << 20;
	GPIOA_CRH = (GPIOA_CRH & ~(0xFFu << 4)) | ALTERNATE_50MHZ << 4 | INPUT_PULLED << 8;
	REG(GPIOA_BSRR) = 1u << 10; /* the pull of PA10 is up */
}
